# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What is found before hours of compiling, all of it at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
import json
from pathlib import Path
import sys

import numpy as np
import onnx
import pytest

from hailo_perception.core.errors import MissingDependencyError
from hailo_perception.models.specification import InputSpecification
from hailo_perception.models.specification import ModelManifest
from hailo_perception.toolchain.calibration_check import check_calibration_set
from hailo_perception.toolchain.checks import check_compilable
from hailo_perception.toolchain.checks import network_name
from hailo_perception.toolchain.checks import UnfitForCompilation
from hailo_perception.toolchain.description import describe_input
from hailo_perception.toolchain.model_input import letterbox_alignment

INPUT = InputSpecification(width=32, height=16)


def complaint(model: ModelManifest, calibration_set: Path, **options: frozenset[str]) -> str:
    with pytest.raises(UnfitForCompilation) as caught:
        check_compilable(model, model.files['onnx'], calibration_set, **options)
    return str(caught.value)


def test_a_fitting_model_passes(model: ModelManifest, calibration_set: Path) -> None:
    checked = check_compilable(model, model.files['onnx'], calibration_set)
    assert checked.input_name == 'image'
    assert checked.calibration_count == 40
    assert checked.warnings == ()


def test_all_is_listed_at_once(
    model: ModelManifest, make_network: Callable[..., Path], tmp_path: Path
) -> None:
    make_network(operators=('Sin', 'Cos'))
    unfit = replace(model, depth=replace(model.depth, output='distance'))
    text = complaint(unfit, tmp_path / 'nothing.npy')
    assert '1. operator Cos (1×: my_Cos) is not known to compile' in text
    assert '2. operator Sin (1×: my_Sin)' in text
    assert "tasks.depth.output: no output is called or fits 'distance'" in text
    assert 'nothing.npy: expected an array file' in text
    assert '  4. ' in text and '  5. ' not in text


def test_an_operator_can_be_allowed(
    model: ModelManifest, make_network: Callable[..., Path], calibration_set: Path
) -> None:
    make_network(operators=('Sin',))
    assert '--allow-operator Sin' in complaint(model, calibration_set)
    checked = check_compilable(model, model.files['onnx'], calibration_set, frozenset({'Sin'}))
    assert checked.ends


@pytest.mark.parametrize('batch', ['N', '?'])
def test_open_shapes_are_refused(
    model: ModelManifest, make_network: Callable[..., Path], calibration_set: Path, batch: str
) -> None:
    make_network(batch=batch)
    text = complaint(model, calibration_set)
    assert 'image[' in text and 'without dynamic axes' in text
    assert 'boxes[' in text and 'depth[' in text


def test_a_missing_network_is_said(model: ModelManifest, calibration_set: Path) -> None:
    with pytest.raises(UnfitForCompilation, match='expected a whole ONNX network'):
        check_compilable(model, Path('nowhere.onnx'), calibration_set)


def test_a_network_quantised_for_the_cpu_is_refused(
    model: ModelManifest, calibration_set: Path
) -> None:
    quantised = onnx.load(str(model.files['onnx']))
    scale = onnx.numpy_helper.from_array(np.array(0.1, np.float32), 'scale')
    zero = onnx.numpy_helper.from_array(np.array(0, np.uint8), 'zero')
    quantised.graph.initializer.extend([scale, zero])
    (last,) = [node for node in quantised.graph.node if node.output[0] == 'depth']
    last.output[0] = 'plain'
    quantised.graph.node.extend(
        [
            onnx.helper.make_node('QuantizeLinear', ['plain', 'scale', 'zero'], ['q']),
            onnx.helper.make_node('DequantizeLinear', ['q', 'scale', 'zero'], ['depth']),
        ]
    )
    onnx.save(quantised, str(model.files['onnx']))
    assert 'name the float export with --onnx' in complaint(model, calibration_set)


def test_an_input_of_bytes_is_refused(
    model: ModelManifest, make_network: Callable[..., Path], calibration_set: Path
) -> None:
    network = onnx.load(str(make_network()))
    network.graph.input[0].type.tensor_type.elem_type = onnx.TensorProto.UINT8
    network.graph.input[0].name = 'bytes'
    cast = onnx.helper.make_node('Cast', ['bytes'], ['image'], to=1, name='to_float')
    network.graph.node.insert(0, cast)
    onnx.save(network, str(model.files['onnx']))
    text = complaint(model, calibration_set)
    assert 'bytes[1×3×16×32 uint8]: expected float32' in text
    assert 'operator Cast (to_float): allowed behind the last layer only' in text


def test_channels_last_are_refused(
    model: ModelManifest, make_network: Callable[..., Path], calibration_set: Path
) -> None:
    network = onnx.load(str(make_network()))
    image = onnx.helper.make_tensor_value_info('nhwc', onnx.TensorProto.FLOAT, [1, 16, 32, 3])
    network.graph.input[0].CopyFrom(image)
    turn = onnx.helper.make_node('Transpose', ['nhwc'], ['image'], perm=[0, 3, 1, 2])
    network.graph.node.insert(0, turn)
    onnx.save(network, str(model.files['onnx']))
    assert 'found the channels last' in complaint(model, calibration_set)


def test_a_resize_that_no_layer_does_is_refused(
    model: ModelManifest, make_network: Callable[..., Path], calibration_set: Path
) -> None:
    network = onnx.load(str(make_network()))
    (resize,) = [node for node in network.graph.node if node.op_type == 'Resize']
    (mode,) = [a for a in resize.attribute if a.name == 'mode']
    mode.s = b'cubic'
    onnx.save(network, str(model.files['onnx']))
    assert 'expected mode nearest or linear, found cubic' in complaint(model, calibration_set)


def test_unused_outputs_are_a_warning(model: ModelManifest, calibration_set: Path) -> None:
    checked = check_compilable(replace(model, semantic=None), model.files['onnx'], calibration_set)
    assert any('no task uses the outputs semantic' in warning for warning in checked.warnings)
    assert [node.op_type for node in checked.prepared.graph.node].count('Conv') == 2


def test_without_onnx_its_package_is_named(
    model: ModelManifest, calibration_set: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, 'onnx', None)
    with pytest.raises(MissingDependencyError, match='pip install onnx$'):
        check_compilable(model, model.files['onnx'], calibration_set)
    assert letterbox_alignment(model) == 1, 'a stretched input needs no look at the network'


def save(path: Path, array: np.ndarray) -> Path:
    np.save(path, array)
    return path


@pytest.mark.parametrize(
    ('array', 'expected'),
    [
        (np.float64(1), 'found  float64'),
        (np.zeros(0), 'found 0 float64'),
        (np.zeros((0, 16, 32, 3), np.float32), 'expected pictures, found none'),
        (np.full((40, 3, 16, 32), 9, np.float32), 'expected N×16×32×3 float32 or uint8, found 40'),
        (np.full((40, 16, 32, 3), 9, np.float64), 'found 40×16×32×3 float64'),
        (np.full((40, 16, 32, 3), 0.5, np.float32), 'normalised values, or black pictures'),
        (np.full((40, 16, 32, 3), -90, np.float32), 'expected pixels within 0…255'),
        (np.full((40, 16, 32, 3), np.nan, np.float32), 'NaN or infinity'),
    ],
)
def test_unfit_sets(tmp_path: Path, array: np.ndarray, expected: str) -> None:
    checked = check_calibration_set(save(tmp_path / 'set.npy', array), INPUT)
    assert len(checked.problems) == 1
    assert expected in checked.problems[0]


@pytest.mark.parametrize('dtype', [np.uint8, np.float32])
def test_fit_sets(tmp_path: Path, dtype: type) -> None:
    path = save(tmp_path / 'set.npy', np.full((32, 16, 32, 3), 200, dtype))
    checked = check_calibration_set(path, INPUT)
    assert (checked.count, checked.problems, checked.warnings) == (32, (), ())


def test_a_small_set_is_a_warning(tmp_path: Path) -> None:
    path = save(tmp_path / 'set.npy', np.full((31, 16, 32, 3), 200, np.uint8))
    checked = check_calibration_set(path, INPUT)
    assert checked.problems == ()
    assert 'a small set (31)' in checked.warnings[0]


def test_a_truncated_set_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / 'set.npy', np.full((40, 16, 32, 3), 200, np.uint8))
    path.write_bytes(path.read_bytes()[:-1000])
    (problem,) = check_calibration_set(path, INPUT).problems
    assert 'found one that cannot be read' in problem


@pytest.mark.parametrize(
    ('note', 'expected'),
    [
        ({'color_order': 'bgr'}, 'color_order bgr instead of rgb'),
        ({'resize': 'letterbox', 'anchor': 'center'}, 'resize letterbox instead of stretch'),
        (None, 'expected the note that "hailo-perception calibrate" writes'),
    ],
)
def test_a_set_for_another_input_is_refused(
    tmp_path: Path, note: dict[str, str] | None, expected: str
) -> None:
    path = save(tmp_path / 'set.npy', np.full((40, 16, 32, 3), 200, np.uint8))
    content = (
        {'description_version': 1, 'input': describe_input(INPUT) | note} if note else {'a': 1}
    )
    path.with_suffix('.json').write_text(json.dumps(content))
    (problem,) = check_calibration_set(path, INPUT).problems
    assert expected in problem


@pytest.mark.parametrize(
    ('name', 'expected'),
    [('lightnet_compact', 'lightnet_compact'), ('3 nets-ä', 'n3_nets__')],
)
def test_network_names_are_plain(model: ModelManifest, name: str, expected: str) -> None:
    assert network_name(replace(model, name=name)) == expected
