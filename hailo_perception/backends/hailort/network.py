# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A HEF as the package sees it: its streams, and how each is fed or read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hailo_perception.backends.hailort.errors import HefNetworkError
from hailo_perception.backends.hailort.input_plan import InputPlan
from hailo_perception.backends.hailort.input_plan import plan_input
from hailo_perception.backends.hailort.output_plan import OutputPlan
from hailo_perception.backends.hailort.output_plan import plan_output
from hailo_perception.backends.hailort.streams import Stream
from hailo_perception.backends.hailort.streams import stream_of_hef
from hailo_perception.backends.hailort.streams import stream_of_model
from hailo_perception.core.errors import ManifestError
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.models.binding import Claim
from hailo_perception.models.binding import claims_of
from hailo_perception.models.specification import ModelManifest


@dataclass(frozen=True, slots=True)
class Streams:
    """The inputs and outputs of one network."""

    inputs: tuple[Stream, ...]
    outputs: tuple[Stream, ...]


@dataclass(frozen=True, slots=True)
class NetworkPlan:
    """How a network is fed and read for one manifest."""

    input: InputPlan
    outputs: tuple[OutputPlan, ...]

    @property
    def output_infos(self) -> tuple[TensorInfo, ...]:
        """The outputs as tasks see them."""
        return tuple(plan.info for plan in self.outputs)


def network_group(hef: Any, asked_for: str) -> str:
    """Choose the network group of a HEF; HefNetworkError unless that names exactly one."""
    names = list(hef.get_network_group_names())
    if asked_for in names:
        return asked_for
    if not asked_for and len(names) == 1:
        return str(names[0])
    problem = f"there is no '{asked_for}'" if asked_for else 'one must be chosen'
    raise HefNetworkError(
        f'{hef.path}: holds the networks {", ".join(names) or "none"}: {problem}; name one with '
        'network_group'
    )


def streams_of_hef(hef: Any, group: str) -> Streams:
    """Describe a network without a device."""
    return Streams(
        tuple(stream_of_hef(info) for info in hef.get_input_vstream_infos(group)),
        tuple(
            stream_of_hef(info, _original_names(hef, info.name, group))
            for info in hef.get_output_vstream_infos(group)
        ),
    )


def streams_of_model(model: Any, hef: Any, group: str) -> Streams:
    """Describe the network of an opened model; the HEF adds what the model does not tell."""
    infos = {info.name: info for info in hef.get_all_vstream_infos(group)}
    return Streams(
        tuple(stream_of_model(stream, infos[stream.name]) for stream in model.inputs),
        tuple(
            stream_of_model(stream, infos[stream.name], _original_names(hef, stream.name, group))
            for stream in model.outputs
        ),
    )


def _original_names(hef: Any, name: str, group: str) -> tuple[str, ...]:
    try:
        return tuple(hef.get_original_names_from_vstream_name(name, group))
    # Names only help to find an output; a compiler that kept none is no obstacle.
    except Exception:
        return ()


def plan_network(streams: Streams, manifest: ModelManifest) -> NetworkPlan:
    """Decide for every stream how it serves the manifest; ManifestError where one cannot.

    An output is called as the manifest calls it: by its own name, else by its name without the
    network's, else by what the layer was called before it was compiled.
    """
    if len(streams.inputs) != 1:
        raise ManifestError(
            f'expected a network with one input, found {len(streams.inputs)} '
            f'({", ".join(map(str, streams.inputs))}); compile it for one image'
        )
    claims: dict[str, tuple[Claim, str]] = {}
    for claim in claims_of(manifest):
        claims.update(_claimed(claim, streams.outputs))
    return NetworkPlan(
        plan_input(streams.inputs[0], manifest.input),
        tuple(
            plan_output(stream, *claims.get(stream.name, (None, stream.name)))
            for stream in streams.outputs
        ),
    )


def _claimed(claim: Claim, outputs: tuple[Stream, ...]) -> dict[str, tuple[Claim, str]]:
    """Find the outputs that a claim means, and under which name: stream name to both."""
    alias_counts = (1 + len(stream.aliases) for stream in outputs)
    for place in range(max(alias_counts, default=0)):
        names = {
            name: stream.name
            for stream in outputs
            for name in (stream.name, *stream.aliases)[place : place + 1]
        }
        # Names decide which output is meant, so shapes need not be known yet.
        named = tuple(TensorInfo(name, (0, 0, 0), np.dtype(np.uint8)) for name in names)
        if matches := claim.matches(named):
            return {names[info.name]: (claim, info.name) for info in matches}
    return {}
