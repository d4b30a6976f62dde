# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One inference: from the user's input buffers to the bytes of the user's output buffers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from typing import Any
import zlib

import numpy as np
from numpy.typing import NDArray

from hailo_double import nms as nms_layouts
from hailo_double.host_stream import HostStream
from hailo_double.networks import Session
from hailo_double.networks import Tensors
from hailo_double.quantization import dequantize
from hailo_double.quantization import encode
from hailo_double.quantization import quantize_input
from hailo_double.quantization import to_host
from hailo_double.status import failure
from hailo_double.status import Status
from hailo_double.streams import NMS_WITH_BYTE_MASK


@dataclass(frozen=True, slots=True)
class Buffers:
    """The arrays of one frame by stream name, as the user gave them."""

    inputs: dict[str, NDArray[Any]] = field(default_factory=dict)
    outputs: dict[str, NDArray[Any]] = field(default_factory=dict)

    def copy(self) -> Buffers:
        """Keep the present arrays, whatever is set later."""
        return Buffers(dict(self.inputs), dict(self.outputs))

    def input_checksum(self) -> int:
        checksum = 0
        for array in self.inputs.values():
            checksum = zlib.crc32(_bytes_of(array), checksum)
        return checksum

    def shares_output(self, other: Buffers) -> bool:
        return any(
            np.may_share_memory(own, foreign)
            for own in self.outputs.values()
            for foreign in other.outputs.values()
        )

    def fill_outputs(self, answer: Tensors) -> None:
        for name, content in answer.items():
            _bytes_of(self.outputs[name])[...] = content


class Chip:
    """A network with the streams of one configured model."""

    def __init__(
        self, inputs: Sequence[HostStream], outputs: Sequence[HostStream], session: Session
    ) -> None:
        self.inputs = {stream.name: stream for stream in inputs}
        self.outputs = {stream.name: stream for stream in outputs}
        self._session = session
        height, width = inputs[0].stream.shape[:2] if len(inputs[0].stream.shape) > 1 else (1, 1)
        self._image_size = (width, height)

    def has_outputs(self, buffers: Buffers) -> bool:
        return buffers.outputs.keys() >= self.outputs.keys()

    def check(self, buffers: Buffers) -> None:
        """Check that inputs are there and that sizes fit, and nothing else (rule 8)."""
        if not buffers.inputs.keys() >= self.inputs.keys():
            raise failure(Status.NOT_FOUND)
        for streams, arrays in (
            (self.inputs, buffers.inputs),
            (self.outputs, buffers.outputs),
        ):
            if any(arrays[name].nbytes != stream.frame_bytes for name, stream in streams.items()):
                raise failure(Status.INVALID_OPERATION)

    def compute(self, buffers: Buffers, frame: int) -> Tensors:
        """Run the network; bytes for each output."""
        reals = {
            name: self._read_input(stream, buffers.inputs[name])
            for name, stream in self.inputs.items()
        }
        answers = self._session.run(reals, frame)
        return {name: self._write_output(stream, answers) for name, stream in self.outputs.items()}

    def nothing(self) -> Tensors:
        """Give what a failed frame leaves: zeros, but masks are written in place (rule 4)."""
        return {
            name: np.zeros(stream.frame_bytes, np.uint8)
            for name, stream in self.outputs.items()
            if stream.order != NMS_WITH_BYTE_MASK
        }

    def _read_input(self, host: HostStream, array: NDArray[Any]) -> NDArray[np.float32]:
        stream = host.stream
        values = _bytes_of(array).view(host.dtype).reshape(stream.shape)
        if host.dtype == np.float32:
            codes = quantize_input(values, stream)
        else:
            codes = values.astype(stream.dtype)
        return dequantize(codes, stream.quantization)

    def _write_output(self, host: HostStream, answers: Tensors) -> NDArray[np.uint8]:
        stream = host.stream
        answer = answers[stream.name]
        if host.nms is not None:
            proposals = self._proposals(answer, answers.get(f'{stream.name}/masks'))
            kept = nms_layouts.suppress(proposals, host.nms)
            return nms_layouts.pack(kept, host.nms, host.order)
        if stream.dtype == 'float32' or np.issubdtype(answer.dtype, np.integer):
            codes = answer.astype(stream.dtype)
        else:
            codes = encode(answer, stream)
        return _bytes_of(np.ascontiguousarray(to_host(codes, stream, host.dtype)))

    def _proposals(
        self, rows: NDArray[Any], masks: NDArray[np.uint8] | None
    ) -> list[nms_layouts.Proposal]:
        proposals = []
        start = 0
        for class_id, y_min, x_min, y_max, x_max, score in rows.tolist():
            box = (y_min, x_min, y_max, x_max)
            mask = np.zeros(0, np.uint8)
            if masks is not None:
                end = start + nms_layouts.mask_size(box, self._image_size)
                mask, start = masks[start:end], end
            proposals.append(nms_layouts.Proposal(int(class_id), box, score, mask))
        return proposals


def _bytes_of(array: NDArray[Any]) -> NDArray[np.uint8]:
    return array.reshape(-1).view(np.uint8)
