# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Which planes can be the ground under a camera, and how a camera sees one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class PlaneLimits(NamedTuple):
    """Bounds of planes p·t = 1 in the optical frame, p = (across, down, ahead).

    Three points whose determinant is not greater than ``least_determinant`` have no plane.
    ``down`` is the inverse of the height under the camera; |across| and |ahead| remain below
    ``steepest`` · down. What is not nearer than ``farthest_m`` is no point.
    """

    least_determinant: float
    least_down: float
    greatest_down: float
    steepest: float
    farthest_m: float

    def allow(self, planes: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Judge planes (3, …): (…)."""
        across, down, ahead = planes
        slope = self.steepest * down
        allowed: NDArray[np.bool_] = (
            (down > self.least_down)
            & (down < self.greatest_down)
            & (np.abs(across) < slope)
            & (np.abs(ahead) < slope)
        )
        return allowed


class CellView(NamedTuple):
    """How an ideal camera sees cells on the plane y = height_m + slope_x·x + slope_z·z.

    Focal lengths and centre in pixels. The camera is over the middle of the lower edge of the
    cells, whose columns are x metres to the right and rows z metres ahead. ``height_m`` is NaN
    where there is no plane.
    """

    fx: float
    fy: float
    cx: float
    cy: float
    height_m: float
    slope_x: float
    slope_z: float
    metres_per_cell: float

    def lines(self, rows: int, columns: int) -> NDArray[np.float32]:
        """Find the line in the image on which each row of cells lies: (4, rows).

        Column of the first cell's centre and the step to the next, then its row and the step, in
        centre coordinates. All cells of a row have one depth, hence equal steps.
        """
        cell = self.metres_per_cell
        z = (rows - 0.5 - np.arange(rows)) * cell
        x = (0.5 - columns / 2) * cell
        y = self.height_m + self.slope_x * x + self.slope_z * z
        return np.stack(
            (
                self.fx * x / z + self.cx,
                self.fx * cell / z,
                self.fy * y / z + self.cy,
                self.fy * self.slope_x * cell / z,
            )
        ).astype(np.float32)
