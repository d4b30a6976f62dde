# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Arithmetic counted over an ONNX graph."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hailo_perception.core.errors import ManifestError
from hailo_perception.planning.graph import read_graph

onnx = pytest.importorskip('onnx')


def write(path: Path, nodes, inputs, outputs, **weights) -> Path:
    """Write a graph: nodes as (kind, inputs, outputs, attributes), tensors as name → shape.

    A letter in a shape is an axis that the file leaves open.
    """
    helper = onnx.helper

    def infos(shapes):
        return [
            helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, [*s])
            for n, s in shapes.items()
        ]

    graph = helper.make_graph(
        [helper.make_node(kind, i, o, **attributes) for kind, i, o, attributes in nodes],
        'graph',
        infos(inputs),
        infos(outputs),
        [onnx.numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    opset = helper.make_opsetid('', 17)
    onnx.save(helper.make_model(graph, ir_version=8, opset_imports=[opset]), str(path))
    return path


def zeros(*shape: int) -> np.ndarray:
    return np.zeros(shape, np.float32)


CONV = ('Conv', ['x', 'w', 'b'], ['y'])


@pytest.mark.parametrize(
    ('node', 'x', 'weights', 'products', 'parameters'),
    [
        (('Conv', ['x', 'w'], ['y'], {}), (1, 3, 8, 10), {'w': zeros(4, 3, 1, 1)}, 960, 12),
        (
            (*CONV, {'pads': [1, 1, 1, 1], 'strides': [2, 2]}),
            (1, 3, 8, 10),
            {'w': zeros(4, 3, 3, 3), 'b': zeros(4)},
            4 * 4 * 5 * 27,
            112,
        ),
        (
            (*CONV, {'group': 6}),
            (1, 6, 8, 10),
            {'w': zeros(6, 1, 3, 3), 'b': zeros(6)},
            6 * 6 * 8 * 9,
            60,
        ),
        (
            ('ConvTranspose', ['x', 'w'], ['y'], {'strides': [2, 2]}),
            (1, 3, 8, 10),
            {'w': zeros(3, 5, 2, 2)},
            3 * 8 * 10 * 20,
            60,
        ),
        (('MatMul', ['x', 'w'], ['y'], {}), (1, 7, 6), {'w': zeros(6, 5)}, 7 * 6 * 5, 30),
        (
            ('Gemm', ['x', 'w', 'b'], ['y'], {'transA': 1, 'transB': 1}),
            (6, 1),
            {'w': zeros(5, 6), 'b': zeros(5)},
            6 * 5,
            35,
        ),
        (('Relu', ['x'], ['y'], {}), (1, 3, 8, 10), {}, 0, 0),
    ],
)
def test_operators(tmp_path: Path, node, x, weights, products, parameters) -> None:
    path = write(tmp_path / 'net.onnx', [node], {'x': x}, {'y': 'abcd'[: len(x)]}, **weights)
    graph = read_graph(path)
    assert graph.gflops * 1e9 == pytest.approx(2 * products)
    assert graph.parameters == parameters
    assert [tensor.name for tensor in graph.inputs] == ['x']


def test_weights_behind_a_dequantisation_are_still_weights(tmp_path: Path) -> None:
    path = write(
        tmp_path / 'net.onnx',
        [
            ('DequantizeLinear', ['q', 's'], ['w'], {}),
            ('Conv', ['x', 'w'], ['y'], {}),
            ('Conv', ['y', 'w'], ['z'], {}),
        ],
        {'x': (1, 3, 8, 10)},
        {'z': 'abcd'},
        q=np.zeros((3, 3, 1, 1), np.int8),
        s=np.ones((), np.float32),
    )
    graph = read_graph(path)
    assert graph.gflops * 1e9 == pytest.approx(2 * 2 * 3 * 3 * 80)
    assert graph.parameters == 9, 'weights that two layers share are there once'


def test_products_of_two_activations_have_no_weights(tmp_path: Path) -> None:
    shapes = {'x': (1, 7, 6), 'y': (1, 6, 5)}
    path = write(tmp_path / 'n.onnx', [('MatMul', ['x', 'y'], ['z'], {})], shapes, {'z': 'abc'})
    graph = read_graph(path)
    assert graph.gflops * 1e9 == pytest.approx(2 * 7 * 6 * 5)
    assert graph.parameters == 0


def test_an_open_batch_is_one_frame(tmp_path: Path, write_network) -> None:
    closed = read_graph(write_network(tmp_path / 'closed.onnx'))
    opened = read_graph(write_network(tmp_path / 'open.onnx', batch='N'))
    assert opened == closed
    assert opened.inputs[0].shape == (1, 3, 32, 64)
    assert opened.outputs[0].shape == (1, 14, 4, 8)


def test_an_open_height_is_named(tmp_path: Path, write_network) -> None:
    path = write_network(tmp_path / 'open.onnx', height='H')
    with pytest.raises(ManifestError, match=r'open.onnx.*fixed shape.*dynamic axes'):
        read_graph(path)


def test_what_is_not_onnx(tmp_path: Path) -> None:
    path = tmp_path / 'net.onnx'
    path.write_bytes(b'not a network')
    with pytest.raises(ManifestError, match='expected a whole ONNX network'):
        read_graph(path)


def test_the_packaged_network_has_the_figures_of_its_documentation() -> None:
    from hailo_perception.models.catalog import packaged_directory

    path = packaged_directory() / 'lightnet_compact.onnx'
    if not path.is_file():
        pytest.skip('the packaged network is not there')
    graph = read_graph(path)
    assert graph.gflops > 0.5
    assert graph.parameters > 500_000
    assert len(graph.inputs) == 1
