# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The top view: both twins find the same in every cell."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
from numpy.typing import NDArray
import pytest

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import BirdEyeView
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import DepthMap
from hailo_perception.kernels import bands
from hailo_perception.kernels import Kernels
from hailo_perception.kernels import load_kernels
from hailo_perception.kernels.bird_eye_loops import solve_symmetric
from hailo_perception.kernels.plane_limits import PlaneLimits
from hailo_perception.tasks.bird_eye import make_bird_eye
from hailo_perception.tasks.ground import find_ground_plane
from hailo_perception.tasks.settings import BirdEyeSettings

pytest.importorskip('numba')

NUMPY = load_kernels('numpy')
NUMBA = load_kernels('numba')
# The first call of a kernel compiles it, so no deadline.
TWIN_SETTINGS = settings(max_examples=30, deadline=None)
SEEDS = st.integers(0, 2**32 - 1)
CAMERA = CameraModel(61, 43, 50, 55, 29.5, 15)
LENSES = (
    CAMERA,
    replace(CAMERA, distortion=(-0.2, 0.03, 0.0, 0.0)),
    replace(CAMERA, distortion_model='equidistant', distortion=(0.01, 0.0, 0.0, 0.0)),
)
LABELS = LabelSet.from_names(*'abcdefg')
GRIDS = (
    BirdEyeSettings(),
    BirdEyeSettings(metres_per_cell=0.37, forward_range_m=21, lateral_range_m=9),
    BirdEyeSettings(metres_per_cell=10),
    BirdEyeSettings(metres_per_cell=0.5, maximum_height_m=0.3, fill_ground=False),
    BirdEyeSettings(metres_per_cell=10, maximum_height_m=-0.5, fill_ground=False),
)


def street(seed: int, camera: CameraModel) -> DepthMap:
    """Make ground with obstacles, holes, noise and impossible depths on it."""
    random = np.random.default_rng(seed)
    height_m, slope_x, slope_z = random.uniform((0.5, -0.1, -0.1), (3, 0.1, 0.1))
    rays = camera.rays()
    below = rays[..., 1] - slope_x * rays[..., 0] - slope_z
    depth_m = np.where(below > 0.01, height_m / np.where(below > 0, below, 1), 40.0)
    depth_m *= random.normal(1, 0.03, depth_m.shape)
    depth_m[random.integers(43) :, random.integers(61) :][:9, :20] = random.uniform(1, 30)
    for bad in (np.nan, np.inf, -np.inf, 0.0, -3.0, 3e38):
        depth_m[random.random(depth_m.shape) < 0.01] = bad
    return DepthMap(depth_m.astype(np.float32), camera)


def view(kernels: Kernels, depth: DepthMap, seed: int, grid: BirdEyeSettings) -> BirdEyeView:
    random = np.random.default_rng(seed)
    ids = random.integers(0, 9, (2, *depth.depth_m.shape)).astype(np.uint8)
    ids[ids > 7] = 255
    return make_bird_eye(
        depth,
        ClassMap(LABELS, ids[0]),
        ClassMap(LABELS, ids[1]),
        None,
        lane_background='a',
        settings=grid,
        kernels=kernels,
    )


@pytest.mark.parametrize('camera', LENSES)
@given(SEEDS, st.sampled_from(GRIDS))
@TWIN_SETTINGS
def test_views_are_the_same_to_the_bit(
    camera: CameraModel, seed: int, grid: BirdEyeSettings
) -> None:
    depth = street(seed, camera)
    one, other = (view(kernels, depth, seed, grid) for kernels in (NUMPY, NUMBA))
    np.testing.assert_array_equal(one.image, other.image)


@pytest.mark.parametrize('camera', LENSES)
@pytest.mark.parametrize('rows', [1, 5, 20])
@given(SEEDS, st.sampled_from((0.4, -0.5)), st.booleans())
@TWIN_SETTINGS
def test_bands_make_no_difference(
    camera: CameraModel, rows: int, seed: int, maximum_height_m: float, fill_ground: bool
) -> None:
    """Among them such as lie wholly in the sky, wholly on the ground, and the horizon's."""
    depth = street(seed, camera)
    grid = replace(GRIDS[1], maximum_height_m=maximum_height_m, fill_ground=fill_ground)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bands, '_BAND_PIXELS', rows * camera.width)
        banded = view(NUMPY, depth, seed, grid)
    np.testing.assert_array_equal(banded.image, view(NUMBA, depth, seed, grid).image)


@given(SEEDS)
@TWIN_SETTINGS
def test_ground_planes_are_the_same_to_the_bit(seed: int) -> None:
    depth = street(seed, CAMERA)
    assert find_ground_plane(depth, NUMPY) == find_ground_plane(depth, NUMBA)


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


@pytest.mark.parametrize('kernels', [NUMPY, NUMBA])
def test_a_pixel_without_any_class_is_seen(kernels: Kernels) -> None:
    unlabelled = ClassMap(LABELS, np.full((43, 61), 255, np.uint8))
    depth = DepthMap(np.full((43, 61), 5.0, np.float32), CAMERA)
    found = make_bird_eye(
        depth,
        unlabelled,
        unlabelled,
        None,
        lane_background=None,
        settings=GRIDS[1],
        kernels=kernels,
    )
    assert {tuple(color) for color in found.image.reshape(-1, 3)} == {(0, 0, 0), (90, 90, 90)}
