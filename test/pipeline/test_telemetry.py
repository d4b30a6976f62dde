# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import dataclasses
import math
import threading

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from hailo_perception.core.errors import Cause
from hailo_perception.pipeline.stage_clock import Stage
from hailo_perception.pipeline.telemetry import DurationStatistics
from hailo_perception.pipeline.telemetry import Telemetry


class HandClock:
    """Monotonic seconds that pass when the test says so."""

    def __init__(self):
        self.now_s = 1000.0

    def __call__(self):
        return self.now_s


def test_nothing_counted():
    snapshot = Telemetry().snapshot()
    assert dict(snapshot.cameras) == {}
    assert (snapshot.received, snapshot.delivered, snapshot.dropped, snapshot.fps) == (0, 0, 0, 0)
    assert dict(snapshot.drops) == {} == dict(snapshot.problems)
    assert set(snapshot.stages) == set(Stage)
    for statistics in snapshot.stages.values():
        assert statistics.count == 0
        assert all(math.isnan(value) for value in dataclasses.astuple(statistics)[1:])


def test_a_camera_known_from_the_start_shows_its_zeros():
    camera = Telemetry(['front']).snapshot().cameras['front']
    assert (camera.received, camera.delivered, camera.dropped, camera.inside) == (0, 0, 0, 0)


def test_how_long_a_camera_has_been_silent():
    clock = HandClock()
    telemetry = Telemetry(['front', 'rear'], clock=clock)
    clock.now_s += 3.0
    telemetry.received('front')
    telemetry.received('left')
    clock.now_s += 2.0
    telemetry.dropped('front', Cause.REPLACED)
    cameras = telemetry.snapshot().cameras
    assert cameras['front'].silent_s == 2.0 == cameras['left'].silent_s
    # One that never sent has been silent since the start.
    assert cameras['rear'].silent_s == 5.0
    assert cameras['rear'].received == 0


def test_counts_by_camera_and_cause():
    telemetry = Telemetry(['front'])
    for camera, received in (('front', 5), ('rear', 2)):
        for _ in range(received):
            telemetry.received(camera)
    telemetry.delivered('front', {})
    telemetry.dropped('front', Cause.REPLACED)
    telemetry.dropped('front', Cause.REPLACED)
    telemetry.dropped('rear', Cause.ENCODING)
    telemetry.problem('front', Cause.CAMERA_INFO)
    snapshot = telemetry.snapshot()
    front, rear = snapshot.cameras['front'], snapshot.cameras['rear']
    assert (front.received, front.delivered, front.dropped, front.inside) == (5, 1, 2, 2)
    assert dict(front.drops) == {Cause.REPLACED: 2}
    assert dict(front.problems) == {Cause.CAMERA_INFO: 1}
    assert dict(rear.drops) == {Cause.ENCODING: 1}
    assert (snapshot.received, snapshot.delivered, snapshot.dropped) == (7, 1, 3)
    assert dict(snapshot.drops) == {Cause.REPLACED: 2, Cause.ENCODING: 1}
    assert dict(snapshot.problems) == {Cause.CAMERA_INFO: 1}


def test_a_snapshot_stays_as_it_was_taken():
    telemetry = Telemetry()
    telemetry.received('front')
    snapshot = telemetry.snapshot()
    telemetry.dropped('front', Cause.REPLACED)
    telemetry.received('rear')
    assert snapshot.dropped == 0
    assert list(snapshot.cameras) == ['front']
    with pytest.raises(TypeError):
        snapshot.cameras['front'].drops[Cause.REPLACED] = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        snapshot.cameras['front'].received = 7


def test_a_steady_camera_has_its_rate():
    now = HandClock()
    telemetry = Telemetry(window_s=10.0, clock=now)
    for _ in range(400):
        telemetry.delivered('front', {})
        now.now_s += 0.05
    now.now_s -= 0.05
    telemetry.delivered('rear', {})
    snapshot = telemetry.snapshot()
    assert snapshot.cameras['front'].fps == pytest.approx(20.0)
    assert snapshot.cameras['rear'].fps == 0.0
    assert snapshot.fps == pytest.approx(20.0)


@pytest.mark.parametrize(
    ('silence_s', 'fps'), [(0.0, 10.0), (5.0, 5.0), (10.01, 0.0), (99.0, 0.0)]
)
def test_the_rate_falls_when_a_camera_dies(silence_s, fps):
    now = HandClock()
    telemetry = Telemetry(window_s=10.0, clock=now)
    for _ in range(50):
        telemetry.delivered('front', {})
        now.now_s += 0.1
    telemetry.delivered('front', {})
    now.now_s += silence_s
    assert telemetry.snapshot().cameras['front'].fps == pytest.approx(fps, rel=0.02)


def test_stage_times_leave_the_window_with_age():
    now = HandClock()
    telemetry = Telemetry(window_s=10.0, clock=now)
    telemetry.delivered('front', {Stage.DECODE: 9.0})
    now.now_s += 6.0
    telemetry.delivered('front', {Stage.DECODE: 1.0})
    assert telemetry.snapshot().stages[Stage.DECODE].max_s == 9.0
    now.now_s += 6.0
    decode = telemetry.snapshot().stages[Stage.DECODE]
    assert (decode.count, decode.max_s) == (1, 1.0)


def test_memory_is_bounded():
    now = HandClock()
    telemetry = Telemetry(window_s=10.0, capacity=16, clock=now)
    for number in range(1000):
        now.now_s += 0.001
        telemetry.delivered('front', {Stage.TOTAL: float(number)})
    snapshot = telemetry.snapshot()
    assert snapshot.stages[Stage.TOTAL].count == 16
    assert snapshot.stages[Stage.TOTAL].max_s == 999.0
    assert snapshot.cameras['front'].delivered == 1000
    assert snapshot.cameras['front'].fps == pytest.approx(1000.0)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=200))
def test_statistics_are_numpys(durations_s):
    statistics = DurationStatistics.of(durations_s)
    expected = np.percentile(durations_s, (50, 95, 99))
    found = (statistics.p50_s, statistics.p95_s, statistics.p99_s)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)
    assert statistics.mean_s == pytest.approx(np.mean(durations_s), abs=1e-9)
    assert (statistics.count, statistics.max_s) == (len(durations_s), max(durations_s))


def test_no_count_is_lost_between_threads():
    telemetry = Telemetry()
    begin = threading.Barrier(4)

    def count():
        begin.wait()
        for _ in range(2000):
            telemetry.received('front')
            telemetry.delivered('front', {Stage.TOTAL: 0.1})
            telemetry.problem('front', Cause.CAMERA_INFO)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    camera = telemetry.snapshot().cameras['front']
    assert (camera.received, camera.delivered) == (8000, 8000)
    assert camera.problems[Cause.CAMERA_INFO] == 8000


def test_lost_frames_were_sent_and_dropped() -> None:
    telemetry = Telemetry(['front'])
    telemetry.lost('front', 3)
    front = telemetry.snapshot().cameras['front']
    assert (front.received, front.drops, front.inside) == (3, {Cause.TRANSPORT: 3}, 0)
