# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Lane lines held against true ones, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from hailo_perception.core.results import LanePattern
from hailo_perception.evaluation.lane_lines import columns_at
from hailo_perception.evaluation.lane_lines import is_line_judged
from hailo_perception.evaluation.lane_lines import LaneLineTally
from hailo_perception.evaluation.lane_lines import match_lines
from hailo_perception.evaluation.lane_lines import ROW_COUNT
from hailo_perception.evaluation.lane_lines import rows_of
from hailo_perception.evaluation.recordings.line_edges import Curve
from hailo_perception.evaluation.recordings.line_edges import merged_edges

NAN = np.nan
UNKNOWN, SOLID, DASHED = LanePattern
WIDTH = 1000


def test_rows_lie_in_the_middle_of_even_shares() -> None:
    rows = rows_of(2 * ROW_COUNT)
    assert rows[:2].tolist() == [0.5, 2.5]
    assert len(rows) == ROW_COUNT


@pytest.mark.parametrize(
    ('pixels', 'expected'),
    [
        ([], [NAN, NAN, NAN]),
        ([(5, 20)], [NAN, NAN, 5]),
        ([(10, 20), (30, 0)], [30, 20, 10]),
        ([(10, 10), (30, 0)], [30, 10, NAN]),
        # Over the hilltop and down again: only the near side counts.
        ([(10, 20), (20, 10), (99, 15), (98, 20)], [NAN, 20, 10]),
    ],
)
def test_columns_in_rows(pixels: list[tuple[float, float]], expected: list[float]) -> None:
    points = np.array(pixels, np.float32).reshape(-1, 2)
    np.testing.assert_allclose(columns_at(points, np.array([0.0, 10.0, 20.0])), expected)


def line(column: float, first: int = 0, last: int = ROW_COUNT) -> np.ndarray:
    columns = np.full(ROW_COUNT, NAN)
    columns[first:last] = column
    return columns


@pytest.mark.parametrize(
    ('found', 'truth', 'pairs'),
    [
        ([], [], []),
        ([line(100)], [], []),
        ([], [line(100)], []),
        ([line(100)], [line(105)], [(0, 0, 0.005)]),
        ([line(100)], [line(116)], []),
        # The closest pair comes first, and each line is taken once.
        ([line(100), line(104)], [line(105)], [(1, 0, 0.001)]),
        ([line(100), line(104)], [line(105), line(112)], [(1, 0, 0.001), (0, 1, 0.012)]),
        # At least half of what was found must have a true line beside it.
        ([line(100, 0, 100)], [line(100, 50, 140)], [(0, 0, 0.0)]),
        ([line(100, 0, 100)], [line(100, 51, 140)], []),
        ([line(100, 0, 20)], [line(100, 20, 40)], []),
    ],
)
def test_pairs(
    found: list[np.ndarray], truth: list[np.ndarray], pairs: list[tuple[int, int, float]]
) -> None:
    matched = match_lines(
        np.array(found).reshape(-1, ROW_COUNT), np.array(truth).reshape(-1, ROW_COUNT), WIDTH
    )
    assert [pair[:2] for pair in matched] == [pair[:2] for pair in pairs]
    assert [pair[2] for pair in matched] == pytest.approx([pair[2] for pair in pairs])


@pytest.mark.parametrize(
    ('columns', 'painted_rows', 'expected'),
    [
        (line(NAN), ROW_COUNT, False),
        (line(50), 0, False),
        (line(50), ROW_COUNT, True),
        (line(50), ROW_COUNT // 5, True),
        (line(50), ROW_COUNT // 8, False),
        (line(50, 0, 11), ROW_COUNT, False),
        (line(50, 0, 12), ROW_COUNT, True),
    ],
)
def test_hidden_and_short_lines_are_not_judged(
    columns: np.ndarray, painted_rows: int, expected: bool
) -> None:
    is_paint = np.zeros((ROW_COUNT, 100), bool)
    is_paint[:painted_rows, 50] = True
    assert is_line_judged(columns, rows_of(ROW_COUNT), is_paint) is expected


def test_a_tally_without_pictures_knows_nothing() -> None:
    result = LaneLineTally().result()
    assert (result.precision, result.recall, result.f1, result.lateral_error) == (None,) * 4
    assert (result.patterns, result.pattern_told, result.pattern_right) == (0, None, None)


def test_figures() -> None:
    """Three found: a hit, one on a line that is not judged, a false alarm; one line is missed."""
    tally = LaneLineTally()
    found = np.array([line(104), line(300), line(900)])
    truth = np.array([line(100), line(300), line(500)])
    tally.add(found, truth, np.array([True, False, True]), WIDTH)
    result = tally.result()
    assert (result.found, result.lines) == (2, 2)
    assert (result.precision, result.recall, result.f1) == (0.5, 0.5, 0.5)
    assert result.lateral_error == pytest.approx(0.004)


def test_patterns() -> None:
    """Of five hits one has no true pattern, one is not told, and one of the others is wrong."""
    tally = LaneLineTally()
    columns = np.array([line(100 * (number + 1)) for number in range(6)])
    tally.add(
        columns,
        columns,
        np.array([True] * 5 + [False]),
        WIDTH,
        found_patterns=[SOLID, DASHED, SOLID, UNKNOWN, SOLID, SOLID],
        true_patterns=[SOLID, DASHED, DASHED, SOLID, UNKNOWN, DASHED],
    )
    tally.add(columns, columns, np.ones(6, bool), WIDTH)
    result = tally.result()
    assert (result.patterns, result.pattern_told) == (4, 0.75)
    assert result.pattern_right == pytest.approx(2 / 3)


def test_edges_of_two_patterns_are_a_marking_without_one() -> None:
    edges = [
        Curve(1, np.array([(x, 100.0), (x, 0.0)]), 'LL', pattern)
        for x, pattern in ((10.0, SOLID), (11.0, DASHED), (50.0, DASHED), (51.0, DASHED))
    ]
    double, dashed = merged_edges(edges, (100, 100))
    assert (double.pattern, dashed.pattern) == (UNKNOWN, DASHED)
