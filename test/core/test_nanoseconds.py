# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
import pytest

from hailo_perception.core.nanoseconds import SECOND_NS
from hailo_perception.core.nanoseconds import to_nanoseconds
from hailo_perception.core.nanoseconds import to_seconds

DAY_NS = 24 * 60 * 60 * SECOND_NS
QUARTER_MICROSECOND_S = Fraction(1, 4_000_000)


@pytest.mark.parametrize(
    ('time_ns', 'time_s'),
    [(0, 0.0), (1, 1e-9), (SECOND_NS, 1.0), (-1_500_000_000, -1.5), (33_333_333, 0.033333333)],
)
def test_nanoseconds_are_seconds(time_ns: int, time_s: float) -> None:
    assert to_seconds(time_ns) == time_s
    assert to_nanoseconds(time_s) == time_ns


@pytest.mark.parametrize(
    ('time_s', 'time_ns'), [(1 / 3, 333_333_333), (2 / 3, 666_666_667), (-2 / 3, -666_666_667)]
)
def test_the_nearest_nanosecond_is_taken(time_s: float, time_ns: int) -> None:
    assert to_nanoseconds(time_s) == time_ns


@given(st.integers(-10 * DAY_NS, 10 * DAY_NS))
def test_no_nanosecond_of_some_days_is_lost(time_ns: int) -> None:
    assert to_nanoseconds(to_seconds(time_ns)) == time_ns


@given(st.integers(-(2**62), 2**62))
def test_seconds_are_the_nearest_float(time_ns: int) -> None:
    assert to_seconds(time_ns) == float(Fraction(time_ns, SECOND_NS))


@given(st.integers(0, 2**61))
def test_a_stamp_since_1970_is_right_to_a_quarter_of_a_microsecond(stamp_ns: int) -> None:
    error_s = abs(Fraction(to_seconds(stamp_ns)) - Fraction(stamp_ns, SECOND_NS))
    assert error_s < QUARTER_MICROSECOND_S
