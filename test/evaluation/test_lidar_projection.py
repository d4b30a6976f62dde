# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""LiDAR points in a picture, without those that the camera cannot see."""

from __future__ import annotations

import numpy as np
import pytest

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.evaluation.recordings.lidar import project_points
from hailo_perception.evaluation.recordings.lidar import seen_points

CAMERA = CameraModel(600, 200, 300, 300, 299.5, 99.5)


def test_no_points() -> None:
    found = project_points(np.zeros((0, 3), np.float32), np.eye(4), CAMERA)
    assert len(found) == 0 and found.pixels.shape == (0, 2)


@pytest.mark.parametrize(
    ('point', 'pixel'),
    [
        ((0, 0, 10), (299.5, 99.5)),
        ((1, 0, 10), (329.5, 99.5)),
        ((0, 0, -10), None),
        ((0, 0, 0.1), None),
        ((11, 0, 10), None),
        ((0, -4, 10), None),
    ],
)
def test_one_point(point: tuple[float, float, float], pixel: tuple[float, float] | None) -> None:
    found = project_points(np.array([point], np.float32), np.eye(4), CAMERA)
    assert found.pixels.tolist() == ([] if pixel is None else [pytest.approx(pixel)])
    assert len(found) == len(found.depth_m)


def test_the_way_to_the_camera_is_taken() -> None:
    to_camera = np.eye(4)
    to_camera[2, 3] = 5
    assert project_points(np.array([(0, 0, 5.0)]), to_camera, CAMERA).depth_m.tolist() == [10]


@pytest.mark.parametrize(
    ('pixels', 'depth_m', 'seen'),
    [
        ([(10, 10), (11, 10)], [5, 20], [True, False]),
        ([(10, 10), (11, 10)], [5, 6], [True, True]),
        ([(10, 10), (30, 10)], [5, 20], [True, True]),
        ([(0, 0), (599, 199)], [5, 20], [True, True]),
    ],
)
def test_nearer_points_hide_others_around_them(
    pixels: list[tuple[float, float]], depth_m: list[float], seen: list[bool]
) -> None:
    found = seen_points(np.array(pixels, np.float32), np.array(depth_m), (600, 200))
    assert found.tolist() == seen


def test_the_ground_does_not_hide_itself() -> None:
    """A camera 1.6 m above flat ground, with a LiDAR's rings from 4 to 60 m."""
    camera = CameraModel(1242, 375, 720, 720, 621, 187)
    distance_m = np.geomspace(4, 60, 40)
    x_m = np.linspace(-2, 2, 200)
    ground = np.stack(np.broadcast_arrays(x_m[None], 1.6, distance_m[:, None]), axis=-1).reshape(
        -1, 3
    )
    row = camera.project(ground)[:, 1]
    in_picture = np.count_nonzero(row < camera.height - 0.5)
    assert len(project_points(ground, np.eye(4), camera)) > 0.97 * in_picture > 0
