# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Perceive with several cameras and one device; the cameras stand in a YAML file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from launch import LaunchContext
from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument

from hailo_perception.nodes.cameras_file import load_cameras
from hailo_perception.nodes.launch_parts import describe_launch
from hailo_perception.nodes.launch_parts import perception_arguments
from hailo_perception.nodes.launch_parts import perception_node
from hailo_perception.nodes.launch_parts import shared
from hailo_perception.nodes.launch_parts import text
from hailo_perception.nodes.launch_rviz import FOUR_PLACES
from hailo_perception.nodes.launch_rviz import rviz


def generate_launch_description() -> LaunchDescription:
    """Start one perception node for all cameras and, if asked for, rviz."""
    return describe_launch(
        [
            *perception_arguments(rviz_config='multi_camera.rviz'),
            DeclareLaunchArgument(
                'cameras_file',
                default_value=shared('config', 'cameras.yaml'),
                description='YAML list of the cameras: name, topics, rate, priority',
            ),
        ],
        perception_node(_camera_parameters),
        rviz(lambda context: _camera_parameters(context)['cameras'], places=FOUR_PLACES),
    )


def _camera_parameters(context: LaunchContext) -> dict[str, Any]:
    return load_cameras(Path(text(context, 'cameras_file')))
