# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""PNG pictures."""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

from hailo_perception.vision.picture_file import broken_picture
from hailo_perception.vision.picture_file import check_header
from hailo_perception.vision.picture_file import decode_by_opencv

_SIGNATURE = b'\x89PNG\r\n\x1a\n'
_HEADER = struct.Struct('>8s4x4sIIB')
_END_CHUNK = b'\0\0\0\0IEND\xaeB`\x82'


def is_png(data: NDArray[np.uint8]) -> bool:
    """Tell by the first bytes whether flat uint8 data is a PNG."""
    return data[: len(_SIGNATURE)].tobytes() == _SIGNATURE


def decode_png(data: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Decode a whole PNG, flat uint8, to (H, W, 3) BGR.

    Grey and palette pictures become BGR too; alpha is dropped. ImageDataError when the data is
    broken or cut; EncodingError for 16 bits per channel.
    """
    _check_first_and_last_chunk(data.tobytes())
    return decode_by_opencv('PNG', data)


def _check_first_and_last_chunk(content: bytes) -> None:
    """Check the header, and that the end is there (W3C PNG specification, section 11.2).

    Some decoders fill what is missing with black without a word.
    """
    if len(content) < _HEADER.size:
        raise broken_picture('PNG', 'its header is cut')
    _, chunk, width, height, bits = _HEADER.unpack_from(content)
    if chunk != b'IHDR':
        raise broken_picture('PNG', f'its first chunk is {chunk!r} and not IHDR')
    check_header('PNG', width, height, bits)
    if content.rfind(_END_CHUNK) < 0:
        raise broken_picture('PNG', f'its end is missing after {len(content)} bytes')
