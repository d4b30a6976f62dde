# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Which frame waits, is inside, or may enter: the pipeline's only state, behind its only lock."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from threading import Condition
from threading import Lock
from typing import Generic

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.errors import BackendError
from hailo_perception.core.errors import Cause
from hailo_perception.core.tensors import RawOutputs
from hailo_perception.pipeline.mailbox import Mailbox
from hailo_perception.pipeline.schedule import Schedule
from hailo_perception.pipeline.stage_clock import Clock
from hailo_perception.pipeline.stage_clock import Stage
from hailo_perception.pipeline.stage_clock import StageClock
from hailo_perception.pipeline.telemetry import Telemetry
from hailo_perception.pipeline.work import ItemT
from hailo_perception.pipeline.work import PreparedT


@dataclass(slots=True, eq=False)
class Passage(Generic[ItemT]):
    """A frame that was taken; it owns one buffer until it leaves."""

    item: ItemT
    arrived_s: float
    buffer: NDArray[np.uint8]
    clock: StageClock
    is_submitted: bool = False

    @property
    def camera(self) -> str:
        """The camera's name."""
        return self.item.camera


@dataclass(frozen=True, slots=True)
class Completion(Generic[ItemT, PreparedT]):
    """A frame that came back from the backend."""

    passage: Passage[ItemT]
    prepared: PreparedT
    outputs: RawOutputs | BackendError
    completed_s: float


@dataclass(frozen=True, slots=True)
class Remains(Generic[ItemT, PreparedT]):
    """What a stop that ran out of time left behind."""

    completions: tuple[Completion[ItemT, PreparedT], ...]
    cameras_in_backend: tuple[str, ...]


class Traffic(Generic[ItemT, PreparedT]):
    """Lets frames in, one by one and in turn, and out again, each exactly once and counted.

    Bounded by construction: a frame is taken only when one of the ``in_flight + 1`` buffers is
    free and fewer than ``in_flight`` frames lie between taking and completion. It keeps its
    buffer until it leaves, so no queue in here can be longer than that.
    Counting happens under the lock: at any instant received = delivered + dropped + inside.
    """

    def __init__(
        self,
        buffers: list[NDArray[np.uint8]],
        schedule: Schedule,
        telemetry: Telemetry,
        clock: Clock,
    ) -> None:
        """Start empty; there is one buffer more than frames may be in flight."""
        self._free_buffers = buffers
        self._in_flight_limit = len(buffers) - 1
        self._schedule = schedule
        self._telemetry = telemetry
        self._clock = clock

        self._lock = Lock()
        self._turn_changed = Condition(self._lock)
        self._completion_came = Condition(self._lock)
        self._frame_left = Condition(self._lock)
        self._mailbox: Mailbox[tuple[ItemT, float]] = Mailbox()
        self._last_stamp_ns: dict[str, int] = {}
        self._inside: set[Passage[ItemT]] = set()
        self._in_flight: set[Passage[ItemT]] = set()
        self._completions: deque[Completion[ItemT, PreparedT]] = deque()
        self._is_stopping = False
        self._is_closed = False

    @property
    def is_stopping(self) -> bool:
        """Whether no more frames are taken."""
        return self._is_stopping

    @property
    def is_closed(self) -> bool:
        """Whether nothing may be delivered any more."""
        return self._is_closed

    def put(self, item: ItemT) -> int:
        """Let a frame wait, in place of an older one of its camera.

        Returns how many nanoseconds the camera's time went back, 0 when it did not.
        """
        camera, stamp_ns, now_s = item.camera, item.header.stamp_ns, self._clock()
        with self._lock:
            self._telemetry.received(camera)
            if self._is_stopping:
                self._telemetry.dropped(camera, Cause.SHUTDOWN)
                return 0
            back_ns = max(self._last_stamp_ns.get(camera, stamp_ns) - stamp_ns, 0)
            self._last_stamp_ns[camera] = stamp_ns
            replaced = self._mailbox.put(camera, (item, now_s))
            if replaced is not None:
                self._telemetry.dropped(camera, Cause.TIME_JUMP if back_ns else Cause.REPLACED)
            self._turn_changed.notify()
        return back_ns

    def wait_for_turn(self) -> str | None:
        """Wait until a frame could be taken; a waiting camera, or None when it is time to stop."""
        with self._lock:
            self._turn_changed.wait_for(lambda: self._is_stopping or self._has_turn())
            return None if self._is_stopping else next(iter(self._mailbox))

    def _has_turn(self) -> bool:
        has_room = len(self._in_flight) < self._in_flight_limit and len(self._free_buffers) > 0
        return has_room and len(self._mailbox) > 0

    def wait_for_stop(self, timeout_s: float) -> None:
        """Wait a while, or until it is time to stop."""
        with self._lock:
            self._turn_changed.wait_for(lambda: self._is_stopping, timeout_s)

    def take(self) -> Passage[ItemT] | None:
        """Take the newest frame of the camera whose turn it is; None when it is time to stop.

        Only after ``wait_for_turn``, and only from one thread: what that saw can but grow.
        """
        with self._lock:
            if self._is_stopping:
                return None
            item, arrived_s = self._mailbox.take(self._schedule.choose(tuple(self._mailbox)))
            passage = Passage(item, arrived_s, self._free_buffers.pop(), StageClock(self._clock))
            self._inside.add(passage)
            self._in_flight.add(passage)
        passage.clock.add(Stage.QUEUE, self._clock() - arrived_s)
        return passage

    def complete(self, completion: Completion[ItemT, PreparedT]) -> bool:
        """Queue a frame for finishing; False when nobody waits for it any more."""
        passage = completion.passage
        with self._lock:
            is_expected = passage in self._in_flight and not self._is_closed
            self._in_flight.discard(passage)
            if is_expected:
                self._completions.append(completion)
                self._completion_came.notify()
                self._turn_changed.notify()
        return is_expected

    def next_completion(self) -> Completion[ItemT, PreparedT] | None:
        """Wait for a frame to finish, in the order of completion; None when none will come."""
        with self._lock:
            self._completion_came.wait_for(
                lambda: (
                    self._completions
                    or self._is_closed
                    or (self._is_stopping and not self._in_flight)
                )
            )
            return self._completions.popleft() if self._completions else None

    def leave(self, passage: Passage[ItemT], cause: Cause | None = None) -> bool:
        """Count a frame's outcome, a drop where there is a cause, and take its buffer back.

        False when a stop that ran out of time has counted the frame already.
        """
        with self._lock:
            self._in_flight.discard(passage)
            if passage not in self._inside:
                return False
            self._inside.remove(passage)
            self._free_buffers.append(passage.buffer)
            if cause is None:
                passage.clock.add(Stage.TOTAL, self._clock() - passage.arrived_s)
                self._telemetry.delivered(passage.camera, passage.clock.durations_s)
            else:
                self._telemetry.dropped(passage.camera, cause)
            self._turn_changed.notify()
            self._completion_came.notify()
            self._frame_left.notify()
        return True

    def close(self, timeout_s: float) -> Remains[ItemT, PreparedT]:
        """Drop what waits, wait for what is inside, then drop what is still there: SHUTDOWN."""
        with self._lock:
            self._is_stopping = True
            for camera in tuple(self._mailbox):
                self._mailbox.take(camera)
                self._telemetry.dropped(camera, Cause.SHUTDOWN)
            self._turn_changed.notify()
            self._completion_came.notify()
            self._frame_left.wait_for(lambda: not self._inside, timeout_s)

            self._is_closed = True
            for passage in self._inside:
                self._telemetry.dropped(passage.camera, Cause.SHUTDOWN)
            self._inside.clear()
            remains = Remains(
                tuple(self._completions),
                tuple(sorted(each.camera for each in self._in_flight if each.is_submitted)),
            )
            self._completions.clear()
            self._completion_came.notify()
        return remains
