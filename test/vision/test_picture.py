# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Resizing before converting gives what converting before resizing gives."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
import pytest

from hailo_perception.core.frame import ColorOrder
from hailo_perception.core.frame import RawImage
from hailo_perception.vision.decode import read_picture
from hailo_perception.vision.encodings import ENCODINGS
from hailo_perception.vision.encodings import find_encoding
from hailo_perception.vision.picture import Picture
from hailo_perception.vision.picture import whole

Pixels = NDArray[np.uint8]

_SIZE = (96, 64)
_CHROMA_LEVELS = 6
"""Chroma planes are resized to half of the target, so a change of chroma is a little blurred."""


def _smooth(size: tuple[int, int], low: int = 40, high: int = 200) -> Pixels:
    """Make bytes that change slowly, so that every way of interpolating gives nearly the same."""
    corners = np.random.default_rng(3).integers(low, high, (3, 4), np.uint8)
    return np.asarray(cv2.resize(corners, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _message(name: str, padding: int = 0) -> RawImage:
    encoding = find_encoding(name)
    rows, row_bytes = encoding.rows(_SIZE[1]), encoding.row_bytes(_SIZE[0])
    data = _smooth((row_bytes, rows))
    if encoding.layout == 'planes':
        chroma = _smooth((row_bytes // 2, rows - _SIZE[1]), 123, 133)
        data[_SIZE[1] :] = chroma.repeat(2, axis=1)
    lines = np.pad(data, ((0, 0), (0, padding)), constant_values=255)
    return RawImage(name, *_SIZE, row_bytes + padding, lines.reshape(-1))


def _converted_first(picture: Picture, size: tuple[int, int], order: ColorOrder) -> Pixels:
    channels, own_order = picture.in_color()
    resized = cv2.resize(channels, size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(resized if order == own_order else resized[..., ::-1], np.uint8)


@pytest.mark.parametrize('order', ['bgr', 'rgb'])
@pytest.mark.parametrize('padding', [0, 6])
@pytest.mark.parametrize(
    'size', [(1, 1), (32, 32), (33, 21), (48, 32), (48, 40), (96, 64), (120, 80)]
)
@pytest.mark.parametrize('name', ENCODINGS)
def test_write_into(name: str, size: tuple[int, int], padding: int, order: ColorOrder) -> None:
    picture = read_picture(_message(name, padding))
    out = np.full((size[1], size[0], 3), 77, np.uint8)
    picture.write_into(out, order, cv2.INTER_LINEAR)
    # The kernel for half the width rounds in its own way.
    allowed = _CHROMA_LEVELS if find_encoding(name).layout == 'planes' else int(size == (48, 40))
    expected = _converted_first(picture, size, order)
    np.testing.assert_allclose(out.astype(int), expected.astype(int), atol=allowed)


@pytest.mark.parametrize('name', ['bgr8', 'rgb8', 'mono8', 'bgra8', 'nv12', 'yuyv', 'bayer_rggb8'])
def test_write_into_a_part_of_a_picture_touches_nothing_else(name: str) -> None:
    around = np.full((60, 80, 3), 201, np.uint8)
    read_picture(_message(name)).write_into(around[10:50, 20:68], 'rgb', cv2.INTER_LINEAR)
    assert (around[10:50, 20:68] != 201).any()
    around[10:50, 20:68] = 201
    assert (around == 201).all()


def test_chroma_planes_are_not_swapped() -> None:
    """A red picture stays red on each way through."""
    luma = np.full((8, 12), 81, np.uint8)
    for name, chroma in (('nv12', (90, 240)), ('nv21', (240, 90))):
        pairs = np.tile(np.array(chroma, np.uint8), (4, 6))
        data = np.concatenate((luma, pairs)).reshape(-1)
        out = np.zeros((4, 6, 3), np.uint8)
        read_picture(RawImage(name, 12, 8, 12, data)).write_into(out, 'rgb', cv2.INTER_LINEAR)
        np.testing.assert_allclose(
            out.astype(int), np.full((4, 6, 3), (254, 0, 0)), atol=2, err_msg=name
        )


@pytest.mark.parametrize('order', ['bgr', 'rgb'])
def test_in_color_does_not_copy_channels(order: ColorOrder) -> None:
    image = np.zeros((4, 6, 3), np.uint8)
    channels, own_order = Picture.of_channels(image, order).in_color()
    assert channels is image
    assert own_order == order


def test_a_reduced_picture_knows_the_size_of_the_image() -> None:
    image = np.zeros((4, 6, 3), np.uint8)
    assert Picture.of_channels(image, 'bgr').size == (6, 4)
    assert Picture.of_channels(image, 'bgr', (12, 8)).size == (12, 8)
    assert whole((12, 8)) == (12, 8)
