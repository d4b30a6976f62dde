# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""HEF: what a file holds, without any device (section 3)."""

from __future__ import annotations

from dataclasses import dataclass

from hailo_double import machine
from hailo_double.status import failure
from hailo_double.status import Status
from hailo_double.stream_infos import stream_info
from hailo_double.stream_infos import vstream_info
from hailo_double.streams import NetworkGroup
from hailo_double.streams import Stream
from hailo_double.values import StreamInfo
from hailo_double.values import VStreamInfo

from hailo_platform.pyhailort._exceptions import HailoRTException
from hailo_platform.pyhailort._exceptions import translated


@dataclass(frozen=True)
class NetworkGroupInfo:
    """A network group by name, and whether the chip has to switch contexts for it."""

    name: str
    is_multi_context: bool


class HEF:
    """A parsed HEF file; names default to the first network group."""

    __module__ = 'hailo_platform.pyhailort.pyhailort'

    def __init__(self, hef_source: str | bytes) -> None:
        if type(hef_source) not in (str, bytes):
            raise ValueError(f'HEF can be created from a path or bytes, got {type(hef_source)}')
        with translated():
            here = machine.current()
            here.enter('HEF')
            self._content = here.read_hef(hef_source)
        self._source = hef_source
        self._path = hef_source if isinstance(hef_source, str) else None

    @property
    def path(self) -> str | None:
        return self._path

    def get_network_group_names(self) -> list[str]:
        return [group.name for group in self._content.groups]

    def get_network_groups_infos(self) -> list[NetworkGroupInfo]:
        return [NetworkGroupInfo(g.name, g.is_multi_context) for g in self._content.groups]

    def get_networks_names(self, network_group_name: str | None = None) -> list[str]:
        with translated():
            group = self._group(network_group_name)
        return [f'{group.name}/{group.name}']

    def get_input_vstream_infos(self, name: str | None = None) -> list[VStreamInfo]:
        """List the inputs; an unknown name raises the native exception (rule 16)."""
        group = self._group(name)
        return [vstream_info(group, stream) for stream in group.inputs]

    def get_output_vstream_infos(self, name: str | None = None) -> list[VStreamInfo]:
        """List the outputs; an unknown name raises the native exception (rule 16)."""
        group = self._group(name)
        return [vstream_info(group, stream) for stream in group.outputs]

    def get_all_vstream_infos(self, name: str | None = None) -> list[VStreamInfo]:
        return self.get_input_vstream_infos(name) + self.get_output_vstream_infos(name)

    def get_input_stream_infos(self, name: str | None = None) -> list[StreamInfo]:
        group = self._group(name)
        return [stream_info(group, stream) for stream in group.inputs]

    def get_output_stream_infos(self, name: str | None = None) -> list[StreamInfo]:
        group = self._group(name)
        return [stream_info(group, stream) for stream in group.outputs]

    def get_all_stream_infos(self, name: str | None = None) -> list[StreamInfo]:
        return self.get_input_stream_infos(name) + self.get_output_stream_infos(name)

    def get_sorted_output_names(self, network_group_name: str | None = None) -> list[str]:
        with translated():
            return [stream.name for stream in self._group(network_group_name).outputs]

    def bottleneck_fps(self, network_group_name: str | None = None) -> float:
        with translated():
            group = self._group(network_group_name)
        if not group.bottleneck_fps:
            raise HailoRTException('bottleneck_fps is zero')
        return group.bottleneck_fps

    def get_vstream_name_from_original_name(
        self, original_name: str, network_group_name: str | None = None
    ) -> str:
        with translated():
            for stream in self._group(network_group_name).streams:
                if original_name in stream.original_names:
                    return stream.name
            raise failure(Status.NOT_FOUND)

    def get_original_names_from_vstream_name(
        self, vstream_name: str, network_group_name: str | None = None
    ) -> list[str]:
        return list(self._stream(vstream_name, network_group_name).original_names)

    def get_vstream_names_from_stream_name(
        self, stream_name: str, network_group_name: str | None = None
    ) -> list[str]:
        return [self._stream(stream_name, network_group_name).name]

    def get_stream_names_from_vstream_name(
        self, vstream_name: str, network_group_name: str | None = None
    ) -> list[str]:
        return [self._stream(vstream_name, network_group_name).name]

    def _group(self, name: str | None) -> NetworkGroup:
        for group in self._content.groups:
            if name in (None, group.name):
                return group
        raise failure(Status.NOT_FOUND)

    def _stream(self, name: str, group: str | None) -> Stream:
        with translated():
            for stream in self._group(group).streams:
                if stream.name == name:
                    return stream
            raise failure(Status.NOT_FOUND)
