# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Where the calibration of an image topic is, whatever rules its name is remapped by."""

from __future__ import annotations

from rclpy.node import Node

from hailo_perception.ros.image_names import ImageName


def calibration_topic(node: Node, image_topic: str) -> str:
    """Name camera_info beside an image topic, as a subscription takes it: not yet remapped.

    It is beside the topic that the images come from, unless a rule of its own leads from the one
    beside the name that the user gave.
    """
    given = ImageName.of(node.resolve_topic_name(image_topic, only_expand=True)).camera_info
    if node.resolve_topic_name(given) != given:
        return given
    return ImageName.of(node.resolve_topic_name(image_topic)).camera_info
