# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Arrays with room around them in memory, so that they become messages where they lie.

A message is one piece of memory: some fields, a large array, perhaps one field more. Whoever makes
the array leaves room, whoever sends it writes the fields there, and nobody copies the array.
"""

from __future__ import annotations

import math
from typing import Any
from typing import cast

import numpy as np
from numpy.typing import DTypeLike
from numpy.typing import NDArray

ROOM_BEFORE = 1024
"""Bytes; whole cache lines, so that the array is aligned as any other."""
ROOM_BEHIND = 64


class _Memory(np.ndarray):
    """Marks what was made here: beside other arrays lies what is not theirs."""


def empty_with_room(shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """Make an array whose values are undefined, as ``numpy.empty``, with room around it."""
    dtype = np.dtype(dtype)
    size = ROOM_BEFORE + math.prod(shape) * dtype.itemsize + ROOM_BEHIND
    return np.ndarray(shape, dtype, _Memory((size,), np.uint8), ROOM_BEFORE)


def memory_around(array: NDArray[Any]) -> NDArray[np.uint8] | None:
    """Find the memory of a whole array that was made with room: (N,) uint8, the room included.

    None for any other array, and for a part of one.
    """
    memory = array.base
    while memory is not None and not isinstance(memory, _Memory):
        memory = getattr(memory, 'base', None)
    if memory is None or array.nbytes != memory.nbytes - ROOM_BEFORE - ROOM_BEHIND:
        return None
    # As large as the whole and in one piece, it is the whole.
    return cast(NDArray[np.uint8], memory.view(np.ndarray)) if array.flags.c_contiguous else None
