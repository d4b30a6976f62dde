# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The loops that cut lane lines, written to be compiled; see ``selection.Kernels``.

A *piece* is what lies between two places where paint begins or ends, whether or not it counts.
"""

from __future__ import annotations

from typing import Any
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from hailo_perception.kernels.line_types import PaintLimits

NO_STEP_PX = 1e-6
"""Between two vertices at one place."""

_Pieces: TypeAlias = 'tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]'
"""Room for pieces: whether they are paint, pixels, metres, fine metres, pixels hidden."""


def measure_steps(
    pixels: NDArray[np.float64], points_m: NDArray[np.float32], offsets: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    """Measure each line from vertex to vertex: pixels, metres per pixel; count all pixels."""
    steps_px, metres_per_px = np.empty(len(pixels)), np.empty(len(pixels))
    pixel_count = 0
    for line in range(len(offsets) - 1):
        length_px = 0.0
        for i in range(offsets[line], offsets[line + 1] - 1):
            across = np.abs(pixels[i + 1, 0] - pixels[i, 0])
            down = np.abs(pixels[i + 1, 1] - pixels[i, 1])
            steps_px[i] = max(across, down, NO_STEP_PX)
            length_px += steps_px[i]
            x = np.float64(points_m[i + 1, 0]) - points_m[i, 0]
            y = np.float64(points_m[i + 1, 1]) - points_m[i, 1]
            z = np.float64(points_m[i + 1, 2]) - points_m[i, 2]
            metres_per_px[i] = np.sqrt(x * x + y * y + z * z) / steps_px[i]
        pixel_count += int(np.ceil(length_px))
    return steps_px, metres_per_px, pixel_count


def is_beside(
    lane: NDArray[np.uint8], row: int, column: int, reach: int, wanted: NDArray[np.bool_]
) -> bool:
    """Tell whether a wanted id is up to ``reach`` columns beside a pixel."""
    found = False
    for i in range(max(column - reach, 0), min(column + reach, lane.shape[1] - 1) + 1):
        found |= wanted[lane[row, i]]
    return found


def add_to_piece(
    pieces: _Pieces,
    first: int,
    end: int,
    is_paint: bool,
    measures: tuple[int, float, float, int],
) -> int:
    """Add to the last of the pieces ``first`` … ``end`` - 1 or, if it differs, begin another."""
    painted, length_px, length_m, fine_m, hidden_px = pieces
    if end == first or painted[end - 1] != is_paint:
        painted[end] = is_paint
        length_px[end], length_m[end], fine_m[end], hidden_px[end] = 0, 0.0, 0.0, 0
        end += 1
    length_px[end - 1] += measures[0]
    length_m[end - 1] += measures[1]
    fine_m[end - 1] += measures[2]
    hidden_px[end - 1] += measures[3]
    return end


def cut_lines(
    pixels: NDArray[np.float64],
    points_m: NDArray[np.float32],
    offsets: NDArray[np.intp],
    own_ids: NDArray[np.intp],
    lane: NDArray[np.uint8],
    semantic: NDArray[np.uint8],
    crosses: NDArray[np.bool_],
    hides: NDArray[np.bool_],
    limits: PaintLimits,
) -> tuple[NDArray[Any], ...]:
    """Compute what Stretches consist of."""
    beside_px, crossing_px, shortest_gap_px, shortest_gap_m, most_hidden, finest_m_per_px = limits
    height, width = lane.shape
    steps_px, metres_per_px, room = measure_steps(pixels, points_m, offsets)
    line_of_piece = np.empty(room, np.int64)
    painted, hidden_px = np.empty(room, np.bool_), np.empty(room, np.int64)
    length_px, length_m, fine_m = np.empty(room, np.int64), np.empty(room), np.empty(room)
    pieces = painted, length_px, length_m, fine_m, hidden_px
    own = np.zeros(256, np.bool_)
    # Of one type throughout: what adds to the pieces is compiled for each.
    kept: Any = np.int64(0)
    one: Any = np.int64(1)
    for line in range(len(offsets) - 1):
        own[:] = False
        own[own_ids[line]] = True
        # The pieces as they are seen.
        first = end = kept
        reached, at = 0.0, 0.0
        for i in range(offsets[line], offsets[line + 1] - 1):
            begin = reached
            reached += steps_px[i]
            slope_x = (pixels[i + 1, 0] - pixels[i, 0]) / steps_px[i]
            slope_y = (pixels[i + 1, 1] - pixels[i, 1]) / steps_px[i]
            metres = metres_per_px[i]
            fine = metres if metres <= finest_m_per_px else 0.0
            while at < reached:
                x, y = pixels[i, 0] + slope_x * (at - begin), pixels[i, 1] + slope_y * (at - begin)
                column = min(max(int(np.rint(x)), 0), width - 1)
                row = min(max(int(np.rint(y)), 0), height - 1)
                is_paint = is_beside(lane, row, column, beside_px, own)
                is_hidden = False
                if not is_paint:
                    semantic_row = (2 * row + 1) * semantic.shape[0] // (2 * height)
                    semantic_column = (2 * column + 1) * semantic.shape[1] // (2 * width)
                    is_hidden = hides[semantic[semantic_row, semantic_column]]
                    is_hidden |= is_beside(lane, row, column, crossing_px, crosses)
                end = add_to_piece(
                    pieces, first, end, is_paint, (one, metres, fine, one * is_hidden)
                )
                at += 1

        # The same without gaps that are none.
        last, end = end - 1, first
        for i in range(first, last + 1):
            is_short = length_px[i] < shortest_gap_px or length_m[i] < shortest_gap_m
            is_paint = bool(painted[i] or (first < i < last and is_short))
            measures = length_px[i], length_m[i], fine_m[i], hidden_px[i]
            end = add_to_piece(pieces, first, end, is_paint, measures)

        last = end - 1
        for i in range(first, end):
            is_seen = hidden_px[i] <= most_hidden * length_px[i]
            if painted[i] or (first < i < last and is_seen):
                line_of_piece[kept] = line
                painted[kept], length_px[kept] = painted[i], length_px[i]
                length_m[kept], fine_m[kept] = length_m[i], fine_m[i]
                kept += 1
    return line_of_piece[:kept], painted[:kept], length_px[:kept], length_m[:kept], fine_m[:kept]


IN_ORDER = (measure_steps, is_beside, add_to_piece, cut_lines)
"""The functions, each after those that it calls."""
