# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Scale and offset of a camera's depth, fitted so that neither outliers nor near points rule."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hailo_perception.calibration.depth_pairs import DepthPairs
from hailo_perception.core.errors import ConfigurationError

LEAST_PAIRS = 3
LEAST_PAIRS_FOR_OFFSET = 8
LEAST_SPAN = 2.0
"""Ratio of far (90 %) to near (10 %) true depths below which an offset looks like a scale."""
LEAST_GAIN = 0.02
"""Share by which an offset must lower the misfit to be worth its name.

To it comes one part in the number of pairs: the fewer they are, the more a second number fits
to their noise.
"""
LARGEST_SPREAD = 0.5
"""Relative scatter of the corrected depths beyond which a scale says nothing."""
SCALE_LIMITS = (0.01, 100.0)
OFFSET_LIMITS_M = (-100.0, 100.0)
RANGES_M = ((0.0, 5.0), (5.0, 10.0), (10.0, 20.0), (20.0, 40.0), (40.0, 80.0), (80.0, np.inf))
"""True depths, from … to below, that the residuals are listed by."""

_BIN_RATIO = 2**0.25
_MOST_PAIRS_OF_BIN = 500
_MOST_SLOPES = 60_000
_LEAST_RATIO = 1.3
"""Of two true depths, so that the slope between them is more than noise."""
_SEED = 1
_MEDIAN_TO_DEVIATION = 1.4826


class CalibrationError(ConfigurationError):
    """What was measured does not tell scale and offset."""


@dataclass(frozen=True, slots=True)
class RangeResidual:
    """Relative errors found/true − 1 of one range of true depths, before and after.

    ``bias`` is their median, ``error`` the median of their size; None without pairs.
    """

    from_m: float
    to_m: float
    pairs: int
    bias_before: float | None
    error_before: float | None
    bias_after: float | None
    error_after: float | None


@dataclass(frozen=True, slots=True)
class DepthFit:
    """true ≈ ``scale`` · found + ``offset_m``.

    ``has_offset`` tells whether an offset was fitted; ``why`` says in words why or why not.
    ``spread`` is the relative standard deviation of the corrected depths (from the median
    absolute deviation); the errors are medians of |found/true − 1|, all over pairs balanced by
    range.
    """

    scale: float
    offset_m: float
    has_offset: bool
    why: str
    pairs: int
    true_range_m: tuple[float, float]
    error_before: float
    error_after: float
    spread: float
    ranges: tuple[RangeResidual, ...]

    def corrected(self, found_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Correct found depths in metres."""
        corrected_m: NDArray[np.float64] = self.scale * found_m + self.offset_m
        return corrected_m


def fit_depth(pairs: DepthPairs, *, with_offset: bool = True) -> DepthFit:
    """Fit a scale, and where that is worth it an offset.

    Pairs are first balanced: of each quarter octave of true depths at most so many are taken
    (at random, the same each time), as a LiDAR has most of its points near. The scale alone is
    the median of true/found. Scale and offset come from the line found = a · true + b, with the
    median of the slopes between pairs (Theil, 1950; Sen, 1968) and the median of b weighted by
    1/true: the error is on the side of what was found, and grows with the distance. An offset
    is kept where the true depths span a factor of two and it lowers the misfit enough
    (LEAST_GAIN): the median of |ln found − ln found as the fit foretells it|. The error of the
    corrected depth would not do: it also falls where all depths just shrink.

    CalibrationError when there are too few pairs, when they scatter too much, or when scale or
    offset are outside what a parameter may be.
    """
    if len(pairs) < LEAST_PAIRS:
        raise CalibrationError(
            f'a scale needs {LEAST_PAIRS} measured depths or more, got {len(pairs)} with a found '
            'depth; measure more, at different distances, where the camera sees them'
        )
    chosen = _balanced(pairs)
    scale, offset_m = float(np.median(chosen.true_m / chosen.found_m)), 0.0
    has_offset, why = False, 'not asked for'
    if with_offset:
        line, why = _line(chosen)
        if line is not None:
            misfit = _misfit(chosen, scale, 0.0)
            gain = 1 - _misfit(chosen, *line) / misfit if misfit > 0 else 0.0
            needed = LEAST_GAIN + 1 / len(chosen)
            has_offset = gain >= needed
            if has_offset:
                scale, offset_m = line
            verb = 'lowers' if gain >= 0 else 'raises'
            why = f'it {verb} the misfit by {abs(gain):.1%}'
            if not has_offset:
                why += f', and {needed:.1%} less is asked for'
    _check_limits(scale, offset_m)
    residuals = (scale * chosen.found_m + offset_m) / chosen.true_m - 1
    spread = _MEDIAN_TO_DEVIATION * float(np.median(np.abs(residuals - np.median(residuals))))
    if spread > LARGEST_SPREAD:
        raise CalibrationError(
            f'the depths scatter by {spread:.0%} about the best scale {scale:.3f}, more than '
            f'{LARGEST_SPREAD:.0%}: do the measured depths belong to these pictures (extrinsics, '
            'time, pixels), and is the camera calibrated?'
        )
    return DepthFit(
        scale=scale,
        offset_m=offset_m,
        has_offset=has_offset,
        why=why,
        pairs=len(pairs),
        true_range_m=(float(pairs.true_m.min()), float(pairs.true_m.max())),
        error_before=_median_error(chosen, 1.0, 0.0),
        error_after=_median_error(chosen, scale, offset_m),
        spread=spread,
        ranges=tuple(_residual(pairs, limits, scale, offset_m) for limits in RANGES_M),
    )


def _balanced(pairs: DepthPairs) -> DepthPairs:
    """Thin the ranges that have more pairs than they need."""
    bins = np.floor(np.log(pairs.true_m) / np.log(_BIN_RATIO)).astype(np.intp)
    order = np.random.default_rng(_SEED).permutation(len(pairs))
    order = order[np.argsort(bins[order], kind='stable')]
    sorted_bins = bins[order]
    rank = np.arange(len(order)) - np.searchsorted(sorted_bins, sorted_bins, 'left')
    return pairs.take(np.sort(order[rank < _MOST_PAIRS_OF_BIN]))


def _line(pairs: DepthPairs) -> tuple[tuple[float, float] | None, str]:
    """Fit scale and offset, or say why that cannot be."""
    near, far = np.quantile(pairs.true_m, (0.1, 0.9)).tolist()
    if len(pairs) < LEAST_PAIRS_FOR_OFFSET:
        return None, f'an offset needs {LEAST_PAIRS_FOR_OFFSET} measured depths or more'
    if far < LEAST_SPAN * near:
        return None, (
            f'the depths span {near:.1f} to {far:.1f} m, and an offset needs a factor of '
            f'{LEAST_SPAN:g}'
        )
    first, second = _pairings(len(pairs))
    true_m, found_m = pairs.true_m, pairs.found_m
    apart = np.maximum(true_m[first], true_m[second]) >= _LEAST_RATIO * np.minimum(
        true_m[first], true_m[second]
    )
    first, second = first[apart], second[apart]
    slope = float(
        np.median((found_m[first] - found_m[second]) / (true_m[first] - true_m[second]))
    )
    if slope <= 0:
        return None, 'the found depths do not grow with the true ones'
    intercept_m = _weighted_median(found_m - slope * true_m, 1 / true_m)
    return (1 / slope, -intercept_m / slope), ''


def _pairings(count: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """List all pairs of indices, or where they are too many a random choice, always the same."""
    if count * (count - 1) // 2 <= _MOST_SLOPES:
        first, second = np.triu_indices(count, 1)
        return first, second
    random = np.random.default_rng(_SEED)
    first, second = random.integers(0, count, (2, _MOST_SLOPES))
    return first, second


def _weighted_median(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    order = np.argsort(values)
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])


def _median_error(pairs: DepthPairs, scale: float, offset_m: float) -> float:
    return float(np.median(np.abs((scale * pairs.found_m + offset_m) / pairs.true_m - 1)))


def _misfit(pairs: DepthPairs, scale: float, offset_m: float) -> float:
    foretold_m = (pairs.true_m - offset_m) / scale
    # What cannot be found at all is as far off as can be.
    ratios = np.divide(
        pairs.found_m, foretold_m, out=np.full(len(pairs), np.inf), where=foretold_m > 0
    )
    return float(np.median(np.abs(np.log(ratios))))


def _check_limits(scale: float, offset_m: float) -> None:
    for what, value, (low, high) in (
        ('scale', scale, SCALE_LIMITS),
        ('offset', offset_m, OFFSET_LIMITS_M),
    ):
        if not low <= value <= high:
            raise CalibrationError(
                f'the best {what} is {value:g}, beyond the {low:g}…{high:g} that a parameter may '
                'be; are the measured depths in metres, and of this camera?'
            )


def _residual(
    pairs: DepthPairs, limits_m: tuple[float, float], scale: float, offset_m: float
) -> RangeResidual:
    near, far = limits_m
    inside = (pairs.true_m >= near) & (pairs.true_m < far)
    if not inside.any():
        return RangeResidual(near, far, 0, None, None, None, None)
    found, true = pairs.found_m[inside], pairs.true_m[inside]
    before, after = found / true - 1, (scale * found + offset_m) / true - 1
    medians = [
        float(np.median(errors)) for errors in (before, np.abs(before), after, np.abs(after))
    ]
    return RangeResidual(near, far, int(inside.sum()), *medians)
