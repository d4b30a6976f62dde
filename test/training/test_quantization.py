# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Quantising: ranges from pictures, an 8-bit network that still serves, points that are kept."""

from __future__ import annotations

from dataclasses import replace
import json
import math
from pathlib import Path

import numpy as np
import onnx
import pytest

from hailo_perception.core.errors import ManifestError
from hailo_perception.models.manifest import load_manifest
from training.dataset import save_shard
from training.judging import judge
from training.judging import open_onnx
from training.quantization import calibrate
from training.quantization import METHODS
from training.quantization import network_inputs
from training.quantization import QuantizationError
from training.quantization import read_pictures
from training.quantization import write_int8
from training.quantize import main
from training.quantize import measure_latencies_ms
from training.simulation import SimulatedBackend

WIDTH, HEIGHT = 64, 32
MANIFEST = """
manifest_version: 1
name: brightness
files: {onnx: brightness.onnx}
input: {width: 64, height: 32}
tasks:
  semantic: {decoder: scores, output: semantic, classes: [dark, bright]}
  depth: {decoder: linear, output: depth, maximum_m: 100}
"""


@pytest.fixture
def network(tmp_path: Path) -> Path:
    """A network whose classes and depth follow the brightness of a pixel."""
    helper, kinds = onnx.helper, onnx.TensorProto
    weights = {
        'mix': np.full((2, 3, 1, 1), 1 / 765, np.float32),
        'bias': np.zeros(2, np.float32),
        'scores': np.array([[-1, 0], [0, 1]], np.float32).reshape(2, 2, 1, 1),
        'shift': np.array([1, 0], np.float32),
        'far': np.array([[0.5, 0.5]], np.float32).reshape(1, 2, 1, 1),
    }
    nodes = [
        helper.make_node('Conv', ['image', 'mix', 'bias'], ['mixed'], name='mix'),
        helper.make_node('Relu', ['mixed'], ['features'], name='relu'),
        helper.make_node('Conv', ['features', 'scores', 'shift'], ['semantic'], name='scores'),
        helper.make_node('Conv', ['features', 'far'], ['raw'], name='far'),
        helper.make_node('Relu', ['raw'], ['depth'], name='positive'),
    ]
    shapes = {'semantic': 2, 'depth': 1}
    graph = helper.make_graph(
        nodes,
        'brightness',
        [helper.make_tensor_value_info('image', kinds.FLOAT, [1, 3, HEIGHT, WIDTH])],
        [
            helper.make_tensor_value_info(name, kinds.FLOAT, [1, channels, HEIGHT, WIDTH])
            for name, channels in shapes.items()
        ],
        [onnx.numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    opset = helper.make_opsetid('', 17)
    path = tmp_path / 'brightness.onnx'
    onnx.save(helper.make_model(graph, ir_version=8, opset_imports=[opset]), str(path))
    path.with_suffix('.yaml').write_text(MANIFEST)
    return path


@pytest.fixture
def manifest(network: Path):
    return load_manifest(network.with_suffix('.yaml'))


@pytest.fixture
def pictures() -> list[np.ndarray]:
    random = np.random.default_rng(0)
    return [random.integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8) for _ in range(4)]


@pytest.fixture
def sample(paint):
    """A street whose truth is what the network says of it: bright or dark, and how bright."""
    street = paint([], size=(WIDTH, HEIGHT))
    brightness = street.image[::2, ::2].astype(np.float32).mean(axis=-1) / 255
    return replace(
        street,
        semantic=(brightness > 0.5).astype(np.uint8),
        depth_m=(100 * brightness).astype(np.float32),
    )


def ranges_of(network, manifest, pictures, method='minmax', counts=(1, 4)):
    return dict(calibrate(network, manifest.input, pictures, method, counts))


@pytest.mark.parametrize('method', METHODS)
@pytest.mark.parametrize('granularity', ['per_tensor', 'per_channel'])
def test_an_8_bit_network_serves_the_same_manifest(
    network: Path, manifest, pictures, sample, method: str, granularity: str
) -> None:
    output = network.with_suffix('.int8.onnx')
    ranges = ranges_of(network, manifest, pictures, method, counts=(4,))[4]
    write_int8(network, ranges, output, granularity)
    kinds = {node.op_type for node in onnx.load(str(output)).graph.node}
    assert {'QuantizeLinear', 'DequantizeLinear', 'Conv'} <= kinds
    figures = judge(manifest, SimulatedBackend(manifest, output), [sample])
    assert figures['iou_bright'] > 0.9 and figures['iou_dark'] > 0.9
    assert figures['depth_absrel'] < 0.1


@pytest.mark.parametrize('backend_of', [SimulatedBackend, lambda m, path: open_onnx(m, path, 1)])
def test_the_float_network_is_judged_perfect(network: Path, manifest, sample, backend_of) -> None:
    figures = judge(manifest, backend_of(manifest, network), [sample])
    assert figures['miou_semantic'] == 1
    assert figures['depth_absrel'] == pytest.approx(0, abs=1e-4)
    assert 'map50' not in figures


def test_ranges_grow_with_the_pictures(network: Path, manifest) -> None:
    dim, glaring = (np.full((HEIGHT, WIDTH, 3), value, np.uint8) for value in (20, 250))
    ranges = ranges_of(network, manifest, [dim, glaring], counts=(1, 2))
    high = {n: float(np.max(ranges[n]['features'].range_value[1])) for n in (1, 2)}
    assert high[1] == pytest.approx(20 / 255, rel=1e-3)
    assert high[2] == pytest.approx(250 / 255, rel=1e-3)


def test_counts_together_are_the_counts_alone(network: Path, manifest, pictures) -> None:
    together = ranges_of(network, manifest, pictures, counts=(1, 2, 4))
    assert list(together) == [1, 2, 4]
    for count, ranges in together.items():
        (alone,) = ranges_of(network, manifest, pictures, counts=(count,)).values()
        assert {n: ranges[n].range_value for n in ranges.keys()} == {
            n: alone[n].range_value for n in alone.keys()
        }


@pytest.mark.parametrize('counts', [(), (0,), (5,)])
def test_counts_that_cannot_be(network: Path, manifest, pictures, counts) -> None:
    with pytest.raises(QuantizationError, match='expected counts within 1…4'):
        ranges_of(network, manifest, pictures, counts=counts)


def test_outputs_may_stay_float(network: Path, manifest, pictures) -> None:
    output = network.with_suffix('.int8.onnx')
    ranges = ranges_of(network, manifest, pictures)[4]
    write_int8(network, ranges, output, float_outputs=['depth'])
    graph = onnx.load(str(output)).graph
    producer = {name: node for node in graph.node for name in node.output}
    assert producer['semantic'].op_type == 'DequantizeLinear'
    assert producer['depth'].op_type == 'Relu'
    weight = producer[producer['depth'].input[0]].input[1]
    assert weight in {initializer.name for initializer in graph.initializer}
    with pytest.raises(QuantizationError, match=r"no output 'lane'; there are: semantic, depth"):
        write_int8(network, ranges, output, float_outputs=['lane'])


def test_reduced_weights_have_seven_bits(network: Path, manifest, pictures) -> None:
    output = network.with_suffix('.int8.onnx')
    write_int8(network, ranges_of(network, manifest, pictures)[4], output, reduce_range=True)
    weights = [
        onnx.numpy_helper.to_array(tensor)
        for tensor in onnx.load(str(output)).graph.initializer
        if tensor.data_type == onnx.TensorProto.INT8 and len(tensor.dims) == 4
    ]
    assert len(weights) == 3
    assert max(int(np.abs(weight).max()) for weight in weights) <= 64


def test_pictures_go_in_as_at_run_time(network: Path, manifest, pictures) -> None:
    normalised = replace(manifest.input, color_order='bgr', mean=(1, 2, 3), scale=(2, 2, 2))
    (feed,) = network_inputs(network, normalised, pictures[:1])
    expected = (pictures[0][..., ::-1].astype(np.float32) - (1, 2, 3)) / 2
    assert np.array_equal(feed['image'][0], expected.transpose(2, 0, 1))


def test_pictures_of_another_size_are_refused(network: Path, manifest) -> None:
    small = np.zeros((8, 8, 3), np.uint8)
    with pytest.raises(QuantizationError, match='expected pictures of 64×32'):
        ranges_of(network, manifest, [small], counts=(1,))


def test_a_manifest_that_does_not_fit_is_told(network: Path, manifest, sample) -> None:
    wrong = replace(manifest, depth=replace(manifest.depth, output='range'))
    with pytest.raises(ManifestError, match="no output is called or fits 'range'"):
        open_onnx(wrong, network, 1)


def test_pictures_are_read_in_order_and_no_more_than_needed(tmp_path: Path, paint) -> None:
    with pytest.raises(QuantizationError, match='found 0'):
        read_pictures(tmp_path, 1)
    for name in ('b', 'a'):
        street = paint([], size=(WIDTH, HEIGHT))
        image = np.full_like(street.image, ord(name))
        save_shard([replace(street, image=image)] * 2, tmp_path / f'{name}.npz')
    (tmp_path / 'c.npz').write_text('not read')
    assert [int(p[0, 0, 0]) for p in read_pictures(tmp_path, 3)] == [97, 97, 98]
    assert read_pictures(tmp_path, 0) == []


def test_networks_are_measured_in_turns(network: Path, manifest) -> None:
    durations = measure_latencies_ms(manifest, {'one': network, 'two': network}, 1, 5)
    assert {name: len(values) for name, values in durations.items()} == {'one': 5, 'two': 5}
    assert all(value > 0 and math.isfinite(value) for v in durations.values() for value in v)


def test_the_command_makes_judges_and_measures(
    network: Path, sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    scenes, report, output = tmp_path / 'scenes', tmp_path / 'report.json', tmp_path / 'int8.onnx'
    scenes.mkdir()
    save_shard([sample] * 2, scenes / '1.npz')
    arguments = [
        'quantize', str(network), '--scenes', str(scenes), '--output', str(output),
        '--pictures', '2', '--validation', str(scenes), '--rounds', '2', '--json', str(report),
    ]  # fmt: skip
    monkeypatch.setattr('sys.argv', arguments)
    main()
    printed = capsys.readouterr().out
    assert f'{output} serves {network.with_suffix(".yaml")}' in printed
    assert 'miou_semantic' in printed and 'int8     on 2 threads: median' in printed
    content = json.loads(report.read_text())
    assert content['figures']['float32']['miou_semantic'] == 1
    assert set(content['latencies_ms']['1']) == {'float32', 'int8'}
