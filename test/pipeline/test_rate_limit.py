# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
import pytest

from hailo_perception.pipeline.rate_limit import RateLimit


def _passed(rate_hz: float, times_s: list[float]) -> list[float]:
    limit = RateLimit(rate_hz)
    return [time_s for time_s in times_s if limit.admits(time_s)]


def _camera(rate_hz: float, seconds: float) -> list[float]:
    return [number / rate_hz for number in range(round(rate_hz * seconds))]


def test_nothing_comes_and_nothing_passes():
    assert _passed(10.0, []) == []


@pytest.mark.parametrize('first_s', [0.0, -5.0, 1e6])
def test_the_first_passes_whenever_it_comes(first_s):
    assert _passed(0.5, [first_s]) == [first_s]


@pytest.mark.parametrize(
    ('rate_hz', 'camera_hz', 'expected'),
    [(10, 30, 100), (20, 30, 200), (15, 30, 150), (30, 30, 300), (60, 30, 300), (1, 30, 10)],
)
def test_a_steady_camera_is_thinned_to_the_rate(rate_hz, camera_hz, expected):
    assert len(_passed(rate_hz, _camera(camera_hz, 10))) == pytest.approx(expected, abs=1)


def test_what_passes_is_spread():
    times_s = _passed(10.0, _camera(30.0, 10))[1:]
    gaps = [later - earlier for earlier, later in zip(times_s, times_s[1:], strict=False)]
    assert all(gap == pytest.approx(0.1, abs=1e-9) for gap in gaps)


@given(st.lists(st.floats(-0.024, 0.024), min_size=2, max_size=100))
def test_a_camera_of_the_very_rate_may_jitter(jitter_s):
    """By less than a quarter of a period, so that two neighbours stay half a period apart."""
    times_s = [0.1 * number + each for number, each in enumerate(jitter_s)]
    assert _passed(10.0, times_s) == times_s


@given(
    rate_hz=st.floats(0.5, 50.0),
    gaps_s=st.lists(st.floats(0.0, 2.0), max_size=80),
    begin=st.integers(0, 79),
)
def test_no_window_of_any_stream_holds_more(rate_hz, gaps_s, begin):
    times_s, now_s = [], 0.0
    for gap_s in gaps_s:
        now_s += gap_s
        times_s.append(now_s)
    passed = _passed(rate_hz, times_s)[begin:]
    for number, time_s in enumerate(passed):
        assert number + 1 <= (time_s - passed[0]) * rate_hz + 1.5 + 1e-6


def test_silence_saves_nothing_up():
    limit = RateLimit(10.0)
    assert limit.admits(0.0)
    assert [limit.admits(100.0 + 0.001 * number) for number in range(5)] == [True] + [False] * 4
