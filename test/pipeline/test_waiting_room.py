# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pytest

from hailo_perception.core.errors import Cause
from hailo_perception.core.frame import Header
from hailo_perception.pipeline.camera_schedule import CameraSchedule
from hailo_perception.pipeline.schedule import Schedule
from hailo_perception.pipeline.telemetry import Telemetry
from hailo_perception.pipeline.waiting_room import WaitingRoom

STALE_AFTER_S = 0.5
TIMELY = {'front': CameraSchedule(stale_after_s=STALE_AFTER_S)}
SLOW = {'front': CameraSchedule(rate_hz=1.0)}
PERIOD_S = 0.1
EARLY_S = 0.002


@dataclass(frozen=True)
class Picture:
    """A frame without pixels."""

    camera: str
    header: Header


class Door:
    """The real WaitingRoom, on clocks that the test sets; the stamps' clock begins at 0."""

    def __init__(self, schedules: Mapping[str, CameraSchedule] = MappingProxyType({})) -> None:
        """Start with nobody waiting."""
        self.now_s = 100.0
        self.stamp_now_ns = 0
        self.telemetry = Telemetry(clock=lambda: self.now_s)
        self.room: WaitingRoom[Picture] = WaitingRoom(
            Schedule(schedules), self.telemetry, lambda: self.now_s, lambda: self.stamp_now_ns
        )

    def put(self, camera: str, stamp_ns: int) -> bool:
        """Let a frame come; tells whether it waits."""
        picture = Picture(camera, Header(stamp_ns, camera))
        self.telemetry.received(camera)
        back_ns = self.room.step_back_ns(picture)
        return self.room.put(self.room.arrival(picture), has_jumped=back_ns > 0)

    def put_set(self, stamp_ns: int, *cameras: str) -> bool:
        """Let a set come; tells whether it waits."""
        pictures = [Picture(camera, Header(stamp_ns, camera)) for camera in cameras]
        for camera in cameras:
            self.telemetry.received(camera)
        has_jumped = any([self.room.step_back_ns(picture) for picture in pictures])
        return self.room.put_set(
            {each.camera: self.room.arrival(each) for each in pictures}, has_jumped=has_jumped
        )

    def take(self) -> tuple[str, int]:
        """Take a frame: its camera and its stamp."""
        waiting, taken_s = self.room.take()
        assert taken_s == self.now_s
        return waiting.item.camera, waiting.item.header.stamp_ns

    def drops(self, camera: str = 'front') -> dict[Cause, int]:
        """Drops of one camera by cause."""
        return dict(self.telemetry.snapshot().cameras[camera].drops)


def test_nobody_waits() -> None:
    room = Door().room
    assert not room and len(room) == 0
    room.drop_stale()
    room.empty(Cause.SHUTDOWN)
    assert not room


def test_a_frame_waits_and_is_taken() -> None:
    door = Door()
    assert door.put('front', 1) and door.put('rear', 2)
    assert len(door.room) == 2 and door.room.first_camera == 'front'
    assert {door.take(), door.take()} == {('front', 1), ('rear', 2)}
    assert not door.room and door.drops() == door.drops('rear') == {}


@pytest.mark.parametrize(
    ('stamps_ns', 'causes'),
    [
        ((1, 2), {Cause.REPLACED: 1}),
        ((2, 1), {Cause.TIME_JUMP: 1}),
        ((3, 1, 2), {Cause.TIME_JUMP: 1, Cause.REPLACED: 1}),
    ],
)
def test_a_newer_frame_replaces_an_older_one(
    stamps_ns: tuple[int, ...], causes: dict[Cause, int]
) -> None:
    door = Door()
    assert all([door.put('front', stamp_ns) for stamp_ns in stamps_ns])
    assert door.drops() == causes
    assert door.take() == ('front', stamps_ns[-1])


def test_each_camera_has_a_time_of_its_own() -> None:
    room = Door().room
    steps = (('front', 5), ('rear', 1), ('front', 3), ('rear', 2), ('front', 4))
    found = [room.step_back_ns(Picture(name, Header(stamp, name))) for name, stamp in steps]
    assert found == [0, 0, 2, 0, 0]


def test_who_comes_too_soon_goes_unless_one_of_its_camera_waits() -> None:
    door = Door(SLOW)
    assert door.put('front', 1) and door.put('front', 2)
    assert door.take() == ('front', 2)
    assert not door.put('front', 3)
    assert door.drops() == {Cause.REPLACED: 1, Cause.RATE_LIMIT: 1}
    door.now_s += 1.0
    assert door.put('front', 4)


@pytest.mark.parametrize(
    ('age_on_arrival_s', 'waited_s', 'is_stale'),
    [(0.0, 0.4, False), (0.0, 0.6, True), (0.3, 0.1, False), (0.3, 0.3, True), (90.0, 0.4, False)],
)
def test_age_on_arrival_and_time_spent_here_make_stale(
    age_on_arrival_s: float, waited_s: float, is_stale: bool
) -> None:
    door = Door(TIMELY)
    door.stamp_now_ns = round(age_on_arrival_s * 1e9)
    door.put('front', 0)
    door.put('rear', 0)
    door.now_s += waited_s
    door.room.drop_stale()
    assert door.drops() == ({Cause.STALE: 1} if is_stale else {})
    assert len(door.room) == 2 - is_stale


def test_a_set_stays_together() -> None:
    door = Door()
    assert door.put_set(1, 'front', 'rear') and door.put_set(2, 'front', 'rear')
    assert door.drops() == door.drops('rear') == {Cause.REPLACED: 1}
    first = door.take()
    assert door.put_set(3, 'front', 'rear')
    assert {first, door.take()} == {('front', 2), ('rear', 2)}
    assert {door.take(), door.take()} == {('front', 3), ('rear', 3)}
    assert not door.room and door.drops() == {Cause.REPLACED: 1}


def test_a_set_goes_whole_where_one_camera_comes_too_soon_unless_a_set_waits() -> None:
    door = Door(SLOW)
    assert door.put_set(1, 'front', 'rear') and door.put_set(2, 'front', 'rear')
    assert {door.take(), door.take()} == {('front', 2), ('rear', 2)}
    assert not door.put_set(3, 'front', 'rear')
    assert door.drops() == door.drops('rear') == {Cause.REPLACED: 1, Cause.RATE_LIMIT: 1}
    assert not door.room


def test_a_set_after_a_jump_says_so() -> None:
    door = Door()
    assert door.put_set(5, 'front', 'rear') and door.put_set(1, 'front', 'rear')
    assert door.drops() == door.drops('rear') == {Cause.TIME_JUMP: 1}


def test_emptying_drops_the_set_behind_as_well() -> None:
    door = Door()
    door.put_set(1, 'front', 'rear')
    taken = door.take()[0]
    door.put_set(2, 'front', 'rear')
    door.room.empty(Cause.SHUTDOWN)
    assert not door.room
    left = {'front', 'rear'} - {taken}
    assert door.drops(taken) == {Cause.SHUTDOWN: 1}
    assert door.drops(left.pop()) == {Cause.SHUTDOWN: 2}


def test_a_frame_that_is_about_to_come_is_waited_for() -> None:
    door = Door()
    for number in range(8):
        door.put('front', number)
        door.take()
        door.now_s += PERIOD_S
    door.put('front', 8)
    expected_s = door.now_s + PERIOD_S
    assert door.room.next_take_s(door.now_s) == door.now_s
    assert door.room.next_take_s(expected_s - EARLY_S) == pytest.approx(expected_s)
