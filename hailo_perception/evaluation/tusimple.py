# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Lane lines at the tolerance of the TuSimple benchmark.

Lines are compared in 56 rows from 22 % to 99 % of the picture's height. In a row, a found line is
right when it is less than 20 px (in a picture 1280 px wide), measured across the true line, away
from it, or when neither line is there. A found line is right when it is so in 85 % of the rows.
Unlike the benchmark this matches one to one, caps nothing at four lines, and adds up over all
pictures; F1 is of the hits, false alarms and misses.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hailo_perception.evaluation.means import mean_of_known

ROWS = np.arange(160, 711, 10) / 720
"""The benchmark's rows, as shares of the height."""
TOLERANCE = 20 / 1280
LEAST_ACCURACY = 0.85


@dataclass(frozen=True, slots=True)
class TuSimpleResult:
    """Figures of all lines; ``accuracy`` is the mean over true lines of their best match's.

    ``lines`` counts judged true lines. None where nothing was found or nothing is to be found.
    """

    accuracy: float | None
    precision: float | None
    recall: float | None
    f1: float | None
    lines: int
    found: int


def rows_of(height: int) -> NDArray[np.float64]:
    """Find the rows of a picture in centre coordinates, (56,)."""
    return np.asarray(ROWS * height - 0.5)


def line_accuracies(
    found: NDArray[np.float64], truth: NDArray[np.float64], rows: NDArray[np.float64], width: int
) -> NDArray[np.float64]:
    """Find the share of right rows for lines (F, R) and (T, R), columns with NaN: (F, T)."""
    tolerance_px = TOLERANCE * width / np.array([_cosine(line, rows) for line in truth])
    beside_px = np.abs(found[:, None] - truth[None])
    both_absent = np.isnan(found)[:, None] & np.isnan(truth)[None]
    # NaN fails the comparison.
    return np.asarray((both_absent | (beside_px < tolerance_px[:, None])).mean(axis=2))


class TuSimpleTally:
    """Gathers pictures, gives the figures of all lines."""

    def __init__(self) -> None:
        self._accuracies: list[float] = []
        self._hits = 0
        self._found = 0
        self._lines = 0

    def add(
        self,
        found: NDArray[np.float64],
        truth: NDArray[np.float64],
        is_judged: NDArray[np.bool_],
        rows: NDArray[np.float64],
        width: int,
    ) -> None:
        """Judge one picture: found (F, R), true (T, R) columns, which of the true ones count."""
        self._lines += int(np.count_nonzero(is_judged))
        self._found += len(found)
        if not len(truth):
            return
        if not len(found):
            self._accuracies += [0.0] * int(np.count_nonzero(is_judged))
            return
        accuracy = line_accuracies(found, truth, rows, width)
        self._accuracies += accuracy.max(axis=0)[is_judged].tolist()
        while accuracy.max() >= LEAST_ACCURACY:
            i, j = (int(k) for k in np.unravel_index(np.argmax(accuracy), accuracy.shape))
            if is_judged[j]:
                self._hits += 1
            else:
                self._found -= 1
            accuracy[i] = -1
            accuracy[:, j] = -1

    def result(self) -> TuSimpleResult:
        """Compute the figures of all pictures so far."""
        sides = self._found + self._lines
        return TuSimpleResult(
            accuracy=mean_of_known(self._accuracies),
            precision=self._hits / self._found if self._found else None,
            recall=self._hits / self._lines if self._lines else None,
            f1=2 * self._hits / sides if sides else None,
            lines=self._lines,
            found=self._found,
        )


def _cosine(columns: NDArray[np.float64], rows: NDArray[np.float64]) -> float:
    """Find the cosine of a line's angle to the vertical, from its mean slope."""
    there = np.isfinite(columns)
    if np.count_nonzero(there) < 2:
        return 1.0
    x, y = columns[there], rows[there]
    slope = np.sum((y - y.mean()) * (x - x.mean())) / np.sum((y - y.mean()) ** 2)
    return float(np.cos(np.arctan(slope)))
