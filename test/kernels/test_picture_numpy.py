# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Pictures of one pixel are resized although OpenCV 4.5, Ubuntu 22.04's, fails with them."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from hailo_perception.anonymization.covering import cover
from hailo_perception.anonymization.settings import CoverSettings
from hailo_perception.kernels.numpy_kernels import halve_width
from hailo_perception.kernels.picture_numpy import resize
from hailo_perception.models.specification import InputSpecification
from hailo_perception.vision.encodings import ENCODINGS
from hailo_perception.vision.encodings import find_encoding
from hailo_perception.vision.picture import Picture
from hailo_perception.vision.preprocess import Preprocessor

_resize_of_opencv = cv2.resize
_convert_of_opencv = cv2.cvtColor


@pytest.fixture(autouse=True)
def old_opencv(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make OpenCV refuse what that of Ubuntu 22.04 refuses, whichever is installed."""

    def check(array: Any) -> None:
        shape = () if array is None else array.shape
        if shape[:2] == (1, 1) and shape[2:] not in ((), (1,)):
            raise cv2.error('(-215:Assertion failed) _step >= minstep')

    def old_resize(source: Any, size: Any, dst: Any = None, **options: Any) -> Any:
        check(source)
        check(dst)
        return _resize_of_opencv(source, size, dst=dst, **options)

    def old_convert(source: Any, code: int, dst: Any = None) -> Any:
        check(source)
        check(dst)
        return _convert_of_opencv(source, code, dst=dst)

    monkeypatch.setattr(cv2, 'resize', old_resize)
    monkeypatch.setattr(cv2, 'cvtColor', old_convert)


@pytest.mark.parametrize('interpolation', [cv2.INTER_NEAREST, cv2.INTER_LINEAR, cv2.INTER_AREA])
@pytest.mark.parametrize('channels', [(), (1,), (2,), (3,), (4,)])
def test_one_pixel_is_source_and_result(channels: tuple[int, ...], interpolation: int) -> None:
    pixel = np.full((1, 1, *channels), 7, np.uint8)
    for size in ((1, 1), (1, 3), (4, 1), (4, 3)):
        result = np.zeros((*size, *channels), np.uint8)
        resize(pixel, result, interpolation)
        assert (result == 7).all()
        smallest = np.zeros_like(pixel)
        resize(result, smallest, interpolation)
        assert (smallest == 7).all()


def test_half_of_two_pixels() -> None:
    result = np.zeros((1, 1, 3), np.uint8)
    halve_width(np.array([[[0, 10, 20], [10, 20, 30]]], np.uint8), result)
    assert result.tolist() == [[[5, 15, 25]]]


@pytest.mark.parametrize('method', ['blur', 'mosaic'])
def test_a_region_of_one_block_is_covered(method: Any) -> None:
    picture = np.full((9, 9, 3), 200, np.uint8)
    picture[::2] = 100
    settings = CoverSettings(method=method, minimum_block_px=8)
    cover(picture, np.array([[2.0, 2.0, 6.0, 6.0]]), settings)
    assert len(np.unique(picture[2:6, 2:6])) == 1


def test_a_preprocessor_warms_up() -> None:
    Preprocessor(InputSpecification(48, 32)).warm_up()


@pytest.mark.parametrize('name', ENCODINGS)
def test_a_picture_is_written_into_one_pixel(name: str) -> None:
    encoding = find_encoding(name)
    channels = () if encoding.channels == 1 else (encoding.channels,)
    pixels = np.full((encoding.rows(4), 4, *channels), 128, np.uint8)
    out = np.zeros((1, 1, 3), np.uint8)
    Picture((4, 4), pixels, encoding).write_into(out, 'rgb', cv2.INTER_LINEAR)
    np.testing.assert_allclose(out.astype(int), 128, atol=4)
