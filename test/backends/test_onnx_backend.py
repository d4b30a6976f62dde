# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

import sys

import numpy as np
import pytest

from hailo_perception.backends.onnx import OnnxBackend
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import ManifestError
from hailo_perception.core.errors import MissingDependencyError
from hailo_perception.models.specification import InputSpecification

pytest.importorskip('onnxruntime')

WIDTH, HEIGHT = 8, 4
FIRST = [1, 3, HEIGHT, WIDTH]
LAST = [1, HEIGHT, WIDTH, 3]
IMAGE = np.random.default_rng(3).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
CAST = [('Cast', ['x'], ['scores'], {'to': 1})]
NORMALISED = {'mean': (10.0, 20.5, 0.0), 'scale': (255.0, 2.0, 1.0)}


def infer(backend, completions, image=IMAGE):
    try:
        backend.submit(image, completions.on_done(0))
        ((_, outcome),) = completions.wait_for(1)
    finally:
        backend.close()
    if isinstance(outcome, Exception):
        raise outcome
    return outcome.tensors


@pytest.fixture
def open_network(make_manifest, write_network):
    def open_nodes(nodes, inputs, outputs, constants=None, **changes):
        manifest = make_manifest(**changes)
        write_network(manifest.files['onnx'], nodes, inputs, outputs, constants)
        return OnnxBackend(manifest, threads=1)

    return open_nodes


@pytest.mark.parametrize('shape', [FIRST, LAST, ['batch', *FIRST[1:]]])
@pytest.mark.parametrize('kind', ['float', 'uint8'])
@pytest.mark.parametrize('normalisation', [{}, NORMALISED])
def test_image_reaches_the_network_in_its_own_layout(
    open_network, semantic, completions, shape, kind, normalisation
):
    backend = open_network(
        CAST,
        [('x', kind, shape)],
        [('scores', 'float', shape)],
        input=InputSpecification(WIDTH, HEIGHT, **normalisation),
        depth=None,
        semantic=semantic('scores', 'a', 'b', 'c'),
    )
    tensors = infer(backend, completions)
    expected = IMAGE.astype(np.float32)
    # A uint8 network normalises by itself.
    if kind == 'float' and normalisation:
        expected = (expected - np.float32(NORMALISED['mean'])) / np.float32(NORMALISED['scale'])
    np.testing.assert_allclose(tensors['scores'], expected, rtol=1e-6)


def test_second_image_replaces_the_first_whole(open_network, semantic, completions):
    backend = open_network(
        CAST,
        [('x', 'float', FIRST)],
        [('scores', 'float', FIRST)],
        input=InputSpecification(WIDTH, HEIGHT, **NORMALISED),
        depth=None,
        semantic=semantic('scores', 'a', 'b', 'c'),
    )
    for i, image in enumerate((IMAGE, 255 - IMAGE, IMAGE)):
        assert backend.wait_ready(30.0)
        backend.submit(image, completions.on_done(i))
    backend.close()
    first, second, third = (outcome.tensors['scores'] for _, outcome in completions.outcomes)
    np.testing.assert_array_equal(first, third)
    assert not np.array_equal(first, second)


@pytest.mark.parametrize('axis', [1, 3])
@pytest.mark.parametrize('keepdims', [0, 1])
def test_class_ids_are_uint8_maps(open_network, semantic, completions, axis, keepdims):
    shape = FIRST if axis == 1 else LAST
    reduced = [n for i, n in enumerate(shape) if keepdims or i != axis]
    reduced = [1 if keepdims and i == axis else n for i, n in enumerate(reduced)]
    backend = open_network(
        [('ArgMax', ['x'], ['semantic'], {'axis': axis, 'keepdims': keepdims})],
        [('x', 'float', shape)],
        [('semantic', 'int64', reduced)],
        depth=None,
        semantic=semantic('argmax', 'a', 'b', 'c'),
    )
    assert str(backend.outputs[0]) == 'semantic[4×8×1 uint8]'
    ids = infer(backend, completions)['semantic']
    assert ids.dtype == np.uint8
    np.testing.assert_array_equal(ids[..., 0], IMAGE.argmax(axis=-1))


def test_true_output_shapes_count_not_the_declared_ones(open_network, completions):
    backend = open_network(
        [('ReduceMean', ['x'], ['depth'], {'axes': [1], 'keepdims': 1})],
        [('x', 'float', FIRST)],
        [('depth', 'float', ['n', 'c', 'h', 'w'])],
    )
    assert backend.outputs[0].shape == (HEIGHT, WIDTH, 1)
    depth = infer(backend, completions)['depth']
    np.testing.assert_allclose(depth[..., 0], IMAGE.mean(axis=-1), rtol=1e-6)


@pytest.mark.parametrize(
    ('inputs', 'message'),
    [
        ([('x', 'float', FIRST), ('y', 'float', FIRST)], r'one input, found 2 \(x, y\)'),
        ([('x', 'float', [1, 3, 'h', 'w'])], r'fixed height and width.*1×3×\?×\?'),
        ([('x', 'float', [2, 3, 4, 8])], 'found 2×3×4×8'),
        ([('x', 'float', [3, 4, 8])], 'expected 1×3×H×W or 1×H×W×3, found 3×4×8'),
        ([('x', 'float', [1, 1, 4, 8])], 'three channels, found 1×1×4×8'),
        ([('x', 'float16', FIRST)], r'tensor\(float\) or tensor\(uint8\), found tensor\(float16'),
    ],
)
def test_input_that_takes_no_colour_image(open_network, inputs, message):
    with pytest.raises(ManifestError, match=message) as caught:
        open_network([('Shape', ['x'], ['n'], {})], inputs, [('n', 'int64', [len(inputs[0][2])])])
    assert 'tiny.onnx' in str(caught.value)


def test_network_that_fails_on_every_image(open_network):
    with pytest.raises(ManifestError, match='runs on a black image'):
        open_network(
            [
                ('Reshape', ['x', 'shape'], ['depth'], {}),
            ],
            [('x', 'float', ['n', 3, HEIGHT, WIDTH])],
            [('depth', 'float', ['a', 'b', 'c', 'd'])],
            {'shape': np.array([1, 1, 5, 5], np.int64)},
        )


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        (None, 'does not exist'),
        (b'', 'is empty'),
        (b'version https://git-lfs.github.com/spec/v1\noid', 'git lfs pull'),
        (b'\x08\x08garbage', 'whole ONNX network'),
    ],
)
def test_file_that_is_no_network(make_manifest, content, message):
    manifest = make_manifest()
    if content is not None:
        manifest.files['onnx'].write_bytes(content)
    with pytest.raises(ManifestError, match=message):
        OnnxBackend(manifest)


def test_truncated_network(make_manifest, write_network):
    manifest = make_manifest()
    path = write_network(
        manifest.files['onnx'], CAST, [('x', 'float', FIRST)], [('scores', 'float', FIRST)]
    )
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ManifestError, match='copy, download or export it again'):
        OnnxBackend(manifest)


def test_network_newer_than_onnx_runtime(make_manifest, write_network):
    manifest = make_manifest()
    path = write_network(
        manifest.files['onnx'], CAST, [('x', 'float', FIRST)], [('scores', 'float', FIRST)]
    )
    # The file begins with the number of the ONNX version, 8.
    assert path.read_bytes()[:2] == b'\x08\x08'
    path.write_bytes(b'\x08\x63' + path.read_bytes()[2:])
    with pytest.raises(ManifestError, match=r'found a newer one .*; pip install -U onnxruntime$'):
        OnnxBackend(manifest)


def test_without_onnx_runtime(make_manifest, monkeypatch):
    manifest = make_manifest()
    manifest.files['onnx'].write_bytes(b'network')
    monkeypatch.setitem(sys.modules, 'onnxruntime', None)
    with pytest.raises(MissingDependencyError, match='pip install onnxruntime$'):
        OnnxBackend(manifest)


def test_manifest_without_onnx_file(make_manifest, tmp_path):
    with pytest.raises(ManifestError, match="a file for 'onnx', found only hef"):
        OnnxBackend(make_manifest(files={'hef': tmp_path / 'net.hef'}))


def test_negative_threads(make_manifest):
    with pytest.raises(ConfigurationError, match='threads must be 0 or more, got -1'):
        OnnxBackend(make_manifest(), threads=-1)


def test_health_names_the_library(open_network):
    import onnxruntime

    backend = open_network(CAST, [('x', 'float', FIRST)], [('scores', 'float', FIRST)])
    backend.close()
    assert backend.health().library_version == onnxruntime.__version__
    assert backend.health().device == 'CPU, 1 thread'


def test_output_that_is_no_tensor(make_manifest):
    onnx = pytest.importorskip('onnx')
    floats = onnx.TensorProto.FLOAT
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node('SplitToSequence', ['x'], ['parts'], axis=1)],
        'tiny',
        [onnx.helper.make_tensor_value_info('x', floats, FIRST)],
        [onnx.helper.make_tensor_sequence_value_info('parts', floats, None)],
    )
    model = onnx.helper.make_model(
        graph, ir_version=8, opset_imports=[onnx.helper.make_opsetid('', 17)]
    )
    manifest = make_manifest()
    manifest.files['onnx'].write_bytes(model.SerializeToString())
    with pytest.raises(
        ManifestError, match=r"tiny.onnx: output 'parts': expected a tensor, found seq\(tensor"
    ):
        OnnxBackend(manifest, threads=1)
