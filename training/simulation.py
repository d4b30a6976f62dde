# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A quantised network computed as it is written: rounded to codes, multiplied in float.

ONNX Runtime would fuse the rounding into integer kernels, which on x86 processors without VNNI add
two products in 16 bits and overflow. No accelerator does that, so a study must not contain it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
import onnxruntime

from hailo_perception.backends.base import DeviceHealth
from hailo_perception.backends.base import OnDone
from hailo_perception.backends.input_tensor import InputTensor
from hailo_perception.backends.tensor_layout import is_channels_first
from hailo_perception.backends.tensor_layout import output_layout
from hailo_perception.core.tensors import RawOutputs
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.models.binding import claims_of
from hailo_perception.models.specification import ModelManifest

_INPUT_DTYPES = {'tensor(float)': np.float32, 'tensor(uint8)': np.uint8}


class SimulatedBackend:
    """An ONNX network on one thread of the CPU, in the caller's own; a Backend of the package."""

    name = 'simulation'
    queue_size = 1

    def __init__(self, manifest: ModelManifest, network: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.add_session_config_entry('session.disable_quant_qdq', '1')
        self._session = onnxruntime.InferenceSession(
            str(network), options, ['CPUExecutionProvider']
        )
        (node,) = self._session.get_inputs()
        channels_first = is_channels_first(node.name, tuple(node.shape))
        height, width = node.shape[2:] if channels_first else node.shape[1:3]
        self._input_name = node.name
        self._input = InputTensor(
            width,
            height,
            manifest.input,
            dtype=np.dtype(_INPUT_DTYPES[node.type]),
            channels_first=channels_first,
        )
        self.inputs = (TensorInfo(node.name, (height, width, 3), np.dtype(np.uint8)),)
        outputs = self._session.get_outputs()
        named = tuple(TensorInfo(o.name, (0, 0, 0), np.dtype(np.float32)) for o in outputs)
        claim_of = {info.name: c for c in claims_of(manifest) for info in c.matches(named)}
        self._layouts = tuple(
            output_layout(o.name, tuple(o.shape), claim_of.get(o.name), (width, height))
            for o in outputs
        )
        self.outputs = tuple(layout.info for layout in self._layouts)

    def example_outputs(self) -> RawOutputs:
        """See Backend.example_outputs."""
        return self._run(np.zeros(self.inputs[0].shape, np.uint8))

    def submit(self, image: NDArray[np.uint8], on_done: OnDone) -> None:
        """Compute at once; ``on_done`` comes before the return."""
        on_done(self._run(image))

    def wait_ready(self, timeout_s: float) -> bool:
        """See Backend.wait_ready; always true, for nothing ever waits."""
        return True

    def health(self) -> DeviceHealth:
        """Name the device."""
        return DeviceHealth('CPU, one thread, quantised values in float')

    def close(self) -> None:
        """See Backend.close; there is nothing in flight."""

    def _run(self, image: NDArray[np.uint8]) -> RawOutputs:
        tensors: list[NDArray[Any]] = self._session.run(
            None, {self._input_name: self._input.fill(image)}
        )
        return RawOutputs(
            {
                layout.info.name: layout.read(tensor)
                for layout, tensor in zip(self._layouts, tensors, strict=True)
            }
        )
