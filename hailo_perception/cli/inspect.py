# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""hailo-perception inspect: what is in a network file, and a manifest for it."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
import sys
from typing import TYPE_CHECKING

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import ManifestError

if TYPE_CHECKING:
    from hailo_perception.backends.hailort.streams import Stream
    from hailo_perception.core.labels import LabelSet
    from hailo_perception.core.tensors import TensorInfo
    from hailo_perception.models.specification import ModelManifest

_HEF, _ONNX = '.hef', '.onnx'
_MANIFEST_SUFFIX = '.yaml'
_EXIT_NO_MANIFEST = 1


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the options of the inspection."""
    parser = subparsers.add_parser(
        'inspect',
        help='show what is in a .hef or .onnx file and propose a model manifest for it',
        description='Print the inputs and outputs of a network file with their shapes, formats '
        'and quantisation, and propose a model manifest. The tasks of the outputs are told apart '
        "by TIER IV's rule: a name that contains /argmax is a class map, the first one semantic "
        'and the next lanes; of the rest, one channel is depth and more are detection heads. No '
        'Hailo device is needed, for a .hef only HailoRT and its Python binding.',
    )
    parser.add_argument('file', metavar='FILE', type=Path, help='.hef or .onnx')
    parser.add_argument(
        '--write',
        metavar='MANIFEST.yaml',
        type=Path,
        help='write the proposed manifest to this new file; without it, it is printed',
    )
    parser.add_argument(
        '--network-group',
        metavar='NAME',
        default='',
        help='which network of a .hef that holds several',
    )
    for option, what in (
        ('objects', "the detection's"),
        ('semantic', "the semantic map's"),
        ('lanes', "the lane map's"),
    ):
        parser.add_argument(
            f'--{option}',
            metavar='NAME,NAME,…',
            help=f"{what} classes in the network's order (default: TIER IV's)",
        )


def run(arguments: argparse.Namespace) -> int:
    """Print what is in the file and propose a manifest; status 1 where the rule does not fit."""
    _check_target(arguments.write)
    contents = _contents(arguments.file, arguments.network_group)
    print(contents.text)
    target = arguments.write or arguments.file.with_suffix(_MANIFEST_SUFFIX)
    try:
        manifest = _propose(arguments, target, contents)
    except ManifestError as error:
        print(f'no manifest is proposed: {error}', file=sys.stderr)
        return _EXIT_NO_MANIFEST
    _tell(manifest, target, is_written=arguments.write is not None)
    return 0


@dataclass(frozen=True, slots=True)
class _Contents:
    """A file's description for a person, and its tensors."""

    kind: str
    text: str
    inputs: tuple[TensorInfo, ...]
    outputs: tuple[TensorInfo, ...]


def _check_target(target: Path | None) -> None:
    """Check before anything is printed that the manifest can be written."""
    if target is None:
        return
    if target.exists():
        raise ConfigurationError(f'{target} is there already; remove it or name another file')
    if not target.parent.is_dir():
        raise ConfigurationError(f'--write {target}: expected a file in a folder that is there')


def _contents(path: Path, group: str) -> _Contents:
    if not path.exists():
        raise ConfigurationError(f'{path}: there is no such file')
    if path.suffix == _HEF:
        return _hef_contents(path, group)
    if path.suffix == _ONNX:
        return _onnx_contents(path)
    raise ConfigurationError(f'{path}: expected a file that ends in {_HEF} or {_ONNX}')


def _hef_contents(path: Path, group: str) -> _Contents:
    import numpy as np

    from hailo_perception.backends.hailort.input_plan import image_shape
    from hailo_perception.backends.hailort.inspection import inspect_hef
    from hailo_perception.backends.hailort.output_plan import plan_output
    from hailo_perception.core.tensors import TensorInfo

    content = inspect_hef(path, group)
    architecture = content.architecture or 'a chip that only "hailortcli parse-hef" tells'
    lines = [
        f'{path}: network {content.network_group}, compiled for {architecture} '
        f'(read by HailoRT {content.library_version})',
        *(_stream_line('input', stream) for stream in content.streams.inputs),
        *(_stream_line('output', stream) for stream in content.streams.outputs),
    ]
    inputs = tuple(
        TensorInfo(stream.name, image_shape(stream), np.dtype(np.uint8))
        for stream in content.streams.inputs
    )
    outputs = tuple(
        plan_output(stream, None, stream.name).info for stream in content.streams.outputs
    )
    return _Contents('hef', '\n'.join(lines), inputs, outputs)


def _onnx_contents(path: Path) -> _Contents:
    from hailo_perception.backends.onnx import OnnxBackend
    from hailo_perception.models.specification import InputSpecification
    from hailo_perception.models.specification import ModelManifest

    # What the manifest says of the input does not matter for the shapes of a black image.
    unread = ModelManifest(path.stem, path, {'onnx': path}, InputSpecification(1, 1))
    backend = OnnxBackend(unread, threads=1)
    try:
        lines = [
            f'{path}: read by ONNX Runtime {backend.health().library_version}',
            *(f'input   {info}' for info in backend.inputs),
            *(f'output  {info}' for info in backend.outputs),
        ]
        return _Contents('onnx', '\n'.join(lines), backend.inputs, backend.outputs)
    finally:
        backend.close()


def _stream_line(direction: str, stream: Stream) -> str:
    return f'{direction:7} {stream}  {_meaning(stream)}'


def _meaning(stream: Stream) -> str:
    """Say how a stream's numbers are read."""
    from hailo_perception.backends.hailort.streams import CLASS_MAP_ORDER

    if stream.boxes is not None:
        return (
            f'{stream.boxes.classes} classes, up to {stream.boxes.boxes_per_class} boxes of each'
        )
    if stream.order == CLASS_MAP_ORDER:
        return 'class ids'
    if stream.type_name == 'FLOAT32':
        return 'real values'
    quantization = stream.quantization
    if not quantization.is_known:
        return 'a scale for each feature: read as FLOAT32'
    return (
        f'real = (code − {quantization.zero_point:g}) · {quantization.scale:g}, '
        f'{quantization.low:g}…{quantization.high:g}'
    )


def _propose(arguments: argparse.Namespace, target: Path, contents: _Contents) -> ModelManifest:
    from hailo_perception.models import tier4

    return tier4.propose_manifest(
        target,
        {contents.kind: arguments.file.absolute()},
        contents.inputs,
        contents.outputs,
        object_labels=_labels(arguments.objects, tier4.OBJECT_LABELS),
        semantic_labels=_labels(arguments.semantic, tier4.SEMANTIC_LABELS),
        lane_labels=_labels(arguments.lanes, tier4.LANE_LABELS),
    )


def _labels(names: str | None, otherwise: LabelSet) -> LabelSet:
    from hailo_perception.core.labels import LabelSet

    if names is None:
        return otherwise
    return LabelSet.from_names(*(name.strip() for name in names.split(',')))


def _tell(manifest: ModelManifest, target: Path, *, is_written: bool) -> None:
    from hailo_perception.models.manifest import manifest_text

    text = manifest_text(manifest, target)
    if is_written:
        try:
            target.write_text(text, encoding='utf-8')
        except OSError as error:
            raise ConfigurationError(f'the manifest cannot be written: {error}') from error
        print(f'wrote {target}: {manifest.description}')
    else:
        print(f'\n# proposed manifest, for --write\n{text}', end='')
