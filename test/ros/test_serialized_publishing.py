# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Whatever is published arrives as it is, by rcl's own function or by rclpy's."""

from __future__ import annotations

from collections.abc import Iterator
import time
from typing import Any

import numpy as np
import pytest

rclpy = pytest.importorskip('rclpy')

from rclpy.context import Context  # noqa: E402
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402
from rclpy.serialization import serialize_message  # noqa: E402
from std_msgs.msg import String  # noqa: E402

from hailo_perception.core.errors import Cause  # noqa: E402
from hailo_perception.ros import serialized_publishing  # noqa: E402
from hailo_perception.ros.serialized_publishing import publish_message  # noqa: E402
from hailo_perception.ros.serialized_publishing import PublishingError  # noqa: E402

HANG_GUARD_S = 60.0
TEXTS = ('', 'a', 'Straße', 'x' * 100_000)


@pytest.fixture(params=['rcl', 'rclpy'])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Publish by rcl's function, and as where it is not found."""
    if request.param == 'rclpy':
        monkeypatch.setattr(serialized_publishing, '_publish_function', lambda: None)
    else:
        assert serialized_publishing._publish_function() is not None
    return str(request.param)


@pytest.fixture
def node() -> Iterator[Node]:
    """Make a node with a context of its own, in a graph that no other test reaches."""
    context = Context()
    rclpy.init(context=context, domain_id=93)
    node = Node('publishing', context=context)
    yield node
    node.destroy_node()
    context.try_shutdown()


def as_object(message: String) -> Any:
    return message


def as_array(message: String) -> np.ndarray:
    return np.frombuffer(serialize_message(message), np.uint8).copy()


@pytest.mark.parametrize('form', [as_object, serialize_message, as_array])
def test_it_arrives(form: Any, node: Node, way: str) -> None:
    arrived: list[str] = []
    node.create_subscription(String, '~/text', lambda message: arrived.append(message.data), 9)
    publisher = node.create_publisher(String, '~/text', 9)
    executor = SingleThreadedExecutor(context=node.context)
    executor.add_node(node)
    deadline_s = time.monotonic() + HANG_GUARD_S
    while not publisher.get_subscription_count():
        assert time.monotonic() < deadline_s
    for text in TEXTS:
        publish_message(publisher, form(String(data=text)))
    while len(arrived) < len(TEXTS) and time.monotonic() < deadline_s:
        executor.spin_once(timeout_sec=0.1)
    executor.remove_node(node)
    assert arrived == list(TEXTS)


def test_what_is_not_in_one_piece_is_refused(node: Node) -> None:
    publisher = node.create_publisher(String, '~/text', 9)
    with pytest.raises(ValueError, match='contiguous'):
        publish_message(publisher, as_array(String(data='abc'))[::2])


def test_after_the_end_of_ros(node: Node, way: str) -> None:
    publisher = node.create_publisher(String, '~/text', 9)
    node.context.shutdown()
    for _ in range(2):
        with pytest.raises(Exception, match='context is invalid'):
            publish_message(publisher, as_array(String(data='abc')))


def test_a_removed_topic(node: Node, way: str) -> None:
    publisher = node.create_publisher(String, '~/text', 9)
    node.destroy_publisher(publisher)
    with pytest.raises(Exception, match='destruction was requested'):
        publish_message(publisher, as_array(String(data='abc')))


def test_the_middleware_says_why_it_refuses(
    node: Node, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """And forgets it then: rcl complains of a reason that nobody has taken."""
    publisher = node.create_publisher(String, '~/text', 9)
    real = serialized_publishing._publish_function()
    assert real is not None
    monkeypatch.setattr(
        serialized_publishing,
        '_publish_function',
        lambda: lambda pointer, message, allocation: real(pointer, None, allocation),
    )
    for _ in range(2):
        with pytest.raises(PublishingError, match='text: .*serialized_message') as told:
            publish_message(publisher, as_array(String(data='abc')))
        assert told.value.cause is Cause.PUBLISH
    assert not capfd.readouterr().err


class _Elsewhere:
    """A publisher of an rclpy that tells no address."""

    handle = object()

    def __init__(self) -> None:
        self.published: list[Any] = []

    def publish(self, message: Any) -> None:
        self.published.append(message)


def test_without_an_address_rclpy_publishes() -> None:
    publisher, message = _Elsewhere(), as_array(String(data='abc'))
    publish_message(publisher, message)  # type: ignore[arg-type]
    assert publisher.published == [message.tobytes()]
