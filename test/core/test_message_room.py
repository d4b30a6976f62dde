# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
from numpy.typing import NDArray
import pytest

from hailo_perception.core.message_room import empty_with_room
from hailo_perception.core.message_room import memory_around
from hailo_perception.core.message_room import ROOM_BEFORE
from hailo_perception.core.message_room import ROOM_BEHIND
from hailo_perception.core.results import POINT_DTYPE

DTYPES = st.sampled_from(('u1', 'f4', POINT_DTYPE))


@given(st.lists(st.integers(0, 9), min_size=1, max_size=3), DTYPES)
def test_arrays_lie_in_the_middle_of_their_memory(shape: list[int], dtype: np.dtype) -> None:
    array = empty_with_room(tuple(shape), dtype)
    array.view(np.uint8)[...] = 7
    memory = memory_around(array)
    assert memory is not None and type(memory) is np.ndarray and memory.dtype == np.uint8
    memory[:ROOM_BEFORE], memory[memory.size - ROOM_BEHIND :] = 1, 2
    assert memory.size == ROOM_BEFORE + array.nbytes + ROOM_BEHIND
    assert array.shape == tuple(shape) and array.dtype == np.dtype(dtype)
    assert (memory[ROOM_BEFORE : memory.size - ROOM_BEHIND] == 7).all()
    assert (array.view(np.uint8) == 7).all()


@pytest.mark.parametrize(
    'view',
    [
        pytest.param(lambda array: array, id='itself'),
        pytest.param(lambda array: array[:], id='all of it'),
        pytest.param(lambda array: array.view(np.uint8).reshape(-1), id='its bytes'),
        pytest.param(lambda array: array.reshape(-1, 2)[:].view(np.uint32), id='a view of it'),
    ],
)
def test_views_of_the_whole_have_its_room(view: Callable[[NDArray], NDArray]) -> None:
    assert memory_around(view(empty_with_room((4, 6), np.float32))) is not None


@pytest.mark.parametrize(
    'array',
    [
        pytest.param(np.empty((4, 6)), id='made elsewhere'),
        pytest.param(np.empty(2000, np.uint8)[1024:-64], id='a part of what was made elsewhere'),
        pytest.param(empty_with_room((4, 6), np.float32)[1:], id='the last rows'),
        pytest.param(empty_with_room((4, 6), np.float32)[:2], id='the first rows'),
        pytest.param(empty_with_room((4, 6), np.float32)[::-1], id='the rows the other way round'),
        pytest.param(empty_with_room((4, 6), np.float32).T, id='turned'),
        pytest.param(empty_with_room((4, 6), np.float32).copy(), id='a copy'),
        pytest.param(np.frombuffer(bytes(9), np.uint8), id='bytes'),
    ],
)
def test_what_has_no_room(array: NDArray) -> None:
    assert memory_around(array) is None


def test_the_memory_is_aligned_as_that_of_any_array() -> None:
    array = empty_with_room((480, 480), np.float32)
    assert array.flags.aligned and array.flags.writeable
