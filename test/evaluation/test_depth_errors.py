# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Depth errors, by hand."""

from __future__ import annotations

from dataclasses import asdict
import math

import numpy as np
import pytest

from hailo_perception.evaluation.depth import depth_errors
from hailo_perception.evaluation.depth import DepthTally

NAN, INF = math.nan, math.inf


@pytest.mark.parametrize(
    ('found', 'true', 'expected'),
    [
        ([10.0], [10.0], (0, 0, 0, 0, 1, 1, 1)),
        ([12.0], [10.0], (0.2, 0.4, 2, math.log(1.2), 1, 1, 1)),
        ([8.0], [10.0], (0.2, 0.4, 2, math.log(1.25), 0, 1, 1)),
        ([20.0], [10.0], (1, 10, 10, math.log(2), 0, 0, 0)),
        (
            [10.0, 15.0],
            [10.0, 10.0],
            (0.25, 1.25, math.sqrt(12.5), math.log(1.5) / math.sqrt(2), 0.5, 1, 1),
        ),
    ],
)
def test_errors(found: list[float], true: list[float], expected: tuple[float, ...]) -> None:
    errors = depth_errors(np.array(found, np.float32), np.array(true, np.float32))
    assert tuple(asdict(errors).values()) == pytest.approx(expected)


def result_of(*pictures: tuple[list[float], list[float]]) -> dict[str, float | None]:
    tally = DepthTally()
    for true, found in pictures:
        tally.add(np.array([true], np.float32), np.array([found], np.float32))
    return asdict(tally.result())


@pytest.mark.parametrize(
    ('pictures', 'abs_rel', 'coverage', 'count'),
    [
        ([], None, None, 0),
        # Unknown, sky, too near, too far: nothing is judged.
        ([([NAN, INF, 0.99, 80.1], [1, 1, 1, 1])], None, None, 0),
        # Nothing found: no error, and coverage tells.
        ([([10, 20], [NAN, NAN])], None, 0.0, 1),
        ([([10, 20], [NAN, 22])], 0.1, 0.5, 1),
        ([([1, 80], [1, 40])], 0.25, 1.0, 1),
        # Each picture weighs the same, however many pixels it has.
        ([([10, 10, 10], [11, 11, 11]), ([10, NAN, NAN], [13, 1, 1])], 0.2, 1.0, 2),
        # What is found where nothing is judged does not matter.
        ([([10, NAN], [10, 55])], 0.0, 1.0, 1),
        ([([10, 10], [10, INF])], 0.0, 0.5, 1),
    ],
)
def test_which_pixels_are_judged(
    pictures: list[tuple[list[float], list[float]]],
    abs_rel: float | None,
    coverage: float | None,
    count: int,
) -> None:
    result = result_of(*pictures)
    assert result['abs_rel'] == (None if abs_rel is None else pytest.approx(abs_rel, abs=1e-6))
    assert result['coverage'] == coverage
    assert result['pictures'] == count
