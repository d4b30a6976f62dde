# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Stops that finish, stops that hang, lives after a stop, and what none of them may keep."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest

from hailo_perception.core.errors import BackendError
from hailo_perception.core.errors import Cause
from hailo_perception.core.errors import EncodingError

GUARD_S = 20.0


# Stopping.


def test_frames_given_before_start_and_after_stop_are_counted(bench_type):
    bench = bench_type()
    bench.put()
    bench.engine.start()
    bench.engine.stop(GUARD_S)
    bench.put()
    assert bench.drops() == {Cause.SHUTDOWN: 2}
    bench.check_after_stop()


def test_stop_drops_what_waits_and_delivers_what_is_inside(bench):
    inside = []
    for number in (1, 2):
        inside.append(bench.put())
        bench.wait_for_submissions(number)
    bench.put('front')
    bench.put('rear')
    stopper = threading.Thread(target=bench.engine.stop, args=(GUARD_S,))
    stopper.start()
    bench.wait_until(lambda: bench.drops('rear') == {Cause.SHUTDOWN: 1})
    bench.backend.complete()
    bench.backend.complete()
    stopper.join(GUARD_S)
    assert not stopper.is_alive()
    assert bench.delivered == inside
    assert bench.drops('front') == {Cause.SHUTDOWN: 1}
    bench.check_after_stop()


@pytest.mark.parametrize(
    ('step', 'words'),
    [
        ('prepare', 'prepare did not end'),
        ('submit', 'prepare did not end'),
        ('inference', 'manual backend has not answered a frame of front'),
        ('finish', 'finish did not end'),
        ('deliver', 'deliver did not end'),
    ],
)
def test_stop_says_what_hangs_and_nothing_is_lost_or_delivered_later(bench, step, words):
    gates = {**bench.gates, 'submit': bench.backend.gate}
    if step != 'inference':
        gates[step].close()
    picture = bench.put()
    if step in ('prepare', 'submit'):
        bench.wait_until(lambda: gates[step].waiting)
    else:
        bench.wait_for_submissions(1)
    if step in ('finish', 'deliver'):
        bench.backend.complete()
        bench.wait_until(lambda: gates[step].waiting)
    # The second picture stays outside.
    bench.backend.is_ready = False
    bench.put()
    hung = bench.engine.stop(0.0)
    assert words in hung[0]
    if step not in ('inference', 'submit'):
        assert len(hung) == 1
        assert '_pass' in hung[0], 'the stack shows the place'
    counted = bench.telemetry.snapshot()
    assert (counted.received, counted.delivered) == (2, 0)
    assert bench.drops() == {Cause.SHUTDOWN: 2}

    bench.open_all()
    bench.wait_until(lambda: not bench.threads())
    assert len(bench.backend.submitted) == (step in ('submit', 'inference'))
    while bench.backend.submitted:
        bench.backend.complete()
    bench.wait_until(lambda: bench.backend.released == bench.backend.handed_out)
    assert bench.telemetry.snapshot().dropped == 2
    assert bench.telemetry.snapshot().delivered == 0
    assert bench.delivered == ([picture] if step == 'deliver' else [])


def test_stop_while_the_backend_is_not_ready(bench):
    bench.backend.is_ready = False
    bench.put()
    bench.wait_until(lambda: bench.backend.refusals >= 1)
    assert bench.engine.stop(GUARD_S) == ()
    assert bench.drops() == {Cause.SHUTDOWN: 1}
    bench.check_after_stop()


def test_stop_with_answers_that_nobody_finishes_any_more(bench):
    """The frames behind one that hangs are dropped too, and their outputs given back."""
    bench.gates['finish'].close()
    for number in range(3):
        bench.put()
        bench.wait_for_submissions(1)
        bench.backend.complete()
        bench.wait_until(lambda number=number: bench.backend.handed_out == number + 1)
    bench.wait_for_waiting('finish')
    assert len(bench.engine.stop(0.0)) == 1
    assert bench.backend.released == 2
    assert bench.drops() == {Cause.SHUTDOWN: 3}
    bench.open_all()
    bench.wait_until(lambda: bench.backend.released == 3)


def test_stop_with_results_that_nobody_delivers_any_more(bench):
    """The results behind a delivery that hangs are dropped; their outputs are back already."""
    bench.gates['deliver'].close()
    for number in range(3):
        bench.put()
        bench.wait_for_submissions(1)
        bench.backend.complete()
        bench.wait_until(lambda number=number: bench.backend.released == number + 1)
    bench.wait_for_waiting('deliver')
    assert len(bench.engine.stop(0.0)) == 1
    assert bench.drops() == {Cause.SHUTDOWN: 3}
    assert bench.delivered == []


def test_closing_the_backend_first_ends_a_stop_at_once(bench):
    for number in (1, 2):
        bench.put()
        bench.wait_for_submissions(number)
    bench.backend.close()
    bench.wait_until_idle()
    assert bench.engine.stop(GUARD_S) == ()
    assert bench.drops() == {Cause.INFERENCE: 2}


@pytest.mark.parametrize('step', ['prepare', 'finish', 'deliver'])
def test_stop_from_inside_is_refused(bench, step):
    refusals = []

    def stop(_):
        try:
            bench.engine.stop(GUARD_S)
        except RuntimeError as error:
            refusals.append(str(error))

    bench.gates[step].enter = stop
    bench.put()
    bench.wait_for_submissions(1)
    bench.backend.complete()
    bench.wait_until_idle()
    assert len(refusals) == 1
    assert 'from another thread' in refusals[0]
    assert bench.engine.is_running


def test_it_runs_again_after_stop_with_the_counts_going_on(bench):
    for life in range(1, 4):
        bench.engine.start()
        # A new life is a new timeline: the first stamp is never a jump.
        picture = bench.put(stamp_ns=100 - life)
        bench.wait_for_submissions(1)
        bench.backend.complete()
        bench.wait_until_idle()
        assert bench.delivered[-1] == picture
        assert bench.engine.stop(GUARD_S) == ()
        assert bench.telemetry.snapshot().delivered == life
    assert bench.reports == []


def test_it_runs_again_after_a_stop_that_left_something_hanging(bench):
    bench.gates['finish'].close()
    bench.put()
    bench.wait_for_submissions(1)
    bench.backend.complete()
    bench.wait_for_waiting('finish')
    hanging = bench.put()
    bench.wait_for_submissions(1)
    assert len(bench.engine.stop(0.0)) == 2
    bench.open_all()
    bench.engine.start()
    picture = bench.put()
    bench.wait_for_submissions(2)
    bench.backend.complete()
    bench.backend.complete()
    bench.wait_until_idle()
    assert bench.delivered == [picture]
    assert hanging not in bench.delivered
    assert bench.drops() == {Cause.SHUTDOWN: 2}


# Leaks.


def test_many_lives_leave_no_thread_and_no_engine(bench_type):
    bench = bench_type()
    bench.backend.is_automatic = True
    before = set(threading.enumerate())
    for _ in range(20):
        bench.engine.start()
        bench.put()
        bench.wait_until_idle()
        assert bench.engine.stop(GUARD_S) == ()
    assert set(threading.enumerate()) <= before
    bench.check_after_stop()
    engine = weakref.ref(bench.engine)
    del bench
    gc.collect()
    assert engine() is None


@pytest.mark.parametrize('step', ['none', 'prepare', 'complete', 'finish', 'deliver'])
def test_an_idle_engine_keeps_no_frame(bench, step):
    """Without the cycle collector: frames are megabytes, and many come every second."""
    is_freed = threading.Event()
    gc.disable()
    try:
        if step in bench.gates:
            bench.faults[step] = EncodingError('lost')
        picture = bench.put()
        weakref.finalize(picture, is_freed.set)
        del picture
        if step != 'prepare':
            bench.wait_for_submissions(1)
            bench.backend.complete(BackendError('aborted') if step == 'complete' else None)
        bench.wait_until_idle()
        for kept_by_the_bench in (bench.prepared, bench.delivered, bench.faults):
            kept_by_the_bench.clear()
        assert is_freed.wait(GUARD_S)
    finally:
        gc.enable()
