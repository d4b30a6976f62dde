# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A small multitask network as a manifest and an ONNX file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from hailo_perception.models.manifest import load_manifest
from hailo_perception.models.specification import ModelManifest

MANIFEST = """
manifest_version: 1
name: street
files: {{{files}}}
input: {{width: 64, height: 32}}
tasks:
  detection:
    decoder: yolo_new_coords
    outputs: [boxes]
    anchors: [[[8, 8], [16, 16]]]
    classes: [car, person]
  semantic: {{decoder: scores, output: semantic, classes: [road, sky, car]}}
  lane: {{decoder: argmax, output: lane, classes: [none, line], background: none}}
  depth: {{decoder: linear, output: depth, maximum_m: 80}}
"""

OUTPUTS = {'boxes': (14, 4, 8), 'semantic': (3, 16, 32), 'depth': (1, 16, 32)}
"""Channels, height and width of the outputs that convolutions make."""


@pytest.fixture
def write_network() -> Callable[..., Path]:
    """Give a writer of an ONNX file: one convolution per output, an argmax for the lanes."""
    onnx = pytest.importorskip('onnx')

    def write(path: Path, *, batch: int | str = 1, height: int | str = 32) -> Path:
        helper, kinds = onnx.helper, onnx.TensorProto
        nodes, weights, infos = [], [], []
        for name, (channels, h, w) in OUTPUTS.items():
            stride = 32 // h
            weight = np.zeros((channels, 3, stride, stride), np.float32)
            bias = np.zeros(channels, np.float32)
            weights += [
                onnx.numpy_helper.from_array(weight, f'{name}.weight'),
                onnx.numpy_helper.from_array(bias, f'{name}.bias'),
            ]
            nodes.append(
                helper.make_node(
                    'Conv', ['image', f'{name}.weight', f'{name}.bias'], [name],
                    name=f'{name}.conv', strides=[stride, stride],
                )
            )  # fmt: skip
            shape = [batch, channels, h if height == 32 else 'H', w]
            infos.append(helper.make_tensor_value_info(name, kinds.FLOAT, shape))
        nodes.append(helper.make_node('ArgMax', ['semantic'], ['lane'], axis=1, keepdims=1))
        infos.append(helper.make_tensor_value_info('lane', kinds.INT64, [batch, 1, 'h', 'w']))
        image = helper.make_tensor_value_info('image', kinds.FLOAT, [batch, 3, height, 64])
        graph = helper.make_graph(nodes, 'street', [image], infos, weights)
        opset = helper.make_opsetid('', 17)
        model = helper.make_model(graph, ir_version=8, opset_imports=[opset])
        onnx.save(model, str(path))
        return path

    return write


@pytest.fixture
def make_manifest(tmp_path: Path) -> Callable[..., ModelManifest]:
    """Give a maker of the manifest with the files of these kinds, which must be there."""

    def make(**files: str) -> ModelManifest:
        listed = ', '.join(f'{kind}: {name}' for kind, name in files.items())
        path = tmp_path / 'street.yaml'
        path.write_text(MANIFEST.format(files=listed))
        return load_manifest(path)

    return make


class StreamWithoutShape(SimpleNamespace):
    """What the library has for boxes found on the device."""

    @property
    def shape(self) -> tuple[int, ...]:
        raise RuntimeError('Format order has no shape')


class Hef:
    """The few questions that a plan asks of the vendor's HEF."""

    groups = 1
    is_multi_context = False
    fps: float | None = 120.0
    outputs: tuple[Any, ...] = (
        SimpleNamespace(name='conv1', shape=(4, 8, 16), data_bytes=2),
        SimpleNamespace(name='argmax1', shape=(16, 32, 8), data_bytes=1),
    )

    def get_network_groups_infos(self) -> list[Any]:
        return [SimpleNamespace(is_multi_context=self.is_multi_context)] * self.groups

    def get_input_stream_infos(self) -> list[Any]:
        return [SimpleNamespace(name='input1', shape=(32, 64, 3), data_bytes=1)]

    def get_output_stream_infos(self) -> list[Any]:
        return list(self.outputs)

    def bottleneck_fps(self) -> float:
        if self.fps is None:
            raise RuntimeError('no estimate')
        return self.fps


@pytest.fixture
def install_hef(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Give a way to let the library read a HEF, or raise."""

    def install(hef: Any) -> None:
        def read(path: str) -> Any:
            if isinstance(hef, Exception):
                raise hef
            return hef

        monkeypatch.setattr(
            'hailo_perception.planning.hef.load_runtime', lambda: SimpleNamespace(read_hef=read)
        )

    return install


@pytest.fixture
def hef_class() -> type[Hef]:
    """Give the class of the double, to derive from."""
    return Hef


@pytest.fixture
def stream_without_shape() -> Any:
    """Give a stream of boxes found on the device."""
    return StreamWithoutShape(name='nms1', data_bytes=2)
