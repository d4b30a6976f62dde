# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What must hold whatever happens, in whatever order, however the threads are scheduled."""

from __future__ import annotations

import random
import sys
import threading

from hypothesis import Phase
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant
from hypothesis.stateful import rule
from hypothesis.stateful import RuleBasedStateMachine
from hypothesis.stateful import run_state_machine_as_test
import pytest

from hailo_perception.core.errors import BackendError
from hailo_perception.core.errors import Cause
from hailo_perception.core.errors import EncodingError

GUARD_S = 20.0
CAMERAS = ('front', 'left', 'rear')
STEPS = ('wanted', 'prepare', 'finish', 'deliver')


@pytest.mark.parametrize('in_flight', [1, 2, 3])
def test_any_history_keeps_the_promises(bench_type, in_flight):
    class Histories(RuleBasedStateMachine):
        """Puts, answers, faults, held steps, stops and restarts in any order."""

        def __init__(self):
            super().__init__()
            self.bench = bench_type(in_flight=in_flight)
            self.bench.engine.start()
            self.puts = 0

        @rule(camera=st.sampled_from(CAMERAS), stamp_ns=st.integers(0, 20))
        def put(self, camera, stamp_ns):
            self.bench.put(camera, stamp_ns)
            self.puts += 1

        @rule(is_error=st.booleans())
        def complete(self, is_error):
            # No precondition: whether a frame has come this far is up to the threads.
            if self.bench.backend.submitted:
                self.bench.backend.complete(BackendError('aborted') if is_error else None)

        @rule(step=st.sampled_from(STEPS), is_broken=st.booleans(), is_foreseen=st.booleans())
        def break_or_repair(self, step, is_broken, is_foreseen):
            if is_broken:
                error = EncodingError('x') if is_foreseen else ValueError('x')
                self.bench.faults[step] = error
            else:
                self.bench.faults.pop(step, None)

        @rule(step=st.sampled_from(STEPS[1:]), is_held=st.booleans())
        def hold_or_let_go(self, step, is_held):
            gate = self.bench.gates[step]
            (gate.close if is_held else gate.open)()

        @rule(is_ready=st.booleans())
        def refuse_or_accept(self, is_ready):
            with self.bench.journal.entry():
                self.bench.backend.is_ready = is_ready

        @rule(cameras=st.sets(st.sampled_from(CAMERAS)))
        def unwant(self, cameras):
            self.bench.unwanted = cameras

        @rule()
        def restart(self):
            """Stop with nothing held and everything answered, then start again."""
            self._stop()
            assert self.bench.telemetry.snapshot().received == self.bench.outcomes()
            self.bench.backend.is_ready = True
            self.bench.engine.start()

        @invariant()
        def nothing_is_lost_or_shared(self):
            snapshot = self.bench.telemetry.snapshot()
            assert snapshot.received == self.puts
            for camera in snapshot.cameras.values():
                assert camera.inside >= 0
            # One waits for each camera, and two more than may be in flight are inside.
            inside = snapshot.received - snapshot.delivered - snapshot.dropped
            assert inside <= len(CAMERAS) + in_flight + 2
            assert self.bench.backend.most_in_flight <= in_flight
            assert self.bench.backend.violations == []
            assert self.bench.wrong_answers == []

        def teardown(self):
            self._stop()
            self.bench.check_after_stop()
            assert self.bench.telemetry.snapshot().received == self.puts
            assert len(self.bench.delivered) == self.bench.telemetry.snapshot().delivered
            assert self.bench.backend.released == self.bench.backend.handed_out

        def _stop(self):
            self.bench.open_all()
            hung = []
            stopper = threading.Thread(target=lambda: hung.extend(self.bench.engine.stop(GUARD_S)))
            stopper.start()
            while stopper.is_alive():
                # Frames that were on their way to the backend may still come in.
                while self.bench.backend.submitted:
                    self.bench.backend.complete()
                stopper.join(0.001)
            assert hung == []

    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=15,
            stateful_step_count=40,
            deadline=None,
            # Threads run differently each time: shrinking would chase another history.
            phases=(Phase.explicit, Phase.generate),
        ),
    )


@pytest.mark.parametrize('seed', range(4))
def test_free_running_threads_lose_nothing(bench_type, seed):
    """Cameras, device and pipeline run as they like, switching threads as often as they can."""
    chance = random.Random(seed)
    in_flight = chance.choice((1, 2, 3))
    bench = bench_type(in_flight=in_flight, ready_timeout_s=0.001)
    frames = 100
    is_over = threading.Event()

    def be_camera(name, seed):
        dice = random.Random(seed)
        for number in range(frames):
            bench.put(name, number if dice.random() > 0.05 else dice.randrange(frames))
            if dice.random() < 0.5:
                bench.wait_until(lambda: bench.telemetry.snapshot().cameras[name].inside == 0)

    def be_device(seed):
        dice = random.Random(seed)
        while not is_over.is_set() or bench.backend.submitted:
            if bench.backend.submitted:
                bench.backend.complete(BackendError('x') if dice.random() < 0.1 else None)
            else:
                is_over.wait(0.0005)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        bench.engine.start()
        device = threading.Thread(target=be_device, args=(seed,))
        device.start()
        cameras = [
            threading.Thread(target=be_camera, args=(name, chance.random())) for name in CAMERAS
        ]
        for camera in cameras:
            camera.start()
        restarts = 3 if seed % 2 else 0
        for _ in range(restarts):
            seen = bench.outcomes()
            bench.wait_until(
                lambda seen=seen: (
                    bench.outcomes() >= min(seen + frames // 4, frames * len(CAMERAS))
                )
            )
            assert bench.engine.stop(GUARD_S) == ()
            bench.engine.start()
        for camera in cameras:
            camera.join(GUARD_S)
        assert bench.engine.stop(GUARD_S) == ()
    finally:
        sys.setswitchinterval(interval)
        is_over.set()
    device.join(GUARD_S)
    bench.check_after_stop()
    snapshot = bench.telemetry.snapshot()
    assert snapshot.received == len(CAMERAS) * frames
    assert snapshot.delivered == len(bench.delivered) > 0
    assert bench.backend.most_in_flight <= in_flight
    assert bench.backend.released == bench.backend.handed_out
    assert set(snapshot.drops) <= {
        Cause.REPLACED,
        Cause.TIME_JUMP,
        Cause.INFERENCE,
        Cause.SHUTDOWN,
    }
