# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""HailoRTTransformUtils: the library's own quantisation, callable from Python (section 8)."""

from __future__ import annotations

from typing import Any

from hailo_double.quantization import dequantize
from hailo_double.quantization import quantize_input
from hailo_double.streams import Quantization
from hailo_double.streams import Stream
from hailo_double.values import is_qp_valid
from hailo_double.values import QuantInfo
import numpy as np
from numpy.typing import NDArray

from hailo_platform.pyhailort._exceptions import HailoRTException
from hailo_platform.pyhailort._exceptions import HailoRTInvalidOperationException

_CODES = (np.uint8, np.uint16)


class HailoRTTransformUtils:
    """Conversions between codes and real values, all static."""

    __module__ = 'hailo_platform.pyhailort.pyhailort'

    @staticmethod
    def dequantize_output_buffer(
        src_buffer: NDArray[Any],
        dst_buffer: NDArray[Any],
        elements_count: int,
        quant_info: QuantInfo,
    ) -> None:
        """Fill ``dst_buffer`` with the real values of ``src_buffer``."""
        _check(quant_info, src_buffer.dtype, dst_buffer.dtype)
        codes = src_buffer.reshape(-1)[:elements_count]
        dst_buffer.reshape(-1)[:elements_count] = dequantize(codes, _quantization(quant_info))

    @staticmethod
    def dequantize_output_buffer_in_place(
        raw_buffer: NDArray[Any],
        dst_dtype: Any,
        elements_count: int,
        quant_info: QuantInfo,
    ) -> None:
        """Replace the codes at the start of a buffer by their real values."""
        dtype = np.dtype(dst_dtype)
        _check(quant_info, raw_buffer.dtype, dtype)
        reals = dequantize(raw_buffer.reshape(-1)[:elements_count], _quantization(quant_info))
        content = reals.astype(dtype).view(np.uint8)
        raw_buffer.reshape(-1).view(np.uint8)[: content.size] = content

    @staticmethod
    def quantize_input_buffer(
        src_buffer: NDArray[Any],
        dst_buffer: NDArray[Any],
        elements_count: int,
        quant_info: QuantInfo,
    ) -> None:
        """Fill ``dst_buffer`` with the codes of the real values in ``src_buffer``."""
        _check(quant_info, src_buffer.dtype, dst_buffer.dtype)
        if dst_buffer.dtype not in _CODES:
            raise HailoRTException(f'expected uint8 or uint16, got {dst_buffer.dtype}')
        stream = Stream(
            'buffer', (elements_count,), dst_buffer.dtype.name, 'NC', _quantization(quant_info)
        )
        values = src_buffer.reshape(-1)[:elements_count].astype(np.float32)
        dst_buffer.reshape(-1)[:elements_count] = quantize_input(values, stream)


def _quantization(info: QuantInfo) -> Quantization:
    return Quantization(info.qp_zp, info.qp_scale, (info.limvals_min, info.limvals_max))


def _check(info: QuantInfo, *dtypes: np.dtype[Any]) -> None:
    for dtype in dtypes:
        if dtype not in (*_CODES, np.float32):
            raise HailoRTException(f'expected uint8, uint16 or float32, got {dtype}')
    if not is_qp_valid(info):
        raise HailoRTInvalidOperationException('the quantisation is invalid: all zeros')
