# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Memory for what lies between two steps, and the bands of rows in which it stays in the cache."""

from __future__ import annotations

from collections.abc import Iterator
import math
from typing import Any

import numpy as np
from numpy.typing import DTypeLike
from numpy.typing import NDArray

_CACHE_LINE = 64
_BAND_PIXELS = 1 << 16


def empty_aligned(shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """Make an array whose values are undefined, as ``numpy.empty``, from a cache line's start on.

    What numpy computes from two arrays into one that lies otherwise takes up to twice as long.
    """
    dtype = np.dtype(dtype)
    size = math.prod(shape) * dtype.itemsize
    memory = np.empty(size + _CACHE_LINE, np.uint8)
    return np.ndarray(shape, dtype, memory, -memory.ctypes.data % _CACHE_LINE)


def row_bands(shape: tuple[int, ...]) -> Iterator[slice]:
    """Cut the rows of a map (H, W, …) into bands; the first is as high as any."""
    step = rows_at_once(shape)
    return (slice(first, min(first + step, shape[0])) for first in range(0, shape[0], step))


def rows_at_once(shape: tuple[int, ...]) -> int:
    """Give the rows of the highest band: so few that all steps' arrays stay in the cache."""
    return max(min(_BAND_PIXELS // max(shape[1], 1), shape[0]), 1)
