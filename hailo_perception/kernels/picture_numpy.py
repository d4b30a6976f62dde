# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Resizing pictures by OpenCV; see ``selection.Kernels``."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def halve_width(source: NDArray[np.uint8], result: NDArray[np.uint8]) -> None:
    """See Kernels.halve_width."""
    size = result.shape[1], result.shape[0]
    cv2.resize(source, size, dst=result, interpolation=cv2.INTER_LINEAR)
