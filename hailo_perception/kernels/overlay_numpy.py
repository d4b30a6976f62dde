# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Drawing over a picture in numpy and OpenCV; see ``selection.Kernels``."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_BAND_ROWS = 64
"""Rows blended at once: few enough that what is between two steps stays in the cache."""
_BLACK = np.zeros(3, np.uint8)


def blend_masks(
    picture: NDArray[np.uint8],
    result: NDArray[np.uint8],
    lower: NDArray[np.uint8],
    upper: NDArray[np.uint8],
    tints: NDArray[np.uint32],
    mask_pixels: tuple[NDArray[np.intp], NDArray[np.intp]],
) -> None:
    """See Kernels.blend_masks."""
    rows, columns = mask_pixels
    pairs = cv2.merge((lower, upper)).view('<u2')[..., 0]
    # Both bytes of a pair are within the table, so wrapping, the fastest mode, never happens.
    words = np.take(np.take(tints, pairs, mode='wrap'), columns, axis=1)
    pixels = words.view(np.uint8).reshape(*words.shape, 4)
    added = cv2.cvtColor(pixels, cv2.COLOR_BGRA2BGR)
    kept = cv2.cvtColor(cv2.extractChannel(pixels, 3), cv2.COLOR_GRAY2BGR)
    for first in range(0, len(rows), _BAND_ROWS):
        band = slice(first, first + _BAND_ROWS)
        cv2.multiply(picture[band], kept[rows[band]], result[band], scale=1 / 255)
        cv2.add(result[band], added[rows[band]], result[band])


def draw_frames(
    picture: NDArray[np.uint8],
    boxes: NDArray[np.int32],
    colors: NDArray[np.uint8],
    thickness: int,
) -> None:
    """See Kernels.draw_frames."""
    for box, color in zip(boxes.tolist(), colors, strict=True):
        _draw_frame(picture, box, _BLACK, thickness + 2)
        _draw_frame(picture, box, color, thickness)


def _draw_frame(
    picture: NDArray[np.uint8], box: list[int], color: NDArray[np.uint8], stroke: int
) -> None:
    left, top, right, bottom = (place - stroke // 2 for place in box)
    across, down = _span(left, right + stroke), _span(top + stroke, bottom)
    picture[_span(top, top + stroke), across] = color
    picture[_span(bottom, bottom + stroke), across] = color
    picture[down, _span(left, left + stroke)] = color
    picture[down, _span(right, right + stroke)] = color


def _span(first: int, end: int) -> slice:
    # Negative numbers would count from the other end of the picture.
    return slice(max(first, 0), max(end, 0))
