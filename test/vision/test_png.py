# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""PNG pictures of every kind that cameras and tools write."""

from __future__ import annotations

import struct
import zlib

import cv2
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
from numpy.typing import NDArray
import pytest

from hailo_perception.core.errors import EncodingError
from hailo_perception.core.errors import FrameError
from hailo_perception.core.errors import ImageDataError
from hailo_perception.vision.png import decode_png
from hailo_perception.vision.png import is_png


def _noise(*shape: int) -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, shape, np.uint8)


def _encode(picture: NDArray[np.generic]) -> NDArray[np.uint8]:
    return np.asarray(cv2.imencode('.png', picture)[1], np.uint8).reshape(-1)


def _chunk(name: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(name + content)
    return struct.pack('>I', len(content)) + name + content + struct.pack('>I', checksum)


def _claim(width: int, height: int) -> NDArray[np.uint8]:
    content = struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)
    chunks = _chunk(b'IHDR', content) + _chunk(b'IDAT', zlib.compress(b'')) + _chunk(b'IEND', b'')
    return np.frombuffer(b'\x89PNG\r\n\x1a\n' + chunks, np.uint8)


def test_is_png() -> None:
    assert not is_png(np.zeros(0, np.uint8))
    assert not is_png(np.frombuffer(b'\x89PNG', np.uint8))
    assert is_png(_encode(_noise(2, 2, 3)))


@pytest.mark.parametrize('size', [(1, 1), (7, 5), (40, 30)])
def test_decode_png_is_exact(size: tuple[int, int]) -> None:
    picture = _noise(size[1], size[0], 3)
    np.testing.assert_array_equal(decode_png(_encode(picture)), picture)


def test_decode_png_turns_grey_into_three_channels() -> None:
    grey = _noise(5, 7)
    np.testing.assert_array_equal(decode_png(_encode(grey)), np.stack((grey,) * 3, axis=-1))


def test_decode_png_drops_alpha() -> None:
    picture = _noise(5, 7, 4)
    np.testing.assert_array_equal(decode_png(_encode(picture)), picture[..., :3])


def test_decode_png_unfolds_a_palette() -> None:
    palette_rgb = bytes((200, 10, 20, 30, 210, 40))
    rows = bytes((0, 0b01000000, 0, 0b10000000))  # filter byte, then two 1-bit pixels
    content = (
        b'\x89PNG\r\n\x1a\n'
        + _chunk(b'IHDR', struct.pack('>IIBBBBB', 2, 2, 1, 3, 0, 0, 0))
        + _chunk(b'PLTE', palette_rgb)
        + _chunk(b'IDAT', zlib.compress(rows))
        + _chunk(b'IEND', b'')
    )
    first, second = (20, 10, 200), (40, 210, 30)
    np.testing.assert_array_equal(
        decode_png(np.frombuffer(content, np.uint8)), ((first, second), (second, first))
    )


@pytest.mark.parametrize('channels', [1, 3, 4])
def test_decode_png_refuses_16_bits(channels: int) -> None:
    picture = np.zeros((4, 4, channels), np.uint16)
    with pytest.raises(EncodingError, match='16 bits per channel; expected 8'):
        decode_png(_encode(picture))


@pytest.mark.parametrize('kept', [8, 20, 40, 0.5, -1, -12])
def test_decode_png_refuses_a_cut_picture(kept: float) -> None:
    data = _encode(_noise(20, 30, 3))
    length = int(kept * len(data)) if isinstance(kept, float) else kept
    with pytest.raises(ImageDataError, match='PNG is broken'):
        decode_png(data[:length])


def test_decode_png_refuses_changed_data() -> None:
    data = _encode(_noise(20, 30, 3))
    data[len(data) // 2] ^= 0xFF
    with pytest.raises(ImageDataError, match='PNG is broken'):
        decode_png(data)


def test_decode_png_refuses_another_first_chunk() -> None:
    data = _encode(_noise(4, 4, 3))
    data[12:16] = np.frombuffer(b'iDOT', np.uint8)
    with pytest.raises(ImageDataError, match='iDOT'):
        decode_png(data)


@pytest.mark.parametrize(('width', 'height'), [(0, 5), (5, 0), (8001, 8000), (2**31 - 1, 1)])
def test_decode_png_refuses_impossible_sizes(width: int, height: int) -> None:
    with pytest.raises(ImageDataError, match=f'{width}×{height}'):
        decode_png(_claim(width, height))


@settings(max_examples=60)
@given(changes=st.dictionaries(st.integers(8, 150), st.integers(0, 255), min_size=1, max_size=4))
def test_decode_png_gives_a_picture_or_a_frame_error(changes: dict[int, int]) -> None:
    data = _encode(_noise(6, 6, 3))
    for at, value in changes.items():
        data[at] = value
    try:
        assert decode_png(data).shape[2] == 3
    except FrameError:
        pass
