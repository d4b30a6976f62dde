# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One subscribed topic whose quality of service follows its publishers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from rclpy.callback_groups import CallbackGroup
from rclpy.node import Node
from rclpy.qos import QoSProfile
from rclpy.subscription import Subscription
from rclpy.topic_endpoint_info import TopicEndpointInfo

from hailo_perception.ros.camera_facts import Offer
from hailo_perception.ros.camera_facts import TopicFacts
from hailo_perception.ros.input_qos import in_words
from hailo_perception.ros.input_qos import InputQuality
from hailo_perception.ros.input_qos import is_alike
from hailo_perception.ros.input_qos import mismatch
from hailo_perception.ros.input_qos import profile_for
from hailo_perception.ros.no_events import NO_SUBSCRIPTION_EVENTS
from hailo_perception.ros.result_topics import result_topics
from hailo_perception.ros.shutdown import ShuttingDown
from hailo_perception.ros.shutdown import until_shutdown
from hailo_perception.ros.similar_names import similar_topics

_UNKNOWN_NAME = '_NODE_NAME_UNKNOWN_'
"""What the graph says of a node whose topics it has heard of and whose name it has not yet."""


def has_name(endpoint: TopicEndpointInfo) -> bool:
    """Tell whether the node of a publisher or subscriber has been heard of."""
    return bool(endpoint.node_name != _UNKNOWN_NAME)


def node_of(endpoint: TopicEndpointInfo) -> str:
    """Name the node of a publisher or subscriber for a person."""
    if not has_name(endpoint):
        return 'a node (name not known yet)'
    return f"{endpoint.node_namespace.rstrip('/')}/{endpoint.node_name}"


def lone_publisher(node: Node, topic: str) -> tuple[int, ...] | None:
    """Name the publisher of a topic, given as to TopicInput; None where it is not a lone one."""
    with suppress(ShuttingDown), until_shutdown(node):
        publishers = node.get_publishers_info_by_topic(topic)
        return tuple(publishers[0].endpoint_gid) if len(publishers) == 1 else None
    return None


class TopicInput:
    """Subscribes, and subscribes anew when the publishers offer something else."""

    def __init__(
        self,
        node: Node,
        message_type: type,
        name: str,
        callback: Callable[..., None],
        quality: InputQuality,
        *,
        callback_group: CallbackGroup,
        kindred_types: tuple[type, ...] = (),
    ) -> None:
        """Subscribe to a name as the user gave it.

        Rules of remapping are applied to it once, by whoever is asked: of a name that they were
        applied to already they may make a third. Topics of this type or of ``kindred_types`` are
        what the user may have meant instead.
        """
        self.name: str = node.resolve_topic_name(name)
        self._given_name = name
        self._node = node
        self._message_type = message_type
        self._callback = callback
        self._quality = quality
        self._callback_group = callback_group
        self._kinds = frozenset(type_name(kind) for kind in (message_type, *kindred_types))
        self._publishers: list[TopicEndpointInfo] = []
        self._subscription = self._subscribe(profile_for(quality, ()))

    @property
    def profile(self) -> QoSProfile:
        """What the subscription asks for."""
        profile: QoSProfile = self._subscription.qos_profile
        return profile

    def adapt(self) -> bool:
        """Look at the publishers and subscribe as they offer; tells whether something changed."""
        self._publishers = self._node.get_publishers_info_by_topic(self._given_name)
        wanted = type_name(self._message_type)
        offers = [each.qos_profile for each in self._publishers if each.topic_type == wanted]
        if not offers:
            return False
        profile = profile_for(self._quality, offers)
        if is_alike(profile, self.profile):
            return False
        self._node.destroy_subscription(self._subscription)
        self._subscription = self._subscribe(profile)
        return True

    def facts(self) -> TopicFacts:
        """Describe the publishers of the last look, and other topics where there are none."""
        offers = tuple(
            Offer(
                node=node_of(each),
                message_type=each.topic_type,
                quality=in_words(each.qos_profile),
                mismatch=mismatch(each.qos_profile, self.profile),
            )
            for each in self._publishers
        )
        return TopicFacts(
            name=self.name,
            message_type=type_name(self._message_type),
            quality=in_words(self.profile),
            offers=offers,
            similar=() if offers else similar_topics(self.name, self._topics_of_its_kind()),
        )

    def destroy(self) -> None:
        """Unsubscribe."""
        self._node.destroy_subscription(self._subscription)

    def _subscribe(self, profile: QoSProfile) -> Subscription:
        return self._node.create_subscription(
            self._message_type,
            self._given_name,
            self._callback,
            profile,
            callback_group=self._callback_group,
            event_callbacks=NO_SUBSCRIPTION_EVENTS,
        )

    def _topics_of_its_kind(self) -> list[str]:
        """List what others publish of this type or a kindred one, and this node does not take.

        What it takes is another camera's: its calibration would fit no other. What a perception
        node found is no camera's at all.
        """
        node = self._node
        name_of_node, namespace = node.get_name(), node.get_namespace()
        own = dict(
            node.get_publisher_names_and_types_by_node(name_of_node, namespace)
            + node.get_subscriber_names_and_types_by_node(name_of_node, namespace)
        )
        others = {
            name: types for name, types in node.get_topic_names_and_types() if name not in own
        }
        results = result_topics(node, others)
        return [
            name
            for name, types in others.items()
            if self._kinds & set(types) and name not in results and node.count_publishers(name)
        ]


def type_name(message_type: Any) -> str:
    """Name a message class as the graph does, e.g. sensor_msgs/msg/Image."""
    return f"{message_type.__module__.partition('.')[0]}/msg/{message_type.__name__}"
