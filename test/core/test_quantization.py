# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Quantisation follows its formula to the last bit."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from hailo_perception.core.quantization import Quantization

_quantizations = st.builds(
    Quantization,
    scale=st.floats(1e-5, 10),
    zero_point=st.integers(0, 255).map(float) | st.floats(0, 255),
)
_unsigned = pytest.mark.parametrize('dtype', [np.uint8, np.uint16])


@_unsigned
def test_empty_arrays_stay_empty(dtype: Any) -> None:
    quantization = Quantization(0.5, 3)
    assert quantization.dequantize(np.zeros((0, 4), dtype)).shape == (0, 4)
    codes = quantization.quantize(np.zeros((0, 4), np.float32), dtype)
    assert codes.shape == (0, 4)
    assert codes.dtype == dtype


@_unsigned
@given(quantization=_quantizations)
def test_dequantize_is_the_formula_in_float32(dtype: Any, quantization: Quantization) -> None:
    codes = np.linspace(0, np.iinfo(dtype).max, 64).astype(dtype).reshape(4, 16)
    scale, zero_point = np.float32(quantization.scale), np.float32(quantization.zero_point)
    real = quantization.dequantize(codes)
    assert real.dtype == np.float32
    for code, value in zip(codes.flat, real.flat):
        assert value == (np.float32(code) - zero_point) * scale


def test_dequantize_leaves_the_codes_alone() -> None:
    codes = np.arange(4, dtype=np.float32)
    Quantization(2, 1).dequantize(codes)
    np.testing.assert_array_equal(codes, np.arange(4))


@given(quantization=_quantizations)
def test_quantize_reverses_dequantize(quantization: Quantization) -> None:
    codes = np.arange(256, dtype=np.uint8)
    real = quantization.dequantize(codes)
    np.testing.assert_array_equal(quantization.quantize(real, np.uint8), codes)


@pytest.mark.parametrize(
    ('dtype', 'real', 'code'),
    [
        (np.uint8, -1e9, 0),
        (np.uint8, 1e9, 255),
        (np.uint16, 1e9, 65535),
        (np.int8, -1e9, -128),
        (np.uint8, float('inf'), 255),
        (np.uint8, -float('inf'), 0),
        (np.uint8, 0.0, 10),
        (np.uint8, 0.25, 10),
        (np.uint8, 0.75, 12),
        (np.uint8, 0.26, 11),
        (np.uint8, -5.0, 0),
        (np.uint8, -5.5, 0),
    ],
)
def test_quantize_rounds_half_to_even_and_saturates(dtype: Any, real: float, code: int) -> None:
    assert Quantization(scale=0.5, zero_point=10).quantize(np.array(real), dtype) == code


@_unsigned
def test_real_of_every_code_is_dequantize_of_all(dtype: Any) -> None:
    quantization = Quantization(0.013, 7)
    table = quantization.real_of_every_code(dtype)
    codes = np.arange(np.iinfo(dtype).max + 1).astype(dtype)
    assert table.shape == codes.shape
    assert table.dtype == np.float32
    np.testing.assert_array_equal(table[codes], quantization.dequantize(codes))


def test_default_is_the_identity() -> None:
    np.testing.assert_array_equal(Quantization().real_of_every_code(np.uint8), np.arange(256))
