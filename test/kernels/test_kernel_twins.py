# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The numpy and numba twins of every kernel give the same results."""

import warnings

from hypothesis import example
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import pytest

from hailo_perception.core.results import POINT_DTYPE
from hailo_perception.kernels import load_kernels

pytest.importorskip('numba')

NUMPY = load_kernels('numpy')
NUMBA = load_kernels('numba')
SEEDS = st.integers(0, 2**32 - 1)
DTYPES = (np.uint8, np.uint16, np.float32)
# The first call of a kernel compiles it, so no deadline.
TWIN_SETTINGS = settings(max_examples=25, deadline=None)


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        yield


def random_tensor(rng, shape, dtype, *, bad_share=0.0, planes_first=False):
    """Random codes or values around 0…1; optionally a transposed (C, H, W) buffer."""
    stored = (shape[-1], *shape[:-1]) if planes_first else shape
    if dtype == np.float32:
        values = rng.random(stored, np.float32)
        bad = rng.random(stored) < bad_share
        values[bad] = rng.choice(np.float32([np.nan, np.inf, -np.inf, 3e38, -3e38]), bad.sum())
    else:
        values = rng.integers(0, np.iinfo(dtype).max, stored, dtype, endpoint=True)
    return np.moveaxis(values, 0, -1) if planes_first else values


def scale_of(dtype):
    return 1.0 if dtype == np.float32 else 1.0 / np.iinfo(dtype).max


@pytest.mark.parametrize('dtype', DTYPES)
@pytest.mark.parametrize('planes_first', [False, True])
@given(seed=SEEDS, threshold=st.floats(0, 1), zero_point=st.integers(0, 5))
@example(seed=0, threshold=1.0, zero_point=0)
@TWIN_SETTINGS
def test_find_candidates(dtype, planes_first, seed, threshold, zero_point):
    rng = np.random.default_rng(seed)
    rows, columns, anchors, classes = rng.integers(1, 6, 4)
    features = 5 + classes
    shape = (rows, columns, anchors * features)
    head = random_tensor(rng, shape, dtype, bad_share=0.02, planes_first=planes_first)
    grid = head.reshape(rows, columns, anchors, features)
    scale = scale_of(dtype)
    code = threshold if dtype == np.float32 else int(threshold / scale)
    arguments = (grid, code, threshold, scale, zero_point if dtype != np.float32 else 0)

    one, other = NUMPY.find_candidates(*arguments), NUMBA.find_candidates(*arguments)

    np.testing.assert_array_equal(one.indices, other.indices)
    np.testing.assert_array_equal(one.classes, other.classes)
    np.testing.assert_array_equal(one.raw, other.raw)
    np.testing.assert_array_equal(one.scores, other.scores)
    assert one.non_finite == other.non_finite
    assert np.isfinite(one.raw).all() and (one.scores > np.float32(threshold)).all()


@pytest.mark.parametrize('kernels', [NUMPY, NUMBA])
@pytest.mark.parametrize('bad', [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize('feature', range(8))
def test_find_candidates_counts_bad_numbers(kernels, bad, feature):
    grid = np.full((1, 2, 1, 8), 0.9, np.float32)
    grid[0, 0, 0, feature] = bad

    found = kernels.find_candidates(grid, 0.2, 0.2, 1.0, 0.0)

    # A class score of −∞ merely is not the best class.
    is_harmless = feature >= 5 and bad == -np.inf
    assert found.non_finite == (not is_harmless)
    assert found.indices.tolist() == ([0, 1] if is_harmless else [1])


@pytest.mark.parametrize('kernels', [NUMPY, NUMBA])
def test_suppress_nothing(kernels):
    empty = np.empty((0, 4), np.float32)
    assert kernels.suppress(empty, np.empty(0, np.int32), 0.5, 10).shape == (0,)


@pytest.mark.parametrize('kernels', [NUMPY, NUMBA])
@pytest.mark.parametrize(
    ('groups', 'iou_threshold', 'maximum', 'expected'),
    [
        pytest.param([0, 0, 0], 0.45, 9, [0, 2], id='overlapping one goes'),
        pytest.param([0, 1, 0], 0.45, 9, [0, 1, 2], id='another class stays'),
        pytest.param([0, 0, 0], 0.9, 9, [0, 1, 2], id='overlap below threshold'),
        pytest.param([0, 0, 0], 0.45, 1, [0], id='maximum'),
        pytest.param([0, 0, 0], 0.45, 0, [], id='maximum nothing'),
    ],
)
def test_suppress(kernels, groups, iou_threshold, maximum, expected):
    boxes = np.float32([[0, 0, 10, 10], [0, 0, 10, 8], [20, 0, 30, 10]])
    kept = kernels.suppress(boxes, np.int32(groups), iou_threshold, maximum)
    assert kept.tolist() == expected


@given(seed=SEEDS, iou_threshold=st.floats(0, 1), maximum=st.integers(0, 60))
@TWIN_SETTINGS
def test_suppress_twins(seed, iou_threshold, maximum):
    rng = np.random.default_rng(seed)
    corners = rng.random((60, 2), np.float32) * 40
    boxes = np.concatenate((corners, corners + 1 + rng.random((60, 2), np.float32) * 30), axis=1)
    groups = rng.integers(0, 3, 60, np.int32)
    arguments = (boxes, groups, iou_threshold, maximum)
    np.testing.assert_array_equal(NUMPY.suppress(*arguments), NUMBA.suppress(*arguments))


@pytest.mark.parametrize('dtype', (np.uint8, np.uint16))
def test_look_up_twins(dtype):
    rng = np.random.default_rng(1)
    table = rng.random(np.iinfo(dtype).max + 1, np.float32)
    table[::7] = np.nan
    codes = random_tensor(rng, (9, 14), dtype)[1:, ::2]
    results = [kernels.look_up(codes, table) for kernels in (NUMPY, NUMBA)]
    np.testing.assert_array_equal(*results)
    np.testing.assert_array_equal(results[0], table[codes])


@pytest.mark.parametrize('dtype', DTYPES)
@pytest.mark.parametrize('planes_first', [False, True])
@given(seed=SEEDS)
@TWIN_SETTINGS
def test_best_class_twins(dtype, planes_first, seed):
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(1, 8, 3))
    scores = random_tensor(rng, shape, dtype, bad_share=0.2, planes_first=planes_first)
    if dtype == np.uint8:
        scores = scores // 64
    one, other = NUMPY.best_class(scores), NUMBA.best_class(scores)
    np.testing.assert_array_equal(one, other)
    if dtype != np.float32:
        np.testing.assert_array_equal(one, np.argmax(scores, axis=-1))


@pytest.mark.parametrize('kernels', [NUMPY, NUMBA])
@pytest.mark.parametrize('planes_first', [False, True])
@pytest.mark.parametrize(
    ('scores', 'expected'),
    [
        ([np.nan, 0.1, 0.3], 2),
        ([0.3, np.nan, 0.3], 0),
        ([-np.inf, -5.0, np.nan], 1),
        ([np.nan, np.nan, np.nan], 255),
        ([0.0, 0.0, 0.0], 0),
        ([0.0, np.inf, 1.0], 1),
    ],
)
def test_best_class_of_bad_numbers(kernels, planes_first, scores, expected):
    tensor = np.zeros((3, 2, 2) if planes_first else (2, 2, 3), np.float32)
    tensor = np.moveaxis(tensor, 0, -1) if planes_first else tensor
    tensor[1, 0] = scores
    assert kernels.best_class(tensor).tolist() == [[0, 0], [expected, 0]]


@pytest.mark.parametrize('stride', [1, 2])
@given(seed=SEEDS)
@TWIN_SETTINGS
def test_fill_points_twins(stride, seed):
    rng = np.random.default_rng(seed)
    depth_m = (rng.random((12, 14), np.float32) * 50)[::stride, ::stride]
    depth_m[rng.random(depth_m.shape) < 0.2] = np.nan
    height, width = depth_m.shape
    rays = rng.standard_normal((12, 14, 2)).astype(np.float32)[::stride, ::stride]
    rays[0, 0] = np.nan
    image = rng.integers(0, 255, (20, 30, 3), np.uint8)
    ids = rng.integers(0, 255, (5, 6), np.uint8)
    image_pixels = (rng.integers(0, 20, height), rng.integers(0, 30, width))
    id_pixels = (rng.integers(0, 5, height), rng.integers(0, 6, width))
    clouds = []
    for kernels in (NUMPY, NUMBA):
        points = np.empty(depth_m.shape, POINT_DTYPE)
        kernels.fill_points(
            points, depth_m, rays, (1.0, 40.0), image, image_pixels, 2, ids, id_pixels
        )
        clouds.append(points)

    one, other = clouds
    for name in ('x', 'y', 'z'):
        np.testing.assert_allclose(one[name], other[name], rtol=0, atol=1e-5)
    for name in ('rgb', 'label', '_'):
        np.testing.assert_array_equal(one[name], other[name])
    assert np.isnan(one['z'][0, 0])
    assert not one['_'].any()
