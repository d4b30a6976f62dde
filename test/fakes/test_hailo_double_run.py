# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

"""Section 6: queue, callbacks, jobs, and the end of a configured model."""

import threading

from hailo_double import code_of
from hailo_double import Stream
from hailo_platform import FormatType
from hailo_platform import HailoSchedulingAlgorithm
from hailo_platform.pyhailort import pyhailort
import numpy as np
import pytest

PATIENCE_MS = 30_000


# ---------------------------------------------------------------- the queue


@pytest.fixture
def full(open_runner, make_hef, card):
    """Fill the queue of a model whose frames wait in the chip."""
    runner = open_runner(make_hef(image=Stream('input_layer1', (1080, 1920, 3))))
    card.pause()
    image = np.zeros((1080, 1920, 3), np.uint8)
    for _ in range(runner.configured.get_async_queue_size()):
        runner.submit(bound(runner, image))
    yield runner
    card.resume()


def bound(runner, image):
    output = np.zeros((4, 8, 1), np.uint8)
    return runner.configured.create_bindings({'net/input_layer1': image}, {'net/depth': output})


def test_section_6_queue_full_kills_the_model(full):
    with pytest.raises(pyhailort.HailoRTException, match='HAILO_QUEUE_IS_FULL') as caught:
        full.submit(bound(full, np.zeros((1080, 1920, 3), np.uint8)))
    assert code_of(caught.value) == 82
    errors = full.wait_for(5)
    assert [type(error) for error in errors] == [pyhailort.HailoRTStreamAborted] * 5
    with pytest.raises(pyhailort.HailoRTStreamAborted):
        full.configured.wait_for_async_ready(1000)


def test_section_6_run_does_not_wait_for_room(full):
    with pytest.raises(pyhailort.HailoRTException, match='HAILO_QUEUE_IS_FULL'):
        full.configured.run([bound(full, np.zeros((1080, 1920, 3), np.uint8))], PATIENCE_MS)


def test_section_6_waiting_for_room(full, card):
    with pytest.raises(pyhailort.HailoRTTimeout) as caught:
        full.configured.wait_for_async_ready(1)
    assert code_of(caught.value) == 4
    card.resume()
    assert full.configured.wait_for_async_ready(PATIENCE_MS, 5) is None


@pytest.mark.parametrize('frames', [33, 1000])
def test_section_6_more_frames_than_the_queue_never_fit(runner, frames):
    runner.configured.wait_for_async_ready()
    runner.configured.wait_for_async_ready(timeout_ms=1000, frames_count=32)
    with pytest.raises(pyhailort.HailoRTTimeout):
        runner.configured.wait_for_async_ready(timeout_ms=1, frames_count=frames)


def test_section_6_a_slow_callback_keeps_no_slot(full, card):
    entered, go_on = threading.Event(), threading.Event()

    def slow(completion_info):
        entered.set()
        assert go_on.wait(30)

    card.resume()
    full.wait_for(5)
    image = np.zeros((1080, 1920, 3), np.uint8)
    for _ in range(10):
        full.configured.wait_for_async_ready(PATIENCE_MS)
        full.configured.run_async([bound(full, image)], slow)
    assert entered.wait(30)
    go_on.set()


@pytest.mark.parametrize('bindings', ['one', 'tuple', None])
def test_section_6_run_async_takes_a_list(runner, bindings):
    one = runner.bindings()
    with pytest.raises(TypeError):
        runner.configured.run_async({'one': one, 'tuple': (one,)}.get(bindings))


def test_section_6_a_list_that_fails_midway(runner, card):
    card.pause()
    good, bad = runner.bindings(), runner.bindings()
    bad.input().set_buffer(np.zeros(5, np.uint8))
    before = runner.submit(runner.bindings())
    with pytest.raises(pyhailort.HailoRTInvalidOperationException):
        runner.submit(good, bad)
    before.wait(PATIENCE_MS)
    runner.close()
    assert [type(e) for e in runner.completions] == [pyhailort.HailoRTStreamAborted]


# ---------------------------------------------------------------- callbacks and jobs


def test_section_14_6_wait_returns_after_the_callback(runner):
    entered, go_on, returned = threading.Event(), threading.Event(), []

    def callback(completion_info):
        entered.set()
        assert go_on.wait(30)
        returned.append(True)

    job = runner.configured.run_async([runner.bindings()], callback)
    assert entered.wait(30)
    with pytest.raises(pyhailort.HailoRTTimeout):
        job.wait(1)
    go_on.set()
    job.wait(PATIENCE_MS)
    assert returned


def test_section_6_a_job_without_callback(runner):
    runner.configured.run_async([runner.bindings()]).wait(PATIENCE_MS)


def test_rule_5_an_exception_in_the_callback_is_the_end(hailo_machine, runner):
    def callback(completion_info):
        raise KeyError('oops')

    runner.configured.run_async([runner.bindings()], callback).wait(PATIENCE_MS)
    (violation,) = hailo_machine.take_violations()
    assert violation.rule == 'rule 5'
    assert "KeyError('oops')" in violation.text


def test_section_6_the_callback_must_name_its_parameter(hailo_machine, runner):
    runner.configured.run_async([runner.bindings()], lambda info: None).wait(PATIENCE_MS)
    (violation,) = hailo_machine.take_violations()
    assert 'completion_info' in violation.text


def test_section_6_waiting_in_the_callback_blocks_until_its_timeout(hailo_machine, runner):
    outcomes, jobs, is_set = [], [], threading.Event()

    def callback(completion_info):
        assert is_set.wait(30)
        try:
            jobs[0].wait(1)
        except pyhailort.HailoRTTimeout as error:
            outcomes.append(error)

    jobs.append(runner.configured.run_async([runner.bindings()], callback))
    is_set.set()
    jobs[0].wait(PATIENCE_MS)
    assert len(outcomes) == 1
    (violation,) = hailo_machine.take_violations()
    assert violation.rule == 'section 6'


def test_section_6_submitting_in_the_callback_is_allowed(runner):
    again = runner.bindings(4)

    def callback(completion_info):
        runner.submit(again)

    runner.configured.run_async([runner.bindings()], callback)
    runner.wait_for(1)
    assert np.all(again.output().get_buffer() == 4)


def test_rule_21_dropping_the_model_in_its_callback_is_the_end(hailo_machine, runner):
    def callback(completion_info):
        runner.close()

    runner.configured.run_async([runner.bindings()], callback).wait(PATIENCE_MS)
    (violation,) = hailo_machine.take_violations()
    assert violation.rule == 'rule 21'


# ---------------------------------------------------------------- the end of a model


def test_rule_23_leaving_the_with_runs_all_callbacks(open_vdevice, make_hef, card):
    errors = []
    card.pause()
    with open_vdevice().create_infer_model(make_hef()).configure() as configured:
        for _ in range(3):
            bindings = configured.create_bindings(
                {'net/input_layer1': np.zeros((4, 8, 3), np.uint8)},
                {'net/depth': np.full((4, 8, 1), 7, np.uint8)},
            )
            configured.run_async(
                [bindings], lambda completion_info: errors.append(completion_info.exception)
            )
        assert not errors
    assert [type(error) for error in errors] == [pyhailort.HailoRTStreamAborted] * 3
    assert errors[0].__cause__ is None
    assert np.all(bindings.output().get_buffer() == 0)
    with pytest.raises(AttributeError):
        configured.run_async([bindings])
    with pytest.raises(AttributeError):
        configured.get_async_queue_size()


def test_dropping_the_model_is_the_same(hailo_machine, runner, card):
    card.pause()
    runner.submit(runner.bindings())
    runner.configured = None
    assert [type(e) for e in runner.completions] == [pyhailort.HailoRTStreamAborted]
    assert not hailo_machine.opened['ConfiguredInferModel']


def test_section_6_shutdown_after_draining(runner):
    runner.infer()
    runner.configured.shutdown()
    runner.assert_dead()


def test_rule_23_shutdown_with_jobs_in_flight(hailo_machine, runner, card):
    hailo_machine.pipeline_timeout_s = 0.001
    card.pause()
    runner.submit(runner.bindings())
    runner.configured.shutdown()
    errors = runner.wait_for(1)
    assert type(errors[0]) is pyhailort.HailoRTStreamAborted
    (violation,) = hailo_machine.take_violations()
    assert violation.rule == 'rule 23'


# ---------------------------------------------------------------- activation and scheduler


@pytest.fixture
def unscheduled(open_vdevice):
    return open_vdevice(scheduling_algorithm=HailoSchedulingAlgorithm.NONE)


def test_section_6_not_activated(open_runner, unscheduled):
    runner = open_runner(vdevice=unscheduled)
    runner.submit(runner.bindings()).wait(PATIENCE_MS)
    assert 'error: 72 (HAILO_STREAM_NOT_ACTIVATED)' in str(runner.completions[0])
    with pytest.raises(pyhailort.HailoRTException) as caught:
        runner.submit(runner.bindings())
    assert code_of(caught.value) == 72


def test_section_5_one_active_network_without_scheduler(open_runner, unscheduled):
    first, second = open_runner(vdevice=unscheduled), open_runner(vdevice=unscheduled)
    first.configured.activate()
    first.infer(3)
    with pytest.raises(pyhailort.HailoRTInvalidOperationException):
        second.configured.activate()
    with pytest.raises(pyhailort.HailoRTInvalidOperationException):
        second.configured.deactivate()
    first.configured.deactivate()
    second.configured.activate()
    assert second.infer(3).output().get_buffer().max() == 3


@pytest.mark.parametrize('call', ['activate', 'deactivate'])
def test_rule_3_no_activation_with_the_scheduler(runner, call):
    with pytest.raises(pyhailort.HailoRTInvalidOperationException):
        getattr(runner.configured, call)()


@pytest.mark.parametrize(
    ('call', 'value', 'code'),
    [
        ('set_scheduler_timeout', 0, None),
        ('set_scheduler_timeout', 100, None),
        ('set_scheduler_threshold', 4, None),
        ('set_scheduler_threshold', 5, 2),
        ('set_scheduler_priority', 31, None),
        ('set_scheduler_priority', 32, 2),
    ],
)
def test_section_6_scheduler_settings(open_runner, call, value, code):
    runner = open_runner(prepare=lambda model: model.set_batch_size(4))
    if code is None:
        getattr(runner.configured, call)(value)
        return
    with pytest.raises(pyhailort.HailoRTInvalidArgumentException):
        getattr(runner.configured, call)(value)


@pytest.mark.parametrize(
    'call', ['set_scheduler_timeout', 'set_scheduler_threshold', 'set_scheduler_priority']
)
def test_section_6_scheduler_settings_without_scheduler(open_runner, unscheduled, call):
    with pytest.raises(pyhailort.HailoRTInvalidOperationException):
        getattr(open_runner(vdevice=unscheduled).configured, call)(1)


def test_section_4_two_networks_share_the_card(open_runner, open_vdevice, make_hef):
    vdevice = open_vdevice()
    first = open_runner(make_hef(file_name='a.hef'), vdevice=vdevice)
    second = open_runner(make_hef(file_name='b.hef'), vdevice=vdevice)
    assert first.infer(3).output().get_buffer().max() == 3
    assert second.infer(4).output().get_buffer().max() == 4


def test_formats_of_a_float_output(open_runner):
    def prepare(model):
        model.output().set_format_type(FormatType.FLOAT32)

    output = open_runner(prepare=prepare).infer(6).output().get_buffer()
    assert output.dtype == np.float32
    assert np.all(output == 6.0)
