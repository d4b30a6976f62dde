# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""JPEG in both directions: libjpeg-turbo by simplejpeg where it is installed, else OpenCV.

Both give the same pixels; simplejpeg takes half the time and also tells where data is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
import struct
from types import ModuleType

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.frame import ColorOrder
from hailo_perception.vision.picture import LeastSize
from hailo_perception.vision.picture import Picture
from hailo_perception.vision.picture import Size
from hailo_perception.vision.picture import whole
from hailo_perception.vision.picture_file import broken_picture
from hailo_perception.vision.picture_file import check_header
from hailo_perception.vision.picture_file import decode_by_opencv

_START = b'\xff\xd8'
_END = b'\xff\xd9'
_START_OF_SCAN = 0xDA
_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_WITHOUT_LENGTH = frozenset((0x01, *range(0xD0, 0xD9)))
_FILL_BYTE = 0xFF
_SEGMENT_LENGTH = struct.Struct('>H')
_FRAME_HEADER = struct.Struct('>BHHB')

_CMYK_CHANNELS = 4

_REDUCTIONS = (8, 4, 2)
"""Factors by which both libraries decode smaller for less, with vector instructions."""

# Many webcams stuff bytes between the parts of a picture that is otherwise whole.
_HARMLESS_WARNING = 'extraneous bytes before marker'


def is_jpeg(data: NDArray[np.uint8]) -> bool:
    """Tell by the first bytes whether flat uint8 data is a JPEG."""
    return data[:3].tobytes() == _START + b'\xff'


def decode_jpeg(data: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Decode a whole JPEG, flat uint8, to (H, W, 3) BGR; errors are those of ``read_jpeg``."""
    return read_jpeg(data).pixels


def read_jpeg(
    data: NDArray[np.uint8], color_order: ColorOrder = 'bgr', least_size: LeastSize = whole
) -> Picture:
    """Decode a JPEG, flat uint8, as the sensor saw it, as small as ``least_size`` lets it be.

    A side that the factor does not divide keeps the picture whole: it would be enlarged a little.
    Where a size is asked for at all, libjpeg-turbo's hasty arithmetic does (about 46 dB from the
    exact one, a sixth of the time less).
    Grey and CMYK pictures become colour too; an EXIF orientation is not applied. Without
    simplejpeg, and for CMYK, the channels are BGR whatever ``color_order`` says. ImageDataError
    when the data is broken or cut; EncodingError for 12-bit pictures.
    """
    header = _check_header_and_end(data.tobytes())
    reduction = _reduction(header.size, least_size(header.size))
    turbo = _simplejpeg()
    # libjpeg-turbo before 3 converts no CMYK.
    if turbo is None or header.channels == _CMYK_CHANNELS:
        decoded = decode_by_opencv('JPEG', data, reduction)
        return Picture.of_channels(decoded, 'bgr', header.size)
    decoded = _decode_by_simplejpeg(
        turbo, data, color_order, header.size, reduction, hasty=least_size is not whole
    )
    return Picture.of_channels(decoded, color_order, header.size)


def _reduction(size: Size, least_size: Size) -> int:
    """Find the greatest factor that divides both sides and leaves enough of them."""
    for factor in _REDUCTIONS:
        if all(
            side % factor == 0 and side // factor >= least
            for side, least in zip(size, least_size, strict=True)
        ):
            return factor
    return 1


def encode_jpeg(image_bgr: NDArray[np.uint8], quality: int = 80) -> bytes:
    """Encode (H, W, 3) BGR uint8 as a JPEG with 4:2:0 colour; ``quality`` within 1…100."""
    if not 1 <= quality <= 100:
        raise ValueError(f'JPEG quality must be within 1…100, got {quality}')
    turbo = _simplejpeg()
    if turbo is None:
        _, buffer = cv2.imencode('.jpg', image_bgr, (cv2.IMWRITE_JPEG_QUALITY, quality))
        return buffer.tobytes()
    encoded: bytes = turbo.encode_jpeg(np.ascontiguousarray(image_bgr), quality, 'BGR', '420')
    return encoded


@lru_cache(maxsize=1)
def _simplejpeg() -> ModuleType | None:
    try:
        import simplejpeg
    except ImportError:
        return None
    module: ModuleType = simplejpeg
    return module


def _decode_by_simplejpeg(
    turbo: ModuleType,
    data: NDArray[np.uint8],
    color_order: ColorOrder,
    size: Size,
    reduction: int,
    *,
    hasty: bool,
    strict: bool = True,
) -> NDArray[np.uint8]:
    try:
        decoded = turbo.decode_jpeg(
            data,
            color_order.upper(),
            min_width=size[0] // reduction,
            min_height=size[1] // reduction,
            min_factor=reduction,
            fastdct=hasty,
            fastupsample=hasty,
            strict=strict,
        )
    except ValueError as error:
        if strict and _HARMLESS_WARNING in str(error):
            return _decode_by_simplejpeg(
                turbo, data, color_order, size, reduction, hasty=hasty, strict=False
            )
        raise broken_picture('JPEG', str(error)) from error
    return np.asarray(decoded, np.uint8)


@dataclass(frozen=True, slots=True)
class _Header:
    size: Size
    channels: int


def _check_header_and_end(content: bytes) -> _Header:
    """Walk the segments up to the first scan and return size and channels of the picture.

    Segments: ITU-T T.81, annex B. A decoder may fill what is missing with grey without a word,
    so the end is looked for here.
    """
    header = None
    position = len(_START)
    while (position := content.find(b'\xff', position)) >= 0 and position + 4 <= len(content):
        marker = content[position + 1]
        if marker == _START_OF_SCAN:
            break
        if marker == _FILL_BYTE or marker in _WITHOUT_LENGTH:
            position += 1 if marker == _FILL_BYTE else 2
            continue
        if marker in _START_OF_FRAME and position + 4 + _FRAME_HEADER.size <= len(content):
            bits, height, width, channels = _FRAME_HEADER.unpack_from(content, position + 4)
            check_header('JPEG', width, height, bits)
            header = _Header((width, height), channels)
        position += 2 + _SEGMENT_LENGTH.unpack_from(content, position + 2)[0]
    else:
        raise broken_picture('JPEG', f'its header is cut after {len(content)} bytes')
    if header is None or not header.channels:
        raise broken_picture('JPEG', 'its header does not tell the size')
    # Drivers with fixed buffers leave anything behind the end, so it may lie before the last byte.
    if content.rfind(_END, position) < 0:
        raise broken_picture('JPEG', f'its end is missing after {len(content)} bytes')
    return header
