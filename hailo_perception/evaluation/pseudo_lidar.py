# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""How far the points made from a depth map lie from the true ones, by distance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RANGES_M = ((3.0, 10.0), (10.0, 20.0), (20.0, 40.0), (40.0, 60.0))
"""True distances from the camera, from … to below."""
_STEP_M = 0.01
_STEPS = 12_001
"""Sizes of errors are counted in steps; the last one is for all that are larger."""


@dataclass(frozen=True, slots=True)
class RangeError:
    """Errors in one range, over all points of all pictures.

    A found point lies on the ray of the true one, so the error is the distance between them
    along it. ``mean_m`` and ``median_m`` (to 1 cm) are of its size, ``bias_m`` is the mean with
    its sign, positive for points found too far; ``relative`` is the mean size as a share of the
    true distance. None without points.
    """

    from_m: float
    to_m: float
    mean_m: float | None
    median_m: float | None
    bias_m: float | None
    relative: float | None
    points: int


class PseudoLidarTally:
    """Gathers pictures, gives the errors of each range; its memory does not grow with them."""

    def __init__(self) -> None:
        self._points = np.zeros(len(RANGES_M), np.int64)
        self._sums = np.zeros((len(RANGES_M), 3))
        """Sums of the error's size, of the error, and of its size as a share of the distance."""
        self._sizes = np.zeros((len(RANGES_M), _STEPS), np.int64)

    def add(
        self,
        true_m: NDArray[np.floating],
        found_m: NDArray[np.floating],
        ray_lengths: NDArray[np.floating],
    ) -> None:
        """Judge one picture: depths along the optical axis, NaN where unknown, of one shape.

        ``ray_lengths`` are the lengths of the rays that reach depth 1, of the same shape.
        """
        is_known = np.isfinite(true_m) & np.isfinite(found_m) & (found_m > 0)
        is_known &= np.isfinite(ray_lengths)
        distance_m = true_m[is_known].astype(np.float64) * ray_lengths[is_known]
        error_m = found_m[is_known] * ray_lengths[is_known] - distance_m
        for i, (near, far) in enumerate(RANGES_M):
            inside = (distance_m >= near) & (distance_m < far)
            error, size = error_m[inside], np.abs(error_m[inside])
            self._points[i] += len(error)
            self._sums[i] += size.sum(), error.sum(), (size / distance_m[inside]).sum()
            steps = np.minimum(size / _STEP_M, _STEPS - 1).astype(np.intp)
            self._sizes[i] += np.bincount(steps, minlength=_STEPS)

    def result(self) -> tuple[RangeError, ...]:
        """Compute the figures of all pictures so far, one for each of RANGES_M."""
        return tuple(self._range_error(i, near, far) for i, (near, far) in enumerate(RANGES_M))

    def _range_error(self, index: int, from_m: float, to_m: float) -> RangeError:
        points = int(self._points[index])
        if not points:
            return RangeError(from_m, to_m, None, None, None, None, 0)
        mean_m, bias_m, relative = (self._sums[index] / points).tolist()
        reached = np.cumsum(self._sizes[index]) >= points / 2
        median_m = (float(np.argmax(reached)) + 0.5) * _STEP_M
        return RangeError(from_m, to_m, mean_m, median_m, bias_m, relative, points)
