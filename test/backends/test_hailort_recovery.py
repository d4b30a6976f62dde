# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

"""What happens while frames run: each failure has its error, costs what was in flight, heals."""

import logging
import threading
import time

import numpy as np
import pytest

from hailo_perception.backends.hailort import errors
from hailo_perception.backends.hailort import options
from hailo_perception.backends.hailort.flights import Flights
from hailo_perception.core.errors import BackendError
from hailo_perception.core.errors import Cause
from hailo_perception.core.tensors import RawOutputs

PATIENCE_S = 30.0
IMAGE = np.zeros((4, 8, 3), np.uint8)


def wait_until(condition):
    deadline_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline_s
        threading.Event().wait(0.002)


def submit(backend, completions, count):
    for tag in range(count):
        assert backend.wait_ready(PATIENCE_S)
        backend.submit(IMAGE, completions.on_done(tag))


def errors_of(completions):
    return [type(outcome) for _, outcome in completions.outcomes]


@pytest.mark.parametrize(
    ('status', 'expected', 'message'),
    [
        (4, errors.DeviceStalledError, 'gave no answer in time'),
        (8, errors.InferenceFailedError, 'HAILO_INTERNAL_FAILURE'),
        (25, errors.InferenceFailedError, 'An invalid frame was received'),
        (36, errors.DriverError, 'dmesg'),
        (62, errors.ServiceError, 'hailort.service'),
        (63, errors.InferenceAbortedError, 'was stopped'),
        (69, errors.NotActivatedError, 'without the scheduler'),
        (72, errors.NotActivatedError, 'HAILO_STREAM_NOT_ACTIVATED'),
        (77, errors.ServiceError, 'HAILO_RPC_FAILED'),
        (82, errors.QueueFullError, 'no place'),
        (87, errors.DriverError, 'HAILO_DRIVER_TIMEOUT'),
    ],
)
def test_failed_inference(hailo, completions, status, expected, message):
    backend = hailo.open(queue_size=3)
    hailo.card.pause()
    hailo.machine.plant('completion', status)
    submit(backend, completions, 3)
    hailo.card.resume()
    outcomes = completions.wait_for(3)
    assert completions.tags == [0, 1, 2]
    assert type(outcomes[0][1]) is expected
    assert message in str(outcomes[0][1])
    for _, outcome in outcomes:
        assert isinstance(outcome, errors.DeviceError)
        assert outcome.cause is Cause.DEVICE
    assert hailo.answer(backend, 9).tensors['depth'].max() == 9
    health = backend.health()
    assert health.outage is None
    assert health.recoveries == 1
    assert health.last_error


@pytest.mark.parametrize(
    ('call', 'status', 'expected'),
    [
        ('wait_for_async_ready', 4, errors.DeviceStalledError),
        ('run_async', 6, errors.InferenceFailedError),
        ('run_async', 61, errors.InferenceFailedError),
        ('run_async', 63, errors.InferenceAbortedError),
        ('run_async', 82, errors.QueueFullError),
        ('run_async', 36, errors.DriverError),
    ],
)
def test_submission_that_the_library_refuses(hailo, completions, call, status, expected):
    backend = hailo.open(queue_size=2)
    hailo.card.pause()
    submit(backend, completions, 1)
    hailo.machine.plant(call, status)
    with pytest.raises(expected) as caught:
        backend.submit(IMAGE, completions.on_done('refused'))
    assert type(caught.value) is expected
    hailo.card.resume()
    completions.wait_for(1)
    assert hailo.answer(backend, 5).tensors['depth'].max() == 5
    assert completions.tags == [0]


def test_frame_that_never_completes(hailo, completions):
    backend = hailo.open(frame_timeout_s=0.05)
    hailo.machine.plant('completion', hailo.double.HANG)
    submit(backend, completions, 2)
    outcomes = completions.wait_for(2)
    assert errors_of(completions) == [errors.DeviceStalledError, errors.InferenceAbortedError]
    assert completions.tags == [0, 1]
    assert 'no answer within 0.05 s' in str(outcomes[0][1])
    assert 'no answer within 0.05 s' in backend.health().last_error
    assert all(outcome.cause is Cause.DEVICE for _, outcome in outcomes)
    assert isinstance(hailo.answer(backend), RawOutputs)


def test_stall_that_the_library_notices_first(hailo, completions):
    hailo.machine.pipeline_timeout_s = 0.05
    backend = hailo.open()
    hailo.card.hang()
    submit(backend, completions, 1)
    completions.wait_for(1)
    assert errors_of(completions) == [errors.DeviceStalledError]
    hailo.card.recover()
    assert isinstance(hailo.answer(backend), RawOutputs)


def test_frame_that_not_even_an_abort_brings_back(hailo, completions, monkeypatch):
    """The library itself hangs in the abort: the frame is given up and close does not wait."""
    from hailo_double.pipeline import Pipeline

    stuck = threading.Event()
    close_pipeline = Pipeline.close

    def close_slowly(pipeline):
        assert stuck.wait(PATIENCE_S)
        close_pipeline(pipeline)

    monkeypatch.setattr(Pipeline, 'close', close_slowly)
    backend = hailo.open(frame_timeout_s=0.05, abort_timeout_s=0.05, release_timeout_s=0.05)
    hailo.card.pause()
    submit(backend, completions, 2)
    completions.wait_for(2)
    assert errors_of(completions) == [errors.DeviceStalledError] * 2
    assert 'memory is given up' in str(completions.outcomes[0][1])
    assert backend.health().outage.activity == 'releasing the device'
    assert not backend.wait_ready(0)
    backend.close()
    stuck.set()
    wait_until(lambda: not hailo.machine.opened['ConfiguredInferModel'])
    wait_until(lambda: not hailo.machine.opened['VDevice'])
    assert completions.tags == [0, 1]


def test_device_that_vanishes_and_returns(hailo, completions, caplog):
    backend = hailo.open(queue_size=2)
    hailo.card.pause()
    submit(backend, completions, 2)
    with caplog.at_level(logging.WARNING):
        hailo.card.vanish()
        completions.wait_for(2)
        assert errors_of(completions) == [errors.DriverError] * 2
        wait_until(lambda: backend.health().outage and backend.health().outage.attempts > 2)
        outage = backend.health().outage
        assert 'no Hailo device' in outage.error
        assert outage.lasts_s > 0
        assert f'{outage.attempts} attempts failed' in str(outage)
        assert not backend.wait_ready(0)
        with pytest.raises(errors.RecoveringError, match='attempts failed.*no Hailo device'):
            backend.submit(IMAGE, completions.on_done('late'))
        hailo.card.come_back()
        hailo.card.resume()
        assert isinstance(hailo.answer(backend), RawOutputs)
    assert backend.health().outage is None
    assert backend.health().temperature_c is not None
    assert 'is being restarted' in caplog.text
    assert 'is back after' in caplog.text
    assert completions.tags == [0, 1]


def test_device_that_vanishes_while_nothing_runs_is_missed(hailo, monkeypatch):
    monkeypatch.setattr(options, 'MIN_HEALTH_PERIOD_S', 0.001)
    backend = hailo.open(health_period_s=0.005)
    hailo.card.vanish()
    wait_until(lambda: backend.health().outage)
    hailo.card.come_back()
    wait_until(lambda: not backend.health().outage)
    assert backend.health().recoveries == 1
    assert isinstance(hailo.answer(backend), RawOutputs)


def test_device_that_tells_nothing_but_runs_frames_is_left_alone(hailo):
    backend = hailo.open(health_period_s=0.0)
    keeper, monitor = backend._keeper, backend._keeper._monitor
    assert isinstance(hailo.answer(backend), RawOutputs)
    monitor.has_answered, monitor.silences = True, 5
    keeper._feel_pulse()
    assert isinstance(hailo.answer(backend), RawOutputs)
    assert backend.health().recoveries == 0


@pytest.mark.parametrize('call', ['VDevice', 'HEF', 'create_infer_model', 'configure'])
def test_recovery_whose_first_attempts_fail(hailo, call):
    backend = hailo.open()
    hailo.machine.plant('completion', 8)
    hailo.machine.plant(call, 8, times=3)
    assert isinstance(hailo.answer(backend), errors.InferenceFailedError)
    assert hailo.answer(backend, 4).tensors['depth'].max() == 4
    assert backend.health().recoveries == 1


def test_device_that_fails_at_each_first_frame_is_left_alone_more_and_more(hailo, monkeypatch):
    from hailo_perception.backends.hailort.options import HailortOptions

    delays = []
    retry_delay_s = HailortOptions.retry_delay_s

    def noted(options, failures):
        delays.append(failures)
        return retry_delay_s(options, failures)

    monkeypatch.setattr(HailortOptions, 'retry_delay_s', noted)
    backend = hailo.open()
    hailo.machine.plant('completion', 4, times=4)
    for _ in range(4):
        assert isinstance(hailo.answer(backend), errors.DeviceStalledError)
    assert isinstance(hailo.answer(backend), RawOutputs)
    assert '4 times in a row' in backend.health().last_error
    assert 'reboot' in backend.health().last_error
    hailo.machine.plant('completion', 4)
    assert isinstance(hailo.answer(backend), errors.DeviceStalledError)
    assert isinstance(hailo.answer(backend), RawOutputs)
    assert delays == [1, 2, 3, 4, 1]


def test_hef_that_was_replaced_meanwhile(hailo):
    backend = hailo.open()
    network = hailo.hef.read_bytes()
    hailo.write([hailo.double.Stream('depth', (2, 4, 1))])
    hailo.machine.plant('completion', 8)
    assert isinstance(hailo.answer(backend), BackendError)
    wait_until(lambda: backend.health().outage and backend.health().outage.attempts > 1)
    assert 'another network' in backend.health().outage.error
    hailo.hef.write_bytes(network)
    assert isinstance(hailo.answer(backend), RawOutputs)


def test_outputs_outlive_the_device_they_came_from(hailo):
    backend = hailo.open()
    kept = hailo.answer(backend, 6)
    hailo.machine.plant('completion', 8)
    assert isinstance(hailo.answer(backend, 7), BackendError)
    assert isinstance(hailo.answer(backend, 8), RawOutputs)
    assert kept.tensors['depth'].max() == 6
    kept.release()


@pytest.mark.parametrize('is_recovering', [False, True])
def test_close_is_bounded_when_the_device_is_gone(hailo, completions, is_recovering):
    backend = hailo.open(frame_timeout_s=0.05)
    hailo.card.pause()
    submit(backend, completions, 2)
    if is_recovering:
        hailo.card.vanish()
        wait_until(lambda: backend.health().outage and backend.health().outage.attempts > 1)
    backend.close()
    assert completions.tags == [0, 1]
    assert all(issubclass(kind, errors.DeviceError) for kind in errors_of(completions))
    assert not backend.wait_ready(0)
    assert not hailo.machine.opened['VDevice']


def test_close_sleeps_while_it_waits_for_a_frame(hailo, completions, monkeypatch):
    """Health is asked for every millisecond until then, and no more once closed."""
    monkeypatch.setattr(options, 'MIN_HEALTH_PERIOD_S', 0.001)
    wakings_after_close = []
    wait_for_failure = Flights.wait_for_failure

    def noted(flights, timeout_s):
        if flights.is_closed:
            wakings_after_close.append(timeout_s)
        return wait_for_failure(flights, timeout_s)

    monkeypatch.setattr(Flights, 'wait_for_failure', noted)
    backend = hailo.open(frame_timeout_s=0.2, health_period_s=0.001)
    hailo.machine.plant('completion', hailo.double.HANG)
    submit(backend, completions, 1)
    backend.close()
    assert completions.tags == [0]
    # It may have been about to wait.
    assert len(wakings_after_close) <= 1


def test_close_while_the_next_attempt_waits(hailo):
    backend = hailo.open(first_retry_s=1000.0, longest_retry_s=1000.0)
    hailo.machine.plant('completion', 8)
    assert isinstance(hailo.answer(backend), BackendError)
    wait_until(lambda: backend.health().outage and backend.health().outage.activity == 'waiting')
    backend.close()
    with pytest.raises(BackendError, match='closed'):
        backend.submit(IMAGE, print)


def test_completion_that_closes_the_backend_of_a_failed_device(hailo, completions):
    backend = hailo.open()
    hailo.machine.plant('completion', 8)

    def closes(outcome):
        backend.close()
        completions.on_done('closed')(outcome)

    backend.submit(IMAGE, closes)
    completions.wait_for(1)
    backend.close()
    assert not backend.wait_ready(0)


def test_other_backend_of_the_group_recovers_too(hailo):
    front, rear = hailo.open(), hailo.open()
    hailo.card.vanish()
    assert isinstance(hailo.answer(front), BackendError)
    wait_until(lambda: rear.health().outage)
    hailo.card.come_back()
    assert isinstance(hailo.answer(front), RawOutputs)
    assert isinstance(hailo.answer(rear), RawOutputs)
