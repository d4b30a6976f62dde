# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

from dataclasses import replace
import sys

import numpy as np
import pytest

from hailo_perception.backends.hailort import errors
from hailo_perception.backends.hailort.options import HailortOptions
from hailo_perception.backends.recording import save_recording
from hailo_perception.backends.selection import BackendOptions
from hailo_perception.backends.selection import open_backend
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import ManifestError
from hailo_perception.core.errors import MissingDependencyError
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
        (['onnx', 'replay'], ['onnx', 'replay'], 'onnx', ['hailort: the manifest names']),
        (['hef', 'onnx'], ['onnx'], 'onnx', ['hailort: ', 'net.hef does not exist']),
        (['hef', 'onnx'], ['hef', 'onnx'], 'onnx', ['hailort: hailo_platform is needed']),
    ],
)
def test_auto_takes_the_best_and_says_why(
    make_model, monkeypatch, named, present, expected, reasons
):
    monkeypatch.setitem(sys.modules, 'hailo_platform', None)
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
        ('hailort', "a file for 'hef', found only replay"),
    ],
)
def test_backend_that_there_is_not(make_model, name, message):
    with pytest.raises(ConfigurationError, match=message):
        open_backend(name, make_model(['replay'], ['replay']))


# With a Hailo device.


@pytest.fixture
def both(hailo, make_model):
    """Make a manifest with a whole HEF and a whole ONNX network."""
    onnx = make_model(['onnx'], ['onnx'])
    return replace(onnx, files={**onnx.files, 'hef': hailo.hef})


def test_auto_takes_the_device_that_answers(both):
    options = BackendOptions(queue_size=3, hailort=HailortOptions(group_id='robot'))
    opened = open_backend('auto', both, options)
    opened.backend.close()
    assert (opened.backend.name, opened.backend.queue_size) == ('hailort', 3)
    assert opened.reason == 'backend hailort runs tiny (the best of all); Hailo-8 0000:01:00.0'


@pytest.mark.parametrize(
    ('spoil', 'reason', 'is_warned'),
    [
        (lambda hailo: hailo.card.vanish(), 'no Hailo device', False),
        (lambda hailo: hailo.machine.plant('scan', 36), 'dmesg', False),
        (lambda hailo: hailo.card.occupy(), 'is in use by another process', True),
        (
            lambda hailo: setattr(hailo.machine, 'driver_version', '4.20.0'),
            'the library 4.23.0',
            True,
        ),
        (lambda hailo: hailo.machine.plant('configure', 93), 'HEF for this chip', True),
        (lambda hailo: hailo.hef.write_bytes(b'<html>404</html>' * 9), 'not a HEF', True),
    ],
)
def test_auto_falls_back_to_the_cpu_and_says_why(hailo, both, spoil, reason, is_warned):
    spoil(hailo)
    opened = open_backend('auto', both)
    opened.backend.close()
    assert opened.backend.name == 'onnx'
    assert opened.reason.startswith('backend onnx runs tiny (hailort: ')
    assert reason in opened.reason
    assert bool(opened.warnings) == is_warned


def test_auto_takes_the_cpu_where_the_hef_may_not_be_read(both, closed_folder):
    opened = open_backend(
        'auto', replace(both, files={**both.files, 'hef': closed_folder / 'net.hef'})
    )
    opened.backend.close()
    assert opened.backend.name == 'onnx'
    assert 'net.hef cannot be read (Permission denied)' in opened.reason


def test_recording_never_stands_in_for_a_network_that_may_not_be_read(make_model, closed_folder):
    manifest = make_model(['replay'], ['replay'])
    manifest = replace(manifest, files={**manifest.files, 'onnx': closed_folder / 'net.onnx'})
    with pytest.raises(ConfigurationError, match=r'replay: a network is there \(onnx\)'):
        open_backend('auto', manifest)


def test_auto_without_another_way_says_what_the_device_lacks(hailo):
    hailo.card.occupy()
    with pytest.raises(ConfigurationError, match='hailort: .*is in use by another process'):
        open_backend('auto', hailo.manifest)


@pytest.mark.parametrize(
    ('spoil', 'lacking'),
    [
        (lambda hailo: hailo.card.vanish(), 'hailort: no Hailo device'),
        (lambda hailo: hailo.card.occupy(), 'hailort: .*is in use by another process'),
    ],
)
@pytest.mark.parametrize('is_installed', [False, True])
def test_auto_without_the_cpu_says_what_each_backend_lacks(
    hailo, both, monkeypatch, spoil, lacking, is_installed
):
    """The device's trouble is what a user wants to repair, not that of its stand-in."""
    spoil(hailo)
    if is_installed:
        both.files['onnx'].write_bytes(b'<html>404</html>' * 9)
    else:
        monkeypatch.setitem(sys.modules, 'onnxruntime', None)
    onnx = 'net.onnx' if is_installed else 'onnxruntime is needed'
    with pytest.raises(ConfigurationError, match=f'{lacking}.*onnx: .*{onnx}.*replay: a network'):
        open_backend('auto', both)


def test_device_that_was_asked_for_and_does_not_answer_is_no_cpu(hailo, both):
    hailo.card.vanish()
    with pytest.raises(errors.DeviceError, match='no Hailo device'):
        open_backend('hailort', both)


def test_library_that_was_asked_for_and_is_not_there(both, monkeypatch):
    monkeypatch.setitem(sys.modules, 'hailo_platform', None)
    with pytest.raises(MissingDependencyError, match='hailo_platform is needed'):
        open_backend('hailort', both)
