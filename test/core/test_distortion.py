# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Lens models against OpenCV, and their own inverse."""

from __future__ import annotations

import cv2
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
from numpy.typing import NDArray
import pytest

from hailo_perception.core.distortion import check_distortion
from hailo_perception.core.distortion import COEFFICIENT_COUNTS
from hailo_perception.core.distortion import distort
from hailo_perception.core.distortion import undistort
from hailo_perception.core.errors import CameraInfoError

_LENSES = {
    'none': ('plumb_bob', ()),
    'zeros': ('plumb_bob', (0.0,) * 5),
    'webcam': ('plumb_bob', (0.1, -0.25, 0.001, -0.0005, 0.12)),
    'wide': ('plumb_bob', (-0.31, 0.1, 0.0003, -0.0002, -0.014)),
    'four': ('plumb_bob', (-0.28, 0.09, 0.002, 0.001)),
    'rational': ('rational_polynomial', (8.1, 5.2, 0.0002, -0.0001, 0.3, 8.4, 7.9, 1.5)),
    'prism': (
        'rational_polynomial',
        (0.4, 0.05, 0.001, 0.0005, 0.01, 0.6, 0.2, 0.02, 0.002, -0.001, 0.0015, 0.0003),
    ),
}
_FISHEYES = {
    'ideal': (),
    'zeros': (0.0,) * 4,
    'action': (-0.02, 0.01, -0.004, 0.0006),
    'surround': (0.07, -0.03, 0.01, -0.002),
}
_IDENTITY = np.eye(3)
_NO_MOTION = np.zeros(3)


def _grid(reach: float) -> NDArray[np.float64]:
    axis = np.linspace(-reach, reach, 21)
    return np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)


def _rays(points: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate((points, np.ones((len(points), 1))), axis=1)


@pytest.mark.parametrize('lens', _LENSES.values(), ids=_LENSES)
def test_distort_equals_project_points(lens: tuple[str, tuple[float, ...]]) -> None:
    points = _grid(0.7)
    expected, _ = cv2.projectPoints(
        _rays(points), _NO_MOTION, _NO_MOTION, _IDENTITY, np.asarray(lens[1])
    )
    np.testing.assert_allclose(distort(points, *lens), expected.reshape(-1, 2), atol=1e-12)


@pytest.mark.parametrize('coefficients', _FISHEYES.values(), ids=_FISHEYES)
def test_distort_equals_fisheye_project_points(coefficients: tuple[float, ...]) -> None:
    points = _grid(2.0)
    expected, _ = cv2.fisheye.projectPoints(
        _rays(points)[:, None],
        _NO_MOTION,
        _NO_MOTION,
        _IDENTITY,
        np.asarray(coefficients or (0.0,) * 4),
    )
    np.testing.assert_allclose(
        distort(points, 'equidistant', coefficients), expected.reshape(-1, 2), atol=1e-12
    )


@pytest.mark.parametrize('lens', _LENSES.values(), ids=_LENSES)
def test_undistort_equals_undistort_points(lens: tuple[str, tuple[float, ...]]) -> None:
    points = _grid(0.4)
    criteria = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 500, 1e-12)
    expected = cv2.undistortPointsIter(
        points[:, None], _IDENTITY, np.asarray(lens[1]), None, None, criteria
    )
    np.testing.assert_allclose(undistort(points, *lens), expected.reshape(-1, 2), atol=1e-6)


@pytest.mark.parametrize('coefficients', _FISHEYES.values(), ids=_FISHEYES)
def test_undistort_equals_fisheye_undistort_points(coefficients: tuple[float, ...]) -> None:
    points = _grid(0.8)
    expected = cv2.fisheye.undistortPoints(
        points[:, None], _IDENTITY, np.asarray(coefficients or (0.0,) * 4)
    )
    np.testing.assert_allclose(
        undistort(points, 'equidistant', coefficients), expected.reshape(-1, 2), atol=1e-6
    )


@pytest.mark.parametrize(
    ('model', 'coefficients'),
    [*_LENSES.values(), *(('equidistant', fisheye) for fisheye in _FISHEYES.values())],
)
def test_undistort_reverses_distort(model: str, coefficients: tuple[float, ...]) -> None:
    points = _grid(0.8)
    seen = distort(points, model, coefficients)
    is_seen = np.isfinite(seen[:, 0])
    assert is_seen.mean() > 0.7
    np.testing.assert_allclose(
        undistort(seen[is_seen], model, coefficients), points[is_seen], atol=1e-6
    )


@settings(max_examples=200)
@given(
    k1=st.floats(-0.6, 0.6),
    k2=st.floats(-0.3, 0.3),
    k3=st.floats(-0.1, 0.1),
    p1=st.floats(-0.003, 0.003),
    p2=st.floats(-0.003, 0.003),
    angle=st.floats(0, 6.3),
    part=st.floats(0, 1),
)
def test_undistort_finds_the_ray_or_says_that_there_is_none(
    k1: float, k2: float, k3: float, p1: float, p2: float, angle: float, part: float
) -> None:
    """Never a wrong ray: not a point beyond the lens's fold, which projects to the same pixel."""
    coefficients = (k1, k2, p1, p2, k3)
    slope = np.polynomial.Polynomial((1, 3 * k1, 5 * k2, 7 * k3))
    radii = np.linspace(0, 2, 4001)
    is_falling = slope(radii**2) <= 0
    fold = radii[is_falling.argmax()] if is_falling.any() else 2.0
    point = 0.95 * fold * part * np.array((np.cos(angle), np.sin(angle)))
    np.testing.assert_allclose(
        undistort(distort(point, 'plumb_bob', coefficients), 'plumb_bob', coefficients),
        point,
        atol=1e-5,
    )


def test_no_ray_beyond_the_largest_radius_of_a_barrel() -> None:
    """With k1 = -0.3 the radius r − 0.3 r³ grows up to r = 1/√0.9, where it is 0.7027."""
    barrel = ('plumb_bob', (-0.3, 0.0, 0.0, 0.0))
    inside, outside = undistort(np.array(((0.70, 0.0), (0.71, 0.0))), *barrel)
    assert 0.9 < inside[0] < 1 / np.sqrt(0.9)
    assert np.isnan(outside).all()


def test_no_pixel_beyond_the_fold() -> None:
    """A point 63° to the side would come into the image again, from the other side."""
    inside, outside = distort(np.array(((1.0, 0.0), (2.0, 0.0))), 'plumb_bob', (-0.3, 0, 0, 0))
    np.testing.assert_allclose(inside, (0.7, 0))
    assert np.isnan(outside).all()


def test_no_ray_at_a_right_angle_of_a_fisheye() -> None:
    radii = np.array(((np.pi / 2 - 1e-3, 0.0), (np.pi / 2, 0.0), (2.0, 0.0)))
    rays = undistort(radii, 'equidistant', ())
    assert rays[0, 0] == pytest.approx(1000, rel=1e-3)
    assert np.isnan(rays[1:]).all()


def test_no_ray_beyond_the_fold_of_a_fisheye() -> None:
    """θ − 0.2 θ³ grows up to θ = 1/√0.6 rad, where it is 0.8607."""
    rays = undistort(np.array(((0.8, 0.0), (0.9, 0.0))), 'equidistant', (-0.2, 0, 0, 0))
    assert np.isfinite(rays[0]).all()
    assert np.isnan(rays[1]).all()


@pytest.mark.parametrize('model', COEFFICIENT_COUNTS)
@pytest.mark.parametrize('coefficients', [(), (0.1, 0.01, 0.001, 0.001)])
def test_empty_nan_and_centre(model: str, coefficients: tuple[float, ...]) -> None:
    for function in (distort, undistort):
        assert function(np.zeros((0, 2)), model, coefficients).shape == (0, 2)
        np.testing.assert_allclose(function(np.zeros((2, 3, 2)), model, coefficients), 0)
        assert np.isnan(function(np.full((3, 2), np.nan), model, coefficients)).all()


@pytest.mark.parametrize(
    ('model', 'coefficients', 'words'),
    [
        ('', (), "'' is not supported; expected one of plumb_bob"),
        ('thin_prism', (), "'thin_prism' is not supported"),
        ('plumb_bob', (0.1,), 'takes 0 or 4 or 5 coefficients, got 1'),
        ('plumb_bob', (0.1,) * 8, 'got 8'),
        ('rational_polynomial', (0.1,) * 14, 'takes 0 or 4 or 5 or 8 or 12 coefficients, got 14'),
        ('equidistant', (0.1,) * 5, 'takes 0 or 4 coefficients, got 5'),
        ('plumb_bob', (0.1, float('nan'), 0.0, 0.0), 'must be finite'),
        ('equidistant', (0.1, float('inf'), 0.0, 0.0), 'must be finite'),
    ],
)
def test_check_distortion_refuses(model: str, coefficients: tuple[float, ...], words: str) -> None:
    with pytest.raises(CameraInfoError) as caught:
        check_distortion(model, coefficients)
    assert words in str(caught.value)
