# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

"""What backends/base.py promises, the same for every backend."""

import logging
import threading

import numpy as np
import pytest

from hailo_perception.backends.base import DeviceHealth
from hailo_perception.backends.onnx import OnnxBackend
from hailo_perception.backends.recording import Recording
from hailo_perception.backends.replay import ReplayBackend
from hailo_perception.core.errors import BackendError
from hailo_perception.core.tensors import RawOutputs

WIDTH, HEIGHT = 8, 4
PATIENCE_S = 30.0
FAILING_VALUE = 255


def black():
    return np.zeros((HEIGHT, WIDTH, 3), np.uint8)


def image_of(value):
    return np.full((HEIGHT, WIDTH, 3), value, np.uint8)


class OnnxCase:
    """A network that gives each pixel's mean, and fails on an image with a white pixel."""

    dtype = np.float32
    has_sensors = False

    def __init__(self, manifest, write_network):
        pytest.importorskip('onnxruntime')
        self._manifest = manifest
        write_network(
            manifest.files['onnx'],
            [
                ('ReduceMean', ['image'], ['mean'], {'axes': [1], 'keepdims': 1}),
                ('ReduceMax', ['image'], ['max'], {'keepdims': 0}),
                ('Cast', ['max'], ['index'], {'to': 7}),
                ('Gather', ['zeros', 'index'], ['zero'], {}),
                ('Add', ['mean', 'zero'], ['depth'], {}),
            ],
            [('image', 'float', [1, 3, HEIGHT, WIDTH])],
            [('depth', 'float', [1, 1, HEIGHT, WIDTH])],
            {'zeros': np.zeros(FAILING_VALUE, np.float32)},
        )

    def open(self, values, queue_size):
        return OnnxBackend(self._manifest, threads=1, queue_size=queue_size)


class ReplayCase:
    """A recording made for the values that a test is going to submit."""

    dtype = np.float32
    has_sensors = False

    def __init__(self, manifest, write_network):
        self._manifest = manifest

    def open(self, values, queue_size):
        depth = np.zeros((HEIGHT, WIDTH, 1), np.float32)
        frames = [
            BackendError('recorded failure') if v == FAILING_VALUE else {'depth': depth + v}
            for v in values
        ]
        if FAILING_VALUE in values:
            frames.append({'depth': depth})
        return ReplayBackend(self._manifest, Recording.of_frames(frames), queue_size=queue_size)


class HailortCase:
    """The mean of the image in codes of one, on the double; the device fails where it must."""

    dtype = np.uint8
    has_sensors = True

    def __init__(self, bench):
        self._bench = bench

    def open(self, values, queue_size):
        if FAILING_VALUE in values:
            self._bench.machine.plant('completion', 8, after=values.index(FAILING_VALUE))
        return self._bench.open(queue_size=queue_size)


class SharingHailortCase(HailortCase):
    """The same beside another network on the same device."""

    def __init__(self, bench):
        super().__init__(bench)
        assert isinstance(bench.answer(bench.open()), RawOutputs)


@pytest.fixture(params=[OnnxCase, ReplayCase, HailortCase, SharingHailortCase])
def case(request, make_manifest, write_network):
    """Prepare one backend."""
    if issubclass(request.param, HailortCase):
        return request.param(request.getfixturevalue('hailo'))
    return request.param(make_manifest(), write_network)


@pytest.fixture
def open_case(case):
    """Open the backend for a sequence of submitted values; closed after the test."""
    opened = []

    def open_backend(values=(0,), queue_size=2):
        opened.append(case.open(values, queue_size))
        return opened[-1]

    yield open_backend
    for backend in opened:
        backend.close()


def submit_when_ready(backend, value, on_done):
    assert backend.wait_ready(PATIENCE_S)
    backend.submit(image_of(value), on_done)


def test_descriptions(case, open_case):
    backend = open_case(queue_size=3)
    assert backend.queue_size == 3
    assert backend.name in ('onnx', 'replay', 'hailort')
    # Only a Hailo is at the end of a bus, of 500 MB/s at the least.
    crosses_s = HEIGHT * WIDTH * 3 / 500e6 if backend.name == 'hailort' else 0.0
    assert backend.input_transfer_s == pytest.approx(crosses_s)
    (image,) = backend.inputs
    assert (image.shape, image.dtype) == ((HEIGHT, WIDTH, 3), np.uint8)
    (depth,) = backend.outputs
    assert (depth.name, depth.shape, depth.dtype) == ('depth', (HEIGHT, WIDTH, 1), case.dtype)


def test_example_outputs_look_like_every_answer(open_case, completions):
    backend = open_case([1])
    example = backend.example_outputs()
    submit_when_ready(backend, 1, completions.on_done(1))
    backend.close()
    ((_, answer),) = completions.outcomes
    assert example.tensors.keys() == answer.tensors.keys()
    for name, tensor in answer.tensors.items():
        alike = example.tensors[name]
        assert (alike.shape, alike.dtype) == (tensor.shape, tensor.dtype)
        assert alike.strides == tensor.strides
        # Compiled code is compiled again for arrays that may not be written.
        assert alike.flags.writeable == tensor.flags.writeable
    assert np.all(answer.tensors['depth'] == 1)


def test_health_knows_the_device_and_invents_nothing(case, open_case):
    health = open_case().health()
    assert isinstance(health, DeviceHealth)
    assert health.device
    assert (health.temperature_c is not None) == case.has_sensors
    assert (health.power_w is not None) == case.has_sensors
    assert health.outage is None


def test_outcomes_come_once_each_in_order_from_the_backends_thread(open_case, completions):
    values = list(range(1, 31))
    backend = open_case(values)
    for value in values:
        submit_when_ready(backend, value, completions.on_done(value))
    backend.close()
    assert completions.tags == values
    for value, outcome in completions.outcomes:
        assert isinstance(outcome, RawOutputs)
        depth = outcome.tensors['depth']
        assert depth.shape == backend.outputs[0].shape
        assert depth.dtype == backend.outputs[0].dtype
        assert np.all(depth == value)
    assert len(completions.threads) == 1
    assert threading.current_thread() not in completions.threads


def test_release_may_be_called_late(open_case, completions):
    values = [1, 2, 3]
    backend = open_case(values)
    for value in values:
        submit_when_ready(backend, value, completions.on_done(value))
    outcomes = completions.wait_for(3)
    for value, outcome in outcomes:
        assert np.all(outcome.tensors['depth'] == value)
        outcome.release()


def test_error_reaches_its_own_callback_and_the_next_frame_works(open_case, completions):
    values = [1, FAILING_VALUE, 3]
    backend = open_case(values)
    for value in values[:2]:
        submit_when_ready(backend, value, completions.on_done(value))
    # A device that is restarted would take a frame right behind the failing one with it.
    completions.wait_for(2)
    submit_when_ready(backend, 3, completions.on_done(3))
    (_, first), (_, failed), (_, last) = completions.wait_for(3)
    assert completions.tags == values
    assert isinstance(failed, BackendError)
    assert str(failed)
    assert np.all(first.tensors['depth'] == 1)
    assert np.all(last.tensors['depth'] == 3)


@pytest.mark.parametrize('error', [RuntimeError, SystemExit])
def test_completion_that_raises_is_logged_and_the_next_frame_works(
    open_case, completions, caplog, error
):
    backend = open_case([1, 2])

    def broken(outcome):
        raise error('completion is broken')

    with caplog.at_level(logging.ERROR):
        submit_when_ready(backend, 1, broken)
        submit_when_ready(backend, 2, completions.on_done(2))
        completions.wait_for(1)
    assert completions.tags == [2]
    assert 'completion is broken' in caplog.text


@pytest.mark.parametrize(
    ('image', 'message'),
    [
        (np.zeros((0, 0, 3), np.uint8), 'got (0, 0, 3)'),
        (np.zeros((HEIGHT, WIDTH), np.uint8), 'got (4, 8)'),
        (np.zeros((WIDTH, HEIGHT, 3), np.uint8), 'got (8, 4, 3)'),
        (np.zeros((1, HEIGHT, WIDTH, 3), np.uint8), 'got (1, 4, 8, 3)'),
        (np.zeros((HEIGHT, WIDTH, 3), np.float32), 'float32'),
        (np.zeros((HEIGHT, WIDTH * 2, 3), np.uint8)[:, ::2], 'C-contiguous'),
        (np.zeros((HEIGHT, WIDTH, 3), np.uint8)[..., ::-1], 'C-contiguous'),
    ],
)
def test_image_that_does_not_fit_is_refused_and_nothing_is_queued(
    open_case, completions, image, message
):
    backend = open_case([5], queue_size=1)
    with pytest.raises(ValueError, match='4×8×3') as caught:
        backend.submit(image, completions.on_done('bad'))
    assert message in str(caught.value)
    submit_when_ready(backend, 5, completions.on_done(5))
    completions.wait_for(1)
    assert completions.tags == [5]


@pytest.mark.parametrize('queue_size', [1, 2, 5])
def test_queue_takes_its_size_and_no_more(open_case, completions, queue_size):
    backend = open_case([1], queue_size)
    completions.hold()
    backend.submit(black(), completions.on_done('first'))
    assert completions.entered.wait(PATIENCE_S)
    accepted = 0
    while backend.wait_ready(0):
        backend.submit(black(), completions.on_done(accepted))
        accepted += 1
    assert queue_size - 1 <= accepted <= queue_size
    with pytest.raises(BackendError, match='in flight'):
        backend.submit(black(), completions.on_done('too many'))
    assert not backend.wait_ready(0.001)
    completions.go_on()
    assert backend.wait_ready(PATIENCE_S)
    backend.close()
    assert completions.tags == ['first', *range(accepted)]


@pytest.mark.parametrize('queue_size', [0, -1])
def test_queue_holds_at_least_one(open_case, queue_size):
    with pytest.raises(ValueError, match='queue_size must be at least 1'):
        open_case(queue_size=queue_size)


def test_completion_may_submit_the_next_frame(open_case, completions):
    values = [1, 2, 3, 4]
    backend = open_case(values, queue_size=1)

    def chain(index):
        def completed(outcome):
            if index + 1 < len(values):
                backend.submit(image_of(values[index + 1]), chain(index + 1))
            completions.on_done(values[index])(outcome)

        return completed

    backend.submit(image_of(values[0]), chain(0))
    completions.wait_for(len(values))
    assert sorted(completions.tags) == values


def test_close_completes_what_is_in_flight(open_case, completions):
    backend = open_case([1, 2, 3], queue_size=3)
    completions.hold()
    for value in (1, 2, 3):
        backend.submit(image_of(value), completions.on_done(value))
    closing = threading.Thread(target=backend.close)
    closing.start()
    completions.go_on()
    closing.join(PATIENCE_S)
    assert not closing.is_alive()
    assert completions.tags == [1, 2, 3]


def test_close_leaves_no_thread_and_is_idempotent(open_case, completions):
    before = set(threading.enumerate())
    backend = open_case([1])
    backend.submit(image_of(1), completions.on_done(1))
    assert set(threading.enumerate()) > before
    backend.close()
    backend.close()
    assert set(threading.enumerate()) == before
    assert completions.tags == [1]


def test_closed_backend_takes_nothing(open_case, completions):
    backend = open_case()
    backend.close()
    assert not backend.wait_ready(PATIENCE_S)
    with pytest.raises(BackendError, match='closed'):
        backend.submit(black(), completions.on_done('late'))
    assert isinstance(backend.health(), DeviceHealth)
    assert completions.outcomes == []


def test_close_wakes_who_waits(open_case, completions):
    backend = open_case([1], queue_size=1)
    completions.hold()
    backend.submit(black(), completions.on_done(0))
    assert completions.entered.wait(PATIENCE_S)
    while backend.wait_ready(0):
        backend.submit(black(), completions.on_done(1))
    answers = []
    waiting = threading.Thread(target=lambda: answers.append(backend.wait_ready(PATIENCE_S)))
    closing = threading.Thread(target=backend.close)
    waiting.start()
    closing.start()
    waiting.join(PATIENCE_S)
    assert answers == [False]
    completions.go_on()
    closing.join(PATIENCE_S)
    assert not closing.is_alive()


def test_close_from_a_completion_does_not_hang(open_case, completions):
    backend = open_case([1, 2])
    both_submitted = threading.Event()

    def closes(outcome):
        assert both_submitted.wait(PATIENCE_S)
        backend.close()
        completions.on_done('closed')(outcome)

    backend.submit(image_of(1), closes)
    backend.submit(image_of(2), completions.on_done(2))
    both_submitted.set()
    completions.wait_for(2)
    backend.close()
    assert completions.tags == ['closed', 2]
