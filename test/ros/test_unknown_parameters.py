# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What was given and nobody reads: the nearest name, or the camera that is not listed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

rclpy = pytest.importorskip('rclpy')

from rclpy.node import Node  # noqa: E402

from hailo_perception.ros.unknown_parameters import unknown_parameter_reasons  # noqa: E402
from hailo_perception.ros.unknown_parameters import unknown_parameters  # noqa: E402

KNOWN = ('model', 'detection.score_threshold', 'camera.front.image_topic', 'camera.front.pairing')


@pytest.mark.parametrize(
    ('given', 'expected'),
    [
        ([], []),
        (KNOWN, []),
        (['use_sim_time', 'qos_overrides./clock.subscription.depth'], []),
        (
            ['qos_overrides./front/image_raw.subscription.depth'],
            ['parameter qos_overrides./front/image_raw.subscription.depth is not known'],
        ),
        (['detection.score_treshold'], ['did you mean detection.score_threshold?']),
        (['something'], ['parameter something is not known and has no effect']),
        (['camera.front.image'], ['did you mean camera.front.image_topic?']),
        (
            ['camera.frnt.image_topic', 'camera.frnt.pairing'],
            ['camera.frnt.… have no effect: cameras lists front and not frnt; '
             'did you mean camera.front?'],
        ),
        (['camera.rear.image_topic'], ['and not rear; add rear to cameras']),
        (['camera'], ['parameter camera is not known']),
    ],
    ids=['none', 'known', 'ros', 'qos-of-nothing', 'typing-error', 'strange', 'own-camera',
         'camera-typing-error', 'other-camera', 'no-camera'],
)
def test_unknown_parameters(given: list[str], expected: list[str]) -> None:
    lines = unknown_parameters(given, KNOWN, ['front'])
    assert len(lines) == len(expected)
    assert all(text in line for line, text in zip(lines, expected, strict=True))


@pytest.fixture
def node() -> Iterator[Node]:
    context = rclpy.Context()
    rclpy.init(context=context, args=['--ros-args', '-p', 'modle:=x'])
    node = rclpy.create_node('perception', namespace='robot', context=context)
    node.declare_parameter('model', '')
    yield node
    node.destroy_node()
    rclpy.shutdown(context=context)


def test_a_file_for_another_node(node: Node, tmp_path: Path) -> None:
    """One reason holds it and the unknown name: reasons are told apart by their cause."""
    file = tmp_path / 'my.yaml'
    file.write_text('/wrong_name:\n  ros__parameters:\n    model: x\n', encoding='utf-8')
    (reason,) = unknown_parameter_reasons(node, [], ['--ros-args', '--params-file', str(file)])
    assert reason.fact.startswith(
        f'parameter file {file} has no effect: it is for /wrong_name, and this node is called '
        '/robot/perception; parameter modle is not known'
    )
    assert reason.remedy.startswith(
        "write '/**:' in place of the node's name in the file, or '/robot/perception:', correct"
    )


@pytest.mark.parametrize('arguments', [[], ['--ros-args', '--params-file', 'removed.yaml']])
def test_no_file(node: Node, arguments: list[str]) -> None:
    (reason,) = unknown_parameter_reasons(node, [], arguments)
    assert 'file ' not in reason.fact
    assert reason.remedy.startswith('correct the parameter file or the command line')


def test_a_camera_prefix_where_no_cameras_are() -> None:
    (line,) = unknown_parameters(['camera.front.image_topic'], ['camera', 'width'], [])
    assert line.startswith('parameter camera.front.image_topic is not known and has no effect')
