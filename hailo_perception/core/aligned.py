# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Arrays that a device can reach without an extra copy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

PAGE_BYTES = 4096
"""The smallest page of the processors this runs on; larger pages are multiples of it."""


def aligned_zeros(
    shape: tuple[int, ...], dtype: np.dtype[Any] | type, alignment: int = PAGE_BYTES
) -> NDArray[Any]:
    """Make a C-contiguous, writeable array of zeros whose data begin at a multiple of a page.

    Direct memory access reads whole pages: a buffer that begins inside one is copied there.
    """
    dtype = np.dtype(dtype)
    size = math.prod(shape) * dtype.itemsize
    memory = np.zeros(size + alignment, np.uint8)
    start = -memory.ctypes.data % alignment
    return memory[start : start + size].view(dtype).reshape(shape)
