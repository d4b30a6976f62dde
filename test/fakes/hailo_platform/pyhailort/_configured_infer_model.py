# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""ConfiguredInferModel, its jobs and what a callback gets (section 6)."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
import sys
from types import TracebackType
from typing import Any

from hailo_double.arguments import require_int
from hailo_double.pipeline import Job
from hailo_double.pipeline import Pipeline
from hailo_double.status import Status
from hailo_double.vdevice import NativeConfiguredModel
from numpy.typing import NDArray

from hailo_platform.pyhailort._bindings import Bindings as BindingsOfFrame
from hailo_platform.pyhailort._exceptions import exception_of
from hailo_platform.pyhailort._exceptions import HailoRTException
from hailo_platform.pyhailort._exceptions import translated

_MODULE = 'hailo_platform.pyhailort.pyhailort'


class AsyncInferCompletionInfo:
    """What a callback gets: the only place where an error of an inference shows (rule 4)."""

    __module__ = _MODULE

    def __init__(self, exception: HailoRTException | None) -> None:
        self._exception = exception

    @property
    def exception(self) -> HailoRTException | None:
        return self._exception


class AsyncInferJob:
    """A job in flight; dropping it changes nothing."""

    __module__ = _MODULE

    def __init__(self, job: Job, pipeline: Pipeline) -> None:
        self._job = job
        self._pipeline = pipeline

    def wait(self, timeout_ms: int) -> None:
        """Wait until the frames are done and the callback returned; never tells of errors."""
        with translated():
            self._pipeline.wait_for(self._job, require_int(timeout_ms) / 1000)


class ConfiguredInferModel:
    """A model on the chip. Leaving its ``with``, or dropping it, destroys the native one."""

    __module__ = _MODULE
    Bindings = BindingsOfFrame

    def __init__(
        self, configured_infer_model: NativeConfiguredModel, parse_hef: Callable[[], object]
    ) -> None:
        self._configured_infer_model: Any = configured_infer_model
        self._parse_hef = parse_hef

    def __enter__(self) -> ConfiguredInferModel:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._destroy()

    def __del__(self) -> None:
        # A process that ends has stopped the threads, perhaps with their locks held.
        if not sys.is_finalizing():
            self._destroy()

    def create_bindings(
        self,
        input_buffers: Mapping[str, NDArray[Any]] | None = None,
        output_buffers: Mapping[str, NDArray[Any]] | None = None,
    ) -> BindingsOfFrame:
        chip = self._configured_infer_model.pipeline.chip
        if any(host.nms is not None for host in chip.outputs.values()):
            self._parse_hef()
        bindings = BindingsOfFrame(chip)
        for name, array in (input_buffers or {}).items():
            bindings.input(name).set_buffer(array)
        for name, array in (output_buffers or {}).items():
            bindings.output(name).set_buffer(array)
        return bindings

    def wait_for_async_ready(self, timeout_ms: int = 1000, frames_count: int = 1) -> None:
        timeout_s = require_int(timeout_ms) / 1000
        with translated():
            self._configured_infer_model.pipeline.wait_ready(timeout_s, require_int(frames_count))

    def run_async(
        self, bindings: list[BindingsOfFrame], callback: Callable[..., None] | None = None
    ) -> AsyncInferJob:
        pipeline = self._configured_infer_model.pipeline
        if not isinstance(bindings, list):
            raise TypeError(f'incompatible function arguments: expected a list, got {bindings!r}')
        frames = [binding._buffers.copy() for binding in bindings]
        with translated():
            return AsyncInferJob(pipeline.submit(frames, _reporting(callback)), pipeline)

    def run(self, bindings: list[BindingsOfFrame], timeout: int) -> None:
        """Run and wait; the error of a failed inference is lost (rule 4)."""
        self.run_async(bindings).wait(timeout)

    def get_async_queue_size(self) -> int:
        return self._configured_infer_model.pipeline.queue_size  # type: ignore[no-any-return]

    def activate(self) -> None:
        with translated():
            self._configured_infer_model.activate()

    def deactivate(self) -> None:
        with translated():
            self._configured_infer_model.deactivate()

    def set_scheduler_timeout(self, timeout_ms: int) -> None:
        with translated():
            self._configured_infer_model.set_scheduler_timeout(timeout_ms)

    def set_scheduler_threshold(self, threshold: int) -> None:
        with translated():
            self._configured_infer_model.set_scheduler_threshold(threshold)

    def set_scheduler_priority(self, priority: int) -> None:
        with translated():
            self._configured_infer_model.set_scheduler_priority(priority)

    def shutdown(self) -> None:
        self._configured_infer_model.pipeline.shut_down()

    def _destroy(self) -> None:
        native, self._configured_infer_model = self._configured_infer_model, None
        if native is not None:
            native.close()


def _reporting(callback: Callable[..., None] | None) -> Callable[[Status], None] | None:
    if callback is None:
        return None

    def on_done(status: Status) -> None:
        exception = None if status is Status.SUCCESS else exception_of(status)
        callback(completion_info=AsyncInferCompletionInfo(exception))

    return on_done
