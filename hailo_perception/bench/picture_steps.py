# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Camera pictures into the network's input, one step for each encoding, beside plain OpenCV."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.bench.plain_process import PlainJpeg
from hailo_perception.bench.step import Agreement
from hailo_perception.bench.step import OPENCV
from hailo_perception.bench.step import PACKAGE
from hailo_perception.bench.step import Step
from hailo_perception.bench.workload import render_street
from hailo_perception.core.frame import CompressedImage
from hailo_perception.core.frame import RawImage
from hailo_perception.models.specification import InputSpecification
from hailo_perception.vision.decode import read_picture
from hailo_perception.vision.encodings import find_encoding
from hailo_perception.vision.jpeg import encode_jpeg
from hailo_perception.vision.preprocess import content_of
from hailo_perception.vision.preprocess import Preprocessor

CAMERA_SIZE = (1920, 1080)
JPEG = 'jpeg'
RAW_ENCODINGS = ('bgr8', 'yuv422_yuy2', 'nv12', 'bayer_rggb8', 'mono8')
_JPEG_QUALITY = 90
_SMALL_INPUT = InputSpecification(640, 384, resize='letterbox')
"""That of the packaged model: a camera's picture need not be decoded whole for it."""
_FOR_SMALL_INPUT = ('nv12', 'yuv422_yuy2')
_MEAN_DIFFERENCE = 4.0
"""Where the package takes means of pixels that OpenCV's linear resize leaves out."""


def picture_steps(input_side: int, camera_size: tuple[int, int] = CAMERA_SIZE) -> tuple[Step, ...]:
    """Make a step for JPEG and for each raw encoding of pictures of (width, height).

    No output shows the picture: the package decodes what the network sees.
    """
    picture = render_street(camera_size).image
    square = InputSpecification(input_side, input_side)
    return (
        _jpeg(picture, square),
        *(_raw(picture, encoding, square) for encoding in RAW_ENCODINGS),
        _jpeg(picture, _SMALL_INPUT),
        *(_raw(picture, encoding, _SMALL_INPUT) for encoding in _FOR_SMALL_INPUT),
    )


def _jpeg(picture: NDArray[np.uint8], specification: InputSpecification) -> Step:
    data = np.frombuffer(encode_jpeg(picture, _JPEG_QUALITY), np.uint8)

    def decoded_by_opencv() -> NDArray[np.uint8]:
        return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)

    step = _step(JPEG, CompressedImage('jpeg', data), decoded_by_opencv, specification)
    size = step.variants[PACKAGE]().shape[1::-1]
    return replace(step, variants={**step.variants, OPENCV: PlainJpeg(data, size)})


def _raw(picture: NDArray[np.uint8], name: str, specification: InputSpecification) -> Step:
    encoding = find_encoding(name)
    height, width = picture.shape[:2]
    rows, row_bytes = encoding.rows(height), encoding.row_bytes(width)
    if encoding.layout == 'planes':
        data = _two_planes(picture)
    else:
        # The picture's bytes, whatever they then show: conversions take equally long for all.
        data = np.resize(picture.reshape(-1), rows * row_bytes)
    shape = (rows, width, encoding.channels) if encoding.channels > 1 else (rows, width)

    def converted_by_opencv() -> NDArray[np.uint8]:
        pixels = data.reshape(shape)
        if encoding.conversion is None:
            return pixels
        return np.asarray(cv2.cvtColor(pixels, encoding.conversion), np.uint8)

    image = RawImage(name, width, height, row_bytes, data)
    return _step(name, image, converted_by_opencv, specification)


def _two_planes(picture_bgr: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Make NV12 of a picture, (H · W · 3 / 2,) uint8."""
    pixel_count = picture_bgr.shape[0] * picture_bgr.shape[1]
    planes = cv2.cvtColor(picture_bgr, cv2.COLOR_BGR2YUV_I420).reshape(-1)
    chroma = planes[pixel_count:].reshape(2, -1)
    return np.concatenate((planes[:pixel_count], chroma.T.reshape(-1)))


def _step(
    name: str,
    image: RawImage | CompressedImage,
    picture_by_opencv: Callable[[], NDArray[np.uint8]],
    specification: InputSpecification,
) -> Step:
    preprocessor = Preprocessor(specification)
    out = np.zeros((specification.height, specification.width, 3), np.uint8)
    whole = picture_by_opencv()
    transform = preprocessor.prepare(whole, 'bgr', out)
    content = content_of(out, transform)

    def by_package() -> NDArray[np.uint8]:
        picture = read_picture(image, specification.color_order, preprocessor.least_size)
        preprocessor.write(picture, out)
        return content

    def by_opencv() -> NDArray[np.uint8]:
        resized = cv2.resize(picture_by_opencv(), transform.content[2:])
        return np.asarray(cv2.cvtColor(resized, cv2.COLOR_BGR2RGB), np.uint8)

    is_square = specification.width == specification.height
    size = '' if is_square else f'{specification.width}×{specification.height} '
    return Step(
        f'{name} to {size}input',
        {PACKAGE: by_package, OPENCV: by_opencv},
        max(image.data.nbytes, content.nbytes),
        _alike,
    )


def _alike(own: NDArray[np.uint8], opencv: NDArray[np.uint8]) -> Agreement:
    if own.shape != opencv.shape:
        return Agreement('mean of 255', np.inf, _MEAN_DIFFERENCE)
    difference = float(cv2.absdiff(own, opencv).mean())
    return Agreement('mean of 255', difference, _MEAN_DIFFERENCE)
