# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A camera against OpenCV, at its own size and scaled."""

from __future__ import annotations

from typing import Any

import cv2
from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.errors import CameraInfoError
from hailo_perception.core.errors import Cause

_BARREL = (-0.31, 0.1, 0.0003, -0.0002, -0.014)
_CAMERAS = {
    'pinhole': CameraModel(640, 480, 500.0, 510.0, 320.5, 238.0),
    'plumb_bob': CameraModel(640, 480, 600.0, 590.0, 315.0, 244.0, 'plumb_bob', _BARREL),
    'rational': CameraModel(
        640,
        480,
        600.0,
        590.0,
        315.0,
        244.0,
        'rational_polynomial',
        (8.1, 5.2, 0.0002, -0.0001, 0.3, 8.4, 7.9, 1.5),
    ),
    'equidistant': CameraModel(
        640, 480, 300.0, 305.0, 322.0, 236.0, 'equidistant', (-0.02, 0.01, -0.004, 0.0006)
    ),
}
_every_camera = pytest.mark.parametrize('camera', _CAMERAS.values(), ids=_CAMERAS)


def _points(count: int = 100) -> Any:
    return np.random.default_rng(0).uniform((-3, -2, 5), (3, 2, 40), (count, 3))


@_every_camera
def test_project_equals_opencv(camera: CameraModel) -> None:
    points = _points()
    coefficients = np.asarray(camera.distortion, np.float64)
    if camera.distortion_model == 'equidistant':
        expected, _ = cv2.fisheye.projectPoints(
            points[:, None], np.zeros(3), np.zeros(3), camera.matrix, coefficients
        )
    else:
        expected, _ = cv2.projectPoints(
            points, np.zeros(3), np.zeros(3), camera.matrix, coefficients
        )
    np.testing.assert_allclose(camera.project(points), expected.reshape(-1, 2), atol=1e-6)


@_every_camera
def test_unproject_reverses_project(camera: CameraModel) -> None:
    points = _points()
    rays = camera.unproject(camera.project(points))
    np.testing.assert_allclose(rays, points[:, :2] / points[:, 2:], atol=1e-6)


@_every_camera
def test_rays_change_by_as_much_from_pixel_to_pixel(camera: CameraModel) -> None:
    pixels = np.array(((camera.cx, camera.cy), (0.6 * camera.cx, 1.3 * camera.cy)))
    changes = camera.ray_changes(pixels)
    assert changes.shape == (2, 2, 2)
    step = np.array((0.3, -0.2))
    moved = camera.unproject(pixels + step) - camera.unproject(pixels)
    np.testing.assert_allclose(changes @ step, moved, rtol=0.02, atol=1e-6)


@_every_camera
def test_empty_arrays_stay_empty(camera: CameraModel) -> None:
    assert camera.project(np.zeros((0, 3))).shape == (0, 2)
    assert camera.unproject(np.zeros((0, 2))).shape == (0, 2)


@_every_camera
def test_project_gives_nan_behind_the_camera(camera: CameraModel) -> None:
    pixels = camera.project(np.array(((0, 0, -1), (0, 0, 0), (1, 2, np.nan), (0, 0, 1))))
    assert np.isnan(pixels[:3]).all()
    np.testing.assert_allclose(pixels[3], (camera.cx, camera.cy))


@_every_camera
def test_rays_are_the_pixel_centres(camera: CameraModel) -> None:
    rays = camera.rays()
    assert rays.shape == (480, 640, 2)
    assert rays.dtype == np.float32
    assert not rays.flags.writeable
    assert camera.rays() is rays
    for row, column in ((0, 0), (479, 639), (240, 17)):
        np.testing.assert_allclose(
            rays[row, column], camera.unproject(np.array((column, row))), rtol=1e-6
        )


@_every_camera
@pytest.mark.parametrize('stride', [1, 3])
def test_planes_of_rays_are_the_rays(camera: CameraModel, stride: int) -> None:
    rays = camera.rays()[::stride, ::stride]
    x, y = camera.ray_planes(stride)
    if camera.is_pinhole:
        assert (len(x), y.shape[1]) == (1, 1)
    for axis, plane in enumerate((x, y)):
        np.testing.assert_array_equal(np.broadcast_to(plane, rays.shape[:2]), rays[..., axis])
        assert plane.flags.c_contiguous and not plane.flags.writeable


@_every_camera
def test_rays_project_back_to_their_pixels(camera: CameraModel) -> None:
    rays = camera.rays()[::37, ::41].astype(np.float64)
    assert np.isfinite(rays).all()
    pixels = camera.project(np.concatenate((rays, np.ones((*rays.shape[:2], 1))), axis=-1))
    columns, rows = np.meshgrid(np.arange(640)[::41], np.arange(480)[::37])
    np.testing.assert_allclose(pixels, np.stack((columns, rows), axis=-1), atol=1e-3)


@_every_camera
@given(
    size=st.tuples(st.integers(1, 2000), st.integers(1, 2000)),
    ray=st.tuples(st.floats(-0.5, 0.5), st.floats(-0.4, 0.4)),
)
def test_scaled_keeps_a_point_at_its_part_of_the_image(
    camera: CameraModel, size: tuple[int, int], ray: tuple[float, float]
) -> None:
    point = np.array((*ray, 1.0))
    scaled = camera.scaled(*size)
    assert scaled.size == size
    part = (camera.project(point) + 0.5) / camera.size
    np.testing.assert_allclose((scaled.project(point) + 0.5) / size, part, atol=1e-9)


@_every_camera
def test_straightened_sees_the_same_rays(camera: CameraModel) -> None:
    straight = camera.straightened((-9, -9), (9, 9))
    assert straight.is_pinhole
    assert (straight.fx, straight.fy) == (camera.fx, camera.fy)
    rays = camera.rays().reshape(-1, 2)
    pixels = straight.project(np.concatenate((rays, np.ones((len(rays), 1))), axis=1))
    # One pixel is left on each side.
    np.testing.assert_allclose(pixels.min(axis=0), 1, atol=1e-4)
    spare = straight.size - pixels.max(axis=0)
    assert (spare > 2 - 1e-4).all() and (spare < 3 + 1e-4).all()


def test_straightened_stops_at_the_rays_given() -> None:
    straight = _CAMERAS['equidistant'].straightened((-0.5, -0.1), (0.7, 0.2))
    left, top = straight.unproject((0, 0))
    right, bottom = straight.unproject(np.subtract(straight.size, 1))
    pixel = np.divide(1, (straight.fx, straight.fy))
    assert (left, top) == pytest.approx(np.subtract((-0.5, -0.1), pixel))
    assert 0 <= right - 0.7 < 2 * pixel[0] and 0 <= bottom - 0.2 < 2 * pixel[1]


@_every_camera
def test_scaled_there_and_back_is_the_same_camera(camera: CameraModel) -> None:
    back = camera.scaled(1234, 77).scaled(*camera.size)
    np.testing.assert_allclose(back.matrix, camera.matrix, rtol=1e-12)
    assert camera.scaled(*camera.size).matrix == pytest.approx(camera.matrix)


def test_scaled_agrees_with_a_resized_picture() -> None:
    """The bright spot of a picture moves in a resize as its point does in the scaled camera."""
    camera = CameraModel(640, 480, 500.0, 500.0, 319.5, 239.5)
    point = np.array((0.2, -0.1, 1.0))
    column, row = np.rint(camera.project(point)).astype(int)
    picture = np.zeros((480, 640), np.float32)
    picture[row - 8 : row + 9, column - 8 : column + 9] = 1
    small = cv2.resize(picture, (160, 120), interpolation=cv2.INTER_AREA)
    rows, columns = np.mgrid[:120, :160]
    centre = np.array((np.sum(columns * small), np.sum(rows * small))) / small.sum()
    np.testing.assert_allclose(centre, camera.scaled(160, 120).project(point), atol=0.15)


@pytest.mark.parametrize(
    ('camera', 'is_pinhole'),
    [
        (CameraModel(4, 4, 1, 1, 1, 1), True),
        (CameraModel(4, 4, 1, 1, 1, 1, 'plumb_bob', (0.0,) * 5), True),
        (CameraModel(4, 4, 1, 1, 1, 1, 'plumb_bob', _BARREL), False),
        (CameraModel(4, 4, 1, 1, 1, 1, 'equidistant'), False),
    ],
)
def test_is_pinhole(camera: CameraModel, is_pinhole: bool) -> None:
    assert camera.is_pinhole is is_pinhole


@pytest.mark.parametrize(
    ('arguments', 'words'),
    [
        ((0, 480, 500, 500, 320, 240), 'at least 1×1 pixels, got 0×480'),
        ((640, -1, 500, 500, 320, 240), 'got 640×-1'),
        ((640, 480, 0, 0, 0, 0), 'is the camera calibrated?'),
        ((640, 480, -500, 500, 320, 240), 'fx=-500'),
        ((640, 480, 500, 0, 320, 240), 'fy=0'),
        ((640, 480, float('nan'), 500, 320, 240), 'fx=nan'),
        ((640, 480, 500, 500, float('inf'), 240), 'cx=inf'),
        ((640, 480, 500, 500, 320, 240, 'omnidirectional'), "'omnidirectional' is not supported"),
        ((640, 480, 500, 500, 320, 240, 'plumb_bob', (0.1,)), 'got 1'),
    ],
)
def test_impossible_cameras_are_refused(arguments: Any, words: str) -> None:
    with pytest.raises(CameraInfoError) as caught:
        CameraModel(*arguments)
    assert words in str(caught.value)
    assert caught.value.cause is Cause.CAMERA_INFO
