# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What the perception node can be told at start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rclpy.node import Node

from hailo_perception.core.results import Output
from hailo_perception.core.user_path import user_path
from hailo_perception.nodes.camera_parameters import declare_camera_settings
from hailo_perception.nodes.pipeline_parameters import declare_pipeline_parameters
from hailo_perception.nodes.pipeline_parameters import NETWORK
from hailo_perception.nodes.pipeline_parameters import PipelineParameters
from hailo_perception.nodes.pipeline_parameters import RUNNING
from hailo_perception.ros.frame_messages import OutputOptions
from hailo_perception.ros.parameters import declare
from hailo_perception.ros.parameters import Parameter
from hailo_perception.tasks.autoware_classes import AutowareClasses
from hailo_perception.tasks.autoware_classes import load_autoware_classes
from hailo_perception.tasks.settings import CameraSettings

_RESULTS = (
    Parameter(
        'outputs',
        [output.value for output in Output],
        'topics to offer; one without a subscriber is never computed',
        choices=tuple(output.value for output in Output),
    ),
    Parameter(
        'depth_encoding',
        '32FC1',
        'depth image in metres (32FC1) or millimetres (16UC1)',
        choices=('32FC1', '16UC1'),
    ),
    Parameter('jpeg_quality', 85, 'of the compressed overlay', 1, 100),
    Parameter(
        'class_id_format',
        'name',
        "class_id in vision_msgs' detections: the class's name, or its number, which label_info "
        'names',
        choices=('name', 'id'),
    ),
    Parameter(
        'autoware_classes',
        '',
        "file that gives the classes Autoware's names, and so turns on autoware/objects and "
        'autoware/mask; empty = without them',
    ),
    Parameter(
        'target_frame',
        '',
        'frame of the robot that objects, lanes and points are carried to by /tf, e.g. base_link; '
        "empty = the image's optical frame",
    ),
    Parameter(
        'ground_frame',
        '',
        'frame whose z = 0 is the ground, e.g. base_footprint: objects are placed on it, the '
        'camera standing where /tf says; empty = by camera.<name>.height_m, if given',
    ),
)

GENERAL = (*NETWORK, *_RESULTS, *RUNNING)


@dataclass(frozen=True, slots=True)
class PerceptionParameters:
    """The node's start-time parameters as values; ``pipeline`` are those of every such node."""

    pipeline: PipelineParameters
    camera_settings: Mapping[str, CameraSettings]
    outputs: frozenset[Output]
    output_options: OutputOptions
    target_frame: str
    ground_frame: str


def declare_perception_parameters(node: Node) -> PerceptionParameters:
    """Declare and read the start-time parameters; ParameterError when one cannot work."""
    pipeline = declare_pipeline_parameters(node)
    values = declare(node, _RESULTS)
    return PerceptionParameters(
        pipeline=pipeline,
        camera_settings={
            name: declare_camera_settings(node, name) for name in pipeline.camera_names
        },
        outputs=frozenset(map(Output, values['outputs'])),
        output_options=OutputOptions(
            values['depth_encoding'],
            values['jpeg_quality'],
            values['class_id_format'],
            _autoware_classes(values['autoware_classes']),
        ),
        target_frame=values['target_frame'],
        ground_frame=values['ground_frame'],
    )


def _autoware_classes(path: str) -> AutowareClasses | None:
    return load_autoware_classes(user_path(path)) if path else None
