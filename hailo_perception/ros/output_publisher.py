# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Publishers of outputs, and the subscribers that they cannot serve."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator

from rclpy.node import Node
from rclpy.publisher import Publisher

from hailo_perception.ros.camera_facts import Unserved
from hailo_perception.ros.input_qos import in_words
from hailo_perception.ros.input_qos import mismatch
from hailo_perception.ros.no_events import NO_PUBLISHER_EVENTS
from hailo_perception.ros.output_qos import output_qos
from hailo_perception.ros.topic_input import has_name
from hailo_perception.ros.topic_input import node_of


def create_output_publisher(node: Node, message_type: type, name: str) -> Publisher:
    """Create the publisher of an output under the node's name.

    It tells of no subscriber that it cannot serve: ``unserved_subscribers`` finds these.
    ParameterError when an override of its quality of service is not legal.
    """
    return node.create_publisher(
        message_type, name, output_qos(node, name), event_callbacks=NO_PUBLISHER_EVENTS
    )


def unserved_subscribers(node: Node, publishers: Iterable[Publisher]) -> tuple[Unserved, ...]:
    """Find who subscribes to these topics in a way in which nothing can reach it."""
    return tuple(
        unserved for publisher in publishers for unserved in _unserved_by(node, publisher)
    )


def _unserved_by(node: Node, publisher: Publisher) -> Iterator[Unserved]:
    topic = publisher.topic_name
    # Who is not known by name yet will be when the graph is looked at next.
    asking = list(filter(has_name, node.get_subscriptions_info_by_topic(topic)))
    if not asking:
        return
    # As the graph knows it: a publisher's own profile leaves open what is infinite by default.
    own = [
        endpoint
        for endpoint in node.get_publishers_info_by_topic(topic)
        if node_of(endpoint) == node.get_fully_qualified_name()
    ]
    for offer in own[:1]:
        for endpoint in asking:
            if endpoint.topic_type != offer.topic_type:
                yield Unserved(node_of(endpoint), topic, endpoint.topic_type, offer.topic_type)
            elif mismatch(offer.qos_profile, endpoint.qos_profile):
                asked, offered = in_words(endpoint.qos_profile), in_words(offer.qos_profile)
                yield Unserved(node_of(endpoint), topic, asked, offered)
