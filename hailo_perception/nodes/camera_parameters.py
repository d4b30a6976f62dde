# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What the perception node can be told of each camera: topics, share of the device, mounting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from typing import get_args

from rclpy.node import Node

from hailo_perception.pipeline.camera_schedule import CameraSchedule
from hailo_perception.pipeline.camera_schedule import HIGHEST_PRIORITY
from hailo_perception.pipeline.camera_schedule import UNLIMITED
from hailo_perception.ros.camera_subscription import CameraTopics
from hailo_perception.ros.camera_subscription import Transport
from hailo_perception.ros.input_qos import CAMERA_INFO
from hailo_perception.ros.input_qos import Durability
from hailo_perception.ros.input_qos import IMAGE
from hailo_perception.ros.input_qos import Reliability
from hailo_perception.ros.pairing import PairingName
from hailo_perception.ros.pairing import PairingRule
from hailo_perception.ros.parameters import declare
from hailo_perception.ros.parameters import Parameter
from hailo_perception.ros.settings_parameters import group_of
from hailo_perception.ros.settings_parameters import group_parameters
from hailo_perception.tasks.camera_profile import CameraProfile
from hailo_perception.tasks.settings import CameraSettings

_RECTIFIED = {'auto': None, 'true': True, 'false': False}
_PAIRED_DEPTH = 10
"""Calibrations that may wait while images are paired by stamp: each is of another one."""


def camera_parameters(camera: str) -> tuple[Parameter, ...]:
    """List the parameters of one camera that are set at start."""
    return (*_topic_parameters(camera), *_schedule_parameters(camera))


def camera_settings_parameters(camera: str) -> tuple[Parameter, ...]:
    """List the parameters of one camera that may change while the node runs."""
    return group_parameters(_prefix(camera), CameraSettings())


def camera_settings_of(
    values: Mapping[str, Any], base: Mapping[str, CameraSettings]
) -> dict[str, CameraSettings]:
    """Change the cameras' settings by parameter values; ConfigurationError for an illegal one.

    Values of other parameters are passed over.
    """
    return {
        camera: group_of(_prefix(camera), values, settings) for camera, settings in base.items()
    }


def profiles_of(settings: Mapping[str, CameraSettings]) -> dict[str, CameraProfile]:
    """Read what the settings name; ConfigurationError when a mask or mounting cannot be."""
    return {camera: CameraProfile.of(each) for camera, each in settings.items()}


def _prefix(camera: str) -> str:
    return f'camera.{camera}'


def _schedule_parameters(camera: str) -> tuple[Parameter, ...]:
    prefix = _prefix(camera)
    return (
        Parameter(
            f'{prefix}.rate_hz',
            UNLIMITED.rate_hz,
            'at most so many of its images per second are taken; 0 = as many as there is time for',
            0.0,
            240.0,
            unit='Hz',
        ),
        Parameter(
            f'{prefix}.priority',
            UNLIMITED.priority,
            'turns that it gets while a camera of priority 1 gets one',
            1,
            HIGHEST_PRIORITY,
        ),
        Parameter(
            f'{prefix}.stale_after_s',
            UNLIMITED.stale_after_s,
            'an image older than this when its turn comes is dropped; 0 = never',
            0.0,
            60.0,
            unit='s',
        ),
    )


def _topic_parameters(camera: str) -> tuple[Parameter, ...]:
    prefix = _prefix(camera)
    return (
        Parameter(
            f'{prefix}.image_topic',
            f'/{camera}/image_raw',
            'image topic; a name ending in /compressed is a CompressedImage topic',
        ),
        Parameter(
            f'{prefix}.camera_info_topic',
            '',
            'calibration topic; empty = camera_info beside the image topic',
        ),
        Parameter(
            f'{prefix}.transport',
            'auto',
            'type of the image topic: Image (raw) or CompressedImage; auto = as its name says',
            choices=get_args(Transport),
        ),
        Parameter(
            f'{prefix}.rectified',
            'auto',
            'whether the image is rectified; auto = its topic says image_rect',
            choices=tuple(_RECTIFIED),
        ),
        Parameter(
            f'{prefix}.reliability',
            'auto',
            'of the image subscription; auto = reliable, or best_effort where no publisher '
            'offers reliable',
            choices=get_args(Reliability),
        ),
        Parameter(
            f'{prefix}.durability',
            'auto',
            'of the image subscription; auto = transient_local (the last image also for a late '
            'subscriber) where every publisher offers it',
            choices=get_args(Durability),
        ),
        Parameter(
            f'{prefix}.queue_depth',
            IMAGE.depth,
            'images that may wait in the middleware; more than 1 only adds latency',
            1,
            100,
        ),
        Parameter(
            f'{prefix}.camera_info_durability',
            'auto',
            'of the calibration subscription; auto = transient_local where every publisher '
            'offers it',
            choices=get_args(Durability),
        ),
        Parameter(
            f'{prefix}.pairing',
            PairingRule().name,
            'calibration that goes with an image: the latest, the one of exactly its stamp, or '
            'approximately; an image without one is dropped unless it is the latest',
            choices=get_args(PairingName),
        ),
        Parameter(
            f'{prefix}.pairing_tolerance_s',
            PairingRule().tolerance_s,
            'how far the stamps of image and calibration may be apart, for approximate pairing',
            0.0,
            10.0,
            unit='s',
        ),
    )


def declare_schedule(node: Node, camera: str) -> CameraSchedule:
    """Declare and read one camera's share of the device."""
    return CameraSchedule(**_by_last_name(declare(node, _schedule_parameters(camera))))


def declare_camera_settings(node: Node, camera: str) -> CameraSettings:
    """Declare and read what differs from camera to camera; ConfigurationError if it is wrong."""
    values = declare(node, camera_settings_parameters(camera))
    return group_of(_prefix(camera), values, CameraSettings())


def _by_last_name(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name.rpartition('.')[2]: value for name, value in values.items()}


def declare_topics(node: Node, camera: str) -> CameraTopics:
    """Declare and read one camera's topics and how to subscribe to them."""
    values = _by_last_name(declare(node, _topic_parameters(camera)))
    pairing = PairingRule(values['pairing'], values['pairing_tolerance_s'])
    return CameraTopics(
        camera,
        values['image_topic'],
        values['camera_info_topic'],
        transport=values['transport'],
        rectified=_RECTIFIED[values['rectified']],
        image_quality=replace(
            IMAGE,
            reliability=values['reliability'],
            durability=values['durability'],
            depth=values['queue_depth'],
        ),
        camera_info_quality=replace(
            CAMERA_INFO,
            durability=values['camera_info_durability'],
            depth=_PAIRED_DEPTH if pairing.by_stamp else CAMERA_INFO.depth,
        ),
        pairing=pairing,
    )
