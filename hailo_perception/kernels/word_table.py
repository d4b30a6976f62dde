# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Words of 16 bits, each a pair of ids, and tables of all of them, without compiled code."""

from __future__ import annotations

from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.aligned import misaligned_empty


def pair_ids(lower: NDArray[np.uint8], upper: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """Write two maps (H, W) as one of lower + 256 · upper: (H, W), C-contiguous."""
    pairs = misaligned_empty(lower.shape, np.dtype('<u2'))
    cv2.merge((lower, upper), pairs.view(np.uint8).reshape(*lower.shape, 2))
    return pairs


def look_words_up(
    table: NDArray[Any], words: NDArray[np.uint16], result: NDArray[Any]
) -> None:
    """Fill ``result`` (H, W), C-contiguous, from ``table`` (65536,), both of a type of four bytes.

    ``words`` (H, W) are the places in the table.
    """
    if words.size and _opencv_knows_words():
        # It knows no unsigned numbers of four bytes.
        cv2.LUT(words, table.view(np.int32)[:, None], result.view(np.int32))
    else:
        # No word is beyond the table; without asking, picking is several times as fast.
        np.take(table, words, out=result, mode='wrap')


@cache
def _opencv_knows_words() -> bool:
    """Tell whether OpenCV's LUT takes words; it needs half the time, but older ones refuse."""
    try:
        cv2.LUT(np.zeros((1, 1), np.uint16), np.zeros((65536, 1), np.int32))
    except cv2.error:
        return False
    return True
