# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Which topics of the graph are results of this package: images, some of them, but no camera's."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import suppress

from rclpy.node import Node
from rclpy.node import NodeNameNonExistentError

from hailo_perception.core.results import Output
from hailo_perception.msg import PipelineStats
from hailo_perception.ros.frame_messages import output_topics

_ENDINGS = tuple(
    f'/{name}'
    for name in {
        *(output.value for output in Output),
        *(name for topics in output_topics().values() for name in topics),
    }
)
_OWN_TYPES = f"{PipelineStats.__module__.partition('.')[0]}/msg/"


def result_topics(node: Node, topics: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """Find what perception nodes found, and ground truth, which has the same form.

    Such a topic has the name of an output and comes from a node that publishes a message type of
    this package as well; the name alone may be a depth camera's. What an anonymiser gives is a
    camera's picture still. ``topics`` are names with their types, as the graph tells them.
    """
    published: set[str] = set()
    for name, types in topics.items():
        if name not in published and any(each.startswith(_OWN_TYPES) for each in types):
            published |= _topics_beside(node, name)
    return frozenset(name for name in topics if name in published and name.endswith(_ENDINGS))


def _topics_beside(node: Node, topic: str) -> set[str]:
    """Name all that the nodes publish which publish a topic.

    The graph is asked once for each node: there may be hundreds of topics.
    """
    names: set[str] = set()
    for publisher in node.get_publishers_info_by_topic(topic):
        # It may have gone meanwhile, and its name may not be known yet.
        with suppress(NodeNameNonExistentError):
            names.update(
                name
                for name, _ in node.get_publisher_names_and_types_by_node(
                    publisher.node_name, publisher.node_namespace
                )
            )
    return names
