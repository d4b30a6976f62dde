# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The network has the promised size and shapes, in PyTorch and as exported."""

import dataclasses

import numpy as np
import onnx
import pytest
import torch
import yaml

from training.description import load_description
from training.export import export_onnx
from training.export import fold
from training.export import IR_VERSION
from training.export import manifest
from training.export import output_names
from training.export import write_manifest
from training.network import count_parameters
from training.network import MultitaskNetwork
from training.operators import ALLOWED_OPERATORS
from training.validate import predict_with_onnx

SHAPES = {
    'detect_8': (1, 42, 48, 80),
    'detect_16': (1, 42, 24, 40),
    'detect_32': (1, 42, 12, 20),
    'semantic': (1, 8, 192, 320),
    'lane': (1, 4, 192, 320),
    'depth': (1, 1, 192, 320),
}


@pytest.fixture(scope='module')
def network():
    """Give a network whose batch norms have seen something, so that folding shows."""
    torch.manual_seed(0)
    network = MultitaskNetwork(load_description('lightnet_compact'))
    for _ in range(3):
        network.train()(torch.rand(2, 3, 96, 160))
    return network.eval()


@pytest.fixture(scope='module')
def exported(network, tmp_path_factory):
    pytest.importorskip('onnxscript')
    path = tmp_path_factory.mktemp('export') / 'network.onnx'
    export_onnx(network, path)
    return path


@torch.inference_mode()
def test_outputs_have_the_promised_names_and_shapes(network):
    outputs = network(torch.rand(1, 3, 384, 640))
    assert {name: tuple(x.shape) for name, x in outputs.items()} == SHAPES


def test_the_compact_network_is_compact(network):
    assert count_parameters(network) <= 2_000_000


@torch.inference_mode()
def test_a_network_without_a_task_leaves_its_output_out(network):
    description = dataclasses.replace(network.description, lane=None, detection=None)
    outputs = MultitaskNetwork(description).eval()(torch.rand(1, 3, 64, 96))
    assert set(outputs) == {'semantic', 'depth'}
    assert output_names(description) == ['semantic', 'depth']


@torch.inference_mode()
def test_folding_changes_no_value(network):
    image = torch.randint(0, 256, (1, 3, 96, 160)).float()
    expected = network.activate(network(image / 255))
    for name, value in network.activate(fold(network)(image)).items():
        torch.testing.assert_close(value, expected[name], rtol=1e-3, atol=5e-4)


def test_the_export_holds_only_operators_a_device_can_run(exported):
    model = onnx.load(exported)
    assert {node.op_type for node in model.graph.node} <= ALLOWED_OPERATORS
    for value in (*model.graph.input, *model.graph.output):
        assert all(d.dim_value > 0 for d in value.type.tensor_type.shape.dim), value.name
    assert 11 <= model.opset_import[0].version <= 18


def test_the_export_is_a_file_that_older_libraries_read(exported):
    assert onnx.load(exported).ir_version == IR_VERSION


def test_the_export_tells_nothing_about_the_machine(exported):
    assert b'site-packages' not in exported.read_bytes()
    assert b'network.py' not in exported.read_bytes()


@torch.inference_mode()
def test_the_export_computes_what_the_network_computes(network, exported):
    image = np.random.default_rng(0).integers(0, 256, (384, 640, 3), np.uint8)
    names = output_names(network.description)
    found = predict_with_onnx(exported, names)(image)
    x = torch.from_numpy(image).permute(2, 0, 1)[None] / 255
    expected = network.activate(network(x))
    assert {name: tuple(v.shape) for name, v in found.items()} == SHAPES
    for name in names:
        torch.testing.assert_close(found[name], expected[name], rtol=1e-3, atol=1e-3)


def test_the_manifest_is_read_back_as_written(network, tmp_path):
    content = manifest(network.description, {'ap50_car': 0.51234}, 0.3)
    write_manifest(content, tmp_path / 'network.yaml')
    again = yaml.safe_load((tmp_path / 'network.yaml').read_text(encoding='utf-8'))
    assert again == content
    assert again['metrics'] == {'ap50_car': 0.5123}
    assert len(again['tasks']['detection']['anchors']) == 3
