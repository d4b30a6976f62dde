# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Points of lane lines in metres, in numpy; see ``selection.Kernels``.

All lines at once: arrays are (samples, lines), so that sums run over the first axis, one sample
after another. Matrix products and numpy's solver add up as the library likes.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hailo_perception.kernels.line_depth_loops import LEAST_HALF_DROP
from hailo_perception.kernels.line_depth_loops import MEDIAN_TO_DEVIATION
from hailo_perception.kernels.line_types import DepthFit


def place_lines(
    depth_m: NDArray[np.float32],
    rays: NDArray[np.float32],
    pixels: NDArray[np.float64],
    offsets: NDArray[np.intp],
    fit: DepthFit,
) -> NDArray[np.float32]:
    """See Kernels.place_lines."""
    near, far = pixels[offsets[:-1], 1], pixels[offsets[1:] - 1, 1]
    rows = near + (far - near) * (np.arange(fit.samples) / (fit.samples - 1))[:, None]
    columns = _columns_at(rows, pixels, offsets)
    pixel = (
        np.rint(rows).astype(np.intp).clip(0, depth_m.shape[0] - 1),
        np.rint(columns).astype(np.intp).clip(0, depth_m.shape[1] - 1),
    )
    depths_m = depth_m[pixel].astype(np.float64)
    # Of the pixels whose depth it is: half a pixel further up, far away, is metres.
    drops = rays[(*pixel, 1)].astype(np.float64)
    known = np.isfinite(depths_m) & (depths_m > 0) & np.isfinite(drops)
    enough = known.sum(axis=0) >= fit.minimum_samples
    least, most = _extents(drops, known)
    middle, half = (least + most) / 2, np.maximum((most - least) / 2, LEAST_HALF_DROP)
    heights = np.where(known, (drops - middle) / half, 0.0)
    constant, linear, quadratic = _fit_inverse_depth(heights, depths_m, known, fit)
    beyond = fit.extrapolation * np.maximum(near - far, 1.0)
    highest, lowest = _extents(rows, known)

    line = np.repeat(np.arange(len(offsets) - 1), offsets[1:] - offsets[:-1])
    own_rays = _interpolated(rays, pixels)
    height = (own_rays[:, 1] - middle[line]) / half[line]
    inverse = constant[line] + linear[line] * height + quadratic[line] * (height * height)
    trusted = enough[line] & (inverse > 0)
    trusted &= pixels[:, 1] >= (highest - beyond)[line]
    trusted &= pixels[:, 1] <= (lowest + beyond)[line]
    # What is too far away for float32 is not known either.
    with np.errstate(over='ignore', invalid='ignore'):
        z = np.divide(1.0, inverse, out=np.full(len(pixels), np.nan), where=trusted)
        points = np.empty((len(pixels), 3), np.float32)
        points[:, :2] = own_rays * z[:, None]
        points[:, 2] = z
    points[~np.isfinite(points).all(axis=1)] = np.nan
    return points


def _columns_at(
    rows: NDArray[np.float64], pixels: NDArray[np.float64], offsets: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Find where each line crosses its rows (samples, L)."""
    columns = np.empty_like(rows)
    for line, (first, end) in enumerate(pairwise(offsets.tolist())):
        curve = pixels[first:end]
        columns[:, line] = np.interp(-rows[:, line], -curve[:, 1], curve[:, 0])
    return columns


def _extents(
    values: NDArray[np.float64], known: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], ...]:
    """Find the least and the most of each line's known values, NaN of a line without any."""
    given = np.where(known, values, np.nan)
    return np.fmin.reduce(given), np.fmax.reduce(given)


def _fit_inverse_depth(
    heights: NDArray[np.float64],
    depths_m: NDArray[np.float64],
    known: NDArray[np.bool_],
    fit: DepthFit,
) -> tuple[NDArray[np.float64], ...]:
    """Fit 1/z = a + b·h + c·h² to the known samples of each line: a, b and c."""
    # Divided by the inverse depth itself, so that near and far errors weigh as depth errors do.
    constant = np.where(known, depths_m, 0.0)
    linear = constant * heights
    quadratic = linear * heights
    products = np.stack(
        (
            constant * constant,
            constant * linear,
            constant * quadratic,
            linear * linear,
            linear * quadratic,
            quadratic * quadratic,
            constant,
            linear,
            quadratic,
        ),
        axis=1,
    )
    target = known.astype(np.float64)
    counts = known.sum(axis=0)
    sums = (products * target[:, None]).sum(axis=0)
    total_m = sums[6]
    # A line without samples is solved as well, and dropped afterwards.
    at_least_one = np.maximum(counts, 1)
    typical_m = np.where(counts, total_m, 1.0) / at_least_one
    scale = at_least_one * (typical_m * typical_m)
    ridge, penalty = fit.ridge * scale, fit.curvature_penalty * scale
    a, b, c = _solve(sums, ridge, penalty)
    for step in range(fit.absolute_steps + fit.cauchy_steps):
        residuals = np.abs(a * constant + b * linear + c * quadratic - target)
        if step < fit.absolute_steps:
            weights = fit.minimum_deviation / np.maximum(residuals, fit.minimum_deviation)
        else:
            spread = _deviation(residuals, known, counts)
            ratio = residuals / (fit.cauchy_tuning * np.maximum(spread, fit.minimum_deviation))
            weights = 1 / (1 + ratio * ratio)
        a, b, c = _solve((products * weights[:, None]).sum(axis=0), ridge, penalty)
    return a, b, c


def _solve(
    sums: NDArray[np.float64], ridge: NDArray[np.float64], penalty: NDArray[np.float64]
) -> tuple[NDArray[np.float64], ...]:
    """Solve the normal equations of all lines, sums (9, L), by symmetric elimination."""
    one, one_two, one_three, two, two_three, three, right_one, right_two, right_three = sums
    one = one + ridge
    factor_two, factor_three = one_two / one, one_three / one
    two = two + ridge - factor_two * one_two
    two_three = two_three - factor_two * one_three
    right_two = right_two - factor_two * right_one
    factor = two_three / two
    three = three + ridge + penalty - factor_three * one_three - factor * two_three
    c = (right_three - factor_three * right_one - factor * right_two) / three
    b = (right_two - two_three * c) / two
    return (right_one - one_two * b - one_three * c) / one, b, c


def _deviation(
    residuals: NDArray[np.float64], known: NDArray[np.bool_], counts: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Estimate the standard deviation of each line's residuals from their median."""
    ordered = np.sort(np.where(known, residuals, np.inf), axis=0)
    median = ordered[np.minimum(counts // 2, len(ordered) - 1), np.arange(len(counts))]
    return MEDIAN_TO_DEVIATION * median


def _interpolated(rays: NDArray[np.float32], pixels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Read a table of rays between the centres of its pixels, (N, 2), outside at its rim."""
    last = np.array(rays.shape[1::-1]) - 1
    inside = np.clip(pixels, 0, last)
    first = inside.astype(np.intp)
    left, top = first.T
    right, bottom = np.minimum(first + 1, last).T
    across, down = (inside - first).T[..., None]
    upper = rays[top, left] + across * (rays[top, right] - rays[top, left])
    lower = rays[bottom, left] + across * (rays[bottom, right] - rays[bottom, left])
    between: NDArray[np.float64] = upper + down * (lower - upper)
    return between
