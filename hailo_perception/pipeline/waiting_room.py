# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The frames before the pipeline: who is let in, whom a newer one replaces, who goes next."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic

from hailo_perception.core.errors import Cause
from hailo_perception.pipeline.mailbox import Mailbox
from hailo_perception.pipeline.patience import Patience
from hailo_perception.pipeline.schedule import Schedule
from hailo_perception.pipeline.schedule import stamp_age_s
from hailo_perception.pipeline.stage_clock import Clock
from hailo_perception.pipeline.telemetry import Telemetry
from hailo_perception.pipeline.work import ItemT

StampClock = Callable[[], int]
"""Nanoseconds of the clock that stamps may be of."""


@dataclass(frozen=True, slots=True)
class Waiting(Generic[ItemT]):
    """A frame that waits for its turn, and how old its stamp was when it came, seconds."""

    item: ItemT
    arrived_s: float
    age_on_arrival_s: float


class WaitingRoom(Generic[ItemT]):
    """Holds the newest frame, or set of frames, until its turn; whoever must go is counted.

    Not locked: its owner's lock guards all but ``arrival``. Frames come one by one or in sets,
    not both.
    """

    def __init__(
        self,
        schedule: Schedule,
        telemetry: Telemetry,
        clock: Clock,
        stamp_clock: StampClock | None = None,
    ) -> None:
        """Start with nobody waiting.

        Without ``stamp_clock`` a frame's age is the time for which it has waited here.
        """
        self._schedule = schedule
        self._telemetry = telemetry
        self._clock = clock
        self._stamp_clock = stamp_clock
        self._patience = Patience()
        self._mailbox: Mailbox[Waiting[ItemT]] = Mailbox()
        self._last_stamp_ns: dict[str, int] = {}

    def __len__(self) -> int:
        """Count the cameras that have a frame waiting."""
        return len(self._mailbox)

    @property
    def first_camera(self) -> str:
        """The camera that has been here longest; only while somebody waits."""
        return next(iter(self._mailbox))

    def arrival(self, item: ItemT) -> Waiting[ItemT]:
        """Note when a frame came; it does not wait yet, and no lock is needed."""
        stamp_ns = item.header.stamp_ns
        age_s = stamp_age_s(stamp_ns, self._stamp_clock()) if self._stamp_clock else 0.0
        return Waiting(item, self._clock(), age_s)

    def step_back_ns(self, item: ItemT) -> int:
        """Tell how far the camera's time went back with this frame; 0 when it did not."""
        camera, stamp_ns = item.camera, item.header.stamp_ns
        back_ns = max(self._last_stamp_ns.get(camera, stamp_ns) - stamp_ns, 0)
        self._last_stamp_ns[camera] = stamp_ns
        return back_ns

    def put(self, waiting: Waiting[ItemT], *, has_jumped: bool) -> bool:
        """Let a frame wait, in place of an older one of its camera; False for one too many."""
        camera = waiting.item.camera
        self._patience.arrived(camera, waiting.arrived_s)
        # The rate limits turns. Who waits for one already was counted; newer is better.
        if camera not in self._mailbox and not self._schedule.admits(camera, waiting.arrived_s):
            self._telemetry.dropped(camera, Cause.RATE_LIMIT)
            return False
        if self._mailbox.put(camera, waiting) is not None:
            self._telemetry.dropped(camera, _replaced(has_jumped))
        return True

    def put_set(self, waiting: Mapping[str, Waiting[ItemT]], *, has_jumped: bool) -> bool:
        """Let frames of one instant, by camera, wait for turns that follow each other.

        They replace an older set of which nothing was taken yet, and wait for the rest of one that
        is begun. False where a camera's rate does not admit its frame: then the whole set goes.
        """
        if not self._mailbox.holds_whole_set and not self._schedule.admits_all(
            waiting, self._clock()
        ):
            self._drop(waiting, Cause.RATE_LIMIT)
            return False
        self._drop(self._mailbox.put_set(waiting), _replaced(has_jumped))
        return True

    def next_take_s(self, due_s: float) -> float:
        """Tell when to take the next frame, which is due at some time; only while one waits."""
        camera = self._schedule.next_turn(tuple(self._mailbox))
        return self._patience.wait_until_s(camera, due_s)

    def drop_stale(self) -> None:
        """Drop what is too old before a turn is given: it must not cost its camera the turn."""
        now_s = self._clock()
        # Where a whole set goes, the next one shows.
        while stale := [camera for camera in self._mailbox if self._is_stale(camera, now_s)]:
            self._discard(stale, Cause.STALE)

    def take(self) -> tuple[Waiting[ItemT], float]:
        """Take the frame of the camera whose turn it is, and the time; only while one waits."""
        waiting = self._mailbox.take(self._schedule.choose(tuple(self._mailbox)))
        taken_s = self._clock()
        self._patience.took(taken_s)
        return waiting, taken_s

    def empty(self, cause: Cause) -> None:
        """Drop all that waits."""
        while cameras := tuple(self._mailbox):
            self._discard(cameras, cause)

    def _is_stale(self, camera: str, now_s: float) -> bool:
        waiting = self._mailbox.peek(camera)
        age_s = waiting.age_on_arrival_s + now_s - waiting.arrived_s
        return self._schedule.is_stale(camera, age_s)

    def _discard(self, cameras: Iterable[str], cause: Cause) -> None:
        for camera in cameras:
            self._mailbox.discard(camera)
            self._telemetry.dropped(camera, cause)

    def _drop(self, cameras: Iterable[str], cause: Cause) -> None:
        for camera in cameras:
            self._telemetry.dropped(camera, cause)


def _replaced(has_jumped: bool) -> Cause:
    return Cause.TIME_JUMP if has_jumped else Cause.REPLACED
