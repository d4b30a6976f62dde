# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

"""HEF files that run an ONNX network behind quantised outputs."""

from pathlib import Path

from hailo_double import hef_from_manifest
from hailo_double import hef_from_onnx
from hailo_double import Quantization
import hailo_platform
from hailo_platform import FormatType
import numpy as np
import pytest

onnx = pytest.importorskip('onnx')
pytest.importorskip('onnxruntime')

HEIGHT, WIDTH = 4, 8
SCALES = np.float32([0.5, 0.25, 2.0])
PACKAGED = Path(__file__).parents[2] / 'hailo_perception' / 'models' / 'packaged'


@pytest.fixture(params=[True, False], ids=['channels first', 'channels last'])
def network(request, tmp_path):
    """Write y = image · scales per channel, and the class of the largest channel."""
    is_first = request.param
    shape = [1, 3, HEIGHT, WIDTH] if is_first else [1, HEIGHT, WIDTH, 3]
    axis = 1 if is_first else 3
    scales = SCALES.reshape((3, 1, 1) if is_first else 3)
    graph = onnx.helper.make_graph(
        [
            onnx.helper.make_node('Mul', ['image', 'scales'], ['scores']),
            onnx.helper.make_node('ArgMax', ['scores'], ['ids'], axis=axis, keepdims=0),
        ],
        'tiny',
        [onnx.helper.make_tensor_value_info('image', onnx.TensorProto.FLOAT, shape)],
        [
            onnx.helper.make_tensor_value_info('scores', onnx.TensorProto.FLOAT, shape),
            onnx.helper.make_tensor_value_info('ids', onnx.TensorProto.INT64, [1, HEIGHT, WIDTH]),
        ],
        [onnx.numpy_helper.from_array(scales, 'scales')],
    )
    model = onnx.helper.make_model(
        graph, ir_version=8, opset_imports=[onnx.helper.make_opsetid('', 17)]
    )
    path = tmp_path / 'tiny.onnx'
    path.write_bytes(model.SerializeToString())
    return path


@pytest.fixture
def image():
    return np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)


def infer(open_runner, hef, image, *, in_floats=False):
    def prepare(model):
        for stream in model.outputs:
            if in_floats:
                stream.set_format_type(FormatType.FLOAT32)

    runner = open_runner(str(hef), prepare=prepare)
    bindings = runner.bindings()
    bindings.input().get_buffer()[:] = image
    runner.submit(bindings).wait(30_000)
    assert runner.completions == [None]
    return {name: bindings.output(name).get_buffer() for name in runner.model.output_names}


@pytest.mark.parametrize('headroom', [1.0, 2.0])
def test_outputs_are_the_networks_within_half_a_step(
    open_runner, tmp_path, network, image, headroom
):
    white = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    hef = hef_from_onnx(tmp_path / 'net.hef', network, images=[white] if headroom == 1.0 else [])
    infos = {i.name: i for i in hailo_platform.HEF(str(hef)).get_output_vstream_infos()}
    assert infos.keys() == {'tiny/scores', 'tiny/ids'}
    answers = infer(open_runner, hef, image, in_floats=True)
    expected = image * SCALES
    step = infos['tiny/scores'].quant_info.qp_scale
    assert step == pytest.approx(2.0 * headroom, rel=0.05)
    assert np.max(np.abs(answers['tiny/scores'] - expected)) <= step * 0.51
    assert np.array_equal(answers['tiny/ids'], expected.argmax(axis=2))


def test_class_ids_come_as_bytes(open_runner, tmp_path, network, image):
    answers = infer(open_runner, hef_from_onnx(tmp_path / 'net.hef', network), image)
    assert answers['tiny/ids'].dtype == np.uint8
    assert np.array_equal(answers['tiny/ids'], (image * SCALES).argmax(axis=2))


def test_the_chip_can_take_the_argmax(open_runner, tmp_path, network, image):
    hef = hef_from_onnx(tmp_path / 'net.hef', network, argmax=['scores'])
    answers = infer(open_runner, hef, image)
    assert answers['tiny/scores'].shape == (HEIGHT, WIDTH)
    assert np.array_equal(answers['tiny/scores'], answers['tiny/ids'])


def test_sixteen_bits_and_chosen_scales(open_runner, tmp_path, network, image):
    hef = hef_from_onnx(
        tmp_path / 'net.hef',
        network,
        name='renamed',
        uint16=['scores'],
        quantization={'scores': Quantization(100.0, 0.01)},
        names={'scores': 'conv20'},
    )
    parsed = hailo_platform.HEF(str(hef))
    assert parsed.get_vstream_name_from_original_name('scores') == 'renamed/conv20'
    answers = infer(open_runner, hef, image)
    codes = answers['renamed/conv20']
    assert codes.dtype == np.uint16
    assert np.allclose((codes.astype(float) - 100) * 0.01, image * SCALES, atol=0.006)


def test_each_feature_can_have_its_scale(open_runner, tmp_path, network, image):
    white = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    hef = hef_from_onnx(tmp_path / 'net.hef', network, per_feature=['scores'], images=[white])
    answers = infer(open_runner, hef, image, in_floats=True)
    error = np.abs(answers['tiny/scores'] - image * SCALES).max(axis=(0, 1))
    assert np.all(error <= SCALES * 0.51)


def test_normalisation_is_compiled_in(open_runner, tmp_path, network, image):
    mean, scale = (10.0, 20.0, 30.0), (2.0, 2.0, 4.0)
    hef = hef_from_onnx(tmp_path / 'net.hef', network, uint16=['scores'], mean=mean, scale=scale)
    answers = infer(open_runner, hef, image, in_floats=True)
    expected = (image - np.float32(mean)) / np.float32(scale) * SCALES
    assert np.allclose(answers['tiny/scores'], expected, atol=0.01)


def test_the_packaged_network(open_runner, tmp_path):
    from hailo_double.networks import infer_onnx
    from hailo_double.networks import open_onnx

    hef = hef_from_manifest(tmp_path / 'net.hef', PACKAGED / 'lightnet_compact.yaml')
    infos = hailo_platform.HEF(str(hef)).get_all_vstream_infos()
    kinds = {info.name.split('/')[1]: (info.shape, info.format.type) for info in infos}
    assert kinds['input_layer1'] == ((384, 640, 3), FormatType.UINT8)
    assert kinds['depth'] == ((192, 320, 1), FormatType.UINT16)
    assert kinds['detect_32'] == ((12, 20, 42), FormatType.UINT8)
    image = np.random.default_rng(2).integers(0, 256, (384, 640, 3), np.uint8)
    answers = infer(open_runner, hef, image, in_floats=True)
    session = open_onnx((PACKAGED / 'lightnet_compact.onnx').read_bytes())
    names = [node.name for node in session.get_outputs()]
    scales = {info.name: info.quant_info.qp_scale for info in infos}
    for name, expected in zip(names, infer_onnx(session, image.astype(np.float32), names)):
        stream = f'lightnet_compact/{name}'
        error = np.abs(answers[stream] - expected[0].transpose(1, 2, 0))
        assert np.max(error) <= 0.51 * scales[stream], name
