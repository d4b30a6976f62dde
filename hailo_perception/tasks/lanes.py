# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Lane lines as polylines, from the lane mask and, for metres, the depth map.

The mask's strokes are joined from near to far: a stroke continues the line whose far end points
at it, within an error that grows with the gap. So dashes become one line, on curves too, while
double lines stay two, and stop lines and specks start none.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import starmap
import math
import operator

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.labels import LabelSet
from hailo_perception.core.labels import UNLABELLED
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import DepthMap
from hailo_perception.core.results import LaneLine
from hailo_perception.core.results import LaneLines
from hailo_perception.tasks.line_depth import locate_lines
from hailo_perception.tasks.settings import LaneSettings
from hailo_perception.tasks.strokes import CENTRE_ERROR_PX
from hailo_perception.tasks.strokes import END_ROWS
from hailo_perception.tasks.strokes import find_strokes
from hailo_perception.tasks.strokes import StrokeEnds
from hailo_perception.tasks.strokes import Strokes

_MINIMUM_AREA_PX = 3
_MINIMUM_ELONGATION = 0.7
"""Length over thickness below which a stroke is a speck or a bar, not a piece of a line.

A far dash is as small as 2×2 pixels, hence not 1.
"""

_MINIMUM_ROWS = 3
"""With fewer rows a line has no sure direction."""

_MAXIMUM_SLOPE = 8.0
"""Columns per row of a stroke; a line at 8 camera heights to the side is as flat as this."""

_MAXIMUM_STROKES = 250
"""A mask of noise has thousands; the largest so many are looked at, which bounds the time."""

_POSITION_TOLERANCE = 0.006
_WIDTH_TOLERANCE = 0.25
_SLOPE_TOLERANCE = 0.1
"""How far a continuation may lie beside the extrapolated end: the sum of three shares.

Of the map's width (dashes end anywhere within a pixel), of the stroke's own width (lines that
merge are wider and off their middle), and of the gap's rows (curves).
"""
_MAXIMUM_SLOPE_ERROR = 0.3

_MAXIMUM_GAP_TO_LENGTH = 4.0
_MAXIMUM_GAP_TO_AREA = 3.0
_GAP_SLACK = 0.02
"""How many rows a gap may have.

4 times the longer of both strokes, as dashes are painted with gaps of up to 3 times their
length and perspective shortens what is farther away; and 3 per pixel of the farther stroke, as
a speck is no dash. To both comes a share of the map's height.
"""

_SMOOTHING = 0.02
"""Half the height, as a share of the map's, of the window in which a line is straight."""

_LEAST_SPREAD = 0.1
"""Variance, in rows², of a window of a single row, with room for rounding: it has no slope."""


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
        return math.hypot(self.height, self.near.column - self.far.column)

    @property
    def coverage(self) -> float:
        """Share of the rows between the ends in which the mask shows the line."""
        return self.row_count / self.height

    def column_at(self, row: float) -> float:
        """Continue the near end straight to a row."""
        return self.near.column + self.near.slope * (row - self.near.row)


def find_lane_lines(
    lane: ClassMap,
    depth: DepthMap | None,
    image_size: tuple[int, int],
    *,
    background: str | None,
    settings: LaneSettings,
) -> LaneLines:
    """Find one polyline per painted line, from left to right where they reach the bottom.

    ``lane`` (H, W) covers the image of ``image_size`` (width, height) and may have any
    resolution; ``background`` is the class that means no line. Each line's ``pixels`` are image
    pixels in centre coordinates. Its score is the share of rows between both ends in which the
    mask shows the line: 1 for an unbroken line, less for a dashed one. Its ``points_m`` come
    from a robust fit of the depth along the line (see line_depth), NaN without depth.
    """
    height, width = lane.ids.shape
    if not lane.ids.size:
        return LaneLines(lane.labels, ())
    excluded = {*settings.excluded_classes, background}
    lines = cv2.LUT(lane.ids, _line_table(lane.labels, excluded))
    strokes = _line_strokes(np.asarray(lines, np.uint8))
    tracks = _join(strokes, (width, height), settings.maximum_gap * height)
    tracks = _choose(tracks, height, settings)
    scale = np.divide(image_size, (width, height))
    curves = [
        (curve + 0.5) * scale - 0.5
        for curve in _smooth(strokes, tracks, height, settings.maximum_points)
    ]
    points_m = locate_lines(curves, depth, image_size)
    return LaneLines(
        lane.labels,
        tuple(
            LaneLine(track.value - 1, track.coverage, curve.astype(np.float32), points)
            for track, curve, points in zip(tracks, curves, points_m, strict=True)
        ),
    )


def _line_table(labels: LabelSet, excluded: set[str | None]) -> NDArray[np.uint8]:
    """Map a class id to its id + 1 where the class is a line, else to 0: (256,) uint8."""
    table = np.zeros(256, np.uint8)
    for label in labels:
        if label.name not in excluded:
            table[label.id] = label.id + 1
    assert table[UNLABELLED] == 0
    return table


def _line_strokes(values: NDArray[np.uint8]) -> Strokes:
    """Find the strokes that can be pieces of lines along the road, from the bottom row up."""
    strokes = find_strokes(values)
    if not len(strokes):
        return strokes
    rows = strokes.row_counts
    first, last = strokes.offsets[:-1], strokes.offsets[1:] - 1
    sweep = np.abs(strokes.centres[last] - strokes.centres[first])
    # A stroke of one row cannot say in which direction its width counts as length.
    sweep = np.where(rows > 1, sweep * rows / np.maximum(rows - 1, 1), 0.0)
    areas = strokes.areas
    elongation = (rows**2 + sweep**2) / areas
    chosen = np.flatnonzero(
        (areas >= _MINIMUM_AREA_PX)
        & (elongation >= _MINIMUM_ELONGATION)
        & (sweep <= _MAXIMUM_SLOPE * rows)
    )
    chosen = chosen[np.argsort(-areas[chosen], kind='stable')[:_MAXIMUM_STROKES]]
    chosen = chosen[np.argsort(-strokes.rows[first[chosen]], kind='stable')]
    return strokes.take(chosen).without_cut_rows(values.shape[1])


def _join(strokes: Strokes, map_size: tuple[int, int], maximum_gap: float) -> list[_Track]:
    """Join strokes, given from the bottom row up, into tracks."""
    tracks: list[_Track] = []
    if not len(strokes):
        return tracks
    least_tolerance = max(_POSITION_TOLERANCE * map_size[0], 1.0)
    widths = strokes.widths[strokes.offsets[:-1]]
    tolerances = (least_tolerance + _WIDTH_TOLERANCE * widths).tolist()
    gap_slack = max(_GAP_SLACK * map_size[1], 2.0)
    near_ends, far_ends = _list_ends(strokes.near_ends()), _list_ends(strokes.far_ends())
    values, areas = strokes.values.tolist(), strokes.areas.tolist()
    offsets = strokes.offsets.tolist()
    points = list(zip(strokes.rows.tolist(), strokes.centres.tolist(), strict=True))
    for index, length in enumerate(strokes.row_counts.tolist()):
        near, far = near_ends[index], far_ends[index]
        longest_gap = min(maximum_gap, _MAXIMUM_GAP_TO_AREA * areas[index] + gap_slack)
        best, best_miss = None, 1.0
        for track in tracks:
            gap = track.far.row - near.row
            if track.value != values[index] or not 0 < gap <= longest_gap:
                continue
            if gap > _MAXIMUM_GAP_TO_LENGTH * max(track.longest, length) + gap_slack:
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
            if length < END_ROWS:
                # A short stroke alone has no sure direction.
                spans = (offsets[i : i + 2] for i in best.members[-END_ROWS:])
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
    flatness = math.hypot(1.0, pointer.slope)
    distance = abs(far.column - near.column - pointer.slope * gap) / flatness
    slope_tolerance = _SLOPE_TOLERANCE * flatness + min(pointer.slope_error, _MAXIMUM_SLOPE_ERROR)
    return distance / (position_tolerance + gap * slope_tolerance)


def _far_end(points: list[tuple[float, float]]) -> _End:
    """Fit a straight line to the last of a track's points: row, column."""
    rows, columns = zip(*points[-END_ROWS:], strict=True)
    row, column = sum(rows) / len(rows), sum(columns) / len(columns)
    heights = [each - row for each in rows]
    spread = sum(height * height for height in heights)
    slope = sum(map(operator.mul, heights, columns)) / spread
    far = rows[-1]
    return _End(far, column + slope * (far - row), slope, CENTRE_ERROR_PX / math.sqrt(spread))


def _choose(tracks: list[_Track], height: int, settings: LaneSettings) -> list[_Track]:
    """Keep the longest tracks that are lines, from left to right at the bottom row."""
    lines = [
        track
        for track in tracks
        if track.row_count >= _MINIMUM_ROWS
        and track.length >= settings.minimum_length * height
        and track.coverage >= settings.minimum_score
    ]
    lines.sort(key=lambda track: -track.length)
    return sorted(lines[: settings.maximum_lines], key=lambda track: track.column_at(height - 1))


def _smooth(
    strokes: Strokes, tracks: list[_Track], height: int, maximum_points: int
) -> list[NDArray[np.float64]]:
    """Turn tracks into polylines (N, 2) column, row: a straight fit in a window around each point.

    The points keep both ends and are spread evenly over the rows in which the line is seen;
    across a gap the line is straight.
    """
    if not tracks:
        return []
    joined = strokes.take(np.array([i for track in tracks for i in track.members]))
    counts = np.array([track.row_count for track in tracks])
    offsets = np.cumsum(counts) - counts
    chosen = [
        offset + np.arange(points) * (count - 1) // (points - 1)
        for offset, count in zip(offsets.tolist(), counts.tolist(), strict=True)
        for points in (min(count, maximum_points),)
    ]
    at = np.concatenate(chosen)
    # One axis on which all lines lie one after another, far enough apart.
    reach = max(_SMOOTHING * height, 2.0)
    axis = np.repeat(np.arange(len(tracks)) * 3.0 * height, counts) - joined.rows
    first = np.searchsorted(axis, axis[at] - reach, 'left')
    past = np.searchsorted(axis, axis[at] + reach, 'right')

    def window_means(values: NDArray[np.float64]) -> NDArray[np.float64]:
        running = np.concatenate(((0.0,), np.cumsum(values)))
        means: NDArray[np.float64] = (running[past] - running[first]) / (past - first)
        return means

    rows, columns = joined.rows - height / 2, joined.centres
    row, column = window_means(rows), window_means(columns)
    spread = window_means(rows * rows) - row * row
    shared = window_means(rows * columns) - row * column
    slope = np.divide(shared, spread, out=np.zeros_like(shared), where=spread > _LEAST_SPREAD)
    points = np.stack((column + slope * (rows[at] - row), joined.rows[at]), axis=-1)
    return np.split(points, np.cumsum([len(indices) for indices in chosen])[:-1])
