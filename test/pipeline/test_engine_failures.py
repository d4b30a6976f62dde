# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Each failure costs what it must and no more, and is told once."""

from __future__ import annotations

import logging
import threading

import pytest

from hailo_perception.backends.base import DeviceHealth
from hailo_perception.backends.base import Outage
from hailo_perception.core.errors import BackendError
from hailo_perception.core.errors import Cause
from hailo_perception.core.errors import EncodingError
from hailo_perception.core.errors import NetworkOutputError

GUARD_S = 20.0


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


def test_what_fails_meanwhile_is_told_and_costs_nothing(bench):
    bench.faults['meanwhile'] = RuntimeError('bug')
    bench.put()
    bench.wait_for_submissions(1)
    bench.backend.complete()
    bench.wait_until_idle()
    bench.wait_until(lambda: bench.reports)
    ((_, cause, message),) = bench.reports
    assert cause is Cause.POSTPROCESS and 'bug' in message
    assert len(bench.delivered) == 1
    assert bench.problems() == {Cause.POSTPROCESS: 1}


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


def test_reports_go_nowhere_else(bench, caplog):
    caplog.set_level(logging.DEBUG)
    bench.faults['prepare'] = RuntimeError('bug')
    bench.put()
    bench.wait_until(lambda: bench.reports)
    assert caplog.text == ''
