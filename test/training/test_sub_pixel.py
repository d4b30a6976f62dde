# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A network made faster for CPUs computes what it computed."""

import numpy as np
import onnx
from onnx import helper
from onnx import numpy_helper
from onnx import TensorProto
import onnxruntime
import pytest
import torch
from torch.nn import functional

from training.description import load_description
from training.export import export_onnx
from training.network import MultitaskNetwork
from training.sub_pixel import main
from training.sub_pixel import sub_pixel_weights
from training.sub_pixel import to_sub_pixel
from training.variants import at_size

CHANNELS, ROWS, COLUMNS = 3, 4, 6


def small_network(
    *, scales=(1, 1, 2, 2), kernel=3, bias=True, readers=1, resize=None, **convolution
):
    """Make Resize, then one or several Conv of two channels."""
    random = np.random.default_rng(0)
    weights = random.normal(size=(2, CHANNELS, kernel, kernel)).astype(np.float32)
    initializers = [
        numpy_helper.from_array(np.array(scales, np.float32), 'scales'),
        numpy_helper.from_array(weights, 'weights'),
        numpy_helper.from_array(np.array([1, -1], np.float32), 'bias'),
    ]
    form = {
        'mode': 'nearest',
        'nearest_mode': 'floor',
        'coordinate_transformation_mode': 'asymmetric',
    }
    convolution = {'pads': [kernel // 2] * 4, **convolution}
    inputs = ['large', 'weights', 'bias'] if bias else ['large', 'weights']
    nodes = [helper.make_node('Resize', ['x', '', 'scales'], ['large'], **form | (resize or {}))]
    nodes += [
        helper.make_node('Conv', inputs, [f'y{index}'], f'conv{index}', **convolution)
        for index in range(readers)
    ]
    x = helper.make_tensor_value_info('x', TensorProto.FLOAT, (1, CHANNELS, ROWS, COLUMNS))
    results = [
        helper.make_tensor_value_info(f'y{i}', TensorProto.FLOAT, None) for i in range(readers)
    ]
    graph = helper.make_graph(nodes, 'graph', [x], results, initializers)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid('', 18)], ir_version=10)


def run(model, name='x', shape=(1, CHANNELS, ROWS, COLUMNS)):
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=['CPUExecutionProvider']
    )
    image = np.random.default_rng(1).uniform(0, 255, shape).astype(np.float32)
    return session.run(None, {name: image})


@pytest.mark.parametrize('kernel', [1, 3, 5])
@pytest.mark.parametrize('factor', [2, 3, 4])
def test_the_filters_of_all_positions_see_what_one_saw_behind_the_enlargement(kernel, factor):
    random = torch.Generator().manual_seed(0)
    x = torch.rand(1, CHANNELS, ROWS, COLUMNS, generator=random)
    weights = torch.rand(2, CHANNELS, kernel, kernel, generator=random)
    large = functional.interpolate(x, scale_factor=factor, mode='nearest')
    expected = functional.conv2d(large, weights, padding=kernel // 2)
    small = torch.from_numpy(sub_pixel_weights(weights.numpy(), factor))
    found = functional.pixel_shuffle(
        functional.conv2d(x, small, padding=small.shape[-1] // 2), factor
    )
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize('bias', [True, False])
@pytest.mark.parametrize('kernel, factor', [(1, 2), (3, 2), (3, 4), (5, 2)])
def test_the_rewritten_graph_gives_the_same(kernel, factor, bias):
    model = small_network(kernel=kernel, scales=(1, 1, factor, factor), bias=bias)
    expected = run(model)
    assert to_sub_pixel(model) == ['conv0']
    assert [node.op_type for node in model.graph.node] == ['Conv', 'DepthToSpace']
    assert model.graph.node[-1].name == 'conv0'
    np.testing.assert_allclose(run(model), expected, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize(
    'change',
    [
        {'readers': 2},
        {'scales': (1, 1, 2, 3)},
        {'scales': (1, 1, 1.5, 1.5)},
        {'scales': (1, 1, 1, 1)},
        {'resize': {'mode': 'linear'}},
        {'resize': {'coordinate_transformation_mode': 'half_pixel'}},
        {'strides': [2, 2]},
        {'dilations': [2, 2]},
        {'pads': [0, 0, 0, 0]},
        {'kernel': 2, 'pads': [1, 1, 1, 1]},
        {'pads': None, 'auto_pad': 'SAME_UPPER'},
    ],
    ids=str,
)
def test_what_would_not_be_the_same_is_left_alone(change):
    model = small_network(**change)
    before = model.SerializeToString()
    assert to_sub_pixel(model) == []
    assert model.SerializeToString() == before


def test_an_enlarged_map_that_leaves_the_network_stays():
    model = small_network()
    model.graph.output.append(helper.make_tensor_value_info('large', TensorProto.FLOAT, None))
    assert to_sub_pixel(model) == []


@pytest.fixture(scope='module')
def exported(tmp_path_factory):
    """Give the compact network, small and untrained, as a file."""
    pytest.importorskip('onnxscript')
    torch.manual_seed(0)
    network = MultitaskNetwork(at_size(load_description('lightnet_compact'), 96, 64))
    network.train()(torch.rand(2, 3, 64, 96))
    path = tmp_path_factory.mktemp('exported') / 'network.onnx'
    export_onnx(network.eval(), path)
    return path


def test_the_compact_network_keeps_outputs_and_their_values(exported, tmp_path, capsys):
    main([str(exported), str(tmp_path / 'faster.onnx')])
    assert 'semantic' in capsys.readouterr().out
    before, after = onnx.load(exported), onnx.load(tmp_path / 'faster.onnx')
    assert [o.name for o in before.graph.output] == [o.name for o in after.graph.output]
    enlargements = [sum(n.op_type == 'Resize' for n in m.graph.node) for m in (before, after)]
    assert enlargements[1] == enlargements[0] - 2
    expected, found = (run(model, 'image', (1, 3, 64, 96)) for model in (before, after))
    for name, value, other in zip([o.name for o in before.graph.output], expected, found):
        np.testing.assert_allclose(other, value, rtol=1e-3, atol=1e-3, err_msg=name)


def test_a_second_time_there_is_nothing_left_to_do(exported, tmp_path, capsys):
    main([str(exported), str(tmp_path / 'faster.onnx')])
    with pytest.raises(SystemExit):
        main([str(tmp_path / 'faster.onnx'), str(tmp_path / 'again.onnx')])
    assert 'behind a nearest enlargement' in capsys.readouterr().err
    assert not (tmp_path / 'again.onnx').exists()
