# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The values that leave the pipeline: layouts and defaults that consumers rely on."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from hailo_perception.core.frame import Frame
from hailo_perception.core.frame import Header
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import Detections
from hailo_perception.core.results import Output
from hailo_perception.core.results import Perception
from hailo_perception.core.results import POINT_DTYPE
from hailo_perception.core.results import PointCloud

_LABELS = LabelSet.from_names('car', 'person')
_HEADER = Header(stamp_ns=1, frame_id='front')


@pytest.mark.parametrize('xyxy', [[], np.zeros((0, 4))])
def test_no_detections(xyxy: object) -> None:
    nothing = Detections.without_positions(_LABELS, xyxy, [], [])  # type: ignore[arg-type]
    assert len(nothing) == 0
    assert nothing.xyxy.shape == (0, 4)
    assert nothing.scores.shape == nothing.class_ids.shape == nothing.distances_m.shape == (0,)
    assert nothing.positions_m.shape == (0, 3)


def test_detections_without_positions() -> None:
    boxes = np.array(((1, 2, 3, 4), (5, 6, 7, 8)), np.float64)
    two = Detections.without_positions(
        _LABELS, boxes, np.array((0.5, 0.9)), np.array((1, 0), np.int64)
    )
    assert len(two) == 2
    assert {two.xyxy.dtype, two.scores.dtype, two.distances_m.dtype, two.positions_m.dtype} == {
        np.dtype(np.float32)
    }
    assert two.class_ids.dtype == np.int32
    np.testing.assert_array_equal(two.xyxy, boxes)
    assert np.isnan(two.distances_m).all()
    assert np.isnan(two.positions_m).all()


def test_point_layout_is_20_bytes_without_gaps_between_the_fields_that_are_sent() -> None:
    assert POINT_DTYPE.itemsize == 20
    offsets = {name: POINT_DTYPE.fields[name][1] for name in POINT_DTYPE.names}
    assert offsets == {'x': 0, 'y': 4, 'z': 8, 'rgb': 12, 'label': 16, '_': 17}


@pytest.mark.parametrize(('shape', 'is_organised'), [((0,), False), ((5,), False), ((2, 3), True)])
def test_point_cloud_is_organised(shape: tuple[int, ...], is_organised: bool) -> None:
    assert PointCloud(np.zeros(shape, POINT_DTYPE)).is_organised is is_organised


def test_perception_holds_nothing_unless_told() -> None:
    perception = Perception('front', _HEADER, (640, 480))
    assert perception.withheld == ()
    found = (
        perception.detections,
        perception.semantic,
        perception.lane,
        perception.lane_lines,
        perception.depth,
        perception.point_cloud,
        perception.bird_eye,
        perception.overlay,
    )
    assert all(product is None for product in found)


def test_results_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Perception('front', _HEADER, (640, 480)).camera = 'rear'  # type: ignore[misc]


def test_outputs_are_topic_names() -> None:
    assert Output('depth/image') is Output.DEPTH
    for output in Output:
        assert output.value == output.value.lower().strip('/')


def test_frame_size_is_width_and_height() -> None:
    frame = Frame('front', _HEADER, np.zeros((480, 640, 3), np.uint8), 'bgr')
    assert frame.size == (640, 480)


def test_frame_size_is_that_of_the_camera_image_where_only_a_smaller_copy_is_at_hand() -> None:
    frame = Frame(
        'front', _HEADER, np.zeros((48, 48, 3), np.uint8), 'bgr', full_size=(640, 480)
    )
    assert frame.size == (640, 480)
