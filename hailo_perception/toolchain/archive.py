# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a Hailo archive (.har) says of its layers; needs nothing but Python, so it can travel.

An archive is a tar file; its .hn member is JSON with ``layers``, each with type, input, original
names and output shapes. As a program: ``python3 archive.py [--correct] NAME.har OUTPUTS.json
NAME.alls`` gives a model script the numbers of the output layers, or says how it differs.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
import json
from pathlib import Path
import re
import sys
import tarfile
from typing import Any

_SUFFIX = '.hn'
_OUTPUT = 'output_layer'
_WIDE = 'a16_w16'
_WIDE_LIST = re.compile(
    rf'^(quantization_param\(\[)[^]]*(\], *precision_mode={_WIDE}\))', re.MULTILINE
)


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


def corrected_script(
    script: str, outputs: Mapping[str, ArchivedOutput], wide: Iterable[str]
) -> str:
    """Give a script that this package wrote the numbers of the output layers.

    ``wide`` are the end nodes of 16 bits. Whatever else the script says stays as it is.
    """
    listed = ', '.join(outputs[end].output_layer for end in wide)
    script = _WIDE_LIST.sub(rf'\g<1>{listed}\g<2>', script)
    for end, output in outputs.items():
        in_a_comment = rf'\b{_OUTPUT}\d+(?= = {re.escape(end)}[,.]\s)'
        script = re.sub(in_a_comment, output.output_layer, script)
    return script


def wide_difference(
    script: str, outputs: Mapping[str, ArchivedOutput], wide: Iterable[str]
) -> str:
    """Say which output layers a script has in 16 bits instead of those of ``wide``, or ''."""
    commands = [line.partition('#')[0] for line in script.splitlines()]
    named = {
        layer
        for command in commands
        if _WIDE in command
        for layer in re.findall(rf'\b{_OUTPUT}\d+', command)
    }
    expected = {outputs[end].output_layer: end for end in wide}
    if named == expected.keys():
        return ''
    return (
        f'expected 16 bits for {_listed(f"{layer} = {end}" for layer, end in expected.items())}, '
        f'found {_listed(sorted(named))}; correct the script unless you mean it so'
    )


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


def _listed(words: Iterable[str]) -> str:
    return ', '.join(words) or 'none'


def main(arguments: list[str]) -> int:
    """Correct or check a model script; 1 when the archive has other outputs than expected."""
    parser = argparse.ArgumentParser(description='Output layers of an archive, in a model script.')
    parser.add_argument('archive', type=Path)
    parser.add_argument('outputs', type=Path, help='JSON: what each end node is')
    parser.add_argument('script', type=Path)
    parser.add_argument('--correct', action='store_true', help='write the numbers into the script')
    given = parser.parse_args(arguments)
    expected = json.loads(given.outputs.read_text(encoding='utf-8'))
    try:
        outputs = read_outputs(
            given.archive, {end: tuple(entry['shape']) for end, entry in expected.items()}
        )
    except ArchiveError as error:
        print(error, file=sys.stderr)
        return 1
    wide = [end for end, entry in expected.items() if entry['is_wide']]
    script = given.script.read_text(encoding='utf-8')
    if given.correct and (correct := corrected_script(script, outputs, wide)) != script:
        given.script.write_text(correct, encoding='utf-8')
        script = correct
        numbers = ', '.join(f'{output.output_layer} = {end}' for end, output in outputs.items())
        print(f'{given.script}: has the numbers of the parser now: {numbers}')
    if difference := wide_difference(script, outputs, wide):
        print(f'warning: {given.script}: {difference}', file=sys.stderr)
    return 0


if __name__ == '__main__':
    raise SystemExit(main(sys.argv[1:]))
