# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Writes HEF files of the double from streams and what computes their values."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hailo_double.hef_file import HefContent
from hailo_double.hef_file import NEWEST_VERSION
from hailo_double.hef_file import REQUIRED_FEATURE
from hailo_double.networks import Mean
from hailo_double.networks import Network
from hailo_double.networks import Recorded
from hailo_double.networks import Tensors
from hailo_double.streams import NetworkGroup
from hailo_double.streams import Stream

GIT_LFS_POINTER = (
    b'version https://git-lfs.github.com/spec/v1\n'
    b'oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\n'
    b'size 4101596\n'
)
"""What a HEF is in a checkout without Git LFS: the library answers 92."""

Computation = Network | Tensors | Sequence[Tensors] | None
"""A network; or one constant answer; or answers played back; or None: the input's mean.

Tensors by stream name: integers are codes of the device, floats real values, (N, 6) rows for
an NMS output (see networks.Session.run).
"""


def write_hef(
    path: Path,
    inputs: Sequence[Stream],
    outputs: Sequence[Stream],
    computation: Computation = None,
    *,
    name: str = 'net',
    architecture: str = 'HAILO8',
    is_multi_context: bool = False,
    bottleneck_fps: float = 0.0,
    is_too_old: bool = False,
    version: int = NEWEST_VERSION,
) -> Path:
    """Write a HEF of one network group.

    Streams and tensors may leave the prefix 'name/' of their names out.
    """
    group = make_group(
        name, inputs, outputs, is_multi_context=is_multi_context, bottleneck_fps=bottleneck_fps
    )
    return write_hef_of_groups(
        path,
        [(group, computation)],
        architecture=architecture,
        is_too_old=is_too_old,
        version=version,
    )


def write_hef_of_groups(
    path: Path,
    groups: Sequence[tuple[NetworkGroup, Computation]],
    *,
    architecture: str = 'HAILO8',
    is_too_old: bool = False,
    version: int = NEWEST_VERSION,
) -> Path:
    """Write a HEF of several network groups; see write_hef."""
    content = HefContent(
        architecture,
        tuple(group for group, _ in groups),
        tuple(_as_network(group, computation) for group, computation in groups),
        () if is_too_old else (REQUIRED_FEATURE,),
    )
    path.write_bytes(content.to_bytes(version=version))
    return path


def make_group(
    name: str,
    inputs: Sequence[Stream],
    outputs: Sequence[Stream],
    *,
    is_multi_context: bool = False,
    bottleneck_fps: float = 0.0,
) -> NetworkGroup:
    """Make a network group whose streams are called 'name/stream'."""
    return NetworkGroup(
        name, _named(name, inputs), _named(name, outputs), is_multi_context, bottleneck_fps
    )


def _named(group: str, streams: Sequence[Stream]) -> tuple[Stream, ...]:
    return tuple(replace(stream, name=_full_name(group, stream.name)) for stream in streams)


def _full_name(group: str, stream: str) -> str:
    return stream if stream.startswith(f'{group}/') else f'{group}/{stream}'


def _as_network(group: NetworkGroup, computation: Computation) -> Network:
    if computation is None:
        return Mean()
    if isinstance(computation, Mapping):
        computation = [computation]
    if not isinstance(computation, Sequence):
        return computation
    return Recorded(tuple(_checked(group, tensors) for tensors in computation))


def _checked(group: NetworkGroup, tensors: Tensors) -> Tensors:
    """Give the tensors their full names; ValueError where an output lacks or does not fit."""
    named = {_full_name(group.name, name): tensor for name, tensor in tensors.items()}
    for stream in group.outputs:
        if stream.name not in named:
            raise ValueError(f'no tensor for {stream.name}, found {list(named)}')
        shape = named[stream.name].shape
        if shape != stream.shape if stream.nms is None else shape[1:] != (6,):
            raise ValueError(f'{stream.name}: expected {stream.shape or "(N, 6)"}, got {shape}')
    return named
