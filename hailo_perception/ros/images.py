# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Image messages: incoming ones as views, outgoing ones filled in place, in one copy."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import CompressedImage as CompressedImageMessage
from sensor_msgs.msg import Image as ImageMessage

from hailo_perception.core.frame import CompressedImage
from hailo_perception.core.frame import Header
from hailo_perception.core.frame import RawImage
from hailo_perception.ros import headers

_ENCODINGS = {
    (np.dtype(np.uint8), 1): 'mono8',
    (np.dtype(np.uint8), 3): 'bgr8',
    (np.dtype(np.uint16), 1): '16UC1',
    (np.dtype(np.float32), 1): '32FC1',
}


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
    """An image message that is filled again for every picture of a topic.

    ``publish`` has read a message when it returns, so one is enough for a publisher.
    """

    def __init__(self) -> None:
        """Start with an empty message."""
        self._message = ImageMessage()

    def fill(
        self, image: NDArray[Any], header: Header, encoding: str | None = None
    ) -> ImageMessage:
        """Write an (H, W) or (H, W, C) array; the message is valid until the next call.

        The encoding follows from dtype and channels (mono8, bgr8, 16UC1, 32FC1) unless given.
        """
        message = self._message
        channels = image.shape[2] if image.ndim == 3 else 1
        headers.fill(message.header, header)
        message.height, message.width = image.shape[:2]
        message.encoding = encoding or _ENCODINGS[image.dtype, channels]
        message.step = image.shape[1] * channels * image.itemsize
        fill_bytes(message, image)
        return message


def to_message(
    image: NDArray[Any], header: Header, encoding: str | None = None
) -> ImageMessage:
    """Make a new image message as ``ReusedImage.fill`` does."""
    return ReusedImage().fill(image, header, encoding)


def to_compressed_message(data: bytes, header: Header) -> CompressedImageMessage:
    """Make a compressed image message of a JPEG file's bytes."""
    message = CompressedImageMessage(header=headers.to_message(header), format='jpeg')
    message.data.frombytes(data)
    return message


def fill_bytes(message: Any, array: NDArray[Any]) -> None:
    """Make an array's bytes the data of a message, in the memory that it already has.

    array.array.frombytes is the one way to size the data that is fast on every distribution:
    assigning bytes, lists or numpy arrays is checked element by element where checks are on.
    """
    source = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
    if len(message.data) == source.size:
        np.copyto(np.frombuffer(message.data, np.uint8), source)
    else:
        del message.data[:]
        message.data.frombytes(memoryview(source))
