# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The loops that fit a plane to points, written to be compiled; see ``selection.Kernels``."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.kernels.plane_limits import PlaneLimits

Plane = tuple[float, float, float]
Points = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]
"""Coordinates x, y and z of points, (N,) each."""

_NOTHING, _WHOLE = np.float32(0), np.float32(1)


def solve_symmetric(
    xx: float,
    xy: float,
    xz: float,
    yy: float,
    yz: float,
    zz: float,
    x: float,
    y: float,
    z: float,
) -> Plane:
    """Solve three equations whose coefficients are symmetric and positive definite; else NaN.

    By A = L·D·Lᵀ with ones on the diagonal of L.
    """
    nowhere = (np.nan, np.nan, np.nan)
    if not xx > 0.0:
        return nowhere
    y_by_x, z_by_x = xy / xx, xz / xx
    first, second = yy - y_by_x * xy, yz - y_by_x * xz
    if not first > 0.0:
        return nowhere
    z_by_y = second / first
    last = zz - z_by_x * xz - z_by_y * second
    if not last > 0.0:
        return nowhere
    y_rest = y - y_by_x * x
    ahead = (z - z_by_x * x - z_by_y * y_rest) / last
    down = (y_rest - second * ahead) / first
    return (x - xy * down - xz * ahead) / xx, down, ahead


def best_plane(
    points: Points,
    shares: NDArray[np.float64],
    tolerance: Any,
    least_determinant: float,
    down_range: tuple[float, float],
    steepest: float,
) -> tuple[Any, Any]:
    """Find the plane through one of the triples of points that most of them follow."""
    x, y, z = points
    count = x.size
    best, best_count = (0.0, 0.0, 0.0), np.int32(0)
    for i in range(len(shares)):
        a, b, c = int(shares[i, 0] * count), int(shares[i, 1] * count), int(shares[i, 2] * count)
        x0, y0, z0 = np.float64(x[a]), np.float64(y[a]), np.float64(z[a])
        x1, y1, z1 = x[b] - x0, y[b] - y0, z[b] - z0
        x2, y2, z2 = x[c] - x0, y[c] - y0, z[c] - z0
        normal_x, normal_y, normal_z = y1 * z2 - z1 * y2, z1 * x2 - x1 * z2, x1 * y2 - y1 * x2
        determinant = x0 * normal_x + y0 * normal_y + z0 * normal_z
        if not np.abs(determinant) > least_determinant:
            continue
        across, down, ahead = (
            normal_x / determinant,
            normal_y / determinant,
            normal_z / determinant,
        )
        if not (down_range[0] < down < down_range[1]):
            continue
        if not (np.abs(across) < steepest * down and np.abs(ahead) < steepest * down):
            continue
        short_across, short_down, short_ahead = (
            np.float32(across),
            np.float32(down),
            np.float32(ahead),
        )
        followers = np.int32(0)
        for k in range(count):
            sum_of_terms = short_across * x[k] + short_down * y[k] + short_ahead * z[k]
            followers += np.int32(np.abs(sum_of_terms - _WHOLE) < tolerance)
        if followers > best_count:
            best, best_count = (across, down, ahead), followers
    return best, best_count


def refined_plane(points: Points, plane: Plane, tolerance: float) -> Plane:
    """Fit a plane by least squares to those points that follow it."""
    across, down, ahead = plane
    xx = xy = xz = yy = yz = zz = x_sum = y_sum = z_sum = 0.0
    for k in range(points[0].size):
        x, y, z = np.float64(points[0][k]), np.float64(points[1][k]), np.float64(points[2][k])
        if np.abs(across * x + down * y + ahead * z - 1.0) < tolerance:
            xx += x * x
            xy += x * y
            xz += x * z
            yy += y * y
            yz += y * z
            zz += z * z
            x_sum += x
            y_sum += y
            z_sum += z
    return solve_symmetric(xx, xy, xz, yy, yz, zz, x_sum, y_sum, z_sum)


def fit_plane(
    depth_m: NDArray[np.float32],
    pixels: NDArray[np.intp],
    rays: NDArray[np.float32],
    shares: NDArray[np.float64],
    tolerance: float,
    limits: PlaneLimits,
    refinements: int,
) -> tuple[Plane, int]:
    """See Kernels.fit_plane."""
    least_determinant, least_down, greatest_down, steepest, farthest_m = limits
    flat = depth_m.reshape(-1)
    x, y, z = (
        np.empty(pixels.size, np.float32),
        np.empty(pixels.size, np.float32),
        np.empty(pixels.size, np.float32),
    )
    count = 0
    for i in range(pixels.size):
        depth = flat[pixels[i]]
        # Written so that what is not known, NaN, is left out.
        if depth > _NOTHING and depth < np.float32(farthest_m):
            x[count], y[count], z[count] = rays[0, i] * depth, rays[1, i] * depth, depth
            count += 1
    points = x[:count], y[:count], z[:count]
    if count == 0:
        return (0.0, 0.0, 0.0), 0
    plane, followers = best_plane(
        points,
        shares,
        np.float32(tolerance),
        least_determinant,
        (least_down, greatest_down),
        steepest,
    )
    if followers:
        for _ in range(refinements):
            plane = refined_plane(points, plane, tolerance)
    return plane, followers


IN_ORDER = (solve_symmetric, best_plane, refined_plane, fit_plane)
"""``fit_plane`` and what it calls, each after what it calls itself."""
