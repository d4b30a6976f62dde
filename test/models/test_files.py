# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

import pytest

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import ManifestError
from hailo_perception.models.catalog import find_model
from hailo_perception.models.files import file_problem
from hailo_perception.models.files import is_absent
from hailo_perception.models.files import is_lfs_pointer
from hailo_perception.models.manifest import load_manifest

MANIFEST = """manifest_version: 1
name: net
files: {{onnx: "{onnx}", hef: "{hef}"}}
input: {{width: 8, height: 4}}
tasks: {{depth: {{decoder: linear, output: depth, maximum_m: 100}}}}
"""
TOO_LONG = 'x' * 300


@pytest.fixture
def load(tmp_path):
    """Load a manifest that names two networks; ``net.onnx`` is there."""
    (tmp_path / 'net.onnx').write_text('x')

    def loaded(onnx, hef):
        path = tmp_path / 'net.yaml'
        path.write_text(MANIFEST.format(onnx=onnx, hef=hef))
        return load_manifest(path)

    return loaded


@pytest.mark.parametrize(
    ('name', 'reason'),
    [
        ('closed/net.hef', 'Permission denied'),
        pytest.param(TOO_LONG, 'File name too long', id='too long'),
        ('loop', 'Too many levels of symbolic links'),
        ('net\0', 'embedded null'),
    ],
)
def test_file_that_the_system_does_not_give(tmp_path, closed_folder, name, reason):
    (tmp_path / 'loop').symlink_to('loop')
    path = tmp_path / name
    problem = file_problem(path)
    assert f'cannot be read ({reason}' in problem
    assert problem.endswith('correct its permissions or the path')
    # Something may be there, of which nothing is known.
    assert not is_absent(path)
    assert not is_lfs_pointer(path)


@pytest.mark.parametrize('name', ['absent', 'absent/net.hef', 'net.onnx/net.hef'])
def test_file_that_is_not_there(tmp_path, name):
    (tmp_path / 'net.onnx').write_text('x')
    assert is_absent(tmp_path / name)
    assert f'{tmp_path / name} does not exist' in file_problem(tmp_path / name)


@pytest.mark.parametrize(
    'hef', ['closed/net.hef', pytest.param(TOO_LONG, id='too long'), r'net\0']
)
def test_manifest_with_one_usable_file_loads(load, closed_folder, hef):
    assert load('net.onnx', hef).name == 'net'


def test_manifest_whose_files_the_system_does_not_give(load, closed_folder):
    with pytest.raises(ManifestError, match=r'File name too long.*Permission denied'):
        load(TOO_LONG, 'closed/net.hef')


@pytest.mark.parametrize(
    'name',
    [
        pytest.param(TOO_LONG, id='too long'),
        pytest.param(f'{TOO_LONG}.yaml', id='too long manifest'),
        '{closed}/net.yaml',
        '{closed}/net',
        '~nobody_here/net',
    ],
)
def test_model_that_the_system_does_not_give(closed_folder, name):
    with pytest.raises(ConfigurationError, match='cannot be read .* packaged models: lightnet'):
        find_model(name.format(closed=closed_folder))


def test_manifest_that_the_system_does_not_give(closed_folder):
    with pytest.raises(ManifestError, match=r'net\.yaml cannot be read \(Permission denied\)'):
        load_manifest(closed_folder / 'net.yaml')
