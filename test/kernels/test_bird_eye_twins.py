# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The top view: both twins find the same in every cell."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import pytest

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import BirdEyeView
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import DepthMap
from hailo_perception.kernels import bands
from hailo_perception.kernels import Kernels
from hailo_perception.kernels import load_kernels
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
