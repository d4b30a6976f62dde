# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Cameras files: the parameters they become, and the error that names file, key, expectation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip('rclpy')

from hailo_perception.nodes.cameras_file import CamerasFileError  # noqa: E402
from hailo_perception.nodes.cameras_file import load_cameras  # noqa: E402

CONFIG = Path(__file__).parents[2] / 'config'


def load(folder: Path, text: str) -> dict[str, Any]:
    path = folder / 'cameras.yaml'
    path.write_text(text)
    return load_cameras(path)


def test_one_camera_needs_no_more_than_a_name(tmp_path: Path) -> None:
    assert load(tmp_path, 'cameras: [{name: front}]') == {'cameras': ['front']}


def test_keys_become_parameters(tmp_path: Path) -> None:
    text = """
    cameras:
      - {name: front, image_topic: /a/image, priority: 2}
      - {name: rear_2, rate_hz: 5}
    """
    parameters = load(tmp_path, text)
    assert parameters == {
        'cameras': ['front', 'rear_2'],
        'camera.front.image_topic': '/a/image',
        'camera.front.priority': 2,
        'camera.rear_2.rate_hz': 5.0,
    }
    assert isinstance(parameters['camera.rear_2.rate_hz'], float)


def test_the_example_has_four_cameras() -> None:
    parameters = load_cameras(CONFIG / 'cameras.yaml')
    assert parameters['cameras'] == ['front', 'left', 'right', 'rear']
    assert parameters['camera.rear.camera_info_topic'] == '/rear/camera_info'


@pytest.mark.parametrize(
    ('text', 'complaints'),
    [
        ('', ("expected the one key 'cameras'", 'None')),
        ('[1]', ("expected the one key 'cameras'", '[1]')),
        ('cameras: [', ('cannot be read as YAML', 'line 1')),
        ('camera: [{name: front}]', ("expected the one key 'cameras'", "['camera']")),
        ('cameras: []', ('cameras: expected a list of one or more cameras', '[]')),
        ('cameras: {name: front}', ('expected a list', "{'name': 'front'}")),
        ('cameras: [front]', ('cameras[0]: expected keys', "'front'")),
        ('cameras: [{image_topic: /a}]', ('cameras[0].name: expected a letter', 'None')),
        ('cameras: [{name: 1}]', ('cameras[0].name', 'got 1')),
        ('cameras: [{name: a/b}]', ('cameras[0].name', "'a/b'")),
        ('cameras: [{name: a}, {name: a}]', ("cameras[1].name: 'a'", 'earlier camera')),
        ('cameras: [{name: a, image_topc: /a}]', ('cameras[0].image_topc', "'image_topic'")),
        ('cameras: [{name: a, xyz: 1}]', ('cameras[0].xyz', 'expected some of image_topic, ')),
        ('cameras: [{name: a, image_topic: 1}]', ('cameras[0].image_topic', 'a text', 'got 1')),
        ('cameras: [{name: a, rate_hz: -1}]', ('cameras[0].rate_hz', '0…240', '-1')),
        ('cameras: [{name: a, rectified: yes}]', ('cameras[0].rectified', 'True')),
    ],
)
def test_errors(text: str, complaints: tuple[str, ...], tmp_path: Path) -> None:
    with pytest.raises(CamerasFileError) as caught:
        load(tmp_path, text)
    message = str(caught.value)
    assert str(tmp_path / 'cameras.yaml') in message
    assert '\n' not in message
    for complaint in complaints:
        assert complaint in message


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CamerasFileError, match='nowhere.yaml: cannot be read'):
        load_cameras(tmp_path / 'nowhere.yaml')
