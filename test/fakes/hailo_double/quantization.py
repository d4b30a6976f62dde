# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Codes and real values: the arithmetic of the chip and of libhailort (section 8)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_double.streams import Quantization
from hailo_double.streams import Stream
from hailo_double.values import QuantInfo


def quant_info(stream: Stream) -> QuantInfo:
    """Tell what Python sees: one element, all zeros where each feature has its own scale."""
    quantization = stream.quantization
    if stream.nms is not None:
        return QuantInfo(0.0, 1.0, 0.0, 0.0)
    if quantization.is_per_feature:
        return QuantInfo(0.0, 0.0, 0.0, 0.0)
    zero_point, scale = float(quantization.zero_point), float(quantization.scale)  # type: ignore[arg-type]
    return QuantInfo(zero_point, scale, *_limits(stream))


def encode(values: NDArray[Any], stream: Stream) -> NDArray[Any]:
    """Round real values to the nearest codes of the device; codes beyond the range saturate."""
    quantization = stream.quantization
    # In float64, so that 16-bit codes are the nearest ones too.
    scale = np.asarray(quantization.scale, np.float64)
    codes = np.rint(np.asarray(values, np.float64) / scale + quantization.zero_point)
    saturated: NDArray[Any] = np.clip(codes, 0, stream.largest_code)
    return saturated.astype(stream.dtype)


def quantize_input(values: NDArray[np.float32], stream: Stream) -> NDArray[Any]:
    """Quantise floats as libhailort does: clip to the limits, round half to even."""
    if stream.quantization.is_identity:
        return values.astype(stream.dtype)
    zero_point, scale = _constants(stream.quantization)
    low, high = np.asarray(_limits(stream), np.float32)
    codes: NDArray[Any] = np.rint(np.clip(values, low, high) / scale + zero_point)
    return codes.astype(stream.dtype)


def dequantize(codes: NDArray[Any], quantization: Quantization) -> NDArray[np.float32]:
    """Convert codes to real values in float32, bit for bit as libhailort does."""
    if quantization.is_identity:
        return codes.astype(np.float32)
    zero_point, scale = _constants(quantization)
    return (codes.astype(np.float32) - zero_point) * scale


def to_host(codes: NDArray[Any], stream: Stream, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Convert what the chip gave to the dtype that the user asked for."""
    if dtype == np.float32 and stream.dtype != 'float32' and not stream.is_class_ids:
        return dequantize(codes, stream.quantization)
    return codes.astype(dtype)


def _constants(quantization: Quantization) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    return np.asarray(quantization.zero_point, np.float32), np.asarray(
        quantization.scale, np.float32
    )


def _limits(stream: Stream) -> tuple[float, float]:
    quantization = stream.quantization
    if quantization.limits is not None:
        return quantization.limits
    if stream.dtype == 'float32':
        return 0.0, 0.0
    zero_point, scale = float(quantization.zero_point), float(quantization.scale)  # type: ignore[arg-type]
    return (0.0 - zero_point) * scale, (stream.largest_code - zero_point) * scale
