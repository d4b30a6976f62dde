# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What the kernels of lane lines take and give."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class DepthFit(NamedTuple):
    """How the inverse depth along a line is fitted, quadratic in the ray's y/z.

    ``samples``, at least two, are read along each line; with fewer than ``minimum_samples`` of
    known depth nothing is fitted. The fit is reweighted ``absolute_steps`` times to absolute and
    ``cauchy_steps`` times to Cauchy's errors, whose weight is a half at ``cauchy_tuning``
    standard deviations; these are relative and not below ``minimum_deviation``.
    ``curvature_penalty`` is the ridge on the quadratic term and ``ridge`` one on all three, both
    per sample and squared mean depth. The fit is trusted beyond the outermost sample by
    ``extrapolation`` of the line's rows.
    """

    samples: int
    minimum_samples: int
    absolute_steps: int
    cauchy_steps: int
    cauchy_tuning: float
    minimum_deviation: float
    curvature_penalty: float
    ridge: float
    extrapolation: float


class PaintLimits(NamedTuple):
    """What counts as paint and as a gap along a line; columns and pixels are the map's.

    Paint is looked for ``beside_px`` columns to both sides, what crosses the line
    ``crossing_px``. A gap shorter than ``shortest_gap_px`` or ``shortest_gap_m`` is paint, and
    none where more than ``most_hidden`` of it is hidden. Pixels that cover up to
    ``finest_m_per_px`` of the line are fine.
    """

    beside_px: int
    crossing_px: int
    shortest_gap_px: int
    shortest_gap_m: float
    most_hidden: float
    finest_m_per_px: float


class Stretches(NamedTuple):
    """Pieces of lines, each all paint or all gap, near to far and line after line.

    ``line`` (M,) int64 is the line's index, ``is_paint`` (M,) bool; ``length_px`` (M,) int64 is
    in pixels of the map, ``length_m`` (M,) float64 NaN where unknown, and ``fine_m`` (M,)
    float64 is what of it lies where a gap would show.
    """

    line: NDArray[np.int64]
    is_paint: NDArray[np.bool_]
    length_px: NDArray[np.int64]
    length_m: NDArray[np.float64]
    fine_m: NDArray[np.float64]
