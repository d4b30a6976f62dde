# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Frames of one instant enter together and none is left behind, however slow the device is."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import pytest

from hailo_perception.core.errors import Cause
from hailo_perception.core.frame import Header
from hailo_perception.pipeline.camera_schedule import CameraSchedule
from hailo_perception.pipeline.schedule import Schedule
from hailo_perception.pipeline.telemetry import Telemetry
from hailo_perception.pipeline.traffic import Traffic

CAMERAS = ('front', 'left', 'rear')


@dataclass(frozen=True)
class Picture:
    """A frame without pixels."""

    camera: str
    header: Header


class Gate:
    """The real Traffic with one frame inside at a time, on a clock that the test sets."""

    def __init__(
        self, schedules: Mapping[str, CameraSchedule] = MappingProxyType({})
    ) -> None:
        """Start with nothing waiting."""
        self.now_s = 100.0
        self.telemetry = Telemetry(clock=lambda: self.now_s)
        self.traffic: Traffic[Picture, Picture, Picture] = Traffic(
            lambda: np.zeros(1, np.uint8),
            1,
            Schedule(schedules),
            self.telemetry,
            lambda: self.now_s,
        )
        self.taken: list[tuple[str, int]] = []

    def put(self, number: int, cameras: tuple[str, ...] = CAMERAS) -> tuple[int, ...]:
        """Let the set of a number come."""
        return self.traffic.put_set(
            [Picture(camera, Header(number, camera)) for camera in cameras]
        )

    def take(self) -> None:
        """Take a frame, if one may be, and let it out at once."""
        if self.traffic.time_to_turn_s() is None:
            return
        passage = self.traffic.take()
        if passage is not None:
            self.taken.append((passage.camera, passage.item.header.stamp_ns))
            self.traffic.leave(passage)

    def drops(self, camera: str) -> dict[Cause, int]:
        """Drops of one camera by cause."""
        return dict(self.telemetry.snapshot().cameras[camera].drops)

    def taken_sets(self) -> list[tuple[int, set[str]]]:
        """Join what was taken in a row and has one number."""
        sets: list[tuple[int, set[str]]] = []
        for camera, number in self.taken:
            if not sets or sets[-1][0] != number:
                sets.append((number, set()))
            sets[-1][1].add(camera)
        return sets


def test_an_empty_set_is_nothing() -> None:
    gate = Gate()
    assert gate.put(1, ()) == ()
    assert gate.traffic.time_to_turn_s() is None
    assert gate.telemetry.snapshot().received == 0


def test_a_set_is_taken_whole_before_the_next_one_shows() -> None:
    gate = Gate()
    gate.put(1)
    gate.take()
    for number in (2, 3):
        gate.put(number)
    for _ in range(9):
        gate.take()
    assert gate.taken_sets() == [(1, set(CAMERAS)), (3, set(CAMERAS))]
    assert all(gate.drops(camera) == {Cause.REPLACED: 1} for camera in CAMERAS)


def test_of_sets_that_wait_the_newest_is_taken() -> None:
    gate = Gate()
    for number in (1, 2, 3):
        gate.put(number)
    for _ in range(4):
        gate.take()
    assert gate.taken_sets() == [(3, set(CAMERAS))]
    assert gate.drops('rear') == {Cause.REPLACED: 2}


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(
            st.just('take'),
            st.lists(st.sampled_from(CAMERAS), min_size=1, unique=True).map(tuple),
        ),
        max_size=40,
    )
)
def test_whatever_comes_sets_stay_whole_and_everything_is_counted(steps: list[Any]) -> None:
    gate = Gate()
    put: dict[int, set[str]] = {}
    for number, step in enumerate(steps):
        if step == 'take':
            gate.take()
        else:
            put[number] = set(step)
            gate.put(number, step)
    for _ in range(2 * len(CAMERAS)):
        gate.take()
    assert all(put[number] == cameras for number, cameras in gate.taken_sets())
    numbers = [number for number, _ in gate.taken_sets()]
    assert numbers == sorted(set(numbers))
    if put:
        assert numbers[-1] == max(put)
    snapshot = gate.telemetry.snapshot()
    assert snapshot.received == snapshot.delivered + snapshot.dropped


def test_within_a_set_the_heavier_camera_comes_first() -> None:
    gate = Gate({'rear': CameraSchedule(priority=3)})
    for number in range(4):
        gate.put(number)
        for _ in CAMERAS:
            gate.take()
    assert [camera for camera, _ in gate.taken[::3]] == ['rear'] * 4


def test_one_rate_for_all_thins_whole_sets() -> None:
    gate = Gate(dict.fromkeys(CAMERAS, CameraSchedule(rate_hz=10.0)))
    for number in range(30):
        gate.put(number)
        for _ in CAMERAS:
            gate.take()
        gate.now_s += 1 / 30
    assert all(cameras == set(CAMERAS) for _, cameras in gate.taken_sets())
    # In any second at most the rate and one and a half.
    assert 10 <= len(gate.taken_sets()) <= 11
    assert gate.drops('left') == {Cause.RATE_LIMIT: 30 - len(gate.taken_sets())}


def test_a_camera_that_comes_back_out_of_step_is_thinned_with_the_others() -> None:
    gate = Gate(dict.fromkeys(CAMERAS, CameraSchedule(rate_hz=10.0)))
    for number in range(61):
        gate.put(number, CAMERAS[:2] if number <= 30 else CAMERAS)
        for _ in CAMERAS:
            gate.take()
        gate.now_s += 1 / 30
    after = [cameras for number, cameras in gate.taken_sets() if number > 30]
    assert all(cameras == set(CAMERAS) for cameras in after)
    assert 9 <= len(after) <= 11


def test_what_is_stale_when_its_turn_comes_is_dropped_and_the_next_set_shows() -> None:
    gate = Gate(dict.fromkeys(CAMERAS, CameraSchedule(stale_after_s=0.5)))
    gate.put(1)
    gate.take()
    gate.now_s += 0.4
    gate.put(2)
    gate.now_s += 0.2
    for _ in range(4):
        gate.take()
    assert gate.taken_sets() == [(1, {'front'}), (2, set(CAMERAS))]
    assert [gate.drops(camera) for camera in CAMERAS] == [{}, *[{Cause.STALE: 1}] * 2]


def test_a_bag_that_starts_over() -> None:
    gate = Gate()
    assert gate.put(8) == (0, 0, 0)
    assert gate.put(3) == (5, 5, 5)
    assert gate.put(4, ('rear',)) == (0,)
    gate.take()
    assert gate.taken == [('rear', 4)]
    assert gate.drops('front') == {Cause.TIME_JUMP: 1, Cause.REPLACED: 1}


@pytest.mark.parametrize('taken', [0, 1])
def test_what_waits_at_the_end_is_counted(taken: int) -> None:
    gate = Gate()
    gate.put(1)
    for _ in range(taken):
        gate.take()
    gate.put(2)
    gate.traffic.close(0.0)
    gate.put(3)
    snapshot = gate.telemetry.snapshot()
    assert snapshot.received == 9 == snapshot.delivered + snapshot.dropped
    assert gate.drops('rear')[Cause.SHUTDOWN] == 2 + taken


def test_the_engine_delivers_sets_and_tells_of_jumps(make_bench: Callable[..., Any]) -> None:
    bench = make_bench()
    bench.backend.is_automatic = True

    def put(stamp_ns: int) -> None:
        bench.engine.put_set(
            [Picture(camera, Header(stamp_ns, camera)) for camera in CAMERAS]
        )

    for stamp_ns in (9, 4):
        put(stamp_ns)
        bench.wait_until_idle()
    assert [each.header.stamp_ns for each in bench.delivered] == [9] * 3 + [4] * 3
    assert [bench.problems(camera) for camera in CAMERAS] == [{Cause.TIME_JUMP: 1}] * 3
    assert bench.engine.stop(5.0) == ()
    put(5)
    assert bench.drops('rear') == {Cause.SHUTDOWN: 1}
    bench.check_after_stop()
