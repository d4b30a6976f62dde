# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Every member of the family costs what it says, and computes the same when exported."""

from types import SimpleNamespace

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode
import yaml

from hailo_perception.backends.onnx import OnnxBackend
from hailo_perception.models.binding import bind
from hailo_perception.models.manifest import load_manifest
from training.count import Cost
from training.count import count_parts
from training.count import OPERATIONS_PER_MAC
from training.count import to_text
from training.count import total
from training.description import load_description
from training.description import NETWORKS
from training.export import DeployedNetwork
from training.export import export_onnx
from training.export import ExportError
from training.export import load_average
from training.export import manifest
from training.export import output_names
from training.export import size_of
from training.export import write_manifest
from training.network import count_parameters
from training.network import MultitaskNetwork
from training.operators import objections
from training.variants import at_size

NAMES = sorted(path.stem for path in NETWORKS.glob('*.yaml'))
SAME_LAYERS = {f'lightnetv2_pruned_{percent}' for percent in (37, 63, 77, 86, 91)}
"""Differ from lightnetv2_pruned_95 in widths only."""

WIDTH, HEIGHT = 96, 64
GFLOPS_TOLERANCE = 0.03
PARAMETER_TOLERANCE = 0.03
PRUNED_TOLERANCE = 0.08
MORE_PARAMETERS_THAN_PUBLISHED = {'lightnet_multitask': (11.0, 11.2)}
"""What a plain reading of the published blocks gives, in 10⁶."""


@pytest.mark.parametrize('name', NAMES)
def test_the_counts_come_near_what_was_published(name):
    description = load_description(name)
    published = description.published
    whole = total(count_parts(description))
    assert whole.parameters > 0
    if published is None:
        return
    assert whole.gflops == pytest.approx(published.gflops, rel=GFLOPS_TOLERANCE)
    if name in MORE_PARAMETERS_THAN_PUBLISHED:
        low, high = MORE_PARAMETERS_THAN_PUBLISHED[name]
        assert low <= whole.parameters / 1e6 <= high
    elif published.parameters_m:
        expected = pytest.approx(published.parameters_m, rel=PARAMETER_TOLERANCE)
        assert whole.parameters / 1e6 == expected
    if published.weights_pruned:
        unpruned = total(count_parts(load_description('lightnetv2'))).parameters
        share = 1 - whole.parameters / unpruned
        assert share == pytest.approx(published.weights_pruned, abs=PRUNED_TOLERANCE)


@pytest.mark.parametrize('name', ['lightnet_compact', 'yoloxp'])
def test_another_counter_counts_the_same(name):
    description = at_size(load_description(name), WIDTH, HEIGHT)
    network = MultitaskNetwork(description).eval()
    whole = total(count_parts(description))
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network(torch.zeros(1, 3, HEIGHT, WIDTH))
    assert OPERATIONS_PER_MAC * whole.macs == counter.get_total_flops()
    assert whole.parameters == count_parameters(network)


def test_nothing_costs_nothing():
    assert total({}) == Cost() and Cost().gflops == 0


@pytest.mark.parametrize(
    'name, parts, ending',
    [
        ('lightnet_compact', ['trunk', 'lane decoder'], 'total'),
        ('lightnet_multitask', ['context', 'heads', 'depth decoder'], 'counted against it'),
        ('lightnetv2_pruned_95', ['neck'], 'counted against it'),
    ],
)
def test_the_table_names_the_parts_and_ends_with_the_comparison(name, parts, ending):
    lines = [line.strip() for line in to_text(load_description(name)).splitlines()]
    assert lines[0].startswith(name)
    for part in parts:
        assert any(line.startswith(part) for line in lines)
    assert lines[-1].startswith(ending)


@pytest.fixture(scope='module', params=sorted(set(NAMES) - SAME_LAYERS))
def exported(request, tmp_path_factory):
    """Give a small network of each kind, whose batch norms have seen something, and its file."""
    pytest.importorskip('onnxscript')
    torch.manual_seed(0)
    network = MultitaskNetwork(at_size(load_description(request.param), WIDTH, HEIGHT))
    network.train()(torch.rand(2, 3, HEIGHT, WIDTH))
    path = tmp_path_factory.mktemp(request.param) / 'network.onnx'
    export_onnx(network.eval(), path, network.description.class_maps)
    return network, path


@torch.inference_mode()
def test_every_output_is_what_the_network_computes(exported):
    network, path = exported
    description = network.description
    pixels = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    rgb = torch.from_numpy(pixels).permute(2, 0, 1)[None] / 255
    expected = network.activate(network(rgb))
    is_bgr = description.picture.color_order == 'bgr'
    fed = pixels[..., ::-1] if is_bgr else pixels
    session = onnxruntime.InferenceSession(str(path), providers=['CPUExecutionProvider'])
    image = np.ascontiguousarray(fed.transpose(2, 0, 1)[None], np.float32)
    names = output_names(description, description.class_maps)
    found = dict(zip(names, map(torch.from_numpy, session.run(names, {'image': image}))))
    assert [output.name for output in session.get_outputs()] == names
    for name, value in found.items():
        if name.endswith('/argmax'):
            scores = expected[name.removesuffix('/argmax')]
            assert value.dtype == torch.uint8 and value.shape[1] == 1
            assert len(value.unique()) > 1
            chosen = scores.gather(1, value.long())
            torch.testing.assert_close(chosen, scores.amax(1, keepdim=True), rtol=1e-3, atol=1e-3)
        else:
            torch.testing.assert_close(value, expected[name], rtol=1e-3, atol=1e-3)


def test_the_file_is_one_a_device_can_run(exported):
    network, path = exported
    model = onnx.load(path)
    assert objections(model) == []
    by_name = {node.name: node for node in model.graph.node}
    for name in output_names(network.description, network.description.class_maps):
        assert (by_name[name].op_type == 'ArgMax') == name.endswith('/argmax')


def test_the_package_opens_it_by_its_manifest(exported):
    network, path = exported
    description = network.description
    content = manifest(description, {}, 0.3, class_maps=description.class_maps)
    content['files']['onnx'] = path.name
    write_manifest(content, path.with_suffix('.yaml'))
    read = load_manifest(path.with_suffix('.yaml'))
    backend = OnnxBackend(read, threads=1)
    try:
        bound = bind(read, backend.inputs, backend.outputs)
    finally:
        backend.close()
    assert bound.left_over == ()
    assert [(info.height, info.width) for info in bound.detection] == [(8, 12), (4, 6), (2, 3)]
    tasks = [task for task in ('semantic', 'lane', 'depth') if getattr(description, task)]
    for task in tasks:
        info = getattr(bound, task)
        assert (info.height, info.width) == (HEIGHT // 2, WIDTH // 2)
        is_ids = description.class_maps == 'argmax' and task != 'depth'
        assert info.dtype == (np.uint8 if is_ids else np.float32)
    assert read.input.color_order == description.picture.color_order


@torch.inference_mode()
@pytest.mark.parametrize('name', ['lightnet_compact', 'lightnet_multitask_640x384'])
def test_an_option_decides_how_class_maps_leave_the_network(name):
    network = MultitaskNetwork(at_size(load_description(name), WIDTH, HEIGHT)).eval()
    image = torch.randint(0, 256, (1, 3, HEIGHT, WIDTH)).float()
    scores, ids = (DeployedNetwork(network, form) for form in ('scores', 'argmax'))
    by_scores = dict(zip(scores.names, scores(image)))
    by_ids = dict(zip(ids.names, ids(image)))
    assert set(by_scores) - set(by_ids) == {'semantic', 'lane'}
    for task in ('semantic', 'lane'):
        assert torch.equal(
            by_ids[f'{task}/argmax'], by_scores[task].argmax(1, keepdim=True).byte()
        )
    content = manifest(network.description, {}, 0.3, class_maps='argmax')
    assert content['tasks']['semantic']['output'] == 'semantic/argmax'
    assert content['tasks']['lane']['decoder'] == 'argmax'


def test_the_compact_default_gives_scores():
    description = load_description('lightnet_compact')
    assert description.class_maps == 'scores'
    assert output_names(description)[-3:] == ['semantic', 'lane', 'depth']
    content = manifest(description, {}, 0.3)
    assert content['tasks']['semantic'] | {'classes': []} == {
        'decoder': 'scores',
        'scores': 'logits',
        'output': 'semantic',
        'classes': [],
    }


def test_a_foreign_operator_is_refused_by_its_name_and_leaves_no_file(tmp_path, monkeypatch):
    helper = onnx.helper
    x, y = (
        helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, (1, 3, 8, 8)) for name in 'xy'
    )
    nodes = [
        helper.make_node('Elu', ['x'], ['h'], name='strange'),
        helper.make_node('Relu', ['h'], ['y']),
    ]
    model = helper.make_model(
        helper.make_graph(nodes, 'graph', [x], [y]), opset_imports=[helper.make_opsetid('', 18)]
    )
    monkeypatch.setattr(torch.onnx, 'export', lambda *_, **__: SimpleNamespace(model_proto=model))
    network = MultitaskNetwork(at_size(load_description('lightnet_compact'), 64, 64))
    with pytest.raises(ExportError, match="node 'strange': the operator Elu is not among"):
        export_onnx(network, tmp_path / 'network.onnx')
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    'content', [None, b'', b'no checkpoint', {'average': {}}, {'network': {}}, [1]]
)
def test_weights_of_another_network_are_refused(tmp_path, content):
    path = tmp_path / 'checkpoint.pt'
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        torch.save(content, path)
    network = MultitaskNetwork(load_description('lightnet_compact'))
    with pytest.raises(ExportError, match="checkpoint.pt: expected a checkpoint of 'lightnet_com"):
        load_average(network, path)


def test_the_running_average_is_what_is_exported(tmp_path):
    description = load_description('lightnet_compact')
    trained, other = MultitaskNetwork(description), MultitaskNetwork(description)
    torch.save({'average': trained.state_dict(), 'network': {}}, tmp_path / 'checkpoint.pt')
    load_average(other, tmp_path / 'checkpoint.pt')
    for name, value in trained.state_dict().items():
        torch.testing.assert_close(other.state_dict()[name], value)


def test_a_size_on_the_command_line_is_width_by_height():
    assert size_of('640x384') == (640, 384)
    for text in ('', '640', '640x', '640×384', '-640x384'):
        with pytest.raises(Exception, match='expected WIDTHxHEIGHT'):
            size_of(text)


@pytest.mark.parametrize('name', ['yolox_s_opt', 'lightnet_multitask'])
def test_the_manifest_of_every_form_is_written_as_read(name, tmp_path):
    content = manifest(load_description(name), {}, 0.3, attribution='nobody')
    write_manifest(content, tmp_path / 'network.yaml')
    again = yaml.safe_load((tmp_path / 'network.yaml').read_text(encoding='utf-8'))
    assert again == content and again['attribution'] == 'nobody'
    head = again['tasks']['detection']
    assert ('anchors' in head) == (head['decoder'] == 'yolo_new_coords')
