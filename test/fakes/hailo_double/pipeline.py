# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The native part of a configured model: queue, chip, completions, callbacks (section 6)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
import queue
import threading

from hailo_double.cards import Card
from hailo_double.chip import Buffers
from hailo_double.chip import Chip
from hailo_double.faults import HANG
from hailo_double.faults import hold_gil
from hailo_double.machine import Machine
from hailo_double.networks import Tensors
from hailo_double.status import failure
from hailo_double.status import HailoRTStatusException
from hailo_double.status import Status

OnDone = Callable[[Status], None]


@dataclass(slots=True, eq=False)
class Job:
    """Frames submitted together, and the callback that comes when all are done."""

    on_done: OnDone | None
    frames_left: int
    status: Status = Status.SUCCESS
    is_finished: threading.Event = field(default_factory=threading.Event)


@dataclass(slots=True, eq=False)
class Frame:
    """One frame in flight, with a checksum of its inputs at submission."""

    job: Job
    buffers: Buffers
    checksum: int


class Pipeline:
    """Runs frames one after another on the cards; one thread each for chip and callbacks.

    Once its status is not SUCCESS it is dead for good: every later frame is refused.
    """

    def __init__(
        self,
        machine: Machine,
        cards: Sequence[Card],
        chip: Chip,
        *,
        queue_size: int,
        is_scheduled: bool,
    ) -> None:
        self.queue_size = queue_size
        self.is_scheduled = is_scheduled
        self.is_active = is_scheduled
        self._machine = machine
        self._cards = tuple(cards)
        self._generations = [card.generation for card in cards]
        self.chip = chip
        self._changed = threading.Condition()
        self._in_flight: deque[Frame] = deque()
        self._status = Status.SUCCESS
        self._is_closing = False
        self._frame_count = 0
        self._finished: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._chip_thread: threading.Thread | None = None
        self._callback_thread: threading.Thread | None = None
        for card in self._cards:
            card.subscribe(self._wake)

    def wait_ready(self, timeout_s: float, frames: int) -> None:
        """Wait until that many more frames fit; TIMEOUT, or the status of a dead pipeline."""

        def is_ready() -> bool:
            fits = len(self._in_flight) + frames <= self.queue_size
            return fits or self._status is not Status.SUCCESS

        self._machine.enter('wait_for_async_ready')
        with self._changed:
            is_in_time = self._changed.wait_for(is_ready, timeout_s)
            self._raise_if_dead()
        if not is_in_time:
            raise failure(Status.TIMEOUT)

    def submit(self, frames: Sequence[Buffers], on_done: OnDone | None) -> Job:
        """Start frames as one job; any error but a missing output kills the pipeline (rule 6)."""
        if not all(self.chip.has_outputs(buffers) for buffers in frames):
            raise failure(Status.INVALID_OPERATION)
        job = Job(on_done, len(frames))
        with self._changed:
            self._raise_if_dead()
        with self._killing():
            self._machine.enter('run_async')
        with self._changed:
            self._raise_if_dead()
            with self._killing():
                if not frames:
                    raise failure(Status.INVALID_ARGUMENT)
                for buffers in frames:
                    self._enqueue(job, buffers)
            if not self.is_active:
                self._die(Status.STREAM_NOT_ACTIVATED)
        return job

    def wait_for(self, job: Job, timeout_s: float) -> None:
        """Wait until the callback of a job returned; TIMEOUT, but never the job's own status."""
        if not job.is_finished.is_set() and threading.current_thread() is self._callback_thread:
            self._machine.report('section 6', 'wait() on the callback thread blocks in vain')
        if not job.is_finished.wait(timeout_s):
            raise failure(Status.TIMEOUT)

    def shut_down(self) -> None:
        """Abort; with frames in flight this freezes every Python thread first (rule 23)."""
        with self._changed:
            is_busy = bool(self._in_flight)
        if is_busy:
            self._machine.report('rule 23', 'shutdown() with jobs in flight holds the GIL')
            hold_gil(self._machine.pipeline_timeout_s)
        with self._changed:
            self._die(Status.STREAM_ABORT)

    def close(self) -> None:
        """Abort, run all callbacks that are left, and end the threads; idempotent."""
        with self._changed:
            if self._is_closing:
                return
            self._is_closing = True
            self._die(Status.STREAM_ABORT)
        for card in self._cards:
            card.unsubscribe(self._wake)
        self._finished.put(None)
        here = threading.current_thread()
        if here is self._callback_thread:
            self._machine.report(
                'rule 21', 'the configured model was destroyed on its callback thread'
            )
        for thread in (self._chip_thread, self._callback_thread):
            if thread is not None and thread is not here:
                thread.join()

    @contextmanager
    def _killing(self) -> Iterator[None]:
        try:
            yield
        except HailoRTStatusException:
            with self._changed:
                self._die(Status.STREAM_ABORT)
            raise

    def _enqueue(self, job: Job, buffers: Buffers) -> None:
        self.chip.check(buffers)
        if len(self._in_flight) == self.queue_size:
            raise failure(Status.QUEUE_IS_FULL)
        if any(other.buffers.shares_output(buffers) for other in self._in_flight):
            self._machine.report('rule 9', 'two frames in flight write to one output buffer')
        self._start_threads()
        self._in_flight.append(Frame(job, buffers, buffers.input_checksum()))
        self._changed.notify_all()

    def _start_threads(self) -> None:
        if self._chip_thread is None:
            self._chip_thread = _start(self._serve, 'hailort-chip')
            self._callback_thread = _start(self._call_back, 'hailort-callback')

    def _serve(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._in_flight or not self._is_alive)
                if not self._is_alive:
                    return
                frame = self._in_flight[0]
                status = self._pass_through_chip()
            answer = None
            if status is Status.SUCCESS:
                status, answer = self._compute(frame)
                self._frame_count += 1
            with self._changed:
                if not self._is_alive:
                    return
                if answer is None:
                    self._die(status)
                else:
                    self._complete(self._in_flight.popleft(), Status.SUCCESS, answer)

    def _compute(self, frame: Frame) -> tuple[Status, Tensors | None]:
        try:
            return Status.SUCCESS, self.chip.compute(frame.buffers, self._frame_count)
        # A network that fails is a mistake of the test, which must end all the same.
        except Exception as error:
            self._machine.report('network', f'the double could not compute a frame: {error!r}')
            return Status.INTERNAL_FAILURE, None

    def _pass_through_chip(self) -> Status:
        """Wait as long as the chip takes; tell how the oldest frame ends."""
        place = self._frame_count % len(self._cards)
        card, generation = self._cards[place], self._generations[place]

        def is_lost() -> bool:
            return not card.is_present or card.generation != generation

        def is_over() -> bool:
            return is_lost() or not self._is_alive

        outcome = self._machine.faults.take('completion')
        if card.latency_s:
            self._changed.wait_for(is_over, card.latency_s)
        self._changed.wait_for(lambda: is_over() or not card.is_paused)
        if outcome == HANG or card.is_hung:
            is_answered = self._changed.wait_for(
                lambda: is_over() or not (outcome == HANG or card.is_hung),
                self._machine.pipeline_timeout_s,
            )
            if not is_answered:
                self._machine.log('error', 'Shutting down the pipeline, status HAILO_TIMEOUT(4)')
                return Status.TIMEOUT
        if is_lost():
            return card.loss
        return outcome if isinstance(outcome, Status) else Status.SUCCESS

    @property
    def _is_alive(self) -> bool:
        return self._status is Status.SUCCESS

    def _raise_if_dead(self) -> None:
        if not self._is_alive:
            raise failure(self._status)

    def _die(self, status: Status) -> None:
        """Refuse all that comes; what is in flight ends with the status."""
        if self._is_alive:
            self._status = status
        while self._in_flight:
            self._complete(self._in_flight.popleft(), self._status, self.chip.nothing())
        self._changed.notify_all()

    def _complete(self, frame: Frame, status: Status, answer: Tensors) -> None:
        if frame.buffers.input_checksum() != frame.checksum:
            self._machine.report('rule 9', 'an input changed while its frame was in flight')
        frame.buffers.fill_outputs(answer)
        job = frame.job
        job.frames_left -= 1
        if job.status is Status.SUCCESS:
            job.status = status
        # A list that failed midway lacks frames, so its callback never comes.
        if not job.frames_left:
            self._finished.put(job)
        self._changed.notify_all()

    def _call_back(self) -> None:
        while (job := self._finished.get()) is not None:
            try:
                if job.on_done is not None:
                    job.on_done(job.status)
            except BaseException as error:
                self._machine.report('rule 5', f'the callback raised {error!r}: SIGABRT')
            job.is_finished.set()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()


def _start(target: Callable[[], None], name: str) -> threading.Thread:
    # Daemons: a program that exits without closing must not hang.
    thread = threading.Thread(target=target, name=name, daemon=True)
    thread.start()
    return thread
