# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Lane lines that are labelled by the edges of the paint, as lines along its middle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.results import LanePattern
from hailo_perception.evaluation.labelled import TrueLine
from hailo_perception.evaluation.lane_lines import columns_at
from hailo_perception.evaluation.lane_lines import rows_of

_CURVE_STEPS = 12
_LARGEST_GAP = 0.025
"""Two lines of one class that are nearer, as a share of the picture's width, are one marking."""
_LEAST_COMMON = 0.5
"""Share of the shorter line's rows in which they have to run beside each other."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A labelled polyline: vertices (N, 2) in edge coordinates, and what each of them is.

    ``types`` has a letter for each vertex: L for a corner, C for the two control points and
    the end of a cubic Bézier curve. ``class_id`` is of TRUE_LANE_LABELS.
    """

    class_id: int
    vertices: NDArray[np.float64]
    types: str
    pattern: LanePattern = LanePattern.UNKNOWN


def corners(curve: Curve) -> NDArray[np.float64]:
    """Flatten a curve to corners (M, 2); ValueError when its letters make no sense."""
    if len(curve.types) != len(curve.vertices):
        raise ValueError(f'{len(curve.vertices)} vertices of types {curve.types}')
    points = [curve.vertices[:1]]
    i = 1
    while i < len(curve.vertices):
        if curve.types[i] == 'L':
            points.append(curve.vertices[i : i + 1])
            i += 1
        elif curve.types[i : i + 3] == 'CCC':
            points.append(_bezier(points[-1][-1], *curve.vertices[i : i + 3]))
            i += 3
        else:
            raise ValueError(f'types {curve.types}: expected L or CCC')
    return np.concatenate(points)


def merged_edges(curves: list[Curve], size: tuple[int, int]) -> tuple[TrueLine, ...]:
    """Average the edges that run beside each other; lines for a picture (width, height).

    A marking of two lines, one solid and one dashed, has no pattern.
    """
    width, height = size
    rows = rows_of(height)
    lines: list[tuple[int, set[LanePattern], list[NDArray[np.float64]]]] = []
    for curve in curves:
        points = corners(curve) - 0.5
        if points[0, 1] < points[-1, 1]:
            points = points[::-1]
        columns = columns_at(points, rows)
        for class_id, patterns, edges in lines:
            if class_id == curve.class_id and _is_beside(columns, edges, width):
                edges.append(columns)
                patterns.add(curve.pattern)
                break
        else:
            lines.append((curve.class_id, {curve.pattern}, [columns]))
    merged = []
    for class_id, patterns, edges in lines:
        together = np.array(edges)
        count = np.isfinite(together).sum(axis=0)
        there = count > 0
        middle = np.nansum(together[:, there], axis=0) / count[there]
        pixels = np.stack((middle, rows[there]), axis=1)[::-1].astype(np.float32)
        if len(pixels):
            pattern = patterns.pop() if len(patterns) == 1 else LanePattern.UNKNOWN
            merged.append(TrueLine(class_id, pixels, pattern))
    return tuple(merged)


def _is_beside(columns: NDArray[np.float64], edges: list[NDArray[np.float64]], width: int) -> bool:
    for edge in edges:
        gap = np.abs(columns - edge) / width
        common = np.count_nonzero(np.isfinite(gap))
        shorter = min(np.count_nonzero(np.isfinite(line)) for line in (columns, edge))
        if common and common >= _LEAST_COMMON * shorter and np.nanmean(gap) < _LARGEST_GAP:
            return True
    return False


def _bezier(
    start: NDArray[np.float64],
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    end: NDArray[np.float64],
) -> NDArray[np.float64]:
    t = np.linspace(0, 1, _CURVE_STEPS + 1)[1:, None]
    return np.asarray(
        (1 - t) ** 3 * start
        + 3 * (1 - t) ** 2 * t * first
        + 3 * (1 - t) * t**2 * second
        + t**3 * end
    )
