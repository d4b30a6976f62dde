# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Masks as runs and back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies
import numpy as np
from numpy.typing import NDArray
import pytest

from hailo_perception.core.run_length import decode_runs
from hailo_perception.core.run_length import encode_runs
from hailo_perception.core.run_length import RUN_DTYPE
from hailo_perception.core.run_length import RunLengthError


@strategies.composite
def masks(draw: strategies.DrawFn) -> NDArray[np.uint8]:
    height, width = draw(strategies.tuples(*(strategies.integers(0, 12),) * 2))
    values = draw(
        strategies.lists(
            strategies.sampled_from((0, 1, 7, 255)), min_size=height * width,
            max_size=height * width,
        )  # fmt: skip
    )
    return np.array(values, np.uint8).reshape(height, width)


@pytest.mark.parametrize(
    ('mask', 'runs'),
    [
        (np.zeros((0, 0)), []),
        (np.zeros((0, 5)), []),
        ([[9]], [(9, 1)]),
        ([[3, 3], [3, 3]], [(3, 4)]),
        ([[0, 0, 1], [1, 2, 2]], [(0, 2), (1, 2), (2, 2)]),
        ([[1, 0], [1, 0]], [(1, 1), (0, 1), (1, 1), (0, 1)]),
    ],
)
def test_encode_runs(mask: list[list[int]], runs: list[tuple[int, int]]) -> None:
    assert encode_runs(np.array(mask, np.uint8)).tolist() == runs


def test_a_run_is_one_byte_of_value_and_four_of_count() -> None:
    mask = np.full((20, 15), 6, np.uint8)
    mask[-1, -1] = 255
    assert encode_runs(mask).tobytes() == bytes((6, 0x2B, 1, 0, 0, 255, 1, 0, 0, 0))


@given(masks())
def test_round_trip(mask: NDArray[np.uint8]) -> None:
    runs = encode_runs(mask)
    assert (runs['count'] > 0).all()
    assert (runs['value'][1:] != runs['value'][:-1]).all()
    decoded = decode_runs(runs.tobytes(), (mask.shape[1], mask.shape[0]))
    assert decoded.dtype == np.uint8
    np.testing.assert_array_equal(decoded, mask)


def test_a_part_of_a_larger_mask() -> None:
    mask = np.arange(24, dtype=np.uint8).reshape(4, 6)[1:3, 2:5]
    np.testing.assert_array_equal(decode_runs(encode_runs(mask).tobytes(), (3, 2)), mask)


@pytest.mark.parametrize(
    ('data', 'told'),
    [
        (b'123', '3 bytes'),
        (b'', '0 in 0 runs'),
        (np.array([(1, 5)], RUN_DTYPE).tobytes(), '5 in 1 runs'),
        (np.array([(1, -2), (1, 8)], RUN_DTYPE).tobytes(), '3×2 pixels'),
    ],
)
def test_what_makes_no_mask_is_refused(data: bytes, told: str) -> None:
    with pytest.raises(RunLengthError, match=told):
        decode_runs(data, (3, 2))
