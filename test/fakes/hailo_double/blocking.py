# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A network on the older, blocking path: configured first, its formats chosen later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_double.chip import Buffers
from hailo_double.host_stream import host_shape
from hailo_double.host_stream import HostStream
from hailo_double.status import failure
from hailo_double.status import Status
from hailo_double.vdevice import NativeConfiguredModel
from hailo_double.vdevice import NativeInferModel
from hailo_double.vdevice import NativeVDevice


class BlockingNetwork:
    """A network group of a VDevice; runs one frame at a time."""

    def __init__(
        self, vdevice: NativeVDevice, source: str | bytes, name: str, batch_size: int
    ) -> None:
        """Configure it once, so that errors come here."""
        self.name = name
        self._origin = (vdevice, source, name)
        self._batch_size = batch_size
        self.loaded = self._configure({})

    def open(self, formats: Mapping[str, Any]) -> BlockingSession:
        """Configure it for the given format types by stream name."""
        return BlockingSession(self.loaded, self._configure(formats))

    def _configure(self, formats: Mapping[str, Any]) -> NativeConfiguredModel:
        model = NativeInferModel(*self._origin)
        model.set_batch_size(self._batch_size)
        for stream in (*model.inputs, *model.outputs):
            if stream.name in formats:
                stream.set_format_type(formats[stream.name])
        return model.configure()


class BlockingSession:
    """A network with formats; errors of a frame are raised where it is run."""

    def __init__(self, loaded: NativeConfiguredModel, configured: NativeConfiguredModel) -> None:
        self._loaded = loaded
        self._configured = configured
        self.inputs = configured.pipeline.chip.inputs
        self.outputs = configured.pipeline.chip.outputs

    def run(self, inputs: Mapping[str, NDArray[Any]], timeout_s: float) -> Buffers:
        """Run a frame; needs an activated network where there is no scheduler."""
        if not self._loaded.pipeline.is_active:
            raise failure(Status.NETWORK_GROUP_NOT_ACTIVATED)
        buffers = Buffers(
            dict(inputs), {name: empty_buffer(host) for name, host in self.outputs.items()}
        )
        statuses: list[Status] = []
        pipeline = self._configured.pipeline
        pipeline.is_active = True
        try:
            job = pipeline.submit([buffers], statuses.append)
        finally:
            pipeline.is_active = pipeline.is_scheduled
        pipeline.wait_for(job, timeout_s)
        if statuses[0] is not Status.SUCCESS:
            raise failure(statuses[0])
        return buffers

    def close(self) -> None:
        self._configured.close()


def empty_buffer(host: HostStream) -> NDArray[Any]:
    """Allocate what a frame of the stream needs."""
    dtype = np.dtype(np.uint8) if host.is_bytes else host.dtype
    return np.empty(host_shape(host.stream, host.order, host.nms), dtype)
