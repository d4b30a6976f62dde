# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

"""Section 6: one frame and its buffers."""

import threading

from hailo_double import code_of
from hailo_double import Stream
from hailo_platform.pyhailort import pyhailort
import numpy as np
import pytest

PATIENCE_MS = 30_000


# ---------------------------------------------------------------- the good case


def test_one_frame(runner):
    bindings = runner.infer(value=9)
    assert runner.completions == [None]
    assert np.all(bindings.output().get_buffer() == 9)


def test_section_6_run_waits(runner):
    bindings = runner.bindings(5)
    assert runner.configured.run([bindings], PATIENCE_MS) is None
    assert runner.configured.run([bindings], timeout=PATIENCE_MS) is None
    assert np.all(bindings.output().get_buffer() == 5)


def test_section_14_6_callbacks_come_in_order_from_one_other_thread(runner):
    jobs = [runner.submit(runner.bindings(value)) for value in range(20)]
    jobs[-1].wait(PATIENCE_MS)
    assert runner.completions == [None] * 20
    (thread,) = runner.threads
    assert thread is not threading.current_thread()


def test_section_6_a_list_is_one_job(runner):
    several = [runner.bindings(value) for value in (1, 2, 3)]
    runner.submit(*several).wait(PATIENCE_MS)
    assert runner.completions == [None]
    assert [int(b.output().get_buffer().max()) for b in several] == [1, 2, 3]


def test_section_6_bindings_can_be_used_again(runner):
    bindings = runner.bindings(1)
    for value in (3, 4):
        bindings.input().set_buffer(np.full((4, 8, 3), value, np.uint8))
        runner.submit(bindings).wait(PATIENCE_MS)
        assert np.all(bindings.output().get_buffer() == value)


def test_section_6_run_async_copies_the_bindings(runner, card):
    card.pause()
    bindings = runner.bindings(1)
    first = bindings.output().get_buffer()
    job = runner.submit(bindings)
    bindings.output().set_buffer(np.full((4, 8, 1), 7, np.uint8))
    card.resume()
    job.wait(PATIENCE_MS)
    assert np.all(first == 1)
    assert np.all(bindings.output().get_buffer() == 7)


def test_section_6_buffers_at_creation(runner):
    image, depth = np.zeros((4, 8, 3), np.uint8), np.zeros((4, 8, 1), np.uint8)
    bindings = runner.configured.create_bindings({'net/input_layer1': image}, {'net/depth': depth})
    assert bindings.input().get_buffer() is image
    assert bindings.output('net/depth').get_buffer() is depth
    with pytest.raises(pyhailort.HailoRTNotFoundException):
        runner.configured.create_bindings({'unknown': image})


def test_section_6_names_of_bindings(open_runner, make_hef):
    runner = open_runner(make_hef(Stream('a', (2,), order='NC'), Stream('b', (2,), order='NC')))
    bindings = runner.configured.create_bindings()
    with pytest.raises(pyhailort.HailoRTInvalidOperationException):
        bindings.output()
    with pytest.raises(pyhailort.HailoRTNotFoundException):
        bindings.output('a')
    with pytest.raises(pyhailort.HailoRTInvalidOperationException):
        bindings.output('net/a').get_buffer()


# ---------------------------------------------------------------- buffers


def test_rule_8_not_contiguous(runner):
    bindings = runner.configured.create_bindings()
    with pytest.raises(pyhailort.HailoRTException, match='Buffer must be C_CONTIGUOUS') as caught:
        bindings.input().set_buffer(np.zeros((4, 16, 3), np.uint8)[:, ::2])
    assert caught.value.__cause__ is None


def test_rule_8_read_only(runner):
    bindings = runner.configured.create_bindings()
    with pytest.raises(ValueError, match='array is not writeable'):
        bindings.input().set_buffer(np.frombuffer(bytes(96), np.uint8))


@pytest.mark.parametrize('buffer', [bytes(96), [0] * 96, None, bytearray(96)])
def test_section_6_not_an_array(runner, buffer):
    with pytest.raises((AttributeError, TypeError)):
        runner.configured.create_bindings().input().set_buffer(buffer)


@pytest.mark.parametrize(
    ('shape', 'dtype'), [((96,), np.uint8), ((1, 4, 8, 3), np.int8), ((24,), np.float32)]
)
def test_rule_8_dtype_and_shape_are_not_looked_at(runner, shape, dtype):
    bindings = runner.bindings()
    bindings.input().set_buffer(np.zeros(shape, dtype))
    runner.submit(bindings).wait(PATIENCE_MS)
    assert runner.completions == [None]


@pytest.mark.parametrize('is_input', [True, False])
def test_rule_8_wrong_size_kills_the_model(runner, is_input):
    bindings = runner.bindings()
    stream = bindings.input() if is_input else bindings.output()
    stream.set_buffer(np.zeros((5, 8, 3), np.uint8))
    with pytest.raises(pyhailort.HailoRTInvalidOperationException) as caught:
        runner.submit(bindings)
    assert code_of(caught.value) == 6
    runner.assert_dead()


def test_section_6_missing_output_leaves_the_model_usable(runner):
    bindings = runner.configured.create_bindings()
    bindings.input().set_buffer(np.zeros((4, 8, 3), np.uint8))
    with pytest.raises(pyhailort.HailoRTInvalidOperationException):
        runner.submit(bindings)
    runner.infer()
    assert runner.completions == [None]


def test_section_6_missing_input_kills_the_model(runner):
    bindings = runner.configured.create_bindings()
    bindings.output().set_buffer(np.zeros((4, 8, 1), np.uint8))
    with pytest.raises(pyhailort.HailoRTNotFoundException) as caught:
        runner.submit(bindings)
    assert code_of(caught.value) == 61
    runner.assert_dead()


def test_rule_9_outputs_are_filled_at_completion_only(runner, card):
    card.pause()
    bindings = runner.bindings(3)
    job = runner.submit(bindings)
    assert np.all(bindings.output().get_buffer() == 7)
    card.resume()
    job.wait(PATIENCE_MS)
    assert np.all(bindings.output().get_buffer() == 3)


def test_rule_9_changing_an_input_in_flight_is_seen(hailo_machine, runner, card):
    card.pause()
    bindings = runner.bindings(3)
    job = runner.submit(bindings)
    bindings.input().get_buffer()[:] = 8
    card.resume()
    job.wait(PATIENCE_MS)
    assert np.all(bindings.output().get_buffer() == 8)
    (violation,) = hailo_machine.take_violations()
    assert violation.rule == 'rule 9'


def test_rule_9_one_output_array_for_two_frames_is_seen(hailo_machine, runner, card):
    card.pause()
    bindings = runner.bindings()
    runner.submit(bindings)
    runner.submit(bindings)
    card.resume()
    runner.wait_for(2)
    (violation,) = hailo_machine.take_violations()
    assert violation.rule == 'rule 9'
