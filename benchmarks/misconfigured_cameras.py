# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Cameras of which nothing comes, or not all: what is wrong, and what the node must say.

All of them are cameras of one node, each under its own name.
"""

from __future__ import annotations

from functools import partial

from misconfigured_camera import bad_images
from misconfigured_camera import BEST_EFFORT
from misconfigured_camera import calibration
from misconfigured_camera import CameraAnswer
from misconfigured_camera import ERROR
from misconfigured_camera import HAS_TRANSFORMS
from misconfigured_camera import IMAGES
from misconfigured_camera import INFOS
from misconfigured_camera import infos
from misconfigured_camera import JPEGS
from misconfigured_camera import LATCHED
from misconfigured_camera import later
from misconfigured_camera import looping
from misconfigured_camera import matrix
from misconfigured_camera import MisconfiguredCamera
from misconfigured_camera import OK
from misconfigured_camera import OTHER_CAMERA
from misconfigured_camera import picture
from misconfigured_camera import Sent
from misconfigured_camera import STALE
from misconfigured_camera import TARGET_FRAME
from misconfigured_camera import text
from misconfigured_camera import WARN
from misconfigured_camera import When
from misconfigured_camera import Wish
from sensor_msgs.msg import CameraInfo
from sensor_msgs.msg import CompressedImage
from sensor_msgs.msg import Image
from sensor_msgs.msg import PointCloud2
from std_msgs.msg import String

from hailo_perception.core.frame import Header
from hailo_perception.ros import images

_LATCHED_INFOS = Sent('camera_info', CameraInfo, calibration(), LATCHED, When.BEFORE_THE_NODE)
_POINTS = Wish('points', PointCloud2)

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
        (Sent('image_raw', String, text), INFOS),
    ),
    MisconfiguredCamera(
        'lossy', 'reliable asked for, best-effort sent',
        CameraAnswer(
            'incompatible_qos', ERROR, 'rejected',
            'offers /lossy/image_raw volatile, best-effort, asked for is volatile, reliable',
            'camera.lossy.reliability',
        ),
        (Sent('image_raw', Image, picture, BEST_EFFORT), INFOS), {'reliability': 'reliable'},
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
        (IMAGES, Sent('calibration', CameraInfo, calibration())),
    ),
    MisconfiguredCamera(
        'early', 'camera_info sent once, before the node came, and not latched',
        CameraAnswer(
            'no_camera_info', WARN, 'waiting_camera_info',
            'publishes /early/camera_info, and none has arrived', 'or latch it',
        ),
        (
            IMAGES,
            Sent('camera_info', CameraInfo, calibration(), when=When.BEFORE_THE_NODE),
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
        (IMAGES, infos(calibration(OTHER_CAMERA))),
    ),
    MisconfiguredCamera(
        'resized_jpeg', 'camera_info of another size, images compressed',
        CameraAnswer(
            'camera_info_size', WARN, 'waiting_camera_info', '96×64', 'calibrate at the size',
        ),
        (JPEGS, infos(calibration(OTHER_CAMERA))),
        {'image_topic': '/resized_jpeg/image_raw/compressed'},
    ),
    MisconfiguredCamera(
        'uncalibrated', 'K all zeros',
        CameraAnswer(
            'uncalibrated', WARN, 'waiting_camera_info',
            'K of /uncalibrated/camera_info is all zeros', 'camera_calibration',
        ),
        (IMAGES, infos(lambda header: matrix(0.0, 0.0))),
    ),
    MisconfiguredCamera(
        'impossible', 'a negative focal length',
        CameraAnswer(
            'camera_info_unusable', WARN, 'waiting_camera_info',
            '/impossible/camera_info cannot be used', 'correct the calibration file',
        ),
        (IMAGES, infos(lambda header: matrix(80.0, -80.0))),
    ),
    MisconfiguredCamera(
        'unpaired', 'exact pairing, stamps 1 ms apart',
        CameraAnswer(
            'all_dropped', ERROR, 'rejected',
            'dropped: unpaired', 'camera.unpaired.pairing to latest',
        ),
        (IMAGES, infos(later(0.001, calibration()))), {'pairing': 'exact'},
    ),
    MisconfiguredCamera(
        'apart', 'approximate pairing, stamps farther apart than its tolerance',
        CameraAnswer(
            'all_dropped', ERROR, 'rejected',
            'dropped: unpaired', 'camera.apart.pairing to latest',
        ),
        (IMAGES, infos(later(-30.0, calibration()))), {'pairing': 'approximate'},
    ),
    MisconfiguredCamera(
        'encoding', 'an encoding that is not supported',
        CameraAnswer(
            'unsupported_encoding', ERROR, 'rejected', "'mystery8'", 'set an encoding',
        ),
        (bad_images(encoding='mystery8'), INFOS),
    ),
    MisconfiguredCamera(
        'short', 'image data shorter than step × height',
        CameraAnswer(
            'all_dropped', ERROR, 'rejected', 'dropped: image_data', "the camera's driver",
        ),
        (bad_images(data=bytes(1000)), INFOS),
    ),
    MisconfiguredCamera(
        'narrow', 'a step smaller than a row of pixels',
        CameraAnswer('all_dropped', ERROR, 'rejected', 'step', "the camera's driver"),
        (bad_images(step=7), INFOS),
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
        (Sent('image_raw', Image, later(-10.0, picture)), INFOS), {'stale_after_s': 1.0},
    ),
    MisconfiguredCamera(
        'replayed', 'stamps of three years ago, as of a bag without use_sim_time',
        CameraAnswer(
            'foreign_stamps', WARN, 'active',
            "the stamps of /replayed/image_raw are 100000000 s behind the node's clock",
            'set use_sim_time to true and play it with --clock',
        ),
        (
            Sent('image_raw', Image, later(-1e8, picture)),
            infos(later(-1e8, calibration())),
        ),
    ),
    MisconfiguredCamera(
        'ahead', 'stamps of a computer whose clock is 5000 s ahead',
        CameraAnswer(
            'foreign_stamps', WARN, 'active',
            "the stamps of /ahead/image_raw are 5000 s ahead of the node's clock",
            'one clock for all computers',
        ),
        (
            Sent('image_raw', Image, later(5000.0, picture)),
            infos(later(5000.0, calibration())),
        ),
    ),
    MisconfiguredCamera(
        'unstamped', 'images without a stamp',
        CameraAnswer(
            'foreign_stamps', WARN, 'active', 'have the stamp 0', 'stamp its images',
        ),
        (
            Sent('image_raw', Image, lambda header: picture(Header(0, header.frame_id))),
            INFOS,
        ),
    ),
    MisconfiguredCamera(
        'looping', 'stamps that go back, as of a bag that loops without use_sim_time',
        CameraAnswer(
            'clock_jumped', WARN, 'active',
            'the stamps of /looping/image_raw went back', 'where a bag started over',
        ),
        (Sent('image_raw', Image, looping(1.0, picture)), INFOS),
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
        (IMAGES, _LATCHED_INFOS), wanted=None,
    ),
    MisconfiguredCamera(
        'latecomer', 'a subscriber that asks for latched results',
        CameraAnswer(
            'incompatible_subscriber', WARN, 'active',
            '/operator subscribes to /perception/latecomer/depth/image as transient-local, '
            'reliable, offered is volatile, reliable',
            'subscribe as volatile, reliable',
        ),
        (IMAGES, INFOS), wanted=Wish('depth/image', Image, LATCHED),
    ),
    MisconfiguredCamera(
        'mistaken', 'a subscriber that asks for another type of message',
        CameraAnswer(
            'incompatible_subscriber', WARN, 'active',
            '/operator subscribes to /perception/mistaken/depth/image as '
            'sensor_msgs/msg/PointCloud2, offered is sensor_msgs/msg/Image',
            'subscribe as sensor_msgs/msg/Image',
        ),
        (IMAGES, INFOS), wanted=Wish('depth/image', PointCloud2),
    ),
    MisconfiguredCamera(
        'unplaced', 'target_frame without a transform',
        CameraAnswer(
            'no_transform', WARN, 'active', TARGET_FRAME, 'static_transform_publisher',
        ),
        (IMAGES, INFOS), wanted=_POINTS, needs_transforms=True,
    ),
    MisconfiguredCamera(
        'frameless', 'images without a frame_id, and a target_frame',
        CameraAnswer(
            'no_transform', WARN, 'active', 'have an empty frame_id', "in the camera's driver",
        ),
        (Sent('image_raw', Image, lambda header: picture(Header(header.stamp_ns, ''))), INFOS),
        wanted=_POINTS, needs_transforms=True,
    ),
    MisconfiguredCamera(
        'nameless', 'images without a frame_id, and results that need no transform',
        CameraAnswer(
            'no_transform', WARN, 'active', 'have an empty frame_id', "in the camera's driver",
        ),
        (Sent('image_raw', Image, lambda header: picture(Header(header.stamp_ns, ''))), INFOS),
    ),
)

CAMERAS = tuple(camera for camera in _CAMERAS if HAS_TRANSFORMS or not camera.needs_transforms)
"""Those that can be tried here."""
