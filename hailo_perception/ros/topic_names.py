# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Whether the names that a user gives can be topics, before anything is opened."""

from __future__ import annotations

from collections.abc import Iterable

from rclpy.exceptions import NameValidationException
from rclpy.expand_topic_name import expand_topic_name
from rclpy.node import Node
from rclpy.validate_full_topic_name import validate_full_topic_name
from rclpy.validate_topic_name import validate_topic_name

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.ros.camera_subscription import CameraTopics


def check_topic_names(node: Node, cameras: Iterable[CameraTopics]) -> None:
    """Raise ConfigurationError naming parameter, name and the rule that it breaks."""
    for topics in cameras:
        parameter = f'camera.{topics.camera}'
        for what, name in (
            ('cameras', f'~/{topics.camera}'),
            (f'{parameter}.image_topic', topics.image_topic),
            (f'{parameter}.camera_info_topic', topics.camera_info_topic or topics.image_topic),
        ):
            check_topic_name(node, what, name)


def check_topic_name(node: Node, parameter: str, name: str) -> None:
    """Raise ConfigurationError unless the value of a parameter can be a topic."""
    try:
        # Node.resolve_topic_name raises an RCLError instead of saying which rule it is.
        validate_topic_name(name)
        validate_full_topic_name(expand_topic_name(name, node.get_name(), node.get_namespace()))
    except NameValidationException as error:
        rule = str(error).partition(':\n')[0]
        raise ConfigurationError(f"{parameter}: '{name}' cannot be a topic: {rule}") from error
