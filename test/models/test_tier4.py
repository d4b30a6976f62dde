# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

import numpy as np
import pytest

from hailo_perception.core.errors import ManifestError
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.models import tier4
from hailo_perception.models.binding import bind
from hailo_perception.models.manifest import load_manifest
from hailo_perception.models.manifest import write_manifest


def tensor(name, height, width, channels, dtype=np.uint8):
    return TensorInfo(name, (height, width, channels), np.dtype(dtype))


IMAGE = tensor('net/input_layer1', 960, 960, 3)
HEADS = (
    tensor('net/conv3', 30, 30, 75),
    tensor('net/conv1', 120, 120, 75),
    tensor('net/conv2', 60, 60, 75),
)
MULTITASK = (
    *HEADS,
    tensor('net/argmax1', 480, 480, 1),
    tensor('net/conv9', 480, 480, 1, np.uint16),
    tensor('net/argmax2', 480, 480, 1),
    tensor('net/argmax3', 480, 480, 1),
)


def test_multitask_network_is_written_read_and_bound(tmp_path):
    path = tmp_path / 'lightnet.yaml'
    (tmp_path / 'net.hef').write_bytes(b'hef')
    proposal = tier4.propose_manifest(path, {'hef': tmp_path / 'net.hef'}, (IMAGE,), MULTITASK)
    write_manifest(proposal, path)
    manifest = load_manifest(path)
    assert manifest == proposal
    bound = bind(manifest, (IMAGE,), MULTITASK)
    assert [info.name for info in bound.detection] == ['net/conv1', 'net/conv2', 'net/conv3']
    assert bound.semantic.name == 'net/argmax1'
    assert bound.lane.name == 'net/argmax2'
    assert bound.depth.name == 'net/conv9'
    assert [info.name for info in bound.left_over] == ['net/argmax3']
    assert manifest.detection.anchors == tier4.ANCHORS_OF_960X960
    assert manifest.name == 'lightnet'
    assert manifest.input.size == (960, 960)


def test_detection_network_with_three_anchors():
    heads = tuple(tensor(f'h{s}', 960 // s, 1280 // s, 45) for s in (8, 16, 32))
    manifest = tier4.propose_manifest('d.yaml', {}, (tensor('i', 960, 1280, 3),), heads)
    assert manifest.detection.anchors == tier4.ANCHORS_OF_1280X960
    assert manifest.semantic is manifest.lane is manifest.depth is None


def test_other_classes_are_passed():
    heads = tuple(tensor(f'h{s}', 960 // s, 960 // s, 30) for s in (8, 16, 32))
    labels = LabelSet.from_names('person')
    manifest = tier4.propose_manifest('d.yaml', {}, (IMAGE,), heads, object_labels=labels)
    assert manifest.detection.labels == labels


@pytest.mark.parametrize(
    ('inputs', 'outputs', 'message'),
    [
        ((IMAGE,), (), 'no outputs'),
        ((), HEADS, 'one input, found 0'),
        ((IMAGE,), HEADS[:2], 'three detection heads of 75 or 45'),
        ((IMAGE,), (*HEADS[:2], tensor('h', 30, 30, 74)), 'pass the object labels'),
        ((IMAGE,), (tensor('a', 9, 9, 1), tensor('b', 9, 9, 1)), 'one depth map'),
    ],
)
def test_outputs_that_no_lightnet_has(inputs, outputs, message):
    with pytest.raises(ManifestError, match=message):
        tier4.propose_manifest('d.yaml', {}, inputs, outputs)
