# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Which frame may enter, is inside, or leaves: the pipeline's state, behind its only lock."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from threading import Condition
from threading import Lock
from typing import Generic

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.errors import Cause
from hailo_perception.core.tensors import RawOutputs
from hailo_perception.pipeline.pace import Pace
from hailo_perception.pipeline.pace import Station
from hailo_perception.pipeline.schedule import Schedule
from hailo_perception.pipeline.stage_clock import Clock
from hailo_perception.pipeline.stage_clock import Stage
from hailo_perception.pipeline.stage_clock import StageClock
from hailo_perception.pipeline.telemetry import Telemetry
from hailo_perception.pipeline.waiting_room import StampClock
from hailo_perception.pipeline.waiting_room import WaitingRoom
from hailo_perception.pipeline.work import ItemT
from hailo_perception.pipeline.work import PreparedT
from hailo_perception.pipeline.work import ResultT

_BEYOND_THE_BACKEND = 2
"""Frames that may be inside and not in flight: one is finished while another is delivered."""


@dataclass(slots=True, eq=False)
class Passage(Generic[ItemT]):
    """A frame that was taken; it owns one buffer until it leaves.

    ``reached_s`` are the times at which it came to each Station so far.
    """

    item: ItemT
    arrived_s: float
    buffer: NDArray[np.uint8]
    clock: StageClock
    taken_s: float
    reached_s: list[float] = field(default_factory=list)

    @property
    def camera(self) -> str:
        """The camera's name."""
        return self.item.camera


@dataclass(frozen=True, slots=True)
class Completion(Generic[ItemT, PreparedT]):
    """A frame that came back from the backend, or that the backend refused."""

    passage: Passage[ItemT]
    prepared: PreparedT
    outputs: RawOutputs | Exception
    completed_s: float


@dataclass(frozen=True, slots=True)
class Finished(Generic[ItemT, ResultT]):
    """A frame whose result waits to be delivered."""

    passage: Passage[ItemT]
    result: ResultT
    finished_s: float


@dataclass(frozen=True, slots=True)
class Remains(Generic[ItemT, PreparedT]):
    """What a stop that ran out of time left behind."""

    completions: tuple[Completion[ItemT, PreparedT], ...]
    cameras_in_backend: tuple[str, ...]


class Traffic(Generic[ItemT, PreparedT, ResultT]):
    """Lets frames in, one by one and in turn, and out again, each exactly once and counted.

    Bounded by construction: a frame is taken only when one of the ``in_flight + 2`` buffers is
    free and fewer than ``in_flight`` frames lie between taking and completion. It keeps its
    buffer until it leaves, so no queue in here can be longer than that.
    Counting happens under the lock: at any instant received = delivered + dropped + inside.
    """

    def __init__(
        self,
        make_buffer: Callable[[], NDArray[np.uint8]],
        in_flight: int,
        schedule: Schedule,
        telemetry: Telemetry,
        clock: Clock,
        stamp_clock: StampClock | None = None,
        *,
        transfer_s: float = 0.0,
    ) -> None:
        """Start empty, with all buffers allocated.

        ``stamp_clock`` is that of WaitingRoom, ``transfer_s`` that of Pace.
        """
        self._free_buffers = [make_buffer() for _ in range(in_flight + _BEYOND_THE_BACKEND)]
        self._in_flight_limit = in_flight
        self._telemetry = telemetry
        self._clock = clock
        self._pace = Pace(transfer_s)
        self._waiting_room: WaitingRoom[ItemT] = WaitingRoom(
            schedule, telemetry, clock, stamp_clock
        )

        self._lock = Lock()
        self._turn_changed = Condition(self._lock)
        self._completion_came = Condition(self._lock)
        self._result_came = Condition(self._lock)
        self._frame_left = Condition(self._lock)
        self._inside: set[Passage[ItemT]] = set()
        self._in_flight: set[Passage[ItemT]] = set()
        self._completions: deque[Completion[ItemT, PreparedT]] = deque()
        self._results: deque[Finished[ItemT, ResultT]] = deque()
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
        """Let a frame wait, in place of an older one of its camera, unless it is one too many.

        Returns how many nanoseconds the camera's time went back, 0 when it did not.
        """
        waiting = self._waiting_room.arrival(item)
        with self._lock:
            self._telemetry.received(item.camera)
            if self._is_stopping:
                self._telemetry.dropped(item.camera, Cause.SHUTDOWN)
                return 0
            back_ns = self._waiting_room.step_back_ns(item)
            if self._waiting_room.put(waiting, has_jumped=back_ns > 0):
                self._turn_changed.notify()
        return back_ns

    def put_set(self, items: Sequence[ItemT]) -> tuple[int, ...]:
        """Let frames of one instant, one per camera, wait for turns that follow each other.

        They replace an older set of which nothing was taken yet, and wait for the rest of one that
        is begun. Where a camera's rate does not admit its frame the whole set goes. A pipeline
        gets sets or single frames, not both. Returns for each what ``put`` does.
        """
        waiting = {item.camera: self._waiting_room.arrival(item) for item in items}
        with self._lock:
            for camera in waiting:
                self._telemetry.received(camera)
            if self._is_stopping:
                for camera in waiting:
                    self._telemetry.dropped(camera, Cause.SHUTDOWN)
                return (0,) * len(items)
            back_ns = tuple(map(self._waiting_room.step_back_ns, items))
            if self._waiting_room.put_set(waiting, has_jumped=any(back_ns)):
                self._turn_changed.notify()
        return back_ns

    def wait_for_turn(self) -> str | None:
        """Wait until it is time to take a frame; a waiting camera, or None when it is to stop."""
        with self._lock:
            while not self._is_stopping:
                delay_s = self._time_to_turn_s()
                if delay_s == 0:
                    return self._waiting_room.first_camera
                self._turn_changed.wait(delay_s)
            return None

    def time_to_turn_s(self) -> float | None:
        """Tell in how many seconds a frame is to be taken; None while none can be."""
        with self._lock:
            return self._time_to_turn_s()

    def _time_to_turn_s(self) -> float | None:
        has_room = len(self._in_flight) < self._in_flight_limit and len(self._free_buffers) > 0
        if not has_room or not self._waiting_room:
            return None
        prepared = (each.reached_s for each in self._inside if each.reached_s)
        now_s = self._clock()
        due_s = max(self._pace.next_take_s(prepared), now_s)
        return self._waiting_room.next_take_s(due_s) - now_s

    def wait_for_stop(self, timeout_s: float) -> None:
        """Wait a while, or until it is time to stop."""
        with self._lock:
            self._turn_changed.wait_for(lambda: self._is_stopping, timeout_s)

    def take(self) -> Passage[ItemT] | None:
        """Take the newest frame of the camera whose turn it is.

        None when it is time to stop, or when all that waited had grown too old. Only after
        ``wait_for_turn``, and only from one thread: the room that it saw can but grow.
        """
        with self._lock:
            if self._is_stopping:
                return None
            self._waiting_room.drop_stale()
            if not self._waiting_room:
                return None
            waiting, taken_s = self._waiting_room.take()
            passage = Passage(
                waiting.item,
                waiting.arrived_s,
                self._free_buffers.pop(),
                StageClock(self._clock),
                taken_s,
            )
            self._inside.add(passage)
            self._in_flight.add(passage)
        passage.clock.add(Stage.QUEUE, taken_s - waiting.arrived_s)
        return passage

    def submit(self, passage: Passage[ItemT]) -> float:
        """Note that a frame goes to the backend now; returns the time."""
        now_s = self._clock()
        with self._lock:
            self._move_on(passage, now_s)
        return now_s

    def _move_on(self, passage: Passage[ItemT], now_s: float) -> None:
        """Note that a frame reaches its next station now, the exit after the last one."""
        if passage.reached_s:
            station = Station(len(passage.reached_s) - 1)
            self._pace.passed(station, passage.reached_s[-1], now_s)
        else:
            self._pace.prepared(now_s - passage.taken_s)
        passage.reached_s.append(now_s)

    def complete(self, completion: Completion[ItemT, PreparedT]) -> bool:
        """Queue a frame for finishing; False when nobody waits for it any more."""
        passage = completion.passage
        with self._lock:
            is_expected = passage in self._in_flight and not self._is_closed
            self._in_flight.discard(passage)
            if is_expected:
                if isinstance(completion.outputs, Exception):
                    # It comes when it likes and says nothing about the time a frame takes.
                    passage.reached_s.append(completion.completed_s)
                else:
                    self._move_on(passage, completion.completed_s)
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

    def finish(self, finished: Finished[ItemT, ResultT]) -> None:
        """Queue a result for delivery, unless nobody waits for it any more."""
        with self._lock:
            if not self._is_closed:
                self._move_on(finished.passage, finished.finished_s)
                self._results.append(finished)
                self._result_came.notify()

    def next_result(self) -> Finished[ItemT, ResultT] | None:
        """Wait for a result to deliver, in the order of completion; None when none will come."""
        with self._lock:
            self._result_came.wait_for(
                lambda: (
                    self._results or self._is_closed or (self._is_stopping and not self._inside)
                )
            )
            return self._results.popleft() if self._results else None

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
                now_s = self._clock()
                self._move_on(passage, now_s)
                passage.clock.add(Stage.TOTAL, now_s - passage.arrived_s)
                self._telemetry.delivered(passage.camera, passage.clock.durations_s)
            else:
                self._telemetry.dropped(passage.camera, cause)
            self._turn_changed.notify()
            self._completion_came.notify()
            self._result_came.notify()
            self._frame_left.notify()
        return True

    def close(self, timeout_s: float) -> Remains[ItemT, PreparedT]:
        """Drop what waits, wait for what is inside, then drop what is still there: SHUTDOWN."""
        with self._lock:
            self._is_stopping = True
            self._waiting_room.empty(Cause.SHUTDOWN)
            self._turn_changed.notify()
            self._completion_came.notify()
            self._result_came.notify()
            self._frame_left.wait_for(lambda: not self._inside, timeout_s)

            self._is_closed = True
            for passage in self._inside:
                self._telemetry.dropped(passage.camera, Cause.SHUTDOWN)
            self._inside.clear()
            in_backend = (each for each in self._in_flight if each.reached_s)
            remains = Remains(
                tuple(self._completions), tuple(sorted(each.camera for each in in_backend))
            )
            self._completions.clear()
            self._results.clear()
            self._completion_came.notify()
            self._result_came.notify()
        return remains
