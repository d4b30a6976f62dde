# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What the demo subscribes to, and how much of each goes into the recording.

The budget of the recording at 10 frames/s of 1280×720 is about 4 MB/s: every frame's JPEGs,
masks, lists and top view, but the depth images only every half second and the cloud every second.
The uncompressed overlay and uncompressed camera images stay unsubscribed: their JPEGs show the
same at a twentieth of the size.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.qos import DurabilityPolicy
from rclpy.qos import HistoryPolicy
from rclpy.qos import QoSProfile
from rclpy.qos import ReliabilityPolicy
from sensor_msgs.msg import CameraInfo
from sensor_msgs.msg import CompressedImage
from sensor_msgs.msg import Image
from sensor_msgs.msg import PointCloud2
from visualization_msgs.msg import MarkerArray

from hailo_perception.cli.demo.options import CAMERA
from hailo_perception.cli.demo.options import DemoOptions
from hailo_perception.cli.demo.options import SourceKind
from hailo_perception.core.results import Output
from hailo_perception.msg import LaneArray
from hailo_perception.msg import ObjectArray
from hailo_perception.msg import PipelineStats
from hailo_perception.ros import vision_messages

NODE = 'perception'
_QUEUE_DEPTH = 10


class Content(Enum):
    """What the demo itself makes of a topic, beside recording it."""

    OBJECTS = 'objects'
    OVERLAY = 'overlay'
    DEPTH = 'depth'
    DEPTH_COLOR = 'depth color'
    POINTS = 'points'
    BIRD_EYE = 'bird_eye'
    STATS = 'stats'
    DIAGNOSTICS = 'diagnostics'
    OTHER_RESULT = 'other result'
    INPUT = 'input'
    LABELS = 'labels'

    @property
    def is_result(self) -> bool:
        """Whether every frame brings one, so that it counts for rate and latency."""
        return self in _RESULTS

    @property
    def has_pictures(self) -> bool:
        """Whether chosen frames of it become files."""
        return self in _PICTURED


_PICTURED = (Content.DEPTH, Content.DEPTH_COLOR, Content.POINTS, Content.BIRD_EYE)
_RESULTS = (Content.OBJECTS, Content.OVERLAY, *_PICTURED, Content.OTHER_RESULT)


@dataclass(frozen=True, slots=True)
class Topic:
    """One subscription.

    ``recording_period_s`` is the least time between two recorded messages, 0 for all of them;
    ``has_header`` says that the message begins with a std_msgs/Header.
    """

    name: str
    message_type: Any
    content: Content
    profile: QoSProfile
    recording_period_s: float = 0.0
    has_header: bool = True


def demo_topics(options: DemoOptions) -> tuple[Topic, ...]:
    """List every topic of a run, outputs first."""
    topics = [
        _output(Output.OBJECTS, ObjectArray, Content.OBJECTS),
        _output(Output.OVERLAY_COMPRESSED, CompressedImage, Content.OVERLAY),
        _output(Output.DEPTH, Image, Content.DEPTH, recording_period_s=0.5),
        _output(Output.DEPTH_COLOR, Image, Content.DEPTH_COLOR, recording_period_s=0.5),
        _output(Output.POINTS, PointCloud2, Content.POINTS, recording_period_s=1.0),
        _output(Output.BIRD_EYE, Image, Content.BIRD_EYE),
        _output(Output.SEMANTIC_MASK, Image, Content.OTHER_RESULT),
        _output(Output.LANE_MASK, Image, Content.OTHER_RESULT),
        _output(Output.LANES, LaneArray, Content.OTHER_RESULT),
        _output(Output.MARKERS, MarkerArray, Content.OTHER_RESULT, has_header=False),
        Topic(
            f'/{NODE}/{CAMERA}/depth/camera_info',
            CameraInfo,
            Content.OTHER_RESULT,
            _RELIABLE,
            recording_period_s=0.5,
        ),
        Topic(f'/{NODE}/stats', PipelineStats, Content.STATS, _RELIABLE),
        Topic('/diagnostics', DiagnosticArray, Content.DIAGNOSTICS, _RELIABLE),
    ]
    if options.is_recording:
        topics += _camera_topics(options)
    if vision_messages.IS_AVAILABLE:
        topics += _vision_topics()
    return tuple(topics)


def _camera_topics(options: DemoOptions) -> list[Topic]:
    topics = [
        Topic(
            options.recorded_camera_info_topic,
            CameraInfo,
            Content.INPUT,
            _BEST_EFFORT,
            recording_period_s=0.5,
        )
    ]
    if options.recorded_image_topic is not None:
        # A running camera may offer best effort only, and then a reliable subscription gets none.
        is_own = options.kind is not SourceKind.TOPIC
        topics.append(
            Topic(
                options.recorded_image_topic,
                CompressedImage,
                Content.INPUT,
                _RELIABLE if is_own else _BEST_EFFORT,
            )
        )
    return topics


def _vision_topics() -> list[Topic]:
    label_infos = ('label_info', 'semantic/label_info', 'lane/label_info')
    return [
        _output(Output.DETECTIONS, vision_messages.Detection2DArray, Content.OTHER_RESULT),
        *(
            Topic(
                f'/{NODE}/{CAMERA}/{name}', vision_messages.LabelInfo, Content.LABELS, _LATCHED
            )
            for name in label_infos
        ),
    ]


def _output(output: Output, message_type: Any, content: Content, **settings: Any) -> Topic:
    name = f'/{NODE}/{CAMERA}/{output.value}'
    return Topic(name, message_type, content, _RELIABLE, **settings)


def _profile(
    reliability: ReliabilityPolicy, durability: DurabilityPolicy = DurabilityPolicy.VOLATILE
) -> QoSProfile:
    return QoSProfile(
        history=HistoryPolicy.KEEP_LAST,
        depth=_QUEUE_DEPTH,
        reliability=reliability,
        durability=durability,
    )


_RELIABLE = _profile(ReliabilityPolicy.RELIABLE)
_BEST_EFFORT = _profile(ReliabilityPolicy.BEST_EFFORT)
_LATCHED = _profile(ReliabilityPolicy.RELIABLE, DurabilityPolicy.TRANSIENT_LOCAL)
