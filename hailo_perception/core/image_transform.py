# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The way from image pixels to network-input pixels and exactly back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.errors import ConfigurationError

ResizeMode = Literal['stretch', 'letterbox']
Anchor = Literal['center', 'top_left']


@dataclass(frozen=True, slots=True)
class ImageTransform:
    """How a whole image was resized into the network's input.

    The image fills the rectangle ``content`` (x, y, width, height; input pixels, integers) of
    the input; the rest is padding. Points are in edge coordinates: pixel i covers [i, i + 1).
    """

    image_size: tuple[int, int]
    input_size: tuple[int, int]
    content: tuple[int, int, int, int]

    @classmethod
    def stretch(cls, image_size: tuple[int, int], input_size: tuple[int, int]) -> ImageTransform:
        """Resize both axes to the input, without keeping the aspect."""
        return cls(image_size, input_size, (0, 0, *input_size))

    @classmethod
    def letterbox(
        cls,
        image_size: tuple[int, int],
        input_size: tuple[int, int],
        *,
        anchor: Anchor = 'center',
        alignment: int = 1,
    ) -> ImageTransform:
        """Keep the aspect and pad the rest.

        ``alignment`` rounds the content rectangle to multiples of so many input pixels, so that
        it also has whole pixels in output maps of that stride; the aspect then differs by at
        most half of it, which the transform knows. ConfigurationError when the input is smaller
        than one such step.
        """
        if not 1 <= alignment <= min(input_size):
            raise ConfigurationError(
                f'alignment must be within 1…{min(input_size)} for an input of '
                f'{input_size[0]}×{input_size[1]} pixels, got {alignment}'
            )
        scale = min(input_size[0] / image_size[0], input_size[1] / image_size[1])
        extent = []
        offset = []
        for image, available in zip(image_size, input_size, strict=True):
            units = available // alignment
            length = min(max(round(image * scale / alignment), 1), units)
            extent.append(length * alignment)
            offset.append((units - length) // 2 * alignment if anchor == 'center' else 0)
        return cls(image_size, input_size, (offset[0], offset[1], extent[0], extent[1]))

    @property
    def scale(self) -> tuple[float, float]:
        """Input pixels per image pixel, (x, y)."""
        return (
            self.content[2] / self.image_size[0],
            self.content[3] / self.image_size[1],
        )

    def to_input(self, points: NDArray[Any]) -> NDArray[np.float32]:
        """Carry image points (…, 2) to input points (…, 2) float32."""
        return np.asarray(points * np.asarray(self.scale) + self._offset(2), np.float32)

    def to_image(self, points: NDArray[Any]) -> NDArray[np.float32]:
        """Carry input points (…, 2) to image points (…, 2) float32."""
        return np.asarray((points - self._offset(2)) / np.asarray(self.scale), np.float32)

    def boxes_to_input(self, xyxy: NDArray[Any]) -> NDArray[np.float32]:
        """Carry boxes (N, 4) x_min y_min x_max y_max from the image to the input."""
        return np.asarray(xyxy * np.tile(self.scale, 2) + self._offset(4), np.float32)

    def boxes_to_image(self, xyxy: NDArray[Any]) -> NDArray[np.float32]:
        """Carry boxes (N, 4) from the input to the image and clip them to it."""
        boxes = (xyxy - self._offset(4)) / np.array(self.scale * 2)
        return np.asarray(np.clip(boxes, 0, self.image_size * 2), np.float32)

    def map_region(self, map_width: int, map_height: int) -> tuple[slice, slice]:
        """Find the rows and columns of an output map that show the image, without padding.

        ConfigurationError when the content does not begin and end on whole map pixels.
        """
        return _map_region(self.content, self.input_size, (map_width, map_height))

    def _offset(self, length: int) -> NDArray[np.float64]:
        return np.array(self.content[:2] * (length // 2), np.float64)


@lru_cache(maxsize=64)
def _map_region(
    content: tuple[int, int, int, int], input_size: tuple[int, int], map_size: tuple[int, int]
) -> tuple[slice, slice]:
    slices = []
    for axis in (1, 0):
        ends = []
        for position in (content[axis], content[axis] + content[axis + 2]):
            cell, rest = divmod(position * map_size[axis], input_size[axis])
            if rest:
                stride = input_size[axis] // np.gcd(map_size[axis], input_size[axis])
                raise ConfigurationError(
                    f'content {content} of input {input_size} does not fall on whole pixels of '
                    f'a {map_size[0]}×{map_size[1]} output map; letterbox with alignment {stride}'
                )
            ends.append(cell)
        slices.append(slice(*ends))
    return slices[0], slices[1]
