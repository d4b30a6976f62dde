# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Every encoding, written here by its definition and read back by the package."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cv2
from hypothesis import given
from hypothesis import strategies as st
import numpy as np
from numpy.typing import NDArray
import pytest

from hailo_perception.core.errors import Cause
from hailo_perception.core.errors import EncodingError
from hailo_perception.core.errors import FrameError
from hailo_perception.core.errors import ImageDataError
from hailo_perception.core.frame import CompressedImage
from hailo_perception.core.frame import RawImage
from hailo_perception.vision.decode import decode
from hailo_perception.vision.decode import read_picture
from hailo_perception.vision.encodings import ENCODINGS

Picture = NDArray[np.uint8]

# Rows are Y, Cb, Cr of ITU-R BT.601 with 8-bit limits, for R, G, B within 0…255.
_BT601 = (
    np.array(((65.481, 128.553, 24.966), (-37.797, -74.203, 112.0), (112.0, -93.786, -18.214)))
    / 255.0
)


def _noise(height: int, width: int, seed: int = 0) -> Picture:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def _blocks(height: int, width: int) -> Picture:
    """Colours constant over 2×2 pixels, so that subsampled chroma loses nothing."""
    small = _noise((height + 1) // 2, (width + 1) // 2, seed=1)
    return small.repeat(2, axis=0).repeat(2, axis=1)[:height, :width]


def _ramps(height: int, width: int) -> Picture:
    """Channels that grow linearly, each its own way: bilinear interpolation is exact."""
    rows, columns = np.mgrid[:height, :width]
    return np.stack(
        (20 + 6 * columns, 220 - 4 * rows - 2 * columns, 60 + 8 * rows), axis=-1
    ).astype(np.uint8)


def _luma_and_chroma(bgr: Picture) -> tuple[Picture, Picture, Picture]:
    yuv = bgr[..., ::-1] @ _BT601.T + (16, 128, 128)
    y, u, v = np.moveaxis(np.rint(yuv).astype(np.uint8), -1, 0)
    return y, u, v


def _packed_yuv(bgr: Picture, *, luma_first: bool) -> Picture:
    y, u, v = _luma_and_chroma(bgr)
    chroma = np.empty_like(y)
    chroma[:, 0::2] = u[:, 0::2]
    chroma[:, 1::2] = v[:, 0::2]
    pairs = (y, chroma) if luma_first else (chroma, y)
    return np.stack(pairs, axis=-1).reshape(len(bgr), -1)


def _two_planes(bgr: Picture, *, blue_first: bool) -> Picture:
    y, u, v = (plane for plane in _luma_and_chroma(bgr))
    pairs = (u, v) if blue_first else (v, u)
    chroma = np.stack([plane[::2, ::2] for plane in pairs], axis=-1)
    return np.concatenate((y, chroma.reshape(len(bgr) // 2, -1)))


def _mosaic(bgr: Picture, pattern: str) -> Picture:
    mosaic = np.empty(bgr.shape[:2], np.uint8)
    for place, color in enumerate(pattern):
        cell = (slice(place // 2, None, 2), slice(place % 2, None, 2))
        mosaic[cell] = bgr[(*cell, 'bgr'.index(color))]
    return mosaic


def _with_alpha(picture: Picture) -> Picture:
    alpha = np.full((*picture.shape[:2], 1), 17, np.uint8)
    return np.concatenate((picture, alpha), axis=-1).reshape(len(picture), -1)


def _flat(picture: Picture) -> Picture:
    return picture.reshape(len(picture), -1)


_Encode = Callable[[Picture], Picture]

# encoding: (reference picture, its rows in memory, largest allowed difference)
_EXACT: dict[str, _Encode] = {
    'bgr8': _flat,
    '8UC3': _flat,
    'rgb8': lambda bgr: _flat(bgr[..., ::-1]),
    'bgra8': _with_alpha,
    'rgba8': lambda bgr: _with_alpha(bgr[..., ::-1]),
}
_YUV: dict[str, _Encode] = {
    'yuv422': lambda bgr: _packed_yuv(bgr, luma_first=False),
    'uyvy': lambda bgr: _packed_yuv(bgr, luma_first=False),
    'yuv422_yuy2': lambda bgr: _packed_yuv(bgr, luma_first=True),
    'yuyv': lambda bgr: _packed_yuv(bgr, luma_first=True),
    'nv12': lambda bgr: _two_planes(bgr, blue_first=True),
    'nv21': lambda bgr: _two_planes(bgr, blue_first=False),
}
_BAYER: dict[str, _Encode] = {
    f'bayer_{pattern}8': lambda bgr, pattern=pattern: _mosaic(bgr, pattern)
    for pattern in ('rggb', 'bggr', 'gbrg', 'grbg')
}
_GREY: dict[str, _Encode] = {'mono8': lambda bgr: bgr[..., 0], '8UC1': lambda bgr: bgr[..., 0]}


def _message(encoding: str, rows: Picture, size: tuple[int, int], padding: int = 0) -> RawImage:
    """Make a message of image size (width, height) with noise behind each row."""
    noise = np.random.default_rng(2).integers(0, 256, (len(rows), padding), np.uint8)
    lines = np.concatenate((rows, noise), axis=1)
    return RawImage(encoding, size[0], size[1], lines.shape[1], lines.reshape(-1))


def _decoded_bgr(image: RawImage) -> Picture:
    picture, order = decode(image)
    assert picture.dtype == np.uint8
    return picture if order == 'bgr' else picture[..., ::-1]


def test_every_encoding_of_the_table_is_tested() -> None:
    assert {*_EXACT, *_YUV, *_BAYER, *_GREY} == set(ENCODINGS)


@pytest.mark.parametrize('padding', [0, 1, 64])
@pytest.mark.parametrize('size', [(1, 1), (1, 4), (7, 5), (32, 18)])
@pytest.mark.parametrize('encoding', _EXACT)
def test_decode_channels(encoding: str, size: tuple[int, int], padding: int) -> None:
    reference = _noise(size[1], size[0])
    image = _message(encoding, _EXACT[encoding](reference), size, padding)
    np.testing.assert_array_equal(_decoded_bgr(image), reference)


@pytest.mark.parametrize('padding', [0, 3])
@pytest.mark.parametrize('size', [(1, 1), (7, 5), (32, 18)])
@pytest.mark.parametrize('encoding', _GREY)
def test_decode_grey(encoding: str, size: tuple[int, int], padding: int) -> None:
    grey = _noise(size[1], size[0])[..., :1]
    image = _message(encoding, grey[..., 0], size, padding)
    np.testing.assert_array_equal(_decoded_bgr(image), grey.repeat(3, axis=-1))


@pytest.mark.parametrize('padding', [0, 2, 32])
@pytest.mark.parametrize('size', [(2, 2), (6, 4), (32, 18)])
@pytest.mark.parametrize('encoding', _YUV)
def test_decode_yuv(encoding: str, size: tuple[int, int], padding: int) -> None:
    reference = _blocks(size[1], size[0])
    image = _message(encoding, _YUV[encoding](reference), size, padding)
    # Rounding Y, Cb and Cr to whole numbers costs up to 0.6 + 1.0 levels in each channel.
    np.testing.assert_allclose(_decoded_bgr(image).astype(int), reference.astype(int), atol=3)


def test_decode_packed_yuv_with_an_odd_number_of_rows() -> None:
    reference = _blocks(5, 6)
    image = _message('yuyv', _YUV['yuyv'](reference), (6, 5))
    np.testing.assert_allclose(_decoded_bgr(image).astype(int), reference.astype(int), atol=3)


@pytest.mark.parametrize('padding', [0, 5])
@pytest.mark.parametrize('size', [(3, 3), (8, 6), (13, 11)])
@pytest.mark.parametrize('encoding', _BAYER)
def test_decode_bayer(encoding: str, size: tuple[int, int], padding: int) -> None:
    reference = _ramps(size[1], size[0])
    decoded = _decoded_bgr(_message(encoding, _BAYER[encoding](reference), size, padding))
    assert decoded.shape == reference.shape
    inside = (slice(1, -1), slice(1, -1))
    np.testing.assert_allclose(decoded[inside].astype(int), reference[inside].astype(int), atol=1)


@pytest.mark.parametrize('encoding', _BAYER)
def test_decode_bayer_of_one_color_up_to_the_border(encoding: str) -> None:
    reference = np.full((6, 8, 3), (10, 100, 200), np.uint8)
    decoded = _decoded_bgr(_message(encoding, _BAYER[encoding](reference), (8, 6)))
    np.testing.assert_array_equal(decoded, reference)


@pytest.mark.parametrize(('encoding', 'order'), [('bgr8', 'bgr'), ('rgb8', 'rgb')])
@pytest.mark.parametrize('padding', [0, 4])
def test_decode_does_not_copy_three_channels(encoding: str, order: str, padding: int) -> None:
    image = _message(encoding, _flat(_noise(4, 6)), (6, 4), padding)
    picture, color_order = decode(image)
    assert color_order == order
    assert np.shares_memory(picture, image.data)
    assert picture.strides == (image.step, 3, 1)


@pytest.mark.parametrize('encoding', ENCODINGS)
def test_read_picture_copies_no_raw_image(encoding: str) -> None:
    rows = {**_EXACT, **_YUV, **_BAYER, **_GREY}[encoding](_blocks(4, 6))
    image = _message(encoding, rows, (6, 4), padding=2)
    picture = read_picture(image, 'rgb', lambda size: (1, 1))
    assert picture.size == (6, 4)
    assert np.shares_memory(picture.pixels, image.data)


def test_read_picture_reduces_a_jpeg_and_no_png() -> None:
    sizes = []
    for suffix in ('.jpg', '.png'):
        data = cv2.imencode(suffix, _ramps(16, 32))[1].tobytes()
        picture = read_picture(_compressed('', data), 'bgr', lambda size: (16, 8))
        assert picture.size == (32, 16)
        sizes.append(picture.pixels.shape)
    assert sizes == [(8, 16, 3), (16, 32, 3)]


def test_decode_reads_read_only_messages() -> None:
    reference = _noise(4, 6)
    for encoding in ('bgr8', 'bgra8'):
        rows = _EXACT[encoding](reference)
        data = np.frombuffer(rows.tobytes(), np.uint8)
        picture, _ = decode(RawImage(encoding, 6, 4, rows.shape[1], data))
        np.testing.assert_array_equal(picture, reference)


@given(
    encoding=st.sampled_from(sorted(_EXACT)),
    width=st.integers(1, 40),
    height=st.integers(1, 20),
    padding=st.integers(0, 17),
    surplus=st.integers(0, 9),
    is_bigendian=st.booleans(),
)
def test_decode_ignores_padding_surplus_and_byte_order(
    encoding: str, width: int, height: int, padding: int, surplus: int, is_bigendian: bool
) -> None:
    reference = _noise(height, width)
    image = _message(encoding, _EXACT[encoding](reference), (width, height), padding)
    data = np.append(image.data, np.full(surplus, 99, np.uint8))
    image = replace(image, data=data, is_bigendian=is_bigendian)
    np.testing.assert_array_equal(_decoded_bgr(image), reference)


_GOOD = RawImage('bgr8', 6, 4, 18, np.zeros(72, np.uint8))


@pytest.mark.parametrize(
    ('changes', 'words'),
    [
        ({'data': np.zeros(0, np.uint8)}, ('expected 72 bytes', 'got 0')),
        ({'data': np.zeros(71, np.uint8)}, ('expected 72 bytes', 'got 71')),
        ({'width': 0}, ('0×4', 'at least 1×1')),
        ({'height': 0}, ('6×0', 'at least 1×1')),
        ({'step': 0}, ('step of at least 18', 'got 0')),
        ({'step': 17}, ('step of at least 18', 'got 17')),
        ({'encoding': 'bgra8'}, ('step of at least 24', 'got 18')),
        ({'height': 5}, ('expected 90 bytes', 'got 72')),
        ({'height': 2**32 - 1, 'step': 2**32 - 1}, ('expected 18446744065119617025 bytes',)),
        ({'encoding': 'yuyv', 'width': 5}, ('width divisible by 2',)),
        ({'encoding': 'nv12', 'width': 5}, ('width divisible by 2',)),
        ({'encoding': 'nv12', 'height': 3}, ('height divisible by 2',)),
        ({'encoding': 'nv21', 'step': 13}, ('expected 78 bytes', '6 rows of 13')),
        ({'encoding': 'bayer_rggb8', 'height': 2}, ('6×2', 'at least 3×3')),
    ],
)
def test_decode_refuses_impossible_messages(
    changes: dict[str, Any], words: tuple[str, ...]
) -> None:
    image = replace(_GOOD, **changes)
    with pytest.raises(ImageDataError) as caught:
        decode(image)
    assert caught.value.cause is Cause.IMAGE_DATA
    for word in (*words, image.encoding):
        assert word in str(caught.value)


@given(
    encoding=st.sampled_from([*ENCODINGS, 'mono16', '']),
    width=st.integers(0, 9),
    height=st.integers(0, 9),
    step=st.integers(0, 40),
    size=st.integers(0, 400),
)
def test_decode_gives_a_picture_or_a_frame_error(
    encoding: str, width: int, height: int, step: int, size: int
) -> None:
    image = RawImage(encoding, width, height, step, np.zeros(size, np.uint8))
    try:
        picture, _ = decode(image)
    except FrameError:
        return
    assert picture.shape == (height, width, 3)


def _compressed(format_name: str, data: bytes) -> CompressedImage:
    return CompressedImage(format_name, np.frombuffer(data, np.uint8))


@pytest.mark.parametrize('format_name', ['', 'jpeg', 'bgr8; png compressed bgr8', 'nonsense'])
@pytest.mark.parametrize('suffix', ['.jpg', '.png'])
def test_decode_believes_the_data_and_not_the_format(format_name: str, suffix: str) -> None:
    data = cv2.imencode(suffix, _ramps(12, 20))[1].tobytes()
    picture, order = decode(_compressed(format_name, data))
    assert order == 'bgr'
    np.testing.assert_allclose(picture.astype(int), _ramps(12, 20).astype(int), atol=12)


@pytest.mark.parametrize(
    ('format_name', 'data', 'error', 'words'),
    [
        ('jpeg', b'', ImageDataError, 'got none'),
        ('jpeg', b'\xff', EncodingError, 'first bytes are ff'),
        ('jpeg', b'RIFF\x10\0\0\0WEBP', EncodingError, '52 49 46 46'),
        ('16UC1; compressedDepth png', b'\0' * 40, EncodingError, 'holds depth'),
        ('32FC1; compressedDepth rvl', b'\0' * 40, EncodingError, 'holds depth'),
    ],
)
def test_decode_refuses_compressed(
    format_name: str, data: bytes, error: type[FrameError], words: str
) -> None:
    with pytest.raises(error) as caught:
        decode(_compressed(format_name, data))
    assert words in str(caught.value)
    assert format_name in str(caught.value)
