# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Perceive with one camera that already publishes: objects, masks, lanes, depth, points."""

from __future__ import annotations

from typing import Any

from launch import LaunchContext
from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument

from hailo_perception.nodes.launch_parts import describe_launch
from hailo_perception.nodes.launch_parts import given
from hailo_perception.nodes.launch_parts import optional
from hailo_perception.nodes.launch_parts import perception_arguments
from hailo_perception.nodes.launch_parts import perception_node
from hailo_perception.nodes.launch_parts import text
from hailo_perception.nodes.launch_rviz import rviz


def generate_launch_description() -> LaunchDescription:
    """Start the perception node and, if asked for, rviz."""
    return describe_launch(
        [
            *perception_arguments(),
            DeclareLaunchArgument(
                'camera',
                default_value='front',
                description='Camera of the parameter file: the topics are its, and rviz shows it',
            ),
            optional('image_topic', 'Image topic; a name ending in /compressed is compressed'),
            optional('camera_info_topic', 'Calibration topic, if not beside the image topic'),
        ],
        perception_node(_camera_parameters),
        rviz(lambda context: [text(context, 'camera')]),
    )


def _camera_parameters(context: LaunchContext) -> dict[str, Any]:
    prefix = f"camera.{text(context, 'camera')}"
    return given(
        context,
        {
            f'{prefix}.image_topic': 'image_topic',
            f'{prefix}.camera_info_topic': 'camera_info_topic',
        },
    )
