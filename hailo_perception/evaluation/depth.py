# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Errors of metric depth, as Eigen et al. (2014) define them."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from hailo_perception.evaluation.means import mean_of_known

JUDGED_RANGE_M = (1.0, 80.0)
"""True depths of rendered scenes that are judged, both ends included."""
LIDAR_RANGE_M = (3.0, 60.0)
"""The same for recordings: nearer a LiDAR sees the own vehicle, farther it sees little."""


@dataclass(frozen=True, slots=True)
class DepthErrors:
    """Means over pixels; with d found and t true, in metres.

    ``abs_rel`` |d − t| / t; ``sq_rel_m`` (d − t)² / t; ``rmse_m`` root of (d − t)²;
    ``rmse_log`` root of (ln d − ln t)²; ``delta_1`` to ``delta_3`` the shares of pixels with
    max(d/t, t/d) below 1.25, 1.25² and 1.25³.
    """

    abs_rel: float
    sq_rel_m: float
    rmse_m: float
    rmse_log: float
    delta_1: float
    delta_2: float
    delta_3: float


@dataclass(frozen=True, slots=True)
class DepthResult:
    """Means over pictures of each picture's errors, so that no picture weighs more.

    Pictures without a judged pixel are left out. ``coverage`` is the share of judged pixels
    for which there is a depth; the errors know only these. None without such pictures.
    """

    abs_rel: float | None
    sq_rel_m: float | None
    rmse_m: float | None
    rmse_log: float | None
    delta_1: float | None
    delta_2: float | None
    delta_3: float | None
    coverage: float | None
    pictures: int


def depth_errors(found_m: NDArray[np.floating], true_m: NDArray[np.floating]) -> DepthErrors:
    """Compare depths (N,), all finite and positive, N > 0."""
    found, true = found_m.astype(np.float64), true_m.astype(np.float64)
    squared = (found - true) ** 2
    ratio = np.maximum(found / true, true / found)
    return DepthErrors(
        abs_rel=float(np.mean(np.abs(found - true) / true)),
        sq_rel_m=float(np.mean(squared / true)),
        rmse_m=float(np.sqrt(np.mean(squared))),
        rmse_log=float(np.sqrt(np.mean((np.log(found) - np.log(true)) ** 2))),
        delta_1=float(np.mean(ratio < 1.25)),
        delta_2=float(np.mean(ratio < 1.25**2)),
        delta_3=float(np.mean(ratio < 1.25**3)),
    )


class DepthTally:
    """Gathers pictures, gives the mean errors."""

    def __init__(self, judged_range_m: tuple[float, float] = JUDGED_RANGE_M) -> None:
        """Prepare to judge true depths in a range, both ends included."""
        self._range_m = judged_range_m
        self._errors: list[DepthErrors] = []
        self._coverages: list[float] = []

    def add(self, true_m: NDArray[np.floating], found_m: NDArray[np.floating]) -> None:
        """Judge one picture: two maps of one shape in metres, NaN or infinite where unknown."""
        near, far = self._range_m
        # NaN fails both comparisons.
        is_judged = (true_m >= near) & (true_m <= far)
        if not is_judged.any():
            return
        is_compared = is_judged & np.isfinite(found_m) & (found_m > 0)
        self._coverages.append(float(is_compared.sum() / is_judged.sum()))
        if is_compared.any():
            self._errors.append(depth_errors(found_m[is_compared], true_m[is_compared]))

    def result(self) -> DepthResult:
        """Compute the figures of all pictures so far."""
        means = {
            field.name: mean_of_known(getattr(errors, field.name) for errors in self._errors)
            for field in fields(DepthErrors)
        }
        return DepthResult(
            **means, coverage=mean_of_known(self._coverages), pictures=len(self._coverages)
        )
