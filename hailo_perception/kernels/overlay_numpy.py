# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Drawing over a picture in numpy and OpenCV; see ``selection.Kernels``."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

_BAND_ROWS = 64
"""Rows blended at once: few enough that what is between two steps stays in the cache."""
_PLANES_AT_ONCE = 4
"""OpenCV interleaves so many with vector instructions."""
_KEPT_BITS, _IN_EACH_CHANNEL = np.uint32(24), np.uint32(0x010101)
_BLACK = (0, 0, 0)


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
    words = np.take(tints, pairs, mode='wrap')
    added = _three_channels(_spread(words, columns))
    kept = _three_channels(_spread((words >> _KEPT_BITS) * _IN_EACH_CHANNEL, columns))
    for shown, of_mask in _bands(rows, len(words)):
        cv2.multiply(picture[shown], kept[of_mask], result[shown], scale=1 / 255)
        cv2.add(result[shown], added[of_mask], result[shown])


def _bands(
    rows: NDArray[np.intp], row_count: int
) -> Iterator[tuple[slice, slice | NDArray[np.intp]]]:
    """Pair rows of the picture with those of the mask that lie over them."""
    zoom = _zoom(rows, row_count)
    if not zoom:
        for first in range(0, len(rows), _BAND_ROWS):
            band = slice(first, first + _BAND_ROWS)
            yield band, rows[band]
        return
    # Every zoom-th row: what lies over them stands together, and serves all of them.
    for first in range(0, row_count, _BAND_ROWS // zoom):
        last = min(first + _BAND_ROWS // zoom, row_count)
        for offset in range(zoom):
            yield slice(first * zoom + offset, last * zoom, zoom), slice(first, last)


def _spread(words: NDArray[np.uint32], columns: NDArray[np.intp]) -> NDArray[np.uint32]:
    """Read words (h, w) at columns (W,): (h, W)."""
    zoom = _zoom(columns, words.shape[1])
    if not 0 < zoom <= _PLANES_AT_ONCE:
        return np.take(words, columns, axis=1)
    # Interleaving planes takes a fifth of the time.
    repeated = cv2.merge([words.view(np.int32)] * zoom)
    return repeated.view(np.uint32).reshape(len(words), -1)


def _zoom(indices: NDArray[np.intp], count: int) -> int:
    """Tell how often each of so many is shown, one after another; 0 where that differs."""
    zoom, rest = divmod(len(indices), count)
    is_even = not rest and np.array_equal(indices, np.repeat(np.arange(count), zoom))
    return zoom if is_even else 0


def _three_channels(words: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Leave the uppermost byte of each word out: (h, w) to (h, w, 3)."""
    pixels = words.view(np.uint8).reshape(*words.shape, 4)
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGRA2BGR), np.uint8)


def draw_frames(
    picture: NDArray[np.uint8],
    boxes: NDArray[np.int32],
    colors: NDArray[np.uint8],
    thickness: int,
) -> None:
    """See Kernels.draw_frames."""
    for box, color in zip(boxes.tolist(), colors.tolist(), strict=True):
        _draw_frame(picture, box, _BLACK, thickness + 2)
        _draw_frame(picture, box, color, thickness)


def _draw_frame(
    picture: NDArray[np.uint8], box: list[int], color: Sequence[int], stroke: int
) -> None:
    left, top, right, bottom = (place - stroke // 2 for place in box)
    _fill(picture, left, top, right + stroke, top + stroke, color)
    _fill(picture, left, bottom, right + stroke, bottom + stroke, color)
    _fill(picture, left, top + stroke, left + stroke, bottom, color)
    _fill(picture, right, top + stroke, right + stroke, bottom, color)


def _fill(
    picture: NDArray[np.uint8], left: int, top: int, right: int, bottom: int, color: Sequence[int]
) -> None:
    # OpenCV would take corners the wrong way round for a rectangle, too.
    if left < right and top < bottom:
        cv2.rectangle(picture, (left, top), (right - 1, bottom - 1), color, cv2.FILLED)
