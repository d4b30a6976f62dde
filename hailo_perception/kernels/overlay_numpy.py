# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Drawing over a picture in numpy and OpenCV; see ``selection.Kernels``."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.kernels.word_table import look_words_up

_BAND_ROWS = 96
"""Rows blended at once: few enough that what is between two steps stays in the cache."""
_PLANES_AT_ONCE = 4
"""OpenCV interleaves so many with vector instructions."""
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
    words = np.empty(pairs.shape, np.uint32)
    look_words_up(tints, pairs, words)
    planes = cv2.split(words.view(np.uint8).reshape(*words.shape, 4))
    *colors, shares = _spread(planes, columns)
    added = cv2.merge(colors)
    for shown, of_mask in _bands(rows, len(words)):
        kept = shares[of_mask]
        least, most, _, _ = cv2.minMaxLoc(kept)
        if least == most:
            # Off the lines of lanes all pixels keep the same share, and one pass does it all.
            cv2.addWeighted(picture[shown], most / 255, added[of_mask], 1, 0, result[shown])
        else:
            cv2.multiply(picture[shown], cv2.merge([kept] * 3), result[shown], scale=1 / 255)
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
    band_rows = max(_BAND_ROWS // zoom, 1)
    for first in range(0, row_count, band_rows):
        last = min(first + band_rows, row_count)
        for offset in range(zoom):
            yield slice(first * zoom + offset, last * zoom, zoom), slice(first, last)


def _spread(
    planes: Sequence[NDArray[np.uint8]], columns: NDArray[np.intp]
) -> list[NDArray[np.uint8]]:
    """Read planes (h, w) at columns (W,): (h, W) each."""
    zoom = _zoom(columns, planes[0].shape[1])
    if 0 < zoom <= _PLANES_AT_ONCE:
        return [cv2.merge([plane] * zoom).reshape(len(plane), -1) for plane in planes]
    # Picking rows and turning twice takes a quarter of the time of picking columns.
    return [cv2.transpose(cv2.transpose(plane)[columns]) for plane in planes]


def _zoom(indices: NDArray[np.intp], count: int) -> int:
    """Tell how often each of so many is shown, one after another; 0 where that differs."""
    zoom, rest = divmod(len(indices), count)
    is_even = not rest and np.array_equal(indices, np.repeat(np.arange(count), zoom))
    return zoom if is_even else 0


def draw_frames(
    picture: NDArray[np.uint8],
    boxes: NDArray[np.int32],
    colors: NDArray[np.uint8],
    thickness: int,
) -> None:
    """See Kernels.draw_frames."""
    first, last = -(thickness // 2) - 1, (thickness + 1) // 2
    # The black rim first: boxes smaller than their lines are filled with colour.
    lines = (first, last, *range(first + 1, last))
    for box, color in zip(boxes.tolist(), colors.tolist(), strict=True):
        if box[0] <= box[2] and box[1] <= box[3]:
            left, top, right, bottom = box
            # Lines of one pixel inside each other take two thirds of the time of filled bars.
            for before in lines:
                behind = first + last - before
                shade = color if first < before < last else _BLACK
                corner = right + behind, bottom + behind
                cv2.rectangle(picture, (left + before, top + before), corner, shade)
        else:
            _draw_bars(picture, box, _BLACK, thickness + 2)
            _draw_bars(picture, box, color, thickness)


def _draw_bars(
    picture: NDArray[np.uint8], box: list[int], color: Sequence[int], stroke: int
) -> None:
    """Draw the four sides of a box whose corners are the wrong way round."""
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


def paste_plates(
    picture: NDArray[np.uint8],
    letters: NDArray[np.uint8],
    height: int,
    starts: NDArray[np.intp],
    texts: NDArray[np.intp],
    corners: NDArray[np.int32],
) -> None:
    """See Kernels.paste_plates."""
    columns, shape = letters.reshape(-1, 3 * height), (height, -1, 3)
    # Most letters come several times.
    seen = {
        i: columns[starts[i] : starts[i + 1]].reshape(shape)
        for i in set(texts.reshape(-1).tolist())
        if i >= 0 and starts[i] < starts[i + 1]
    }
    for text, (left, top) in zip(texts.tolist(), (corners - 1).tolist(), strict=True):
        parts = [seen[i] for i in text if i in seen]
        left = max(min(left, picture.shape[1] - sum(map(_width, parts))), 0)
        top = top - height if top >= height else max(top, 0)
        for part in parts:
            end = left + _width(part)
            place = picture[top : top + height, left:end]
            place[:] = part if place.shape == part.shape else part[: len(place), : _width(place)]
            left = end


def _width(picture: NDArray[np.uint8]) -> int:
    return picture.shape[1]
