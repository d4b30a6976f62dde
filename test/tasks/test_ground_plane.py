# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The ground under a mounted camera."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.rigid_transform import OPTICAL_IN_BODY
from hailo_perception.core.rigid_transform import RigidTransform
from hailo_perception.tasks.ground_plane import GroundError
from hailo_perception.tasks.ground_plane import MountedGround

CAMERA = CameraModel(1280, 720, 900.0, 900.0, 640.0, 360.0, 'plumb_bob', (-0.1, 0.01, 0, 0))
HEIGHTS = st.floats(0.3, 5)
PITCHES = st.floats(-0.3, 0.6)
ROLLS = st.floats(-0.3, 0.3)


def camera_pose(height_m: float, pitch_rad: float, roll_rad: float) -> RigidTransform:
    body = RigidTransform.from_roll_pitch_yaw((0.0, 0.0, height_m), roll_rad, pitch_rad, 0.0)
    return body @ OPTICAL_IN_BODY


def test_no_rays() -> None:
    assert MountedGround.below_camera(1.5).depth_of(np.empty((0, 2))).shape == (0,)


@pytest.mark.parametrize(
    ('pitch_rad', 'ray', 'depth_m'),
    [
        pytest.param(0.0, (0, 0.1), 15.0, id='level'),
        pytest.param(0.0, (0.5, 0.1), 15.0, id='level, to the side'),
        pytest.param(0.0, (0, 0.0), math.nan, id='horizon'),
        pytest.param(0.0, (0, -0.1), math.nan, id='above the horizon'),
        pytest.param(math.pi / 4, (0, 0), 1.5 * math.sqrt(2), id='looking down'),
        pytest.param(math.pi / 2, (0.2, 0.2), 1.5, id='straight down'),
    ],
)
def test_depth_of_a_ray(pitch_rad: float, ray: tuple[float, float], depth_m: float) -> None:
    ground = MountedGround.below_camera(1.5, pitch_rad)
    np.testing.assert_allclose(ground.depth_of(np.array(ray)), depth_m)


def test_leaning_right_brings_the_right_ground_nearer() -> None:
    ground = MountedGround.below_camera(1.5, 0.1, 0.1)
    left, right = ground.depth_of(np.array(((-0.3, 0.1), (0.3, 0.1))))
    assert right < left


@given(HEIGHTS, PITCHES, ROLLS, st.floats(3, 60), st.floats(-8, 8))
def test_a_point_on_the_ground_is_recovered(
    height_m: float, pitch_rad: float, roll_rad: float, ahead_m: float, left_m: float
) -> None:
    """From the base frame through lens and pixel back to the place."""
    pose = camera_pose(height_m, pitch_rad, roll_rad)
    point = pose.inverse().apply(np.array((ahead_m, left_m, 0.0)))
    pixel = CAMERA.project(point)
    if not np.isfinite(pixel).all():
        return
    ray = CAMERA.unproject(pixel)
    ground = MountedGround.below_camera(height_m, pitch_rad, roll_rad)
    depth_m = float(ground.depth_of(ray))
    found = pose.apply(np.array((*ray, 1.0)) * depth_m)
    np.testing.assert_allclose(found, (ahead_m, left_m, 0), rtol=1e-4, atol=1e-4 * ahead_m)


@given(HEIGHTS, PITCHES, ROLLS, st.floats(-0.5, 0.5), st.floats(0.05, 0.5))
def test_deviation_is_the_derivative(
    height_m: float, pitch_rad: float, roll_rad: float, across: float, steepness: float
) -> None:
    ground = MountedGround.below_camera(height_m, pitch_rad, roll_rad)
    down_x, down_y, down_z = ground.down
    ray = np.array((across, (steepness - down_z - down_x * across) / down_y))
    step = 1e-6

    def deviation(ray_deviation: float, pitch: float, height: float) -> float:
        return float(
            ground.depth_deviation(
                ray,
                ray_deviation=np.array(ray_deviation),
                pitch_deviation_rad=pitch,
                height_deviation=height,
            )
        )

    def slope(after: float) -> float:
        return abs(after - float(ground.depth_of(ray))) / step

    by_ray = slope(float(ground.depth_of(ray + (0, step))))
    nod = RigidTransform.from_roll_pitch_yaw((0.0, 0.0, 0.0), step, 0.0, 0.0)
    x, y, z = nod.apply(np.array(ground.down)).tolist()
    by_pitch = slope(float(MountedGround((x, y, z), height_m).depth_of(ray)))
    assert deviation(1, 0, 0) == pytest.approx(by_ray, rel=1e-3)
    assert deviation(0, 1, 0) == pytest.approx(by_pitch, rel=1e-3)
    assert deviation(0, 0, 0.1) == pytest.approx(0.1 * float(ground.depth_of(ray)))
    assert deviation(1, 1, 0) == pytest.approx(math.hypot(by_ray, by_pitch), rel=1e-3)


def test_no_deviation_without_ground() -> None:
    deviation = MountedGround.below_camera(1.5).depth_deviation(
        np.array((0.0, -0.1)),
        ray_deviation=np.array(0.01),
        pitch_deviation_rad=0.01,
        height_deviation=0.03,
    )
    assert np.isnan(deviation)


@pytest.mark.parametrize('height_m', [0.0, -1.0])
def test_a_camera_in_the_ground(height_m: float) -> None:
    with pytest.raises(GroundError, match='base_footprint'):
        MountedGround.below_camera(height_m)
