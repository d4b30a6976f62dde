# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What is read of a model, and from which of its files."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from hailo_perception.backends.hailort.errors import RuntimeMissingError
from hailo_perception.backends.hailort.errors import RuntimeUnusableError
from hailo_perception.backends.recording import save_recording
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import ManifestError
from hailo_perception.core.errors import MissingDependencyError
from hailo_perception.core.quantization import Quantization
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.planning.network import describe_network

BYTES_AT_16_BITS = {'boxes': 4 * 8 * 14 * 2, 'semantic': 16 * 32 * 3, 'lane': 512, 'depth': 1024}
BYTES_AT_8_BITS = BYTES_AT_16_BITS | {'boxes': 4 * 8 * 14, 'depth': 512}


def bytes_of(streams) -> dict[str, int]:
    return {stream.name: stream.bytes_per_frame for stream in streams}


@pytest.fixture
def without_runtime(monkeypatch: pytest.MonkeyPatch):
    def load_runtime():
        raise RuntimeMissingError

    monkeypatch.setattr('hailo_perception.planning.hef.load_runtime', load_runtime)


@pytest.mark.parametrize(('bits', 'expected'), [(16, BYTES_AT_16_BITS), (8, BYTES_AT_8_BITS)])
def test_an_onnx_file_tells_shapes_and_the_tasks_tell_types(
    tmp_path: Path, write_network, make_manifest, bits: int, expected: dict[str, int]
) -> None:
    write_network(tmp_path / 'street.onnx')
    network = describe_network(make_manifest(onnx='street.onnx'), bits)
    assert bytes_of(network.to_device) == {'image': 32 * 64 * 3}
    assert bytes_of(network.to_host) == expected
    assert network.bytes_to_host == sum(expected.values())
    products = 3 * 14 * 64 * 32 + 3 * 3 * 4 * 512 + 3 * 4 * 512
    assert network.gflops == pytest.approx(2e-9 * products)
    assert network.parameters == 3 * 14 * 64 + 14 + 3 * 3 * 4 + 3 + 3 * 4 + 1
    assert network.contexts is None
    (hint,) = network.hints
    assert 'semantic' in hint and '512 bytes in place of 1,536' in hint


def test_an_executable_tells_what_really_crosses(
    tmp_path: Path, make_manifest, install_hef, hef_class
) -> None:
    (tmp_path / 'street.hef').write_bytes(b'\x01HEF')
    install_hef(hef_class())
    network = describe_network(make_manifest(hef='street.hef'))
    assert bytes_of(network.to_device) == {'input1': 32 * 64 * 3}
    assert bytes_of(network.to_host) == {'conv1': 4 * 8 * 16 * 2, 'argmax1': 16 * 32 * 8}
    assert network.contexts == 'one'
    assert network.compiler_fps == 120
    assert network.gflops is None and network.parameters is None


def test_an_executable_with_its_onnx_beside_it(
    tmp_path: Path, write_network, make_manifest, install_hef, hef_class
) -> None:
    (tmp_path / 'street.hef').write_bytes(b'\x01HEF')
    write_network(tmp_path / 'street.onnx')
    hef = hef_class()
    hef.is_multi_context, hef.fps = True, None
    install_hef(hef)
    network = describe_network(make_manifest(hef='street.hef', onnx='street.onnx'))
    assert network.contexts == 'several'
    assert network.compiler_fps is None
    assert network.gflops
    assert set(bytes_of(network.to_host)) == {'conv1', 'argmax1'}


def test_without_the_library_the_onnx_file_serves_and_that_is_said(
    tmp_path: Path, write_network, make_manifest, without_runtime
) -> None:
    (tmp_path / 'street.hef').write_bytes(b'\x01HEF')
    write_network(tmp_path / 'street.onnx')
    network = describe_network(make_manifest(hef='street.hef', onnx='street.onnx'))
    assert bytes_of(network.to_host) == BYTES_AT_16_BITS
    assert any('hailo_platform' in line for line in network.origin)


def test_a_library_that_does_not_work_is_no_obstacle_either(
    tmp_path: Path, write_network, make_manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load_runtime():
        raise RuntimeUnusableError('two versions')

    monkeypatch.setattr('hailo_perception.planning.hef.load_runtime', load_runtime)
    (tmp_path / 'street.hef').write_bytes(b'\x01HEF')
    write_network(tmp_path / 'street.onnx')
    network = describe_network(make_manifest(hef='street.hef', onnx='street.onnx'))
    assert 'two versions' in network.origin


def test_a_recording_tells_types_too(tmp_path: Path, make_manifest) -> None:
    infos = (
        TensorInfo('boxes', (4, 8, 14), np.dtype(np.uint16), Quantization(1 / 65535)),
        TensorInfo('semantic', (16, 32, 3), np.dtype(np.float32)),
        TensorInfo('lane', (16, 32, 1), np.dtype(np.uint8)),
        TensorInfo('depth', (16, 32, 1), np.dtype(np.uint8), Quantization(1 / 255)),
    )
    frame = {info.name: np.zeros(info.shape, info.dtype) for info in infos}
    save_recording(tmp_path / 'street.npz', infos, [frame])
    network = describe_network(make_manifest(replay='street.npz'))
    assert bytes_of(network.to_host) == BYTES_AT_16_BITS | {'depth': 512}
    assert network.gflops is None


def test_nothing_that_tells_streams(tmp_path: Path, make_manifest, without_runtime) -> None:
    (tmp_path / 'street.hef').write_bytes(b'\x01HEF')
    with pytest.raises(ConfigurationError, match=r'hailo_platform.*names no replay file'):
        describe_network(make_manifest(hef='street.hef'))


def test_without_onnx_nothing_is_counted(
    tmp_path: Path, write_network, make_manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_network(tmp_path / 'street.onnx')

    def read(path):
        raise MissingDependencyError('onnx', 'to look into a network', 'install it')

    monkeypatch.setattr('hailo_perception.planning.network.read_graph', read)
    with pytest.raises(ConfigurationError, match='onnx is needed'):
        describe_network(make_manifest(onnx='street.onnx'))


def test_a_manifest_that_disagrees(tmp_path: Path, write_network, make_manifest) -> None:
    write_network(tmp_path / 'street.onnx')
    manifest = make_manifest(onnx='street.onnx')
    wrong = dataclasses.replace(manifest, input=dataclasses.replace(manifest.input, width=128))
    with pytest.raises(ManifestError, match='does not fit'):
        describe_network(wrong)


@pytest.mark.parametrize('bits', [0, 4, 12, 32])
def test_bits_that_no_compiler_makes(
    tmp_path: Path, write_network, make_manifest, bits: int
) -> None:
    write_network(tmp_path / 'street.onnx')
    with pytest.raises(ConfigurationError, match='8 or 16 bits'):
        describe_network(make_manifest(onnx='street.onnx'), bits)


def test_an_executable_that_cannot_be_read(tmp_path: Path, make_manifest, install_hef) -> None:
    (tmp_path / 'street.hef').write_bytes(b'\x01HEF')
    install_hef(RuntimeError('libhailort failed with error: 91'))
    with pytest.raises(ManifestError, match='error: 91'):
        describe_network(make_manifest(hef='street.hef'))


def test_an_executable_of_two_networks(
    tmp_path: Path, make_manifest, install_hef, hef_class
) -> None:
    (tmp_path / 'street.hef').write_bytes(b'\x01HEF')
    hef = hef_class()
    hef.groups = 2
    install_hef(hef)
    with pytest.raises(ManifestError, match='one network group, found 2'):
        describe_network(make_manifest(hef='street.hef'))


def test_boxes_found_on_the_device_have_no_size(
    tmp_path: Path, make_manifest, install_hef, hef_class, stream_without_shape
) -> None:
    (tmp_path / 'street.hef').write_bytes(b'\x01HEF')
    hef = hef_class()
    hef.outputs = (stream_without_shape,)
    install_hef(hef)
    with pytest.raises(ManifestError, match="stream 'nms1': expected a fixed shape"):
        describe_network(make_manifest(hef='street.hef'))
