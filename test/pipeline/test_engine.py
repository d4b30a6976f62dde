# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections import Counter
import gc
import logging
import threading
import weakref

import pytest

from hailo_perception.backends.base import DeviceHealth
from hailo_perception.backends.base import Outage
from hailo_perception.core.errors import BackendError
from hailo_perception.core.errors import Cause
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import EncodingError
from hailo_perception.core.errors import NetworkOutputError
from hailo_perception.pipeline.stage_clock import Stage

GUARD_S = 20.0


# Nothing to do.


def test_start_and_stop_without_a_frame(bench_type):
    bench = bench_type()
    assert not bench.engine.is_running
    bench.engine.start()
    assert bench.engine.is_running
    assert len(bench.threads()) == 3
    assert bench.engine.stop(GUARD_S) == ()
    assert not bench.engine.is_running
    bench.check_after_stop()
    assert dict(bench.telemetry.snapshot().cameras) == {}


def test_start_and_stop_are_idempotent(bench_type):
    bench = bench_type()
    assert bench.engine.stop(GUARD_S) == ()
    bench.engine.start()
    bench.engine.start()
    assert len(bench.threads()) == 3
    assert bench.engine.stop(GUARD_S) == ()
    assert bench.engine.stop(GUARD_S) == ()
    bench.check_after_stop()


def test_stop_from_several_threads_at_once(bench):
    stoppers = [threading.Thread(target=bench.engine.stop, args=(GUARD_S,)) for _ in range(4)]
    for stopper in stoppers:
        stopper.start()
    for stopper in stoppers:
        stopper.join(GUARD_S)
        assert not stopper.is_alive()
    bench.check_after_stop()


@pytest.mark.parametrize('in_flight', [0, -1])
def test_at_least_one_frame_must_be_allowed_in_flight(bench_type, in_flight):
    with pytest.raises(ConfigurationError, match='in_flight must be at least 1'):
        bench_type(in_flight=in_flight)


# The journey.


def test_one_frame_goes_through_with_its_own_header(bench):
    picture = bench.put()
    bench.wait_for_submissions(1)
    bench.backend.complete()
    bench.wait_until_idle()
    assert bench.delivered == [picture]
    bench.wait_until(lambda: bench.backend.released == 1)
    assert bench.reports == []


def test_stages_overlap(bench):
    """One frame is prepared while another runs, a third one is finished, a fourth delivered."""
    bench.gates['deliver'].close()
    zeroth = bench.put()
    bench.wait_for_submissions(1)
    bench.backend.complete()
    bench.wait_for_waiting('deliver')
    bench.gates['finish'].close()
    first = bench.put()
    bench.wait_for_submissions(1)
    second = bench.put()
    bench.wait_for_submissions(2)
    bench.backend.complete()
    bench.wait_for_waiting('finish')
    bench.gates['prepare'].close()
    third = bench.put()
    bench.wait_for_waiting('prepare')
    assert bench.gates['deliver'].waiting == [zeroth]
    assert bench.gates['finish'].waiting == [first]
    assert len(bench.backend.submitted) == 1
    assert bench.gates['prepare'].waiting == [third]
    bench.open_all()
    bench.wait_for_submissions(2)
    bench.backend.complete()
    bench.backend.complete()
    bench.wait_until_idle()
    assert bench.delivered == [zeroth, first, second, third]


def test_the_newest_wins_and_the_others_are_counted(bench):
    bench.gates['prepare'].close()
    first = bench.put()
    bench.wait_for_waiting('prepare')
    pictures = [bench.put() for _ in range(10)]
    assert bench.drops() == {Cause.REPLACED: 9}
    bench.open_all()
    bench.wait_for_submissions(2)
    bench.backend.complete()
    bench.backend.complete()
    bench.wait_until_idle()
    assert bench.delivered == [first, pictures[-1]]
    assert bench.drops() == {Cause.REPLACED: 9}


@pytest.mark.parametrize(
    ('in_flight', 'queue_size', 'limit'), [(1, 4, 1), (2, 4, 2), (3, 4, 3), (4, 2, 2), (2, 1, 1)]
)
def test_no_more_frames_in_flight_than_allowed(make_bench, in_flight, queue_size, limit):
    bench = make_bench(in_flight=in_flight, queue_size=queue_size)
    for number in range(1, limit + 1):
        bench.put()
        bench.wait_for_submissions(number)
    for _ in range(5):
        for camera in ('front', 'left', 'rear'):
            bench.put(camera)
        bench.backend.complete()
        bench.wait_for_submissions(limit)
    assert bench.backend.most_in_flight == limit


@pytest.mark.parametrize('step', ['finish', 'deliver'])
def test_a_slow_postprocess_or_delivery_stops_the_taking(bench, step):
    """With two in flight four frames fit inside; a fifth waits in the mailbox."""
    bench.gates[step].close()
    inside = []
    for _ in range(4):
        inside.append(bench.put())
        bench.wait_for_submissions(1)
        bench.backend.complete()
    bench.wait_for_waiting(step)
    waiting = [bench.put() for _ in range(5)]
    assert bench.prepared == inside
    assert bench.drops() == {Cause.REPLACED: 4}
    bench.gates[step].open()
    bench.wait_for_submissions(1)
    bench.backend.complete()
    bench.wait_until_idle()
    assert bench.delivered == [*inside, waiting[-1]]


def test_an_unwanted_camera_costs_no_work(bench):
    bench.unwanted = {'rear'}
    bench.put('rear')
    bench.wait_until_idle()
    assert bench.drops('rear') == {Cause.UNWANTED: 1}
    assert bench.prepared == []
    bench.unwanted = set()
    picture = bench.put('rear')
    bench.wait_for_submissions(1)
    bench.backend.complete()
    bench.wait_until_idle()
    assert bench.delivered == [picture]
    assert bench.reports == []


def test_something_withheld_is_a_problem_and_not_a_drop(bench):
    bench.withheld = ((Cause.CAMERA_INFO, 'no depth without calibration'),)
    bench.put()
    bench.wait_for_submissions(1)
    bench.backend.complete()
    bench.wait_until(lambda: bench.reports)
    assert bench.problems() == {Cause.CAMERA_INFO: 1}
    assert bench.drops() == {}
    assert bench.reports == [('front', Cause.CAMERA_INFO, 'no depth without calibration')]
    assert len(bench.delivered) == 1


def test_stage_times_add_up_to_the_total(bench_type):
    """Each step takes a set time on a clock that only the steps move."""
    now_s = [0.0]
    bench = bench_type(clock=lambda: now_s[0])
    steps = {'prepare': 3.0, 'finish': 5.0, 'deliver': 7.0}
    for step, gate in bench.gates.items():
        gate.enter = lambda _, step=step: now_s.__setitem__(0, now_s[0] + steps[step])
    submit = bench.backend.submit

    def submit_and_wait(image, on_done):
        now_s[0] += 11.0
        submit(image, on_done)

    bench.backend.submit = submit_and_wait
    bench.backend.is_automatic = True
    bench.engine.start()
    bench.put()
    bench.wait_until_idle()
    bench.engine.stop(GUARD_S)
    stages = bench.telemetry.snapshot().stages
    found = {stage: stages[stage].max_s for stage in Stage if stages[stage].count}
    assert found == {
        Stage.QUEUE: 0.0,
        Stage.INFERENCE: 11.0,
        Stage.POSTPROCESS: 5.0,
        Stage.PUBLISH: 7.0,
        Stage.TOTAL: 26.0,
    }


# Several cameras.


@pytest.mark.parametrize('cameras', [2, 3, 8])
def test_cameras_share_the_device_fairly_even_when_one_floods(make_bench, cameras):
    bench = make_bench(in_flight=1)
    names = [f'camera{number}' for number in range(cameras)]
    bench.put(names[0])
    bench.wait_for_submissions(1)
    turns = 5 * cameras + 1
    for _ in range(turns):
        for name in (*names, *names[:1] * 20):
            bench.put(name)
        bench.backend.complete()
        bench.wait_for_submissions(1)
    counts = Counter(picture.camera for picture in bench.prepared)
    share = (turns + 1) / cameras
    assert all(abs(counts[name] - share) <= 1 for name in names)


def test_a_camera_that_dies_delays_nobody(bench):
    bench.put('dead')
    bench.wait_for_submissions(1)
    bench.backend.complete()
    for _ in range(5):
        bench.put('alive')
        bench.wait_for_submissions(1)
        bench.backend.complete()
    bench.wait_until_idle()
    assert Counter(picture.camera for picture in bench.delivered) == {'dead': 1, 'alive': 5}


# Failures.


@pytest.mark.parametrize(
    ('step', 'error', 'cause'),
    [
        ('wanted', RuntimeError('bug'), Cause.PREPROCESS),
        ('prepare', EncodingError('bayer_rggb16'), Cause.ENCODING),
        ('prepare', RuntimeError('bug'), Cause.PREPROCESS),
        ('submit', BackendError('closed'), Cause.INFERENCE),
        ('submit', ValueError('bug'), Cause.INFERENCE),
        ('complete', BackendError('stream aborted'), Cause.INFERENCE),
        ('finish', NetworkOutputError('NaN'), Cause.NETWORK_OUTPUT),
        ('finish', RuntimeError('bug'), Cause.POSTPROCESS),
        ('deliver', EncodingError('cannot publish'), Cause.ENCODING),
        ('deliver', RuntimeError('bug'), Cause.PUBLISH),
    ],
)
@pytest.mark.parametrize('is_report_broken', [False, True])
def test_a_failure_costs_one_frame(bench, step, error, cause, is_report_broken, caplog):
    if is_report_broken:
        bench.faults['report'] = OSError('the log is full')
    if step == 'submit':
        bench.backend.submit_error = error
    elif step != 'complete':
        bench.faults[step] = error
    for _ in range(5):
        bench.put()
        if step in ('complete', 'finish', 'deliver'):
            bench.wait_for_submissions(1)
            bench.backend.complete(error if step == 'complete' else None)
        bench.wait_until_idle()
    bench.wait_until(lambda: len(bench.reports) == 5)
    assert bench.drops() == {cause: 5}
    assert bench.problems() == {}
    for camera, reported, message in bench.reports:
        assert (camera, reported) == ('front', cause)
        assert str(error) in message
        assert ('Traceback' in message) == isinstance(error, (RuntimeError, ValueError))

    bench.faults.pop(step, None)
    bench.backend.submit_error = None
    picture = bench.put()
    bench.wait_for_submissions(1)
    bench.backend.complete()
    bench.wait_until_idle()
    assert bench.delivered == [picture]
    bench.wait_until(lambda: bench.backend.released == bench.backend.handed_out)
    assert ('report itself failed' in caplog.text) == is_report_broken


def test_a_failed_release_is_a_problem(bench, caplog):
    def fail():
        raise RuntimeError('double free')

    bench.backend._release = fail
    bench.put()
    bench.wait_for_submissions(1)
    bench.backend.complete()
    bench.wait_until(lambda: bench.reports)
    bench.wait_until_idle()
    assert bench.problems() == {Cause.INFERENCE: 1}
    assert 'double free' in bench.reports[0][2]
    assert len(bench.delivered) == 1


def test_an_outage_is_told_with_its_reason(bench):
    outage = Outage(3.2, 'waiting', 2, 'the device is gone')
    bench.backend.health = lambda: DeviceHealth('manual', outage=outage)
    bench.backend.is_ready = False
    bench.put()
    bench.wait_until(lambda: bench.reports)
    message = bench.reports[0][2]
    assert 'not ready: recovering for 3 s (waiting, 2 attempts failed): the device is g' in message


def test_an_outage_whose_reason_cannot_be_asked_for_is_told_all_the_same(bench):
    def fail():
        raise RuntimeError('no answer')

    bench.backend.health = fail
    bench.backend.is_ready = False
    bench.put()
    bench.wait_until(lambda: bench.reports)
    assert 'RuntimeError: no answer' in bench.reports[0][2]
    with bench.journal.entry():
        bench.backend.is_ready = True
    bench.wait_for_submissions(1)
    bench.backend.complete()
    bench.wait_until_idle()


def test_a_backend_that_is_not_ready_leaves_the_newest_frame_waiting(bench):
    bench.backend.is_ready = False
    for _ in range(3):
        newest = bench.put()
    bench.wait_until(lambda: bench.backend.refusals >= 3)
    assert bench.prepared == []
    assert bench.drops() == {Cause.REPLACED: 2}
    assert [report[:2] for report in bench.reports] == [('front', Cause.INFERENCE)]
    assert 'manual backend is not ready' in bench.reports[0][2]
    with bench.journal.entry():
        bench.backend.is_ready = True
    bench.wait_for_submissions(1)
    assert bench.prepared == [newest]
    bench.backend.complete()
    bench.wait_until_idle()
    assert bench.problems() == {Cause.INFERENCE: 1}

    bench.backend.is_ready = False
    bench.put()
    bench.wait_until(lambda: len(bench.reports) == 2)


def test_a_backend_that_fails_when_asked_is_reported_once(bench):
    refused = threading.Semaphore(0)

    def fail(timeout_s):
        refused.release()
        raise BackendError('the device is gone')

    answer, bench.backend.wait_ready = bench.backend.wait_ready, fail
    picture = bench.put()
    for _ in range(3):
        assert refused.acquire(timeout=GUARD_S)
    assert [report[:2] for report in bench.reports] == [('front', Cause.INFERENCE)]
    assert 'the device is gone' in bench.reports[0][2]
    bench.backend.wait_ready = answer
    bench.wait_for_submissions(1)
    assert bench.prepared == [picture]


def test_a_closed_backend_is_not_asked_in_a_tight_loop(make_bench):
    bench = make_bench(ready_timeout_s=GUARD_S)
    bench.backend.close()
    bench.put()
    bench.wait_until(lambda: bench.reports)
    assert bench.engine.stop(GUARD_S) == ()
    assert bench.backend.refusals == 1
    assert bench.drops() == {Cause.SHUTDOWN: 1}


def test_a_second_answer_is_released_and_changes_nothing(bench):
    bench.put()
    bench.wait_for_submissions(1)
    image, _, on_done = bench.backend.submitted[0]
    bench.backend.complete()
    on_done(bench.backend._outputs(image))
    bench.wait_until_idle()
    bench.wait_until(lambda: bench.backend.released == 2)
    assert len(bench.delivered) == 1


# Time.


def test_stamps_that_go_back_start_a_new_timeline(bench):
    old_inside = bench.put(stamp_ns=5_000_000_000)
    bench.wait_for_submissions(1)
    bench.gates['prepare'].close()
    old_prepared = bench.put(stamp_ns=5_100_000_000)
    bench.wait_for_waiting('prepare')
    bench.put(stamp_ns=5_200_000_000)
    bench.put(stamp_ns=1_000_000_000)
    assert bench.drops() == {Cause.TIME_JUMP: 1}
    assert bench.problems() == {Cause.TIME_JUMP: 1}
    assert [report[:2] for report in bench.reports] == [('front', Cause.TIME_JUMP)]
    assert 'went back by 4.200 s' in bench.reports[0][2]
    new = bench.put(stamp_ns=1_100_000_000)
    assert bench.drops() == {Cause.TIME_JUMP: 1, Cause.REPLACED: 1}
    bench.open_all()
    bench.wait_for_submissions(2)
    bench.backend.complete()
    bench.wait_for_submissions(2)
    bench.backend.complete()
    bench.backend.complete()
    bench.wait_until_idle()
    assert bench.delivered == [old_inside, old_prepared, new]
    assert bench.problems() == {Cause.TIME_JUMP: 1}


def test_a_jump_with_nothing_waiting_drops_nothing(bench):
    bench.put(stamp_ns=10)
    bench.wait_for_submissions(1)
    bench.put(stamp_ns=9)
    bench.wait_for_submissions(2)
    assert bench.drops() == {}
    assert bench.problems() == {Cause.TIME_JUMP: 1}


def test_equal_stamps_and_other_cameras_clocks_are_no_jump(bench):
    bench.gates['prepare'].close()
    bench.put('front', stamp_ns=10)
    bench.put('front', stamp_ns=10)
    bench.put('rear', stamp_ns=3)
    bench.put('front', stamp_ns=11)
    assert bench.reports == []
    bench.put('rear', stamp_ns=2)
    assert bench.problems('front') == {}
    assert bench.problems('rear') == {Cause.TIME_JUMP: 1}


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


def test_reports_go_nowhere_else(bench, caplog):
    caplog.set_level(logging.DEBUG)
    bench.faults['prepare'] = RuntimeError('bug')
    bench.put()
    bench.wait_until(lambda: bench.reports)
    assert caplog.text == ''
