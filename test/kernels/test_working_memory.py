# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Arrays begin where they are fast to write, and bands cover each row once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hailo_perception.kernels import working_memory
from hailo_perception.kernels.working_memory import empty_aligned
from hailo_perception.kernels.working_memory import row_bands
from hailo_perception.kernels.working_memory import rows_at_once


@pytest.mark.parametrize('dtype', [np.uint8, np.float32, np.float64])
@pytest.mark.parametrize('shape', [(0,), (0, 3), (1,), (7, 5), (136, 480)])
def test_arrays_begin_with_a_cache_line(shape: tuple[int, ...], dtype: Any) -> None:
    kept = [empty_aligned(shape, dtype) for _ in range(5)]
    for number, array in enumerate(kept):
        assert (array.shape, array.dtype) == (shape, np.dtype(dtype))
        assert array.ctypes.data % 64 == 0
        assert array.flags.c_contiguous and array.flags.writeable
        array[...] = number
    assert all((array == number).all() for number, array in enumerate(kept))


@pytest.mark.parametrize(
    ('shape', 'expected'),
    [
        ((0, 0), []),
        ((0, 5), []),
        ((3, 0), [(0, 3)]),
        ((1, 1), [(0, 1)]),
        ((4, 5), [(0, 4)]),
        ((4, 10), [(0, 2), (2, 4)]),
        ((5, 10), [(0, 2), (2, 4), (4, 5)]),
        ((2, 100), [(0, 1), (1, 2)]),
    ],
)
def test_bands(
    shape: tuple[int, int], expected: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working_memory, '_BAND_PIXELS', 20)
    bands = list(row_bands(shape))
    assert [(band.start, band.stop) for band in bands] == expected
    assert all(band.stop - band.start <= rows_at_once(shape) for band in bands)
