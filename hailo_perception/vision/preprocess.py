# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Pictures into a network's input buffer."""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
import weakref

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.frame import ColorOrder
from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.kernels import Kernels
from hailo_perception.kernels import load_kernels
from hailo_perception.models.specification import InputSpecification
from hailo_perception.vision.picture import Picture
from hailo_perception.vision.picture import Size

_INTERPOLATIONS = MappingProxyType(
    {'nearest': cv2.INTER_NEAREST, 'linear': cv2.INTER_LINEAR, 'area': cv2.INTER_AREA}
)

_Content = tuple[int, int, int, int]


class Preprocessor:
    """Resizes pictures as one network wants them; for one thread at a time.

    ``alignment`` is that of ImageTransform.letterbox. Mean and scale are not applied here: a
    backend whose executable does not normalise on the device does it.
    """

    def __init__(
        self, input: InputSpecification, alignment: int = 1, *, kernels: Kernels | None = None
    ) -> None:
        """Prepare for one network's input."""
        self._kernels = kernels or load_kernels()
        self._input = input
        self._alignment = alignment
        self._padded: dict[int, tuple[weakref.ref[NDArray[np.uint8]], _Content]] = {}

    def transform_for(self, image_size: Size) -> ImageTransform:
        """Say how a picture of this size (width, height) goes into the input."""
        return _transform(image_size, self._input, self._alignment)

    def least_size(self, image_size: Size) -> Size:
        """Say how small a picture of an image may be without losing what the input can show.

        The nearest pixels are to be those of the image itself, not means of several.
        """
        if self._input.interpolation == 'nearest':
            return image_size
        return self.transform_for(image_size).content[2:]

    def prepare(
        self, image: NDArray[np.uint8], color_order: ColorOrder, out: NDArray[np.uint8]
    ) -> ImageTransform:
        """Write ``image`` (H, W, 3) uint8 into ``out`` as ``write`` does.

        ValueError when either array is of another shape or type.
        """
        _check_image(image)
        return self.write(Picture.of_channels(image, color_order), out)

    def write(self, picture: Picture, out: NDArray[np.uint8]) -> ImageTransform:
        """Write a picture into ``out``, the network's input in its colour order.

        ``out`` is the caller's (height, width, 3) uint8 buffer. Several buffers may be used in
        turn, but each only with this preprocessor, and never written by anyone else: its
        padding is painted only when the content's rectangle in it changes. The transform is that
        of the camera's image, of which ``picture`` may be a smaller copy. ValueError when ``out``
        is of another shape or type.
        """
        self._check_out(out)
        transform = self.transform_for(picture.size)
        self._paint_padding(out, transform.content)
        picture.write_into(
            content_of(out, transform),
            self._input.color_order,
            _INTERPOLATIONS[self._input.interpolation],
            self._kernels,
        )
        return transform

    def warm_up(self) -> None:
        """Have compiled what a camera's picture may need, whatever its size."""
        self._kernels.halve_width(np.zeros((1, 2, 3), np.uint8), np.zeros((1, 1, 3), np.uint8))

    def _check_out(self, out: NDArray[np.uint8]) -> None:
        expected = (self._input.height, self._input.width, 3)
        if out.shape != expected or out.dtype != np.uint8:
            raise ValueError(f'out must be {expected} uint8, got {out.shape} {out.dtype}')
        if not (out.flags.c_contiguous and out.flags.writeable):
            raise ValueError('out must be C-contiguous and writeable')

    def _paint_padding(self, out: NDArray[np.uint8], content: _Content) -> None:
        x, y, width, height = content
        if (width, height) == self._input.size:
            self._padded.pop(id(out), None)
            return
        known = self._padded.get(id(out))
        if known is not None and known[1] == content:
            return
        for padding in (
            out[:y],
            out[y + height :],
            out[y : y + height, :x],
            out[y : y + height, x + width :],
        ):
            padding[...] = self._input.padding_value
        self._remember(out, content)

    def _remember(self, out: NDArray[np.uint8], content: _Content) -> None:
        # Arrays have no hash; the id of a freed one may come again, so it is forgotten with it.
        key = id(out)
        self._padded[key] = (weakref.ref(out, lambda _: self._padded.pop(key, None)), content)


def content_of(input: NDArray[np.uint8], transform: ImageTransform) -> NDArray[np.uint8]:
    """View the part of a network's input that shows the image, without padding."""
    x, y, width, height = transform.content
    return input[y : y + height, x : x + width]


def _check_image(image: NDArray[np.uint8]) -> None:
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or not image.size:
        raise ValueError(f'image must be (H, W, 3) uint8, got {image.shape} {image.dtype}')


@lru_cache(maxsize=64)
def _transform(
    image_size: tuple[int, int], specification: InputSpecification, alignment: int
) -> ImageTransform:
    if specification.resize == 'stretch':
        return ImageTransform.stretch(image_size, specification.size)
    return ImageTransform.letterbox(
        image_size, specification.size, anchor=specification.anchor, alignment=alignment
    )
