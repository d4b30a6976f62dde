# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Perceive with one camera that already publishes: objects, masks, lanes, depth, points."""

from launch.actions import DeclareLaunchArgument
from launch.conditions import IfCondition
from launch.substitutions import LaunchConfiguration
from launch.substitutions import PathJoinSubstitution
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue
from launch_ros.substitutions import FindPackageShare

from launch import LaunchDescription


def generate_launch_description() -> LaunchDescription:
    """Start the perception node and, if asked for, rviz."""
    share = FindPackageShare('hailo_perception')
    arguments = [
        DeclareLaunchArgument('namespace', default_value='', description='Namespace of the nodes'),
        DeclareLaunchArgument(
            'params_file',
            default_value=PathJoinSubstitution([share, 'config', 'perception.param.yaml']),
            description='Parameter file of the perception node',
        ),
        DeclareLaunchArgument(
            'image_topic',
            default_value='/front/image_raw',
            description='Image topic of the camera; a name ending in /compressed is compressed',
        ),
        DeclareLaunchArgument(
            'camera_info_topic',
            default_value='',
            description='Calibration topic; empty = camera_info beside the image topic',
        ),
        DeclareLaunchArgument(
            'model',
            default_value='lightnet_compact',
            description='Packaged model, or path of a model manifest',
        ),
        DeclareLaunchArgument(
            'backend',
            default_value='auto',
            choices=['auto', 'hailort', 'onnx', 'replay'],
            description='What runs the network',
        ),
        DeclareLaunchArgument(
            'use_sim_time',
            default_value='false',
            choices=['true', 'false'],
            description='Take the time from /clock, e.g. of a bag',
        ),
        DeclareLaunchArgument(
            'use_respawn',
            default_value='false',
            choices=['true', 'false'],
            description='Start the node again when it ends',
        ),
        DeclareLaunchArgument(
            'log_level',
            default_value='info',
            choices=['debug', 'info', 'warn', 'error', 'fatal'],
            description='Least severity that is logged',
        ),
        DeclareLaunchArgument(
            'rviz', default_value='false', choices=['true', 'false'], description='Start rviz'
        ),
    ]
    perception = Node(
        package='hailo_perception',
        executable='perception_node',
        name='perception',
        namespace=LaunchConfiguration('namespace'),
        output='screen',
        respawn=LaunchConfiguration('use_respawn'),
        respawn_delay=2.0,
        parameters=[
            LaunchConfiguration('params_file'),
            {
                'camera.front.image_topic': _text('image_topic'),
                'camera.front.camera_info_topic': _text('camera_info_topic'),
                'model': _text('model'),
                'backend': _text('backend'),
                'use_sim_time': LaunchConfiguration('use_sim_time'),
            },
        ],
        arguments=['--ros-args', '--log-level', LaunchConfiguration('log_level')],
    )
    rviz = Node(
        package='rviz2',
        executable='rviz2',
        name='rviz2',
        namespace=LaunchConfiguration('namespace'),
        arguments=['-d', PathJoinSubstitution([share, 'config', 'perception.rviz'])],
        parameters=[{'use_sim_time': LaunchConfiguration('use_sim_time')}],
        condition=IfCondition(LaunchConfiguration('rviz')),
    )
    return LaunchDescription([*arguments, perception, rviz])


def _text(argument: str) -> ParameterValue:
    """Keep an argument a string, whatever it looks like as YAML."""
    return ParameterValue(LaunchConfiguration(argument), value_type=str)
