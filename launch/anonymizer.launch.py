# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Publish the images of one camera again, with people made unrecognisable."""

from __future__ import annotations

from typing import Any

from launch import LaunchContext
from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument

from hailo_perception.nodes.launch_parts import anonymizer_node
from hailo_perception.nodes.launch_parts import describe_launch
from hailo_perception.nodes.launch_parts import given
from hailo_perception.nodes.launch_parts import optional
from hailo_perception.nodes.launch_parts import perception_arguments
from hailo_perception.nodes.launch_parts import text
from hailo_perception.nodes.launch_rviz import rviz
from hailo_perception.nodes.launch_values import known_model


def generate_launch_description() -> LaunchDescription:
    """Start the anonymiser and, if asked for, rviz."""
    return describe_launch(
        [
            *perception_arguments(node='anonymizer', rviz_config='anonymizer.rviz'),
            DeclareLaunchArgument(
                'camera',
                default_value='front',
                description='Camera of the parameter file: the topics are its, and rviz shows it',
            ),
            optional('image_topic', 'Image topic; a name ending in /compressed is compressed'),
            optional('camera_info_topic', 'Calibration topic, if not beside the image topic'),
            optional('head_model', 'Packaged model or manifest that finds heads in people'),
            optional('on_failure', 'What becomes of a frame that failed', ['drop', 'solid']),
        ],
        anonymizer_node(_anonymizer_parameters),
        rviz(
            lambda context: [text(context, 'camera')],
            node='anonymizer',
            viewed_node='anonymizer',
        ),
    )


def _anonymizer_parameters(context: LaunchContext) -> dict[str, Any]:
    prefix = f"camera.{text(context, 'camera')}"
    names = {
        f'{prefix}.image_topic': 'image_topic',
        f'{prefix}.camera_info_topic': 'camera_info_topic',
        'on_failure': 'on_failure',
    }
    return {
        **given(context, names),
        **given(context, {'head_model': 'head_model'}, known_model),
    }
