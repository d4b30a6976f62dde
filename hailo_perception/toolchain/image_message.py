# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Camera messages from their serialised bytes (CDR), for recordings read without ROS."""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.errors import ImageDataError
from hailo_perception.core.frame import CompressedImage
from hailo_perception.core.frame import RawImage

IMAGE = 'sensor_msgs/msg/Image'
COMPRESSED_IMAGE = 'sensor_msgs/msg/CompressedImage'
IMAGE_TYPES = (IMAGE, COMPRESSED_IMAGE)

_BIG_ENDIAN, _LITTLE_ENDIAN = b'\x00\x00', b'\x00\x01'
_ENCAPSULATION_BYTES = 4


def read_image_message(message_type: str, data: bytes) -> RawImage | CompressedImage:
    """Read a message of one of IMAGE_TYPES; ImageDataError when the bytes are not one.

    Layout: DDS-XTypes 1.3, 7.4.3 (plain CDR), fields as in sensor_msgs.
    """
    reader = _CdrReader(data)
    reader.integer('I')  # stamp, seconds
    reader.integer('I')  # stamp, nanoseconds
    reader.text()  # frame_id
    if message_type == COMPRESSED_IMAGE:
        return CompressedImage(format=reader.text(), data=reader.octets())
    height, width = reader.integer('I'), reader.integer('I')
    encoding = reader.text()
    is_bigendian = bool(reader.integer('B'))
    step = reader.integer('I')
    return RawImage(
        encoding=encoding,
        width=width,
        height=height,
        step=step,
        data=reader.octets(),
        is_bigendian=is_bigendian,
    )


class _CdrReader:
    """Takes values one after another; each lies at a multiple of its own size."""

    def __init__(self, data: bytes) -> None:
        if data[:2] not in (_BIG_ENDIAN, _LITTLE_ENDIAN):
            raise ImageDataError(
                f'a serialised message starts with {data[:2].hex(" ") or "nothing"}, expected '
                '00 00 or 00 01 (plain CDR); was the recording cut off?'
            )
        self._order = '<' if data[:2] == _LITTLE_ENDIAN else '>'
        self._body = memoryview(data)[_ENCAPSULATION_BYTES:]
        self._offset = 0

    def integer(self, kind: str) -> int:
        size = struct.calcsize(kind)
        self._offset += -self._offset % size
        (value,) = struct.unpack(self._order + kind, self._take(size))
        return int(value)

    def text(self) -> str:
        return bytes(self._take(self.integer('I'))).rstrip(b'\0').decode('utf-8', 'replace')

    def octets(self) -> NDArray[np.uint8]:
        return np.frombuffer(self._take(self.integer('I')), np.uint8)

    def _take(self, size: int) -> memoryview:
        start, self._offset = self._offset, self._offset + size
        taken = self._body[start : self._offset]
        if len(taken) < size:
            raise ImageDataError(
                f'a serialised image message ends after {len(self._body)} bytes, expected at '
                f'least {self._offset}; was the recording cut off?'
            )
        return taken
