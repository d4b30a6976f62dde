# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

"""Tiny networks, manifests for them, and a way to collect what a backend completes."""

import gc
import threading

import numpy as np
import pytest

from hailo_perception.core.labels import LabelSet
from hailo_perception.models.specification import DepthSpecification
from hailo_perception.models.specification import InputSpecification
from hailo_perception.models.specification import ModelManifest
from hailo_perception.models.specification import SegmentationSpecification

WIDTH, HEIGHT = 8, 4
PATIENCE_S = 30.0


class Completions:
    """Collects outcomes in order and lets a test wait for them, or hold the backend up."""

    def __init__(self):
        self.outcomes = []
        self.threads = set()
        self.entered = threading.Event()
        self._changed = threading.Condition()
        self._gate = threading.Event()
        self._gate.set()

    def on_done(self, tag):
        """Make the completion of one submission."""

        def completed(outcome):
            self.entered.set()
            assert self._gate.wait(PATIENCE_S)
            with self._changed:
                self.outcomes.append((tag, outcome))
                self.threads.add(threading.current_thread())
                self._changed.notify_all()

        return completed

    def hold(self):
        """Let the next completion block until go_on."""
        self._gate.clear()

    def go_on(self):
        self._gate.set()

    def wait_for(self, count):
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.outcomes) >= count, PATIENCE_S)
        return self.outcomes

    @property
    def tags(self):
        return [tag for tag, _ in self.outcomes]


@pytest.fixture
def completions():
    return Completions()


@pytest.fixture
def make_manifest(tmp_path):
    """Make a manifest of a depth network; keywords replace its fields."""

    def make(**changes):
        values = {
            'name': 'tiny',
            'path': tmp_path / 'tiny.yaml',
            'files': {'onnx': tmp_path / 'tiny.onnx'},
            'input': InputSpecification(WIDTH, HEIGHT),
            'depth': DepthSpecification('linear', 'depth', 120.0),
        }
        return ModelManifest(**{**values, **changes})

    return make


@pytest.fixture
def semantic():
    """Make the specification of a class map called semantic."""

    def make(decoder, *names):
        return SegmentationSpecification(decoder, 'semantic', LabelSet.from_names(*names))

    return make


@pytest.fixture
def write_network():
    """Write an ONNX network of the given nodes, inputs and outputs (name, type, shape)."""
    onnx = pytest.importorskip('onnx')

    def write(path, nodes, inputs, outputs, constants=None):
        kinds = {
            'float': onnx.TensorProto.FLOAT,
            'float16': onnx.TensorProto.FLOAT16,
            'uint8': onnx.TensorProto.UINT8,
            'int64': onnx.TensorProto.INT64,
        }
        graph = onnx.helper.make_graph(
            [onnx.helper.make_node(*node, **options) for *node, options in nodes],
            'tiny',
            [onnx.helper.make_tensor_value_info(n, kinds[k], shape) for n, k, shape in inputs],
            [onnx.helper.make_tensor_value_info(n, kinds[k], shape) for n, k, shape in outputs],
            [onnx.numpy_helper.from_array(a, n) for n, a in (constants or {}).items()],
        )
        model = onnx.helper.make_model(
            graph, ir_version=8, opset_imports=[onnx.helper.make_opsetid('', 17)]
        )
        onnx.checker.check_model(model)
        path.write_bytes(model.SerializeToString())
        return path

    return write


class HailoBench:
    """A network on the simulated Hailo-8 whose depth is the mean of the image, and its backend.

    Needs ``machine``, the double's: tests that ask for this one are skipped on real hardware.
    """

    def __init__(self, machine, manifest):
        import hailo_double as double

        self.double = double
        self.machine = machine
        self.manifest = manifest
        self.hef = manifest.files['hef']
        self.write([double.Stream('depth', (HEIGHT, WIDTH, 1))])
        self._backends = []

    @property
    def card(self):
        return self.machine.cards[0]

    def write(self, outputs, answers=None, *, image=None, **options):
        """Write the HEF anew, by default with an input of raw pixels."""
        image = image or self.double.Stream(
            'input_layer1',
            (HEIGHT, WIDTH, 3),
            quantization=self.double.Quantization(limits=(0.0, 255.0)),
        )
        return self.double.write_hef(self.hef, [image], outputs, answers, **options)

    def open(self, manifest=None, *, queue_size=2, host=None, **options):
        """Open a backend that retries at once; closed after the test."""
        from hailo_perception.backends.hailort import HailortBackend
        from hailo_perception.backends.hailort.host import THIS_HOST
        from hailo_perception.backends.hailort.options import HailortOptions

        patience = {'first_retry_s': 0.001, 'longest_retry_s': 0.01, 'frame_timeout_s': 20.0}
        backend = HailortBackend(
            manifest or self.manifest,
            HailortOptions(**{**patience, **options}),
            queue_size=queue_size,
            host=host or THIS_HOST,
        )
        self._backends.append(backend)
        return backend

    def answer(self, backend, value=0):
        """Run one frame of one colour and return its outcome."""
        completions = Completions()
        image = np.full(backend.inputs[0].shape, value, np.uint8)
        assert backend.wait_ready(PATIENCE_S), backend.health().outage
        backend.submit(image, completions.on_done(value))
        ((_, outcome),) = completions.wait_for(1)
        return outcome

    def forget(self):
        """Drop the backends that a test closed itself."""
        self._backends.clear()

    def close(self):
        for backend in self._backends:
            backend.close()


@pytest.fixture
def hailo(hailo_machine, make_manifest, tmp_path):
    """Offer a network on the simulated Hailo-8."""
    bench = HailoBench(hailo_machine, make_manifest(files={'hef': tmp_path / 'net.hef'}))
    # Opening a device collects garbage, which takes long with all that tests have imported.
    gc.freeze()
    yield bench
    bench.close()
    gc.unfreeze()
