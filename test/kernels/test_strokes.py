# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
import numpy as np
import pytest

from hailo_perception.kernels.stroke_numpy import find_strokes


def mask(*rows: str) -> np.ndarray:
    return np.array([[int(pixel) for pixel in row] for row in rows], np.uint8)


@pytest.mark.parametrize(
    ('values', 'expected'),
    [
        (np.zeros((0, 0), np.uint8), []),
        (np.zeros((3, 4), np.uint8), []),
        (mask('0000', '0100', '0100'), [(1, [2, 1], [1, 1])]),
        # Corners hold a slanted line together; the centre is that of the run.
        (mask('00011', '01100'), [(1, [1, 0], [1.5, 3.5])]),
        # Values are never mixed.
        (mask('2', '1'), [(2, [0], [0]), (1, [1], [0])]),
        # Where two lines merge, the one with more overlap goes on.
        (mask('0110', '0110', '1101'), [(1, [2, 1, 0], [0.5, 1.5, 1.5]), (1, [2], [3])]),
        # A bar across a line cuts it.
        (
            mask('00001000000', '11111111111', '00001000000'),
            [(1, [0], [4]), (1, [1], [5]), (1, [2], [4])],
        ),
        # The last column of a row does not touch the first of the next.
        (mask('001', '100'), [(1, [0], [2]), (1, [1], [0])]),
    ],
)
def test_find_strokes(values: np.ndarray, expected: list) -> None:
    strokes = find_strokes(values)
    found = [
        (
            int(strokes.values[i]),
            strokes.rows[strokes.offsets[i] : strokes.offsets[i + 1]].tolist(),
            strokes.centres[strokes.offsets[i] : strokes.offsets[i + 1]].tolist(),
        )
        for i in range(len(strokes))
    ]
    assert sorted(found) == sorted(expected)


@given(
    arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 12)), elements=st.integers(0, 2))
)
def test_strokes_cover_every_pixel_once(values: np.ndarray) -> None:
    strokes = find_strokes(values)
    redrawn = np.zeros_like(values)
    for i in range(len(strokes)):
        part = slice(strokes.offsets[i], strokes.offsets[i + 1])
        rows, centres, widths = strokes.rows[part], strokes.centres[part], strokes.widths[part]
        assert (np.diff(rows) == -1).all()
        for row, centre, width in zip(rows, centres, widths):
            start = int(centre - (width - 1) / 2)
            redrawn[int(row), start : start + int(width)] += strokes.values[i]
    np.testing.assert_array_equal(redrawn, values)
    assert strokes.areas.sum() == np.count_nonzero(values)


def test_ends_point_along_the_line() -> None:
    values = np.zeros((40, 40), np.uint8)
    rows = np.arange(5, 35)
    values[rows, 38 - rows] = 1
    strokes = find_strokes(values)
    near, far = strokes.near_ends(), strokes.far_ends()
    assert (near.rows[0], far.rows[0]) == (34, 5)
    np.testing.assert_allclose((near.columns[0], far.columns[0]), (4, 33))
    np.testing.assert_allclose((near.slopes[0], far.slopes[0]), (-1, -1))


def test_the_end_of_a_single_row_knows_no_direction() -> None:
    far = find_strokes(mask('111')).far_ends()
    assert (far.columns[0], far.slopes[0], far.slope_errors[0]) == (1, 0, np.inf)


def test_take() -> None:
    strokes = find_strokes(mask('101', '100'))
    (single,) = np.flatnonzero(strokes.row_counts == 1)
    taken = strokes.take(np.array([single]))
    assert (len(taken), taken.rows.tolist(), taken.centres.tolist()) == (1, [0], [2])
