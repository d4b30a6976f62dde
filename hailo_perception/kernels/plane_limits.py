# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Which planes can be the ground under a camera."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class PlaneLimits(NamedTuple):
    """Bounds of planes p·t = 1 in the optical frame, p = (across, down, ahead).

    Three points whose determinant is not greater than ``least_determinant`` have no plane.
    ``down`` is the inverse of the height under the camera; |across| and |ahead| remain below
    ``steepest`` · down.
    """

    least_determinant: float
    least_down: float
    greatest_down: float
    steepest: float

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
