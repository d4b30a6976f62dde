# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from hailo_perception.kernels import word_table
from hailo_perception.kernels.word_table import look_words_up
from hailo_perception.kernels.word_table import pair_ids

SIDES = st.integers(0, 9)


@pytest.mark.parametrize('is_known_to_opencv', [True, False])
@pytest.mark.parametrize('dtype', ['u4', 'f4'])
@given(SIDES, SIDES, st.integers(0, 99))
def test_each_word_has_its_entry(
    is_known_to_opencv: bool, dtype: str, rows: int, columns: int, seed: int
) -> None:
    random = np.random.default_rng(seed)
    table = random.integers(0, 2**32, 65536, np.uint32).view(dtype)
    words = random.integers(0, 65536, (rows, 2 * columns), np.uint16)[:, ::2]
    words.flat[:1] = 65535
    with pytest.MonkeyPatch.context() as patch:
        if not is_known_to_opencv:
            patch.setattr(word_table, '_opencv_knows_words', lambda: False)
        picked = np.empty(words.shape, dtype)
        look_words_up(table, words, picked)
    assert picked.tobytes() == table[words].tobytes()


def test_ids_are_paired() -> None:
    lower, upper = np.array([[0, 255], [3, 4]], np.uint8), np.array([[1, 255], [0, 9]], np.uint8)
    pairs = pair_ids(lower, upper)
    np.testing.assert_array_equal(pairs, [[256, 65535], [3, 2308]])
    assert (pairs.dtype, pairs.flags.c_contiguous) == (np.uint16, True)
