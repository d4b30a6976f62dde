# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A backend and a pipeline whose every step waits for the test's word; no sleeps, no clocks."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
import sys
import threading
from typing import Any

import numpy as np
import pytest

from hailo_perception.backends.base import DeviceHealth
from hailo_perception.core.errors import BackendError
from hailo_perception.core.errors import Cause
from hailo_perception.core.frame import Header
from hailo_perception.core.tensors import RawOutputs
from hailo_perception.pipeline.engine import Engine
from hailo_perception.pipeline.telemetry import Telemetry
from hailo_perception.pipeline.work import Work

# More than one file of tests sends images through an anonymiser.
sys.path.append(str(Path(__file__).parent))

GUARD_S = 20.0
"""How long a test waits for what must happen before it calls that a hang."""


@dataclass(frozen=True)
class Picture:
    """A frame without pixels."""

    camera: str
    header: Header


@dataclass(frozen=True)
class Answer:
    """A result that names its frame."""

    picture: Picture
    withheld: tuple[tuple[Cause, str], ...] = ()


class Journal:
    """What happened so far, and a way to wait for it."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.happened = threading.Condition()

    @contextmanager
    def entry(self) -> Iterator[None]:
        """Change something that a test may wait for."""
        with self.happened:
            yield
            self.happened.notify_all()

    def wait_until(self, condition: Callable[[], Any]) -> None:
        """Return once a condition holds; fail when that takes for ever."""
        with self.happened:
            assert self.happened.wait_for(condition, GUARD_S), 'this never happened'


class JournalTelemetry(Telemetry):
    """Telemetry that tells the journal about each count."""

    def __init__(self, journal: Journal, **options: Any) -> None:
        """Count as Telemetry does."""
        super().__init__(**options)
        self._journal = journal

    def _tell(self) -> None:
        # The counters are under the pipeline's lock here; a waiting test only reads them.
        with self._journal.entry():
            pass

    def dropped(self, camera: str, cause: Cause) -> None:
        """See Telemetry."""
        super().dropped(camera, cause)
        self._tell()

    def problem(self, camera: str, cause: Cause) -> None:
        """See Telemetry."""
        super().problem(camera, cause)
        self._tell()

    def delivered(self, camera: str, durations_s: Any) -> None:
        """See Telemetry."""
        super().delivered(camera, durations_s)
        self._tell()


class Gate:
    """A place that a thread may pass only while the gate is open."""

    def __init__(self, journal: Journal) -> None:
        """Start open."""
        self._journal = journal
        self._is_open = True
        self.waiting: list[Any] = []

    def close(self) -> None:
        """Hold whoever comes."""
        with self._journal.entry():
            self._is_open = False

    def open(self) -> None:
        """Let everybody pass."""
        with self._journal.entry():
            self._is_open = True

    def enter(self, who: Any) -> None:
        """Pass, or wait until it is open."""
        with self._journal.entry():
            self.waiting.append(who)
            self._journal.happened.notify_all()
            assert self._journal.happened.wait_for(lambda: self._is_open, GUARD_S)
            self.waiting.remove(who)


class ManualBackend:
    """Completes an inference when the test says so; several at once where allowed."""

    name = 'manual'
    input_transfer_s = 0.0
    inputs = ()
    outputs = ()

    def __init__(self, journal: Journal, queue_size: int = 4) -> None:
        """Start ready and idle."""
        self._journal = journal
        self.queue_size = queue_size
        self.submitted: deque[tuple[np.ndarray, np.ndarray, Any]] = deque()
        self.most_in_flight = 0
        self.is_ready = True
        self.is_closed = False
        self.refusals = 0
        self.gate = Gate(journal)
        self.submit_error: Exception | None = None
        self.is_automatic = False
        self.released = 0
        self.handed_out = 0
        self.violations: list[str] = []

    def submit(self, image: np.ndarray, on_done: Any) -> None:
        """Keep a submission until ``complete``."""
        self.gate.enter('submit')
        if self.submit_error is not None:
            raise self.submit_error
        if self.is_automatic:
            on_done(self._outputs(image))
            return
        with self._journal.entry():
            if any(image is other for other, _, _ in self.submitted):
                self.violations.append('a buffer was submitted twice at once')
            self.submitted.append((image, image.copy(), on_done))
            self.most_in_flight = max(self.most_in_flight, len(self.submitted))

    def complete(self, outcome: BackendError | None = None) -> None:
        """Answer the oldest submission."""
        with self._journal.entry():
            image, as_submitted, on_done = self.submitted.popleft()
        if not np.array_equal(image, as_submitted):
            self.violations.append('a buffer changed while the device read it')
        on_done(outcome if outcome is not None else self._outputs(image))

    def _outputs(self, image: np.ndarray) -> RawOutputs:
        with self._journal.entry():
            self.handed_out += 1
        return RawOutputs({'echo': image.copy()}, self._release)

    def _release(self) -> None:
        with self._journal.entry():
            self.released += 1

    def wait_ready(self, timeout_s: float) -> bool:
        """Say whether the test lets submissions in."""
        with self._journal.happened:
            self._journal.happened.wait_for(lambda: self.is_ready or self.is_closed, timeout_s)
            is_ready = self.is_ready and not self.is_closed
            if not is_ready:
                self.refusals += 1
                self._journal.happened.notify_all()
            return is_ready

    def health(self) -> DeviceHealth:
        """Nothing is known."""
        return DeviceHealth('manual')

    def close(self) -> None:
        """Answer everything with an error."""
        with self._journal.entry():
            self.is_closed = True
        while self.submitted:
            self.complete(BackendError('closed'))


class Bench:
    """An engine around a ManualBackend, with a gate and a fault before each of its steps."""

    def __init__(self, *, queue_size: int = 4, **options: Any) -> None:
        """Build the engine; ``options`` go to it."""
        self.journal = Journal()
        self.backend = ManualBackend(self.journal, queue_size)
        self.telemetry = JournalTelemetry(self.journal)
        steps = 'prepare', 'meanwhile', 'finish', 'deliver'
        self.gates = {step: Gate(self.journal) for step in steps}
        self.faults: dict[str, Exception] = {}
        self.prepared: list[Picture] = []
        self.delivered: list[Picture] = []
        self.reports: list[tuple[str, Cause, str]] = []
        self.withheld: tuple[tuple[Cause, str], ...] = ()
        self.unwanted: set[str] = set()
        self.wrong_answers: list[Picture] = []
        self._stamp_ns = 0
        self.engine: Engine[Picture, Picture, Answer] = Engine(
            self.backend,
            Work(
                make_buffer=lambda: np.zeros(1, np.int64).view(np.uint8),
                prepare=self._prepare,
                finish=self._finish,
                deliver=self._deliver,
                wanted=self._wanted,
                report=self._report,
                meanwhile=self._meanwhile,
            ),
            self.telemetry,
            name=f'bench {id(self)}',
            **{'ready_timeout_s': 0.02, **options},
        )

    def put(self, camera: str = 'front', stamp_ns: int | None = None) -> Picture:
        """Give the engine a frame, by default one newer than all before."""
        self._stamp_ns = self._stamp_ns + 1 if stamp_ns is None else stamp_ns
        picture = Picture(camera, Header(self._stamp_ns, f'{camera}_optical'))
        self.engine.put(picture)
        return picture

    def drops(self, camera: str = 'front') -> dict[Cause, int]:
        """Drops of one camera by cause."""
        return dict(self.telemetry.snapshot().cameras[camera].drops)

    def problems(self, camera: str = 'front') -> dict[Cause, int]:
        """Problems of one camera by cause."""
        return dict(self.telemetry.snapshot().cameras[camera].problems)

    def wait_until(self, condition: Callable[[], Any]) -> None:
        """See Journal.wait_until."""
        self.journal.wait_until(condition)

    def wait_for_submissions(self, count: int) -> None:
        """Wait until the backend holds so many frames."""
        self.wait_until(lambda: len(self.backend.submitted) == count)

    def wait_for_waiting(self, step: str) -> None:
        """Wait until somebody stands before a closed gate."""
        self.wait_until(lambda: self.gates[step].waiting)

    def wait_until_idle(self) -> None:
        """Wait until no frame is inside."""
        self.wait_until(lambda: self.telemetry.snapshot().received == self.outcomes())

    def outcomes(self) -> int:
        """Count the frames that are through, one way or the other."""
        snapshot = self.telemetry.snapshot()
        return snapshot.delivered + snapshot.dropped

    def threads(self) -> list[str]:
        """Name the engine's threads that are alive."""
        prefix = f'bench {id(self)}.'
        return [each.name for each in threading.enumerate() if each.name.startswith(prefix)]

    def open_all(self) -> None:
        """Let everything go on that a test held."""
        for gate in (*self.gates.values(), self.backend.gate):
            gate.open()

    def check_after_stop(self) -> None:
        """Check what must hold whenever the engine has stopped and nothing hangs."""
        snapshot = self.telemetry.snapshot()
        assert snapshot.received == snapshot.delivered + snapshot.dropped
        for camera in snapshot.cameras.values():
            assert camera.inside == 0
        assert self.backend.violations == []
        assert self.wrong_answers == []
        assert self.threads() == []

    def _wanted(self, camera: str) -> bool:
        if 'wanted' in self.faults:
            raise self.faults['wanted']
        return camera not in self.unwanted

    def _prepare(self, picture: Picture, buffer: np.ndarray, clock: Any) -> Picture:
        with self.journal.entry():
            self.prepared.append(picture)
        self._pass('prepare', picture)
        buffer.view(np.int64)[0] = picture.header.stamp_ns
        return picture

    def _meanwhile(self, picture: Picture) -> None:
        self._pass('meanwhile', picture)

    def _finish(self, picture: Picture, outputs: RawOutputs) -> Answer:
        self._pass('finish', picture)
        if outputs.tensors['echo'].view(np.int64)[0] != picture.header.stamp_ns:
            self.wrong_answers.append(picture)
        return Answer(picture, self.withheld)

    def _deliver(self, answer: Answer) -> None:
        self._pass('deliver', answer.picture)
        with self.journal.entry():
            self.delivered.append(answer.picture)

    def _pass(self, step: str, picture: Picture) -> None:
        self.gates[step].enter(picture)
        if step in self.faults:
            raise self.faults[step]

    def _report(self, camera: str, cause: Cause, message: str) -> None:
        with self.journal.entry():
            self.reports.append((camera, cause, message))
        if 'report' in self.faults:
            raise self.faults['report']


@pytest.fixture
def bench_type() -> type[Bench]:
    """The bench itself, for tests that build several or configure one."""
    return Bench


@pytest.fixture
def make_bench() -> Iterator[Callable[..., Bench]]:
    """Build benches that run, and stop them when the test is over."""
    benches: list[Bench] = []

    def make(**options: Any) -> Bench:
        bench = Bench(**options)
        benches.append(bench)
        bench.engine.start()
        return bench

    yield make
    for bench in benches:
        bench.open_all()
        bench.backend.close()
        bench.engine.stop(GUARD_S)
        bench.wait_until(lambda bench=bench: not bench.threads())
        bench.check_after_stop()


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    """Start an engine with two frames in flight."""
    return make_bench()
