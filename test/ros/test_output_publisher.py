# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Whoever asks for what an output does not offer is found, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import time

import pytest

rclpy = pytest.importorskip('rclpy')

from rclpy.context import Context  # noqa: E402
from rclpy.node import Node  # noqa: E402
from rclpy.qos import DurabilityPolicy  # noqa: E402
from rclpy.qos import QoSProfile  # noqa: E402
from rclpy.qos import ReliabilityPolicy  # noqa: E402
from std_msgs.msg import Empty  # noqa: E402
from std_msgs.msg import Header  # noqa: E402

from hailo_perception.ros.camera_facts import Unserved  # noqa: E402
from hailo_perception.ros.output_publisher import create_output_publisher  # noqa: E402
from hailo_perception.ros.output_publisher import unserved_subscribers  # noqa: E402

FITTING = [QoSProfile(depth=1), QoSProfile(depth=9, reliability=ReliabilityPolicy.BEST_EFFORT)]
HANG_GUARD_S = 60.0
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


@contextmanager
def joined(name: str) -> Iterator[Node]:
    """Make a node with a context of its own, in a graph that no other test reaches."""
    context = Context()
    rclpy.init(context=context, domain_id=92)
    node = Node(name, context=context)
    yield node
    node.destroy_node()
    context.try_shutdown()


@pytest.fixture
def node() -> Iterator[Node]:
    """Make the node that publishes."""
    with joined('publishing') as node:
        yield node


def test_without_subscribers(node: Node) -> None:
    assert unserved_subscribers(node, ()) == ()
    publisher = create_output_publisher(node, Empty, '~/result')
    assert unserved_subscribers(node, (publisher,)) == ()
    assert not publisher.event_handlers


def test_who_gets_nothing(node: Node) -> None:
    publishers = [create_output_publisher(node, Empty, f'~/{name}') for name in ('one', 'two')]
    for profile in FITTING:
        node.create_subscription(Empty, '~/one', print, profile)
    assert unserved_subscribers(node, publishers) == ()
    # One process cannot hold two types of a topic in one context.
    with joined('asking') as asking:
        asking.create_subscription(Empty, '/publishing/two', print, LATCHED)
        asking.create_subscription(Header, '/publishing/one', print, 1)
        expected = {
            Unserved(
                '/asking',
                '/publishing/two',
                asked='transient-local, reliable',
                offered='volatile, reliable',
            ),
            Unserved(
                '/asking',
                '/publishing/one',
                asked='std_msgs/msg/Header',
                offered='std_msgs/msg/Empty',
            ),
        }
        deadline_s = time.monotonic() + HANG_GUARD_S
        while (found := set(unserved_subscribers(node, publishers))) != expected:
            assert time.monotonic() < deadline_s, found
