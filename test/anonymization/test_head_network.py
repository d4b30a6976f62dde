# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace
from pathlib import Path
import runpy
from typing import Any

import numpy as np
import pytest

from hailo_perception.anonymization.head_network import HeadNetwork
from hailo_perception.anonymization.head_network import HeadTimeoutError
from hailo_perception.anonymization.regions import ClassError
from hailo_perception.anonymization.regions import NO_REGIONS
from hailo_perception.anonymization.settings import HeadSettings
from hailo_perception.core.errors import BackendError
from hailo_perception.core.errors import NetworkOutputError
from hailo_perception.core.frame import Frame
from hailo_perception.core.frame import Header
from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.core.labels import LabelSet
from hailo_perception.models.binding import BoundModel
from hailo_perception.models.specification import SegmentationSpecification
from hailo_perception.scenes.oracle import encode_truth
from hailo_perception.scenes.oracle import Truth

shared = runpy.run_path(str(Path(__file__).with_name('conftest.py')))
head_map, MANIFEST, BOX_MANIFEST, BOXES, SIDE = (
    shared[name] for name in ('head_map', 'MANIFEST', 'BOX_MANIFEST', 'BOXES', 'SIDE')
)
PICTURE = np.random.default_rng(2).integers(0, 256, (200, 300, 3), np.uint8)
FRAME = Frame('front', Header(1, 'front'), PICTURE, 'bgr')
EXACT = HeadSettings(crop_margin=0.0, timeout_s=0.05)
PEOPLE = np.array([[10, 20, 42, 84], [100, 40, 164, 168], [200, 8, 232, 72]], np.float32)
EMPTY = head_map(slice(0), slice(0))


def test_nobody_needs_no_network(make_network: Any) -> None:
    network, backend = make_network([])
    assert network.find(FRAME, NO_REGIONS, EXACT) == []
    assert not backend.seen


def test_each_map_is_carried_back_into_the_frame(make_network: Any) -> None:
    """Rows are those of the crop: a sixteenth of 64 pixels each, then of 128."""
    maps = [head_map(slice(0, 4), slice(4, 12)), EMPTY, head_map(slice(2, 3), slice(0, 1))]
    network, backend = make_network(maps)
    found = network.find(FRAME, PEOPLE, EXACT)
    assert [each.tolist() for each in found] == [[[18, 20, 34, 36]], [], [[200, 16, 202, 20]]]
    assert backend.unreleased == 0
    # Colours in the network's order.
    assert abs(float(backend.seen[0][..., 0].mean()) - PICTURE[20:84, 10:42, 2].mean()) < 3


def test_other_classes_are_not_heads(make_network: Any) -> None:
    hat = head_map(slice(0, 4), slice(0, 4), 2)
    network, _ = make_network([hat, hat])
    assert len(network.find(FRAME, PEOPLE[:1], EXACT)[0]) == 0
    assert len(network.find(FRAME, PEOPLE[:1], replace(EXACT, classes=('hat',)))[0]) == 1


def test_boxes_are_carried_back_too(make_network: Any) -> None:
    """The score threshold is that of the settings, not the manifest's."""
    transform = ImageTransform.stretch((32, 64), (SIDE, SIDE))
    truth = Truth(boxes=np.array([[8, 4, 20, 16]]), class_ids=np.array([1]))
    tensor = encode_truth(truth, BOX_MANIFEST, [BOXES], transform)['boxes']
    network, _ = make_network([tensor, tensor], BOX_MANIFEST, BOXES)
    ((found,),) = network.find(FRAME, PEOPLE[:1], EXACT)
    assert found == pytest.approx([18, 24, 30, 36], abs=1)
    assert len(network.find(FRAME, PEOPLE[:1], replace(EXACT, score_threshold=1.0))[0]) == 0


def test_a_person_beyond_the_picture_has_no_head(make_network: Any) -> None:
    network, backend = make_network([EMPTY])
    people = np.array([[400, 10, 420, 60], PEOPLE[0]], np.float32)
    assert [len(each) for each in network.find(FRAME, people, EXACT)] == [0, 0]
    assert len(backend.seen) == 1


def test_one_failure_fails_the_frame_and_the_next_one_is_whole(make_network: Any) -> None:
    good = head_map(slice(0, 4), slice(4, 12))
    network, backend = make_network([good, BackendError('lost'), good, good, good])
    with pytest.raises(BackendError, match='lost'):
        network.find(FRAME, PEOPLE, EXACT)
    assert backend.unreleased == 0
    backend.answers = [good] * 3
    assert [len(each) for each in network.find(FRAME, PEOPLE, EXACT)] == [1, 1, 1]


def test_an_answer_that_comes_too_late_is_released(make_network: Any) -> None:
    """Its frame has failed; its buffer serves again only now."""
    good = head_map(slice(0, 4), slice(4, 12))
    network, backend = make_network([None, good, None, good])
    for _ in range(2):
        with pytest.raises(HeadTimeoutError, match='has not answered in time'):
            network.find(FRAME, PEOPLE[:2], EXACT)
    assert backend.unreleased == 0
    with pytest.raises(HeadTimeoutError):
        network.find(FRAME, PEOPLE, EXACT)
    for on_done in backend.pending:
        on_done(backend.outputs_of(good))
    assert backend.unreleased == 0
    backend.pending.clear()
    backend.answers = [good] * 3
    assert [len(each) for each in network.find(FRAME, PEOPLE, EXACT)] == [1, 1, 1]


def test_a_backend_that_is_not_ready_fails_the_frame(make_network: Any) -> None:
    network, backend = make_network([EMPTY] * 3)
    backend.is_ready = False
    with pytest.raises(HeadTimeoutError, match='raise head.timeout_s'):
        network.find(FRAME, PEOPLE, EXACT)
    backend.is_ready = True
    assert len(network.find(FRAME, PEOPLE, EXACT)) == 3


def test_numbers_that_are_none_fail_the_frame(make_network: Any) -> None:
    broken = np.full(BOXES.shape, np.nan, np.float32)
    network, backend = make_network([broken], BOX_MANIFEST, BOXES)
    with pytest.raises(NetworkOutputError, match='the head model: .*NaN'):
        network.find(FRAME, PEOPLE[:1], EXACT)
    assert backend.unreleased == 0


def test_a_map_of_another_shape_fails_the_frame(make_network: Any) -> None:
    network, backend = make_network([np.zeros((4, 4, 1), np.uint8)])
    with pytest.raises(NetworkOutputError):
        network.find(FRAME, PEOPLE[:1], EXACT)
    assert backend.unreleased == 0


def test_it_warms_up(make_network: Any) -> None:
    network, backend = make_network([])
    network.warm_up()
    assert backend.unreleased == 0


def test_the_model_must_have_a_class_to_cover(make_network: Any) -> None:
    network, _ = make_network([])
    network.check(EXACT)
    with pytest.raises(ClassError, match="head model 'heads' has none of nose"):
        network.check(replace(EXACT, classes=('nose',)))


def test_the_model_must_find_something(make_network: Any) -> None:
    _, backend = make_network([])
    lane = SegmentationSpecification('argmax', 'map', LabelSet.from_names('none', 'line'))
    manifest = replace(MANIFEST, semantic=None, lane=lane)
    with pytest.raises(ClassError, match='neither a detection nor a semantic task'):
        HeadNetwork(BoundModel(manifest, backend.inputs[0], lane=backend.outputs[0]), backend)
