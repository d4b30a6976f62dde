# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

"""Rules 4 to 7: what goes wrong while frames run, each of it planted."""

from hailo_double import code_of
from hailo_double import HANG
from hailo_double import Status
import hailo_platform
from hailo_platform import Device
from hailo_platform.pyhailort import _pyhailort
from hailo_platform.pyhailort import pyhailort
import numpy as np
import pytest

PATIENCE_MS = 30_000


@pytest.mark.parametrize(
    ('status', 'kind'),
    [
        (Status.TIMEOUT, pyhailort.HailoRTTimeout),
        (Status.INTERNAL_FAILURE, pyhailort.HailoRTException),
        (Status.DRIVER_OPERATION_FAILED, pyhailort.HailoRTDriverOperationFailedException),
        (Status.COMMUNICATION_CLOSED, pyhailort.HailoCommunicationClosedException),
        (Status.STREAM_ABORT, pyhailort.HailoRTStreamAborted),
        (Status.DRIVER_TIMEOUT, pyhailort.HailoRTException),
    ],
)
def test_rule_7_a_failed_frame_takes_all_in_flight_along(
    hailo_machine, runner, card, status, kind
):
    hailo_machine.plant('completion', status, after=1)
    card.pause()
    bindings = [runner.bindings(5) for _ in range(4)]
    for one in bindings:
        runner.submit(one)
    card.resume()
    errors = runner.wait_for(4)
    assert [type(error) for error in errors] == [type(None), kind, kind, kind]
    assert errors[1].__cause__ is None
    assert [int(one.output().get_buffer().max()) for one in bindings] == [5, 0, 0, 0]
    for _ in range(2):
        with pytest.raises(kind) as caught:
            runner.submit(runner.bindings())
        assert code_of(caught.value) == status


def test_rule_4_run_and_wait_hide_the_error(hailo_machine, runner):
    hailo_machine.plant('completion', 8)
    bindings = runner.bindings(5)
    assert runner.configured.run([bindings], PATIENCE_MS) is None
    assert np.all(bindings.output().get_buffer() == 0)


def test_rule_4_a_list_reports_its_first_error_once(hailo_machine, runner):
    hailo_machine.plant('completion', 8, after=1)
    runner.submit(*(runner.bindings(5) for _ in range(3))).wait(PATIENCE_MS)
    (error,) = runner.completions
    assert 'error: 8 (HAILO_INTERNAL_FAILURE)' in str(error)


@pytest.mark.parametrize('status', [2, 6, 36, 62, 82, 87])
def test_rule_6_an_error_of_run_async_kills_the_model(hailo_machine, runner, card, status):
    card.pause()
    runner.submit(runner.bindings())
    hailo_machine.plant('run_async', status)
    with pytest.raises(pyhailort.HailoRTException) as caught:
        runner.submit(runner.bindings())
    assert code_of(caught.value) == status
    assert [type(e) for e in runner.wait_for(1)] == [pyhailort.HailoRTStreamAborted]
    with pytest.raises(pyhailort.HailoRTStreamAborted):
        runner.submit(runner.bindings())
    card.resume()
    with runner.model.configure() as again:
        assert again.get_async_queue_size() == 32


@pytest.mark.parametrize('is_planted', [True, False])
def test_rule_7_a_hang_times_out(hailo_machine, runner, card, is_planted):
    hailo_machine.pipeline_timeout_s = 0.02
    if is_planted:
        hailo_machine.plant('completion', HANG)
    else:
        card.hang()
    runner.submit(runner.bindings())
    errors = runner.wait_for(1)
    assert type(errors[0]) is pyhailort.HailoRTTimeout
    with pytest.raises(pyhailort.HailoRTTimeout):
        runner.submit(runner.bindings())
    assert 'HAILO_TIMEOUT(4)' in hailo_machine.messages[-1]


def test_a_hang_that_ends_in_time(runner, card):
    card.hang()
    job = runner.submit(runner.bindings())
    with pytest.raises(pyhailort.HailoRTTimeout):
        job.wait(1)
    card.recover()
    job.wait(PATIENCE_MS)
    assert runner.completions == [None]


def test_a_hung_model_can_be_dropped(hailo_machine, runner):
    hailo_machine.plant('completion', HANG)
    runner.submit(runner.bindings())
    runner.close()
    assert [type(e) for e in runner.completions] == [pyhailort.HailoRTStreamAborted]


@pytest.mark.parametrize('status', [Status.DRIVER_OPERATION_FAILED, Status.COMMUNICATION_CLOSED])
def test_a_card_vanishes_with_frames_in_flight(hailo_machine, runner, card, status):
    card.pause()
    for _ in range(3):
        runner.submit(runner.bindings())
    card.vanish(status)
    errors = runner.wait_for(3)
    assert len({type(error) for error in errors}) == 1
    with pytest.raises(type(errors[0])) as caught:
        runner.submit(runner.bindings())
    assert code_of(caught.value) == status
    card.resume()
    card.come_back()
    with pytest.raises(type(errors[0])):
        runner.submit(runner.bindings())


def test_a_card_that_came_back_is_dead_for_what_was_open(runner, card):
    card.vanish()
    card.come_back()
    runner.submit(runner.bindings())
    (error,) = runner.wait_for(1)
    assert type(error) is pyhailort.HailoRTDriverOperationFailedException


def test_slow_frames_come_late(runner, card):
    card.latency_s = 0.005
    job = runner.submit(runner.bindings())
    with pytest.raises(pyhailort.HailoRTTimeout):
        job.wait(0)
    job.wait(PATIENCE_MS)
    assert runner.completions == [None]


def wait_for_room(vdevice, hef):
    with vdevice.create_infer_model(hef).configure() as configured:
        configured.wait_for_async_ready()


CALLS = {
    'HEF': lambda vdevice, hef: hailo_platform.HEF(hef),
    'VDevice': lambda vdevice, hef: hailo_platform.VDevice(),
    'create_infer_model': lambda vdevice, hef: vdevice.create_infer_model(hef),
    'configure': lambda vdevice, hef: vdevice.create_infer_model(hef).configure(),
    'wait_for_async_ready': lambda vdevice, hef: wait_for_room(vdevice, hef),
    'scan': lambda vdevice, hef: Device.scan(),
}


@pytest.mark.parametrize('call', CALLS)
@pytest.mark.parametrize('status', [3, 36, 87])
def test_each_call_can_fail_for_a_while(hailo_machine, open_vdevice, make_hef, call, status):
    vdevice, hef = open_vdevice(group_id='shared'), make_hef()
    if call == 'VDevice':
        vdevice.release()
    hailo_machine.plant(call, status, after=1, times=2)

    def attempt():
        result = CALLS[call](vdevice, hef)
        if call == 'VDevice':
            result.release()

    attempt()
    for _ in range(2):
        with pytest.raises(pyhailort.HailoRTException) as caught:
            attempt()
        assert code_of(caught.value) == status
    attempt()


def test_failures_come_up_in_the_order_in_which_they_were_planted(hailo_machine, make_hef):
    hef = make_hef()
    hailo_machine.plant('HEF', 3)
    hailo_machine.plant('HEF', 8, times=None)
    codes = []
    for _ in range(4):
        with pytest.raises(pyhailort.HailoRTException) as caught:
            hailo_platform.HEF(hef)
        codes.append(code_of(caught.value))
    assert codes == [3, 8, 8, 8]
    hailo_machine.faults.clear()
    hailo_platform.HEF(hef)


def test_rule_16_device_creation_raises_native_exceptions(hailo_machine):
    hailo_machine.plant('Device', 36)
    with pytest.raises(_pyhailort.HailoRTStatusException) as caught:
        Device()
    assert caught.value.args == ('36',)


def test_a_network_that_fails_ends_the_test_and_not_the_thread(hailo_machine, runner, monkeypatch):
    def fail(buffers, frame):
        raise ArithmeticError('broken')

    chip = runner.configured._configured_infer_model.pipeline.chip
    monkeypatch.setattr(chip, 'compute', fail)
    runner.submit(runner.bindings()).wait(PATIENCE_MS)
    assert 'HAILO_INTERNAL_FAILURE' in str(runner.completions[0])
    (violation,) = hailo_machine.take_violations()
    assert 'broken' in violation.text
