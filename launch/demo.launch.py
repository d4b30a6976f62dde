# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Drive through the synthetic scene, or play a video, and perceive it."""

from launch.actions import DeclareLaunchArgument
from launch.actions import IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration
from launch.substitutions import PathJoinSubstitution
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue
from launch_ros.substitutions import FindPackageShare

from launch import LaunchDescription


def generate_launch_description() -> LaunchDescription:
    """Start the camera node and include perception.launch.py."""
    share = FindPackageShare('hailo_perception')
    arguments = [
        DeclareLaunchArgument('namespace', default_value='', description='Namespace of the nodes'),
        DeclareLaunchArgument(
            'source',
            default_value='scene',
            description='scene, a video file, a folder of pictures, or a webcam (/dev/video0)',
        ),
        DeclareLaunchArgument(
            'rate_hz',
            default_value='10.0',
            description='Images per second; 0.0 = as the source says',
        ),
        DeclareLaunchArgument(
            'calibration_file',
            default_value='',
            description='camera_info YAML file of the camera; empty = assume an ideal camera',
        ),
        DeclareLaunchArgument('seed', default_value='0', description='Which scene is driven'),
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
            'rviz', default_value='true', choices=['true', 'false'], description='Start rviz'
        ),
    ]
    camera = Node(
        package='hailo_perception',
        executable='camera_node',
        name='camera',
        namespace=LaunchConfiguration('namespace'),
        output='screen',
        parameters=[
            PathJoinSubstitution([share, 'config', 'camera.param.yaml']),
            {
                'source': ParameterValue(LaunchConfiguration('source'), value_type=str),
                'rate_hz': ParameterValue(LaunchConfiguration('rate_hz'), value_type=float),
                'calibration_file': ParameterValue(
                    LaunchConfiguration('calibration_file'), value_type=str
                ),
                'seed': ParameterValue(LaunchConfiguration('seed'), value_type=int),
            },
        ],
    )
    perception = IncludeLaunchDescription(
        PythonLaunchDescriptionSource(
            PathJoinSubstitution([share, 'launch', 'perception.launch.py'])
        ),
        launch_arguments={
            'namespace': LaunchConfiguration('namespace'),
            'image_topic': 'front/image_raw',
            'model': LaunchConfiguration('model'),
            'backend': LaunchConfiguration('backend'),
            'rviz': LaunchConfiguration('rviz'),
        }.items(),
    )
    return LaunchDescription([*arguments, camera, perception])
