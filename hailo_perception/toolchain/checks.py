# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Everything that can be known to go wrong before hours of compiling, found in one pass."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hailo_perception.backends.tensor_layout import is_channels_first
from hailo_perception.backends.tensor_layout import output_layout
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import ManifestError
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.models.binding import bind
from hailo_perception.models.binding import BoundModel
from hailo_perception.models.binding import claims_of
from hailo_perception.models.specification import ModelManifest
from hailo_perception.toolchain.calibration_check import check_calibration_set
from hailo_perception.toolchain.end_nodes import end_nodes
from hailo_perception.toolchain.end_nodes import EndNode
from hailo_perception.toolchain.network import Network
from hailo_perception.toolchain.network import read_network
from hailo_perception.toolchain.operators import DROPPED_OPERATORS
from hailo_perception.toolchain.operators import operator_problems
from hailo_perception.toolchain.opset import NEWEST_OPSET
from hailo_perception.toolchain.preparation import prepare_network


class UnfitForCompilation(ConfigurationError):
    """Network, manifest and calibration set do not fit; the message lists all that is wrong."""


@dataclass(frozen=True, slots=True)
class CompilableModel:
    """What passed: ``prepared`` is the ONNX model for the compiler, with one node for each end."""

    manifest: ModelManifest
    input_name: str
    ends: tuple[EndNode, ...]
    prepared: Any
    calibration_count: int
    warnings: tuple[str, ...]


def bind_network(manifest: ModelManifest, network: Network) -> BoundModel:
    """Bind a network to its manifest from the file alone; ManifestError lists what misfits."""
    if len(network.inputs) != 1:
        names = ', '.join(map(str, network.inputs))
        raise ManifestError(
            f'{network.path}: expected one input, found {len(network.inputs)} ({names}); export '
            'the network for one image'
        )
    (image,) = network.inputs
    is_first = is_channels_first(image.name, image.shape)
    height, width = (int(n) for n in (image.shape[2:] if is_first else image.shape[1:3]))
    named = tuple(TensorInfo(o.name, (0, 0, 0), o.dtype) for o in network.outputs)
    claim_of = {info.name: claim for claim in claims_of(manifest) for info in claim.matches(named)}
    outputs = tuple(
        output_layout(
            output.name,
            tuple(int(length) for length in output.shape),
            claim_of.get(output.name),
            (width, height),
        ).info
        for output in network.outputs
    )
    # As pixels, whatever the network itself reads: they come as uint8 from the host.
    pixels = TensorInfo(image.name, (height, width, 3), np.dtype(np.uint8))
    return bind(manifest, (pixels,), outputs)


def check_compilable(
    manifest: ModelManifest,
    onnx_file: Path,
    calibration_set: Path,
    allowed_operators: frozenset[str] = frozenset(),
) -> CompilableModel:
    """Check that a network will compile; UnfitForCompilation lists every problem at once."""
    network = _check_network(manifest, onnx_file, allowed_operators)
    calibration = check_calibration_set(calibration_set, manifest.input)
    problems = (*network.problems, *calibration.problems)
    if problems:
        listed = '\n'.join(f'  {number}. {text}' for number, text in enumerate(problems, 1))
        raise UnfitForCompilation(f'{manifest.path}: not ready to compile:\n{listed}')
    return CompilableModel(
        manifest=manifest,
        input_name=network.input_name,
        ends=network.ends,
        prepared=network.prepared,
        calibration_count=calibration.count,
        warnings=(*network.warnings, *calibration.warnings),
    )


def network_name(manifest: ModelManifest) -> str:
    """Name the network inside the executable: letters, digits and underscores of the model's."""
    name = ''.join(c if c.isascii() and c.isalnum() else '_' for c in manifest.name)
    return f'n{name}' if name[0].isdigit() else name


@dataclass(frozen=True, slots=True)
class _CheckedNetwork:
    problems: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    input_name: str = ''
    ends: tuple[EndNode, ...] = ()
    prepared: Any = None


def _check_network(
    manifest: ModelManifest, onnx_file: Path, allowed_operators: frozenset[str]
) -> _CheckedNetwork:
    try:
        network = read_network(onnx_file)
    except ManifestError as error:
        return _CheckedNetwork((str(error),))
    open_shapes = _open_shapes(network)
    problems = (*operator_problems(network, allowed_operators), *open_shapes)
    if open_shapes:
        return _CheckedNetwork(problems)
    try:
        bound = bind_network(manifest, network)
        ends = end_nodes(bound)
        prepared = prepare_network(network, ends, network_name(manifest))
    except ManifestError as error:
        return _CheckedNetwork((*problems, str(error)))
    return _CheckedNetwork(
        problems=(
            *problems,
            *_inner_casts(prepared, allowed_operators),
            *_layout_problems(network),
        ),
        warnings=(*bound.warnings, *_opset_warnings(prepared)),
        input_name=network.inputs[0].name,
        ends=ends,
        prepared=prepared,
    )


def _open_shapes(network: Network) -> list[str]:
    return [
        f'{tensor}: expected fixed lengths, found open ones; export the network without '
        'dynamic axes, for one image'
        for tensor in (*network.inputs, *network.outputs)
        if not tensor.is_static
    ]


def _layout_problems(network: Network) -> list[str]:
    (image,) = network.inputs
    problems = []
    if not is_channels_first(image.name, image.shape):
        problems.append(
            f'{image}: expected 1×3×H×W, found the channels last; export the network as '
            'PyTorch does, the compiler turns it around by itself'
        )
    if image.dtype != np.float32:
        problems.append(
            f'{image}: expected float32, found {image.dtype}; export the network with a float '
            'input, the executable takes uint8 pixels all the same'
        )
    return problems


def _opset_warnings(prepared: Any) -> list[str]:
    versions = [o.version for o in prepared.opset_import if o.domain in ('', 'ai.onnx')]
    if max(versions) <= NEWEST_OPSET:
        return []
    return [
        f'the network needs ONNX opset {max(versions)}, the compiler is known to read up to '
        f'{NEWEST_OPSET}; should the parser complain, export it with an older one'
    ]


def _inner_casts(prepared: Any, allowed: frozenset[str]) -> list[str]:
    casts = [
        node.name or node.output[0]
        for node in prepared.graph.node
        if node.op_type in DROPPED_OPERATORS - allowed
    ]
    if not casts:
        return []
    return [
        f'operator Cast ({", ".join(casts)}): allowed behind the last layer only, where it is '
        'taken off; export the network without it'
    ]
