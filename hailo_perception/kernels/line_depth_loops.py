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


def read_terms(
    depth_m: NDArray[np.float32],
    pixels: NDArray[np.float64],
    middle: float,
    half: float,
    samples: int,
) -> NDArray[np.float64]:
    """Read the depth at rows evenly spread from a line's first to its last: (4, known samples).

    Given are the heights h and z, z·h and z·h², the terms of 1/z divided by 1/z itself: errors
    of the depth then weigh the same near and far.
    """
    terms = np.empty((4, samples))
    near, far = pixels[0, 1], pixels[-1, 1]
    vertex, last = 0, len(pixels) - 1
    count = 0
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
        if np.isfinite(z) and z > 0:
            height = (row - middle) / half
            terms[0, count] = height
            terms[1, count] = z
            terms[2, count] = z * height
            terms[3, count] = z * height * height
            count += 1
    return terms[:, :count]


def fit_inverse_depth(terms: NDArray[np.float64], fit: DepthFit) -> tuple[float, float, float]:
    """Fit 1/z = a + b·h + c·h² to what ``read_terms`` gives: a, b and c."""
    _, _, absolute_steps, cauchy_steps = fit[:4]
    cauchy_tuning, minimum_deviation, curvature_penalty, ridge, _ = fit[4:]
    constant, linear, quadratic = terms[1], terms[2], terms[3]
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


def place_vertex(
    rays: NDArray[np.float32], column: float, row: float, z: float, point: NDArray[np.float32]
) -> None:
    """Fill in the ``point`` (3,) at depth ``z`` on the ray between the centres of four pixels."""
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
        point[axis] = (upper + down * (lower - upper)) * z
    point[2] = z
    # What is too far away for float32 is not known either.
    if not (np.isfinite(point[0]) and np.isfinite(point[1]) and np.isfinite(point[2])):
        point[:] = np.nan


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
    for line in range(len(offsets) - 1):
        first, end = offsets[line], offsets[line + 1]
        near, far = pixels[first, 1], pixels[end - 1, 1]
        middle, half = (near + far) / 2, max((near - far) / 2, 0.5)
        terms = read_terms(depth_m, pixels[first:end], middle, half, samples)
        heights = terms[0]
        if len(heights) < minimum_samples:
            continue
        a, b, c = fit_inverse_depth(terms, fit)
        highest = heights[0] + 2 * extrapolation
        lowest = heights[-1] - 2 * extrapolation
        for i in range(first, end):
            height = (pixels[i, 1] - middle) / half
            inverse = a + b * height + c * (height * height)
            if inverse > 0 and lowest <= height <= highest:
                place_vertex(rays, pixels[i, 0], pixels[i, 1], 1 / inverse, points[i])
    return points


IN_ORDER = (read_terms, fit_inverse_depth, place_vertex, place_lines)
"""The functions, each after those that it calls."""
