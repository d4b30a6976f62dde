# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Lane lines in numpy and OpenCV; see ``selection.Kernels``."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import starmap
import math
import operator

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.kernels import lane_loops as rules
from hailo_perception.kernels.lane_types import LineLimits
from hailo_perception.kernels.lane_types import Polylines
from hailo_perception.kernels.stroke_numpy import choose_strokes
from hailo_perception.kernels.stroke_numpy import find_strokes
from hailo_perception.kernels.stroke_numpy import fit_points
from hailo_perception.kernels.stroke_numpy import StrokeEnds
from hailo_perception.kernels.stroke_numpy import Strokes


@dataclass(frozen=True, slots=True)
class _End:
    """Where a stroke or a track ends, and where it points there (columns per row)."""

    row: float
    column: float
    slope: float
    slope_error: float


@dataclass(slots=True)
class _Track:
    """A line while it grows: its strokes, the most and the sum of their rows, its ends."""

    value: int
    near: _End
    far: _End
    members: list[int]
    longest: int
    row_count: int

    @property
    def height(self) -> float:
        """Rows from end to end."""
        return self.near.row - self.far.row + 1

    @property
    def length(self) -> float:
        """Pixels of the map from end to end."""
        across = self.near.column - self.far.column
        # Not hypot, whose last bit compiled code has otherwise.
        return math.sqrt(self.height * self.height + across * across)

    @property
    def coverage(self) -> float:
        """Share of the rows between the ends in which the mask shows the line."""
        return self.row_count / self.height

    def column_at(self, row: float) -> float:
        """Continue the near end straight to a row."""
        return self.near.column + self.near.slope * (row - self.near.row)


def trace_lines(ids: NDArray[np.uint8], table: NDArray[np.uint8], limits: LineLimits) -> Polylines:
    """See Kernels.trace_lines."""
    height, width = ids.shape
    values = np.asarray(cv2.LUT(ids, table), np.uint8)
    strokes = choose_strokes(find_strokes(values), width)
    tracks = _choose(_join(strokes, (width, height), limits.longest_gap), height, limits)
    offsets, points = _smooth(strokes, tracks, height, limits.maximum_points)
    return Polylines(
        np.array([track.value for track in tracks], np.uint8),
        np.array([track.coverage for track in tracks], np.float64),
        offsets,
        points,
    )


def _join(strokes: Strokes, map_size: tuple[int, int], longest_gap: float) -> list[_Track]:
    """Join strokes, given from the bottom row up, into tracks."""
    tracks: list[_Track] = []
    if not len(strokes):
        return tracks
    least_tolerance = max(rules.POSITION_TOLERANCE * map_size[0], rules.LEAST_TOLERANCE_PX)
    widths = strokes.widths[strokes.offsets[:-1]]
    tolerances = (least_tolerance + rules.WIDTH_TOLERANCE * widths).tolist()
    gap_slack = max(rules.GAP_SLACK * map_size[1], rules.LEAST_GAP_SLACK)
    near_ends, far_ends = _list_ends(strokes.near_ends()), _list_ends(strokes.far_ends())
    values, areas = strokes.values.tolist(), strokes.areas.tolist()
    offsets = strokes.offsets.tolist()
    points = list(zip(strokes.rows.tolist(), strokes.centres.tolist(), strict=True))
    for index, length in enumerate(strokes.row_counts.tolist()):
        near, far = near_ends[index], far_ends[index]
        most_gap = min(longest_gap, rules.MAXIMUM_GAP_TO_AREA * areas[index] + gap_slack)
        best, best_miss = None, 1.0
        for track in tracks:
            gap = track.far.row - near.row
            if track.value != values[index] or not 0 < gap <= most_gap:
                continue
            if gap > rules.MAXIMUM_GAP_TO_LENGTH * max(track.longest, length) + gap_slack:
                continue
            miss = max(
                _miss(track.far, near, track.far, tolerances[index]),
                _miss(track.far, near, near, tolerances[index]),
            )
            if miss < best_miss:
                best, best_miss = track, miss
        if best is None:
            tracks.append(_Track(values[index], near, far, [index], length, length))
        else:
            best.members.append(index)
            best.longest = max(best.longest, length)
            best.row_count += length
            if length < rules.END_ROWS:
                # A short stroke alone has no sure direction.
                spans = (offsets[i : i + 2] for i in best.members[-rules.END_ROWS :])
                far = _far_end([point for span in spans for point in points[slice(*span)]])
            best.far = far
    return tracks


def _list_ends(ends: StrokeEnds) -> list[_End]:
    # Python's own numbers: a loop over few strokes is faster with them than with arrays.
    columns = (ends.rows, ends.columns, ends.slopes, ends.slope_errors)
    return list(starmap(_End, np.stack(columns, axis=-1).tolist()))


def _miss(far: _End, near: _End, pointer: _End, position_tolerance: float) -> float:
    """Distance of one end from the other's straight continuation, over what is tolerated."""
    gap = far.row - near.row
    flatness = math.sqrt(1.0 + pointer.slope * pointer.slope)
    distance = abs(far.column - near.column - pointer.slope * gap) / flatness
    slope_error = min(pointer.slope_error, rules.MAXIMUM_SLOPE_ERROR)
    slope_tolerance = rules.SLOPE_TOLERANCE * flatness + slope_error
    return distance / (position_tolerance + gap * slope_tolerance)


def _far_end(points: list[tuple[float, float]]) -> _End:
    """Fit a straight line to the last of a track's points: row, column."""
    rows, columns = zip(*points[-rules.END_ROWS :], strict=True)
    squares, products = map(operator.mul, rows, rows), map(operator.mul, rows, columns)
    sums = (len(rows), *map(sum, (rows, columns, squares, products)))
    column, slope, spread = fit_points(sums, rows[-1])
    return _End(rows[-1], column, slope, rules.CENTRE_ERROR_PX / math.sqrt(spread))


def _choose(tracks: list[_Track], height: int, limits: LineLimits) -> list[_Track]:
    """Keep the longest tracks that are lines, from left to right at the bottom row."""
    lines = [
        track
        for track in tracks
        if track.row_count >= rules.MINIMUM_ROWS
        and track.length >= limits.minimum_length
        and track.coverage >= limits.minimum_coverage
    ]
    lines.sort(key=lambda track: -track.length)
    return sorted(lines[: limits.maximum_lines], key=lambda track: track.column_at(height - 1))


def _smooth(
    strokes: Strokes, tracks: list[_Track], height: int, maximum_points: int
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Turn tracks into polylines: offsets and points, a straight fit in a window around each.

    The points keep both ends and are spread evenly over the rows in which the line is seen;
    across a gap the line is straight.
    """
    if not tracks:
        return np.zeros(1, np.intp), np.zeros((0, 2))
    joined = strokes.take(np.array([i for track in tracks for i in track.members]))
    counts = np.array([track.row_count for track in tracks])
    firsts = np.cumsum(counts) - counts
    chosen = [
        first + np.arange(points) * (count - 1) // (points - 1)
        for first, count in zip(firsts.tolist(), counts.tolist(), strict=True)
        for points in (min(count, maximum_points),)
    ]
    at = np.concatenate(chosen)
    # One axis on which all lines lie one after another, far enough apart.
    reach = int(max(rules.SMOOTHING * height, rules.LEAST_SMOOTHING))
    axis = np.repeat(np.arange(len(tracks)) * 3.0 * height, counts) - joined.rows
    first = np.searchsorted(axis, axis[at] - reach, 'left')
    past = np.searchsorted(axis, axis[at] + reach, 'right')

    def window_sums(values: NDArray[np.float64]) -> NDArray[np.float64]:
        running = np.concatenate(((0.0,), np.cumsum(values)))
        sums: NDArray[np.float64] = running[past] - running[first]
        return sums

    rows, columns = joined.rows, joined.centres
    terms = (rows, columns, rows * rows, rows * columns)
    at_columns, _, _ = fit_points((past - first, *map(window_sums, terms)), rows[at])
    offsets = np.cumsum([0, *(len(each) for each in chosen)])
    return offsets, np.stack((at_columns, rows[at]), axis=-1)
