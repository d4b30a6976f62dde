# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Drive through the synthetic scene, or play a video, and perceive it."""

from __future__ import annotations

from typing import Any

from launch import LaunchContext
from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument

from hailo_perception.nodes.launch_parts import camera_node
from hailo_perception.nodes.launch_parts import describe_launch
from hailo_perception.nodes.launch_parts import given
from hailo_perception.nodes.launch_parts import optional
from hailo_perception.nodes.launch_parts import perception_arguments
from hailo_perception.nodes.launch_parts import perception_node
from hailo_perception.nodes.launch_parts import shared
from hailo_perception.nodes.launch_rviz import rviz
from hailo_perception.nodes.launch_values import existing_file
from hailo_perception.nodes.launch_values import number
from hailo_perception.nodes.launch_values import whole_number


def generate_launch_description() -> LaunchDescription:
    """Start the camera node, the perception node and rviz."""
    return describe_launch(
        [
            *perception_arguments(use_rviz='true'),
            DeclareLaunchArgument(
                'camera_params_file',
                default_value=shared('config', 'camera.param.yaml'),
                description='Parameter file of the camera node',
            ),
            optional('source', 'scene, a video file, a folder of pictures, or a webcam (0)'),
            optional('rate_hz', 'Images per second; 0.0 = as the source says'),
            optional('calibration_file', 'camera_info YAML file of the camera'),
            optional('seed', 'Which scene is driven through'),
        ],
        camera_node(_source_parameters),
        # In the namespace, where the camera node publishes.
        perception_node(lambda _: {'camera.front.image_topic': 'front/image_raw'}),
        rviz(),
    )


def _source_parameters(context: LaunchContext) -> dict[str, Any]:
    return {
        **given(context, {'source': 'source'}),
        **given(context, {'calibration_file': 'calibration_file'}, existing_file),
        **given(context, {'rate_hz': 'rate_hz'}, number),
        **given(context, {'seed': 'seed'}, whole_number),
    }
