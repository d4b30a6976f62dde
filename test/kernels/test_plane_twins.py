# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Planes through points: both twins find the same to the bit."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
from numpy.typing import NDArray
import pytest

from hailo_perception.kernels import Kernels
from hailo_perception.kernels import load_kernels
from hailo_perception.kernels.plane_limits import PlaneLimits
from hailo_perception.kernels.plane_loops import solve_symmetric

pytest.importorskip('numba')

NUMPY = load_kernels('numpy')
NUMBA = load_kernels('numba')
# The first call of a kernel compiles it, so no deadline.
TWIN_SETTINGS = settings(max_examples=30, deadline=None)
SEEDS = st.integers(0, 2**32 - 1)
LIMITS = PlaneLimits(1e-6, 0.1, 5.0, 0.5, 1e6)


def fit(
    kernels: Kernels,
    points: NDArray[Any],
    triples: Any,
    tolerance: float,
    limits: PlaneLimits = LIMITS,
    refinements: int = 2,
) -> tuple[tuple[float, float, float], int]:
    """Fit a plane to points (3, N), each a pixel of a map of one row; triples are of the known."""
    points = np.asarray(points, np.float32)
    known = (points[2] > 0) & (points[2] < limits.farthest_m)
    shares = (np.asarray(triples, float).reshape(-1, 3) + 0.5) / max(int(known.sum()), 1)
    rays = points[:2] / np.where(known, points[2], np.float32(1))
    pixels = np.arange(points.shape[1])
    return kernels.fit_plane(points[2:], pixels, rays, shares, tolerance, limits, refinements)


@given(SEEDS, st.integers(3, 70), st.floats(0.001, 2), st.integers(0, 3))
@TWIN_SETTINGS
def test_fitted_planes_are_the_same_to_the_bit(
    seed: int, count: int, tolerance: float, refinements: int
) -> None:
    random = np.random.default_rng(seed)
    points = random.uniform((-3, 0.5, 1), (3, 3, 9), (count, 3)).astype(np.float32).T
    points[1, : count // 2] = 1.5 + 0.1 * points[0, : count // 2]
    points[2, random.random(count) < 0.1] = random.choice((np.nan, -1, 0, 1e6, np.inf))
    known = int(((points[2] > 0) & (points[2] < LIMITS.farthest_m)).sum())
    triples = np.floor(random.random((20, 3)) * known)
    found = [
        fit(kernels, points, triples, tolerance, refinements=refinements)
        for kernels in (NUMPY, NUMBA)
    ]
    # NaN, where the followers make up no plane, is the same as NaN.
    assert str(found[0]) == str(found[1])


@pytest.mark.parametrize('kernels', [NUMPY, NUMBA])
def test_the_plane_that_most_points_follow(kernels: Kernels) -> None:
    # Four points on y = 2, a fifth in between that is not.
    points = np.float32([[-1, 1, 0, 0, 3], [2, 2, 1, 2, 2], [4, 5, 6, 9, 7]])
    plane, count = fit(kernels, points, [[0, 1, 2], [0, 1, 3]], 0.05, refinements=0)
    assert plane == pytest.approx((0, 0.5, 0), abs=1e-6)
    assert count == 4


@pytest.mark.parametrize('kernels', [NUMPY, NUMBA])
def test_pixels_without_depth_are_no_points(kernels: Kernels) -> None:
    points = np.float32([[9, -1, 1, 9, 0], [9, 2, 2, 9, 2], [np.nan, 4, 5, 2e6, 9]])
    unknown = points.copy()
    unknown[2, 3] = np.nan
    (plane, count), expected = (
        fit(kernels, each, [[0, 1, 2]], 0.05, refinements=0) for each in (points, unknown)
    )
    assert (plane, count) == expected and count == 3
    assert fit(kernels, np.full((3, 4), np.nan), [[0, 1, 2]], 0.05) == ((0, 0, 0), 0)


@pytest.mark.parametrize('kernels', [NUMPY, NUMBA])
def test_least_squares_of_those_that_follow(kernels: Kernels) -> None:
    random = np.random.default_rng(3)
    points = random.uniform((-3, 1.9, 1), (3, 2.1, 30), (90, 3)).astype(np.float32).T
    points[1, 60:] = 0.3
    plane, count = fit(kernels, points, [[0, 1, 2]], 0.2, refinements=1)
    expected, *_ = np.linalg.lstsq(points[:, :60].T.astype(float), np.ones(60), rcond=None)
    assert count == 60
    assert plane == pytest.approx(expected, rel=1e-4, abs=1e-7)


@pytest.mark.parametrize(
    'points',
    [
        pytest.param(np.empty((0, 3)), id='no points'),
        pytest.param([[1, 2, 5]], id='one point'),
        pytest.param([[1, 2, 5], [2, 4, 10], [4, 8, 20]], id='on a line'),
        pytest.param([[1, 1, 0], [2, 1, 0], [4, 8, 0]], id='in a plane through the camera'),
    ],
)
def test_points_that_make_up_no_plane(points: list) -> None:
    terms = np.asarray(points, float).T
    (xx, xy, xz), (_, yy, yz), (_, _, zz) = (terms @ terms.T).tolist()
    found = solve_symmetric(xx, xy, xz, yy, yz, zz, *terms.sum(axis=1).tolist())
    assert np.isnan(found).all()


@pytest.mark.parametrize('kernels', [NUMPY, NUMBA])
@pytest.mark.parametrize(
    ('triples', 'tolerance', 'limits'),
    [
        pytest.param(np.empty((0, 3), np.intp), 0.05, LIMITS, id='no triples'),
        pytest.param([[0, 0, 1]], 0.05, LIMITS, id='on a line'),
        pytest.param([[0, 1, 3]], 0.05, LIMITS._replace(least_down=0.5), id='too high'),
        pytest.param([[0, 1, 3]], 0.05, LIMITS._replace(greatest_down=0.5), id='too low'),
        pytest.param([[0, 2, 3]], 0.05, LIMITS._replace(steepest=0.01), id='too steep'),
        pytest.param([[0, 1, 3]], 0.0, LIMITS, id='no follower'),
    ],
)
def test_no_plane(kernels: Kernels, triples: list, tolerance: float, limits: PlaneLimits) -> None:
    points = np.float32([[-1, 1, 0, 0], [2, 2, 1, 2], [4, 5, 6, 9]])
    assert fit(kernels, points, triples, tolerance, limits) == ((0, 0, 0), 0)
