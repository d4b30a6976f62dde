# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What computes the outputs of a HEF: recorded tensors, ONNX Runtime, or a mean."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import field
import io
import math
from typing import Any
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hailo_double.streams import NetworkGroup

Tensors = dict[str, NDArray[Any]]


class Network(Protocol):
    """A computation by stream names, opened anew for each configured model."""

    def open(self, group: NetworkGroup) -> Session:
        """Load what is slow to load."""

    def to_json(self) -> tuple[dict[str, Any], bytes]:
        """Describe itself, with the bytes it needs besides."""


class Session(Protocol):
    """An opened network."""

    def run(self, inputs: Tensors, frame: int) -> Tensors:
        """Compute the outputs of the frame with that number from real-valued inputs.

        Integer outputs are codes of the device, floats are real values that it quantises.
        An NMS output is (N, 6): class, y_min, x_min, y_max, x_max, score; its masks, flat and
        one after another, are a tensor of their own: '<stream>/masks'.
        """


@dataclass(frozen=True, slots=True)
class Recorded:
    """Frames played back in order, again and again; one frame is a constant."""

    frames: tuple[Tensors, ...]

    def open(self, group: NetworkGroup) -> Session:
        return self

    def run(self, inputs: Tensors, frame: int) -> Tensors:
        return self.frames[frame % len(self.frames)]

    def to_json(self) -> tuple[dict[str, Any], bytes]:
        content = io.BytesIO()
        for tensors in self.frames:
            for tensor in tensors.values():
                np.save(content, np.ascontiguousarray(tensor), allow_pickle=False)
        return {'frames': [list(tensors) for tensors in self.frames]}, content.getvalue()

    @classmethod
    def from_json(cls, values: Mapping[str, Any], content: bytes) -> Recorded:
        stream = io.BytesIO(content)
        return cls(
            tuple(
                {name: np.load(stream, allow_pickle=False) for name in names}
                for names in values['frames']
            )
        )


@dataclass(frozen=True, slots=True)
class Mean:
    """Fills every output with the mean of all input values: shows which frame came out."""

    def open(self, group: NetworkGroup) -> Session:
        return _MeanSession(group)

    def to_json(self) -> tuple[dict[str, Any], bytes]:
        return {}, b''

    @classmethod
    def from_json(cls, values: Mapping[str, Any], content: bytes) -> Mean:
        return cls()


@dataclass(frozen=True, slots=True)
class _MeanSession:
    group: NetworkGroup

    def run(self, inputs: Tensors, frame: int) -> Tensors:
        mean = np.float32(np.mean([tensor.mean(dtype=np.float64) for tensor in inputs.values()]))
        return {
            stream.name: np.full(
                stream.shape, mean if not stream.is_class_ids else int(mean), type(mean)
            )
            for stream in self.group.outputs
        }


@dataclass(frozen=True, slots=True)
class Onnx:
    """An ONNX network of one image: 1×C×H×W or 1×H×W×C in, batches of one out.

    ``outputs``: the network's output for each stream. ``argmax``: streams whose class scores
    become class ids. The network reads (real − mean) / scale.
    """

    model: bytes = field(repr=False)
    outputs: dict[str, str]
    argmax: tuple[str, ...] = ()
    mean: tuple[float, ...] = (0.0,)
    scale: tuple[float, ...] = (1.0,)

    def open(self, group: NetworkGroup) -> Session:
        return _OnnxSession(self, group)

    def to_json(self) -> tuple[dict[str, Any], bytes]:
        values = asdict(self)
        return values, values.pop('model')

    @classmethod
    def from_json(cls, values: Mapping[str, Any], content: bytes) -> Onnx:
        return cls(content, **values)


class _OnnxSession:
    def __init__(self, network: Onnx, group: NetworkGroup) -> None:
        self._network = network
        (self._input,) = group.inputs
        self._shapes = {stream.name: stream.shape for stream in group.outputs}
        self._session = open_onnx(network.model)

    def run(self, inputs: Tensors, frame: int) -> Tensors:
        network = self._network
        image = normalise(inputs[self._input.name], network.mean, network.scale)
        answers = infer_onnx(self._session, image, list(network.outputs.values()))
        return {
            name: arrange(tensor, self._shapes[name], argmax=name in network.argmax)
            for name, tensor in zip(network.outputs, answers)
        }


def normalise(
    image: NDArray[Any], mean: Sequence[float], scale: Sequence[float]
) -> NDArray[np.float32]:
    """Compute (value − mean) / scale for each channel."""
    normalised = image.astype(np.float32)
    normalised -= np.asarray(mean, np.float32)
    normalised /= np.asarray(scale, np.float32)
    return normalised


def open_onnx(model: bytes) -> Any:
    """Open a network with ONNX Runtime on one thread."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=['CPUExecutionProvider'])


def infer_onnx(session: Any, image: NDArray[np.float32], names: Sequence[str]) -> list[Any]:
    """Run the network on an image (H, W, C)."""
    (node,) = session.get_inputs()
    if node.shape[1] == image.shape[2]:
        image = image.transpose(2, 0, 1)
    dtype = np.uint8 if node.type == 'tensor(uint8)' else np.float32
    tensor = np.ascontiguousarray(image[None], dtype)
    answers: list[Any] = session.run(list(names), {node.name: tensor})
    return answers


def arrange(tensor: NDArray[Any], shape: tuple[int, ...], *, argmax: bool) -> NDArray[Any]:
    """Bring an answer 1×C×H×W (or already of that shape) into the order of the host."""
    answer: NDArray[Any] = tensor[0]
    if argmax and answer.size > math.prod(shape):
        answer = answer.argmax(axis=0 if answer.shape[1:] == shape else -1)
    elif answer.ndim == 3 and answer.shape != shape:
        answer = answer.transpose(1, 2, 0)
    return answer.reshape(shape)


KINDS: dict[str, Any] = {'recorded': Recorded, 'mean': Mean, 'onnx': Onnx}
"""The networks that a HEF of the double can hold, by their name in it."""
