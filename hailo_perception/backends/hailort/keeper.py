# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The thread that keeps a network on the device, whatever happens to the device."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace
import logging
import math
from threading import Lock
from threading import Thread
import time

from hailo_perception.backends.base import DeviceHealth
from hailo_perception.backends.base import Outage
from hailo_perception.backends.hailort.circumstances import Circumstances
from hailo_perception.backends.hailort.circumstances import Stage
from hailo_perception.backends.hailort.companions import OF_THIS_PROCESS
from hailo_perception.backends.hailort.diagnosis import explain
from hailo_perception.backends.hailort.errors import DeviceError
from hailo_perception.backends.hailort.errors import DeviceStalledError
from hailo_perception.backends.hailort.errors import HefChangedError
from hailo_perception.backends.hailort.errors import SharedDeviceLostError
from hailo_perception.backends.hailort.flights import Flights
from hailo_perception.backends.hailort.monitor import Monitor
from hailo_perception.backends.hailort.options import HailortOptions
from hailo_perception.backends.hailort.session import Session
from hailo_perception.core.errors import HailoPerceptionError

_LONGEST_SLEEP_S = 1.0
_MOST_SILENCES = 2
_HOPELESS_STALLS = 3
_ATTEMPTS_ALONE = 1
_REBOOT = (
    '; this happened {count} times in a row: only a reboot or power cycle helps when the driver '
    'itself is stuck (drivers up to 4.23 on kernels from 6.12 on do so after hours)'
)

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Trouble:
    """An outage as the keeper notes it."""

    since_s: float
    activity: str
    attempts: int
    error: str


class Keeper:
    """Opens a session anew after each failure, with growing delays; asks for health between.

    Only its thread touches the device, except for the frames that a session runs. Delays shrink
    again once a frame came back whole: a device that fails at each first frame is left alone
    more and more, for opening it stops every thread of the process.
    """

    def __init__(
        self,
        open_session: Callable[[], Session],
        session: Session,
        flights: Flights,
        monitor: Monitor,
        options: HailortOptions,
        circumstances: Circumstances,
        queue_size: int,
    ) -> None:
        """Take over an open session and start the thread."""
        self._open_session = open_session
        self._session: Session | None = session
        self._network = (session.plan.input.info, session.plan.output_infos)
        self._flights = flights
        self._monitor = monitor
        self._options = options
        self._circumstances = circumstances
        self._queue_size = queue_size
        self._lock = Lock()
        self._trouble: _Trouble | None = None
        self._last_error: str | None = None
        self._recoveries = 0
        self._failures = 0
        self._stalls = 0
        self._silences = 0
        self._answered = 0
        OF_THIS_PROCESS.join(options.group_id, flights)
        self.thread = Thread(target=self._run, name='hailort device', daemon=True)
        self.thread.start()

    def health(self) -> DeviceHealth:
        """Give the latest readings and the state; never asks the device itself."""
        with self._lock:
            trouble, recoveries, last_error = self._trouble, self._recoveries, self._last_error
        outage = None
        if trouble is not None:
            lasts_s = time.monotonic() - trouble.since_s
            outage = Outage(lasts_s, trouble.activity, trouble.attempts, trouble.error)
        return replace(
            self._monitor.health, outage=outage, recoveries=recoveries, last_error=last_error
        )

    def note_success(self) -> None:
        """Note that a frame came back whole: the device works again."""
        if self._failures:
            with self._lock:
                self._failures = self._stalls = 0

    def _run(self) -> None:
        try:
            while not self._flights.is_closed:
                failure = self._flights.wait_for_failure(
                    min(self._monitor.wait_s, _LONGEST_SLEEP_S)
                )
                if failure is not None:
                    self._recover(failure)
                elif not self._flights.is_closed:
                    self._monitor.poll()
                    self._feel_pulse()
            self._flights.wait_for_release()
        finally:
            OF_THIS_PROCESS.leave(self._options.group_id, self._flights)
            self._release()

    def _feel_pulse(self) -> None:
        """Notice a device that went away while no frame is there to tell."""
        silences = self._monitor.silences
        if silences == self._silences:
            return
        # Since the question before this one: an earlier frame says nothing of the device now.
        is_idle = self._answered == self._flights.answered
        self._silences, self._answered = silences, self._flights.answered
        is_silent = self._monitor.has_answered and silences >= _MOST_SILENCES
        if is_silent and is_idle and self._session is not None:
            self._flights.fail(
                self._session,
                DeviceStalledError(
                    'the Hailo device does not tell its temperature any more, and no frame came '
                    'back since then'
                ),
            )

    def _recover(self, failure: BaseException) -> None:
        """Release what failed and open it anew until that works or the backend is closed."""
        since_s = time.monotonic()
        error = self._count(explain(failure, Stage.RUN, self._circumstances))
        _logger.warning('the Hailo device is being restarted: %s', error)
        self._note(_Trouble(since_s, 'releasing the device', 0, error))
        self._release()
        attempts, first_attempt_s = 0, math.inf
        while True:
            self._note(_Trouble(since_s, 'waiting', attempts, error))
            if self._flights.wait_for_close(self._options.retry_delay_s(self._failures)):
                return
            self._note(_Trouble(since_s, 'opening the device', attempts, error))
            first_attempt_s = min(first_attempt_s, time.monotonic())
            try:
                session = self._open()
            except Exception as failed:
                attempts += 1
                explained = explain(failed, Stage.OPEN, self._circumstances)
                error = self._count(explained)
                _logger.warning('attempt %d to restart the Hailo device: %s', attempts, error)
                if attempts > _ATTEMPTS_ALONE and isinstance(explained, DeviceError):
                    self._free_shared_device(first_attempt_s, error)
                continue
            break
        self._session = session
        self._monitor.watch(session.device_ids)
        with self._lock:
            self._trouble = None
            self._recoveries += 1
        _logger.warning(
            'the Hailo device is back after %.1f s, attempt %d',
            time.monotonic() - since_s,
            attempts + 1,
        )
        self._flights.admit_to(session, min(self._queue_size, session.queue_size))

    def _free_shared_device(self, since_s: float, error: str) -> None:
        """Let the networks that may hold a lost device with this one release and open it anew.

        Only those that no frame can tell: none came back since a time, and none is on its way.
        Those opened since then are left alone too, so that none is stopped twice for one outage.
        """
        for companion in OF_THIS_PROCESS.of(self._options.group_id, self._flights):
            companion.fail_if_idle(
                since_s,
                SharedDeviceLostError(
                    'another network on the same Hailo device cannot be loaded anew, and no '
                    f'frame of this one came back since then ({error}); both are restarted'
                ),
            )

    def _open(self) -> Session:
        session = self._open_session()
        if (session.plan.input.info, session.plan.output_infos) != self._network:
            session.close()
            raise HefChangedError(
                f'{self._circumstances.hef}: another network than the one that was loaded at '
                'the start; put that one back, or restart the node'
            )
        return session

    def _release(self) -> None:
        self._monitor.release()
        session, self._session = self._session, None
        if session is not None:
            session.close()
            self._flights.abandon(session)

    def _count(self, error: HailoPerceptionError) -> str:
        """Count a failure; returns its text, with more advice when nothing else helped."""
        with self._lock:
            self._failures += 1
            self._stalls = self._stalls + 1 if isinstance(error, DeviceStalledError) else 0
            stalls = self._stalls
        advice = _REBOOT.format(count=stalls) if stalls >= _HOPELESS_STALLS else ''
        return f'{error}{advice}'

    def _note(self, trouble: _Trouble) -> None:
        with self._lock:
            self._trouble, self._last_error = trouble, trouble.error
        self._flights.refuse(
            f'the Hailo device is being restarted ({trouble.activity}, {trouble.attempts} '
            f'attempts failed): {trouble.error}'
        )
