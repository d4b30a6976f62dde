# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A backend that plays recorded tensors, for tests and for work without a device."""

from __future__ import annotations

from collections.abc import Callable
import itertools
import time

import numpy as np
from numpy.typing import NDArray

from hailo_perception.backends.base import DeviceHealth
from hailo_perception.backends.base import OnDone
from hailo_perception.backends.recording import load_recording
from hailo_perception.backends.recording import Recording
from hailo_perception.backends.worker import check_image
from hailo_perception.backends.worker import InOrderWorker
from hailo_perception.core.errors import BackendError
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.tensors import RawOutputs
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.models.files import require_file
from hailo_perception.models.specification import ModelManifest

DEFAULT_QUEUE_SIZE = 2
"""As for a real device: one frame in service, the next at hand."""


class ReplayBackend:
    """Answers each submission with the next recorded frame, over and over.

    It behaves as a device that serves one frame at a time: a frame completes ``latency_s``
    after it was submitted or after the one before it completed, whichever is later.
    """

    name = 'replay'
    input_transfer_s = 0.0

    def __init__(
        self,
        manifest: ModelManifest,
        recording: Recording | None = None,
        *,
        latency_s: float = 0.0,
        queue_size: int = DEFAULT_QUEUE_SIZE,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Play a recording, by default the manifest's file ``replay``."""
        if not latency_s >= 0:
            raise ConfigurationError(f'latency_s must be 0 or more, got {latency_s}')
        if recording is None:
            recording = load_recording(require_file(manifest, 'replay'))
        self.outputs = recording.outputs
        width, height = manifest.input.size
        self.inputs = (TensorInfo('image', (height, width, 3), np.dtype(np.uint8)),)
        self.queue_size = queue_size
        self._frames = itertools.cycle(recording.frames)
        self._frame_count = len(recording.frames)
        self._latency_s = latency_s
        self._clock = clock
        self._sleep = sleep
        self._idle_since = -float('inf')
        self._worker = InOrderWorker(self.name, self._serve, queue_size)

    def example_outputs(self) -> RawOutputs:
        """Give zeros, read-only as recorded tensors are; the recording stays at its beginning."""
        tensors = {info.name: np.zeros(info.shape, info.dtype) for info in self.outputs}
        for tensor in tensors.values():
            tensor.flags.writeable = False
        return RawOutputs(tensors)

    def submit(self, image: NDArray[np.uint8], on_done: OnDone) -> None:
        """See Backend.submit; the image is checked and not looked at."""
        check_image(image, self.inputs[0])
        self._worker.submit(self._clock(), on_done)

    def wait_ready(self, timeout_s: float) -> bool:
        """See Backend.wait_ready."""
        return self._worker.wait_ready(timeout_s)

    def health(self) -> DeviceHealth:
        """Name the recording's length; a recording has no temperature."""
        return DeviceHealth(device=f'recording of {self._frame_count} frames')

    def close(self) -> None:
        """See Backend.close."""
        self._worker.close()

    def _serve(self, submitted_s: float) -> RawOutputs:
        completed_s = max(submitted_s, self._idle_since) + self._latency_s
        self._idle_since = completed_s
        remaining_s = completed_s - self._clock()
        if remaining_s > 0:
            self._sleep(remaining_s)
        frame = next(self._frames)
        if isinstance(frame, BackendError):
            raise frame
        return RawOutputs(frame)
