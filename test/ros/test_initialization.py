# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What ROS says when it does not start: one line, with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

rclpy = pytest.importorskip('rclpy')

from hailo_perception.ros.initialization import in_words  # noqa: E402
from hailo_perception.ros.initialization import InitializationError  # noqa: E402
from hailo_perception.ros.initialization import initialize  # noqa: E402


@pytest.mark.parametrize('content', [None, 'camera:\n  width: 3\n', '/**:\n\tros__parameters:\n'])
def test_a_broken_file(content: str | None, tmp_path: Path) -> None:
    file = tmp_path / 'broken.yaml'
    if content is not None:
        file.write_text(content, encoding='utf-8')
    with pytest.raises(InitializationError) as caught:
        initialize(['--ros-args', '--params-file', str(file)])
    message = str(caught.value)
    assert f'see that {file} is there' in message
    assert '\n' not in message
    assert '.c:' not in message


@pytest.mark.parametrize(
    ('arguments', 'expected'),
    [
        (['-p', 'bad'], 'a parameter is given as -p name:=value'),
        (['-p', 'a:=[1, x'], 'a parameter is given as -p name:=value'),
        (['--params-file'], 'correct what follows --ros-args'),
        (['-r'], 'correct what follows --ros-args'),
        (['--bogus'], "does not know the arguments ['--bogus']"),
    ],
)
def test_wrong_arguments(arguments: list[str], expected: str) -> None:
    with pytest.raises(InitializationError) as caught:
        initialize(['--ros-args', *arguments])
    assert expected in str(caught.value)
    assert '\n' not in str(caught.value)


def test_a_home_without_room_for_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('HOME', '/proc/nohome')
    for name in ('ROS_LOG_DIR', 'ROS_HOME'):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(InitializationError, match='set ROS_LOG_DIR .or HOME. to a folder'):
        initialize([], rclpy.Context())


def test_it_starts_after_a_refusal() -> None:
    with pytest.raises(InitializationError):
        initialize(['--ros-args', '-p', 'bad'])
    initialize([])
    try:
        assert rclpy.ok()
    finally:
        rclpy.try_shutdown()


def test_a_second_start_is_a_defect() -> None:
    initialize([])
    try:
        with pytest.raises(RuntimeError, match='once') as caught:
            initialize([])
        assert not isinstance(caught.value, InitializationError)
    finally:
        rclpy.try_shutdown()


def test_another_reason() -> None:
    assert in_words('RCLError', 'failed to initialize rcl: no middleware, at /a/b.c:3,\n x') == (
        'failed to initialize rcl: no middleware, x; see that RMW_IMPLEMENTATION and what follows '
        '--ros-args fit the installation (ros2 doctor --report)'
    )


def test_no_home_at_all() -> None:
    """What rcl says where neither HOME nor ROS_HOME nor ROS_LOG_DIR is set."""
    said = in_words('RCLError', 'Failed to get logging directory, at ./src/rcl_logging.cpp:83')
    assert said.endswith('; set ROS_LOG_DIR (or HOME) to a folder that can be written')
