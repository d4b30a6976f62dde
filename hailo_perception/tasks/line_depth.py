# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Depth along painted lines: one smooth, robust fit per line instead of single pixels."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.results import DepthMap
from hailo_perception.kernels import Kernels
from hailo_perception.kernels import load_kernels
from hailo_perception.kernels.line_types import DepthFit

_FIT = DepthFit(
    samples=64,
    minimum_samples=4,
    absolute_steps=2,
    cauchy_steps=3,
    # 95 % efficiency where errors are normal.
    cauchy_tuning=2.385,
    # Relative depth error that even the best network has.
    minimum_deviation=0.005,
    # A road is flat unless the depth insists.
    curvature_penalty=0.02,
    ridge=1e-9,
    extrapolation=0.05,
)


def locate_lines(
    curves: Sequence[NDArray[np.float64]],
    depth: DepthMap | None,
    image_size: tuple[int, int],
    *,
    kernels: Kernels | None = None,
) -> list[NDArray[np.float32]]:
    """Find the points of polylines in metres.

    ``curves`` are (N, 2) image pixels in centre coordinates, near to far, of an image of
    ``image_size`` (width, height); the result is one (N, 3) float32 each in the optical frame,
    NaN where the depth is not known.

    On a plane the inverse depth is linear in the ray, n·(x/z, y/z, 1) / d, and on a straight line
    so are x/z and y/z in each other: 1/z is linear in y/z, whatever the lens. In the row it is so
    for a pinhole only. The fit is that plus a quadratic term held small (hills, curves), to
    relative residuals, reweighted (absolute, then Cauchy) so that a car on the line does not bend
    it.
    """
    if depth is None or not curves:
        return [np.full((len(curve), 3), np.nan, np.float32) for curve in curves]
    camera = depth.camera_model
    scale = np.divide(camera.size, image_size)
    pixels = (np.concatenate(curves) + 0.5) * scale - 0.5
    offsets = list(accumulate(map(len, curves), initial=0))
    # Between pixel centres the table of rays is as good as the lens model and far cheaper.
    points_m = (kernels or load_kernels()).place_lines(
        depth.depth_m, camera.rays(), pixels, np.array(offsets), _FIT
    )
    return [points_m[first:end] for first, end in pairwise(offsets)]
