# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Lines along the middle of paint that is labelled by its edges."""

from __future__ import annotations

import numpy as np
import pytest

from hailo_perception.evaluation.recordings.line_edges import corners
from hailo_perception.evaluation.recordings.line_edges import Curve
from hailo_perception.evaluation.recordings.line_edges import merged_edges

SIZE = (1000, 500)


def straight(x: float, class_id: int = 1, top: float = 100, bottom: float = 500) -> Curve:
    return Curve(class_id, np.array([(x, top), (x, bottom)]), 'LL')


def test_no_lines() -> None:
    assert merged_edges([], SIZE) == ()


@pytest.mark.parametrize(
    ('curves', 'columns'),
    [
        ([straight(100)], [99.5]),
        ([straight(100), straight(110)], [104.5]),
        ([straight(100), straight(110), straight(120)], [109.5]),
        ([straight(100), straight(130)], [99.5, 129.5]),
        ([straight(100, 1), straight(110, 2)], [99.5, 109.5]),
        # One after the other: two lines.
        ([straight(100, 1, 100, 200), straight(100, 1, 300, 500)], [99.5, 99.5]),
    ],
)
def test_edges_are_merged(curves: list[Curve], columns: list[float]) -> None:
    lines = merged_edges(curves, SIZE)
    assert [float(line.pixels[:, 0].mean()) for line in lines] == pytest.approx(columns)
    assert all((np.diff(line.pixels[:, 1]) < 0).all() for line in lines)


def test_a_bezier_curve_passes_its_middle() -> None:
    curve = Curve(1, np.array([(0.0, 0), (0, 4), (8, 4), (8, 8), (8, 9)]), 'LCCCL')
    points = corners(curve)
    assert points[0].tolist() == [0, 0] and points[-2:].tolist() == [[8, 8], [8, 9]]
    assert np.abs(points - (4, 4)).sum(axis=1).min() < 1e-9


@pytest.mark.parametrize('types', ['L', 'LCL', 'LXX'])
def test_letters_that_make_no_sense(types: str) -> None:
    with pytest.raises(ValueError, match='types'):
        corners(Curve(1, np.zeros((3, 2)), types))
