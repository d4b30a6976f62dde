# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What JPEG and PNG have in common: the size limit, OpenCV's decoder, the words when broken."""

from __future__ import annotations

from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.errors import EncodingError
from hailo_perception.core.errors import ImageDataError

MAXIMUM_PIXELS = 64_000_000
"""More than any camera has: a small file that claims more would only fill the memory."""

AS_THE_SENSOR_HAS_IT = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
"""How to read a colour picture: calibrations and labels belong to the sensor's pixels, so an EXIF
orientation, which says how the camera was held, is not applied."""

_BGR_BY_REDUCTION = MappingProxyType(
    {
        1: cv2.IMREAD_COLOR,
        2: cv2.IMREAD_REDUCED_COLOR_2,
        4: cv2.IMREAD_REDUCED_COLOR_4,
        8: cv2.IMREAD_REDUCED_COLOR_8,
    }
)


def broken_picture(format_name: str, finding: str) -> ImageDataError:
    """Make the error for compressed data that cannot be decoded."""
    return ImageDataError(
        f'{format_name} is broken: {finding}; look for a lossy link between the camera and this '
        f'node, or for a full disk where the bag was recorded'
    )


def check_header(format_name: str, width: int, height: int, bits: int) -> None:
    """Check what a file claims before anything is allocated for it.

    EncodingError for more than 8 bits per channel, ImageDataError for an empty
    picture or one of more than MAXIMUM_PIXELS.
    """
    if bits > 8:
        raise EncodingError(
            f'{format_name} of {bits} bits per channel; expected 8, let the camera driver publish '
            f'mono8 or bgr8'
        )
    if not 0 < width * height <= MAXIMUM_PIXELS:
        raise ImageDataError(
            f'{format_name} of {width}×{height} pixels; expected at least one and at most '
            f'{MAXIMUM_PIXELS // 1_000_000} million: the data is broken or is no camera picture'
        )


def decode_by_opencv(
    format_name: str, data: NDArray[np.uint8], reduction: int = 1
) -> NDArray[np.uint8]:
    """Decode flat uint8 file data to (H, W, 3) BGR; ImageDataError when it is broken.

    ``reduction``, 1, 2, 4 or 8, makes both sides so many times smaller.
    """
    flags = _BGR_BY_REDUCTION[reduction] | cv2.IMREAD_IGNORE_ORIENTATION
    try:
        image = cv2.imdecode(data, flags)
    except cv2.error as error:
        raise broken_picture(format_name, str(error)) from error
    if image is None:
        raise broken_picture(format_name, f'OpenCV cannot read its {data.size} bytes')
    return np.asarray(image, np.uint8)
