# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The memory of one frame on the device: its input, its outputs, and what binds them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from collections.abc import Mapping
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.backends.hailort.input_plan import InputPlan
from hailo_perception.backends.hailort.output_plan import OutputPlan
from hailo_perception.core.aligned import aligned_zeros
from hailo_perception.core.errors import BackendError
from hailo_perception.core.tensors import RawOutputs

Bindings = Any


class FrameBuffers:
    """Buffers that the device writes and reads until its callback, then the tasks until release.

    The tensors are views of the buffers, or filled from them when the device is done.
    """

    def __init__(
        self, bindings: Bindings, input_plan: InputPlan, output_plans: tuple[OutputPlan, ...]
    ) -> None:
        """Allocate at page boundaries and bind the outputs once and for all."""
        self.bindings = bindings
        self._input_plan = input_plan
        table = input_plan.table
        self._own_input = aligned_zeros(
            input_plan.info.shape, np.uint8 if table is None else table.dtype
        )
        self._input = bindings.input(input_plan.info.name)
        self._reads: list[tuple[OutputPlan, Any, NDArray[Any]]] = []
        tensors = {}
        for plan in output_plans:
            buffer = aligned_zeros(plan.buffer_shape, plan.buffer_dtype)
            binding = bindings.output(plan.stream_name)
            binding.set_buffer(buffer)
            if plan.read is None:
                tensors[plan.info.name] = buffer.reshape(plan.info.shape)
            else:
                self._reads.append((plan, binding, buffer))
                tensors[plan.info.name] = np.zeros(plan.info.shape, plan.info.dtype)
        self._tensors: Mapping[str, NDArray[Any]] = tensors

    def take_image(self, image: NDArray[np.uint8]) -> None:
        """Let the device read an image: in place where it can, else through a table or copy."""
        if self._input_plan.table is not None:
            self._input_plan.fill(image, self._own_input)
        elif image.flags.writeable:
            self._input.set_buffer(image)
            return
        else:
            # The binding takes no array that cannot be written, although it only reads it.
            np.copyto(self._own_input, image)
        self._input.set_buffer(self._own_input)

    def read_outputs(self, release: Callable[[], None]) -> RawOutputs:
        """Give the tensors, once the device is done; BoxListError if they cannot be."""
        for plan, binding, buffer in self._reads:
            assert plan.read is not None
            plan.read(binding, buffer, self._tensors[plan.info.name])
        return RawOutputs(self._tensors, release)


class BufferPool:
    """Buffers to reuse; it makes more when all are lent, and keeps only what came back."""

    def __init__(self, make: Callable[[], FrameBuffers], kept: int) -> None:
        """Start empty; at most ``kept`` buffers wait for the next frame."""
        self._make = make
        self._free: deque[FrameBuffers] = deque(maxlen=kept)
        self._lock = Lock()

    def take(self) -> FrameBuffers:
        """Lend buffers that nothing else reads or writes."""
        with self._lock:
            if self._free:
                return self._free.pop()
        return self._make()

    def clear(self) -> None:
        """Drop what waits; what is still lent is dropped when it comes back."""
        with self._lock:
            self._free = deque(maxlen=0)

    def lend_until_release(self, buffers: FrameBuffers) -> RawOutputs:
        """Give the outputs of a frame; releasing them gives the buffers back, once."""
        lent = [buffers]

        def release() -> None:
            with self._lock:
                if lent:
                    self._free.append(lent.pop())

        try:
            return buffers.read_outputs(release)
        except BackendError:
            release()
            raise


def example_outputs(output_plans: tuple[OutputPlan, ...]) -> RawOutputs:
    """Give zeros in the memory layout of every answer: no boxes, class 0, code 0."""
    return RawOutputs(
        {plan.info.name: aligned_zeros(plan.info.shape, plan.info.dtype) for plan in output_plans}
    )
