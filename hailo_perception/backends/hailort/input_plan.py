# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What the device is fed with for an image: its pixels, or a value looked up for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.backends.hailort.errors import HefStreamError
from hailo_perception.backends.hailort.streams import HWC_ORDERS
from hailo_perception.backends.hailort.streams import Stream
from hailo_perception.backends.hailort.streams import StreamQuantization
from hailo_perception.core.errors import ManifestError
from hailo_perception.core.quantization import Quantization
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.models.specification import InputSpecification

_IMAGE_ORDERS = HWC_ORDERS | {'RGB888'}
_COLORS = 3
_PIXEL_VALUES = 256

# A compiler that takes raw pixels writes 0…255 or 0…254 as their range.
_PIXEL_SCALE = (0.98, 1.02)
_PIXEL_ZERO_POINT = 0.5

_LEAST_OVERLAP = 0.25
"""Part of the network's range that normalised pixels must reach, and of theirs it must cover."""


@dataclass(frozen=True, slots=True)
class InputPlan:
    """How an image of uint8 pixels (H, W, 3) becomes the network's input.

    ``table`` (1, 256, 3) holds the value for each pixel value and channel, in the buffer's
    dtype; without it the device reads the image itself. ``as_float``: the buffer holds real
    values and the library quantises them.
    """

    info: TensorInfo
    table: NDArray[Any] | None = None
    as_float: bool = False

    def fill(self, image: NDArray[np.uint8], buffer: NDArray[Any]) -> None:
        """Look every pixel up; ``buffer`` has the image's shape and the table's dtype."""
        assert self.table is not None
        cv2.LUT(image, self.table, dst=buffer)


def plan_input(stream: Stream, specification: InputSpecification) -> InputPlan:
    """Decide how images are fed.

    A network with the range of raw pixels normalises by itself and gets them as they are; any
    other gets (pixel − mean) / scale of the manifest, in codes where one scale serves all
    channels. ManifestError when those values and the network's range have little in common.
    """
    height, width, channels = image_shape(stream)
    if channels != _COLORS:
        raise ManifestError(
            f'input {stream}: expected three channels, found {channels}; take a network for '
            'colour images'
        )
    info = TensorInfo(stream.name, (height, width, channels), np.dtype(np.uint8))
    quantization = stream.quantization
    if stream.type_name == 'UINT8' and _takes_pixels(quantization):
        return InputPlan(info)
    real = _normalised(specification)
    if not quantization.is_known or stream.type_name == 'FLOAT32':
        return InputPlan(info, real.astype(np.float32), as_float=True)
    if quantization.low < quantization.high:
        _check_range(stream, real)
        real = np.clip(real, quantization.low, quantization.high)
    codes = Quantization(quantization.scale, quantization.zero_point).quantize(real, stream.dtype)
    is_identity = np.array_equal(codes, _pixel_values()) and codes.dtype == np.uint8
    return InputPlan(info, None if is_identity else codes)


def image_shape(stream: Stream) -> tuple[int, int, int]:
    """Give height, width and channels of an input; HefStreamError when it is no image."""
    if stream.order not in _IMAGE_ORDERS or len(stream.shape) != 3:
        raise HefStreamError(
            f'input {stream}: expected an image in the order {", ".join(sorted(_IMAGE_ORDERS))}; '
            'compile the network without a conversion of the colour format'
        )
    height, width, channels = stream.shape
    return height, width, channels


def _takes_pixels(quantization: StreamQuantization) -> bool:
    least, most = _PIXEL_SCALE
    is_unscaled = least <= quantization.scale <= most
    return is_unscaled and abs(quantization.zero_point) < _PIXEL_ZERO_POINT


def _pixel_values() -> NDArray[np.uint8]:
    return np.repeat(np.arange(_PIXEL_VALUES, dtype=np.uint8)[None, :, None], _COLORS, axis=2)


def _normalised(specification: InputSpecification) -> NDArray[np.float64]:
    mean = np.asarray(specification.mean, np.float64)
    scale = np.asarray(specification.scale, np.float64)
    return (_pixel_values() - mean) / scale


def _check_range(stream: Stream, real: NDArray[np.float64]) -> None:
    low, high = stream.quantization.low, stream.quantization.high
    least, most = float(real.min()), float(real.max())
    overlap = min(high, most) - max(low, least)
    if overlap >= _LEAST_OVERLAP * max(high - low, most - least):
        return
    raise ManifestError(
        f'input {stream}: the network takes values from {low:g} to {high:g}, the manifest makes '
        f'{least:g} to {most:g} of the pixels; set mean and scale under input as they were in '
        'the training'
    )
