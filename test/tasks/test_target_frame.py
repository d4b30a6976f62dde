# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Results in another frame."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hailo_perception.core.frame import Header
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import Detections
from hailo_perception.core.results import LaneLine
from hailo_perception.core.results import LaneLines
from hailo_perception.core.results import Output
from hailo_perception.core.results import Perception
from hailo_perception.core.results import POINT_DTYPE
from hailo_perception.core.results import PointCloud
from hailo_perception.core.rigid_transform import OPTICAL_IN_BODY
from hailo_perception.core.rigid_transform import RigidTransform
from hailo_perception.tasks.target_frame import in_target_frame
from hailo_perception.tasks.target_frame import move_detections
from hailo_perception.tasks.target_frame import move_lane_lines
from hailo_perception.tasks.target_frame import move_point_cloud

POSE = RigidTransform.from_roll_pitch_yaw((1.0, 2.0, 1.5), 0.1, 0.2, 0.3) @ OPTICAL_IN_BODY
LABELS = LabelSet.from_names('car')


def detections(count: int = 2) -> Detections:
    positions = np.array(((1, 2, 20), (np.nan,) * 3), np.float32)[:count]
    boxes, scores, class_ids = np.zeros((count, 4)), np.ones(count), np.zeros(count)
    return replace(
        Detections.without_positions(LABELS, boxes, scores, class_ids),
        positions_m=positions,
        distances_m=np.linalg.norm(positions, axis=1),
        position_covariances_m2=np.stack([np.diag((1.0, 2, 9)), np.full((3, 3), np.nan)])[
            :count
        ].astype(np.float32),
    )


def cloud(shape: tuple[int, ...]) -> PointCloud:
    points = np.zeros(shape, POINT_DTYPE)
    random = np.random.default_rng(0)
    for axis in 'xyz':
        points[axis] = random.uniform(-50, 50, shape)
        points[axis].reshape(-1)[1::3] = np.nan
    points['rgb'] = random.integers(0, 2**24, shape)
    points['label'] = random.integers(0, 255, shape)
    return PointCloud(points)


@pytest.mark.parametrize('shape', [(0,), (7,), (4, 6), (0, 6)])
def test_cloud(shape: tuple[int, ...]) -> None:
    before = cloud(shape)
    kept = before.points.copy()
    after = move_point_cloud(before, POSE)
    places = np.stack([before.points[axis] for axis in 'xyz'], axis=-1)
    moved = np.stack([after.points[axis] for axis in 'xyz'], axis=-1)
    np.testing.assert_allclose(moved, POSE.apply(places), atol=1e-4)
    for name in ('rgb', 'label'):
        np.testing.assert_array_equal(after.points[name], before.points[name])
    assert after.points.shape == shape and after.is_organised == before.is_organised
    assert before.points.tobytes() == kept.tobytes()


@pytest.mark.parametrize('count', [0, 1, 2])
def test_detections(count: int) -> None:
    before = detections(count)
    after = move_detections(before, POSE)
    np.testing.assert_allclose(after.positions_m, POSE.apply(before.positions_m), rtol=1e-6)
    np.testing.assert_array_equal(after.distances_m, before.distances_m)
    assert after.positions_m.dtype == after.position_covariances_m2.dtype == np.float32
    if count:
        rotation = POSE.rotation
        expected = rotation @ np.diag((1.0, 2, 9)) @ rotation.T
        np.testing.assert_allclose(after.position_covariances_m2[0], expected, atol=1e-5)


def test_detections_whose_covariances_nobody_estimated() -> None:
    before = replace(detections(), position_covariances_m2=None)
    assert move_detections(before, POSE).position_covariances_m2 is None


def test_lanes() -> None:
    points = np.array(((1, 2, 5), (np.nan,) * 3), np.float32)
    line = LaneLine(0, 0.5, np.ones((2, 2), np.float32), points)
    assert move_lane_lines(LaneLines(LABELS, ()), POSE).lines == ()
    (moved,) = move_lane_lines(LaneLines(LABELS, (line,)), POSE).lines
    np.testing.assert_allclose(moved.points_m, POSE.apply(points), rtol=1e-6)
    np.testing.assert_array_equal(moved.pixels, line.pixels)
    assert moved.points_m.dtype == np.float32


def test_nothing_at_all() -> None:
    moved = in_target_frame(Perception('front', Header(7, 'optical'), (4, 4)), POSE, 'base_link')
    assert moved == Perception('front', Header(7, 'base_link'), (4, 4))


@pytest.mark.parametrize('wanted', [frozenset(), frozenset((Output.POINTS,)), frozenset(Output)])
def test_only_what_is_wanted_is_moved(wanted: frozenset[Output]) -> None:
    before = Perception(
        'front',
        Header(7, 'optical'),
        (4, 4),
        detections=detections(),
        lane_lines=LaneLines(LABELS, ()),
        point_cloud=cloud((4, 4)),
    )
    after = in_target_frame(before, POSE, 'base_link', wanted)
    assert after.header == Header(7, 'base_link')
    assert (after.detections is not before.detections) == (Output.OBJECTS in wanted)
    assert (after.lane_lines is not before.lane_lines) == (Output.LANES in wanted)
    assert (after.point_cloud is not before.point_cloud) == (Output.POINTS in wanted)
