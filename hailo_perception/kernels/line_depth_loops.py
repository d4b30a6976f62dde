# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The loops that place lane lines, written to be compiled; see ``selection.Kernels``."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.kernels.line_types import DepthFit

MEDIAN_TO_DEVIATION = 1.4826
"""Of normal errors: their standard deviation over the median of their absolute values."""
LEAST_HALF_DROP = 1e-3
"""Of half a line's extent in y/z, about half a pixel: a line along a row would have none."""


def read_terms(
    depth_m: NDArray[np.float32],
    rays: NDArray[np.float32],
    pixels: NDArray[np.float64],
    samples: int,
) -> tuple[NDArray[np.float64], float, float]:
    """Read the depth at rows evenly spread from a line's first to its last: (5, known samples).

    Given are the row, the height h, and z, z·h and z·h², the terms of 1/z divided by 1/z itself:
    errors of the depth then weigh the same near and far. h is y/z less its middle, over half its
    extent, which are given too: -1…1, of whichever lens.
    """
    terms = np.empty((5, samples))
    near, far = pixels[0, 1], pixels[-1, 1]
    vertex, last = 0, len(pixels) - 1
    count = 0
    least, most = np.inf, -np.inf
    for sample in range(samples):
        row = near + (far - near) * (sample / (samples - 1))
        while vertex < last and pixels[vertex + 1, 1] >= row:
            vertex += 1
        column = pixels[vertex, 0]
        if vertex < last:
            rows = pixels[vertex, 1] - pixels[vertex + 1, 1]
            slope = (pixels[vertex + 1, 0] - column) / rows
            column = slope * (pixels[vertex, 1] - row) + column
        y = min(max(int(np.rint(row)), 0), depth_m.shape[0] - 1)
        x = min(max(int(np.rint(column)), 0), depth_m.shape[1] - 1)
        z = np.float64(depth_m[y, x])
        # Of the pixel whose depth it is: half a pixel further up, far away, is metres.
        drop = np.float64(rays[y, x, 1])
        if np.isfinite(z) and z > 0 and np.isfinite(drop):
            terms[0, count] = row
            terms[1, count] = drop
            terms[2, count] = z
            least, most = min(least, drop), max(most, drop)
            count += 1
    middle, half = (least + most) / 2, max((most - least) / 2, LEAST_HALF_DROP)
    for i in range(count):
        height = (terms[1, i] - middle) / half
        linear = terms[2, i] * height
        terms[1, i], terms[3, i], terms[4, i] = height, linear, linear * height
    return terms[:, :count], middle, half


def fit_inverse_depth(terms: NDArray[np.float64], fit: DepthFit) -> tuple[float, float, float]:
    """Fit 1/z = a + b·h + c·h² to what ``read_terms`` gives: a, b and c."""
    _, _, absolute_steps, cauchy_steps = fit[:4]
    cauchy_tuning, minimum_deviation, curvature_penalty, ridge, _ = fit[4:]
    constant, linear, quadratic = terms[2], terms[3], terms[4]
    count = len(constant)
    total_m = 0.0
    for i in range(count):
        total_m += constant[i]
    typical_m = total_m / count
    scale = count * (typical_m * typical_m)
    ridge, penalty = ridge * scale, curvature_penalty * scale
    residuals, ordered = np.empty(count), np.empty(count)
    a, b, c = 0.0, 0.0, 0.0
    for step in range(1 + absolute_steps + cauchy_steps):
        is_cauchy = step > absolute_steps
        # By insertion, as numpy's sort takes seconds to compile.
        for i in range(count):
            residual = np.abs(a * constant[i] + b * linear[i] + c * quadratic[i] - 1)
            residuals[i] = residual
            place = i
            while is_cauchy and place > 0 and ordered[place - 1] > residual:
                ordered[place] = ordered[place - 1]
                place -= 1
            ordered[place] = residual
        median = ordered[count // 2]
        spread = max(MEDIAN_TO_DEVIATION * median, minimum_deviation)
        one, one_two, one_three, two, two_three, three = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        right_one, right_two, right_three = 0.0, 0.0, 0.0
        for i in range(count):
            weight = 1.0
            if is_cauchy:
                ratio = residuals[i] / (cauchy_tuning * spread)
                weight = 1 / (1 + ratio * ratio)
            elif step > 0:
                weight = minimum_deviation / max(residuals[i], minimum_deviation)
            one += constant[i] * constant[i] * weight
            one_two += constant[i] * linear[i] * weight
            one_three += constant[i] * quadratic[i] * weight
            two += linear[i] * linear[i] * weight
            two_three += linear[i] * quadratic[i] * weight
            three += quadratic[i] * quadratic[i] * weight
            right_one += constant[i] * weight
            right_two += linear[i] * weight
            right_three += quadratic[i] * weight
        # Symmetric elimination.
        one += ridge
        factor_two, factor_three = one_two / one, one_three / one
        two = two + ridge - factor_two * one_two
        two_three -= factor_two * one_three
        right_two -= factor_two * right_one
        factor = two_three / two
        three = three + ridge + penalty - factor_three * one_three - factor * two_three
        c = (right_three - factor_three * right_one - factor * right_two) / three
        b = (right_two - two_three * c) / two
        a = (right_one - one_two * b - one_three * c) / one
    return a, b, c


def read_ray(
    rays: NDArray[np.float32], column: float, row: float, ray: NDArray[np.float64]
) -> None:
    """Fill in the ``ray`` (2,), x/z and y/z, between the centres of four pixels."""
    # In this order of arguments, a NaN becomes 0 instead of a place outside.
    column = min(rays.shape[1] - 1.0, max(0.0, column))
    row = min(rays.shape[0] - 1.0, max(0.0, row))
    left, top = int(column), int(row)
    right, bottom = min(left + 1, rays.shape[1] - 1), min(top + 1, rays.shape[0] - 1)
    across, down = column - left, row - top
    for axis in range(2):
        one, other = rays[top, left, axis], rays[top, right, axis]
        upper = one + across * (other - one)
        one, other = rays[bottom, left, axis], rays[bottom, right, axis]
        lower = one + across * (other - one)
        ray[axis] = upper + down * (lower - upper)


def place_lines(
    depth_m: NDArray[np.float32],
    rays: NDArray[np.float32],
    pixels: NDArray[np.float64],
    offsets: NDArray[np.intp],
    fit: DepthFit,
) -> NDArray[np.float32]:
    """Compute (N, 3) metres."""
    samples, minimum_samples, extrapolation = fit[0], fit[1], fit[-1]
    points: NDArray[Any] = np.full((len(pixels), 3), np.nan, np.float32)
    ray = np.empty(2)
    for line in range(len(offsets) - 1):
        first, end = offsets[line], offsets[line + 1]
        terms, middle, half = read_terms(depth_m, rays, pixels[first:end], samples)
        rows = terms[0]
        if len(rows) < minimum_samples:
            continue
        a, b, c = fit_inverse_depth(terms, fit)
        beyond = extrapolation * max(pixels[first, 1] - pixels[end - 1, 1], 1.0)
        lowest, highest = rows[0] + beyond, rows[-1] - beyond
        for i in range(first, end):
            read_ray(rays, pixels[i, 0], pixels[i, 1], ray)
            height = (ray[1] - middle) / half
            inverse = a + b * height + c * (height * height)
            if inverse > 0 and highest <= pixels[i, 1] <= lowest:
                z = 1 / inverse
                point = points[i]
                point[0], point[1], point[2] = ray[0] * z, ray[1] * z, z
                # What is too far away for float32 is not known either.
                if not (np.isfinite(point[0]) and np.isfinite(point[1]) and np.isfinite(point[2])):
                    point[:] = np.nan
    return points


IN_ORDER = (read_terms, fit_inverse_depth, read_ray, place_lines)
"""The functions, each after those that it calls."""
