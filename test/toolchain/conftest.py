# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A small network of every kind of output, its manifest and set, and a stand-in for the vendor."""

from __future__ import annotations

from collections.abc import Callable
import io
import json
from pathlib import Path
import shlex
import tarfile
from typing import Any

import numpy as np
import onnx
from onnx import helper
from onnx import TensorProto
import pytest

from hailo_perception.models.manifest import load_manifest
from hailo_perception.models.specification import ModelManifest
from hailo_perception.toolchain.compilation import CompilationTask

HEIGHT, WIDTH = 16, 32

MANIFEST = f"""
manifest_version: 1
name: tiny
files: {{onnx: tiny.onnx}}
input: {{width: {WIDTH}, height: {HEIGHT}, scale: [255, 255, 255]}}
tasks:
  detection:
    decoder: yolo_new_coords
    outputs: [boxes]
    anchors: [[[4, 4]]]
    classes: [car, person]
  semantic:
    {{decoder: scores, scores: probabilities, output: semantic, classes: [road, sky, rest]}}
  depth: {{decoder: linear, output: depth, maximum_m: 100}}
metrics: {{map50: 0.5}}
"""

# What the real program is documented to do, as far as files, arguments and status go. In shell,
# as it is started four times a test. \036 parts the fields of a call, \037 the arguments.
FAKE_HAILO = """#!/bin/sh
. {folder}/settings
if [ "$*" = --version ]; then
    printf '%s\\n' "$VERSION"
    exit "$VERSION_STATUS"
fi
asked=
[ -t 0 ] || asked=$(cat; echo .)
printf '%s\\037' "$@" >> {folder}/calls
printf '\\036%s\\036%s\\035' "$asked" "$PWD" >> {folder}/calls
step=$1
echo "[info] doing $step"
if [ "$FAIL" = "$step" ]; then
    echo '[error] BackendAllocatorException: no valid partition'
    exit "$STATUS"
fi
[ "$OMIT" = "$step" ] && exit 0
input=$2
[ "$step" = parser ] && input=$3
while [ $# -gt 0 ]; do
    case $1 in
        --har-path|--output-har-path|--out-path) made=$2 ;;
        --output-dir) directory=$2 ;;
        --calib-set-path|--model-script) [ -s "$2" ] || exit 8 ;;
    esac
    shift
done
[ -s "$input" ] || exit 9
case $step in
    parser) cp "{folder}/$ARCHIVE" "$made" ;;
    optimize) echo "optimized from $(cksum < "$input")" > "$made" ;;
    compiler)
        echo compiled > "$made"
        echo HEF > "$directory/$(basename "$input" _optimized.har).hef" ;;
    profiler) echo '<html>' > "$made" ;;
esac
"""
ENDS = ('boxes', 'depth', 'semantic/argmax')


class FakeCompiler:
    """The stand-in on PATH: what it was asked, and what it shall do wrong."""

    def __init__(self, folder: Path) -> None:
        self.program = folder / 'hailo'
        self._folder = folder
        self.set()
        for name, ends in (
            ('straight.har', ENDS),
            ('reversed.har', ENDS[::-1]),
            ('other.har', ('elsewhere',)),
        ):
            write_archive(folder / name, ends)
        self.program.write_text(FAKE_HAILO.format(folder=shlex.quote(str(folder))))
        self.program.chmod(0o755)

    def set(self, **settings: Any) -> None:
        """Behave otherwise from now on: version, version_status, fail, omit, status, archive."""
        values = {
            'version': '[info] Hailo DFC Version: 3.33.0',
            'version_status': 0,
            'fail': '',
            'omit': '',
            'status': 1,
            'archive': 'straight.har',
        } | settings
        lines = [f'{name.upper()}={shlex.quote(str(value))}\n' for name, value in values.items()]
        (self._folder / 'settings').write_text(''.join(lines))

    @property
    def calls(self) -> list[dict[str, Any]]:
        path = self._folder / 'calls'
        calls = []
        for call in path.read_text().split('\035')[:-1] if path.exists() else ():
            arguments, asked, cwd = call.split('\036')
            calls.append(
                {
                    'arguments': arguments.split('\037')[:-1],
                    'asked': asked.removesuffix('.'),
                    'cwd': cwd,
                }
            )
        return calls

    @property
    def steps(self) -> list[str]:
        return [call['arguments'][0] for call in self.calls]


def write_archive(path: Path, ends: tuple[str, ...]) -> None:
    """A parsed network: each end node in a layer, whose output layers are numbered in order."""
    layers: dict[str, Any] = {}
    for number, end in enumerate(ends, 1):
        layer = f'tiny/argmax{number}' if 'argmax' in end else f'tiny/conv{10 + number}'
        layers[layer] = {'type': 'conv', 'input': [], 'original_names': ['inner', end]}
        layers[f'tiny/output_layer{number}'] = {'type': 'output_layer', 'input': [layer]}
    data = json.dumps({'name': 'tiny', 'layers': layers}).encode()
    with tarfile.open(path, 'w') as tar:
        info = tarfile.TarInfo('tiny.hn')
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))


@pytest.fixture
def no_vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with the shell's tools and nothing of the vendor; returns a folder on it."""
    folder = tmp_path / 'bin'
    folder.mkdir()
    monkeypatch.setenv('PATH', f'{folder}:/usr/bin:/bin')
    return folder


@pytest.fixture
def fake_compiler(no_vendor: Path) -> FakeCompiler:
    return FakeCompiler(no_vendor)


def convolution(name: str, channels: int, stride: int) -> tuple[onnx.NodeProto, Any]:
    weights = np.random.default_rng(channels).normal(size=(channels, 3, stride, stride))
    node = helper.make_node('Conv', ['image', f'{name}_w'], [f'{name}_raw'], strides=[stride] * 2)
    return node, onnx.numpy_helper.from_array(weights.astype(np.float32), f'{name}_w')


def write_tiny(path: Path, *, batch: int | str = 1, operators: tuple[str, ...] = ()) -> Path:
    """A network with boxes, class scores and depth; ``operators`` are put before the depth."""
    heads = {'boxes': (7, 8), 'semantic': (3, 2), 'depth': (1, 4)}
    made = {name: convolution(name, *sizes) for name, sizes in heads.items()}
    nodes = [node for node, _ in made.values()]
    nodes.append(helper.make_node('Sigmoid', ['boxes_raw'], ['boxes']))
    nodes.append(helper.make_node('Softmax', ['semantic_raw'], ['semantic'], axis=1))
    tensor = 'depth_raw'
    for kind in operators:
        nodes.append(helper.make_node(kind, [tensor], [f'{kind}_out'], name=f'my_{kind}'))
        tensor = f'{kind}_out'
    scales = onnx.numpy_helper.from_array(np.array([1, 1, 2, 2], np.float32), 'scales')
    nodes.append(
        helper.make_node(
            'Resize',
            [tensor, '', 'scales'],
            ['larger'],
            mode='nearest',
            coordinate_transformation_mode='asymmetric',
            nearest_mode='floor',
            antialias=0,
            keep_aspect_ratio_policy='stretch',
        )  # fmt: skip
    )
    nodes.append(helper.make_node('Sigmoid', ['larger'], ['depth']))
    graph = helper.make_graph(
        nodes,
        'tiny',
        [helper.make_tensor_value_info('image', TensorProto.FLOAT, [batch, 3, HEIGHT, WIDTH])],
        [
            helper.make_tensor_value_info('boxes', TensorProto.FLOAT, [batch, 7, 2, 4]),
            helper.make_tensor_value_info('semantic', TensorProto.FLOAT, [batch, 3, 8, 16]),
            helper.make_tensor_value_info('depth', TensorProto.FLOAT, [batch, 1, 8, 16]),
        ],
        [weights for _, weights in made.values()] + [scales],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 18)], ir_version=10)
    onnx.save(model, str(path))
    return path


@pytest.fixture
def make_network(tmp_path: Path) -> Callable[..., Path]:
    """Write a variant of the small network; returns the file."""

    def make(**variant: Any) -> Path:
        return write_tiny(tmp_path / 'model' / 'tiny.onnx', **variant)

    return make


@pytest.fixture
def model(tmp_path: Path) -> ModelManifest:
    folder = tmp_path / 'model'
    folder.mkdir()
    write_tiny(folder / 'tiny.onnx')
    (folder / 'tiny.yaml').write_text(MANIFEST)
    return load_manifest(folder / 'tiny.yaml')


@pytest.fixture
def calibration_set(tmp_path: Path) -> Path:
    path = tmp_path / 'set.npy'
    pixels = np.random.default_rng(1).integers(0, 256, (40, HEIGHT, WIDTH, 3))
    np.save(path, pixels.astype(np.float32))
    return path


@pytest.fixture
def task(model: ModelManifest, calibration_set: Path, tmp_path: Path) -> CompilationTask:
    return CompilationTask(model, calibration_set, 'hailo8l', tmp_path / 'out')
