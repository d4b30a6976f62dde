# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

import pytest

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.models.catalog import find_model
from hailo_perception.models.catalog import packaged_models
from hailo_perception.models.manifest import load_manifest


@pytest.fixture
def directory(tmp_path):
    for name in ('small.yaml', 'large.yml', 'small.onnx'):
        (tmp_path / name).write_text('x')
    return tmp_path


def test_packaged_models_of_no_folder(tmp_path):
    assert packaged_models(tmp_path / 'absent') == {}


def test_packaged_models(directory):
    assert packaged_models(directory) == {
        'large': directory / 'large.yml',
        'small': directory / 'small.yaml',
    }


def test_every_packaged_model_loads_and_is_called_as_its_file():
    for name, path in packaged_models().items():
        assert load_manifest(path).name == name


def test_find_model(directory):
    assert find_model('small', directory) == directory / 'small.yaml'
    assert find_model(directory / 'large.yml', directory) == directory / 'large.yml'


@pytest.mark.parametrize(
    ('name', 'messages'),
    [
        ('', ["no model ''", 'large, small']),
        ('smal', ["did you mean 'small'?", 'packaged models: large, small']),
        ('absent/net.yaml', ["no manifest at 'absent/net.yaml'", 'large, small']),
        ('{directory}/small.onnx', ['expected a manifest (.yaml or .yml)', 'small.onnx']),
        ('{directory}', ['expected a manifest']),
    ],
)
def test_find_model_lists_what_there_is(directory, name, messages):
    with pytest.raises(ConfigurationError) as caught:
        find_model(name.format(directory=directory), directory)
    for message in messages:
        assert message in str(caught.value)
