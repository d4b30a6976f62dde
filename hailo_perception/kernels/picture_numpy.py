# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Resizing pictures by OpenCV; see ``selection.Kernels``."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def halve_width(source: NDArray[np.uint8], result: NDArray[np.uint8]) -> None:
    """See Kernels.halve_width."""
    resize(source, result, cv2.INTER_LINEAR)


def resize(source: NDArray[np.uint8], result: NDArray[np.uint8], interpolation: int) -> None:
    """Resize (H, W) or (H, W, channels) uint8 into ``result`` by OpenCV's ``interpolation``.

    OpenCV 4.5, Ubuntu 22.04's, fails with colour arrays of one pixel, which it is not given.
    """
    size = result.shape[1], result.shape[0]
    if source.shape[:2] == (1, 1):
        result[...] = source
    elif size == (1, 1):
        pixel = np.asarray(cv2.resize(source, size, interpolation=interpolation))
        result[...] = pixel.reshape(result.shape)
    else:
        cv2.resize(source, size, dst=result, interpolation=interpolation)
