# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The numpy and numba twins of masks, depth, cloud and pictures give the same results."""

import math
import warnings

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import pytest
from random_tensors import random_tensor
from random_tensors import scale_of

from hailo_perception.core.results import POINT_DTYPE
from hailo_perception.kernels import bands
from hailo_perception.kernels import load_kernels
from hailo_perception.kernels.depth_coding import DepthScale

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


@pytest.mark.parametrize('dtype', (np.uint8, np.uint16))
def test_look_up_twins(dtype):
    rng = np.random.default_rng(1)
    table = rng.random(np.iinfo(dtype).max + 1, np.float32)
    table[::7] = np.nan
    codes = random_tensor(rng, (9, 14), dtype)[1:, ::2]
    for kernels in (NUMPY, NUMBA):
        result = np.empty(codes.shape, np.float32)
        kernels.look_up(codes, table, result)
        np.testing.assert_array_equal(result, table[codes])


@pytest.mark.parametrize('known', [(), (0,), (0, 1, 2), (3, 4), (0, 2, 9), tuple(range(255))])
def test_known_ids_stay(known):
    table = np.full(256, 255, np.uint8)
    table[list(known)] = known
    ids = np.random.default_rng(2).permutation(256).astype(np.uint8).reshape(16, 16)[1:, 3:]
    for kernels in (NUMPY, NUMBA):
        result = np.empty(ids.shape, np.uint8)
        kernels.keep_known_ids(ids, table, result)
        np.testing.assert_array_equal(result, np.where(np.isin(ids, known), ids, 255))


@pytest.mark.parametrize('dtype', DTYPES)
@given(
    seed=SEEDS,
    zero_point=st.integers(0, 5),
    factor=st.floats(0.5, 2),
    offset_m=st.floats(-3, 3),
    nearest_m=st.floats(-1, 30),
)
@TWIN_SETTINGS
def test_scale_depth_twins(dtype, seed, zero_point, factor, offset_m, nearest_m):
    rng = np.random.default_rng(seed)
    codes = random_tensor(rng, (9, 14), dtype, bad_share=0.1)[2:, 3:]
    is_float = dtype == np.float32
    scale = DepthScale(
        0 if is_float else zero_point, scale_of(dtype), 120.0, factor, offset_m, nearest_m, 90.0
    )
    maps = [np.empty(codes.shape, np.float32) for _ in range(2)]
    counts = [k.scale_depth(codes, scale, out) for k, out in zip((NUMPY, NUMBA), maps)]
    np.testing.assert_allclose(*maps, rtol=0, atol=1e-5)
    assert counts[0] == counts[1] == (np.count_nonzero(~np.isfinite(codes)) if is_float else 0)
    known = maps[0][~np.isnan(maps[0])]
    assert ((known > 0) & (known >= nearest_m - 1e-4) & (known <= 90)).all()


@pytest.mark.parametrize('channels', [(), (1,), (2,), (3,)])
@given(SEEDS, st.integers(1, 70), st.integers(1, 70), st.integers(1, 50), st.integers(0, 7))
@TWIN_SETTINGS
def test_halve_width_twins(channels, seed, rows, result_rows, columns, padding):
    rng = np.random.default_rng(seed)
    width = 2 * columns * math.prod(channels)
    lines = rng.integers(0, 256, (rows, width + padding), np.uint8)
    source = lines[:, :width].reshape(rows, 2 * columns, *channels)
    one, other = np.zeros((2, result_rows, columns, *channels), np.uint8)
    NUMPY.halve_width(source, one)
    NUMBA.halve_width(source, other)
    np.testing.assert_allclose(one.astype(int), other.astype(int), rtol=0, atol=2)


@pytest.mark.parametrize('kernels', [NUMPY, NUMBA])
def test_halve_width_of_few_pixels(kernels):
    source = np.array([[[0] * 3, [10] * 3], [[100] * 3, [110] * 3]], np.uint8)
    for count, expected in ((1, [55]), (2, [5, 105]), (4, [5, 30, 80, 105])):
        result = np.zeros((count, 1, 3), np.uint8)
        kernels.halve_width(source, result)
        assert result[:, 0].tolist() == [[value] * 3 for value in expected]


@pytest.mark.parametrize('value', [0, 1, 127, 255])
def test_halve_width_keeps_an_even_picture(value):
    result = np.full((7, 5, 3), 99, np.uint8)
    NUMBA.halve_width(np.full((11, 10, 3), value, np.uint8), result)
    assert (result == value).all()


@pytest.mark.parametrize('band_rows', [1, 2, 9])
@pytest.mark.parametrize('width', [1, 7, 8, 21])
def test_color_depth_twins(width, band_rows, monkeypatch):
    monkeypatch.setattr(bands, '_BAND_PIXELS', band_rows * width)
    rng = np.random.default_rng(width)
    depth_m = rng.random((5, width), np.float32) * 150
    depth_m[rng.random(depth_m.shape) < 0.3] = np.nan
    colors = rng.integers(0, 1 << 24, 257, np.uint32)
    words = colors[np.where(np.isnan(depth_m), 256, np.fmin(depth_m * 2, 255)).astype(int)]
    for kernels in (NUMPY, NUMBA):
        image = np.zeros((5, width, 3), np.uint8)
        kernels.color_depth(depth_m, 2.0, colors, image)
        blue_green_red = np.stack([words & 255, words >> 8 & 255, words >> 16], axis=-1)
        np.testing.assert_array_equal(image, blue_green_red)


@given(seed=SEEDS, quantile=st.floats(0, 1), minimum=st.integers(1, 5))
@TWIN_SETTINGS
def test_window_depths_twins(seed, quantile, minimum):
    rng = np.random.default_rng(seed)
    rows, columns = shape = tuple(rng.integers(1, 20, 2).tolist())
    depth_m = rng.random(shape, np.float32) * 50
    depth_m[rng.random(shape) < 0.3] = np.nan
    ids = rng.integers(0, 3, shape, np.uint8)
    count = rng.integers(0, 6)
    ends = [np.sort(rng.integers(0, length + 1, (count, 2))) for length in shape]
    steps = rng.integers(1, 4, (count, 1))
    windows = np.hstack((ends[0], steps, ends[1], steps))
    own_ids = rng.integers(-1, 3, count)
    found = [
        kernels.window_depths(depth_m, ids, windows, own_ids, quantile, minimum)
        for kernels in (NUMPY, NUMBA)
    ]
    np.testing.assert_array_equal(*found)
    for depth, window, own_id in zip(found[0], windows.tolist(), own_ids, strict=True):
        place = slice(*window[:3]), slice(*window[3:])
        values = depth_m[place][(ids[place] == own_id) | (own_id < 0)]
        known = np.sort(values[~np.isnan(values)])
        if len(known) < minimum:
            assert np.isnan(depth)
        else:
            assert depth == known[int(quantile * (len(known) - 1))]


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
@pytest.mark.parametrize('is_distorted', [False, True])
@pytest.mark.parametrize('is_same_size', [False, True])
@given(seed=SEEDS)
@TWIN_SETTINGS
def test_fill_points_twins(stride, is_distorted, is_same_size, seed):
    rng = np.random.default_rng(seed)
    depth_m = (rng.random((12, 14), np.float32) * 50)[::stride, ::stride]
    depth_m[rng.random(depth_m.shape) < 0.2] = np.nan
    height, width = depth_m.shape
    depth_m[0, 0] = np.nan
    ray_shapes = ((height, width),) * 2 if is_distorted else ((1, width), (height, 1))
    rays = tuple(rng.standard_normal(shape).astype(np.float32) for shape in ray_shapes)
    rays[0][0, -1] = np.nan
    image = rng.integers(0, 255, (20, 33, 3), np.uint8)[:, :30]
    ids = rng.integers(0, 255, (height, width) if is_same_size else (5, 6), np.uint8)
    image_pixels = (rng.integers(0, 20, height), rng.integers(0, 30, width))
    id_pixels = (rng.integers(0, 5, height), rng.integers(0, 6, width))
    if is_same_size:
        id_pixels = (np.arange(height), np.arange(width))
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
    assert np.isnan(one['z'][0, [0, -1]]).all()
    assert not one['_'].any()
