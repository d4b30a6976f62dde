# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Camera pictures into the network's input, one step for each encoding, beside plain OpenCV."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.bench.step import Agreement
from hailo_perception.bench.step import largest_difference
from hailo_perception.bench.step import OPENCV
from hailo_perception.bench.step import PACKAGE
from hailo_perception.bench.step import Step
from hailo_perception.bench.workload import render_street
from hailo_perception.core.frame import CompressedImage
from hailo_perception.core.frame import RawImage
from hailo_perception.models.specification import InputSpecification
from hailo_perception.vision.decode import decode
from hailo_perception.vision.encodings import find_encoding
from hailo_perception.vision.jpeg import encode_jpeg
from hailo_perception.vision.preprocess import Preprocessor

CAMERA_SIZE = (1920, 1080)
JPEG = 'jpeg'
RAW_ENCODINGS = ('bgr8', 'yuv422_yuy2', 'nv12', 'bayer_rggb8', 'mono8')
_JPEG_QUALITY = 90


def picture_steps(input_side: int, camera_size: tuple[int, int] = CAMERA_SIZE) -> tuple[Step, ...]:
    """Make a step for JPEG and for each raw encoding of pictures of (width, height)."""
    picture = render_street(camera_size).image
    specification = InputSpecification(input_side, input_side)
    return (
        _jpeg(picture, specification),
        *(_raw(picture, encoding, specification) for encoding in RAW_ENCODINGS),
    )


def _jpeg(picture: NDArray[np.uint8], specification: InputSpecification) -> Step:
    data = np.frombuffer(encode_jpeg(picture, _JPEG_QUALITY), np.uint8)

    def by_opencv() -> NDArray[np.uint8]:
        decoded = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
        return _resized_rgb(decoded, specification)

    return _step(
        JPEG,
        CompressedImage('jpeg', data),
        by_opencv,
        specification,
        data.nbytes,
    )


def _raw(picture: NDArray[np.uint8], name: str, specification: InputSpecification) -> Step:
    encoding = find_encoding(name)
    height, width = picture.shape[:2]
    rows, row_bytes = encoding.rows(height), encoding.row_bytes(width)
    # The bytes of the picture, whatever they then show: conversions take equally long for all.
    data = np.resize(picture.reshape(-1), rows * row_bytes)
    shape = (rows, width, encoding.channels) if encoding.channels > 1 else (rows, width)

    def by_opencv() -> NDArray[np.uint8]:
        pixels = data.reshape(shape)
        if encoding.conversion is not None:
            pixels = cv2.cvtColor(pixels, encoding.conversion)
        return _resized_rgb(pixels, specification)

    image = RawImage(name, width, height, row_bytes, data)
    return _step(name, image, by_opencv, specification, data.nbytes)


def _resized_rgb(
    picture_bgr: NDArray[np.uint8], specification: InputSpecification
) -> NDArray[np.uint8]:
    resized = cv2.resize(picture_bgr, specification.size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.cvtColor(resized, cv2.COLOR_BGR2RGB), np.uint8)


def _step(
    name: str,
    image: RawImage | CompressedImage,
    by_opencv: Callable[[], NDArray[np.uint8]],
    specification: InputSpecification,
    byte_count: int,
) -> Step:
    out = np.empty((specification.height, specification.width, 3), np.uint8)
    own = partial(_prepare, image, Preprocessor(specification), out)
    moved = max(byte_count, out.nbytes)
    return Step(f'{name} to input', {PACKAGE: own, OPENCV: by_opencv}, moved, _alike)


def _prepare(
    image: RawImage | CompressedImage, preprocessor: Preprocessor, out: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    picture, color_order = decode(image)
    preprocessor.prepare(picture, color_order, out)
    return out


def _alike(own: NDArray[np.uint8], opencv: NDArray[np.uint8]) -> Agreement:
    return largest_difference('of 255', own, opencv, 0)
