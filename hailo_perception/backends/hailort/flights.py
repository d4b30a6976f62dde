# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The frames on the device: how many, for how long, and in which order they come back."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
import math
from threading import Condition
from threading import Lock
import time

import numpy as np
from numpy.typing import NDArray

from hailo_perception.backends.base import OnDone
from hailo_perception.backends.hailort.buffers import FrameBuffers
from hailo_perception.backends.hailort.errors import DeviceStalledError
from hailo_perception.backends.hailort.errors import InferenceAbortedError
from hailo_perception.backends.hailort.errors import RecoveringError
from hailo_perception.backends.hailort.session import Session
from hailo_perception.core.errors import BackendError


@dataclass(slots=True, eq=False)
class Flight:
    """One frame from its submission to its delivery; keeps alive what the device uses.

    ``deadline_s`` is None until the library has accepted the frame.
    """

    image: NDArray[np.uint8]
    on_done: OnDone
    session: Session
    deadline_s: float | None = None
    buffers: FrameBuffers | None = None
    is_settled: bool = False
    failure: BaseException | None = None


class Flights:
    """Lets frames onto the device while it works, and back in the order of their submission.

    Each leaves exactly once: when the library completed it, or when its time and that of an
    abort are over. Any thread may call anything; nothing is called with the lock held.
    """

    def __init__(self, frame_timeout_s: float, abort_timeout_s: float) -> None:
        """Refuse frames until ``admit_to`` names a session."""
        self._frame_timeout_s = frame_timeout_s
        self._abort_timeout_s = abort_timeout_s
        self._closed_s = math.inf
        self._lock = Lock()
        self._place_freed = Condition(self._lock)
        self._frame_changed = Condition(self._lock)
        self._state_changed = Condition(self._lock)
        self._flights: deque[Flight] = deque()
        self._limit = 0
        self._session: Session | None = None
        self._failure: BaseException | None = None
        self._answered = 0
        self._alive_s = -math.inf
        self._refusal = 'the device is not open yet'
        self._is_closed = False

    # For those who submit.

    def add(self, image: NDArray[np.uint8], on_done: OnDone) -> Flight:
        """Give a frame its place; BackendError when there is none."""
        with self._lock:
            if self._is_closed:
                raise BackendError('the hailort backend is closed; open it again')
            if self._session is None:
                raise RecoveringError(self._refusal)
            if len(self._flights) >= self._limit:
                raise BackendError(
                    f'{len(self._flights)} inferences are in flight, as many as the hailort '
                    'backend takes; call wait_ready first'
                )
            flight = Flight(image, on_done, self._session)
            self._flights.append(flight)
            return flight

    def started(self, flight: Flight, buffers: FrameBuffers) -> None:
        """Note that the library accepted a frame; it may even be back already."""
        with self._lock:
            flight.buffers = buffers
            is_alive = flight.session is self._session
            timeout_s = self._frame_timeout_s if is_alive else self._abort_timeout_s
            flight.deadline_s = time.monotonic() + timeout_s
            self._frame_changed.notify()

    def withdraw(self, flight: Flight, failure: BaseException) -> None:
        """Forget a frame that was never started: its session is dead."""
        with self._lock:
            self._flights.remove(flight)
            self._place_freed.notify_all()
            # It may have been what stood before others, or the last that a release waited for.
            self._frame_changed.notify()
            self._state_changed.notify()
            self._fail(flight.session, failure)

    def wait_for_place(self, timeout_s: float) -> bool:
        """Wait until one more frame would be taken; False on timeout or when closed."""
        with self._lock:
            self._place_freed.wait_for(lambda: self._is_closed or self._has_place(), timeout_s)
            return not self._is_closed and self._has_place()

    def _has_place(self) -> bool:
        return self._session is not None and len(self._flights) < self._limit

    # For the library's callback.

    def settle(self, flight: Flight, failure: BaseException | None) -> None:
        """Note that the device is done with a frame."""
        with self._lock:
            flight.is_settled = True
            # An overdue frame is lost for that reason, whatever its abort says.
            flight.failure = flight.failure or failure
            self._frame_changed.notify()
            if failure is None:
                self._answered += 1
                self._alive_s = time.monotonic()
            else:
                self._fail(flight.session, failure)

    # For the thread that delivers.

    def next_settled(self) -> Flight | None:
        """Wait for the oldest frame to come back; None when closed and none will come.

        A frame past its deadline makes its session fail; what an abort does not bring back
        either is given up: the device may still use its memory, which nobody uses again.
        """
        with self._lock:
            while True:
                wait_s = None
                if self._flights:
                    oldest = self._flights[0]
                    if oldest.deadline_s is not None:
                        wait_s = oldest.deadline_s - time.monotonic()
                        if oldest.is_settled or (wait_s <= 0 and self._is_given_up(oldest)):
                            self._flights.popleft()
                            self._place_freed.notify_all()
                            if self._is_closed:
                                self._state_changed.notify()
                            return oldest
                elif self._is_closed:
                    return None
                self._frame_changed.wait(None if wait_s is None else max(wait_s, 0.0))

    def _is_given_up(self, flight: Flight) -> bool:
        """Let an overdue frame's session fail; once the abort is overdue too, give it up."""
        if flight.session is self._session:
            flight.failure = DeviceStalledError(
                f'the Hailo device gave no answer within {self._frame_timeout_s:g} s; the '
                'network is loaded anew; if this comes back, look at cooling and power supply, '
                'and at "dmesg | grep hailo"'
            )
            self._fail(flight.session, flight.failure)
            return False
        flight.failure = DeviceStalledError(
            'the Hailo device did not even abort this frame; its memory is given up'
        )
        return True

    # For the thread that keeps the device.

    def admit_to(self, session: Session, limit: int) -> None:
        """Take frames for a session, at most ``limit`` at once."""
        with self._lock:
            self._session, self._limit, self._failure = session, limit, None
            self._alive_s = time.monotonic()
            self._place_freed.notify_all()

    @property
    def answered(self) -> int:
        """How many frames came back whole."""
        return self._answered

    def fail(self, session: Session, failure: BaseException) -> None:
        """Take no more frames for a session: its device is gone."""
        with self._lock:
            self._fail(session, failure)

    def fail_if_idle(self, since_s: float, failure: BaseException) -> None:
        """Do the same for the session of now, if it was opened and last answered before a time.

        Not while a frame is on the device: that one tells by itself whether it is gone.
        """
        with self._lock:
            is_idle = not self._flights and self._alive_s < since_s
            if self._session is not None and is_idle:
                self._fail(self._session, failure)

    def refuse(self, reason: str) -> None:
        """Say why no frames are taken at the moment."""
        with self._lock:
            self._refusal = reason

    def abandon(self, session: Session) -> None:
        """Settle what is left of a released session: no completion can come any more."""
        with self._lock:
            for flight in self._flights:
                is_started = flight.deadline_s is not None
                if flight.session is session and is_started and not flight.is_settled:
                    flight.is_settled = True
                    flight.failure = flight.failure or InferenceAbortedError(
                        'the Hailo device was released while the frame was in flight'
                    )
            self._frame_changed.notify()

    def close(self) -> None:
        """Take no more frames; those on the device still come back."""
        with self._lock:
            if not self._is_closed:
                self._is_closed, self._closed_s = True, time.monotonic()
            for changed in (self._place_freed, self._frame_changed, self._state_changed):
                changed.notify_all()

    def give_up(self) -> None:
        """Stop waiting for what is on the device; it comes back as lost."""
        with self._lock:
            for flight in self._flights:
                if flight.deadline_s is not None:
                    flight.deadline_s = -math.inf
            self._session = None
            self._frame_changed.notify()

    def wait_for_failure(self, timeout_s: float | None) -> BaseException | None:
        """Wait for the session's failure; None on timeout or when closed."""
        with self._lock:
            self._state_changed.wait_for(
                lambda: self._failure is not None or self._is_closed, timeout_s
            )
            return None if self._is_closed else self._failure

    def wait_for_close(self, timeout_s: float) -> bool:
        """Wait a while between two attempts, or until closed: True."""
        with self._lock:
            return self._state_changed.wait_for(lambda: self._is_closed, timeout_s)

    @property
    def is_closed(self) -> bool:
        """Whether the end was asked for."""
        return self._is_closed

    def wait_for_release(self) -> None:
        """Once closed, wait until nothing on the device is worth waiting for any more."""
        with self._lock:
            deadline_s = self._closed_s + self._frame_timeout_s
            self._state_changed.wait_for(
                lambda: not self._flights or self._failure is not None,
                max(deadline_s - time.monotonic(), 0.0),
            )

    def _fail(self, session: Session, failure: BaseException) -> None:
        """Note a session's first failure and give its other frames the time of an abort."""
        if session is not self._session:
            return
        self._session, self._failure = None, failure
        self._refusal = 'the Hailo device failed and is being restarted'
        deadline_s = time.monotonic() + self._abort_timeout_s
        for flight in self._flights:
            if flight.session is session and flight.deadline_s is not None:
                flight.deadline_s = deadline_s
        self._state_changed.notify()
        self._frame_changed.notify()
