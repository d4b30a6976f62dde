# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

"""Small HEF files and models on the fake hailo_platform, for the tests of the fake itself."""

import gc
import importlib.util
import threading

import numpy as np
import pytest

# Where the real package is installed there is no fake to test.
IS_FAKE = importlib.util.find_spec('hailo_double') is not None
collect_ignore_glob = [] if IS_FAKE else ['test_hailo_double_*.py']

HEIGHT, WIDTH = 4, 8
PATIENCE_S = 30.0
DTYPES = {1: np.uint8, 2: np.uint16, 3: np.float32}


@pytest.fixture(autouse=True, scope='module')
def _quick_collections():
    """Spare each VDevice(), which collects garbage, a walk over all that pytest imported."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def card(hailo_machine):
    (card,) = hailo_machine.cards
    return card


@pytest.fixture
def make_hef(tmp_path):
    """Write a HEF with an image input; outputs default to one depth whose values are the mean."""
    from hailo_double import Stream
    from hailo_double import write_hef

    def make(*outputs, computation=None, image=None, file_name='net.hef', **options):
        return str(
            write_hef(
                tmp_path / file_name,
                [image or Stream('input_layer1', (HEIGHT, WIDTH, 3))],
                outputs or [Stream('depth', (HEIGHT, WIDTH, 1))],
                computation,
                **options,
            )
        )

    return make


@pytest.fixture
def open_vdevice(hailo_machine):
    """Open a VDevice, by default with the scheduler; released after the test."""
    import hailo_platform

    opened = []

    def open_one(**changes):
        params = hailo_platform.VDevice.create_params()
        params.scheduling_algorithm = hailo_platform.HailoSchedulingAlgorithm.ROUND_ROBIN
        for name, value in changes.items():
            setattr(params, name, value)
        opened.append(hailo_platform.VDevice(params))
        return opened[-1]

    yield open_one
    for vdevice in opened:
        vdevice.release()


@pytest.fixture
def open_model(open_vdevice, make_hef):
    """Open a HEF of the given outputs, all on one VDevice."""
    vdevice = open_vdevice()

    def open_one(*outputs, **options):
        return vdevice.create_infer_model(make_hef(*outputs, **options))

    return open_one


class Runner:
    """A configured model with ways to run frames and collect what their callbacks got."""

    def __init__(self, model):
        self.model = model
        self.configured = model.configure()
        self.completions = []
        self.threads = set()
        self.arrived = threading.Condition()

    def bindings(self, value=0):
        """Bind new arrays; the input is filled with a value, the outputs with 7."""
        bindings = self.configured.create_bindings()
        for stream in self.model.inputs:
            dtype = DTYPES[int(stream.format.type)]
            bindings.input(stream.name).set_buffer(np.full(stream.shape, value, dtype))
        for stream in self.model.outputs:
            order = str(stream.format.order)
            is_bytes = 'BY_SCORE' in order or 'MASK' in order
            dtype = np.uint8 if is_bytes else DTYPES[int(stream.format.type)]
            bindings.output(stream.name).set_buffer(np.full(stream.shape, 7, dtype))
        return bindings

    def completed(self, completion_info):
        with self.arrived:
            self.completions.append(completion_info.exception)
            self.threads.add(threading.current_thread())
            self.arrived.notify_all()

    def submit(self, *bindings):
        return self.configured.run_async(list(bindings), self.completed)

    def wait_for(self, count):
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.completions) >= count, PATIENCE_S)
        return self.completions

    def infer(self, value=0):
        """Run one frame; the bindings with their outputs filled."""
        bindings = self.bindings(value)
        self.submit(bindings).wait(int(PATIENCE_S * 1000))
        return bindings

    def assert_dead(self):
        """Rule 6: every later run_async raises what the pipeline ended with; a new model runs."""
        from hailo_platform.pyhailort import pyhailort

        for _ in range(2):
            with pytest.raises(pyhailort.HailoRTStreamAborted):
                self.submit(self.bindings())
        with self.model.configure() as again:
            assert again.get_async_queue_size() > 0

    def close(self):
        """Drop the native model, although a caught exception may still refer to ours."""
        configured, self.configured = self.configured, None
        if configured is not None:
            configured.__exit__(None, None, None)


@pytest.fixture
def open_runner(open_vdevice, make_hef):
    """Configure a HEF after ``prepare(model)``; dropped after the test."""
    runners = []

    def open_one(hef=None, *, prepare=None, vdevice=None):
        model = (vdevice or open_vdevice()).create_infer_model(hef or make_hef())
        if prepare is not None:
            prepare(model)
        runners.append(Runner(model))
        return runners[-1]

    yield open_one
    for runner in runners:
        runner.close()


@pytest.fixture
def runner(open_runner):
    return open_runner()
