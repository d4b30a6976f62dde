# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Drawing over a picture in numpy and OpenCV; see ``selection.Kernels``."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.aligned import misaligned_empty
from hailo_perception.kernels.sampling import nearest_pixels
from hailo_perception.kernels.word_table import look_words_up
from hailo_perception.kernels.word_table import pair_ids

_BAND_ROWS = 40
"""Rows of the mask blended at once: so few that what is between two steps stays in the cache."""
_PLANES_AT_ONCE = 4
"""OpenCV interleaves so many with vector instructions."""
_SHARE_BITS = 24
_BLACK = (0, 0, 0)


def blend_masks(
    picture: NDArray[np.uint8],
    lower: NDArray[np.uint8],
    upper: NDArray[np.uint8],
    tints: NDArray[np.uint32],
) -> None:
    """See Kernels.blend_masks."""
    rows, columns = (nearest_pixels(picture.shape[axis], lower.shape[axis]) for axis in (0, 1))
    pairs = pair_ids(lower, upper)
    # Signed, because OpenCV knows no unsigned words of four bytes.
    words = np.empty(pairs.shape, np.int32)
    look_words_up(tints.view(np.int32), pairs, words)
    zoom = _zoom(len(columns), lower.shape[1])
    # Filled anew for every band: what was just read or written is still in the cache.
    spread = misaligned_empty((_BAND_ROWS, len(columns)), np.int32)
    added_rows = np.empty((_BAND_ROWS, len(columns), 3), np.uint8)
    for band in _bands(rows, len(words)):
        tinted = words[band.of_mask]
        wide = _spread(tinted, columns, zoom, spread[: len(tinted)])
        added = added_rows[: len(tinted)]
        cv2.cvtColor(wide, cv2.COLOR_BGRA2BGR, added)
        # The share is a word's highest byte, so that words between two of one share have it too.
        least, most, _, _ = cv2.minMaxLoc(tinted)
        if int(least) >> _SHARE_BITS == int(most) >> _SHARE_BITS:
            # Off the lines of lanes all pixels keep the same share.
            share = (int(most) >> _SHARE_BITS & 255) / 255
            # Both at once, by addWeighted, takes longer: OpenCV has old vectors for it.
            shown = picture[band.of_picture]
            cv2.convertScaleAbs(shown, shown, share)
            for of_picture, of_band in band.pairs:
                shown = picture[of_picture]
                cv2.add(shown, added[of_band], shown)
        else:
            kept = cv2.cvtColor(cv2.extractChannel(wide, 3), cv2.COLOR_GRAY2BGR)
            for of_picture, of_band in band.pairs:
                shown = picture[of_picture]
                cv2.multiply(shown, kept[of_band], shown, scale=1 / 255)
                cv2.add(shown, added[of_band], shown)


class _Band(NamedTuple):
    """Rows of a mask, the picture's rows under them, and those paired with rows of the band.

    Where the mask is enlarged evenly, every row of the band serves once in each pair.
    """

    of_mask: slice
    of_picture: slice
    pairs: Sequence[tuple[slice, slice | NDArray[np.intp]]]


def _bands(rows: NDArray[np.intp], row_count: int) -> Iterator[_Band]:
    """Cut the mask into bands."""
    zoom = _zoom(len(rows), row_count)
    for first in range(0, row_count, _BAND_ROWS):
        last = min(first + _BAND_ROWS, row_count)
        if zoom:
            begins = range(first * zoom, first * zoom + zoom)
            shown = [(slice(begin, last * zoom, zoom), slice(None)) for begin in begins]
            yield _Band(slice(first, last), slice(first * zoom, last * zoom), shown)
            continue
        begin, end = np.searchsorted(rows, (first, last)).tolist()
        if begin < end:
            whole = slice(begin, end)
            yield _Band(slice(first, last), whole, [(whole, rows[begin:end] - first)])


def _spread(
    words: NDArray[np.int32], columns: NDArray[np.intp], zoom: int, result: NDArray[np.int32]
) -> NDArray[np.uint8]:
    """Read words (h, w) at columns (W,), each of which comes ``zoom`` times: bytes (h, W, 4)."""
    if 0 < zoom <= _PLANES_AT_ONCE:
        cv2.merge([words] * zoom, result.reshape(*words.shape, zoom))
    else:
        np.take(words, columns, axis=1, out=result, mode='clip')
    return result.view(np.uint8).reshape(*result.shape, 4)


def _zoom(count: int, source_count: int) -> int:
    """Tell how many pixels have each source pixel as their nearest; 0 where that differs."""
    zoom, rest = divmod(count, source_count)
    return 0 if rest else zoom


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
    seen = {}
    for i in set(texts.reshape(-1).tolist()):
        if i >= 0 and starts[i] < starts[i + 1]:
            part = columns[starts[i] : starts[i + 1]].reshape(shape)
            seen[i] = part, part.shape[1]
    for text, (left, top) in zip(texts.tolist(), (corners - 1).tolist(), strict=True):
        parts = [seen[i] for i in text if i in seen]
        width = sum(width for _, width in parts)
        left = max(min(left, picture.shape[1] - width), 0)
        top = top - height if top >= height else max(top, 0)
        rows = picture[top : top + height]
        fits = len(rows) == height and left + width <= picture.shape[1]
        for part, width in parts:
            place = rows[:, left : left + width]
            place[:] = part if fits else part[: place.shape[0], : place.shape[1]]
            left += width
