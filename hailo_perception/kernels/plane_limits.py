# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Which planes can be the ground under a camera, and how a camera sees one."""

from __future__ import annotations

from typing import Any
from typing import NamedTuple
from typing import overload

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

    @overload
    def allow(self, planes: tuple[float, float, float]) -> bool: ...

    @overload
    def allow(self, planes: NDArray[np.float64]) -> NDArray[np.bool_]: ...

    def allow(self, planes: Any) -> Any:
        """Judge one plane of three numbers, or an array of them (3, …): (…)."""
        across, down, ahead = planes
        slope = self.steepest * down
        return (
            (down > self.least_down)
            & (down < self.greatest_down)
            & (abs(across) < slope)
            & (abs(ahead) < slope)
        )


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

    def without_plane(self) -> CellView:
        """Give the view with no plane of its own: all that ``across`` depends on."""
        return self._replace(height_m=0.0, slope_x=0.0, slope_z=0.0)

    def across(self, rows: int, columns: int) -> NDArray[np.float32]:
        """Find the columns of the image in which each row of cells lies: (2, rows).

        That of the first cell's centre and the step to the next, in centre coordinates. All
        cells of a row have one depth, hence equal steps.
        """
        x, z = self._first_cells(rows, columns)
        return np.stack((self.fx * x / z + self.cx, self.fx * self.metres_per_cell / z)).astype(
            np.float32
        )

    def down(self, rows: int, columns: int) -> NDArray[np.float32]:
        """Find the rows of the image, first and step, as ``across`` does its columns."""
        x, z = self._first_cells(rows, columns)
        y = self.height_m + self.slope_x * x + self.slope_z * z
        return np.stack(
            (self.fy * y / z + self.cy, self.fy * self.slope_x * self.metres_per_cell / z)
        ).astype(np.float32)

    def _first_cells(self, rows: int, columns: int) -> tuple[float, NDArray[np.float64]]:
        """Place the centres of the cells at the left edge: x of all, and z (rows,) in metres."""
        cell = self.metres_per_cell
        z: NDArray[np.float64] = (rows - 0.5 - np.arange(rows, dtype=np.float64)) * cell
        return (0.5 - columns / 2) * cell, z
