# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Affine quantisation of tensors: codes as the device gives them, and real values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Quantization:
    """real = (code − zero_point) · scale, for integer tensors with one scale for all channels."""

    scale: float = 1.0
    zero_point: float = 0.0

    def dequantize(self, codes: NDArray[Any]) -> NDArray[np.float32]:
        """Turn codes of any shape into real values, float32, as the device library does."""
        real = codes.astype(np.float32)
        real -= np.float32(self.zero_point)
        real *= np.float32(self.scale)
        return real

    def quantize(self, real: NDArray[Any], dtype: np.dtype[Any] | type) -> NDArray[Any]:
        """Turn real values into the nearest codes (half to even), clipped to the type's ends."""
        limits = np.iinfo(dtype)
        codes = np.rint(np.asarray(real, np.float64) / self.scale + self.zero_point)
        return np.clip(codes, limits.min, limits.max).astype(dtype)

    def real_of_every_code(self, dtype: np.dtype[Any] | type) -> NDArray[np.float32]:
        """Tabulate the real value of each code: shape (256,) or (65536,), float32."""
        return self.dequantize(np.arange(np.iinfo(dtype).max + 1))
