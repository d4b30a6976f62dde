# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""JPEG with simplejpeg and without it: the same pictures and the same refusals."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
import struct
import sys

import cv2
from hypothesis import given
from hypothesis import HealthCheck
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
from numpy.typing import NDArray
import pytest

from hailo_perception.core.errors import EncodingError
from hailo_perception.core.errors import FrameError
from hailo_perception.core.errors import ImageDataError
from hailo_perception.vision import jpeg
from hailo_perception.vision.picture_file import MAXIMUM_PIXELS

_END = b'\xff\xd9'


@pytest.fixture(params=['simplejpeg', 'opencv'], autouse=True)
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Run each test with simplejpeg, and as if it was not installed."""
    if request.param == 'opencv':
        monkeypatch.setitem(sys.modules, 'simplejpeg', None)
    else:
        pytest.importorskip('simplejpeg')
    jpeg._simplejpeg.cache_clear()
    yield request.param
    jpeg._simplejpeg.cache_clear()


def _picture(height: int = 48, width: int = 64) -> NDArray[np.uint8]:
    small = np.random.default_rng(0).integers(0, 256, (4, 5, 3), np.uint8)
    return np.asarray(cv2.resize(small, (width, height)), np.uint8)


def _encode(picture: NDArray[np.uint8], *options: int) -> bytes:
    quality = (cv2.IMWRITE_JPEG_QUALITY, 95)
    return cv2.imencode('.jpg', picture, (*quality, *options))[1].tobytes()


def _array(data: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(data, np.uint8)


def _frame_header_at(data: bytes) -> int:
    return next(at for at in range(len(data)) if data[at : at + 2] in (b'\xff\xc0', b'\xff\xc2'))


def _claim(data: bytes, height: int, width: int, bits: int = 8) -> bytes:
    at = _frame_header_at(data) + 4
    return data[:at] + struct.pack('>BHH', bits, height, width) + data[at + 5 :]


@pytest.mark.parametrize('size', [(1, 1), (7, 5), (64, 48)])
@pytest.mark.parametrize(
    'options',
    [(), (cv2.IMWRITE_JPEG_PROGRESSIVE, 1), (cv2.IMWRITE_JPEG_RST_INTERVAL, 2)],
    ids=['baseline', 'progressive', 'restart'],
)
def test_decode_jpeg_gives_opencvs_pixels(size: tuple[int, int], options: tuple[int, ...]) -> None:
    data = _array(_encode(_picture(size[1], size[0]), *options))
    decoded = jpeg.decode_jpeg(data)
    np.testing.assert_array_equal(decoded, cv2.imdecode(data, cv2.IMREAD_COLOR))
    assert decoded.shape == (size[1], size[0], 3)


@pytest.mark.parametrize(
    ('size', 'least', 'expected'),
    [
        ((64, 48), (64, 48), (64, 48)),
        ((64, 48), (33, 24), (64, 48)),
        ((64, 48), (32, 25), (64, 48)),
        ((64, 48), (32, 24), (32, 24)),
        ((64, 48), (20, 13), (32, 24)),
        ((64, 48), (16, 12), (16, 12)),
        ((64, 48), (1, 1), (8, 6)),
        ((66, 48), (1, 1), (33, 24)),
        ((64, 47), (1, 1), (64, 47)),
        ((64, 48), (640, 480), (64, 48)),
    ],
)
@pytest.mark.parametrize('progressive', [0, 1])
def test_read_jpeg_at_a_reduced_size(
    size: tuple[int, int], least: tuple[int, int], expected: tuple[int, int], progressive: int
) -> None:
    original = _picture(size[1], size[0])
    data = _array(_encode(original, cv2.IMWRITE_JPEG_PROGRESSIVE, progressive))
    picture = jpeg.read_jpeg(data, 'bgr', lambda image_size: least)
    assert picture.size == size
    assert picture.pixels.shape == (expected[1], expected[0], 3)
    means = cv2.resize(original, expected, interpolation=cv2.INTER_AREA)
    # Hasty upsampling repeats colours in blocks of two, so one pixel may be further off.
    difference = np.abs(picture.pixels.astype(int) - means)
    assert np.percentile(difference, 95) < 24
    assert difference.mean() < 4


def test_read_jpeg_asks_with_the_size_of_the_image() -> None:
    asked = []

    def least_size(size: tuple[int, int]) -> tuple[int, int]:
        asked.append(size)
        return size

    jpeg.read_jpeg(_array(_encode(_picture(48, 64))), 'bgr', least_size)
    assert asked == [(64, 48)]


@pytest.mark.parametrize('least', [(64, 48), (32, 24)])
def test_read_jpeg_gives_the_order_that_it_tells(library: str, least: tuple[int, int]) -> None:
    data = _array(_encode(_picture()))
    in_bgr, in_rgb = (jpeg.read_jpeg(data, order, lambda _: least) for order in ('bgr', 'rgb'))
    assert in_bgr.encoding.color_order == 'bgr'
    assert in_rgb.encoding.color_order == ('rgb' if library == 'simplejpeg' else 'bgr')
    swapped = in_rgb.pixels[..., ::-1] if library == 'simplejpeg' else in_rgb.pixels
    np.testing.assert_array_equal(swapped, in_bgr.pixels)


def test_decode_jpeg_turns_grey_into_three_channels() -> None:
    grey = np.full((16, 24), 77, np.uint8)
    decoded = jpeg.decode_jpeg(_array(_encode(grey)))
    np.testing.assert_array_equal(decoded, np.full((16, 24, 3), 77))


def test_decode_jpeg_turns_cmyk_into_bgr(library: str) -> None:
    if library == 'opencv':
        pytest.skip('OpenCV writes no CMYK')
    simplejpeg = pytest.importorskip('simplejpeg')
    # As printers' software writes it: 255 means no ink.
    ink = np.full((16, 16, 4), (255, 0, 128, 255), np.uint8)
    data = simplejpeg.encode_jpeg(ink, quality=95, colorspace='CMYK')
    decoded = jpeg.decode_jpeg(_array(data))
    np.testing.assert_allclose(decoded.astype(int), np.full((16, 16, 3), (128, 0, 255)), atol=4)


def test_decode_jpeg_leaves_the_pixels_as_the_sensor_has_them(
    turned_jpeg: Callable[[bytes], bytes],
) -> None:
    data = _encode(_picture())
    turned = _array(turned_jpeg(data))
    assert cv2.imdecode(turned, cv2.IMREAD_COLOR).shape == (64, 48, 3)
    np.testing.assert_array_equal(jpeg.decode_jpeg(turned), jpeg.decode_jpeg(_array(data)))


@pytest.mark.parametrize(
    'change',
    [
        lambda data: data + b'\0' * 100,
        lambda data: data + b'\x55' * 7,
        lambda data: data[:2] + b'\xff\xff\xff' + data[2:],
        lambda data: data[:2] + b'\xff\xfe\0\x04\xff\xd9' + data[2:],
    ],
    ids=['zeros behind', 'rubbish behind', 'fill bytes', 'end marker in a comment'],
)
def test_decode_jpeg_accepts_what_drivers_write(change: Callable[[bytes], bytes]) -> None:
    data = _encode(_picture())
    np.testing.assert_array_equal(
        jpeg.decode_jpeg(_array(change(data))), jpeg.decode_jpeg(_array(data))
    )


def test_decode_jpeg_accepts_bytes_stuffed_before_a_marker() -> None:
    data = _encode(_picture(), cv2.IMWRITE_JPEG_RST_INTERVAL, 2)
    at = data.index(b'\xff\xd1')
    stuffed = data[:at] + b'\x11\x22' + data[at:]
    np.testing.assert_array_equal(
        jpeg.decode_jpeg(_array(stuffed)), jpeg.decode_jpeg(_array(data))
    )


@pytest.mark.parametrize(
    ('kept', 'finding'),
    [
        (3, 'its header is cut'),
        (20, 'its header is cut'),
        (100, 'its header is cut'),
        (0.6, 'its end is missing'),
        (0.8, 'its end is missing'),
        (-1, 'its end is missing'),
        (-2, 'its end is missing'),
    ],
)
def test_decode_jpeg_refuses_a_cut_picture(kept: float, finding: str) -> None:
    comment = b'\xff\xfe\0\x04' + _END
    data = _encode(_picture())
    data = data[:2] + comment + data[2:]
    length = int(kept * len(data)) if isinstance(kept, float) else kept
    with pytest.raises(ImageDataError, match=f'JPEG is broken: {finding}') as caught:
        jpeg.decode_jpeg(_array(data[:length]))
    assert 'link' in str(caught.value)


def test_decode_jpeg_refuses_missing_bytes_in_the_middle(library: str) -> None:
    if library == 'opencv':
        pytest.skip('OpenCV does not tell')
    data = _encode(_picture(480, 640))
    half = len(data) // 2
    with pytest.raises(ImageDataError, match='Corrupt JPEG data'):
        jpeg.decode_jpeg(_array(data[:half] + data[half + 500 :]))


def test_decode_jpeg_refuses_other_data_with_a_jpegs_first_bytes() -> None:
    with pytest.raises(ImageDataError, match='header is cut'):
        jpeg.decode_jpeg(_array(b'\xff\xd8\xff' + b'\x42' * 500 + _END))


def test_decode_jpeg_refuses_a_scan_without_a_size() -> None:
    with pytest.raises(ImageDataError, match='does not tell the size'):
        jpeg.decode_jpeg(_array(b'\xff\xd8\xff\xda\0\x0c' + b'\0' * 30 + _END))


@pytest.mark.parametrize(('height', 'width'), [(0, 64), (48, 0), (65535, 65535), (8001, 8000)])
def test_decode_jpeg_refuses_impossible_sizes(height: int, width: int) -> None:
    data = _array(_claim(_encode(_picture()), height, width))
    with pytest.raises(ImageDataError) as caught:
        jpeg.decode_jpeg(data)
    assert f'{width}×{height}' in str(caught.value)
    assert str(MAXIMUM_PIXELS // 1_000_000) in str(caught.value)


def test_decode_jpeg_refuses_12_bits() -> None:
    with pytest.raises(EncodingError, match='12 bits per channel; expected 8'):
        jpeg.decode_jpeg(_array(_claim(_encode(_picture()), 48, 64, bits=12)))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.data())
def test_decode_jpeg_gives_a_picture_or_a_frame_error(data: st.DataObject) -> None:
    content = bytearray(_encode(_picture(16, 16)))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(3, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        decoded = jpeg.decode_jpeg(_array(bytes(content)))
    except FrameError:
        return
    assert decoded.ndim == 3
    assert decoded.shape[2] == 3


@pytest.mark.parametrize('size', [(1, 1), (33, 21), (64, 48)])
def test_encode_jpeg_round_trip(size: tuple[int, int]) -> None:
    picture = np.full((size[1], size[0], 3), (30, 120, 220), np.uint8)
    data = jpeg.encode_jpeg(picture, quality=95)
    assert jpeg.is_jpeg(_array(data))
    np.testing.assert_allclose(
        jpeg.decode_jpeg(_array(data)).astype(int), picture.astype(int), atol=4
    )


def test_encode_jpeg_takes_strided_pictures() -> None:
    wide = _picture(32, 80)
    part = wide[:, 16:48]
    assert jpeg.encode_jpeg(part) == jpeg.encode_jpeg(part.copy())


def test_encode_jpeg_is_smaller_with_less_quality() -> None:
    assert len(jpeg.encode_jpeg(_picture(), 30)) < len(jpeg.encode_jpeg(_picture(), 95))


@pytest.mark.parametrize('quality', [-1, 0, 101])
def test_encode_jpeg_refuses_a_quality_out_of_range(quality: int) -> None:
    with pytest.raises(ValueError, match='within 1…100'):
        jpeg.encode_jpeg(_picture(), quality)
