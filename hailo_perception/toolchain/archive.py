# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a Hailo archive (.har) says of its layers; needs nothing but Python, so it can travel.

An archive is a tar file; its .hn member is JSON with ``layers``, each with type, input, original
names and output shapes. As a program: ``python3 archive.py NAME.har EXPECTED.json`` compares the
numbers of the output layers with what a model script was written for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
import json
from pathlib import Path
import sys
import tarfile
from typing import Any

_SUFFIX = '.hn'
_OUTPUT = 'output_layer'


class ArchiveError(ValueError):
    """The file is no archive, or its outputs are not the expected ones."""


@dataclass(frozen=True)
class ArchivedOutput:
    """An end node in the archive: the layer that gives it, and its output layer.

    ``layer`` (network/conv42) is also the output's name in the executable.
    """

    layer: str
    output_layer: str


def read_outputs(
    archive: Path, shapes: Mapping[str, tuple[int, int, int]]
) -> dict[str, ArchivedOutput]:
    """Find each end node (name to height, width, channels) among the outputs of an archive.

    By the original names of the layers, else by the shape where only one has it. ArchiveError
    when one is missing or when the archive has others.
    """
    layers = _layers(archive)
    outputs = {
        name: layers[layer['input'][0]] | {'name': layer['input'][0]}
        for name, layer in layers.items()
        if layer.get('type') == _OUTPUT
    }
    found: dict[str, ArchivedOutput] = {}
    free = dict(outputs)
    for end, shape in shapes.items():
        named = [name for name, layer in free.items() if end in layer.get('original_names', ())]
        fitting = named or [name for name, layer in free.items() if _shape(layer) == shape]
        if len(fitting) != 1:
            there = ', '.join(f'{layer["name"]} {_shape(layer)}' for layer in outputs.values())
            raise ArchiveError(
                f'{archive}: expected one output that comes from the node {end} '
                f'(height, width, channels {shape}), found {len(fitting)}; its outputs are '
                f'{there or "none"}; did the parser cut the network elsewhere?'
            )
        (chosen,) = fitting
        found[end] = ArchivedOutput(free.pop(chosen)['name'], chosen)
    if len(found) != len(outputs):
        raise ArchiveError(
            f'{archive}: expected the outputs {", ".join(shapes)}, found {len(outputs)}: '
            + ', '.join(layer['name'] for layer in outputs.values())
        )
    return {
        end: ArchivedOutput(output.layer, output.output_layer.rpartition('/')[2])
        for end, output in found.items()
    }


def _layers(archive: Path) -> dict[str, dict[str, Any]]:
    try:
        with tarfile.open(archive) as tar:
            members = sorted((m for m in tar.getnames() if m.endswith(_SUFFIX)), key=len)
            file = tar.extractfile(members[0]) if members else None
            if file is None:
                raise ArchiveError(
                    f'{archive}: expected a Hailo archive, found no {_SUFFIX} in it'
                )
            content = json.load(file)
        layers = content['layers']
        return {str(name): dict(layer) for name, layer in layers.items()}
    except ArchiveError:
        raise
    except (OSError, tarfile.TarError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArchiveError(
            f'{archive}: expected a Hailo archive, found something else ({error!r})'
        ) from error


def _shape(layer: Mapping[str, Any]) -> tuple[int, ...]:
    shapes = layer.get('output_shapes') or [[]]
    return tuple(shapes[0][1:])


def main(arguments: list[str]) -> int:
    """Compare an archive with the expected output layers; 0 when they are the same."""
    archive, expected_file = map(Path, arguments)
    expected = json.loads(expected_file.read_text(encoding='utf-8'))
    try:
        found = read_outputs(archive, {end: tuple(e['shape']) for end, e in expected.items()})
    except ArchiveError as error:
        print(error, file=sys.stderr)
        return 1
    wrong = [
        f'{end}: {found[end].output_layer} instead of {e["output_layer"]}'
        for end, e in expected.items()
        if found[end].output_layer != e['output_layer']
    ]
    if wrong:
        print(
            'The parser numbered the outputs otherwise than the model script has them: '
            f'{"; ".join(wrong)}. Correct these names in the script and start again.',
            file=sys.stderr,
        )
    return bool(wrong)


if __name__ == '__main__':
    raise SystemExit(main(sys.argv[1:]))
