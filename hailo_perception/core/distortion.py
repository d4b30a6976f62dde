# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Lens distortion models of sensor_msgs/CameraInfo, forwards and inverted.

Formulas: OpenCV's calib3d documentation (Brown–Conrady with rational denominator and thin
prism; Kannala–Brandt for ``equidistant``). Points are normalised image coordinates (…, 2).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.errors import CameraInfoError

COEFFICIENT_COUNTS: dict[str, tuple[int, ...]] = {
    'plumb_bob': (0, 4, 5),
    'rational_polynomial': (0, 4, 5, 8, 12),
    'equidistant': (0, 4),
}
"""Accepted numbers of coefficients for each model; none means an ideal lens."""

_INVERSION_STEPS = 30
_INVERSION_TOLERANCE = 1e-9
_JACOBIAN_STEP = 1e-6
_MAX_NEWTON_STEP = 0.5


def check_distortion(model: str, coefficients: tuple[float, ...]) -> None:
    """Raise CameraInfoError when the model is unknown or its coefficients cannot be."""
    if model not in COEFFICIENT_COUNTS:
        raise CameraInfoError(
            f"distortion_model '{model}' is not supported; expected one of "
            f"{', '.join(COEFFICIENT_COUNTS)}"
        )
    counts = COEFFICIENT_COUNTS[model]
    if len(coefficients) not in counts:
        raise CameraInfoError(
            f'distortion_model {model} takes {" or ".join(map(str, counts))} coefficients, '
            f'got {len(coefficients)}'
        )
    if not np.all(np.isfinite(coefficients)):
        raise CameraInfoError(f'distortion coefficients must be finite, got {coefficients}')


def distort(
    points: NDArray[Any], model: str, coefficients: tuple[float, ...]
) -> NDArray[np.float64]:
    """Apply the lens to ideal points x/z, y/z."""
    points = np.asarray(points, np.float64)
    if not any(coefficients):
        # With equidistant and no coefficient the projection itself still is r = θ.
        return _distort_equidistant(points, np.zeros(4)) if model == 'equidistant' else points
    if model == 'equidistant':
        return _distort_equidistant(points, np.asarray(coefficients))
    return _distort_brown_conrady(points, coefficients)


def undistort(
    points: NDArray[Any], model: str, coefficients: tuple[float, ...]
) -> NDArray[np.float64]:
    """Find the ideal points that the lens moves to the given ones; NaN where there are none."""
    points = np.asarray(points, np.float64)
    if model == 'equidistant':
        return _undistort_equidistant(points, np.resize(np.asarray(coefficients or (0.0,)), 4))
    if not any(coefficients):
        return points
    return _undistort_brown_conrady(points, coefficients)


def _distort_brown_conrady(
    points: NDArray[np.float64], coefficients: tuple[float, ...]
) -> NDArray[np.float64]:
    k1, k2, p1, p2, k3, k4, k5, k6, s1, s2, s3, s4 = (*coefficients, *(0.0,) * 12)[:12]
    x, y = points[..., 0], points[..., 1]
    r2 = x * x + y * y
    radial = (1 + r2 * (k1 + r2 * (k2 + r2 * k3))) / (1 + r2 * (k4 + r2 * (k5 + r2 * k6)))
    return np.stack(
        (
            x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x) + r2 * (s1 + r2 * s2),
            y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y + r2 * (s3 + r2 * s4),
        ),
        axis=-1,
    )


def _undistort_brown_conrady(
    points: NDArray[np.float64], coefficients: tuple[float, ...]
) -> NDArray[np.float64]:
    """Newton's method with a numerical Jacobian, all points at once.

    Fixed-point iteration, the usual choice, diverges for strong barrel distortion.
    """
    ideal = points.copy()
    step_x = np.array([_JACOBIAN_STEP, 0.0])
    step_y = np.array([0.0, _JACOBIAN_STEP])
    error = np.zeros_like(points)
    with np.errstate(all='ignore'):
        for _ in range(_INVERSION_STEPS):
            error = _distort_brown_conrady(ideal, coefficients) - points
            if np.nanmax(np.abs(error), initial=0.0) < _INVERSION_TOLERANCE:
                break
            by_x = _central_difference(ideal, step_x, coefficients)
            by_y = _central_difference(ideal, step_y, coefficients)
            determinant = by_x[..., 0] * by_y[..., 1] - by_y[..., 0] * by_x[..., 1]
            step = (
                np.stack(
                    (
                        by_y[..., 1] * error[..., 0] - by_y[..., 0] * error[..., 1],
                        by_x[..., 0] * error[..., 1] - by_x[..., 1] * error[..., 0],
                    ),
                    axis=-1,
                )
                / determinant[..., None]
            )
            ideal -= np.clip(step, -_MAX_NEWTON_STEP, _MAX_NEWTON_STEP)
        # Beyond the lens's fold the radius no longer grows: such a solution is not a ray.
        outward = _slope_of_radius(ideal, coefficients) > 0
        found = np.all(np.abs(error) < 1e-6, axis=-1) & outward
    return np.where(found[..., None], ideal, np.nan)


def _slope_of_radius(points: NDArray[np.float64], coefficients: tuple[float, ...]) -> NDArray[np.float64]:
    """Slope of the distorted radius by the ideal one; positive where the lens is one to one."""
    grown = _distort_brown_conrady(points * (1 + _JACOBIAN_STEP), coefficients)
    here = _distort_brown_conrady(points, coefficients)
    slope = (np.hypot(grown[..., 0], grown[..., 1]) - np.hypot(here[..., 0], here[..., 1])) / (
        _JACOBIAN_STEP
    )
    centre = np.hypot(points[..., 0], points[..., 1]) < _JACOBIAN_STEP
    return np.where(centre, 1.0, slope)


def _central_difference(
    points: NDArray[np.float64], step: NDArray[np.float64], coefficients: tuple[float, ...]
) -> NDArray[np.float64]:
    ahead = _distort_brown_conrady(points + step, coefficients)
    behind = _distort_brown_conrady(points - step, coefficients)
    return (ahead - behind) / (2 * _JACOBIAN_STEP)


def _distort_equidistant(
    points: NDArray[np.float64], coefficients: NDArray[np.float64]
) -> NDArray[np.float64]:
    radius = np.hypot(points[..., 0], points[..., 1])
    theta = np.arctan(radius)
    scale = np.divide(
        _kannala_brandt(theta, coefficients), radius, out=np.ones_like(radius), where=radius > 1e-12
    )
    return points * scale[..., None]


def _undistort_equidistant(
    points: NDArray[np.float64], coefficients: NDArray[np.float64]
) -> NDArray[np.float64]:
    target = np.hypot(points[..., 0], points[..., 1])
    theta = target.copy()
    with np.errstate(all='ignore'):
        for _ in range(_INVERSION_STEPS):
            slope = (
                _kannala_brandt(theta + _JACOBIAN_STEP, coefficients)
                - _kannala_brandt(theta - _JACOBIAN_STEP, coefficients)
            ) / (2 * _JACOBIAN_STEP)
            step = (_kannala_brandt(theta, coefficients) - target) / slope
            theta -= np.clip(step, -_MAX_NEWTON_STEP, _MAX_NEWTON_STEP)
            if np.nanmax(np.abs(step), initial=0.0) < _INVERSION_TOLERANCE:
                break
        found = np.abs(_kannala_brandt(theta, coefficients) - target) < 1e-6
        # A ray at 90° or more from the axis has no point x/z, y/z.
        found &= (theta >= 0) & (theta < np.pi / 2)
    scale = np.divide(np.tan(theta), target, out=np.ones_like(target), where=target > 1e-12)
    return np.where(found[..., None], points * scale[..., None], np.nan)


def _kannala_brandt(
    theta: NDArray[np.float64], coefficients: NDArray[np.float64]
) -> NDArray[np.float64]:
    k1, k2, k3, k4 = coefficients
    t2 = theta * theta
    return theta * (1 + t2 * (k1 + t2 * (k2 + t2 * (k3 + t2 * k4))))
