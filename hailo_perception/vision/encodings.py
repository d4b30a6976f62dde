# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The sensor_msgs image encodings that the package decodes, as one table."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from difflib import get_close_matches
from fractions import Fraction
from types import MappingProxyType
from typing import Literal

import cv2

from hailo_perception.core.errors import EncodingError
from hailo_perception.core.frame import ColorOrder

Layout = Literal['channels', 'planes', 'shared']
"""Every pixel has its own bytes; brightness in full and chroma in half size behind it; or pixels
share bytes with their neighbours (packed YUV, mosaics)."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the bytes of one encoding lie in memory, and how they become three channels.

    A row has ``width`` · ``channels`` bytes, and there are ``height`` · ``rows_per_line`` rows.
    Width and height must be multiples of ``multiple_of`` and at least ``minimum``.
    ``conversion`` is the OpenCV code that gives BGR, ``conversion_to_rgb`` the one that gives RGB;
    None when the three channels lie there already in that order.
    """

    channels: int
    conversion: int | None
    conversion_to_rgb: int | None
    layout: Layout = 'channels'
    multiple_of: tuple[int, int] = (1, 1)
    minimum: int = 1
    rows_per_line: Fraction = Fraction(1)

    @property
    def color_order(self) -> ColorOrder | None:
        """The order in which the three channels lie there already, None where they do not."""
        if self.conversion is None:
            return 'bgr'
        return 'rgb' if self.conversion_to_rgb is None else None

    def conversion_to(self, color_order: ColorOrder) -> int | None:
        """Look up the OpenCV code that gives channels in this order; None where they are."""
        return self.conversion if color_order == 'bgr' else self.conversion_to_rgb

    def row_bytes(self, width: int) -> int:
        """Bytes of one row without padding."""
        return width * self.channels

    def rows(self, height: int) -> int:
        """Rows in memory of an image of this height; more than it where planes follow."""
        return int(height * self.rows_per_line)


_UYVY = Encoding(
    2, cv2.COLOR_YUV2BGR_UYVY, cv2.COLOR_YUV2RGB_UYVY, layout='shared', multiple_of=(2, 1)
)
_YUYV = replace(
    _UYVY, conversion=cv2.COLOR_YUV2BGR_YUY2, conversion_to_rgb=cv2.COLOR_YUV2RGB_YUY2
)
_NV12 = Encoding(
    1,
    cv2.COLOR_YUV2BGR_NV12,
    cv2.COLOR_YUV2RGB_NV12,
    layout='planes',
    multiple_of=(2, 2),
    rows_per_line=Fraction(3, 2),
)
_NV21 = replace(
    _NV12, conversion=cv2.COLOR_YUV2BGR_NV21, conversion_to_rgb=cv2.COLOR_YUV2RGB_NV21
)
_MONO = Encoding(1, cv2.COLOR_GRAY2BGR, cv2.COLOR_GRAY2RGB)
BGR = Encoding(3, None, cv2.COLOR_BGR2RGB)
RGB = Encoding(3, cv2.COLOR_RGB2BGR, None)


def _mosaic(conversion: int, conversion_to_rgb: int) -> Encoding:
    # OpenCV leaves a mosaic of less than 3×3 pixels black.
    return Encoding(1, conversion, conversion_to_rgb, layout='shared', minimum=3)


ENCODINGS = MappingProxyType(
    {
        'bgr8': BGR,
        'rgb8': RGB,
        'bgra8': Encoding(4, cv2.COLOR_BGRA2BGR, cv2.COLOR_BGRA2RGB),
        'rgba8': Encoding(4, cv2.COLOR_RGBA2BGR, cv2.COLOR_RGBA2RGB),
        'mono8': _MONO,
        '8UC1': _MONO,
        '8UC3': BGR,
        'yuv422': _UYVY,
        'uyvy': _UYVY,
        'yuv422_yuy2': _YUYV,
        'yuyv': _YUYV,
        'nv12': _NV12,
        'nv21': _NV21,
        # OpenCV names a mosaic by the pixels at (1, 1) and (1, 2), ROS by those at (0, 0) and
        # (0, 1): the same mosaic has red and blue swapped in the two names.
        'bayer_rggb8': _mosaic(cv2.COLOR_BayerBG2BGR, cv2.COLOR_BayerBG2RGB),
        'bayer_bggr8': _mosaic(cv2.COLOR_BayerRG2BGR, cv2.COLOR_BayerRG2RGB),
        'bayer_gbrg8': _mosaic(cv2.COLOR_BayerGR2BGR, cv2.COLOR_BayerGR2RGB),
        'bayer_grbg8': _mosaic(cv2.COLOR_BayerGB2BGR, cv2.COLOR_BayerGB2RGB),
    }
)
"""Supported encodings by their names in sensor_msgs/image_encodings.hpp."""


def find_encoding(name: str) -> Encoding:
    """Look an encoding up by its sensor_msgs name.

    EncodingError names the nearest supported encoding and lists all of them.
    """
    encoding = ENCODINGS.get(name)
    if encoding is None:
        raise EncodingError(
            f"image encoding '{name}' is not supported{_remedy(name)}; "
            f'supported are {", ".join(ENCODINGS)}'
        )
    return encoding


def _remedy(name: str) -> str:
    if not name:
        return ': the message names none, set the encoding in the camera driver'
    eight_bit = _eight_bit_twin(name)
    if eight_bit is not None:
        return f": it has 16 bits per channel, let the camera driver publish '{eight_bit}'"
    if name.startswith(('16', '32', '64')):
        return ': it holds depth or measurements, not a picture of 8 bits per channel'
    by_lower_case = {known.lower(): known for known in ENCODINGS}
    near = get_close_matches(name.lower(), by_lower_case, n=1, cutoff=0.5)
    return f", did you mean '{by_lower_case[near[0]]}'?" if near else ''


def _eight_bit_twin(name: str) -> str | None:
    eight_bit = {'16UC1': 'mono8', '16UC3': 'bgr8', '16UC4': 'bgra8'}.get(name)
    if eight_bit is None and name.endswith('16'):
        eight_bit = f'{name[:-2]}8'
    return eight_bit if eight_bit in ENCODINGS else None
