# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a device could not run is refused, and the node is named."""

import pytest

pytest.importorskip('onnx')

from onnx import helper
from onnx import TensorProto

from hailo_perception.toolchain.operators import DROPPED_OPERATORS
from hailo_perception.toolchain.operators import SUPPORTED_OPERATORS
from training.operators import ALLOWED_OPERATORS
from training.operators import objections

SHAPE = (1, 4, 6, 8)


def graph(*nodes, output='y', shape=SHAPE):
    """Make a model of nodes from the input x to one output."""
    x = helper.make_tensor_value_info('x', TensorProto.FLOAT, SHAPE)
    y = helper.make_tensor_value_info(output, TensorProto.FLOAT, shape)
    return helper.make_model(helper.make_graph(nodes, 'graph', [x], [y]))


def node(kind, inputs='x', outputs='y', **attributes):
    return helper.make_node(kind, [inputs], [outputs], name=f'the_{kind.lower()}', **attributes)


def test_a_network_of_nothing_has_nothing_to_object_to():
    assert objections(graph(output='x')) == []


@pytest.mark.parametrize(
    'nodes',
    [
        [node('Relu')],
        [node('Resize', mode='nearest')],
        [node('Resize', mode='linear')],
        [node('Resize')],
        [node('ArgMax', axis=1)],
        [node('ArgMax', outputs='ids', axis=1), node('Cast', 'ids', to=TensorProto.UINT8)],
    ],
    ids=lambda nodes: '+'.join(n.op_type for n in nodes),
)
def test_what_the_family_consists_of_is_allowed(nodes):
    assert objections(graph(*nodes)) == []


@pytest.mark.parametrize(
    'nodes, message',
    [
        ([node('Einsum')], "node 'the_einsum': the operator Einsum is not among ArgMax, Cast"),
        ([node('Transpose')], "node 'the_transpose': the operator Transpose is not among"),
        ([node('Resize', mode='cubic')], "node 'the_resize': .*nearest or linear, found b'cubic'"),
        ([node('ArgMax', axis=3)], "node 'the_argmax': expected ArgMax over the channels, axis 1"),
        ([node('ArgMax')], 'over the channels'),
        (
            [node('ArgMax', outputs='ids', axis=1), node('Relu', 'ids')],
            "node 'the_argmax': expected ArgMax at the end",
        ),
        ([node('Cast', to=TensorProto.UINT8)], "node 'the_cast': expected Cast at the end only"),
        (
            [node('Relu', outputs='r'), node('Cast', 'r', to=TensorProto.UINT8)],
            'after an ArgMax',
        ),
    ],
)
def test_a_foreign_node_is_named(nodes, message):
    (objection,) = objections(graph(*nodes))
    with pytest.raises(ValueError, match=message):
        raise ValueError(objection)


@pytest.mark.parametrize('shape', [('N', 4, 6, 8), (1, 4, None, 8), ()])
def test_an_open_shape_is_refused(shape):
    (objection,) = objections(graph(node('Relu'), shape=shape))
    assert objection.startswith("'y': expected a static shape")


def test_the_compile_command_takes_all_that_the_family_consists_of():
    assert ALLOWED_OPERATORS <= SUPPORTED_OPERATORS | DROPPED_OPERATORS
