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
        ((IMAGE,), (*HEADS, tensor('semantic', 480, 480, 20)), 'scores of a class map .* export'),
        ((IMAGE,), (tensor('semantic', 480, 480, 20),), 'scores of a class map .* export'),
        ((IMAGE,), (tensor('a', 9, 9, 1), tensor('b', 9, 9, 1)), 'one depth map'),
    ],
)
def test_outputs_that_no_lightnet_has(inputs, outputs, message):
    with pytest.raises(ManifestError, match=message):
        tier4.propose_manifest('d.yaml', {}, inputs, outputs)


def heads_at(width, height, channels=75):
    return tuple(tensor(f'h{s}', height // s, width // s, channels) for s in (8, 16, 32))


@pytest.mark.parametrize(
    ('size', 'channels', 'last_anchor', 'said'),
    [
        ((960, 960), 75, (968, 730), 'LightNet; no file'),
        ((352, 224), 75, (354.9, 170.3), 'for 960×960 are scaled to 352×224'),
        ((1280, 960), 45, (215, 337), 'LightNet; no file'),
        ((640, 480), 45, (107.5, 168.5), 'for 1280×960 are scaled to 640×480'),
    ],
)
def test_anchors_are_those_of_the_size(size, channels, last_anchor, said):
    image = tensor('net/input_layer1', *size[::-1], 3)
    manifest = tier4.propose_manifest('d.yaml', {}, (image,), heads_at(*size, channels))
    assert manifest.detection.anchors[-1][-1] == last_anchor
    assert said in manifest.description


def test_depth_alone_says_nothing_of_anchors():
    depth = (tensor('depth', 24, 24, 1),)
    manifest = tier4.propose_manifest('d.yaml', {}, (tensor('i', 96, 96, 3),), depth)
    assert manifest.detection is None and 'scaled' not in manifest.description


@pytest.mark.parametrize(('name', 'scale'), [('image', 1.0), ('images', 255.0), ('x/i', 255.0)])
def test_exports_of_this_package_take_pixels(name, scale):
    image = tensor(name, 960, 960, 3)
    manifest = tier4.propose_manifest('d.yaml', {}, (image,), HEADS)
    assert manifest.input.scale == (scale, scale, scale)
