# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Whether a lane line is painted solid or dashed: paint and gaps along it, in metres."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from dataclasses import replace
import math
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.labels import UNLABELLED
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import LaneLines
from hailo_perception.core.results import LanePattern
from hailo_perception.kernels.sampling import resized_ids

_BESIDE_PX = (-1.0, 0.0, 1.0)
"""Columns beside a line's middle in which paint is looked for: a far line is one pixel wide.

Columns alone, as dashes end at right angles to the road, and so in one row.
"""

_NO_STEP_PX = 1e-6
"""Between two vertices at one place."""

_SHORTEST_GAP_PX = 2
_SHORTEST_GAP_M = 0.8
"""What is shorter is a hole in the mask: dashes have gaps of 1 m (towns) to 12 m (motorways)."""

_SOLID_M = 9.0
"""Paint without a gap for so long is no dash: the longest are 8 m (Japan's expressways)."""

_FINEST_M_PER_PX = 0.75
"""Where a pixel of the map covers more of the line gaps may not show, and paint proves nothing."""

_LEAST_GAP_TO_DASH = 0.3
"""Gaps shorter than this share of the dashes are wear: those of warning lines are half of one."""

_DASHES_WITHOUT_METRES = 3
"""So many strokes are dashes where nothing tells how long they are."""

_ROAD = 'road'
_MOST_HIDDEN = 0.2
"""Of a gap: with more of something else than road nobody knows what is behind it."""

_CROSSING_PX = 8
"""So far beside a line another mark, such as a zebra's stripe, is part of what crosses it."""


@dataclass(frozen=True, slots=True)
class _Walk:
    """All lines in steps of a map pixel, N altogether, from near to far, line after line.

    ``line`` (N,) is the line's index, ``metres`` (N,) what a step covers, NaN where unknown,
    ``is_paint`` (N,) and ``is_hidden`` (N,) what the maps show there.
    """

    line: NDArray[np.intp]
    metres: NDArray[np.float64]
    is_paint: NDArray[np.bool_]
    is_hidden: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A piece of a line, all paint or all gap; what is fine is where a gap would show."""

    is_paint: bool
    length_px: int
    length_m: float
    fine_m: float


def with_patterns(
    lines: LaneLines,
    lane: ClassMap,
    semantic: ClassMap | None,
    image_size: tuple[int, int],
    *,
    other_marks: Collection[str] = (),
) -> LaneLines:
    """Tell of each line whether it is solid or dashed, UNKNOWN where too little is seen.

    ``lane`` is the map that the lines were found in, ``image_size`` (width, height) that of the
    image whose pixels they are in. Along a line the map shows paint, or a gap where it does not;
    a gap where ``semantic`` sees something else than road is no gap but something in the way, and
    one beside ``other_marks``, classes of the lane map, is a crossing, which interrupts all lines.
    Lengths come from the lines' ``points_m``; where these are unknown three even strokes are
    dashes, and nothing is solid.
    """
    if not lines.lines:
        return lines
    walk = _walk(lines, lane, _hidden(lane, semantic, other_marks), image_size)
    stretches = _stretches(walk, len(lines.lines))
    return replace(
        lines,
        lines=tuple(
            replace(line, pattern=_judge(each))
            for line, each in zip(lines.lines, stretches, strict=True)
        ),
    )


def _judge(stretches: list[_Stretch]) -> LanePattern:
    dashes = [each for each in stretches if each.is_paint]
    gaps = [each for each in stretches if not each.is_paint]
    # Far away several dashes may look like one.
    longest_m = max((each.fine_m for each in dashes), default=0.0)
    if longest_m >= _SOLID_M:
        return LanePattern.SOLID
    if not gaps:
        return LanePattern.UNKNOWN
    if all(math.isfinite(each.length_m) for each in gaps):
        gap, dash = median(each.length_m for each in gaps), longest_m
    elif len(dashes) >= _DASHES_WITHOUT_METRES:
        # The picture or the distance cuts the outer ones.
        gap = median(each.length_px for each in gaps)
        dash = median(each.length_px for each in dashes[1:-1])
    else:
        return LanePattern.UNKNOWN
    return LanePattern.DASHED if gap >= _LEAST_GAP_TO_DASH * dash else LanePattern.UNKNOWN


def _walk(
    lines: LaneLines, lane: ClassMap, hidden: NDArray[np.uint8], image_size: tuple[int, int]
) -> _Walk:
    counts = [len(line.pixels) for line in lines.lines]
    scale = np.divide(lane.ids.shape[::-1], image_size)
    pixels = np.concatenate([line.pixels for line in lines.lines]).astype(np.float64)
    pixels = (pixels + 0.5) * scale - 0.5
    points_m = np.concatenate([line.points_m for line in lines.lines]).astype(np.float64)
    steps_px = np.maximum(np.abs(np.diff(pixels, axis=0)).max(axis=1), _NO_STEP_PX)
    steps_m = np.linalg.norm(np.diff(points_m, axis=0), axis=1)
    line_of_vertex = np.repeat(np.arange(len(counts)), counts)
    is_jump = np.diff(line_of_vertex) > 0
    steps_px[is_jump] = 1.0
    at_vertex = np.append(0.0, np.cumsum(steps_px))
    at = np.arange(int(at_vertex[-1]), dtype=np.float64)
    step = np.searchsorted(at_vertex, at, 'right') - 1
    at, step = at[~is_jump[step]], step[~is_jump[step]]
    columns, rows = (np.interp(at, at_vertex, axis) for axis in pixels.T)
    class_ids = np.array([line.class_id for line in lines.lines])[line_of_vertex[step]]
    is_paint = np.zeros(len(at), bool)
    for beside in _BESIDE_PX:
        is_paint |= _read(lane.ids, columns + beside, rows) == class_ids
    return _Walk(
        line_of_vertex[step],
        (steps_m / steps_px)[step],
        is_paint,
        _read(hidden, columns, rows),
    )


def _read(
    values: NDArray[np.uint8], columns: NDArray[np.float64], rows: NDArray[np.float64]
) -> NDArray[np.uint8]:
    height, width = values.shape
    row = np.rint(rows).astype(np.intp).clip(0, height - 1)
    column = np.rint(columns).astype(np.intp).clip(0, width - 1)
    return values[row, column]


def _hidden(
    lane: ClassMap, semantic: ClassMap | None, other_marks: Collection[str]
) -> NDArray[np.uint8]:
    """Map where a gap says nothing about a line: 1 beside other marks and off the road, else 0."""
    marks = [label.id for label in lane.labels if label.name in other_marks]
    hidden = np.zeros(lane.ids.shape, np.uint8)
    for mark in marks:
        hidden |= lane.ids == mark
    if marks:
        beside = np.ones((1, 2 * _CROSSING_PX + 1), np.uint8)
        hidden = np.asarray(cv2.dilate(hidden, beside), np.uint8)
    if semantic is not None and _ROAD in semantic.labels.names:
        rows, columns = lane.ids.shape
        ids = resized_ids(semantic.ids, (rows, columns))
        hidden |= (ids != semantic.labels.id_of(_ROAD)) & (ids != UNLABELLED)
    return hidden


def _stretches(walk: _Walk, line_count: int) -> list[list[_Stretch]]:
    """Collect each line's strokes and the gaps between two of them, near to far."""
    found: list[list[_Stretch]] = [[] for _ in range(line_count)]
    if not len(walk.line):
        return found
    begins, is_inner = _pieces(walk.is_paint, walk.line)
    is_gap = ~walk.is_paint[begins] & is_inner
    lengths_px = np.diff(np.append(begins, len(walk.line)))
    lengths_m = np.add.reduceat(walk.metres, begins)
    is_hole = is_gap & ((lengths_px < _SHORTEST_GAP_PX) | (lengths_m < _SHORTEST_GAP_M))
    is_paint = walk.is_paint | np.repeat(is_hole, lengths_px)

    begins, is_inner = _pieces(is_paint, walk.line)
    lengths_px = np.diff(np.append(begins, len(walk.line)))
    fine = np.where(walk.metres <= _FINEST_M_PER_PX, walk.metres, 0.0)
    is_seen = np.add.reduceat(walk.is_hidden, begins, dtype=np.intp) <= _MOST_HIDDEN * lengths_px
    for line, painted, counts, length_px, length_m, fine_m in zip(
        walk.line[begins].tolist(),
        is_paint[begins].tolist(),
        (is_paint[begins] | (is_inner & is_seen)).tolist(),
        lengths_px.tolist(),
        np.add.reduceat(walk.metres, begins).tolist(),
        np.add.reduceat(fine, begins).tolist(),
        strict=True,
    ):
        if counts:
            found[line].append(_Stretch(painted, length_px, length_m, fine_m))
    return found


def _pieces(
    is_paint: NDArray[np.bool_], line: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Cut where paint begins or ends or the line changes: where pieces begin, which are inner.

    An inner piece lies between two others of its line.
    """
    is_new_line = np.diff(line) != 0
    changes = np.flatnonzero(np.diff(is_paint) | is_new_line) + 1
    begins = np.append(0, changes)
    is_first = np.append(True, is_new_line[changes - 1])
    return begins, ~is_first & ~np.append(is_first[1:], True)
