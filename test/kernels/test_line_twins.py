# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Depth and paint along lane lines: both twins find the same, to the bit."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
from numpy.testing import assert_array_equal
import pytest

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import DepthMap
from hailo_perception.core.results import LanePattern
from hailo_perception.evaluation.scenes import render_scene
from hailo_perception.kernels import Kernels
from hailo_perception.kernels import load_kernels
from hailo_perception.kernels.line_types import DepthFit
from hailo_perception.kernels.line_types import PaintLimits
from hailo_perception.kernels.line_types import Stretches
from hailo_perception.kernels.sampling import resized_ids
from hailo_perception.scenes import LANE_LABELS
from hailo_perception.scenes import SEMANTIC_LABELS
from hailo_perception.tasks.lane_pattern import with_patterns
from hailo_perception.tasks.lanes import find_lane_lines
from hailo_perception.tasks.line_depth import locate_lines
from hailo_perception.tasks.settings import LaneSettings

pytest.importorskip('numba')

NUMPY = load_kernels('numpy')
NUMBA = load_kernels('numba')
# The first call of a kernel compiles it, so no deadline.
TWIN_SETTINGS = settings(max_examples=60, deadline=None)
SEEDS = st.integers(0, 2**32 - 1)
SIZE = (61, 43)
CAMERA = CameraModel(*SIZE, 50, 55, 29.5, 15)
FIT = DepthFit(64, 4, 2, 3, 2.385, 0.005, 0.02, 1e-9, 0.05)
LIMITS = PaintLimits(1, 8, 2, 0.8, 0.2, 0.75)
NOTHING = np.zeros(256, bool)
HEIGHT_M = 1.4
BARREL = CameraModel(320, 180, 170, 170, 159.5, 89.5, 'plumb_bob', (-0.32, 0.12, 0, 0, -0.02))
FISHEYE = CameraModel(320, 192, 153, 153, 159.5, 95.5, 'equidistant', (-0.02, 0.01, -0.005, 0.001))
LENSES = {
    'pinhole': CameraModel(320, 192, 220, 222, 155, 96),
    '81 degrees': CameraModel(320, 180, 225, 226, 157, 87, 'plumb_bob', (-0.3, 0.1, 1e-3, -2e-3)),
    '107 degrees': BARREL,
    '121 degrees, fisheye': FISHEYE,
    '173 degrees, fisheye': replace(FISHEYE, height=240, fx=110, fy=110, cy=119.5),
}
# Half a circle and more: the corners see nothing.
WHOLE = CameraModel(320, 240, 96, 96, 159.5, 119.5, 'equidistant', (0, 0, 0, 0))


def random_lines(random: np.random.Generator, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Make lines from near to far, partly outside of the map: pixels and offsets."""
    lines = []
    for _ in range(random.integers(1, most + 1)):
        count = int(random.choice((1, 2, 2, 3, 30)))
        rows = np.sort(random.uniform(-9, 52, count))[::-1]
        columns = random.uniform(-9, 70) + random.uniform(-2, 2) * rows
        columns += random.normal(0, 0.5, count)
        pixels = np.stack((columns, rows), axis=-1)
        # Halves lie between two pixels, and vertices may share a row.
        lines.append(np.rint(2 * pixels) / 2 if random.random() < 0.5 else pixels)
    return np.concatenate(lines), np.cumsum([0, *map(len, lines)])


def street(random: np.random.Generator) -> np.ndarray:
    """Make the depth of a road with an obstacle, noise, and more or less of it unknown."""
    below = np.maximum((np.arange(SIZE[1]) - 12) / 55, 0.02)[:, None]
    depth_m = 1.5 / below * random.normal(1, 0.02, SIZE[::-1])
    depth_m[random.integers(43) :, random.integers(61) :][:12, :30] = random.uniform(1, 9)
    depth_m[random.random(depth_m.shape) < random.choice((0, 0.2, 0.9, 0.97, 1))] = np.nan
    for bad in (np.inf, -np.inf, 0.0, -3.0, 3e38):
        depth_m[random.random(depth_m.shape) < 0.004] = bad
    return depth_m.astype(np.float32)


@given(
    SEEDS,
    st.sampled_from((FIT, FIT._replace(samples=9, minimum_samples=1))),
    st.sampled_from((CAMERA, replace(CAMERA, distortion=(-0.3, 0.1, 0, 0)))),
)
@TWIN_SETTINGS
def test_points_are_the_same_to_the_bit(seed: int, fit: DepthFit, camera: CameraModel) -> None:
    random = np.random.default_rng(seed)
    pixels, offsets = random_lines(random, 6)
    rays = camera.rays().copy()
    rays[random.random(rays.shape[:2]) < random.choice((0, 0.01))] = np.nan
    depth_m = street(random)
    one, other = (
        kernels.place_lines(depth_m, rays, pixels, offsets, fit) for kernels in (NUMPY, NUMBA)
    )
    assert one.shape == (len(pixels), 3) and one.dtype == np.float32
    assert_array_equal(one, other)
    known = np.isfinite(one)
    assert (known.all(axis=1) == known.any(axis=1)).all()
    assert (one[known[:, 2], 2] > 0).all()


@pytest.mark.parametrize('kernels', [NUMPY, NUMBA])
@given(SEEDS)
@TWIN_SETTINGS
def test_a_line_is_placed_whatever_the_others_are(kernels: Kernels, seed: int) -> None:
    random = np.random.default_rng(seed)
    pixels, offsets = random_lines(random, 4)
    depth_m = street(random)
    together = kernels.place_lines(depth_m, CAMERA.rays(), pixels, offsets, FIT)
    for first, end in pairwise(offsets.tolist()):
        own = np.array((0, end - first))
        alone = kernels.place_lines(depth_m, CAMERA.rays(), pixels[first:end], own, FIT)
        assert_array_equal(alone, together[first:end])


@pytest.mark.parametrize('kernels', [NUMPY, NUMBA])
def test_points_lie_on_rays_between_pixels_and_at_the_rim(kernels: Kernels) -> None:
    pixels = np.array(((70.0, 50.0), (60.0, 42.0), (20.25, 30.5), (-1.0, -1.0)))
    depth_m = np.full(SIZE[::-1], 4, np.float32)
    points = kernels.place_lines(depth_m, CAMERA.rays(), pixels, np.array((0, 4)), FIT)
    np.testing.assert_allclose(points[:, 2], 4, rtol=1e-6)
    inside = np.clip(pixels, 0, np.array(SIZE) - 1)
    np.testing.assert_allclose(CAMERA.project(points), inside, atol=1e-4)


def flat_ground(camera: CameraModel) -> np.ndarray:
    """Make the exact depth of flat ground below a camera."""
    down = camera.rays()[..., 1].astype(np.float64)
    with np.errstate(divide='ignore'):
        return np.where(down > 0.012, HEIGHT_M / down, np.nan).astype(np.float32)


def painted(camera: CameraModel, x: float, far_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Paint a straight line on the ground, as far as it is in the picture: pixels and metres."""
    z = np.geomspace(0.3, far_m, 500)
    points = np.stack((np.full_like(z, x), np.full_like(z, HEIGHT_M), z), axis=-1)
    pixels = camera.project(points)
    seen = ((pixels > 0) & (pixels < np.array(camera.size) - 1)).all(axis=1)
    pixels, points = pixels[seen], points[seen]
    # As lines are traced: rows apart, which never increase.
    rows = np.linspace(pixels[0, 1], pixels[-1, 1], 32)
    chosen = np.searchsorted(-pixels[:, 1], -rows).clip(0, len(pixels) - 1)
    return pixels[chosen], points[chosen]


@pytest.mark.parametrize('kernels', [NUMPY, NUMBA])
@pytest.mark.parametrize('x', [-5.0, -1.7, 1.7, 5.0])
@pytest.mark.parametrize('lens', LENSES)
def test_a_straight_line_on_the_ground_is_found_through_any_lens(
    lens: str, x: float, kernels: Kernels
) -> None:
    camera = LENSES[lens]
    pixels, points = painted(camera, x, 40)
    found = kernels.place_lines(
        flat_ground(camera), camera.rays(), pixels, np.array((0, len(pixels))), FIT
    )
    # The ray of the lens model between four pixels of the table, at 80 degrees, is off by 1 %.
    np.testing.assert_allclose(found, points, rtol=0.01)


@pytest.mark.parametrize('kernels', [NUMPY, NUMBA])
@pytest.mark.parametrize('rise', [0.0, 0.3, 3.0])
@pytest.mark.parametrize('camera', [CAMERA, BARREL, FISHEYE])
def test_a_line_along_a_row_is_placed(
    camera: CameraModel, rise: float, kernels: Kernels
) -> None:
    columns = np.linspace(5, camera.width - 6, 20)
    pixels = np.stack((columns, 0.9 * camera.height - rise * np.linspace(0, 1, 20)), axis=-1)
    depth_m = flat_ground(camera)
    found = kernels.place_lines(depth_m, camera.rays(), pixels, np.array((0, 20)), FIT)
    assert np.isfinite(found).all() and (found[:, 2] > 0).all()
    # Of a line in a single row, which no stroke is, one place is read.
    if rise:
        np.testing.assert_allclose(found[:, 1], HEIGHT_M, rtol=0.02)


@pytest.mark.parametrize('kernels', [NUMPY, NUMBA])
def test_where_the_lens_has_no_ray_nothing_is_known(kernels: Kernels) -> None:
    pixels, points = painted(WHOLE, 2.0, 30)
    outside = np.array(((316.0, 238.0), (312.0, 236.0), (308.0, 234.0)))
    assert np.isnan(WHOLE.unproject(outside)).all() and outside[-1, 1] > pixels[0, 1]
    depth_m = np.nan_to_num(flat_ground(WHOLE), nan=50)
    for rest in (pixels, pixels[:0]):
        both = np.concatenate((outside, rest))
        found = kernels.place_lines(depth_m, WHOLE.rays(), both, np.array((0, len(both))), FIT)
        assert np.isnan(found[:3]).all()
        np.testing.assert_allclose(found[3:], points[: len(rest)], rtol=0.02)


def same_stretches(one: Stretches, other: Stretches) -> None:
    for mine, others in zip(one, other, strict=True):
        assert mine.dtype == others.dtype
        assert_array_equal(mine, others)


@given(SEEDS, st.booleans(), st.booleans())
@TWIN_SETTINGS
def test_stretches_are_the_same_to_the_bit(seed: int, crosses: bool, hides: bool) -> None:
    random = np.random.default_rng(seed)
    pixels, offsets = random_lines(random, 6)
    points_m = random.normal(0, 1, (len(pixels), 3)).cumsum(axis=0).astype(np.float32)
    points_m[random.random(len(pixels)) < random.choice((0, 0.1, 1))] = np.nan
    # Rows of one class, as dashes are.
    lane = random.integers(0, 3, (SIZE[1], 1)).repeat(SIZE[0], axis=1).astype(np.uint8)
    lane[random.random(lane.shape) < random.choice((0, 0.1))] = 3
    semantic = random.integers(0, 2, random.integers(1, 90, 2)).astype(np.uint8)
    hiding = NOTHING.copy(), NOTHING.copy()
    hiding[0][3], hiding[1][1] = crosses, hides
    own_ids = random.integers(0, 3, len(offsets) - 1)
    found = [
        kernels.cut_lines(pixels, points_m, offsets, own_ids, lane, semantic, hiding, LIMITS)
        for kernels in (NUMPY, NUMBA)
    ]
    same_stretches(*found)
    assert (np.diff(found[0].line) >= 0).all() and (found[0].length_px > 0).all()


def cut(
    kernels: Kernels,
    column: str,
    metres_per_px: float = 1.0,
    semantic: str = 'road',
    crossing: str = '',
) -> list[tuple[bool, int, float, float]]:
    """Cut a line that goes up a column of paint (#) and other marks (z), from left to right."""
    lane = np.zeros((len(column), 30), np.uint8)
    lane[:, 15] = [' #z'.index(each) for each in reversed(column)]
    rows = np.arange(len(column), -1.0, -1.0) - 1
    pixels = np.stack((np.full_like(rows, 15.0), rows), axis=-1)
    points_m = np.zeros((len(rows), 3), np.float32)
    points_m[:, 2] = np.arange(len(rows)) * metres_per_px
    seen = np.array([[each == 'x'] for each in reversed(semantic)], np.uint8)
    hiding = NOTHING.copy(), NOTHING.copy()
    hiding[0][2], hiding[1][1] = bool(crossing), True
    ends = np.array((0, len(rows)))
    found = kernels.cut_lines(
        pixels, points_m, ends, np.ones(1, np.intp), lane, seen, hiding, LIMITS
    )
    assert not found.line.any()
    return list(zip(*(each.tolist() for each in found[1:]), strict=True))


@pytest.mark.parametrize('kernels', [NUMPY, NUMBA])
@pytest.mark.parametrize(
    ('column', 'options', 'expected'),
    [
        pytest.param('    ', {}, [], id='nothing'),
        pytest.param('####', {}, [(True, 4, 4.0, 0.0)], id='solid'),
        pytest.param('####', {'metres_per_px': 0.5}, [(True, 4, 2.0, 2.0)], id='fine'),
        pytest.param(
            ' ##   #### ',
            {},
            [(True, 2, 2.0, 0.0), (False, 3, 3.0, 0.0), (True, 4, 4.0, 0.0)],
            id='dashed',
        ),
        pytest.param('## ##', {}, [(True, 5, 5.0, 0.0)], id='a hole of one pixel'),
        pytest.param(
            '##   ##', {'metres_per_px': 0.25}, [(True, 7, 1.75, 1.75)], id='a short hole'
        ),
        pytest.param(
            '##   ##',
            {'semantic': 'r' * 3 + 'x' + 'r' * 3},
            [(True, 2, 2.0, 0.0), (True, 2, 2.0, 0.0)],
            id='something in the way',
        ),
        pytest.param(
            '## z ##',
            {'crossing': 'z'},
            [(True, 2, 2.0, 0.0), (True, 2, 2.0, 0.0)],
            id='a crossing',
        ),
    ],
)
def test_known_stretches(
    kernels: Kernels, column: str, options: dict[str, Any], expected: list[Any]
) -> None:
    assert cut(kernels, column, **options) == expected


@pytest.mark.parametrize('seed', range(4))
def test_rendered_scenes(seed: int) -> None:
    scene = render_scene(seed, 640, 384)
    image_size = 640, 384
    lane, semantic = (
        ClassMap(labels, resized_ids(ids, (192, 320)))
        for labels, ids in ((LANE_LABELS, scene.lane), (SEMANTIC_LABELS, scene.semantic))
    )
    depth = DepthMap(scene.depth_m[::2, ::2], scene.camera.scaled(320, 192))
    lines = find_lane_lines(
        lane, depth, image_size, background='background', settings=LaneSettings()
    )
    curves = [line.pixels.astype(np.float64) for line in lines.lines]
    assert curves
    one, other = (
        locate_lines(curves, depth, image_size, kernels=kernels) for kernels in (NUMPY, NUMBA)
    )
    for points_m, others, line in zip(one, other, lines.lines, strict=True):
        assert_array_equal(points_m, others)
        np.testing.assert_allclose(points_m, line.points_m, rtol=1e-5, atol=1e-5)
    patterns = [
        [
            line.pattern
            for line in with_patterns(
                lines,
                lane,
                semantic,
                image_size,
                other_marks=('road_marking',),
                kernels=kernels,
            ).lines
        ]
        for kernels in (NUMPY, NUMBA)
    ]
    assert patterns[0] == patterns[1]
    assert set(patterns[0]) != {LanePattern.UNKNOWN}
