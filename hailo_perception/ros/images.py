# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Image messages: incoming ones as views, outgoing ones filled in one copy."""

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


def to_message(
    image: NDArray[Any], header: Header, encoding: str | None = None
) -> ImageMessage:
    """Make an image message of an (H, W) or (H, W, C) array.

    The encoding follows from dtype and channels (mono8, bgr8, 16UC1, 32FC1) unless given.
    """
    channels = image.shape[2] if image.ndim == 3 else 1
    message = ImageMessage(
        header=headers.to_message(header),
        height=image.shape[0],
        width=image.shape[1],
        encoding=encoding or _ENCODINGS[image.dtype, channels],
        step=image.shape[1] * channels * image.itemsize,
    )
    append_bytes(message, image)
    return message


def to_compressed_message(data: bytes, header: Header) -> CompressedImageMessage:
    """Make a compressed image message of a JPEG file's bytes."""
    message = CompressedImageMessage(header=headers.to_message(header), format='jpeg')
    message.data.frombytes(data)
    return message


def append_bytes(message: Any, array: NDArray[Any]) -> None:
    """Append an array's bytes to the data field of a fresh message.

    array.array.frombytes is the one way that is fast on every distribution: assigning bytes,
    lists or numpy arrays is checked element by element where field checks are on.
    """
    message.data.frombytes(memoryview(np.ascontiguousarray(array).reshape(-1)).cast('B'))
