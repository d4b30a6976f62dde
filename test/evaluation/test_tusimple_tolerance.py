# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Lane lines at TuSimple's tolerance, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from hailo_perception.evaluation.tusimple import line_accuracies
from hailo_perception.evaluation.tusimple import rows_of
from hailo_perception.evaluation.tusimple import TuSimpleTally

WIDTH, HEIGHT = 1280, 720
ROWS = rows_of(HEIGHT)
JUDGED = np.ones(1, bool)


def line(column: float, first: int = 0, last: int = 56, slope: float = 0.0) -> np.ndarray:
    columns = np.full(56, np.nan)
    columns[first:last] = column + slope * ROWS[first:last]
    return columns


def accuracy(found: np.ndarray, truth: np.ndarray) -> float:
    return float(line_accuracies(found[None], truth[None], ROWS, WIDTH)[0, 0])


def test_the_rows_are_the_benchmark_s() -> None:
    np.testing.assert_allclose(ROWS, np.arange(160, 711, 10) - 0.5)


@pytest.mark.parametrize(
    ('found', 'truth', 'expected'),
    [
        (line(100), line(100), 1),
        (line(119.9), line(100), 1),
        (line(120.1), line(100), 0),
        # Where neither is there, both are right.
        (line(500, 0, 14), line(100, 0, 14), 42 / 56),
        (line(100, 0, 28), line(100), 28 / 56),
        # 45°: 20 px across are 28 px along the row.
        (line(27, slope=1.0), line(0, slope=1.0), 1),
        (line(29, slope=1.0), line(0, slope=1.0), 0),
    ],
)
def test_accuracy(found: np.ndarray, truth: np.ndarray, expected: float) -> None:
    assert accuracy(found, truth) == pytest.approx(expected)


def test_the_tolerance_grows_with_the_picture() -> None:
    found, truth = line(130)[None], line(100)[None]
    assert line_accuracies(found, truth, ROWS, 2 * WIDTH)[0, 0] == 1


def test_a_tally_without_pictures_knows_nothing() -> None:
    result = TuSimpleTally().result()
    assert (result.accuracy, result.precision, result.recall, result.f1) == (None,) * 4


NOTHING = np.zeros((0, 56))


@pytest.mark.parametrize(
    ('found', 'truth', 'judged', 'expected'),
    [
        (NOTHING, NOTHING, [], (None, None, None, 0, 0)),
        (NOTHING, [line(100)], [True], (0, None, 0, 1, 0)),
        ([line(100)], NOTHING, [], (None, 0, None, 0, 1)),
        ([line(100)], [line(110)], [True], (1, 1, 1, 1, 1)),
        # 85 % of the rows have to be right.
        ([line(100, 0, 48)], [line(100)], [True], (48 / 56, 1, 1, 1, 1)),
        ([line(100, 0, 47)], [line(100)], [True], (47 / 56, 0, 0, 1, 1)),
        # One to one.
        ([line(100), line(104)], [line(102)], [True], (1, 0.5, 1, 1, 2)),
        # Not judged: neither right nor wrong.
        ([line(100)], [line(100)], [False], (None, None, None, 0, 0)),
        ([line(100), line(500)], [line(100), line(500)], [False, True], (1, 1, 1, 1, 1)),
    ],
)
def test_figures(
    found: list[np.ndarray], truth: list[np.ndarray], judged: list[bool], expected: tuple
) -> None:
    tally = TuSimpleTally()
    tally.add(np.array(found), np.array(truth), np.array(judged, bool), ROWS, WIDTH)
    result = tally.result()
    assert result.accuracy == (None if expected[0] is None else pytest.approx(expected[0]))
    assert (result.precision, result.recall, result.lines, result.found) == expected[1:]
