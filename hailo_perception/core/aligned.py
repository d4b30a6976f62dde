# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Arrays whose data begin where a device or vector instructions reach them fastest."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

CACHE_LINE_BYTES = 64
PAGE_BYTES = 4096
"""The smallest page of the processors this runs on; larger pages are multiples of it."""


def aligned_zeros(
    shape: tuple[int, ...], dtype: np.dtype[Any] | type, alignment: int = PAGE_BYTES
) -> NDArray[Any]:
    """Make a C-contiguous, writeable array of zeros whose data begin at a multiple of a page.

    Direct memory access reads whole pages: a buffer that begins inside one is copied there.
    """
    return _seen_as(np.zeros(_room(shape, dtype, alignment), np.uint8), shape, dtype, alignment)


def aligned_empty(
    shape: tuple[int, ...], dtype: np.dtype[Any] | type, alignment: int = CACHE_LINE_BYTES
) -> NDArray[Any]:
    """Make a C-contiguous, writeable array whose values are undefined, from a cache line on.

    What numpy computes from two arrays into one that lies otherwise takes up to twice as long.
    """
    return _seen_as(np.empty(_room(shape, dtype, alignment), np.uint8), shape, dtype, alignment)


def misaligned_empty(shape: tuple[int, ...], dtype: np.dtype[Any] | type) -> NDArray[Any]:
    """Make a C-contiguous, writeable array whose values are undefined, from behind a cache line.

    OpenCV writes around the caches when it interleaves planes into what begins where its vectors
    do. What is read right afterwards then takes several times as long.
    """
    return aligned_empty((1 + math.prod(shape),), dtype)[1:].reshape(shape)


def _room(shape: tuple[int, ...], dtype: np.dtype[Any] | type, alignment: int) -> int:
    return math.prod(shape) * np.dtype(dtype).itemsize + alignment


def _seen_as(
    memory: NDArray[np.uint8],
    shape: tuple[int, ...],
    dtype: np.dtype[Any] | type,
    alignment: int,
) -> NDArray[Any]:
    start = -memory.ctypes.data % alignment
    return memory[start : memory.size - alignment + start].view(dtype).reshape(shape)
