# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What is told of a misconfigured camera: its messages, who wants its results, the answer."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from enum import auto
from enum import Enum
from functools import partial
from importlib.util import find_spec
from typing import Any

import cv2
from diagnostic_msgs.msg import DiagnosticStatus
import numpy as np
from rclpy.qos import DurabilityPolicy
from rclpy.qos import QoSProfile
from rclpy.qos import ReliabilityPolicy
from sensor_msgs.msg import CameraInfo
from sensor_msgs.msg import CompressedImage
from sensor_msgs.msg import Image
from std_msgs.msg import String

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.frame import Header
from hailo_perception.ros import camera_info
from hailo_perception.ros import images

SIZE = (96, 64)
CAMERA = CameraModel(*SIZE, 80, 80, 48, 32)
OTHER_CAMERA = CameraModel(192, 128, 160, 160, 96, 64)
PICTURE = np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)
JPEG = bytes(cv2.imencode('.jpg', PICTURE)[1])
TARGET_FRAME = 'base_link'
HAS_TRANSFORMS = find_spec('tf2_ros') is not None or find_spec('tf2_msgs') is not None
"""Whether a node of this Python can listen to /tf; the ROS wheels of PyPI have neither."""
OK, WARN, STALE, ERROR = (
    DiagnosticStatus.OK,
    DiagnosticStatus.WARN,
    DiagnosticStatus.STALE,
    DiagnosticStatus.ERROR,
)

BEST_EFFORT = QoSProfile(depth=2, reliability=ReliabilityPolicy.BEST_EFFORT)
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class When(Enum):
    """When a driver sends."""

    ALWAYS = auto()
    NEVER = auto()
    BEFORE_THE_NODE = auto()
    """Once, before the node subscribes."""
    UNTIL_SEEN = auto()
    """Until the node has got one image."""
    UNTIL_GONE = auto()
    """Until the node has got one image; then the driver ends."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a driver sends on one topic, a name below the camera's or a full one.

    Without a profile it sends reliably and keeps nothing for later.
    """

    topic: str
    message_type: type
    make: Callable[[Header], Any]
    profile: QoSProfile | None = None
    when: When = When.ALWAYS


@dataclass(frozen=True, slots=True)
class Wish:
    """An output that somebody subscribes to; without a profile reliably, as most do."""

    output: str
    message_type: type
    profile: QoSProfile | None = None


DEPTH = Wish('depth/image', Image)


@dataclass(frozen=True, slots=True)
class CameraAnswer:
    """What a camera's diagnostics and a line of the log must have; texts are parts of theirs."""

    cause: str
    level: bytes
    state: str
    fact: str
    remedy: str


@dataclass(frozen=True, slots=True)
class MisconfiguredCamera:
    """One camera; the names of its ``parameters`` go on where camera.<name>. ends.

    ``wanted`` is what somebody subscribes to, None for nothing. Where the node cannot listen to
    /tf a camera that ``needs_transforms`` cannot be tried.
    """

    name: str
    what: str
    answer: CameraAnswer
    sent: tuple[Sent, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    wanted: Wish | None = DEPTH
    needs_transforms: bool = False


def picture(header: Header, data: bytes | None = None, **changes: Any) -> Image:
    """Make an image message, with some of its fields as they should not be."""
    message = images.to_message(PICTURE, header)
    if data is not None:
        del message.data[:]
        message.data.frombytes(data)
    for name, value in changes.items():
        setattr(message, name, value)
    return message


def later(seconds: float, make: Callable[[Header], Any]) -> Callable[[Header], Any]:
    """Give messages another stamp, earlier where the number is negative."""
    return lambda header: make(
        Header(header.stamp_ns + round(seconds * 1e9), header.frame_id)
    )


def looping(seconds: float, make: Callable[[Header], Any]) -> Callable[[Header], Any]:
    """Play each stretch of stamps of this length twice, as a bag does that starts over."""
    length_ns = round(seconds * 1e9)
    return lambda header: make(
        Header(header.stamp_ns - header.stamp_ns // length_ns % 2 * length_ns, header.frame_id)
    )


def calibration(model: CameraModel = CAMERA) -> Callable[[Header], CameraInfo]:
    """Make calibrations of a camera."""
    return partial(camera_info.to_message, model)


def matrix(fx: float, fy: float) -> CameraInfo:
    """Make a calibration with these focal lengths; K is all zeros where both are."""
    width, height = SIZE
    k = [fx, 0.0, 48.0, 0.0, fy, 32.0, 0.0, 0.0, 1.0] if fx or fy else [0.0] * 9
    return CameraInfo(width=width, height=height, k=k, distortion_model='plumb_bob', d=[0.0] * 5)


def text(header: Header) -> String:
    """Make a message that is no image."""
    return String(data=header.frame_id)


IMAGES = Sent('image_raw', Image, picture)
JPEGS = Sent('image_raw/compressed', CompressedImage, partial(images.to_compressed_message, JPEG))
INFOS = Sent('camera_info', CameraInfo, calibration())


def bad_images(**changes: Any) -> Sent:
    """Send images with some fields as they should not be."""
    return Sent('image_raw', Image, partial(picture, **changes))


def infos(make: Callable[[Header], CameraInfo]) -> Sent:
    """Send such calibrations."""
    return Sent('camera_info', CameraInfo, make)
