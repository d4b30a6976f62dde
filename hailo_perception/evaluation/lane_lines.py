# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""How many lane lines are found, and how far beside the paint they run.

Lines are compared row by row. A found line may take a true one that has at least half of the
found line's rows and is on the average within TOLERANCE of the picture's width beside it there;
the closest pair comes first, and each line is taken once. True lines of which too little is to
be seen (hidden, worn, short) are not judged: finding one is neither right nor wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.results import LanePattern
from hailo_perception.evaluation.means import mean_of_known

ROW_COUNT = 144
"""Rows of the picture that are looked at, evenly spread."""
TOLERANCE = 0.015
LEAST_COMMON = 0.5
LEAST_SHOWN = 0.15
"""Share of a true line's rows that show its paint; dashes show a quarter or more."""
LEAST_HEIGHT = 0.08
"""Height of a true line as a share of the picture's, in which it is judged."""


@dataclass(frozen=True, slots=True)
class LaneLineResult:
    """Precision, recall and F1 of lane lines, and their mean error beside the true ones.

    ``lateral_error`` is a share of the picture's width. ``lines`` counts judged true lines,
    ``patterns`` those of them that were found and of which is known whether they are solid or
    dashed. ``pattern_told`` is the share of these of which the model said either, and
    ``pattern_right`` the share of the said that is right.
    None where nothing was found or nothing is to be found.
    """

    precision: float | None
    recall: float | None
    f1: float | None
    lateral_error: float | None
    lines: int
    found: int
    patterns: int = 0
    pattern_told: float | None = None
    pattern_right: float | None = None


def rows_of(height: int) -> NDArray[np.float64]:
    """Spread ROW_COUNT rows over a picture, in centre coordinates (ROW_COUNT,)."""
    edges = np.linspace(0.0, height, ROW_COUNT + 1)
    return np.asarray(0.5 * (edges[:-1] + edges[1:] - 1.0))


def columns_at(pixels: NDArray[np.floating], rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Find where a polyline (N, 2) from near to far crosses rows (R,); NaN beyond its ends.

    Behind a hilltop a line may come down again: of such pieces only the nearest counts.
    """
    points = np.asarray(pixels, np.float64)
    if not len(points):
        return np.full(len(rows), np.nan)
    lowest_before = np.minimum.accumulate(np.append(np.inf, points[:-1, 1]))
    x, y = points[points[:, 1] < lowest_before][::-1].T
    return np.asarray(np.interp(rows, y, x, left=np.nan, right=np.nan))


def is_line_judged(
    columns: NDArray[np.float64], rows: NDArray[np.float64], is_paint: NDArray[np.bool_] | None
) -> bool:
    """Tell whether enough of a true line shows in a picture's mask of its paint (H, W).

    Without a mask, long enough lines are judged.
    """
    there = np.isfinite(columns)
    if np.count_nonzero(there) < LEAST_HEIGHT * ROW_COUNT:
        return False
    if is_paint is None:
        return True
    height, width = is_paint.shape
    row = np.clip(np.rint(rows[there]), 0, height - 1).astype(int)
    column = np.clip(np.rint(columns[there]), 0, width - 1).astype(int)
    return bool(is_paint[row, column].mean() >= LEAST_SHOWN)


def match_lines(
    found: NDArray[np.float64], truth: NDArray[np.float64], width: int
) -> list[tuple[int, int, float]]:
    """Pair lines (F, R) and (T, R), columns in rows: (found, true, error as share of width)."""
    if not (len(found) and len(truth)):
        return []
    beside = np.abs(found[:, None] - truth[None]) / width
    common = np.isfinite(beside).sum(axis=2)
    error = np.nansum(beside, axis=2) / np.maximum(common, 1)
    needed = LEAST_COMMON * np.isfinite(found).sum(axis=1)
    error[(common < np.maximum(needed, 1)[:, None]) | (error > TOLERANCE)] = np.inf
    pairs = []
    while np.isfinite(error).any():
        i, j = (int(k) for k in np.unravel_index(np.argmin(error), error.shape))
        pairs.append((i, j, float(error[i, j])))
        error[i] = np.inf
        error[:, j] = np.inf
    return pairs


class LaneLineTally:
    """Gathers pictures, gives the figures of all lines."""

    def __init__(self) -> None:
        self._errors: list[float] = []
        self._found = 0
        self._lines = 0
        self._patterns: list[tuple[LanePattern, LanePattern]] = []

    def add(
        self,
        found: NDArray[np.float64],
        truth: NDArray[np.float64],
        is_judged: NDArray[np.bool_],
        width: int,
        *,
        found_patterns: Sequence[LanePattern] = (),
        true_patterns: Sequence[LanePattern] = (),
    ) -> None:
        """Judge one picture: found (F, R), true (T, R) columns, which of the true ones count.

        Patterns are one for each line, or none where they are not judged.
        """
        pairs = match_lines(found, truth, width)
        if found_patterns and true_patterns:
            self._patterns += [
                (found_patterns[mine], true_patterns[line])
                for mine, line, _ in pairs
                if is_judged[line] and true_patterns[line] is not LanePattern.UNKNOWN
            ]
        hits = [error for _, line, error in pairs if is_judged[line]]
        self._errors += hits
        self._found += len(found) - (len(pairs) - len(hits))
        self._lines += int(np.count_nonzero(is_judged))

    def result(self) -> LaneLineResult:
        """Compute the figures of all pictures so far."""
        hits, sides = len(self._errors), self._found + self._lines
        told = [pair for pair in self._patterns if pair[0] is not LanePattern.UNKNOWN]
        right = sum(mine is true for mine, true in told)
        return LaneLineResult(
            precision=hits / self._found if self._found else None,
            recall=hits / self._lines if self._lines else None,
            f1=2 * hits / sides if sides else None,
            lateral_error=mean_of_known(self._errors),
            lines=self._lines,
            found=self._found,
            patterns=len(self._patterns),
            pattern_told=len(told) / len(self._patterns) if self._patterns else None,
            pattern_right=right / len(told) if told else None,
        )
