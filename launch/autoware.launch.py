# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Perceive with the cameras of an Autoware vehicle, under the topic names of its fusion."""

from __future__ import annotations

from typing import Any

from launch import LaunchContext
from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.results import Output
from hailo_perception.nodes.launch_parts import describe_launch
from hailo_perception.nodes.launch_parts import file_of
from hailo_perception.nodes.launch_parts import is_on
from hailo_perception.nodes.launch_parts import perception_arguments
from hailo_perception.nodes.launch_parts import perception_node
from hailo_perception.nodes.launch_parts import shared
from hailo_perception.nodes.launch_parts import switch
from hailo_perception.nodes.launch_parts import text
from hailo_perception.nodes.launch_rviz import FOUR_PLACES
from hailo_perception.nodes.launch_rviz import rviz

_NODE = 'hailo_perception'
_CAMERAS = '/sensing/camera'
_DETECTION = '/perception/object_recognition/detection'


def generate_launch_description() -> LaunchDescription:
    """Start one perception node for /sensing/camera/camera0, …, and, if asked for, rviz."""
    return describe_launch(
        [
            *perception_arguments(namespace=_DETECTION, rviz_config='multi_camera.rviz'),
            DeclareLaunchArgument(
                'camera_ids',
                default_value='0',
                description='Numbers of the cameras, separated by commas, e.g. 0,1,2',
            ),
            DeclareLaunchArgument(
                'image_topic_name',
                default_value='image_rect_color',
                description='Image topic under /sensing/camera/camera<id>',
                choices=[
                    f'{name}{transport}'
                    for name in ('image_rect_color', 'image_raw')
                    for transport in ('', '/compressed')
                ],
            ),
            DeclareLaunchArgument(
                'autoware_classes',
                default_value=shared('config', 'autoware_classes.yaml'),
                description="File that gives the model's classes Autoware's names",
            ),
            switch(
                'publish_rois',
                'true',
                'Publish rois<id>, which needs tier4_perception_msgs; mask<id> needs no package',
            ),
        ],
        perception_node(_parameters, _remappings, name=_NODE),
        rviz(
            lambda context: list(_cameras(context).values()),
            places=FOUR_PLACES,
            node=_NODE,
        ),
    )


def _cameras(context: LaunchContext) -> dict[str, str]:
    """Name the cameras by their numbers."""
    numbers = [number.strip() for number in text(context, 'camera_ids').split(',')]
    if not all(number.isdecimal() for number in numbers):
        raise ConfigurationError(
            'camera_ids: expected numbers separated by commas, e.g. 0,1,2, '
            f"got '{','.join(numbers)}'"
        )
    return {number: f'camera{number}' for number in numbers}


def _parameters(context: LaunchContext) -> dict[str, Any]:
    cameras = _cameras(context).values()
    parameters: dict[str, Any] = {
        'cameras': list(cameras),
        'autoware_classes': file_of(context, 'autoware_classes'),
    }
    for camera in cameras:
        topics = f'{_CAMERAS}/{camera}'
        image_topic = f"{topics}/{text(context, 'image_topic_name')}"
        parameters[f'camera.{camera}.image_topic'] = image_topic
        parameters[f'camera.{camera}.camera_info_topic'] = f'{topics}/camera_info'
    if not is_on(context, 'publish_rois'):
        parameters['outputs'] = [
            output.value for output in Output if output is not Output.AUTOWARE_OBJECTS
        ]
    return parameters


def _remappings(context: LaunchContext) -> list[tuple[str, str]]:
    return [
        (f'~/{camera}/{output.value}', f'{_DETECTION}/{name}{number}')
        for number, camera in _cameras(context).items()
        for output, name in (
            (Output.AUTOWARE_OBJECTS, 'rois'),
            (Output.AUTOWARE_MASK, 'mask'),
        )
    ]
