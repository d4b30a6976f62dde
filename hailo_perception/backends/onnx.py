# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A backend that runs the network on the CPU with ONNX Runtime."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.backends.base import DeviceHealth
from hailo_perception.backends.base import OnDone
from hailo_perception.backends.input_tensor import InputTensor
from hailo_perception.backends.tensor_layout import is_channels_first
from hailo_perception.backends.tensor_layout import output_layout
from hailo_perception.backends.tensor_layout import OutputLayout
from hailo_perception.backends.worker import check_image
from hailo_perception.backends.worker import InOrderWorker
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import ManifestError
from hailo_perception.core.errors import MissingDependencyError
from hailo_perception.core.optional_parts import pip_install
from hailo_perception.core.tensors import RawOutputs
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.models.binding import claims_of
from hailo_perception.models.files import require_file
from hailo_perception.models.specification import ModelManifest
from hailo_perception.models.unreadable_network import unreadable_network

_INPUT_DTYPES: dict[str, np.dtype[Any]] = {
    'tensor(float)': np.dtype(np.float32),
    'tensor(uint8)': np.dtype(np.uint8),
}
_PROVIDERS = ['CPUExecutionProvider']
_LOG_ERRORS = 3

DEFAULT_QUEUE_SIZE = 1
"""The network uses the very cores that prepare the next frame: one that waits only grows old."""


def default_threads() -> int:
    """Leave half of the cores that this process may use to decoding and publishing."""
    return max(len(os.sched_getaffinity(0)) // 2, 1)


class OnnxBackend:
    """Runs one inference at a time on the CPU; the next waits in a short queue.

    The outputs belong to the RawOutputs that carries them: ONNX Runtime hands its own memory
    over without a copy, so releasing them is nothing more than dropping them.
    """

    name = 'onnx'
    input_transfer_s = 0.0

    def __init__(
        self,
        manifest: ModelManifest,
        *,
        threads: int = 0,
        queue_size: int = DEFAULT_QUEUE_SIZE,
    ) -> None:
        """Open the manifest's file ``onnx`` and run it twice; takes about a second.

        ``threads`` share one inference; 0 takes half of the cores. ManifestError when
        the file or network cannot serve the manifest; MissingDependencyError without ONNX
        Runtime.
        """
        if threads < 0:
            raise ConfigurationError(f'threads must be 0 or more, got {threads}')
        threads = threads or default_threads()
        network = _Network(manifest, require_file(manifest, 'onnx'), threads)
        self.inputs = (network.input,)
        self.outputs = network.outputs
        self.queue_size = queue_size
        self._answer_to_black = network.run(np.zeros(network.input.shape, np.uint8))
        self._health = DeviceHealth(
            device=f'CPU, {threads} thread{"s" if threads > 1 else ""}',
            library_version=network.library_version,
        )
        self._worker = InOrderWorker(self.name, network.run, queue_size)

    def example_outputs(self) -> RawOutputs:
        """Give the answer to a black image."""
        return self._answer_to_black

    def submit(self, image: NDArray[np.uint8], on_done: OnDone) -> None:
        """See Backend.submit."""
        check_image(image, self.inputs[0])
        self._worker.submit(image, on_done)

    def wait_ready(self, timeout_s: float) -> bool:
        """See Backend.wait_ready."""
        return self._worker.wait_ready(timeout_s)

    def health(self) -> DeviceHealth:
        """Name the threads and the version of ONNX Runtime."""
        return self._health

    def close(self) -> None:
        """See Backend.close."""
        self._worker.close()


class _Network:
    """An opened session, its input tensor, and how to read its outputs."""

    def __init__(self, manifest: ModelManifest, path: Path, threads: int) -> None:
        onnxruntime = _import_onnxruntime()
        self.library_version = str(onnxruntime.__version__)
        self._session = _open_session(onnxruntime, path, threads)
        inputs = self._session.get_inputs()
        if len(inputs) != 1:
            names = ', '.join(node.name for node in inputs)
            raise ManifestError(
                f'{path}: expected a network with one input, found {len(inputs)} ({names}); '
                'export it for one image'
            )
        (node,) = inputs
        dtype = _INPUT_DTYPES.get(node.type)
        if dtype is None:
            raise ManifestError(
                f"{path}: input '{node.name}': expected {' or '.join(_INPUT_DTYPES)}, found "
                f'{node.type}; export the network with one of them'
            )
        try:
            channels_first = is_channels_first(node.name, tuple(node.shape))
            height, width = node.shape[2:] if channels_first else node.shape[1:3]
            self._input_name = node.name
            self._input_tensor = InputTensor(
                width, height, manifest.input, dtype=dtype, channels_first=channels_first
            )
            # submit takes pixels, whatever the network itself reads.
            self.input = TensorInfo(node.name, (height, width, 3), np.dtype(np.uint8))
            self._layouts = self._read_layouts(manifest)
        except ManifestError as error:
            raise ManifestError(f'{path}: {error}') from error
        self.outputs = tuple(layout.info for layout in self._layouts)

    def run(self, image: NDArray[np.uint8]) -> RawOutputs:
        tensors = self._infer(image)
        return RawOutputs(
            {
                layout.info.name: layout.read(tensor)
                for layout, tensor in zip(self._layouts, tensors, strict=True)
            }
        )

    def _infer(self, image: NDArray[np.uint8]) -> list[NDArray[Any]]:
        feed = {self._input_name: self._input_tensor.fill(image)}
        tensors: list[NDArray[Any]] = self._session.run(None, feed)
        return tensors

    def _read_layouts(self, manifest: ModelManifest) -> tuple[OutputLayout, ...]:
        nodes = self._session.get_outputs()
        for node in nodes:
            if not node.type.startswith('tensor('):
                raise ManifestError(
                    f"output '{node.name}': expected a tensor, found {node.type}; export the "
                    'network with tensors as outputs'
                )
        # A black image tells the true shapes, which exports often leave open, and makes ONNX
        # Runtime allocate before the first frame.
        try:
            tensors = self._infer(np.zeros(self.input.shape, np.uint8))
        except Exception as error:
            raise ManifestError(
                f'expected a network that runs on a black image, found an error: {error}'
            ) from error
        names = [node.name for node in nodes]
        outputs = tuple(
            TensorInfo(name, (0, 0, 0), tensor.dtype)
            for name, tensor in zip(names, tensors, strict=True)
        )
        claim_of = {
            info.name: claim for claim in claims_of(manifest) for info in claim.matches(outputs)
        }
        return tuple(
            output_layout(
                name, tensor.shape, claim_of.get(name), (self.input.width, self.input.height)
            )
            for name, tensor in zip(names, tensors, strict=True)
        )


def _import_onnxruntime() -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise MissingDependencyError(
            'onnxruntime', 'to run a network on the CPU', pip_install('onnxruntime')
        ) from error
    return onnxruntime


def _open_session(onnxruntime: Any, path: Path, threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = _LOG_ERRORS
    # Spinning threads burn whole cores between frames, which decode and postprocess need.
    options.add_session_config_entry('session.intra_op.allow_spinning', '0')
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=_PROVIDERS)
    # ONNX Runtime's errors share no base but Exception.
    except Exception as error:
        raise unreadable_network(path, 'ONNX Runtime', 'onnxruntime', error) from error
