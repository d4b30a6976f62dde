# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Metres from depth heads."""

import numpy as np
import pytest

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.errors import CameraInfoError
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import NetworkOutputError
from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.core.quantization import Quantization
from hailo_perception.core.results import DepthMap
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.kernels import load_kernels
from hailo_perception.models.specification import DepthSpecification
from hailo_perception.tasks.depth import color_depth
from hailo_perception.tasks.depth import DepthDecoder

INPUT_SIZE = (32, 16)
CAMERA = CameraModel(64, 32, 50.0, 52.0, 31.0, 15.0)
WHOLE = ImageTransform.stretch(CAMERA.size, INPUT_SIZE)


def decode(tensor, quantization=None, *, transform=WHOLE, camera=CAMERA, options=None, **decoding):
    specification = DepthSpecification(
        **{'decoder': 'linear', 'output': 'depth', 'maximum_m': 100.0, **(options or {})}
    )
    info = TensorInfo('depth', tensor.shape, tensor.dtype, quantization)
    return DepthDecoder(specification, info, INPUT_SIZE).decode(
        tensor, transform, camera, **decoding
    )


def ramp(dtype):
    values = np.linspace(0, 1, 8 * 16, dtype=np.float32).reshape(8, 16, 1)
    if dtype == np.float32:
        return values, values, None
    quantization = Quantization(1 / np.iinfo(dtype).max, 0.0)
    codes = quantization.quantize(values, dtype)
    return codes, quantization.dequantize(codes), quantization


@pytest.mark.parametrize('dtype', [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize(
    ('decoder', 'metres_of'),
    [
        ('linear', lambda v: v * 100),
        ('inverse', lambda v: 1 / (1 / 100 + v * (1 / 2 - 1 / 100))),
        ('logarithmic', lambda v: 2 * 50**v),
    ],
)
def test_decode(dtype, decoder, metres_of):
    tensor, values, quantization = ramp(dtype)
    depth, non_finite = decode(
        tensor,
        quantization,
        options={'decoder': decoder, 'minimum_m': 2.0, 'valid_range_m': (5.0, 90.0)},
    )
    expected = metres_of(values[..., 0].astype(np.float64))
    expected[(expected < 5) | (expected > 90)] = np.nan
    assert depth.depth_m.dtype == np.float32
    assert non_finite == 0
    np.testing.assert_allclose(depth.depth_m, expected, rtol=1e-5)


def test_camera_model_is_that_of_the_map():
    depth, _ = decode(np.full((8, 16, 1), 0.5, np.float32))
    assert depth.camera_model == CAMERA.scaled(16, 8)


@pytest.mark.parametrize('dtype', [np.uint8, np.float32])
def test_focal_ratio_scale_and_offset(dtype):
    tensor, values, quantization = ramp(dtype)
    depth, _ = decode(
        tensor,
        quantization,
        # f = 50 px · 32/64 = 25 network pixels: half the training cameras'.
        options={'focal_length_px': 50.0, 'valid_range_m': (0.0, 120.0)},
        scale=1.5,
        offset_m=3.0,
        valid_range_m=(0.0, 1000.0),
    )
    np.testing.assert_allclose(depth.depth_m, values[..., 0] * 100 * 0.5 * 1.5 + 3, rtol=1e-5)


@pytest.mark.parametrize(
    ('corrections', 'expected'),
    [
        ({}, [np.nan, 4.0, 40.0, np.nan]),
        ({'valid_range_m': (0.0, 1000.0)}, [np.nan, 4.0, 40.0, np.nan]),
        ({'valid_range_m': (5.0, 30.0)}, [np.nan] * 4),
        ({'scale': 3.0, 'offset_m': 1.0}, [np.nan, 13.0, 121.0, np.nan]),
    ],
)
def test_the_ends_of_the_networks_scale_are_unknown_through_any_lens(corrections, expected):
    """At f = 25 network pixels, half the training cameras', where 90 m of them are 45 m."""
    tensor = np.float32([[[0.04], [0.08], [0.8], [0.95]]])
    options = {'focal_length_px': 50.0, 'valid_range_m': (5.0, 90.0)}
    depth, _ = decode(tensor, options=options, **corrections)
    np.testing.assert_allclose(depth.depth_m[0], expected, rtol=1e-5)


def test_depth_is_positive_whatever_the_range():
    tensor = np.float32([[[0.0], [0.01], [0.02], [0.03]]])
    depth, _ = decode(tensor, offset_m=-2.0, valid_range_m=(-10.0, np.inf))
    np.testing.assert_allclose(depth.depth_m, [[np.nan, np.nan, np.nan, 1.0]], rtol=1e-5)


@pytest.mark.parametrize('decoder', ['linear', 'inverse', 'logarithmic'])
def test_bad_numbers_are_counted_and_unknown(decoder, recwarn):
    tensor = np.full((8, 16, 1), 0.5, np.float32)
    tensor[0, :5, 0] = (np.nan, np.inf, -np.inf, 3e38, -3e38)
    depth, non_finite = decode(tensor, options={'decoder': decoder, 'minimum_m': 2.0})
    assert non_finite == 3
    assert np.isnan(depth.depth_m[0, :5]).all()
    assert np.isfinite(depth.depth_m[1:]).all()
    assert not recwarn


def test_letterbox_padding_is_cut_off():
    tensor = np.full((8, 16, 1), np.nan, np.float32)
    tensor[2:6] = 0.5
    camera = CameraModel(64, 16, 50.0, 50.0, 31.0, 7.0)
    transform = ImageTransform.letterbox(camera.size, INPUT_SIZE, alignment=2)
    depth, non_finite = decode(tensor, transform=transform, camera=camera)
    assert non_finite == 0
    np.testing.assert_allclose(depth.depth_m, np.full((4, 16), 50.0))
    assert depth.camera_model == camera.scaled(16, 4)


def test_result_is_not_the_devices_buffer():
    tensor = np.full((8, 16, 1), 0.5, np.float32)
    depth, _ = decode(tensor, options={'maximum_m': 1.0, 'valid_range_m': (0.0, 1.0)})
    tensor[:] = 0
    assert (depth.depth_m == 0.5).all()


@pytest.mark.parametrize('dtype', [np.uint8, np.float32])
@pytest.mark.parametrize('decoder', ['linear', 'inverse'])
def test_metres_are_written_where_they_are_wanted(dtype, decoder):
    tensor, _, quantization = ramp(dtype)
    options = {'decoder': decoder, 'minimum_m': 2.0}
    out = np.empty((8, 16), np.float32)
    depth, _ = decode(tensor, quantization, options=options, out=out)
    assert depth.depth_m is out
    np.testing.assert_array_equal(out, decode(tensor, quantization, options=options)[0].depth_m)


@pytest.mark.parametrize('kernels', ['numpy', 'auto'])
def test_depth_as_colours(kernels):
    depth_m = np.float32([[np.nan, 0.1, 50.0, 100.0, 900.0]])
    depth = DepthMap(depth_m, CAMERA.scaled(5, 1))
    out = np.empty((1, 5, 3), np.uint8)
    image = color_depth(depth, 100.0, out=out, kernels=load_kernels(kernels))
    assert image is out
    unknown, near, middle, far, beyond = image[0].astype(int)
    assert not unknown.any()
    assert near[0] > near[2] and far[2] > far[0] and middle[1] == middle.max()
    np.testing.assert_array_equal(far, beyond)


def test_camera_of_another_size_is_refused():
    with pytest.raises(CameraInfoError, match='the image is 64×32, its camera_info 60×32'):
        decode(np.zeros((8, 16, 1), np.float32), camera=CameraModel(60, 32, 50, 50, 30, 15))


def test_other_shape_is_refused():
    info = TensorInfo('depth', (8, 16, 1), np.dtype(np.uint8))
    decoder = DepthDecoder(DepthSpecification('linear', 'depth', 100.0), info, INPUT_SIZE)
    with pytest.raises(NetworkOutputError, match='expected output depth'):
        decoder.decode(np.zeros((8, 16, 1), np.uint16), WHOLE, CAMERA)


@pytest.mark.parametrize(
    ('options', 'channels', 'message'),
    [
        ({}, 2, 'one channel'),
        ({'decoder': 'inverse'}, 1, '0 < minimum_m'),
        ({'decoder': 'logarithmic'}, 1, '0 < minimum_m'),
        ({'minimum_m': 100.0}, 1, '0 ≤ minimum_m < maximum_m'),
        ({'maximum_m': float('nan')}, 1, 'minimum_m < maximum_m'),
    ],
)
def test_specifications_that_cannot_work(options, channels, message):
    with pytest.raises(ConfigurationError, match=message):
        decode(np.zeros((8, 16, channels), np.float32), options=options)
