# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What the kernel of lane lines takes and gives."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class LineLimits(NamedTuple):
    """Which lines of a map are kept, and of how many points.

    ``longest_gap`` in rows; ``minimum_length`` in pixels from end to end; ``minimum_coverage`` is
    the least share of the rows between both ends that show the line; of more than
    ``maximum_lines`` the longest stay; ``maximum_points`` of one line, at least 2.
    """

    longest_gap: float
    minimum_length: float
    minimum_coverage: float
    maximum_lines: int
    maximum_points: int


class Polylines(NamedTuple):
    """Lines of a map, from left to right where they reach its bottom.

    Line i has the map's value ``values[i]``, shows in the share ``coverages[i]`` of its rows, and
    owns ``points[offsets[i]:offsets[i + 1]]``: ``points`` (N, 2) column, row in centre
    coordinates, each line's from the bottom up.
    """

    values: NDArray[np.uint8]
    coverages: NDArray[np.float64]
    offsets: NDArray[np.intp]
    points: NDArray[np.float64]
