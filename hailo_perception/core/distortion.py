# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Lens distortion models of sensor_msgs/CameraInfo, forwards and inverted.

Formulas: OpenCV's calib3d documentation (Brown–Conrady with rational denominator and thin
prism; Kannala–Brandt for ``equidistant``). Points are normalised image coordinates (…, 2).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.polynomial import Polynomial
from numpy.typing import NDArray

from hailo_perception.core.errors import CameraInfoError

COEFFICIENT_COUNTS: dict[str, tuple[int, ...]] = {
    'plumb_bob': (0, 4, 5),
    'rational_polynomial': (0, 4, 5, 8, 12),
    'equidistant': (0, 4),
}
"""Accepted numbers of coefficients for each model; none means an ideal lens."""

_INVERSION_STEPS = 12
_INVERSION_TOLERANCE = 1e-9
_ACCEPTED_ERROR = 1e-6
_REAL_ROOT_TOLERANCE = 1e-9
_NO_COEFFICIENT = 1e-12
_JACOBIAN_STEP = 1e-6
_MAX_NEWTON_STEP = 0.5
_TABLE_LENGTH = 4096
_WIDEST_ANGLE = 1.55
_CENTRE = 1e-12


def check_distortion(model: str, coefficients: tuple[float, ...]) -> None:
    """Raise CameraInfoError when the model is unknown or its coefficients cannot be."""
    if model not in COEFFICIENT_COUNTS:
        raise CameraInfoError(
            f"distortion_model '{model}' is not supported; expected one of "
            f'{", ".join(COEFFICIENT_COUNTS)}'
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
    """Apply the lens to ideal points x/z, y/z.

    NaN for points so far outside that the lens model turns back: its polynomial, fitted to what
    the sensor sees, would put them into the image again.
    """
    points = np.asarray(points, np.float64)
    if model == 'equidistant':
        # Without any coefficient the projection itself still is r = θ.
        kannala_brandt = _four_coefficients(coefficients)
        lens = _distort_equidistant(points, kannala_brandt)
        fold = np.tan(_fold_angle(kannala_brandt))
    elif any(coefficients):
        lens = _distort_brown_conrady(points, coefficients)
        fold = _fold_radius(coefficients)
    else:
        return points
    is_seen = np.hypot(points[..., 0], points[..., 1]) <= fold
    return np.where(is_seen[..., None], lens, np.nan)


def undistort(
    points: NDArray[Any], model: str, coefficients: tuple[float, ...]
) -> NDArray[np.float64]:
    """Find the ideal points that the lens moves to the given ones; NaN where there are none."""
    points = np.asarray(points, np.float64)
    if model == 'equidistant':
        return _undistort_equidistant(points, _four_coefficients(coefficients))
    if not any(coefficients):
        return points
    return _undistort_brown_conrady(points, coefficients)


def _distort_brown_conrady(
    points: NDArray[np.float64], coefficients: tuple[float, ...]
) -> NDArray[np.float64]:
    _, _, p1, p2, _, _, _, _, s1, s2, s3, s4 = (*coefficients, *(0.0,) * 12)[:12]
    x, y = points[..., 0], points[..., 1]
    r2 = x * x + y * y
    radial = _radial_factor(r2, coefficients)
    return np.stack(
        (
            x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x) + r2 * (s1 + r2 * s2),
            y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y + r2 * (s3 + r2 * s4),
        ),
        axis=-1,
    )


def _radial_factor(
    r2: NDArray[np.float64], coefficients: tuple[float, ...]
) -> NDArray[np.float64]:
    k1, k2, _, _, k3, k4, k5, k6 = (*coefficients, *(0.0,) * 8)[:8]
    grown = 1 + r2 * (k1 + r2 * (k2 + r2 * k3))
    return np.asarray(grown / (1 + r2 * (k4 + r2 * (k5 + r2 * k6))))


def _undistort_brown_conrady(
    points: NDArray[np.float64], coefficients: tuple[float, ...]
) -> NDArray[np.float64]:
    """Newton's method with a numerical Jacobian, all points at once.

    Fixed-point iteration, the usual choice, diverges for strong barrel distortion; so does
    Newton's from a far start, hence a table of the radial terms gives the start.
    """
    fold = _fold_radius(coefficients)
    ideal = _undistort_radially(points, coefficients, fold)
    step_x = np.array([_JACOBIAN_STEP, 0.0])
    step_y = np.array([0.0, _JACOBIAN_STEP])
    error = np.zeros_like(points)
    with np.errstate(all='ignore'):
        for _ in range(_INVERSION_STEPS):
            error = _distort_brown_conrady(ideal, coefficients) - points
            if _largest(np.abs(error)) < _INVERSION_TOLERANCE:
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
        is_found = np.all(np.abs(error) < _ACCEPTED_ERROR, axis=-1)
        is_found &= np.hypot(ideal[..., 0], ideal[..., 1]) <= fold
    return np.where(is_found[..., None], ideal, np.nan)


def _undistort_radially(
    points: NDArray[np.float64], coefficients: tuple[float, ...], fold: float
) -> NDArray[np.float64]:
    widest = min(np.arctan(fold), _WIDEST_ANGLE)
    ideal_radii = np.tan(np.linspace(0, widest, _TABLE_LENGTH))
    distorted_radii = ideal_radii * _radial_factor(ideal_radii**2, coefficients)
    radii = np.hypot(points[..., 0], points[..., 1])
    ideal = np.interp(radii, distorted_radii, ideal_radii)
    scale = np.divide(ideal, radii, out=np.ones_like(radii), where=radii > _CENTRE)
    return points * scale[..., None]


def _fold_radius(coefficients: tuple[float, ...]) -> float:
    """Radius x/z up to which the distorted radius grows with the ideal one; infinite if always.

    Of the radial terms alone: the others are far smaller in a lens.
    """
    k1, k2, _, _, k3, k4, k5, k6 = (*coefficients, *(0.0,) * 8)[:8]
    numerator = Polynomial((1, k1, k2, k3))
    denominator = Polynomial((1, k4, k5, k6))
    twice_r2 = Polynomial((0, 2))
    slope = (numerator + twice_r2 * numerator.deriv()) * denominator
    slope -= twice_r2 * numerator * denominator.deriv()
    return float(np.sqrt(min(_first_positive_root(slope), _first_positive_root(denominator))))


def _fold_angle(coefficients: NDArray[np.float64]) -> float:
    """Angle from the axis up to which the image radius grows with it, at most 90°."""
    slope = Polynomial((1, *(coefficients * (3, 5, 7, 9))))
    return float(min(np.sqrt(_first_positive_root(slope)), np.pi / 2))


def _first_positive_root(polynomial: Polynomial) -> float:
    roots = polynomial.trim(_NO_COEFFICIENT).roots()
    positive = roots.real[(np.abs(roots.imag) < _REAL_ROOT_TOLERANCE) & (roots.real > 0)]
    return float(positive.min(initial=np.inf))


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
    bent = _kannala_brandt(theta, coefficients)
    scale = np.divide(bent, radius, out=np.ones_like(radius), where=radius > _CENTRE)
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
            if _largest(np.abs(step)) < _INVERSION_TOLERANCE:
                break
        is_found = np.abs(_kannala_brandt(theta, coefficients) - target) < _ACCEPTED_ERROR
        # A ray at 90° or more from the axis has no point x/z, y/z.
        is_found &= (theta >= 0) & (theta <= _fold_angle(coefficients)) & (theta < np.pi / 2)
    scale = np.divide(np.tan(theta), target, out=np.ones_like(target), where=target > _CENTRE)
    return np.where(is_found[..., None], points * scale[..., None], np.nan)


def _largest(values: NDArray[np.float64]) -> float:
    """Greatest of values of any shape that are not negative, NaN aside; 0 of none."""
    # nanmax takes an initial value from numpy 1.22 on, Ubuntu 22.04 has 1.21.
    return float(np.fmax.reduce(values, axis=None, initial=0.0))


def _four_coefficients(coefficients: tuple[float, ...]) -> NDArray[np.float64]:
    return np.asarray(coefficients or (0.0,) * 4, np.float64)


def _kannala_brandt(
    theta: NDArray[np.float64], coefficients: NDArray[np.float64]
) -> NDArray[np.float64]:
    k1, k2, k3, k4 = coefficients
    t2 = theta * theta
    return np.asarray(theta * (1 + t2 * (k1 + t2 * (k2 + t2 * (k3 + t2 * k4)))))
