# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A camera's picture before its colours are converted, so that few pixels need converting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.frame import ColorOrder
from hailo_perception.kernels import Kernels
from hailo_perception.kernels import load_kernels
from hailo_perception.kernels.picture_numpy import resize
from hailo_perception.vision.encodings import BGR
from hailo_perception.vision.encodings import Encoding
from hailo_perception.vision.encodings import RGB

_ONE_PIXEL = (1, 1)

_CHANNELS = ((), (1,), (2,), (3,))
"""What follows rows and columns in the shapes of pictures whose width the kernel halves."""

Size = tuple[int, int]
"""Width and height in pixels."""

LeastSize = Callable[[Size], Size]
"""Tells for the size of a camera's image how large a picture of it must at least be."""


def whole(image_size: Size) -> Size:
    """Ask for every pixel."""
    return image_size


@dataclass(frozen=True, slots=True)
class Picture:
    """Pixels of a camera's image in the encoding in which they are at hand.

    ``pixels`` are the rows in memory, (rows, width) or (rows, width, channels) uint8, rows maybe
    padded. ``size`` is that of the camera's image, of which the picture may be a copy that is
    smaller by a whole factor.
    """

    size: Size
    pixels: NDArray[np.uint8]
    encoding: Encoding

    @classmethod
    def of_channels(
        cls, image: NDArray[np.uint8], color_order: ColorOrder, size: Size | None = None
    ) -> Picture:
        """Take (H, W, 3) channels; ``size`` where the camera's image is larger."""
        own_size = image.shape[1], image.shape[0]
        return cls(size or own_size, image, BGR if color_order == 'bgr' else RGB)

    def in_color(self) -> tuple[NDArray[np.uint8], ColorOrder]:
        """Give (H, W, 3) channels and their order: the picture's own, else new ones in BGR."""
        if self.encoding.conversion_to_rgb is None:
            return self.pixels, 'rgb'
        if self.encoding.conversion is None:
            return self.pixels, 'bgr'
        return np.asarray(cv2.cvtColor(self.pixels, self.encoding.conversion), np.uint8), 'bgr'

    def write_into(
        self,
        out: NDArray[np.uint8],
        color_order: ColorOrder,
        interpolation: int,
        kernels: Kernels | None = None,
    ) -> None:
        """Resize into ``out`` (h, w, 3) uint8, channels in ``color_order``, by OpenCV's code.

        Colours are converted after the resize, where pixels are few. Packed YUV and mosaics are
        converted before: taking them apart into what can be resized costs more than it saves. So
        is what becomes one pixel, which OpenCV 4.5 cannot convert; see ``picture_numpy.resize``.
        """
        height, width = out.shape[:2]
        code = self.encoding.conversion_to(color_order)
        kernels = kernels or load_kernels()
        if code is None:
            _resize(self.pixels, out, interpolation, kernels)
        elif self.encoding.layout == 'channels' and (width, height) != _ONE_PIXEL:
            # Not converted in place: OpenCV copies a picture that is both source and target.
            small = np.empty((height, width, *self.pixels.shape[2:]), np.uint8)
            _resize(self.pixels, small, interpolation, kernels)
            cv2.cvtColor(small, code, dst=out)
        elif self.encoding.layout == 'planes' and not (width % 2 or height % 2):
            self._write_planes(out, code, interpolation, kernels)
        else:
            channels = np.asarray(cv2.cvtColor(self.pixels, code), np.uint8)
            _resize(channels, out, interpolation, kernels)

    def _write_planes(
        self, out: NDArray[np.uint8], code: int, interpolation: int, kernels: Kernels
    ) -> None:
        height, width = out.shape[:2]
        lines = len(self.pixels) * 2 // 3
        pairs = self.pixels[lines:].reshape(lines // 2, -1, 2)
        brightness = np.empty((height, width), np.uint8)
        chroma = np.empty((height // 2, width // 2, 2), np.uint8)
        _resize(self.pixels[:lines], brightness, interpolation, kernels)
        _resize(pairs, chroma, interpolation, kernels)
        cv2.cvtColorTwoPlane(brightness, chroma, code, dst=out)


def _resize(
    pixels: NDArray[np.uint8], out: NDArray[np.uint8], interpolation: int, kernels: Kernels
) -> None:
    """Resize (H, W) or (H, W, channels) into ``out``.

    Half as wide and of another height is a square network's input of a 1080p camera; OpenCV has
    vector instructions for halves both ways alone, and takes two to three times the kernel's time.
    """
    height, width = out.shape[:2]
    halves_width_alone = pixels.shape[1] == 2 * width and pixels.shape[0] != 2 * height
    is_linear = interpolation == cv2.INTER_LINEAR and pixels.shape[2:] in _CHANNELS
    if halves_width_alone and is_linear and out.flags.c_contiguous:
        kernels.halve_width(pixels, out)
    else:
        resize(pixels, out, interpolation)
