# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Where boxes stand, by depth, by the ground, and by both."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.labels import Label
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import DepthMap
from hailo_perception.core.results import Detections
from hailo_perception.tasks.ground_plane import MountedGround
from hailo_perception.tasks.own_vehicle import OwnVehicle
from hailo_perception.tasks.positions import with_positions
from hailo_perception.tasks.settings import PositionSettings

OBJECTS = LabelSet.from_names('car', 'person', 'drone')
SEMANTIC = LabelSet((Label(0, 'road'), Label(4, 'vehicle', members=('car',)), Label(5, 'person')))
IMAGE_SIZE = (128, 96)
MAP_CAMERA = CameraModel(64, 48, 50.0, 50.0, 31.5, 23.5)
CAMERA = MAP_CAMERA.scaled(*IMAGE_SIZE)
BACKGROUND_M = 60.0


def scene() -> tuple[DepthMap, ClassMap]:
    """Background, and at depth 10 m what fills the image's box 20…60 by 40…80 in its left half."""
    depth_m = np.full((48, 64), BACKGROUND_M, np.float32)
    depth_m[20:40, 10:20] = 10.0
    ids = np.zeros((96, 128), np.uint8)
    ids[40:80, 20:40] = 4
    return DepthMap(depth_m, MAP_CAMERA), ClassMap(SEMANTIC, ids)


def objects(*boxes: tuple[float, ...], class_id: int = 0) -> Detections:
    count = len(boxes)
    return Detections.without_positions(
        OBJECTS, np.reshape(boxes, (-1, 4)), np.ones(count), np.full(count, class_id)
    )


def standing_on(ground: MountedGround, x_m: float, z_m: float, size_px: float = 30) -> tuple:
    """Box of an object whose foot is on the ground at (x, z) of the optical frame."""
    down_x, down_y, down_z = ground.down
    y_m = (ground.height_m - down_x * x_m - down_z * z_m) / down_y
    column, row = WIDE.project(np.array((x_m, y_m, z_m))) + 0.5
    return column - size_px / 2, row - size_px, column + size_px / 2, row


WIDE = CameraModel(1280, 720, 900.0, 900.0, 639.5, 359.5)
LEVEL = MountedGround.below_camera(1.5, 0.02)


@pytest.mark.parametrize('measured', [{}, {'depth': scene()[0]}, {'ground': LEVEL}])
def test_nothing(measured: dict) -> None:
    assert len(with_positions(objects(), CAMERA, **measured)) == 0


def test_nothing_known() -> None:
    found = with_positions(objects((20, 40, 60, 80)), CAMERA)
    assert np.isnan(found.positions_m).all() and np.isnan(found.distances_m).all()
    assert np.isnan(found.position_covariances_m2).all()


def test_by_depth_on_the_ray_of_the_centre() -> None:
    depth, semantic = scene()
    found = with_positions(objects((20, 40, 60, 80)), CAMERA, depth=depth, semantic=semantic)
    x, y = (20 - 0.5 - 31.5) / 50, (30 - 0.5 - 23.5) / 50
    np.testing.assert_allclose(found.positions_m, [[10 * x, 10 * y, 10]], rtol=1e-5)
    np.testing.assert_allclose(found.distances_m, [10 * np.sqrt(1 + x * x + y * y)], rtol=1e-5)
    assert found.positions_m.dtype == found.distances_m.dtype == np.float32


def test_depth_error_grows_with_distance() -> None:
    depth, semantic = scene()
    boxes = objects((20, 40, 60, 80), (80, 0, 120, 40))
    settings = PositionSettings(depth_error=0.1)
    found = with_positions(boxes, CAMERA, depth=depth, semantic=semantic, settings=settings)
    assert found.position_covariances_m2.dtype == np.float32
    np.testing.assert_allclose(
        np.sqrt(found.position_covariances_m2[:, 2, 2]), [1.0, 6.0], rtol=1e-5
    )


def test_covariance_lies_along_the_ray_and_has_the_width_of_the_box_error() -> None:
    depth, _ = scene()
    settings = PositionSettings(depth_error=0.1, box_error=0.05)
    found = with_positions(objects((80, 0, 120, 40)), CAMERA, depth=depth, settings=settings)
    (covariance,) = found.position_covariances_m2.astype(np.float64)
    ray = found.positions_m[0] / BACKGROUND_M
    across_m = BACKGROUND_M * 0.05 * 40 / 100
    expected = 6.0**2 * np.outer(ray, ray) + np.diag((across_m**2, across_m**2, 0))
    np.testing.assert_allclose(covariance, expected, rtol=1e-4)


@pytest.mark.parametrize('angle', [0.0, 0.9, 1.3])
def test_covariance_holds_through_a_fisheye(angle: float) -> None:
    """As far as the box's error and the depth's carry the position, so far it says."""
    fisheye = CameraModel(1280, 960, 400.0, 400.0, 639.5, 479.5, 'equidistant', (0.0,) * 4)
    column, row = fisheye.project(np.array((np.sin(angle), 0.1, np.cos(angle)))) + 0.5
    box = np.array((column - 20, row - 40, column + 20, row + 40))
    rng = np.random.default_rng(2)
    # A box's centre and its size have equal errors, those of edges that err alike.
    errors_px = rng.normal(0, (0.05 * 40, 0.05 * 80), (500, 2))
    depth_m = 10.0 * (1 + rng.normal(0, 0.1, 500))
    settings = PositionSettings(depth_error=0.1, box_error=0.05)
    places = []
    for error, metres in zip(np.tile(errors_px, 2), depth_m, strict=True):
        plane = DepthMap(np.full((96, 128), metres, np.float32), fisheye.scaled(128, 96))
        places.append(with_positions(objects(box + error), fisheye, depth=plane).positions_m[0])
    plane = DepthMap(np.full((96, 128), 10, np.float32), fisheye.scaled(128, 96))
    said = with_positions(objects(box), fisheye, depth=plane, settings=settings)
    seen = np.cov(np.array(places).T)
    np.testing.assert_allclose(
        np.sqrt(np.linalg.eigvalsh(said.position_covariances_m2[0])),
        np.sqrt(np.linalg.eigvalsh(seen)),
        rtol=0.15,
    )


def test_unknown_depth() -> None:
    depth, semantic = scene()
    depth.depth_m[:] = np.nan
    boxes = objects((20, 40, 40, 80), (80, 0, 120, 40))
    found = with_positions(boxes, CAMERA, depth=depth, semantic=semantic)
    assert np.isnan(found.positions_m).all() and np.isnan(found.distances_m).all()
    assert np.isnan(found.position_covariances_m2).all()


def test_position_lies_on_the_distorted_ray() -> None:
    lens = CameraModel(128, 96, 100.0, 100.0, 63.5, 47.5, 'plumb_bob', (-0.2, 0.02, 0, 0))
    depth = DepthMap(np.full((48, 64), 7.0, np.float32), lens.scaled(64, 48))
    found = with_positions(objects((0, 0, 20, 20)), lens, depth=depth)
    np.testing.assert_allclose(lens.project(found.positions_m), [[9.5, 9.5]], atol=1e-3)


@given(
    st.floats(0.5, 3),
    st.floats(-0.05, 0.2),
    st.floats(-0.1, 0.1),
    st.floats(4, 25),
    st.floats(-0.3, 0.3),
)
def test_by_the_ground_alone(
    height_m: float, pitch_rad: float, roll_rad: float, z_m: float, across: float
) -> None:
    """An object drawn where its foot stands is found there."""
    ground = MountedGround.below_camera(height_m, pitch_rad, roll_rad)
    box = standing_on(ground, across * z_m, z_m)
    if not 60 < box[3] < 700:
        return
    settings = PositionSettings(pitch_error_rad=0.0, height_error=0.0)
    found = with_positions(objects(box), WIDE, ground=ground, settings=settings)
    if np.isnan(found.positions_m).any():
        # 1.5 px of 900 matter that much only to a grazing ray.
        assert z_m * 1.5 / 900 > 0.5 * height_m * 0.8
        return
    np.testing.assert_allclose(found.positions_m[0, 2], z_m, rtol=1e-3)
    centre = (np.array(box[:2]) + box[2:]) / 2 - 0.5
    np.testing.assert_allclose(WIDE.project(found.positions_m[0]), centre, atol=0.01)


@pytest.mark.parametrize(
    ('boxes', 'has_foot'),
    [
        pytest.param([(600, 350, 640, 400)], [True], id='on the road'),
        pytest.param([(600, 300, 640, 335)], [False], id='above the horizon'),
        pytest.param([(600, 350, 640, 720)], [False], id='cut off by the lower border'),
        pytest.param([(600, 340, 640, 359)], [False], id='too far to tell'),
        pytest.param([(600, 350, 640, 400), (560, 360, 630, 480)], [False, True], id='hidden'),
        pytest.param([(600, 350, 640, 400), (630, 360, 700, 480)], [True, True], id='beside'),
        pytest.param([(600, 350, 640, 400), (600, 350, 640, 400)], [True, True], id='same'),
        pytest.param([(600, 350, 640, 640)], [False], id='behind the own bonnet'),
        pytest.param([(600, 350, 640, 599)], [False], id='cut off by the own bonnet'),
        pytest.param([(600, 350, 640, 580)], [True], id='before the own bonnet'),
        pytest.param([(600, 340, 640, 399), (560, 400, 630, 480)], [False, True], id='cut off'),
    ],
)
def test_feet_that_tell_the_distance(boxes: list, has_foot: list[bool]) -> None:
    bonnet = OwnVehicle.read('', '0,720 0,600 1280,600 1280,720')
    found = with_positions(objects(*boxes), WIDE, ground=LEVEL, own_vehicle=bonnet)
    assert np.isfinite(found.distances_m).tolist() == has_foot


def test_classes_off_the_ground_have_their_depth_alone() -> None:
    box = standing_on(LEVEL, 0.0, 10.0)
    depth = DepthMap(np.full((72, 128), 20.0, np.float32), WIDE.scaled(128, 72))
    settings = PositionSettings(off_ground_classes=('drone', 'balloon'))
    of_car, of_drone = (
        with_positions(
            objects(box, class_id=class_id), WIDE, depth=depth, ground=LEVEL, settings=settings
        )
        for class_id in (0, 2)
    )
    assert of_car.positions_m[0, 2] < 15
    np.testing.assert_allclose(of_drone.positions_m[0, 2], 20.0)


@given(
    st.floats(6, 20),
    st.floats(0.7, 1.4),
    st.floats(0.05, 0.5),
    st.floats(0.001, 0.02),
    st.floats(0, 0.95),
)
def test_both_are_weighed_by_their_inverse_covariance(
    z_m: float, ratio: float, depth_error: float, pitch_error_rad: float, correlation: float
) -> None:
    settings = PositionSettings(
        depth_error=depth_error, pitch_error_rad=pitch_error_rad, error_correlation=correlation
    )
    box = standing_on(LEVEL, 0.0, z_m, size_px=100)
    depth = DepthMap(np.full((72, 128), ratio * z_m, np.float32), WIDE.scaled(128, 72))

    def z_and_variance(**measured: object) -> tuple[float, float]:
        found = with_positions(objects(box), WIDE, settings=settings, **measured)
        return float(found.positions_m[0, 2]), float(found.position_covariances_m2[0, 2, 2])

    (by_depth, depth_variance), (by_ground, ground_variance), (both, variance) = (
        z_and_variance(depth=depth),
        z_and_variance(ground=LEVEL),
        z_and_variance(depth=depth, ground=LEVEL),
    )
    shared = correlation * np.sqrt(depth_variance * ground_variance)
    joint = np.array(((depth_variance, shared), (shared, ground_variance)))
    weights = np.linalg.inv(joint).sum(axis=1)
    weights = np.clip(weights / weights.sum(), 0, 1)
    assert both == pytest.approx(weights @ (by_depth, by_ground), rel=1e-4)
    disagreement = (by_depth - by_ground) ** 2 / (depth_variance + ground_variance - 2 * shared)
    assert variance == pytest.approx(max(1, disagreement) * weights @ joint @ weights, rel=2e-3)
    if disagreement < 1:
        assert variance <= min(depth_variance, ground_variance) * 1.001


def test_the_ground_fills_in_where_there_is_no_depth() -> None:
    box = standing_on(LEVEL, 0.0, 12.0)
    depth = DepthMap(np.full((72, 128), np.nan, np.float32), WIDE.scaled(128, 72))
    found = with_positions(objects(box), WIDE, depth=depth, ground=LEVEL)
    np.testing.assert_allclose(found.positions_m[0, 2], 12.0, rtol=1e-3)
