# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

import numpy as np
import pytest

from hailo_perception.core.aligned import aligned_empty
from hailo_perception.core.aligned import aligned_zeros
from hailo_perception.core.aligned import CACHE_LINE_BYTES
from hailo_perception.core.aligned import misaligned_empty
from hailo_perception.core.aligned import PAGE_BYTES


@pytest.mark.parametrize(
    ('shape', 'dtype'),
    [((0, 3), np.uint8), ((1,), np.uint8), ((5, 7, 3), np.uint16), ((33, 1, 2), np.float32)],
)
def test_array_begins_at_a_page_and_is_plain(shape, dtype):
    array = aligned_zeros(shape, dtype)
    assert (array.shape, array.dtype) == (shape, dtype)
    assert array.flags.c_contiguous
    assert array.flags.writeable
    assert array.size == 0 or array.ctypes.data % PAGE_BYTES == 0
    assert not array.any()
    array[...] = 1
    assert array.sum() == array.size


@pytest.mark.parametrize('dtype', [np.uint8, np.float32, np.float64])
@pytest.mark.parametrize('shape', [(0,), (0, 3), (1,), (7, 5), (136, 480)])
def test_empty_arrays_begin_with_a_cache_line_and_share_nothing(shape, dtype):
    kept = [aligned_empty(shape, dtype) for _ in range(5)]
    for number, array in enumerate(kept):
        assert (array.shape, array.dtype) == (shape, dtype)
        assert array.size == 0 or array.ctypes.data % CACHE_LINE_BYTES == 0
        assert array.flags.c_contiguous and array.flags.writeable
        array[...] = number
    assert all((array == number).all() for number, array in enumerate(kept))


@pytest.mark.parametrize('dtype', [np.uint8, np.uint16, np.int32, np.float64])
@pytest.mark.parametrize('shape', [(0,), (0, 3), (1,), (7, 5), (136, 480)])
def test_misaligned_arrays_begin_at_no_vector_and_share_nothing(shape, dtype):
    kept = [misaligned_empty(shape, dtype) for _ in range(5)]
    for number, array in enumerate(kept):
        assert (array.shape, array.dtype) == (shape, dtype)
        assert array.size == 0 or array.ctypes.data % 16 == array.itemsize
        assert array.flags.c_contiguous and array.flags.writeable
        array[...] = number
    assert all((array == number).all() for number, array in enumerate(kept))
