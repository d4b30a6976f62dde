# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Interleaved timing: who is called when, and what is kept; never how fast."""

from __future__ import annotations

import gc

import cv2
import pytest

from hailo_perception.bench import timing
from hailo_perception.bench.timing import one_opencv_thread
from hailo_perception.bench.timing import Prepared
from hailo_perception.bench.timing import time_interleaved


def test_nothing_to_time() -> None:
    assert time_interleaved({}, 3) == {}


def test_the_variants_take_turns_and_each_begins_once() -> None:
    called: list[str] = []
    timings = time_interleaved(
        {name: lambda name=name: called.append(name) for name in 'abc'},
        3,
        shortest_sample_s=0.0,
    )
    warm_up = 6
    assert ''.join(called[warm_up:]) == 'abcbcacab'
    assert {name: timing.samples for name, timing in timings.items()} == dict.fromkeys('abc', 3)


def test_short_calls_are_repeated() -> None:
    called = 0

    def call() -> None:
        nonlocal called
        called += 1

    timing = time_interleaved({'call': call}, 2, shortest_sample_s=1e-4)['call']
    assert timing.calls_per_sample > 1
    assert called == 2 + 2 * timing.calls_per_sample


def test_what_is_prepared_is_prepared_each_time_and_does_not_count() -> None:
    done: list[str] = []
    call = Prepared(lambda: done.append('prepare'), lambda: (done.append('work'), 7)[1])
    assert call() == 7
    calls = time_interleaved({'call': call}, 2, shortest_sample_s=1e-5)['call'].calls_per_sample
    assert done == ['prepare', 'work'] * (3 + 2 * calls)


def test_only_the_work_is_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = 0.0

    def spend(seconds: float) -> None:
        nonlocal now_s
        now_s += seconds

    for clock in ('perf_counter', 'thread_time'):
        monkeypatch.setattr(timing.time, clock, lambda: now_s)
    call = Prepared(lambda: spend(100.0), lambda: spend(2.0))
    assert call.sample(3) == (2.0, 2.0)


def test_quantiles_are_ordered_and_cpu_is_not_negative() -> None:
    timing = time_interleaved({'sum': lambda: sum(range(2000))}, 5)['sum']
    assert 0 < timing.cpu_p10_ms <= timing.cpu_median_ms
    assert 0 < timing.wall_p10_ms <= timing.wall_median_ms


@pytest.mark.parametrize('samples', [0, -1])
def test_no_rounds_are_an_error(samples: int) -> None:
    with pytest.raises(ValueError, match='at least 1'):
        time_interleaved({'nothing': lambda: None}, samples)


def test_the_collector_is_back_also_after_an_error() -> None:
    def fail() -> None:
        if not gc.isenabled():
            raise RuntimeError('while timing')

    with pytest.raises(RuntimeError, match='while timing'):
        time_interleaved({'fail': fail}, 1)
    assert gc.isenabled()


def test_opencv_has_its_threads_back() -> None:
    before = cv2.getNumThreads()
    with one_opencv_thread():
        assert cv2.getNumThreads() == 1
    assert cv2.getNumThreads() == before
