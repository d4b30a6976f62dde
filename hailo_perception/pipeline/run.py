# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One life of the engine, from start to stop: its three threads and what they call."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
import logging
import sys
from threading import current_thread
from threading import Thread
import time
import traceback
from typing import Generic

from hailo_perception.backends.base import Backend
from hailo_perception.core.errors import BackendError
from hailo_perception.core.errors import Cause
from hailo_perception.core.errors import FrameError
from hailo_perception.core.tensors import RawOutputs
from hailo_perception.pipeline.schedule import Schedule
from hailo_perception.pipeline.stage_clock import Clock
from hailo_perception.pipeline.stage_clock import Stage
from hailo_perception.pipeline.telemetry import Telemetry
from hailo_perception.pipeline.traffic import Completion
from hailo_perception.pipeline.traffic import Finished
from hailo_perception.pipeline.traffic import Passage
from hailo_perception.pipeline.traffic import Traffic
from hailo_perception.pipeline.waiting_room import StampClock
from hailo_perception.pipeline.work import ItemT
from hailo_perception.pipeline.work import PreparedT
from hailo_perception.pipeline.work import ResultT
from hailo_perception.pipeline.work import Work

_WIND_DOWN_S = 0.5
"""What threads get for their last steps when a stop has run out of time."""


class Run(Generic[ItemT, PreparedT, ResultT]):
    """Moves frames through the caller's work and the backend until it is stopped.

    The state and its lock are in Traffic; nothing here is called with the lock held.
    """

    def __init__(
        self,
        backend: Backend,
        work: Work[ItemT, PreparedT, ResultT],
        telemetry: Telemetry,
        schedule: Schedule,
        *,
        in_flight: int,
        name: str,
        ready_timeout_s: float,
        clock: Clock,
        stamp_clock: StampClock | None,
    ) -> None:
        """Allocate the buffers; the threads begin with ``start``."""
        self._backend = backend
        self._work = work
        self._telemetry = telemetry
        self._ready_timeout_s = ready_timeout_s
        self._clock = clock
        self._is_outage_known = False
        self._traffic: Traffic[ItemT, PreparedT, ResultT] = Traffic(
            work.make_buffer,
            in_flight,
            schedule,
            telemetry,
            clock,
            stamp_clock,
            transfer_s=backend.input_transfer_s,
        )
        self._threads = (
            Thread(target=self._prepare_frames, name=f'{name}.prepare', daemon=True),
            Thread(target=self._finish_frames, name=f'{name}.finish', daemon=True),
            Thread(target=self._deliver_results, name=f'{name}.deliver', daemon=True),
        )

    def start(self) -> None:
        """Start the threads."""
        for thread in self._threads:
            thread.start()

    def is_own_thread(self) -> bool:
        """Tell whether the caller runs on one of the run's threads."""
        return current_thread() in self._threads

    def put(self, item: ItemT) -> None:
        """Let a frame wait for its turn; see Engine.put."""
        self._tell_jump(item.camera, self._traffic.put(item))

    def put_set(self, items: Sequence[ItemT]) -> None:
        """Let frames of one instant wait for turns that follow each other; see Engine.put_set."""
        for item, back_ns in zip(items, self._traffic.put_set(items), strict=True):
            self._tell_jump(item.camera, back_ns)

    def _tell_jump(self, camera: str, back_ns: int) -> None:
        if back_ns:
            self._tell_problem(
                camera,
                Cause.TIME_JUMP,
                f'the stamp went back by {back_ns * 1e-9:.3f} s; did a bag loop, or was a clock '
                'set? The pipeline goes on with the new time',
            )

    def stop(self, timeout_s: float) -> tuple[str, ...]:
        """Finish what is inside, end the threads, and say what hung; see Engine.stop."""
        deadline_s = time.monotonic() + timeout_s
        remains = self._traffic.close(timeout_s)
        for completion in remains.completions:
            self._release(completion.passage.camera, completion.outputs)
        deadline_s = max(deadline_s, time.monotonic() + _WIND_DOWN_S)
        hung = []
        for thread in self._threads:
            thread.join(max(deadline_s - time.monotonic(), 0.0))
            if thread.is_alive():
                hung.append(f'thread {thread.name} did not end; it is here:\n{_stack_of(thread)}')
        if remains.cameras_in_backend:
            hung.append(
                f'the {self._backend.name} backend has not answered a frame of '
                f'{", ".join(remains.cameras_in_backend)}; is the device alive?'
            )
        return tuple(hung)

    # The prepare thread: from the mailbox to the backend.

    def _prepare_frames(self) -> None:
        while (camera := self._traffic.wait_for_turn()) is not None:
            if self._is_backend_ready(camera):
                self._prepare_next()

    def _is_backend_ready(self, camera: str) -> bool:
        """Ask before a frame is taken, so that newer ones replace it while the answer is no."""
        asked_s = time.monotonic()
        trouble = None
        try:
            is_ready = self._backend.wait_ready(self._ready_timeout_s)
        except Exception as error:
            is_ready, trouble = False, _explain(error, Cause.INFERENCE)[1]
        if not is_ready:
            if not self._is_outage_known and not self._traffic.is_stopping:
                self._tell_problem(
                    camera,
                    Cause.INFERENCE,
                    f'the {self._backend.name} backend is not ready: '
                    f'{trouble or self._outage()}; the newest frame of each camera waits until '
                    'it is',
                )
            # A backend that says no at once, because it is closed, must not make this spin.
            self._traffic.wait_for_stop(
                max(asked_s + self._ready_timeout_s - time.monotonic(), 0.0)
            )
        self._is_outage_known = not is_ready
        return is_ready

    def _outage(self) -> str:
        try:
            outage = self._backend.health().outage
        except Exception as error:
            return _explain(error, Cause.INFERENCE)[1]
        return str(outage or f'it took no frame within {self._ready_timeout_s:g} s')

    def _prepare_next(self) -> None:
        passage = self._traffic.take()
        if passage is None:
            return
        try:
            if not self._work.wanted(passage.camera):
                self._traffic.leave(passage, Cause.UNWANTED)
                return
            prepared = self._work.prepare(passage.item, passage.buffer, passage.clock)
        except Exception as error:
            self._lose(passage, *_explain(error, Cause.PREPROCESS))
            return
        if self._traffic.is_stopping:
            self._traffic.leave(passage, Cause.SHUTDOWN)
            return
        submitted_s = self._traffic.submit(passage)
        try:
            self._backend.submit(
                passage.buffer, partial(self._on_done, passage, prepared, submitted_s)
            )
        except Exception as error:
            # A refusal ends as any other failure of the backend does.
            self._traffic.complete(Completion(passage, prepared, error, self._clock()))
            return
        try:
            self._work.meanwhile(prepared)
        except Exception as error:
            self._tell_problem(passage.camera, *_explain(error, Cause.POSTPROCESS))

    # The backend's thread.

    def _on_done(
        self,
        passage: Passage[ItemT],
        prepared: PreparedT,
        submitted_s: float,
        outputs: RawOutputs | BackendError,
    ) -> None:
        completed_s = self._clock()
        passage.clock.add(Stage.INFERENCE, completed_s - submitted_s)
        completion = Completion(passage, prepared, outputs, completed_s)
        if not self._traffic.complete(completion):
            self._release(passage.camera, outputs)

    # The finish thread: from the backend to the result.

    def _finish_frames(self) -> None:
        while self._finish_next():
            pass

    def _finish_next(self) -> bool:
        """Wait for a frame from the backend and finish it; False when none will come."""
        completion = self._traffic.next_completion()
        if completion is None:
            return False
        if isinstance(completion.outputs, Exception):
            self._fail(completion, *_explain(completion.outputs, Cause.INFERENCE))
        else:
            self._finish(completion, completion.outputs)
        return True

    def _finish(self, completion: Completion[ItemT, PreparedT], outputs: RawOutputs) -> None:
        passage = completion.passage
        passage.clock.add(Stage.QUEUE, self._clock() - completion.completed_s)
        failure: tuple[Cause, str] | None = None
        try:
            with passage.clock.measure(Stage.POSTPROCESS):
                result = self._work.finish(completion.prepared, outputs)
        except Exception as error:
            failure = _explain(error, Cause.POSTPROCESS)
        self._release(passage.camera, outputs)
        if failure is None:
            self._traffic.finish(Finished(passage, result, self._clock()))
        else:
            self._fail(completion, *failure)

    def _fail(
        self, completion: Completion[ItemT, PreparedT], cause: Cause, message: str
    ) -> None:
        """Go on with what stands in for the result, or lose the frame."""
        passage = completion.passage
        try:
            stand_in = self._work.stand_in(completion.prepared, cause, message)
        except Exception as error:
            stand_in = None
            message = f'{message}\nNothing can stand in for it: {_explain(error, cause)[1]}'
        if stand_in is None:
            self._lose(passage, cause, message)
        else:
            self._traffic.finish(Finished(passage, stand_in, self._clock()))

    def _release(self, camera: str, outputs: RawOutputs | Exception) -> None:
        if isinstance(outputs, Exception):
            return
        try:
            outputs.release()
        except Exception as error:
            self._tell_problem(camera, *_explain(error, Cause.INFERENCE))

    # The deliver thread: what publishing takes does not keep the next frame from being finished.

    def _deliver_results(self) -> None:
        while self._deliver_next():
            pass

    def _deliver_next(self) -> bool:
        """Wait for a result and deliver it; False when none will come."""
        finished = self._traffic.next_result()
        if finished is None:
            return False
        passage = finished.passage
        passage.clock.add(Stage.QUEUE, self._clock() - finished.finished_s)
        if self._traffic.is_closed:
            return True
        try:
            with passage.clock.measure(Stage.PUBLISH):
                self._work.deliver(finished.result)
            withheld = tuple(finished.result.withheld)
        except Exception as error:
            self._lose(passage, *_explain(error, Cause.PUBLISH))
            return True
        if self._traffic.leave(passage):
            for problem in withheld:
                self._tell_problem(passage.camera, *problem)
        return True

    # Telling.

    def _lose(self, passage: Passage[ItemT], cause: Cause, message: str) -> None:
        if self._traffic.leave(passage, cause):
            self._report(passage.camera, cause, message)

    def _tell_problem(self, camera: str, cause: Cause, message: str) -> None:
        self._telemetry.problem(camera, cause)
        self._report(camera, cause, message)

    def _report(self, camera: str, cause: Cause, message: str) -> None:
        try:
            self._work.report(camera, cause, message)
        except Exception:
            logging.getLogger(__name__).exception(
                'report itself failed on: camera %s, %s: %s', camera, cause.value, message
            )


def _explain(error: Exception, otherwise: Cause) -> tuple[Cause, str]:
    """Say what a failure is counted as, and describe it; unforeseen ones with their traceback."""
    if isinstance(error, FrameError):
        return error.cause, str(error)
    return otherwise, ''.join(traceback.format_exception(error))


def _stack_of(thread: Thread) -> str:
    frame = sys._current_frames().get(thread.ident or 0)
    return ''.join(traceback.format_stack(frame)) if frame is not None else '(it just ended)'
