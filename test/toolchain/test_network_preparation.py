# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The network that the compiler gets computes what the manifest's network computes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import helper
from onnx import TensorProto
import onnxruntime
import pytest

from hailo_perception.core.errors import ManifestError
from hailo_perception.models.specification import ModelManifest
from hailo_perception.toolchain.checks import bind_network
from hailo_perception.toolchain.end_nodes import end_nodes
from hailo_perception.toolchain.end_nodes import EndNode
from hailo_perception.toolchain.network import read_network
from hailo_perception.toolchain.opset import lower_opset
from hailo_perception.toolchain.opset import NEWEST_OPSET
from hailo_perception.toolchain.preparation import prepare_network


def outputs_of(model: Any, image: np.ndarray) -> dict[str, np.ndarray]:
    session = onnxruntime.InferenceSession(model.SerializeToString())
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(None, {'image': image}), strict=True))


def test_end_nodes_come_boxes_first(model: ModelManifest) -> None:
    ends = end_nodes(bind_network(model, read_network(model.files['onnx'])))
    assert [(end.name, end.task, end.bits, end.shape) for end in ends] == [
        ('boxes', 'detection', 16, (2, 4, 7)),
        ('depth', 'depth', 16, (8, 16, 1)),
        ('semantic/argmax', 'semantic', 8, (8, 16, 1)),
    ]


def test_prepared_network_gives_the_same(model: ModelManifest) -> None:
    network = read_network(model.files['onnx'])
    ends = end_nodes(bind_network(model, network))
    prepared = prepare_network(network, ends, 'tiny')
    image = np.random.default_rng(0).uniform(0, 255, (1, 3, 16, 32)).astype(np.float32)
    before, after = outputs_of(network.model, image), outputs_of(prepared, image)
    np.testing.assert_array_equal(after['boxes'], before['boxes'])
    np.testing.assert_array_equal(after['depth'], before['depth'])
    ids = before['semantic'].argmax(1, keepdims=True)
    assert len(np.unique(ids)) > 1
    np.testing.assert_array_equal(after['semantic/argmax'], ids)
    kinds = [node.op_type for node in prepared.graph.node]
    assert kinds.count('ArgMax') == 1
    assert 'Softmax' not in kinds, 'argmax of a softmax is that of its input'
    assert [node.name for node in prepared.graph.node if node.name] == [
        'boxes', 'depth', 'semantic/argmax',
    ]  # fmt: skip
    assert prepared.opset_import[0].version == NEWEST_OPSET
    assert network.model.opset_import[0].version == 18, 'the original is left as it was'


def chain(
    *nodes: onnx.NodeProto, shape: list[int], kind: int, output: str = 'map'
) -> onnx.ModelProto:
    graph = helper.make_graph(
        list(nodes),
        'chain',
        [helper.make_tensor_value_info('image', TensorProto.FLOAT, [1, 3, 4, 4])],
        [helper.make_tensor_value_info(output, kind, shape)],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8)


def read(tmp_path: Path, model: onnx.ModelProto) -> Any:
    onnx.save(model, str(tmp_path / 'chain.onnx'))
    return read_network(tmp_path / 'chain.onnx')


CLASSES = EndNode('map/argmax', 'map', 'semantic', 'classes', (4, 4, 1))


@pytest.mark.parametrize('output', ['map', 'map/argmax'])
@pytest.mark.parametrize('keepdims', [0, 1])
def test_an_argmax_that_is_there_stays_and_its_cast_goes(
    tmp_path: Path, keepdims: int, output: str
) -> None:
    shape = [1, 1, 4, 4] if keepdims else [1, 4, 4]
    network = read(
        tmp_path,
        chain(
            helper.make_node('ArgMax', ['image'], ['ids'], axis=1, keepdims=keepdims),
            helper.make_node('Cast', ['ids'], [output], to=TensorProto.UINT8),
            shape=shape,
            kind=TensorProto.UINT8,
            output=output,
        ),
    )
    prepared = prepare_network(network, [replace(CLASSES, output=output)], 'tiny')
    (node,) = prepared.graph.node
    assert (node.op_type, node.name, list(node.output)) == ('ArgMax', 'map/argmax', ['map/argmax'])
    image = np.random.default_rng(0).normal(size=(1, 3, 4, 4)).astype(np.float32)
    (found,) = outputs_of(prepared, image).values()
    np.testing.assert_array_equal(found, image.argmax(1, keepdims=True))


def test_argmax_over_another_axis_is_refused(tmp_path: Path) -> None:
    network = read(
        tmp_path,
        chain(
            helper.make_node('ArgMax', ['image'], ['map'], axis=3, keepdims=1),
            shape=[1, 3, 4, 1],
            kind=TensorProto.INT64,
        ),
    )
    with pytest.raises(ManifestError, match='output map: expected an ArgMax over the channels'):
        prepare_network(network, [CLASSES], 'tiny')


def test_an_output_that_is_the_input_is_refused(tmp_path: Path) -> None:
    network = read(
        tmp_path,
        chain(
            helper.make_node('Identity', ['image'], ['map']),
            shape=[1, 3, 4, 4],
            kind=TensorProto.FLOAT,
        ),
    )
    with pytest.raises(ManifestError, match='found one that is an input or a constant'):
        prepare_network(network, [CLASSES], 'tiny')


def test_a_new_meaning_keeps_its_opset(make_network: Callable[..., Path], model: object) -> None:
    changed = onnx.load(str(make_network()))
    (resize,) = [node for node in changed.graph.node if node.op_type == 'Resize']
    (antialias,) = [a for a in resize.attribute if a.name == 'antialias']
    antialias.i = 1
    assert not lower_opset(onnx, changed)
    assert changed.opset_import[0].version == 18


@pytest.mark.parametrize('content', [b'', b'not a network', b'\x08\x08'])
def test_a_broken_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / 'broken.onnx'
    path.write_bytes(content)
    with pytest.raises(ManifestError, match=r'broken\.onnx: expected a whole ONNX network'):
        read_network(path)


def test_a_newer_file_wants_a_newer_onnx(model: ModelManifest) -> None:
    path = model.files['onnx']
    newer = onnx.load(str(path))
    newer.ir_version = 99
    onnx.save(newer, str(path))
    with pytest.raises(ManifestError, match=r'found a newer one .*; pip install -U onnx$'):
        read_network(path)
