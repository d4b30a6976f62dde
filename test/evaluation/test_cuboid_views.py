# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a camera sees of cuboids: outlines, what hides them, and LiDAR as a witness."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.evaluation.labelled import LidarPoints
from hailo_perception.evaluation.recordings.cuboids import Cuboid
from hailo_perception.evaluation.recordings.cuboids import outline
from hailo_perception.evaluation.recordings.cuboids import see_cuboids
from hailo_perception.evaluation.recordings.cuboids import SHAPES

CAMERA = CameraModel(640, 480, 500, 500, 319.5, 239.5)
UPRIGHT = np.array(((1.0, 0, 0), (0, 0, -1), (0, 1, 0)))
"""From a cuboid's axes (right, front, up) to the camera's (right, down, forward)."""
SIZE_M = (2.0, 4.0, 2.0)


def cuboid(
    x_m: float, z_m: float, *, shape: str = 'box', turn: float = 0.0, y_m: float = 0.0
) -> Cuboid:
    sine, cosine = np.sin(turn), np.cos(turn)
    matrix = np.eye(4)
    matrix[:3, :3] = UPRIGHT @ np.array(((cosine, -sine, 0), (sine, cosine, 0), (0, 0, 1)))
    matrix[:3, 3] = (x_m, y_m, z_m)
    return Cuboid(shape, SIZE_M, matrix)


def points(*rows: tuple[float, float, float]) -> LidarPoints:
    """LiDAR points from (x, y, z) in the optical frame."""
    positions = np.array(rows, np.float64).reshape(-1, 3)
    return LidarPoints(
        CAMERA.project(positions).astype(np.float32), positions[:, 2].astype(np.float32)
    )


def corners_box(body: Cuboid) -> np.ndarray:
    signs = np.array(np.meshgrid((-1, 1), (-1, 1), (-1, 1))).reshape(3, -1).T
    rotated = (signs * np.array(SIZE_M) / 2) @ body.to_camera[:3, :3].T
    pixels = CAMERA.project(rotated + body.center_m) + 0.5
    return np.concatenate((pixels.min(axis=0), pixels.max(axis=0)))


def test_no_cuboids() -> None:
    assert see_cuboids([], CAMERA, None) == []


@pytest.mark.parametrize('body', [cuboid(0, -10), cuboid(50, 10), cuboid(0, 10, y_m=30)])
def test_outside_the_picture(body: Cuboid) -> None:
    assert see_cuboids([body], CAMERA, None) == [None]


@pytest.mark.parametrize('shape', SHAPES)
@given(x_m=st.floats(-8, 8), z_m=st.floats(5, 60), turn=st.floats(-3.2, 3.2), y_m=st.floats(-2, 2))
def test_a_body_is_inside_its_cuboid_and_not_much_smaller(
    shape: str, x_m: float, z_m: float, turn: float, y_m: float
) -> None:
    body = cuboid(x_m, z_m, shape=shape, turn=turn, y_m=y_m)
    hull = outline(body, CAMERA)
    if hull is None:
        return
    about = corners_box(body)
    assert (hull >= about[:2] - 1e-2).all() and (hull <= about[2:] + 1e-2).all()
    assert (np.ptp(hull, axis=0) > 0.4 * (about[2:] - about[:2])).all()


def test_alone_it_is_wholly_visible() -> None:
    (seen,) = see_cuboids([cuboid(0, 12)], CAMERA, None)
    assert seen.visibility == 1.0 and seen.points is None
    assert seen.xyxy == seen.whole_xyxy
    assert seen.distance_m == 12
    left, _, right, _ = seen.xyxy
    assert (left + right) / 2 == pytest.approx(320)
    # The back is 10 m away: 2 m are 100 pixels.
    assert right - left == pytest.approx(100, abs=5)


def test_a_body_about_the_camera_reaches_the_picture_s_edge() -> None:
    (seen,) = see_cuboids([cuboid(1.5, 1.0)], CAMERA, None)
    left, _, right, bottom = seen.xyxy
    assert right == 640 and bottom == 480 and left > 320


def test_the_nearer_one_cuts_the_farther_one() -> None:
    near, far = see_cuboids([cuboid(-1, 12), cuboid(0, 22)], CAMERA, None)
    assert near.visibility == 1.0 and near.xyxy == near.whole_xyxy
    assert 0.3 < far.visibility < 0.7
    assert far.xyxy[0] == pytest.approx(near.xyxy[2], abs=2)
    assert far.xyxy[2] == far.whole_xyxy[2]


def test_a_body_behind_another_is_not_visible() -> None:
    _, far = see_cuboids([cuboid(0, 12), cuboid(0, 30)], CAMERA, None)
    assert far.visibility == 0.0


@pytest.mark.parametrize(
    ('rows', 'count', 'visibility'),
    [
        ([], 0, 1.0),
        # Seen through, beside and beyond: no evidence.
        ([(0, 0, 40)] * 6, 0, 1.0),
        ([(5, 0, 10)] * 6, 0, 1.0),
        # On the ground before it.
        ([(0, 0.95, 10.2)] * 6, 0, 1.0),
        ([(0, 0, 10)] * 6, 6, 1.0),
        ([(0, 0, 10)] * 3 + [(0, 0, 5)] * 3, 3, 0.5),
        ([(0, 0, 5)] * 6, 0, 0.0),
        # Too few to tell.
        ([(0, 0, 5)] * 2, 0, 1.0),
    ],
)
def test_lidar_tells_what_is_hidden(
    rows: list[tuple[float, float, float]], count: int, visibility: float
) -> None:
    (seen,) = see_cuboids([cuboid(0, 12)], CAMERA, points(*rows))
    assert (seen.points, seen.visibility) == (count, pytest.approx(visibility))
    assert seen.distance_m == (10 if count else 12)


def test_points_on_what_hides_it_are_not_its_own() -> None:
    near, far = see_cuboids([cuboid(0, 12), cuboid(2, 14)], CAMERA, points(*[(0, 0, 10)] * 5))
    assert (near.points, far.points) == (5, 0)
    assert near.visibility == 1.0
