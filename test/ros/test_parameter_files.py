# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""For which nodes a parameter file is: the rules of ROS, held against ROS itself."""

from __future__ import annotations

from pathlib import Path

import pytest

rclpy = pytest.importorskip('rclpy')

from hailo_perception.ros.parameter_files import foreign_files  # noqa: E402
from hailo_perception.ros.parameter_files import is_for  # noqa: E402
from hailo_perception.ros.parameter_files import node_names  # noqa: E402
from hailo_perception.ros.parameter_files import parameter_files  # noqa: E402
from hailo_perception.ros.parameters import given_parameters  # noqa: E402

NODE = '/ns/deep/cam'
PARAMETERS = 'ros__parameters:\n    a: 1\n'
FITTING = (
    '/**', '**', NODE, NODE.removeprefix('/'), '/**/cam', '**/cam', '/*/*/cam', '/ns/**',
    '/ns/deep/*', '/ns/**/cam', '/ns/deep/**/cam', '/ns/deep/cam/**',
)
FOREIGN = (
    'cam', '/cam', '/*/cam', '/ns/*', '*', '/*', '/ns/deep/cam/*', '/wrong_name',
    '/ns/deep/camera',
)


def flat(name: str) -> str:
    return f'"{name}":\n  {PARAMETERS}'


@pytest.mark.parametrize(
    ('content', 'fits'),
    [
        *((flat(name), True) for name in FITTING),
        *((flat(name), False) for name in FOREIGN),
        (flat('/other') + flat('/**/cam'), True),
        (flat('/other') + flat('/another'), False),
        (f'/ns:\n deep:\n  cam:\n   {PARAMETERS}', True),
        (f'ns:\n deep/cam:\n   {PARAMETERS}', True),
        (f'/ns:\n cam:\n   {PARAMETERS}', False),
        (f'/ns:\n "**":\n   {PARAMETERS}', True),
        (f'/**:\n cam:\n   {PARAMETERS}', True),
        (flat('/other') + '    day: 2026-13-45\n', False),
        (flat('/other') + '    b: !made_up text\n', False),
    ],
)
def test_as_ros_takes_it(content: str, fits: bool, tmp_path: Path) -> None:
    file = tmp_path / 'some.yaml'
    file.write_text(content, encoding='utf-8')
    arguments = ['--ros-args', '--params-file', str(file)]
    context = rclpy.Context()
    rclpy.init(context=context, args=arguments)
    node = rclpy.create_node('cam', namespace='/ns/deep', context=context)
    try:
        assert node.get_fully_qualified_name() == NODE
        assert ('a' in given_parameters(node)) == fits
    finally:
        node.destroy_node()
        rclpy.shutdown(context=context)
    assert (file not in foreign_files(NODE, arguments)) == fits


@pytest.mark.parametrize(
    ('content', 'expected'),
    [
        (None, []),
        ('text', []),
        ({'/a': {'ros__parameters': {'b': {'c': 1}}}}, ['/a']),
        ({'a': {'b': {'ros__parameters': {}}, 'ros__parameters': {}}}, ['a/b', 'a']),
    ],
)
def test_node_names(content: object, expected: list[str]) -> None:
    assert list(node_names(content)) == expected


def test_no_name_is_for_no_node() -> None:
    assert not is_for(NODE, [])


@pytest.mark.parametrize(
    ('arguments', 'expected'),
    [
        ([], []),
        (['--params-file', 'not_for_ros'], []),
        (['node', '--ros-args', '--params-file', 'a', '-p', 'b:=1', '--params-file', 'c'],
         ['a', 'c']),
        (['--ros-args', '--', '--params-file', 'a', '--ros-args', '--params-file', 'b'], ['b']),
        (['--ros-args', '--params-file'], []),
    ],
)
def test_parameter_files(arguments: list[str], expected: list[str]) -> None:
    assert [str(path) for path in parameter_files(arguments)] == expected


def test_what_only_ros_can_read_is_not_judged(tmp_path: Path) -> None:
    file = tmp_path / 'strange.yaml'
    file.write_bytes(b'/other:\n  ros__parameters:\n    a: "\xff"\n')
    assert foreign_files(NODE, ['--ros-args', '--params-file', str(file)]) == {}


def test_an_empty_file_is_nobody_elses(tmp_path: Path) -> None:
    file = tmp_path / 'empty.yaml'
    file.touch()
    assert foreign_files(NODE, ['--ros-args', '--params-file', str(file)]) == {}
