# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Image messages: incoming ones as views, outgoing ones serialised in place, in one copy."""

from __future__ import annotations

from functools import partial
import math
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import CompressedImage as CompressedImageMessage
from sensor_msgs.msg import Image as ImageMessage

from hailo_perception.core.frame import CompressedImage
from hailo_perception.core.frame import Header
from hailo_perception.core.frame import RawImage
from hailo_perception.ros import headers
from hailo_perception.ros.cdr import CdrText
from hailo_perception.ros.cdr import CdrWriter
from hailo_perception.ros.cdr import ReusedCdr

_ENCODINGS = {
    (np.dtype(np.uint8), 1): 'mono8',
    (np.dtype(np.uint8), 3): 'bgr8',
    (np.dtype(np.uint16), 1): '16UC1',
    (np.dtype(np.float32), 1): '32FC1',
}
_IS_BIGENDIAN = sys.byteorder == 'big'
_JPEG = 'jpeg'


def from_message(message: ImageMessage | CompressedImageMessage) -> RawImage | CompressedImage:
    """View an image message without copying or checking its data."""
    data = np.frombuffer(message.data, np.uint8)
    if isinstance(message, CompressedImageMessage):
        return CompressedImage(message.format, data)
    return RawImage(
        encoding=message.encoding,
        width=message.width,
        height=message.height,
        step=message.step,
        data=data,
        is_bigendian=bool(message.is_bigendian),
    )


class ReusedImage:
    """A serialised image message that is filled again for every picture of a topic."""

    def __init__(self) -> None:
        """Start with an empty message."""
        self._message = ReusedCdr()

    def fill(
        self, image: NDArray[Any], header: Header, encoding: str | None = None
    ) -> NDArray[np.uint8]:
        """Write an (H, W) or (H, W, C) array; the message is valid until the next call.

        The encoding follows from dtype and channels (mono8, bgr8, 16UC1, 32FC1) unless given.
        """
        encoding = encoding or _encoding_of(image)
        message = self._message.fill(
            image,
            (header.frame_id, image.shape, encoding),
            partial(_write_fields, image, header, encoding),
        )
        headers.stamp_serialized(message, header.stamp_ns)
        return message


def to_message(
    image: NDArray[Any], header: Header, encoding: str | None = None
) -> ImageMessage:
    """Make a new image message as ``ReusedImage.fill`` does."""
    message = ImageMessage(
        header=headers.to_message(header),
        height=image.shape[0],
        width=image.shape[1],
        encoding=encoding or _encoding_of(image),
        is_bigendian=_IS_BIGENDIAN,
        step=_step_of(image),
    )
    fill_bytes(message, image)
    return message


def to_serialized_jpeg(data: bytes, header: Header) -> bytes:
    """Make a serialised compressed image message of a JPEG file's bytes."""
    writer, stamped = CdrWriter(), headers.HeaderFields.of(header)
    name = CdrText.of(_JPEG)
    writer.fields(f'{stamped.layout}{name.layout}', *stamped.values, *name.values)
    writer.sequence('B', np.frombuffer(data, np.uint8))
    return writer.finish()


def to_compressed_message(data: bytes, header: Header) -> CompressedImageMessage:
    """Make a compressed image message of a JPEG file's bytes."""
    message = CompressedImageMessage(header=headers.to_message(header), format=_JPEG)
    message.data.frombytes(data)
    return message


def fill_bytes(message: Any, array: NDArray[Any]) -> None:
    """Make an array's bytes the data of a new message.

    array.array.frombytes is the one way to size the data that is fast on every distribution:
    assigning bytes, lists or numpy arrays is checked element by element where checks are on.
    """
    message.data.frombytes(memoryview(np.ascontiguousarray(array).reshape(-1).view(np.uint8)))


def _write_fields(
    image: NDArray[Any], header: Header, encoding: str, writer: CdrWriter
) -> None:
    """Write the fields of a sensor_msgs/Image before its data."""
    stamped, name = headers.HeaderFields.of(header), CdrText.of(encoding)
    writer.fields(
        f'{stamped.layout} 2I {name.layout} ? I',
        *(*stamped.values, *image.shape[:2], *name.values, _IS_BIGENDIAN, _step_of(image)),
    )


def _encoding_of(image: NDArray[Any]) -> str:
    return _ENCODINGS[image.dtype, image.shape[2] if image.ndim == 3 else 1]


def _step_of(image: NDArray[Any]) -> int:
    return math.prod(image.shape[1:]) * image.itemsize
