# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Outputs found in a Hailo archive, by their original names or their shapes."""

from __future__ import annotations

import ast
from collections.abc import Callable
import io
import json
from pathlib import Path
import sys
import tarfile
from typing import Any

import pytest

from hailo_perception.toolchain import archive
from hailo_perception.toolchain.archive import ArchivedOutput
from hailo_perception.toolchain.archive import ArchiveError
from hailo_perception.toolchain.archive import main
from hailo_perception.toolchain.archive import read_outputs

SHAPES = {'boxes': (2, 4, 7), 'depth': (8, 16, 1)}


def layer(name: str, shape: tuple[int, ...], number: int, originals: list[str]) -> dict[str, Any]:
    return {
        f'net/{name}': {
            'type': 'conv', 'original_names': originals, 'output_shapes': [[-1, *shape]],
        },
        f'net/output_layer{number}': {'type': 'output_layer', 'input': [f'net/{name}']},
    }  # fmt: skip


def write(path: Path, content: object, member: str = 'net.hn') -> Path:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    with tarfile.open(path, 'w') as tar:
        info = tarfile.TarInfo(member)
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
    return path


NAMED = layer('conv9', (8, 16, 1), 1, ['x', 'depth']) | layer('conv4', (2, 4, 7), 2, ['boxes'])
UNNAMED = layer('conv9', (8, 16, 1), 1, []) | layer('conv4', (2, 4, 7), 2, [])


@pytest.mark.parametrize('layers', [NAMED, UNNAMED], ids=['by name', 'by shape'])
def test_outputs_are_found(tmp_path: Path, layers: dict[str, Any]) -> None:
    path = write(tmp_path / 'net.har', {'layers': layers})
    assert read_outputs(path, SHAPES) == {
        'boxes': ArchivedOutput('net/conv4', 'output_layer2'),
        'depth': ArchivedOutput('net/conv9', 'output_layer1'),
    }


@pytest.mark.parametrize(
    ('content', 'expected'),
    [
        ({'layers': {}}, 'expected one output that comes from the node boxes'),
        ({'layers': layer('conv1', (2, 4, 7), 1, [])}, 'comes from the node depth'),
        (
            {'layers': UNNAMED | layer('conv5', (2, 4, 7), 3, [])},
            'node boxes .* found 2; its outputs are .* did the parser cut the network elsewhere',
        ),
        (
            {'layers': NAMED | layer('conv5', (9, 9, 9), 3, [])},
            'expected the outputs boxes, depth, found 3: net/conv9, net/conv4, net/conv5',
        ),
        ({'nothing': 1}, 'found something else'),
        ([1], 'found something else'),
        (b'{', 'found something else'),
    ],
)
def test_unexpected_archives(tmp_path: Path, content: object, expected: str) -> None:
    with pytest.raises(ArchiveError, match=expected):
        read_outputs(write(tmp_path / 'net.har', content), SHAPES)


def test_a_tar_file_of_something_else(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r'found no \.hn in it'):
        read_outputs(write(tmp_path / 'net.har', {}, 'readme.txt'), SHAPES)


@pytest.mark.parametrize('content', [None, b'', b'no tar'])
def test_no_archive_at_all(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / 'net.har'
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ArchiveError, match='found something else'):
        read_outputs(path, SHAPES)


SCRIPT = """# Boxes in 16 bits: {boxes} = boxes.
quantization_param([{boxes}], precision_mode=a16_w16)
allocator_param(width_splitter_defuse=disabled)  # mine

# Not the outputs of another name, {boxes} = boxes.1:
# {depth} = depth.
"""
PREDICTED = SCRIPT.format(boxes='output_layer1', depth='output_layer2')
CORRECT = SCRIPT.format(boxes='output_layer2', depth='output_layer1').replace(
    'output_layer2 = boxes.1', 'output_layer1 = boxes.1'
)


@pytest.fixture
def call(tmp_path: Path) -> Callable[..., int]:
    """The program on an archive that has the depth first; the script is net.alls."""
    path = write(tmp_path / 'net.har', {'layers': NAMED})
    expected = {
        'boxes': {'shape': [2, 4, 7], 'is_wide': True},
        'depth': {'shape': [8, 16, 1], 'is_wide': False},
    }
    (tmp_path / 'outputs.json').write_text(json.dumps(expected))
    (tmp_path / 'net.alls').write_text(PREDICTED)

    def program(*options: str) -> int:
        files = (path, tmp_path / 'outputs.json', tmp_path / 'net.alls')
        return main([*options, *map(str, files)])

    return program


def test_as_a_program_it_corrects_a_script(
    call: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call('--correct') == 0
    assert (tmp_path / 'net.alls').read_text() == CORRECT
    printed = capsys.readouterr()
    assert 'numbers of the parser now: output_layer2 = boxes, output_layer1 = depth' in printed.out
    assert not printed.err
    assert call('--correct') == 0
    assert (tmp_path / 'net.alls').read_text() == CORRECT, 'once and for all'
    assert capsys.readouterr() == ('', '')


def test_numbers_that_were_corrected_by_hand_stay_correct(
    call: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / 'net.alls'
    script.write_text(PREDICTED.replace('[output_layer1]', '[output_layer2]'))
    assert call('--correct') == 0
    assert script.read_text() == CORRECT


@pytest.mark.parametrize(
    ('script', 'printed'),
    [
        (CORRECT, ''),
        ('quantization_param(net/output_layer2, precision_mode=a16_w16)\n', ''),
        (PREDICTED, 'expected 16 bits for output_layer2 = boxes, found output_layer1; correct'),
        ('# quantization_param([output_layer2], precision_mode=a16_w16)\n', 'found none'),
        ('quantization_param([output_layer2], precision_mode=a8_w8)\n', 'found none'),
    ],
)
def test_as_a_program_it_warns_of_a_script_that_it_leaves_alone(
    call: Callable[..., int],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    script: str,
    printed: str,
) -> None:
    (tmp_path / 'net.alls').write_text(script)
    assert call() == 0
    warning = capsys.readouterr().err
    assert printed in warning and bool(printed) == bool(warning)
    assert (tmp_path / 'net.alls').read_text() == script


def test_as_a_program_on_a_broken_archive(
    call: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / 'net.har').write_bytes(b'')
    assert call() == 1
    assert 'expected a Hailo archive' in capsys.readouterr().err


def test_it_travels_without_the_package() -> None:
    tree = ast.parse(Path(archive.__file__).read_text(encoding='utf-8'))
    modules = {
        name.split('.')[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or '']
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert modules <= sys.stdlib_module_names
