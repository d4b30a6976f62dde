# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Depth along painted lines: one smooth, robust fit per line instead of single pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.results import DepthMap

_SAMPLES = 64
"""Depth pixels read along one line."""

_STEPS = np.linspace(0.0, 1.0, _SAMPLES)
_MINIMUM_SAMPLES = 4
_ABSOLUTE_STEPS = 2
_CAUCHY_STEPS = 3
_CAUCHY_TUNING = 2.385
"""Residual, in standard deviations, whose weight is a half (95 % efficiency)."""
_MEDIAN_TO_DEVIATION = 1.4826
_MINIMUM_DEVIATION = 0.005
"""Relative depth error that even the best network has."""
_CURVATURE_PENALTY = 0.02
"""Ridge on the quadratic term, per sample: a road is flat unless the depth insists."""
_RIDGE = 1e-9
_EXTRAPOLATION = 0.05
"""Share of the line's height by which the fit is trusted beyond its outermost sample."""


def locate_lines(
    curves: Sequence[NDArray[np.float64]], depth: DepthMap | None, image_size: tuple[int, int]
) -> list[NDArray[np.float32]]:
    """Find the points of polylines in metres.

    ``curves`` are (N, 2) image pixels in centre coordinates, near to far, of an image of
    ``image_size`` (width, height); the result is one (N, 3) float32 each in the optical frame,
    NaN where the depth is not known.

    On a plane the inverse depth is linear in the image row along a straight line; the fit is
    that plus a quadratic term held small (hills, curves), to relative residuals, reweighted
    (absolute, then Cauchy) so that a car on the line does not bend it.
    """
    if depth is None or not curves:
        return [np.full((len(curve), 3), np.nan, np.float32) for curve in curves]
    camera = depth.camera_model
    scale = np.divide(camera.size, image_size)
    pixels = [(curve + 0.5) * scale - 0.5 for curve in curves]
    samples = np.stack([_along(curve) for curve in pixels])
    depths_m = _read(depth.depth_m, samples)
    near, far = samples[:, 0, 1], samples[:, -1, 1]
    middle, half = (near + far) / 2, np.maximum((near - far) / 2, 0.5)
    heights = (samples[..., 1] - middle[:, None]) / half[:, None]
    coefficients = _fit_inverse_depth(heights, depths_m)
    known = np.isfinite(depths_m)
    lowest = np.where(known, heights, np.inf).min(axis=1) - 2 * _EXTRAPOLATION
    highest = np.where(known, heights, -np.inf).max(axis=1) + 2 * _EXTRAPOLATION
    counts = [len(curve) for curve in curves]
    line = np.repeat(np.arange(len(curves)), counts)
    together = np.concatenate(pixels)
    height = (together[:, 1] - middle[line]) / half[line]
    inverse = (_powers(height) * coefficients[line]).sum(axis=-1)
    trusted = (inverse > 0) & (height >= lowest[line]) & (height <= highest[line])
    z = np.divide(1.0, inverse, out=np.full(len(together), np.nan), where=trusted)
    return np.split(_unproject(camera, together, z), np.cumsum(counts)[:-1])


def _along(curve: NDArray[np.float64]) -> NDArray[np.float64]:
    """Resample a polyline at rows evenly spread from its first to its last: (_SAMPLES, 2)."""
    rows = curve[0, 1] + (curve[-1, 1] - curve[0, 1]) * _STEPS
    return np.stack((np.interp(-rows, -curve[:, 1], curve[:, 0]), rows), axis=-1)


def _read(depth_m: NDArray[np.float32], pixels: NDArray[np.float64]) -> NDArray[np.float64]:
    height, width = depth_m.shape
    columns = np.clip(np.rint(pixels[..., 0]), 0, width - 1).astype(np.intp)
    rows = np.clip(np.rint(pixels[..., 1]), 0, height - 1).astype(np.intp)
    return depth_m[rows, columns].astype(np.float64)


def _powers(height: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack((np.ones_like(height), height, height * height), axis=-1)


def _fit_inverse_depth(
    heights: NDArray[np.float64], depths_m: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Fit 1/z = a + b·h + c·h² for every line at once: (L, 3), NaN where too little is known."""
    known = np.isfinite(depths_m) & (depths_m > 0)
    depths_m = np.where(known, depths_m, 1.0)
    # Divided by the inverse depth itself, so that near and far errors weigh as depth errors do.
    terms = _powers(heights) * (depths_m * known)[..., None]
    target = known.astype(np.float64)
    transposed = np.ascontiguousarray(np.swapaxes(terms, 1, 2))
    both_sides = np.concatenate((terms, target[..., None]), axis=2)
    counts = known.sum(axis=1)
    typical = np.divide((depths_m * known).sum(axis=1), np.maximum(counts, 1))
    ridge = np.zeros((len(heights), 3, 3))
    ridge[:, range(3), range(3)] = _RIDGE
    ridge[:, 2, 2] = _CURVATURE_PENALTY * counts * typical**2 + _RIDGE

    def fitted(weights: NDArray[np.float64]) -> NDArray[Any]:
        equations = (transposed * weights[:, None]) @ both_sides
        return np.linalg.solve(equations[..., :3] + ridge, equations[..., 3:])

    coefficients = fitted(target)
    for step in range(_ABSOLUTE_STEPS + _CAUCHY_STEPS):
        residuals = np.abs((terms @ coefficients)[..., 0] - target)
        if step < _ABSOLUTE_STEPS:
            weights = known / np.maximum(residuals, _MINIMUM_DEVIATION) * _MINIMUM_DEVIATION
        else:
            spread = _deviation(residuals, known, counts)[:, None]
            weights = known / (1 + (residuals / (_CAUCHY_TUNING * spread)) ** 2)
        coefficients = fitted(weights)
    coefficients[counts < _MINIMUM_SAMPLES] = np.nan
    return coefficients[..., 0]


def _deviation(
    residuals: NDArray[np.float64], known: NDArray[np.bool_], counts: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Estimate the standard deviation of each line's residuals from their median."""
    ordered = np.sort(np.where(known, residuals, np.inf), axis=1)
    median = ordered[np.arange(len(ordered)), np.minimum(counts // 2, ordered.shape[1] - 1)]
    # A line without samples has an infinite median; its coefficients are dropped afterwards.
    median = np.where(np.isfinite(median), median, 0.0)
    return np.maximum(_MEDIAN_TO_DEVIATION * median, _MINIMUM_DEVIATION)


def _unproject(
    camera: CameraModel, pixels: NDArray[np.float64], z: NDArray[np.float64]
) -> NDArray[np.float32]:
    columns, rows = pixels.astype(np.float32).T
    # Between pixel centres the table of rays is as good as the lens model and far cheaper.
    rays = cv2.remap(
        camera.rays(),
        columns[:, None].copy(),
        rows[:, None].copy(),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )[:, 0]
    points = np.empty((len(z), 3), np.float32)
    points[:, :2] = rays * z[:, None]
    points[:, 2] = z
    points[np.isnan(z)] = np.nan
    return points
