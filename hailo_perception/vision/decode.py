# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Camera messages to pictures of 8-bit channels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.errors import EncodingError
from hailo_perception.core.errors import ImageDataError
from hailo_perception.core.frame import ColorOrder
from hailo_perception.core.frame import CompressedImage
from hailo_perception.core.frame import RawImage
from hailo_perception.vision.encodings import Encoding
from hailo_perception.vision.encodings import find_encoding
from hailo_perception.vision.jpeg import is_jpeg
from hailo_perception.vision.jpeg import read_jpeg
from hailo_perception.vision.picture import LeastSize
from hailo_perception.vision.picture import Picture
from hailo_perception.vision.picture import whole
from hailo_perception.vision.png import decode_png
from hailo_perception.vision.png import is_png


def decode(image: RawImage | CompressedImage) -> tuple[NDArray[np.uint8], ColorOrder]:
    """Turn an image message into (H, W, 3) uint8 and the order of its channels.

    ``bgr8`` and ``rgb8`` are not copied: the picture is a view of the message's bytes, its rows
    ``step`` apart, so it is contiguous only where the driver pads no rows, and read-only where
    the message's bytes are. Everything else becomes a new BGR picture; alpha is dropped.
    Errors are those of ``read_picture``.
    """
    return read_picture(image).in_color()


def read_picture(
    image: RawImage | CompressedImage,
    color_order: ColorOrder = 'bgr',
    least_size: LeastSize = whole,
) -> Picture:
    """Read an image message as far as it must be: raw pixels stay as they came, uncopied.

    JPEG is decoded, in ``color_order`` where the decoder can, and at 1/2, 1/4 or 1/8 of its size
    as long as that is no smaller than ``least_size`` asks for.
    EncodingError for an encoding or format that the package does not read, ImageDataError when
    the bytes contradict the message's own description.
    """
    if isinstance(image, RawImage):
        return _view_raw(image)
    return _decode_compressed(image, color_order, least_size)


def _view_raw(image: RawImage) -> Picture:
    encoding = find_encoding(image.encoding)
    _check_layout(image, encoding)
    rows = encoding.rows(image.height)
    lines = image.data[: rows * image.step].reshape(rows, image.step)
    pixels = lines[:, : encoding.row_bytes(image.width)]
    if encoding.channels > 1:
        pixels = pixels.reshape(rows, image.width, encoding.channels)
    return Picture((image.width, image.height), pixels, encoding)


def _check_layout(image: RawImage, encoding: Encoding) -> None:
    what = f'{image.encoding} image of {image.width}×{image.height} pixels'
    if image.width < encoding.minimum or image.height < encoding.minimum:
        raise ImageDataError(
            f'{what}: expected at least {encoding.minimum}×{encoding.minimum} pixels; '
            f'is the camera driver configured?'
        )
    columns, rows = encoding.multiple_of
    if image.width % columns or image.height % rows:
        raise ImageDataError(
            f'{what}: expected a width divisible by {columns} and a height divisible by {rows}; '
            f'set another resolution in the camera driver'
        )
    row_bytes = encoding.row_bytes(image.width)
    if image.step < row_bytes:
        raise ImageDataError(
            f'{what}: expected a step of at least {row_bytes} bytes, got {image.step}; '
            f'the driver fills step or encoding wrongly'
        )
    expected = encoding.rows(image.height) * image.step
    if image.data.size < expected:
        raise ImageDataError(
            f'{what}: expected {expected} bytes of data ({encoding.rows(image.height)} rows of '
            f'{image.step}), got {image.data.size}; the message was cut, or the driver fills '
            f'height, step or encoding wrongly'
        )


def _decode_compressed(
    image: CompressedImage, color_order: ColorOrder, least_size: LeastSize
) -> Picture:
    if 'compresseddepth' in image.format.lower():
        raise EncodingError(
            f"compressed image of format '{image.format}' holds depth; expected a JPEG or PNG "
            f'picture, subscribe to the topic of the colour camera'
        )
    if not image.data.size:
        raise ImageDataError(
            f"compressed image of format '{image.format}': expected JPEG or PNG data, got none; "
            f"look into the publisher's log"
        )
    # The format string is free text and often wrong; the first bytes are not.
    if is_jpeg(image.data):
        return read_jpeg(image.data, color_order, least_size)
    if is_png(image.data):
        return Picture.of_channels(decode_png(image.data), 'bgr')
    raise EncodingError(
        f"compressed image of format '{image.format}' is neither JPEG nor PNG, its first bytes "
        f"are {image.data[:8].tobytes().hex(' ')}; set the publisher's format to jpeg or png"
    )
