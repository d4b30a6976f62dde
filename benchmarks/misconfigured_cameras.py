# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Cameras of which nothing comes, or not all: what is wrong, and what the node must say.

All of them are cameras of one node, each under its own name.
"""

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

_BEST_EFFORT = QoSProfile(depth=2, reliability=ReliabilityPolicy.BEST_EFFORT)
_LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


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

    ``wanted`` is the output that somebody subscribes to, '' for none. Where the node cannot
    listen to /tf a camera that ``needs_transforms`` cannot be tried.
    """

    name: str
    what: str
    answer: CameraAnswer
    sent: tuple[Sent, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    wanted: str = 'depth/image'
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


def _later(seconds: float, make: Callable[[Header], Any]) -> Callable[[Header], Any]:
    """Give messages another stamp, earlier where the number is negative."""
    return lambda header: make(
        Header(header.stamp_ns + round(seconds * 1e9), header.frame_id)
    )


def _calibration(model: CameraModel = CAMERA) -> Callable[[Header], CameraInfo]:
    return partial(camera_info.to_message, model)


def _matrix(fx: float, fy: float) -> CameraInfo:
    width, height = SIZE
    k = [fx, 0.0, 48.0, 0.0, fy, 32.0, 0.0, 0.0, 1.0] if fx or fy else [0.0] * 9
    return CameraInfo(width=width, height=height, k=k, distortion_model='plumb_bob', d=[0.0] * 5)


def _text(header: Header) -> String:
    return String(data=header.frame_id)


IMAGES = Sent('image_raw', Image, picture)
JPEGS = Sent('image_raw/compressed', CompressedImage, partial(images.to_compressed_message, JPEG))
INFOS = Sent('camera_info', CameraInfo, _calibration())


def _bad_images(**changes: Any) -> Sent:
    return Sent('image_raw', Image, partial(picture, **changes))


def _infos(make: Callable[[Header], CameraInfo]) -> Sent:
    return Sent('camera_info', CameraInfo, make)


_LATCHED_INFOS = Sent('camera_info', CameraInfo, _calibration(), _LATCHED, When.BEFORE_THE_NODE)

_CAMERAS = (
    MisconfiguredCamera(
        'typo', 'image topic with a typing error',
        CameraAnswer(
            'no_publisher', WARN, 'waiting_image',
            'nobody publishes /typo/image_rw (there is /typo/image_raw',
            'set camera.typo.image_topic to /typo/image_raw',
        ),
        (IMAGES, INFOS), {'image_topic': '/typo/image_rw'},
    ),
    MisconfiguredCamera(
        'namespace', "image topic without the robot's namespace",
        CameraAnswer(
            'no_publisher', WARN, 'waiting_image',
            'nobody publishes /namespace/image_raw',
            'set camera.namespace.image_topic to /robot/namespace/image_raw',
        ),
        (Sent('/robot/namespace/image_raw', Image, picture), INFOS),
    ),
    MisconfiguredCamera(
        'transport', 'raw images asked for, only compressed ones sent',
        CameraAnswer(
            'no_publisher', WARN, 'waiting_image',
            'nobody publishes /transport/image_raw',
            'set camera.transport.image_topic to /transport/image_raw/compressed',
        ),
        (JPEGS, INFOS),
    ),
    MisconfiguredCamera(
        'compressed', 'compressed images under a name of raw ones',
        CameraAnswer(
            'wrong_type', ERROR, 'rejected',
            'carries sensor_msgs/msg/CompressedImage, expected sensor_msgs/msg/Image',
            'set camera.compressed.transport to compressed',
        ),
        (Sent('image_raw', CompressedImage, JPEGS.make), INFOS),
    ),
    MisconfiguredCamera(
        'raw', 'raw images where compressed ones were asked for',
        CameraAnswer(
            'wrong_type', ERROR, 'rejected',
            'carries sensor_msgs/msg/Image, expected sensor_msgs/msg/CompressedImage',
            'set camera.raw.transport to raw',
        ),
        (IMAGES, INFOS), {'transport': 'compressed'},
    ),
    MisconfiguredCamera(
        'text', 'a topic of other messages as image topic',
        CameraAnswer(
            'wrong_type', ERROR, 'rejected',
            'carries std_msgs/msg/String', 'camera.text.image_topic to a topic of images',
        ),
        (Sent('image_raw', String, _text), INFOS),
    ),
    MisconfiguredCamera(
        'lossy', 'reliable asked for, best-effort sent',
        CameraAnswer(
            'incompatible_qos', ERROR, 'rejected',
            'offers /lossy/image_raw volatile, best-effort, asked for is volatile, reliable',
            'camera.lossy.reliability',
        ),
        (Sent('image_raw', Image, picture, _BEST_EFFORT), INFOS), {'reliability': 'reliable'},
    ),
    MisconfiguredCamera(
        'volatile', 'latched images asked for, volatile ones sent',
        CameraAnswer(
            'incompatible_qos', ERROR, 'rejected',
            'offers /volatile/image_raw volatile, reliable, asked for is transient-local',
            'camera.volatile.durability',
        ),
        (IMAGES, INFOS), {'durability': 'transient_local'},
    ),
    MisconfiguredCamera(
        'mute', 'a driver that sends nothing',
        CameraAnswer(
            'nothing_arrives', WARN, 'waiting_image',
            'publishes /mute/image_raw, and no image has arrived', 'ros2 topic hz',
        ),
        (Sent('image_raw', Image, picture, when=When.NEVER), INFOS),
    ),
    MisconfiguredCamera(
        'unplugged', 'images stop, the driver lives',
        CameraAnswer(
            'silent', STALE, 'stale',
            'images of /unplugged/image_raw stopped', 'look at the camera, its cable',
        ),
        (Sent('image_raw', Image, picture, when=When.UNTIL_SEEN), INFOS),
    ),
    MisconfiguredCamera(
        'crashed', 'images stop, the driver is gone',
        CameraAnswer(
            'silent', STALE, 'stale',
            'and nobody publishes it any more', 'start the camera again',
        ),
        (Sent('image_raw', Image, picture, when=When.UNTIL_GONE), INFOS),
    ),
    MisconfiguredCamera(
        'crowded', 'two drivers on one image topic',
        CameraAnswer(
            'several_publishers', WARN, 'active',
            '/crowded/image_raw has 2 publishers', 'stop all but one',
        ),
        (IMAGES, IMAGES, INFOS),
    ),
    MisconfiguredCamera(
        'twin', 'two cameras with one image topic',
        CameraAnswer(
            'shared_topic', WARN, 'waiting_image',
            '/mute/image_raw is the image topic of mute too', 'set camera.twin.image_topic',
        ),
        (), {'image_topic': '/mute/image_raw'},
    ),
    MisconfiguredCamera(
        'uninformed', 'no camera_info',
        CameraAnswer(
            'no_camera_info', WARN, 'waiting_camera_info',
            'nobody publishes /uninformed/camera_info', 'camera.uninformed.camera_info_topic',
        ),
        (IMAGES,),
    ),
    MisconfiguredCamera(
        'elsewhere', 'camera_info under another name',
        CameraAnswer(
            'no_camera_info', WARN, 'waiting_camera_info',
            'nobody publishes /elsewhere/camera_info (there is /elsewhere/calibration',
            'set camera.elsewhere.camera_info_topic to /elsewhere/calibration',
        ),
        (IMAGES, Sent('calibration', CameraInfo, _calibration())),
    ),
    MisconfiguredCamera(
        'early', 'camera_info sent once, before the node came, and not latched',
        CameraAnswer(
            'no_camera_info', WARN, 'waiting_camera_info',
            'publishes /early/camera_info, and none has arrived', 'or latch it',
        ),
        (
            IMAGES,
            Sent('camera_info', CameraInfo, _calibration(), when=When.BEFORE_THE_NODE),
        ),
    ),
    MisconfiguredCamera(
        'unlatched', 'latched camera_info asked for, volatile sent',
        CameraAnswer(
            'no_camera_info', WARN, 'waiting_camera_info',
            'offers /unlatched/camera_info volatile', 'camera.unlatched.camera_info_durability',
        ),
        (IMAGES, INFOS), {'camera_info_durability': 'transient_local'},
    ),
    MisconfiguredCamera(
        'resized', 'camera_info of another size',
        CameraAnswer(
            'camera_info_size', WARN, 'waiting_camera_info',
            'images are 96×64 and /resized/camera_info is for 192×128', 'calibrate at the size',
        ),
        (IMAGES, _infos(_calibration(OTHER_CAMERA))),
    ),
    MisconfiguredCamera(
        'resized_jpeg', 'camera_info of another size, images compressed',
        CameraAnswer(
            'camera_info_size', WARN, 'waiting_camera_info', '96×64', 'calibrate at the size',
        ),
        (JPEGS, _infos(_calibration(OTHER_CAMERA))),
        {'image_topic': '/resized_jpeg/image_raw/compressed'},
    ),
    MisconfiguredCamera(
        'uncalibrated', 'K all zeros',
        CameraAnswer(
            'uncalibrated', WARN, 'waiting_camera_info',
            'K of /uncalibrated/camera_info is all zeros', 'camera_calibration',
        ),
        (IMAGES, _infos(lambda header: _matrix(0.0, 0.0))),
    ),
    MisconfiguredCamera(
        'impossible', 'a negative focal length',
        CameraAnswer(
            'camera_info_unusable', WARN, 'waiting_camera_info',
            '/impossible/camera_info cannot be used', 'correct the calibration file',
        ),
        (IMAGES, _infos(lambda header: _matrix(80.0, -80.0))),
    ),
    MisconfiguredCamera(
        'unpaired', 'exact pairing, stamps 1 ms apart',
        CameraAnswer(
            'all_dropped', ERROR, 'rejected',
            'dropped: unpaired', 'camera.unpaired.pairing to latest',
        ),
        (IMAGES, _infos(_later(0.001, _calibration()))), {'pairing': 'exact'},
    ),
    MisconfiguredCamera(
        'apart', 'approximate pairing, stamps farther apart than its tolerance',
        CameraAnswer(
            'all_dropped', ERROR, 'rejected',
            'dropped: unpaired', 'camera.apart.pairing to latest',
        ),
        (IMAGES, _infos(_later(-30.0, _calibration()))), {'pairing': 'approximate'},
    ),
    MisconfiguredCamera(
        'encoding', 'an encoding that is not supported',
        CameraAnswer(
            'unsupported_encoding', ERROR, 'rejected', "'mystery8'", 'set an encoding',
        ),
        (_bad_images(encoding='mystery8'), INFOS),
    ),
    MisconfiguredCamera(
        'short', 'image data shorter than step × height',
        CameraAnswer(
            'all_dropped', ERROR, 'rejected', 'dropped: image_data', "the camera's driver",
        ),
        (_bad_images(data=bytes(1000)), INFOS),
    ),
    MisconfiguredCamera(
        'narrow', 'a step smaller than a row of pixels',
        CameraAnswer('all_dropped', ERROR, 'rejected', 'step', "the camera's driver"),
        (_bad_images(step=7), INFOS),
    ),
    MisconfiguredCamera(
        'broken_jpeg', 'JPEGs that are none',
        CameraAnswer(
            'all_dropped', ERROR, 'rejected', 'dropped: image_data', "the camera's driver",
        ),
        (
            Sent(
                'image_raw/compressed', CompressedImage,
                partial(images.to_compressed_message, b'\xff\xd8\xff\xe0 broken'),
            ),
            INFOS,
        ),
        {'image_topic': '/broken_jpeg/image_raw/compressed'},
    ),
    MisconfiguredCamera(
        'old', 'stamps ten seconds old, limit one second',
        CameraAnswer(
            'all_dropped', ERROR, 'rejected', "s old by the node's clock", 'share one clock',
        ),
        (Sent('image_raw', Image, _later(-10.0, picture)), INFOS), {'stale_after_s': 1.0},
    ),
    MisconfiguredCamera(
        'limited', 'a rate limit of one image in twenty seconds',
        CameraAnswer(
            'rate_limited', OK, 'active', 'dropped: rate_limit', 'raise camera.limited.rate_hz',
        ),
        (IMAGES, INFOS), {'rate_hz': 0.05},
    ),
    MisconfiguredCamera(
        'unheard', 'no subscriber',
        CameraAnswer(
            'no_subscriber', OK, 'active', 'nothing is computed', 'subscribe to one',
        ),
        (IMAGES, _LATCHED_INFOS), wanted='',
    ),
    MisconfiguredCamera(
        'unplaced', 'target_frame without a transform',
        CameraAnswer(
            'no_transform', WARN, 'active', TARGET_FRAME, 'static_transform_publisher',
        ),
        (IMAGES, INFOS), wanted='points', needs_transforms=True,
    ),
    MisconfiguredCamera(
        'frameless', 'images without a frame_id, and a target_frame',
        CameraAnswer(
            'no_transform', WARN, 'active', 'have an empty frame_id', "in the camera's driver",
        ),
        (Sent('image_raw', Image, lambda header: picture(Header(header.stamp_ns, ''))), INFOS),
        wanted='points', needs_transforms=True,
    ),
)

CAMERAS = tuple(camera for camera in _CAMERAS if HAS_TRANSFORMS or not camera.needs_transforms)
"""Those that can be tried here."""
