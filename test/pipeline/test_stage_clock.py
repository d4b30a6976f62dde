# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from hailo_perception.pipeline.stage_clock import Stage
from hailo_perception.pipeline.stage_clock import StageClock


class HandClock:
    """Monotonic seconds that pass when the test says so."""

    def __init__(self):
        self.now_s = 100.0

    def __call__(self):
        return self.now_s


def test_nothing_measured_is_empty():
    assert dict(StageClock().durations_s) == {}


def test_a_stage_measured_twice_adds_up():
    now = HandClock()
    clock = StageClock(now)
    for duration_s in (2.0, 3.0):
        with clock.measure(Stage.DECODE):
            now.now_s += duration_s
    clock.add(Stage.QUEUE, 0.5)
    assert dict(clock.durations_s) == {Stage.DECODE: 5.0, Stage.QUEUE: 0.5}


def test_a_stage_that_raises_is_measured_and_the_error_goes_on():
    now = HandClock()
    clock = StageClock(now)
    with pytest.raises(ValueError, match='broken'), clock.measure(Stage.DECODE):
        now.now_s += 1.5
        raise ValueError('broken')
    assert clock.durations_s[Stage.DECODE] == 1.5


def test_durations_are_read_only():
    with pytest.raises(TypeError):
        StageClock().durations_s[Stage.DECODE] = 1.0
