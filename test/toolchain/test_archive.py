# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Outputs found in a Hailo archive, by their original names or their shapes."""

from __future__ import annotations

import ast
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


@pytest.mark.parametrize(
    ('boxes', 'status', 'printed'),
    [
        ('output_layer2', 0, ''),
        ('output_layer1', 1, 'boxes: output_layer2 instead of output_layer1'),
    ],
)
def test_as_a_program(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], boxes: str, status: int, printed: str
) -> None:
    path = write(tmp_path / 'net.har', {'layers': NAMED})
    expected = tmp_path / 'outputs.json'
    expected.write_text(
        json.dumps(
            {
                'boxes': {'output_layer': boxes, 'shape': [2, 4, 7]},
                'depth': {'output_layer': 'output_layer1', 'shape': [8, 16, 1]},
            }
        )
    )
    assert main([str(path), str(expected)]) == status
    assert printed in capsys.readouterr().err


def test_as_a_program_on_a_broken_archive(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / 'outputs.json').write_text('{}')
    assert main([str(tmp_path / 'none.har'), str(tmp_path / 'outputs.json')]) == 1
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
