# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A model as a plan sees it: the bytes of its streams, its arithmetic, its contexts."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace
import math
from typing import Any

import numpy as np

from hailo_perception.backends.hailort.errors import RuntimeUnusableError
from hailo_perception.backends.recording import load_recording
from hailo_perception.backends.tensor_layout import is_channels_first
from hailo_perception.backends.tensor_layout import output_layout
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import ManifestError
from hailo_perception.core.errors import MissingDependencyError
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.models.binding import bind
from hailo_perception.models.binding import BoundModel
from hailo_perception.models.binding import claims_of
from hailo_perception.models.files import file_problem
from hailo_perception.models.specification import ModelManifest
from hailo_perception.planning.graph import Graph
from hailo_perception.planning.graph import read_graph
from hailo_perception.planning.hef import HefStream
from hailo_perception.planning.hef import read_hef
from hailo_perception.planning.published import Contexts

OUTPUT_BITS = (8, 16)
_UINT8 = np.dtype(np.uint8)
_UINT16 = np.dtype(np.uint16)


@dataclass(frozen=True, slots=True)
class Stream:
    """One tensor that crosses the link with each frame; ``because`` says how its type is known."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    bytes_per_frame: int
    because: str


@dataclass(frozen=True, slots=True)
class PlannedNetwork:
    """What is known of a model; None where nothing tells.

    ``parameters`` are those of convolutions and matrix products, ``compiler_fps`` what the
    executable's compiler expects, in frames/s. ``origin`` says where all this was read and what
    could not be, ``hints`` what would make it lighter.
    """

    name: str
    input_size: tuple[int, int]
    to_device: tuple[Stream, ...]
    to_host: tuple[Stream, ...]
    gflops: float | None
    parameters: int | None
    contexts: Contexts | None
    compiler_fps: float | None
    origin: tuple[str, ...]
    hints: tuple[str, ...] = ()

    @property
    def bytes_to_device(self) -> int:
        """Bytes of one frame from the host to the device."""
        return sum(stream.bytes_per_frame for stream in self.to_device)

    @property
    def bytes_to_host(self) -> int:
        """Bytes of one frame from the device to the host."""
        return sum(stream.bytes_per_frame for stream in self.to_host)


def describe_network(manifest: ModelManifest, output_bits: int = 16) -> PlannedNetwork:
    """Read what can be read: the executable, else the ONNX file, else a recording.

    ``output_bits``: how boxes and depth will be compiled where no executable tells. ManifestError
    or ConfigurationError when a file contradicts the manifest or none can be used.
    """
    if output_bits not in OUTPUT_BITS:
        raise ConfigurationError(f'expected outputs of 8 or 16 bits, got {output_bits}')
    origin: list[str] = []
    graph = _read_onnx(manifest, origin)
    network = (
        _from_hef(manifest, origin)
        or (_from_graph(manifest, graph, output_bits) if graph else None)
        or _from_recording(manifest, output_bits, origin)
    )
    if network is None:
        raise ConfigurationError(
            f'{manifest.path}: no file tells the streams ({"; ".join(origin)}); '
            'repair one of these'
        )
    if graph is not None:
        network = replace(network, gflops=graph.gflops, parameters=graph.parameters)
    return replace(network, origin=(*origin, *network.origin))


def _usable(manifest: ModelManifest, kind: str, origin: list[str]) -> bool:
    path = manifest.files.get(kind)
    if path is None:
        origin.append(f'the manifest names no {kind} file')
        return False
    problem = file_problem(path)
    if problem:
        origin.append(problem)
    return problem is None


def _read_onnx(manifest: ModelManifest, origin: list[str]) -> Graph | None:
    if not _usable(manifest, 'onnx', origin):
        return None
    path = manifest.files['onnx']
    try:
        graph = read_graph(path)
    except MissingDependencyError as error:
        origin.append(str(error))
        return None
    origin.append(f'arithmetic counted in {path.name}')
    return graph


def _from_hef(manifest: ModelManifest, origin: list[str]) -> PlannedNetwork | None:
    if not _usable(manifest, 'hef', origin):
        return None
    path = manifest.files['hef']
    try:
        hef = read_hef(path)
    except (MissingDependencyError, RuntimeUnusableError) as error:
        origin.append(str(error))
        return None
    because = f'{path.name}, with the padding of the device'
    return _network(
        manifest,
        (_hef_stream(stream, because) for stream in hef.inputs),
        (_hef_stream(stream, because) for stream in hef.outputs),
        contexts='several' if hef.is_multi_context else 'one',
        compiler_fps=hef.compiler_fps,
        origin=(f'streams and contexts read from {path.name}',),
    )


def _hef_stream(stream: HefStream, because: str) -> Stream:
    dtype = str(stream.dtype)
    return Stream(stream.name, stream.shape, dtype, stream.bytes_per_frame, because)


def _from_graph(manifest: ModelManifest, graph: Graph, output_bits: int) -> PlannedNetwork:
    path = manifest.files['onnx']
    try:
        if len(graph.inputs) != 1:
            raise ManifestError(f'expected a network with one input, found {len(graph.inputs)}')
        (image,) = graph.inputs
        axes = slice(2, 4) if is_channels_first(image.name, image.shape) else slice(1, 3)
        height, width = image.shape[axes]
        bare = tuple(
            TensorInfo(
                output.name, (0, 0, 0), output.dtype if output.dtype.kind == 'f' else _UINT8
            )
            for output in graph.outputs
        )
        claim_of = {info.name: c for c in claims_of(manifest) for info in c.matches(bare)}
        outputs = tuple(
            replace(
                output_layout(
                    output.name, output.shape, claim_of.get(output.name), (width, height)
                ).info,
                dtype=info.dtype,
            )
            for output, info in zip(graph.outputs, bare, strict=True)
        )
    except ManifestError as error:
        raise ManifestError(f'{path}: {error}') from error
    model = bind(manifest, (TensorInfo(image.name, (height, width, 3), _UINT8),), outputs)
    return _from_outputs(model, output_bits, f'shapes read from {path.name}')


def _from_recording(
    manifest: ModelManifest, output_bits: int, origin: list[str]
) -> PlannedNetwork | None:
    if not _usable(manifest, 'replay', origin):
        return None
    path = manifest.files['replay']
    image = TensorInfo('image', (manifest.input.height, manifest.input.width, 3), _UINT8)
    model = bind(manifest, (image,), load_recording(path).outputs)
    return _from_outputs(model, output_bits, f'shapes and types read from {path.name}')


def _from_outputs(model: BoundModel, output_bits: int, origin: str) -> PlannedNetwork:
    outputs = (*model.detection, model.semantic, model.lane, model.depth, *model.left_over)
    network = _network(
        model.manifest,
        (_stream(model.input, _UINT8, 'pixels as they are'),),
        (_output_stream(model, info, output_bits) for info in outputs if info is not None),
        origin=(origin,),
    )
    return replace(network, hints=tuple(_score_hints(model)))


def _score_hints(model: BoundModel) -> Iterator[str]:
    for info in (model.semantic, model.lane):
        if info is not None and info.channels > 1:
            ids = info.height * info.width
            yield (
                f"'{info.name}' sends the scores of {info.channels} classes; class ids, by an "
                f'argmax on the device, are {ids:,} bytes in place of {ids * info.channels:,}'
            )


def _output_stream(model: BoundModel, info: TensorInfo, output_bits: int) -> Stream:
    """Say how a chip would send an output that is a float here."""
    if info.dtype.kind == 'u':
        return _stream(info, info.dtype, 'class ids' if info.quantization is None else 'recorded')
    detection = model.manifest.detection
    if detection is not None and info in model.detection and detection.decoder == 'hailo_nms':
        return _stream(info, info.dtype, 'boxes after suppression; the heads before it may cross')
    if info in model.detection or info is model.depth:
        wide = _UINT16 if output_bits == 16 else _UINT8
        return _stream(info, wide, f'assumed: boxes and depth compiled for {output_bits} bits')
    return _stream(info, _UINT8, 'assumed: compiled for 8 bits')


def _stream(info: TensorInfo, dtype: np.dtype[Any], because: str) -> Stream:
    size = math.prod(info.shape) * dtype.itemsize
    return Stream(info.name, info.shape, str(dtype), size, because)


def _network(
    manifest: ModelManifest,
    to_device: Iterable[Stream],
    to_host: Iterable[Stream],
    *,
    origin: tuple[str, ...],
    contexts: Contexts | None = None,
    compiler_fps: float | None = None,
) -> PlannedNetwork:
    return PlannedNetwork(
        name=manifest.name,
        input_size=manifest.input.size,
        to_device=tuple(to_device),
        to_host=tuple(to_host),
        gflops=None,
        parameters=None,
        contexts=contexts,
        compiler_fps=compiler_fps,
        origin=origin,
    )
