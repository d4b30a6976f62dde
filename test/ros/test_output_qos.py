# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Overrides of an output's quality of service: honoured, judged, and absent by default."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

rclpy = pytest.importorskip('rclpy')

from rclpy.node import Node  # noqa: E402
from rclpy.qos import HistoryPolicy  # noqa: E402
from rclpy.qos import ReliabilityPolicy  # noqa: E402
from std_msgs.msg import Empty  # noqa: E402

from hailo_perception.nodes.managed_node import ManagedNode  # noqa: E402
from hailo_perception.ros import qos  # noqa: E402
from hailo_perception.ros.output_publisher import create_output_publisher  # noqa: E402
from hailo_perception.ros.output_qos import output_qos  # noqa: E402
from hailo_perception.ros.parameters import ParameterError  # noqa: E402
from hailo_perception.ros.unknown_parameters import unknown_parameter_reasons  # noqa: E402

TOPIC = '/robot/publishing/result'
PREFIX = f'qos_overrides.{TOPIC}.publisher.'
RELIABILITY = f'{PREFIX}reliability'


class Managed(ManagedNode):
    """Has one output from configure to cleanup."""

    def configure(self) -> None:
        """Create it."""
        self.output = create_output_publisher(self, Empty, '~/result')

    def activate(self) -> None:
        """Do nothing more."""

    def deactivate(self) -> None:
        """Do nothing more."""

    def release(self) -> None:
        """Remove it."""
        self.destroy_publisher(self.output)


@contextmanager
def made(kind: type[Node], given: dict[str, str], *remappings: str) -> Iterator[Any]:
    """Make a node as the command line would."""
    arguments = ['--ros-args', '-r', '__ns:=/robot']
    for name, value in given.items():
        arguments += ['-p', f'{name}:={value}']
    for remapping in remappings:
        arguments += ['-r', remapping]
    context = rclpy.Context()
    rclpy.init(context=context, args=arguments)
    node = kind('publishing', context=context)
    try:
        yield node
    finally:
        node.destroy_node()
        rclpy.shutdown(context=context)


@pytest.mark.parametrize('given', [{}, {'qos_overrides./robot/other.publisher.depth': '7'}])
def test_no_override(given: dict[str, str]) -> None:
    with made(Node, given) as node:
        assert output_qos(node, '~/result') == qos.OUTPUT
        assert not node.get_parameters_by_prefix('qos_overrides')


def test_overrides() -> None:
    given = {
        RELIABILITY: 'best_effort', f'{PREFIX}depth': '7', f'{PREFIX}history': 'keep_all'
    }
    with made(Node, given) as node:
        profile = output_qos(node, '~/result')
        assert profile.reliability == ReliabilityPolicy.BEST_EFFORT
        assert profile.depth == 7
        assert profile.history == HistoryPolicy.KEEP_ALL
        assert output_qos(node, '~/other') == qos.OUTPUT
        assert unknown_parameter_reasons(node, [], []) == ()


def test_one_override_leaves_the_others() -> None:
    with made(Node, {f'{PREFIX}depth': '7'}) as node:
        profile = output_qos(node, '~/result')
    assert profile.depth == 7
    assert profile.reliability == qos.OUTPUT.reliability
    assert profile.history == qos.OUTPUT.history
    assert qos.OUTPUT.depth != 7


def test_the_topic_is_the_remapped_one() -> None:
    given = {'qos_overrides./else.publisher.depth': '7', RELIABILITY: 'best_effort'}
    with made(Node, given, '~/result:=/else') as node:
        profile = output_qos(node, '~/result')
        (reason,) = unknown_parameter_reasons(node, [], [])
    assert profile.depth == 7
    assert profile.reliability == qos.OUTPUT.reliability
    assert f'parameter {RELIABILITY} is not known' in reason.fact


@pytest.mark.parametrize(
    ('name', 'value', 'expected'),
    [
        ('reliability', 'fast', r'reliability must be reliable \| best_effort'),
        ('reliability', '3', 'reliability must be a text, got 3'),
        ('history', 'all', r'history must be keep_last \| keep_all'),
        ('depth', '0', 'depth must be 1…1000, got 0'),
        ('depth', '1.5', 'depth must be a whole number, got 1.5'),
    ],
)
def test_a_value_that_is_none(name: str, value: str, expected: str) -> None:
    with made(Node, {f'{PREFIX}{name}': value}) as node:
        with pytest.raises(ParameterError, match=expected):
            output_qos(node, '~/result')


def test_what_an_output_does_not_take_is_told() -> None:
    durability = f'{PREFIX}durability'
    with made(Node, {durability: 'transient_local'}) as node:
        output_qos(node, '~/result')
        (reason,) = unknown_parameter_reasons(node, [], [])
    assert f'parameter {durability} is not known and has no effect' in reason.fact


def test_a_managed_node_that_is_configured_twice() -> None:
    with made(Managed, {RELIABILITY: 'best_effort'}) as node:
        for _ in range(2):
            node.trigger_configure()
            (offer,) = node.get_publishers_info_by_topic(TOPIC)
            assert offer.qos_profile.reliability == ReliabilityPolicy.BEST_EFFORT
            node.trigger_cleanup()
