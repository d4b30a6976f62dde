# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

import numpy as np
import pytest

from hailo_perception.backends.recording import save_recording
from hailo_perception.backends.selection import BackendOptions
from hailo_perception.backends.selection import open_backend
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import ManifestError
from hailo_perception.core.tensors import TensorInfo

INFO = TensorInfo('depth', (2, 4, 1), np.dtype(np.float32))
LFS_POINTER = b'version https://git-lfs.github.com/spec/v1\n'


@pytest.fixture
def make_model(make_manifest, write_network, tmp_path):
    """Make a manifest that names files, of which only some are there."""

    def make(named, present):
        files = {kind: tmp_path / f'net.{kind}' for kind in named}
        if 'replay' in present:
            save_recording(files['replay'], (INFO,), [{'depth': np.zeros(INFO.shape, 'f4')}])
        if 'onnx' in present:
            pytest.importorskip('onnxruntime')
            write_network(
                files['onnx'],
                [('ReduceMean', ['x'], ['depth'], {'axes': [1]})],
                [('x', 'float', [1, 3, 4, 8])],
                [('depth', 'float', [1, 1, 4, 8])],
            )
        if 'hef' in present:
            files['hef'].write_bytes(b'hef')
        return make_manifest(files=files)

    return make


@pytest.mark.parametrize(
    ('named', 'present', 'expected', 'reasons'),
    [
        (['replay'], ['replay'], 'replay', ['onnx: the manifest names no file']),
        (['onnx', 'replay'], ['replay'], 'replay', ['net.onnx does not exist']),
        (['onnx', 'replay'], ['onnx', 'replay'], 'onnx', ['hailort: backend hailort is not']),
        (['hef', 'onnx'], ['hef', 'onnx'], 'onnx', ['hailort: backend hailort is not part']),
    ],
)
def test_auto_takes_the_best_and_says_why(make_model, named, present, expected, reasons):
    opened = open_backend('auto', make_model(named, present))
    opened.backend.close()
    assert opened.backend.name == expected
    assert opened.reason.startswith(f'backend {expected} runs tiny (')
    for reason in reasons:
        assert reason in opened.reason


@pytest.mark.parametrize(
    ('named', 'present', 'messages'),
    [
        (['onnx'], [], ['no backend can run tiny', 'net.onnx does not exist', 'hailort: ']),
        (['hef', 'replay'], ['hef', 'replay'], ['replay: a network is there (hef)']),
    ],
)
def test_auto_without_a_backend_lists_what_is_in_the_way(make_model, named, present, messages):
    with pytest.raises(ConfigurationError) as caught:
        open_backend('auto', make_model(named, present))
    for message in messages:
        assert message in str(caught.value)


def test_recording_never_stands_in_for_a_broken_network(make_model):
    manifest = make_model(['onnx', 'replay'], ['replay'])
    manifest.files['onnx'].write_bytes(LFS_POINTER)
    with pytest.raises(ConfigurationError, match='git lfs pull'):
        open_backend('auto', manifest)


@pytest.mark.parametrize('name', ['onnx', 'replay'])
def test_backend_by_name_with_options(make_model, name):
    manifest = make_model(['onnx', 'replay'], ['onnx', 'replay'])
    options = BackendOptions(threads=1, latency_s=0.0, queue_size=4)
    opened = open_backend(name, manifest, options)
    opened.backend.close()
    assert opened.backend.name == name
    assert opened.backend.queue_size == 4
    assert opened.reason == f'backend {name}, as asked for'


def test_backend_by_name_that_cannot_run(make_model):
    with pytest.raises(ManifestError, match="a file for 'onnx', found only replay"):
        open_backend('onnx', make_model(['replay'], ['replay']))


@pytest.mark.parametrize(
    ('name', 'message'),
    [
        ('', "no backend ''; expected one of auto, hailort, onnx, replay"),
        ('tensorrt', "no backend 'tensorrt'"),
        ('hailort', 'backend hailort is not part of this version; use onnx, replay or auto'),
    ],
)
def test_backend_that_there_is_not(make_model, name, message):
    with pytest.raises(ConfigurationError, match=message):
        open_backend(name, make_model(['replay'], ['replay']))
