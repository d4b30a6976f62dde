# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Paint and gaps along lane lines, in numpy; see ``selection.Kernels``."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.kernels.line_paint_loops import NO_STEP_PX
from hailo_perception.kernels.line_types import PaintLimits
from hailo_perception.kernels.line_types import Stretches
from hailo_perception.kernels.sampling import nearest_pixels


def cut_lines(
    pixels: NDArray[np.float64],
    points_m: NDArray[np.float32],
    offsets: NDArray[np.intp],
    own_ids: NDArray[np.intp],
    lane: NDArray[np.uint8],
    semantic: NDArray[np.uint8],
    hiding: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    limits: PaintLimits,
) -> Stretches:
    """See Kernels.cut_lines."""
    steps = np.diff(pixels, axis=0)
    steps_px = np.maximum(np.abs(steps).max(axis=1), NO_STEP_PX)
    x, y, z = np.diff(points_m.astype(np.float64), axis=0).T
    metres_per_px = np.sqrt(x * x + y * y + z * z) / steps_px
    line, vertex, beyond_px = _walk(steps_px, offsets)
    columns, rows = (
        (axis[vertex] + (step / steps_px)[vertex] * beyond_px)
        for axis, step in zip(pixels.T, steps.T, strict=True)
    )
    row, column = _nearest(rows, lane.shape[0]), _nearest(columns, lane.shape[1])
    metres = metres_per_px[vertex]

    beside = _columns_beside(column, limits.beside_px, lane.shape[1])
    is_paint = (lane[row[:, None], beside] == own_ids[line][:, None]).any(axis=1)
    is_hidden = np.zeros(len(line), bool)
    gaps = np.flatnonzero(~is_paint)
    is_hidden[gaps] = _are_hidden(row[gaps], column[gaps], lane, semantic, hiding, limits)

    # The pieces as they are seen, and then without gaps that are none.
    pieces = _pieces(is_paint, line)
    line, is_paint, is_inner = _ends(pieces, is_paint, line)
    length_px = np.bincount(pieces)
    length_m, fine_m, hidden_px = (
        np.bincount(pieces, values)
        for values in (metres, np.where(metres <= limits.finest_m_per_px, metres, 0.0), is_hidden)
    )
    is_paint |= is_inner & (
        (length_px < limits.shortest_gap_px) | (length_m < limits.shortest_gap_m)
    )
    pieces = _pieces(is_paint, line)
    line, is_paint, is_inner = _ends(pieces, is_paint, line)
    length_px, length_m, fine_m, hidden_px = (
        np.bincount(pieces, values) for values in (length_px, length_m, fine_m, hidden_px)
    )
    kept = is_paint | (is_inner & (hidden_px <= limits.most_hidden * length_px))
    return Stretches(
        line[kept].astype(np.int64),
        is_paint[kept],
        length_px[kept].astype(np.int64),
        # Of nothing, numpy counts whole numbers.
        length_m[kept].astype(np.float64),
        fine_m[kept].astype(np.float64),
    )


def _walk(
    steps_px: NDArray[np.float64], offsets: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Go along each line pixel by pixel: the line, the vertex behind, pixels beyond it."""
    vertices, beyond_px = [], []
    for first, end in pairwise(offsets.tolist()):
        reached = np.append(0.0, np.cumsum(steps_px[first : end - 1]))
        at = np.arange(np.ceil(reached[-1]))
        vertex = np.searchsorted(reached, at, 'right') - 1
        vertices.append(first + vertex)
        beyond_px.append(at - reached[vertex])
    line = np.repeat(np.arange(len(vertices)), [len(each) for each in vertices])
    return line, np.concatenate(vertices), np.concatenate(beyond_px)


def _nearest(places: NDArray[np.float64], length: int) -> NDArray[np.intp]:
    return np.rint(places).astype(np.intp).clip(0, length - 1)


def _columns_beside(columns: NDArray[np.intp], reach: int, width: int) -> NDArray[np.intp]:
    """List for each column those up to ``reach`` beside it, (N, 2 · reach + 1)."""
    beside: NDArray[np.intp] = columns[:, None] + np.arange(-reach, reach + 1)
    return beside.clip(0, width - 1)


def _are_hidden(
    row: NDArray[np.intp],
    column: NDArray[np.intp],
    lane: NDArray[np.uint8],
    semantic: NDArray[np.uint8],
    hiding: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    limits: PaintLimits,
) -> NDArray[np.bool_]:
    crosses, hides = hiding
    rows, columns = (
        nearest_pixels(count, source)
        for count, source in zip(lane.shape, semantic.shape, strict=True)
    )
    hidden: NDArray[np.bool_] = hides[semantic[rows[row], columns[column]]]
    if crosses.any():
        beside = _columns_beside(column, limits.crossing_px, lane.shape[1])
        hidden |= crosses[lane[row[:, None], beside]].any(axis=1)
    return hidden


def _pieces(is_paint: NDArray[np.bool_], line: NDArray[np.intp]) -> NDArray[np.intp]:
    """Number the pieces between places where paint begins or ends or the line changes: (N,)."""
    changes = np.diff(is_paint) | (np.diff(line) != 0)
    return np.cumsum(np.append(np.zeros(min(len(line), 1), bool), changes))


def _ends(
    pieces: NDArray[np.intp], is_paint: NDArray[np.bool_], line: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell each piece's line, whether it is paint, and whether it is between two others."""
    first = np.flatnonzero(np.diff(pieces, prepend=-1))
    line, is_paint = line[first], is_paint[first]
    is_inner = np.zeros(len(line), bool)
    is_inner[1:-1] = (line[:-2] == line[1:-1]) & (line[1:-1] == line[2:])
    return line, is_paint, is_inner
