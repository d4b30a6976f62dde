# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The table of encodings and what is said about those it does not hold."""

from __future__ import annotations

import pytest

from hailo_perception.core.errors import Cause
from hailo_perception.core.errors import EncodingError
from hailo_perception.vision.encodings import ENCODINGS
from hailo_perception.vision.encodings import find_encoding


@pytest.mark.parametrize(
    ('name', 'words'),
    [
        ('', 'names none'),
        ('BGR8', "did you mean 'bgr8'"),
        ('rgb', "did you mean 'rgb8'"),
        ('bayer_rgbg8', "did you mean 'bayer_"),
        ('8uc3', "did you mean '8UC3'"),
        ('mono16', "publish 'mono8'"),
        ('rgb16', "publish 'rgb8'"),
        ('bayer_grbg16', "publish 'bayer_grbg8'"),
        ('16UC1', "publish 'mono8'"),
        ('16UC3', "publish 'bgr8'"),
        ('16SC1', 'depth or measurements'),
        ('32FC1', 'depth or measurements'),
        ('64FC1', 'depth or measurements'),
    ],
)
def test_unknown_encoding_is_refused_with_a_remedy(name: str, words: str) -> None:
    with pytest.raises(EncodingError) as caught:
        find_encoding(name)
    message = str(caught.value)
    assert f"'{name}' is not supported" in message
    assert words in message
    assert all(known in message for known in ENCODINGS)
    assert caught.value.cause is Cause.ENCODING


def test_a_name_like_no_other_gets_no_guess() -> None:
    with pytest.raises(EncodingError) as caught:
        find_encoding('thermal')
    assert 'did you mean' not in str(caught.value)


@pytest.mark.parametrize(
    ('name', 'row_bytes', 'rows'),
    [
        ('bgr8', 24, 6),
        ('8UC3', 24, 6),
        ('rgba8', 32, 6),
        ('mono8', 8, 6),
        ('8UC1', 8, 6),
        ('yuv422', 16, 6),
        ('yuyv', 16, 6),
        ('nv12', 8, 9),
        ('nv21', 8, 9),
        ('bayer_rggb8', 8, 6),
    ],
)
def test_layout_of_an_8_by_6_image(name: str, row_bytes: int, rows: int) -> None:
    encoding = find_encoding(name)
    assert encoding.row_bytes(8) == row_bytes
    assert encoding.rows(6) == rows


@pytest.mark.parametrize('name', ENCODINGS)
def test_an_encoding_is_in_one_order_at_most(name: str) -> None:
    encoding = find_encoding(name)
    orders = [order for order in ('bgr', 'rgb') if encoding.conversion_to(order) is None]
    assert orders == ([encoding.color_order] if encoding.color_order else [])
    assert encoding.color_order == {'bgr8': 'bgr', '8UC3': 'bgr', 'rgb8': 'rgb'}.get(name)
