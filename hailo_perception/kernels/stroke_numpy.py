# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Strokes of a class map: what a painted line leaves in it, piece by piece, in numpy.

A row of the map crosses a line in a *run* of equal pixels. Runs that follow each other from row
to row, each the other's best neighbour, are a *stroke*: it never branches, so lines that merge
towards the horizon or touch a stop line come apart into one stroke each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.kernels import lane_loops as rules


@dataclass(frozen=True, slots=True)
class StrokeEnds:
    """Fitted ends of strokes, one array element each: where they are and where they point.

    ``slopes`` are columns per row; ``slope_errors`` their standard errors, infinite for a
    stroke of one row.
    """

    rows: NDArray[np.float64]
    columns: NDArray[np.float64]
    slopes: NDArray[np.float64]
    slope_errors: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Strokes:
    """Strokes of a map, each from the bottom row up, one run per row.

    Stroke i owns the elements ``offsets[i]:offsets[i + 1]`` of ``rows`` (N,) and ``centres``
    (N,), the runs' middle in centre coordinates, and ``widths`` (N,) in pixels. ``values`` (S,)
    are the map's values.
    """

    values: NDArray[np.uint8]
    offsets: NDArray[np.intp]
    rows: NDArray[np.float64]
    centres: NDArray[np.float64]
    widths: NDArray[np.float64]

    def __len__(self) -> int:
        """Count the strokes."""
        return len(self.values)

    @property
    def row_counts(self) -> NDArray[np.intp]:
        """Rows of each stroke, (S,)."""
        return self.offsets[1:] - self.offsets[:-1]

    @property
    def areas(self) -> NDArray[np.float64]:
        """Pixels of each stroke, (S,)."""
        return _sums(self.widths, self.offsets)

    def take(self, chosen: NDArray[np.intp]) -> Strokes:
        """Pick strokes by index, in that order."""
        counts = self.row_counts[chosen]
        offsets = np.concatenate(((0,), np.cumsum(counts)))
        members = np.arange(offsets[-1]) + np.repeat(self.offsets[chosen] - offsets[:-1], counts)
        return Strokes(
            self.values[chosen],
            offsets,
            self.rows[members],
            self.centres[members],
            self.widths[members],
        )

    def without_cut_rows(self, map_width: int) -> Strokes:
        """Leave out the rows that the map's sides cut, whose middle is not the line's.

        A stroke that would keep less than two rows stays as it is.
        """
        reach = (self.widths - 1) / 2
        whole = (self.centres > reach) & (self.centres + reach < map_width - 1)
        kept_counts = _sums(whole, self.offsets)
        kept = whole | np.repeat(kept_counts < 2, self.row_counts)
        offsets = np.concatenate(((0,), np.cumsum(_sums(kept, self.offsets)))).astype(np.intp)
        return Strokes(
            self.values, offsets, self.rows[kept], self.centres[kept], self.widths[kept]
        )

    def near_ends(self) -> StrokeEnds:
        """Fit a straight line to the lowest rows of each stroke."""
        first = np.repeat(self.offsets[:-1], self.row_counts)
        at_end = np.arange(len(self.rows)) - first < rules.END_ROWS
        return self._fit(at_end, self.rows[self.offsets[:-1]])

    def far_ends(self) -> StrokeEnds:
        """Fit a straight line to the highest rows of each stroke."""
        last = np.repeat(self.offsets[1:], self.row_counts)
        at_end = last - np.arange(len(self.rows)) <= rules.END_ROWS
        return self._fit(at_end, self.rows[self.offsets[1:] - 1])

    def _fit(self, used: NDArray[np.bool_], at_rows: NDArray[np.float64]) -> StrokeEnds:
        rows, columns = self.rows * used, self.centres * used
        terms = (used, rows, columns, rows * rows, rows * columns)
        sums = [_sums(each, self.offsets) for each in terms]
        at_columns, slopes, spreads = fit_points(sums, at_rows)
        with np.errstate(divide='ignore'):
            errors = rules.CENTRE_ERROR_PX / np.sqrt(spreads)
        return StrokeEnds(at_rows, at_columns, slopes, errors)


def fit_points(sums: Sequence[Any], at_rows: Any) -> tuple[Any, Any, Any]:
    """Fit straight lines to points: columns at ``at_rows``, slopes, Σ (row - mean row)².

    ``sums``, numbers or arrays, are of 1, rows, columns, rows² and rows · columns.
    """
    count, rows, columns, squares, products = sums
    spread = count * squares - rows * rows
    # A single row knows no slope: 0 is divided by 1.
    slopes = (count * products - rows * columns) / (spread + (spread == 0))
    return columns / count + slopes * (at_rows - rows / count), slopes, spread / count


def choose_strokes(strokes: Strokes, map_width: int) -> Strokes:
    """Choose the strokes that can be pieces of lines along the road, from the bottom row up."""
    if not len(strokes):
        return strokes
    rows, areas = strokes.row_counts, strokes.areas
    first, last = strokes.offsets[:-1], strokes.offsets[1:] - 1
    # Of a stroke of one row nobody knows in which direction its width counts as length.
    sweep = np.abs(strokes.centres[last] - strokes.centres[first])
    sweep = sweep * rows / np.maximum(rows - 1, 1)
    chosen = np.flatnonzero(
        (areas >= rules.MINIMUM_AREA_PX)
        & ((rows * rows + sweep * sweep) / areas >= rules.MINIMUM_ELONGATION)
        & (sweep <= rules.MAXIMUM_SLOPE * rows)
    )
    chosen = chosen[np.argsort(-areas[chosen], kind='stable')[: rules.MAXIMUM_STROKES]]
    chosen = chosen[np.argsort(-strokes.rows[first[chosen]], kind='stable')]
    return strokes.take(chosen).without_cut_rows(map_width)


def find_strokes(values: NDArray[np.uint8]) -> Strokes:
    """Trace the strokes of every non-zero value of a map (H, W) uint8."""
    runs = _find_runs(values)
    if not len(runs.rows):
        nothing = np.zeros(0)
        return Strokes(np.zeros(0, np.uint8), np.zeros(1, np.intp), nothing, nothing, nothing)
    lower, upper = _pair_runs(runs)
    bottom = _bottom_of_each(len(runs.rows), lower, upper)
    order = np.lexsort((-runs.rows, bottom))
    offsets = np.flatnonzero(np.diff(bottom[order], prepend=-1, append=len(bottom)))
    starts, ends = runs.starts[order], runs.ends[order]
    return Strokes(
        values=runs.values[order[offsets[:-1]]],
        offsets=offsets,
        rows=runs.rows[order].astype(np.float64),
        centres=(starts + ends - 1) / 2,
        widths=(ends - starts).astype(np.float64),
    )


@dataclass(frozen=True, slots=True)
class _Runs:
    """Runs in reading order: columns ``starts`` … ``ends`` - 1 of ``rows`` hold ``values``."""

    stride: int
    rows: NDArray[np.intp]
    starts: NDArray[np.intp]
    ends: NDArray[np.intp]
    values: NDArray[np.uint8]


def _find_runs(values: NDArray[np.uint8]) -> _Runs:
    height, width = values.shape
    # A column of zeros after each row keeps runs from wrapping into the next one.
    stride = width + 1
    padded = np.zeros((height, stride), np.uint8)
    padded[:, :width] = values
    flat = padded.reshape(-1)
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    starts = np.concatenate(((0,), changes))
    ends = np.concatenate((changes, (len(flat),)))
    kept = flat[starts] != 0 if len(flat) else np.zeros(len(starts), bool)
    starts, ends = starts[kept], ends[kept]
    rows = starts // stride
    return _Runs(stride, rows, starts - rows * stride, ends - rows * stride, flat[starts])


def _pair_runs(runs: _Runs) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pair runs of adjacent rows that are each other's best neighbour: (lower, upper) indices."""
    starts = runs.rows * runs.stride + runs.starts
    ends = runs.rows * runs.stride + runs.ends
    # Touching at a corner counts, as thin slanted lines hold together by corners only.
    first = np.searchsorted(ends, starts - runs.stride, 'left')
    past = np.searchsorted(starts, ends - runs.stride, 'right')
    counts = past - first
    lower = np.repeat(np.arange(len(starts)), counts)
    before = np.repeat(np.cumsum(counts) - counts, counts)
    upper = np.arange(len(lower)) - before + np.repeat(first, counts)
    same = (runs.values[lower] == runs.values[upper]) & _alike(
        runs.ends[lower] - runs.starts[lower], runs.ends[upper] - runs.starts[upper]
    )
    lower, upper = lower[same], upper[same]
    overlap = np.minimum(runs.ends[lower], runs.ends[upper]) - np.maximum(
        runs.starts[lower], runs.starts[upper]
    )
    order = np.argsort(-overlap, kind='stable')
    lower, upper = lower[order], upper[order]
    mutual = _is_first(lower, len(starts)) & _is_first(upper, len(starts))
    return lower[mutual], upper[mutual]


def _alike(one: NDArray[np.intp], other: NDArray[np.intp]) -> NDArray[np.bool_]:
    narrow, wide = np.minimum(one, other), np.maximum(one, other)
    alike: NDArray[np.bool_] = wide <= rules.MAXIMUM_WIDTH_RATIO * narrow + rules.WIDTH_SLACK_PX
    return alike


def _is_first(keys: NDArray[np.intp], key_count: int) -> NDArray[np.bool_]:
    """Tell which elements are the first with their key."""
    positions = np.arange(len(keys))
    first = np.empty(key_count, np.intp)
    # The last assignment to an index stays, so from the back the first one does.
    first[keys[::-1]] = positions[::-1]
    is_first: NDArray[np.bool_] = first[keys] == positions
    return is_first


def _bottom_of_each(
    count: int, lower: NDArray[np.intp], upper: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Follow the pairs down from every run to the lowest one of its stroke."""
    below = np.arange(count)
    below[upper] = lower
    while True:
        farther = below[below]
        if np.array_equal(farther, below):
            return below
        below = farther


def _sums(values: NDArray[Any], offsets: NDArray[np.intp]) -> NDArray[np.float64]:
    """Add up each stroke's elements; strokes are never empty."""
    if len(offsets) == 1:
        return np.zeros(0)
    return np.add.reduceat(np.asarray(values, np.float64), offsets[:-1])
