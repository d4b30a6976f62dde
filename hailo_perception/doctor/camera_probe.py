# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Listens to the ROS graph for a moment and prints its camera topics as one line of JSON."""

from __future__ import annotations

import json
import time
from typing import Any

import rclpy
from rclpy.node import Node

_TYPES = (
    'sensor_msgs/msg/Image',
    'sensor_msgs/msg/CompressedImage',
    'sensor_msgs/msg/CameraInfo',
)
_STATISTICS = 'hailo_perception/msg/PipelineStats'
_LONGEST_S = 2.0
_SETTLED_S = 0.8
_STEP_S = 0.1


def camera_topics(node: Node) -> list[dict[str, Any]]:
    """List what is published now, without the results of this package's own nodes."""
    types = dict(node.get_topic_names_and_types())
    own = {
        _full_name(publisher)
        for name, kinds in types.items()
        if _STATISTICS in kinds
        for publisher in node.get_publishers_info_by_topic(name)
    }
    rows = []
    for name, kinds in sorted(types.items()):
        publishers = [
            {
                'node': _full_name(publisher),
                'reliability': publisher.qos_profile.reliability.name.lower(),
                'durability': publisher.qos_profile.durability.name.lower(),
                'depth': publisher.qos_profile.depth,
            }
            for publisher in node.get_publishers_info_by_topic(name)
            if _full_name(publisher) not in own
        ]
        if kinds[0] in _TYPES and publishers:
            rows.append({'name': name, 'type': kinds[0], 'publishers': publishers})
    return rows


def _full_name(publisher: Any) -> str:
    return f'{publisher.node_namespace.rstrip("/")}/{publisher.node_name}'


def listen(node: Node) -> list[dict[str, Any]]:
    """Wait until the graph has not changed for a while, or long enough."""
    began_s = changed_s = time.monotonic()
    found = camera_topics(node)
    while time.monotonic() - began_s < _LONGEST_S:
        time.sleep(_STEP_S)
        now = camera_topics(node)
        if now != found:
            found, changed_s = now, time.monotonic()
        elif found and time.monotonic() - changed_s > _SETTLED_S:
            break
    return found


def main() -> None:
    """Join the graph as a silent node."""
    rclpy.init()
    try:
        node = rclpy.create_node(
            'hailo_perception_doctor', enable_rosout=False, start_parameter_services=False
        )
        print(json.dumps({'topics': listen(node)}), flush=True)
        node.destroy_node()
    finally:
        rclpy.try_shutdown()


if __name__ == '__main__':
    main()
