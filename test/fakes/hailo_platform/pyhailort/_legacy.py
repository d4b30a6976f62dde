# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The older, blocking path (section 10): networks, their parameters, and whole batches."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
import logging
from types import TracebackType
from typing import Any

from hailo_double.blocking import BlockingNetwork
from hailo_double.blocking import BlockingSession
from hailo_double.chip import Buffers
from hailo_double.enums import PowerMode
from hailo_double.enums import StreamInterface
from hailo_double.host_stream import HostStream
from hailo_double.values import VStreamInfo
import numpy as np
from numpy.typing import NDArray

from hailo_platform.pyhailort._bindings import Bindings
from hailo_platform.pyhailort._exceptions import HailoRTException
from hailo_platform.pyhailort._exceptions import translated
from hailo_platform.pyhailort._hef import HEF

_MODULE = 'hailo_platform.pyhailort.pyhailort'
_DEFAULT_TIMEOUT_MS = 10_000
_DEFAULT_QUEUE_SIZE = 2


@dataclass
class ConfigureParams:
    """Settings of one network group."""

    batch_size: int = 0
    power_mode: Any = PowerMode.PERFORMANCE
    stream_params_by_name: dict[str, Any] = field(default_factory=dict)
    network_params_by_name: dict[str, Any] = field(default_factory=dict)

    @staticmethod
    def create_from_hef(hef: HEF, interface: Any = StreamInterface.PCIe) -> dict[str, Any]:
        """Give the default settings of each network group."""
        return {
            group: ConfigureParams(
                stream_params_by_name={
                    info.name: interface for info in hef.get_all_stream_infos(group)
                },
                network_params_by_name=dict.fromkeys(hef.get_networks_names(group), 0),
            )
            for group in hef.get_network_group_names()
        }


class ConfiguredNetwork:
    """A network group on the chip; inference comes through InferVStreams and the like."""

    __module__ = _MODULE

    def __init__(self, network: BlockingNetwork, hef: HEF) -> None:
        self._network = network
        self._hef = hef

    @property
    def name(self) -> str:
        return self._network.name

    def get_input_vstream_infos(self) -> list[VStreamInfo]:
        return self._hef.get_input_vstream_infos(self.name)

    def get_output_vstream_infos(self) -> list[VStreamInfo]:
        return self._hef.get_output_vstream_infos(self.name)

    @staticmethod
    def create_params() -> object:
        return object()

    @contextmanager
    def activate(self, network_group_params: object = None) -> Iterator[None]:
        """Activate; with the scheduler on this only warns."""
        native = self._network.loaded
        if native.pipeline.is_scheduled:
            logging.getLogger(_MODULE).warning('activate() is meaningless with the scheduler')
            yield
            return
        with translated():
            native.activate()
        try:
            yield
        finally:
            with translated():
                native.deactivate()

    def set_scheduler_timeout(self, timeout_ms: int) -> None:
        """Raises native exceptions, as the two below (rule 16)."""
        self._network.loaded.set_scheduler_timeout(timeout_ms)

    def set_scheduler_threshold(self, threshold: int) -> None:
        self._network.loaded.set_scheduler_threshold(threshold)

    def set_scheduler_priority(self, priority: int) -> None:
        self._network.loaded.set_scheduler_priority(priority)


@dataclass
class _VStreamParams:
    format_type: Any
    timeout_ms: int
    queue_size: int


class InputVStreamParams:
    """Settings of the inputs."""

    __module__ = _MODULE

    @staticmethod
    def make(
        configured_network: ConfiguredNetwork,
        quantized: bool | None = None,
        format_type: Any = None,
        timeout_ms: int | None = None,
        queue_size: int | None = None,
        network_name: str | None = None,
    ) -> dict[str, _VStreamParams]:
        infos = configured_network.get_input_vstream_infos()
        return _params(infos, format_type, timeout_ms, queue_size)


class OutputVStreamParams:
    """Settings of the outputs."""

    __module__ = _MODULE

    @staticmethod
    def make(
        configured_network: ConfiguredNetwork,
        quantized: bool | None = None,
        format_type: Any = None,
        timeout_ms: int | None = None,
        queue_size: int | None = None,
        network_name: str | None = None,
    ) -> dict[str, _VStreamParams]:
        infos = configured_network.get_output_vstream_infos()
        return _params(infos, format_type, timeout_ms, queue_size)


class InferVStreams:
    """Runs batches (N, H, W, C), frame by frame, and raises what goes wrong."""

    __module__ = _MODULE

    def __init__(
        self,
        configured_net_group: ConfiguredNetwork,
        input_vstreams_params: Mapping[str, _VStreamParams],
        output_vstreams_params: Mapping[str, _VStreamParams],
        tf_nms_format: bool = False,
    ) -> None:
        self._network = configured_net_group._network
        self._params = {**input_vstreams_params, **output_vstreams_params}
        self._tf_nms_format = tf_nms_format
        self._session: BlockingSession | None = None

    def __enter__(self) -> InferVStreams:
        with translated():
            self._session = self._network.open(
                {name: params.format_type for name, params in self._params.items()}
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def infer(self, input_data: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
        """Run all frames; NMS outputs are a list per frame of a list per class."""
        session = self._session
        if session is None:
            raise HailoRTException('InferVStreams is used outside of its with block')
        counts = {_frame_count(host, input_data) for host in session.inputs.values()}
        if len(counts) != 1:
            raise HailoRTException(f'all inputs need the same number of frames, got {counts}')
        timeout_s = min(params.timeout_ms for params in self._params.values()) / 1000
        frames = []
        for index in range(*counts):
            inputs = {name: np.array(input_data[name][index]) for name in session.inputs}
            with translated():
                frames.append(session.run(inputs, timeout_s))
        return {name: self._gather(host, frames) for name, host in session.outputs.items()}

    def _gather(self, host: HostStream, frames: list[Buffers]) -> Any:
        outputs = [
            Bindings.InferStream(host, frame.outputs).get_buffer(self._tf_nms_format)
            for frame in frames
        ]
        is_list = host.nms is not None and not self._tf_nms_format
        return outputs if is_list else np.stack(outputs)


def _params(
    infos: list[VStreamInfo], format_type: Any, timeout_ms: int | None, queue_size: int | None
) -> dict[str, _VStreamParams]:
    return {
        info.name: _VStreamParams(
            info.format.type if format_type is None else format_type,
            _DEFAULT_TIMEOUT_MS if timeout_ms is None else timeout_ms,
            _DEFAULT_QUEUE_SIZE if queue_size is None else queue_size,
        )
        for info in infos
    }


def _frame_count(host: HostStream, input_data: Mapping[str, NDArray[Any]]) -> int:
    """Count the frames for an input; the fake casts nothing, so all must fit."""
    if host.name not in input_data:
        raise HailoRTException(f'no data for the input {host.name}')
    array = input_data[host.name]
    if array.shape[1:] != host.stream.shape or array.dtype != host.dtype:
        raise HailoRTException(
            f'{host.name}: expected (N, {host.stream.shape}) {host.dtype}, '
            f'got {array.shape} {array.dtype}'
        )
    return len(array)
