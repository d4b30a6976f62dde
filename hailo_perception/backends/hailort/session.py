# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One life of a network on the device: opened, run, and released in the one right order."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
import logging
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.backends.hailort.buffers import BufferPool
from hailo_perception.backends.hailort.buffers import FrameBuffers
from hailo_perception.backends.hailort.circumstances import Circumstances
from hailo_perception.backends.hailort.circumstances import Stage
from hailo_perception.backends.hailort.diagnosis import check_hef_file
from hailo_perception.backends.hailort.diagnosis import explain
from hailo_perception.backends.hailort.errors import RecoveringError
from hailo_perception.backends.hailort.network import network_group
from hailo_perception.backends.hailort.network import NetworkPlan
from hailo_perception.backends.hailort.network import plan_network
from hailo_perception.backends.hailort.network import streams_of_model
from hailo_perception.backends.hailort.options import HailortOptions
from hailo_perception.backends.hailort.runtime import Runtime
from hailo_perception.core.errors import ManifestError
from hailo_perception.models.specification import ModelManifest

OnComplete = Callable[[BaseException | None], None]
"""Takes the library's exception for a frame, None when it went well; must not raise."""

_READY_TIMEOUT_MS = 1000
_KEPT_BUFFERS = 16
"""More than frames are ever inside the pipeline; each is as large as the network's outputs."""

_logger = logging.getLogger(__name__)


class Session:
    """A virtual device, the network configured on it, and the buffers of its frames.

    ``run`` and ``close`` exclude each other. The network must not be dropped on the library's
    callback thread, whose end its release waits for: ``close`` is the one place that drops it.
    """

    def __init__(
        self,
        runtime: Runtime,
        manifest: ModelManifest,
        hef: Path,
        options: HailortOptions,
        circumstances: Circumstances,
    ) -> None:
        """Open the device and load the network, which takes a part of a second.

        During that time the binding lets no other thread of the process run. DeviceError,
        HefError, ManifestError or OptionError say what is in the way; nothing stays open then.
        """
        self._circumstances = circumstances
        self._gate = Lock()
        self._running = ExitStack()
        self._configured: Any = None
        self._model: Any = None
        self._device: Any = None
        self._pool = BufferPool(self._make_buffers, kept=_KEPT_BUFFERS)
        check_hef_file(hef)
        try:
            self._open(runtime, manifest, hef, options)
        except BaseException:
            self.close()
            raise

    def _open(
        self, runtime: Runtime, manifest: ModelManifest, path: Path, options: HailortOptions
    ) -> None:
        with self._explained(Stage.LOAD):
            hef = runtime.read_hef(str(path))
            group = network_group(hef, options.network_group)
        with self._explained(Stage.OPEN):
            self._device = runtime.make_virtual_device(_parameters(runtime, options))
            self.device_ids = tuple(self._device.get_physical_devices_ids())
        with self._explained(Stage.LOAD):
            self._model = self._device.create_infer_model(str(path), group)
            streams = streams_of_model(self._model, hef, group)
        try:
            self.plan: NetworkPlan = plan_network(streams, manifest)
        except ManifestError as error:
            raise type(error)(f'{path}: {error}') from error
        with self._explained(Stage.CONFIGURE):
            self._set_formats(runtime)
            self._model.set_batch_size(options.batch_size)
            self._model.set_power_mode(getattr(runtime.power_mode, options.power_mode.upper()))
            self._configured = self._running.enter_context(self._model.configure())
            self.queue_size = max(int(self._configured.get_async_queue_size()), 1)

    def _set_formats(self, runtime: Runtime) -> None:
        """Ask for floats where only the library can dequantise; all else stays as it is."""
        if self.plan.input.as_float:
            stream = self._model.input(self.plan.input.info.name)
            stream.set_format_type(runtime.format_type.FLOAT32)
        for plan in self.plan.outputs:
            if plan.as_float:
                stream = self._model.output(plan.stream_name)
                stream.set_format_type(runtime.format_type.FLOAT32)

    def _explained(self, stage: Stage) -> _Explained:
        return _Explained(stage, self._circumstances)

    def _make_buffers(self) -> FrameBuffers:
        return FrameBuffers(self._configured.create_bindings(), self.plan.input, self.plan.outputs)

    @property
    def pool(self) -> BufferPool:
        """The buffers of this session's frames."""
        return self._pool

    def run(self, image: NDArray[np.uint8], on_complete: OnComplete) -> FrameBuffers:
        """Start one frame; returns its buffers, which the device uses until ``on_complete``.

        ``on_complete`` comes from the library's thread. When this raises, the frame was not
        started, ``on_complete`` never comes, and the session is dead. The caller keeps image and
        buffers until then: the library itself may forget them too early.
        """
        with self._gate:
            if self._configured is None:
                raise RecoveringError('the network was just released; wait until it is back')
            with self._explained(Stage.RUN):
                buffers = self._pool.take()
                buffers.take_image(image)
                self._configured.wait_for_async_ready(_READY_TIMEOUT_MS)
                self._configured.run_async([buffers.bindings], _Completion(on_complete))
            return buffers

    def close(self) -> None:
        """Abort what runs, wait for the last callback, then release everything; idempotent.

        The library waits up to ten seconds for the device, in rare cases a minute. All frames
        are completed when this returns. Never call it from a completion.
        """
        with self._gate:
            self._configured = None
        # Leaving its context is what drops the network itself, with no lock of ours held.
        self._attempt('stop the network', self._running.close)
        self._pool.clear()
        self._model = None
        device, self._device = self._device, None
        if device is not None:
            self._attempt('release the device', device.release)

    def _attempt(self, what: str, action: Callable[[], object]) -> None:
        try:
            action()
        except Exception as error:
            # There is nobody to hand it to: the session is over either way.
            _logger.warning('the Hailo device did not %s cleanly: %s', what, error)


class _Explained:
    """Turns what the library raises inside into the error that says what to do.

    The library's stack frames hold its objects, which must not outlive the device: so they are
    dropped from the exception at once.
    """

    __slots__ = ('_circumstances', '_stage')

    def __init__(self, stage: Stage, circumstances: Circumstances) -> None:
        self._stage = stage
        self._circumstances = circumstances

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # This very frame becomes a part of the new traceback.
        del traceback
        # The library's exceptions share no base but Exception.
        if not isinstance(error, Exception):
            return
        link: BaseException | None = error
        while link is not None:
            link.__traceback__ = None
            link = link.__cause__ or link.__context__
        # It names its own cause, and an error of this package stays itself.
        raise explain(error, self._stage, self._circumstances)


class _Completion:
    """The callable for the library; an exception that left it would end the process."""

    __slots__ = ('_on_complete',)

    def __init__(self, on_complete: OnComplete) -> None:
        self._on_complete = on_complete

    def __call__(self, completion_info: Any) -> None:
        try:
            failure = completion_info.exception
        except BaseException as error:
            failure = error
        try:
            self._on_complete(failure)
        except BaseException:
            _logger.exception('a completion of the Hailo device raised; its frame is lost')


def _parameters(runtime: Runtime, options: HailortOptions) -> Any:
    parameters = runtime.make_virtual_device.create_params()
    # The binding's own default would need activation and allow one network at a time.
    parameters.scheduling_algorithm = runtime.scheduling.ROUND_ROBIN
    parameters.group_id = options.group_id
    parameters.multi_process_service = options.multi_process_service
    if options.device_ids:
        # Given to the constructor instead, they would switch the scheduler off.
        parameters.device_ids = list(options.device_ids)
    else:
        parameters.device_count = options.device_count
    return parameters
