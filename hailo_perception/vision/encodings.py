# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The sensor_msgs image encodings that the package decodes, as one table."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from difflib import get_close_matches
from fractions import Fraction
from types import MappingProxyType

import cv2

from hailo_perception.core.errors import EncodingError
from hailo_perception.core.frame import ColorOrder


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the bytes of one encoding lie in memory, and how they become three channels.

    A row has ``width`` · ``channels`` bytes, and there are ``height`` · ``rows_per_line`` rows.
    Width and height must be multiples of ``multiple_of`` and at least ``minimum``.
    ``conversion`` is the OpenCV code that gives BGR; None when the three channels lie there
    already, in ``color_order``.
    """

    channels: int
    conversion: int | None
    color_order: ColorOrder = 'bgr'
    multiple_of: tuple[int, int] = (1, 1)
    minimum: int = 1
    rows_per_line: Fraction = Fraction(1)

    def row_bytes(self, width: int) -> int:
        """Bytes of one row without padding."""
        return width * self.channels

    def rows(self, height: int) -> int:
        """Rows in memory of an image of this height; more than it where planes follow."""
        return int(height * self.rows_per_line)


_UYVY = Encoding(2, cv2.COLOR_YUV2BGR_UYVY, multiple_of=(2, 1))
_YUYV = replace(_UYVY, conversion=cv2.COLOR_YUV2BGR_YUY2)
_NV12 = Encoding(1, cv2.COLOR_YUV2BGR_NV12, multiple_of=(2, 2), rows_per_line=Fraction(3, 2))
# OpenCV leaves a mosaic of less than 3×3 pixels black.
_BAYER_RGGB = Encoding(1, cv2.COLOR_BayerBG2BGR, minimum=3)
_BGR = Encoding(3, None)
_MONO = Encoding(1, cv2.COLOR_GRAY2BGR)

ENCODINGS = MappingProxyType(
    {
        'bgr8': _BGR,
        'rgb8': replace(_BGR, color_order='rgb'),
        'bgra8': Encoding(4, cv2.COLOR_BGRA2BGR),
        'rgba8': Encoding(4, cv2.COLOR_RGBA2BGR),
        'mono8': _MONO,
        '8UC1': _MONO,
        '8UC3': _BGR,
        'yuv422': _UYVY,
        'uyvy': _UYVY,
        'yuv422_yuy2': _YUYV,
        'yuyv': _YUYV,
        'nv12': _NV12,
        'nv21': replace(_NV12, conversion=cv2.COLOR_YUV2BGR_NV21),
        # OpenCV names a mosaic by the pixels at (1, 1) and (1, 2), ROS by those at (0, 0) and
        # (0, 1): the same mosaic has red and blue swapped in the two names.
        'bayer_rggb8': _BAYER_RGGB,
        'bayer_bggr8': replace(_BAYER_RGGB, conversion=cv2.COLOR_BayerRG2BGR),
        'bayer_gbrg8': replace(_BAYER_RGGB, conversion=cv2.COLOR_BayerGR2BGR),
        'bayer_grbg8': replace(_BAYER_RGGB, conversion=cv2.COLOR_BayerGB2BGR),
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
