# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Distances between found and true points, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from hailo_perception.evaluation.pseudo_lidar import PseudoLidarTally
from hailo_perception.evaluation.pseudo_lidar import RANGES_M


def test_a_tally_without_pictures_knows_nothing() -> None:
    result = PseudoLidarTally().result()
    assert [(row.from_m, row.to_m) for row in result] == list(RANGES_M)
    assert all(row.points == 0 and row.mean_m is None for row in result)


def test_errors_by_range() -> None:
    tally = PseudoLidarTally()
    true_m = np.array([2.0, 5.0, 5.0, 10.0, 30.0, 59.0, 60.0, np.nan, 20.0])
    found_m = np.array([9.0, 6.0, 3.0, 10.5, 24.0, 59.0, 1.0, 4.0, np.nan])
    tally.add(true_m, found_m, np.ones(9))
    near, middle, far, farthest = tally.result()
    assert (near.points, middle.points, far.points, farthest.points) == (2, 1, 1, 1)
    assert (near.mean_m, near.bias_m) == (1.5, -0.5)
    assert near.relative == pytest.approx(0.3)
    assert middle.bias_m == pytest.approx(0.5)
    assert far.bias_m == pytest.approx(-6) and far.relative == pytest.approx(0.2)
    assert farthest.mean_m == 0


def test_a_slanted_ray_is_longer_than_its_depth() -> None:
    """Depth 8 along a ray of length 1.25 is at 10 m, and 1 m of depth is 1.25 m."""
    tally = PseudoLidarTally()
    tally.add(np.array([8.0]), np.array([9.0]), np.array([1.25]))
    assert tally.result()[1].mean_m == pytest.approx(1.25)


def test_pictures_add_up_point_by_point() -> None:
    tally = PseudoLidarTally()
    tally.add(np.full((2, 2), 5.0), np.full((2, 2), 6.0), np.ones((2, 2)))
    tally.add(np.array([5.0]), np.array([11.0]), np.ones(1))
    row = tally.result()[0]
    assert (row.points, row.mean_m) == (5, 2)


@pytest.mark.parametrize(
    ('errors_m', 'median_m'),
    [([0.0], 0.0), ([1.0, 2.0, 9.0], 2.0), ([-3.0, 1.0, 5.0], 3.0), ([500.0], 120.0)],
)
def test_the_median_is_known_to_a_centimetre(errors_m: list[float], median_m: float) -> None:
    tally = PseudoLidarTally()
    true_m = np.full(len(errors_m), 5.0)
    tally.add(true_m, true_m + errors_m, np.ones(len(errors_m)))
    assert tally.result()[0].median_m == pytest.approx(median_m, abs=0.01)
