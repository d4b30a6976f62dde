# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Cameras before one device, played event by event on a clock that only the events move.

What is under test is the real Traffic with its real schedule; the threads around it and the
device are played, each with a fixed duration, so that every figure is exact.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
import heapq
from itertools import count
from typing import Any

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import pytest

from hailo_perception.core.errors import Cause
from hailo_perception.core.frame import Header
from hailo_perception.core.tensors import RawOutputs
from hailo_perception.pipeline.camera_schedule import CameraSchedule
from hailo_perception.pipeline.pace import SLACK_S
from hailo_perception.pipeline.patience import IDLE_SHARE
from hailo_perception.pipeline.schedule import Schedule
from hailo_perception.pipeline.telemetry import Telemetry
from hailo_perception.pipeline.traffic import Completion
from hailo_perception.pipeline.traffic import Finished
from hailo_perception.pipeline.traffic import Traffic

DEVICE_S = 0.0366
PREPARE_S = 0.008
FINISH_S = 0.006
DEVICE_HZ = 1 / DEVICE_S
INSTANT_S = 1e-9
LONGEST_S = 1 / 30 + PREPARE_S + SLACK_S + DEVICE_S + FINISH_S + 0.001
"""Of a 30 Hz camera's image that is taken: less than a period in the mailbox, prepared a little
before the device is free, then the device and the postprocess."""


@dataclass(frozen=True)
class Picture:
    """A frame without pixels."""

    camera: str
    header: Header


@dataclass
class Camera:
    """When a camera sends, seconds from the start: rate_hz between begin_s and end_s."""

    rate_hz: float
    begin_s: float = 0.0
    end_s: float = 1e9
    late_s: float = 0.0

    def times_s(self, until_s: float) -> list[float]:
        """List when it sends."""
        period_s = 1 / self.rate_hz
        times = (self.begin_s + number * period_s for number in count())
        found = []
        for time_s in times:
            if time_s >= min(self.end_s, until_s):
                return found
            found.append(time_s)
        raise AssertionError


@dataclass
class Played:
    """What came out: for each camera when frames were sent and when they were delivered."""

    telemetry: Telemetry
    delivered: dict[str, list[tuple[float, float]]]

    def rate_hz(self, camera: str, begin_s: float, end_s: float) -> float:
        """Count deliveries within a time, over its length."""
        inside = [at_s for _, at_s in self.delivered[camera] if begin_s <= at_s < end_s]
        return len(inside) / (end_s - begin_s)

    def latencies_s(self, camera: str, begin_s: float = 0.0, end_s: float = 1e9) -> list[float]:
        """List the latencies of the frames delivered within a time."""
        return [
            at_s - sent_s for sent_s, at_s in self.delivered[camera] if begin_s <= at_s < end_s
        ]

    def drops(self, camera: str) -> dict[Cause, int]:
        """Drops of one camera by cause."""
        return dict(self.telemetry.snapshot().cameras[camera].drops)


@dataclass
class World:
    """The events to come and what happens at each."""

    in_flight: int = 2
    transfer_s: float = 0.0
    schedules: Mapping[str, CameraSchedule] = field(default_factory=dict)
    knows_stamps: bool = False
    device_s: Callable[[str], float] = lambda camera: DEVICE_S
    finish_s: float = FINISH_S
    now_s: float = 100.0

    def __post_init__(self) -> None:
        """Start with nothing inside."""
        self._telemetry = Telemetry(clock=lambda: self.now_s)
        self._traffic: Traffic[Picture, Picture, Picture] = Traffic(
            lambda: np.zeros(1, np.uint8),
            self.in_flight,
            Schedule(self.schedules),
            self._telemetry,
            lambda: self.now_s,
            (lambda: round(self.now_s * 1e9)) if self.knows_stamps else None,
            transfer_s=self.transfer_s,
        )
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._is_preparing = False
        self._next_look_s = -1.0
        self._device_free_s = self._finish_free_s = self.now_s

    def play(self, cameras: Mapping[str, Camera], until_s: float) -> Played:
        """Let the cameras send for some seconds."""
        began_s = self.now_s
        delivered: dict[str, list[tuple[float, float]]] = {camera: [] for camera in cameras}
        self._deliver = lambda passage: delivered[passage.camera].append(
            (passage.item.header.stamp_ns * 1e-9 - began_s, self.now_s - began_s)
        )
        for name, camera in cameras.items():
            for sent_s in camera.times_s(until_s):
                stamp_ns = round((began_s + sent_s) * 1e9)
                picture = Picture(name, Header(stamp_ns, name))
                arrives_s = began_s + sent_s + camera.late_s
                self._at(arrives_s, lambda each=picture: self._traffic.put(each))
        while self._events and self._events[0][0] < began_s + until_s:
            self.now_s, _, happen = heapq.heappop(self._events)
            happen()
            self._take()
        self.now_s = began_s + until_s
        return Played(self._telemetry, delivered)

    def _at(self, time_s: float, happen: Callable[[], None]) -> None:
        heapq.heappush(self._events, (time_s, next(self._order), happen))

    def _take(self) -> None:
        """Do what the prepare thread does."""
        if self._is_preparing:
            return
        delay_s = self._traffic.time_to_turn_s()
        if delay_s is None:
            return
        if delay_s > INSTANT_S:
            if self.now_s + delay_s != self._next_look_s:
                self._next_look_s = self.now_s + delay_s
                self._at(self._next_look_s, lambda: None)
            return
        passage = self._traffic.take()
        if passage is not None:
            self._is_preparing = True
            self._at(self.now_s + PREPARE_S, lambda: self._submit(passage))

    def _submit(self, passage: Any) -> None:
        self._is_preparing = False
        self._traffic.submit(passage)
        begin_s = max(self.now_s, self._device_free_s)
        self._device_free_s = begin_s + self.device_s(passage.camera)
        self._at(self._device_free_s, lambda: self._complete(passage))

    def _complete(self, passage: Any) -> None:
        outputs = RawOutputs({})
        assert self._traffic.complete(Completion(passage, passage.item, outputs, self.now_s))
        self._finish_free_s = max(self.now_s, self._finish_free_s) + self.finish_s
        self._at(self._finish_free_s, lambda: self._finish(passage))

    def _finish(self, passage: Any) -> None:
        assert self._traffic.next_completion() is not None
        self._traffic.finish(Finished(passage, passage.item, self.now_s))
        assert self._traffic.next_result() is not None
        assert self._traffic.leave(passage)
        self._deliver(passage)


def test_no_camera_and_nothing_happens():
    assert World().play({}, 1.0).delivered == {}


def test_one_fast_camera_gets_all_the_device_can_do():
    played = World().play({'front': Camera(30.0)}, 20.0)
    assert played.rate_hz('front', 1.0, 20.0) >= 0.97 * DEVICE_HZ
    assert max(played.latencies_s('front', 1.0)) <= LONGEST_S
    assert set(played.drops('front')) == {Cause.REPLACED}


@pytest.mark.parametrize('device_s', [0.02, DEVICE_S, 0.05, 0.066, 0.067])
@pytest.mark.parametrize('cameras', [1, 2, 4])
def test_waiting_for_a_frame_that_is_about_to_come_makes_results_newer_and_hardly_fewer(
    cameras: int, device_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside the same cameras where no turn waits."""

    def play() -> tuple[float, float]:
        played = World(device_s=lambda camera: device_s).play(
            {f'camera_{each}': Camera(30.0, begin_s=0.007 * each) for each in range(cameras)}, 30.0
        )
        rates_hz = [played.rate_hz(camera, 2.0, 30.0) for camera in played.delivered]
        ages_s = [age for camera in played.delivered for age in played.latencies_s(camera, 2.0)]
        return sum(rates_hz), float(np.mean(ages_s))

    rate_hz, age_s = play()
    monkeypatch.setattr('hailo_perception.pipeline.patience.IDLE_SHARE', 0.0)
    rate_without_hz, age_without_s = play()
    assert rate_hz > (1 - IDLE_SHARE) * rate_without_hz - 0.1
    assert age_s < age_without_s + 1e-6
    if device_s == DEVICE_S:
        assert age_s < age_without_s - 0.003


@pytest.mark.parametrize('finish_s', [0.04, 0.08])
def test_a_postprocess_slower_than_the_device_sets_the_rate_and_nothing_queues_before_it(
    finish_s,
):
    played = World(finish_s=finish_s).play({'front': Camera(30.0)}, 20.0)
    assert played.rate_hz('front', 2.0, 20.0) >= 0.97 / finish_s
    longest_s = LONGEST_S - FINISH_S + finish_s
    assert max(played.latencies_s('front', 2.0)) <= longest_s


@pytest.mark.parametrize('cameras', [2, 3, 4, 8])
def test_equal_cameras_get_equal_shares(cameras):
    names = [f'camera_{number}' for number in range(cameras)]
    played = World().play({name: Camera(30.0) for name in names}, 30.0)
    for name in names:
        share = played.rate_hz(name, 2.0, 30.0) / (DEVICE_HZ / cameras)
        assert 0.97 < share < 1.03


@settings(max_examples=20, deadline=None)
@given(
    rates_hz=st.lists(st.floats(1.0, 60.0), min_size=1, max_size=8),
    phases=st.lists(st.floats(0.0, 1.0), min_size=8, max_size=8),
)
def test_who_asks_for_less_than_a_share_gets_all_and_the_rest_is_shared(rates_hz, phases):
    """Whatever the rates: nobody with an image waiting gets less than anybody else, and 1."""
    cameras = {
        f'camera_{number}': Camera(rate_hz, begin_s=phase / rate_hz)
        for number, (rate_hz, phase) in enumerate(zip(rates_hz, phases, strict=False))
    }
    played = World().play(cameras, 12.0)
    equal_hz = DEVICE_HZ / len(cameras)
    for name, camera in cameras.items():
        owed_hz = min(camera.rate_hz, equal_hz)
        assert played.rate_hz(name, 2.0, 12.0) >= 0.9 * owed_hz - 0.2


@pytest.mark.parametrize('silent', ['camera_0', 'camera_3'])
def test_a_camera_that_is_cut_leaves_its_turns_to_the_others_and_delays_nobody(silent):
    names = [f'camera_{number}' for number in range(4)]
    cameras = {name: Camera(30.0) for name in names}
    cameras[silent].end_s = 20.0
    played = World().play(cameras, 40.0)
    others = [name for name in names if name != silent]
    for name in others:
        assert played.rate_hz(name, 1.0, 20.0) == pytest.approx(DEVICE_HZ / 4, rel=0.05)
        assert played.rate_hz(name, 21.0, 40.0) == pytest.approx(DEVICE_HZ / 3, rel=0.05)
        assert max(played.latencies_s(name, 1.0)) <= LONGEST_S
    statistics = played.telemetry.snapshot().cameras
    assert statistics[silent].silent_s == pytest.approx(20.0, abs=0.04)
    assert all(statistics[name].silent_s < 0.04 for name in others)


@pytest.mark.parametrize('slow_hz', [0.5, 2.0, 7.0])
def test_a_slow_camera_gets_every_image_through_and_costs_only_its_own_turns(slow_hz):
    alone = World().play({'fast': Camera(30.0)}, 22.0)
    played = World().play({'fast': Camera(30.0), 'slow': Camera(slow_hz, begin_s=0.013)}, 22.0)
    assert played.drops('slow') == {}
    assert played.rate_hz('slow', 2.0, 20.0) == pytest.approx(slow_hz, abs=0.1)
    lost_hz = alone.rate_hz('fast', 2.0, 20.0) - played.rate_hz('fast', 2.0, 20.0)
    assert lost_hz <= slow_hz + 0.1
    # One turn of another is what an image may have to wait for more.
    assert max(played.latencies_s('fast', 2.0)) <= max(alone.latencies_s('fast', 2.0)) + DEVICE_S


def test_images_that_arrive_late_delay_no_other_camera():
    punctual = World().play({'front': Camera(30.0), 'rear': Camera(30.0)}, 20.0)
    played = World().play({'front': Camera(30.0), 'rear': Camera(30.0, late_s=0.7)}, 20.0)
    rate_hz = played.rate_hz('front', 2.0, 20.0)
    assert rate_hz == pytest.approx(punctual.rate_hz('front', 2.0, 20.0), rel=0.05)
    longest_s = max(punctual.latencies_s('front', 2.0))
    assert max(played.latencies_s('front', 2.0)) <= longest_s + DEVICE_S


def test_priority_is_a_ratio_of_turns():
    names = ('front', 'left', 'rear')
    world = World(schedules={'front': CameraSchedule(priority=2)})
    played = world.play({name: Camera(30.0) for name in names}, 40.0)
    for name, weight in zip(names, (2, 1, 1), strict=True):
        share_hz = DEVICE_HZ * weight / 4
        assert played.rate_hz(name, 2.0, 40.0) == pytest.approx(share_hz, rel=0.05)


def test_the_lowest_priority_is_served_beside_the_highest():
    schedules = {'front': CameraSchedule(priority=10)}
    played = World(schedules=schedules).play({'front': Camera(30.0), 'rear': Camera(30.0)}, 40.0)
    assert played.rate_hz('rear', 2.0, 40.0) >= 0.9 * DEVICE_HZ / 11
    # At the most ten turns of the other, and its own time.
    assert max(played.latencies_s('rear')) <= 14 * DEVICE_S


def test_a_rate_is_kept_and_what_is_too_much_is_counted():
    world = World(schedules={'rear': CameraSchedule(rate_hz=5.0)})
    played = world.play({'front': Camera(15.0), 'rear': Camera(30.0, begin_s=0.01)}, 20.0)
    assert played.rate_hz('rear', 1.0, 20.0) == pytest.approx(5.0, abs=0.2)
    assert played.drops('front') == {}
    assert played.drops('rear')[Cause.RATE_LIMIT] == pytest.approx(500, abs=5)
    assert set(played.drops('rear')) <= {Cause.RATE_LIMIT, Cause.REPLACED}


def test_a_newer_image_takes_the_place_of_one_that_was_let_in():
    """The rate is one of turns: while the device is busy the newest still wins."""
    world = World(
        device_s=lambda camera: 0.5,
        in_flight=1,
        schedules={'front': CameraSchedule(rate_hz=4.0)},
    )
    played = world.play({'front': Camera(30.0)}, 20.0)
    # Waiting for a turn costs no age: each image taken is the newest of that moment.
    assert max(played.latencies_s('front', 2.0)) <= 0.5 + PREPARE_S + FINISH_S + 1 / 30 + 1e-6
    assert played.drops('front')[Cause.REPLACED] > 0


def test_an_image_that_waited_too_long_is_dropped_and_costs_no_turn():
    """One image of the rear camera meets a device that is busy for a second."""
    schedules = {'rear': CameraSchedule(stale_after_s=0.2)}
    slow = {'front': 1.0, 'rear': 0.02}
    world = World(schedules=schedules, device_s=slow.__getitem__, in_flight=1)
    cameras = {'front': Camera(0.5), 'rear': Camera(1000.0, begin_s=0.1, end_s=0.1005)}
    played = world.play(cameras, 4.0)
    assert played.drops('rear') == {Cause.STALE: 1}
    assert played.delivered['rear'] == []
    assert len(played.delivered['front']) == 2


def test_without_a_limit_the_oldest_image_is_still_worth_a_turn():
    slow = {'front': 1.0, 'rear': 0.02}
    world = World(device_s=slow.__getitem__, in_flight=1)
    cameras = {'front': Camera(0.5), 'rear': Camera(1000.0, begin_s=0.1, end_s=0.1005)}
    assert len(world.play(cameras, 4.0).delivered['rear']) == 1


@pytest.mark.parametrize(
    ('knows_stamps', 'late_s', 'is_stale'),
    [
        (True, 0.5, True),
        (True, 0.1, False),
        # Not of this clock: only what was waited here counts.
        (False, 0.5, False),
        (True, 120.0, False),
    ],
)
def test_the_stamp_counts_where_it_is_of_this_clock(knows_stamps, late_s, is_stale):
    schedules = {'front': CameraSchedule(stale_after_s=0.3)}
    world = World(schedules=schedules, knows_stamps=knows_stamps)
    played = world.play({'front': Camera(5.0, late_s=late_s)}, late_s + 4.0)
    assert (played.drops('front').get(Cause.STALE, 0) > 0) == is_stale
    assert bool(played.delivered['front']) == (not is_stale)


def test_every_image_is_accounted_for():
    schedules = {
        'front': CameraSchedule(priority=3, stale_after_s=0.05),
        'rear': CameraSchedule(rate_hz=7.0),
    }
    cameras = {'front': Camera(30.0), 'rear': Camera(25.0), 'left': Camera(3.0, end_s=2.0)}
    snapshot = World(schedules=schedules).play(cameras, 10.0).telemetry.snapshot()
    assert snapshot.received == 300 + 250 + 6
    assert 0 <= snapshot.received - snapshot.delivered - snapshot.dropped <= 3 + len(cameras)
