# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The pipeline that a node drives: frames in, results delivered, everything counted."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from threading import Lock
import time
from types import MappingProxyType
from typing import Generic

from hailo_perception.backends.base import Backend
from hailo_perception.core.errors import Cause
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.pipeline.camera_schedule import CameraSchedule
from hailo_perception.pipeline.run import Run
from hailo_perception.pipeline.schedule import Schedule
from hailo_perception.pipeline.stage_clock import Clock
from hailo_perception.pipeline.telemetry import Telemetry
from hailo_perception.pipeline.waiting_room import StampClock
from hailo_perception.pipeline.work import ItemT
from hailo_perception.pipeline.work import PreparedT
from hailo_perception.pipeline.work import ResultT
from hailo_perception.pipeline.work import Work


class Engine(Generic[ItemT, PreparedT, ResultT]):
    """Takes the newest frame of each camera in turn through ``work`` and a backend.

    Turns are fair by the cameras' weights, see FairTurns; nobody waits for a camera that is slow
    or silent.

    One thread prepares frame n + 1 while the backend runs frame n, another finishes frame n − 1
    and a third delivers frame n − 2. At most ``in_flight`` frames are between taking and the
    network's answer, and at most two more are inside at all, so a slow postprocess or delivery
    slows the taking and nothing queues up.
    Two in flight keep a device busy while prepare is faster than the network; three where it is
    about as slow. A backend whose queue is shorter sets the limit.

    Every frame given to ``put`` is counted as received, and once as delivered or dropped:
    ``telemetry`` adds up at any instant. The backend stays the caller's: close it after ``stop``.
    """

    def __init__(
        self,
        backend: Backend,
        work: Work[ItemT, PreparedT, ResultT],
        telemetry: Telemetry,
        *,
        in_flight: int = 2,
        name: str = 'pipeline',
        schedules: Mapping[str, CameraSchedule] = MappingProxyType({}),
        ready_timeout_s: float = 0.5,
        clock: Clock = time.monotonic,
        stamp_clock: StampClock | None = None,
    ) -> None:
        """Start nothing yet; ConfigurationError when ``in_flight`` is not positive.

        ``schedules`` are of the cameras with limits or weights of their own. ``stamp_clock``
        tells the time now of the clock that stamps frames, nanoseconds; without it their age
        counts from their arrival.
        ``ready_timeout_s`` bounds each question to the backend whether it takes one more frame.
        """
        if in_flight < 1:
            raise ConfigurationError(f'in_flight must be at least 1, got {in_flight}')
        self._telemetry = telemetry
        self._make_run: Callable[[], Run[ItemT, PreparedT, ResultT]] = lambda: Run(
            backend,
            work,
            telemetry,
            Schedule(schedules),
            in_flight=min(in_flight, backend.queue_size),
            name=name,
            ready_timeout_s=ready_timeout_s,
            clock=clock,
            stamp_clock=stamp_clock,
        )
        self._run: Run[ItemT, PreparedT, ResultT] | None = None
        self._lifecycle = Lock()

    @property
    def is_running(self) -> bool:
        """Whether frames are taken."""
        return self._run is not None

    def start(self) -> None:
        """Allocate the buffers and start the threads; nothing when running already."""
        with self._lifecycle:
            if self._run is None:
                run = self._make_run()
                run.start()
                self._run = run

    def put(self, item: ItemT) -> None:
        """Let a frame wait for its turn, in place of an older one of its camera; never blocks.

        A frame given while the engine is stopped is counted as dropped, SHUTDOWN. A stamp below
        the camera's last one starts a new timeline: a TIME_JUMP is counted and reported, a frame
        of the old timeline that still waits is dropped, one already taken is delivered.
        """
        run = self._run
        if run is not None:
            run.put(item)
        else:
            self._telemetry.received(item.camera)
            self._telemetry.dropped(item.camera, Cause.SHUTDOWN)

    def put_set(self, items: Sequence[ItemT]) -> None:
        """Let frames of one instant, one per camera, wait for turns that follow each other.

        A newer set replaces one of which nothing was taken yet, and waits for the rest of one that
        is begun. Each frame is counted on its own. An engine gets sets or single frames, not both.
        """
        run = self._run
        if run is not None:
            run.put_set(items)
        else:
            for item in items:
                self.put(item)

    def stop(self, timeout_s: float) -> tuple[str, ...]:
        """Take no more frames, deliver those inside, end the threads; nothing when stopped.

        Waits ``timeout_s``, and where something hangs up to half a second more. Frames that are
        not through by then are dropped, SHUTDOWN, and nothing more is delivered. Returns
        a sentence about each thing that hung; empty when all went well. RuntimeError from one of
        the engine's own threads.
        """
        run = self._run
        if run is not None and run.is_own_thread():
            raise RuntimeError(
                'stop() waits for the threads that call prepare, finish, deliver and report; '
                'call it from another thread'
            )
        with self._lifecycle:
            run, self._run = self._run, None
            return run.stop(timeout_s) if run is not None else ()
