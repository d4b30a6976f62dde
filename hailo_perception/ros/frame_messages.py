# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""How each result of a frame becomes a message; those of pictures are made once and refilled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import CameraInfo
from sensor_msgs.msg import CompressedImage
from sensor_msgs.msg import Image
from sensor_msgs.msg import PointCloud2
from visualization_msgs.msg import MarkerArray

from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import Output
from hailo_perception.core.results import Perception
from hailo_perception.msg import LaneArray
from hailo_perception.msg import ObjectArray
from hailo_perception.ros import autoware_messages
from hailo_perception.ros import image_annotations
from hailo_perception.ros import images
from hailo_perception.ros import results
from hailo_perception.ros import vision_messages
from hailo_perception.ros.camera_info import ReusedCameraInfo
from hailo_perception.ros.images import ReusedImage
from hailo_perception.ros.markers import to_marker_array
from hailo_perception.ros.results import ReusedPointCloud
from hailo_perception.tasks.autoware_classes import AutowareClasses
from hailo_perception.vision.jpeg import encode_jpeg

DepthEncoding = Literal['32FC1', '16UC1']


@dataclass(frozen=True, slots=True)
class OutputOptions:
    """How results are put into messages.

    ``depth_encoding`` is metres (32FC1) or millimetres (16UC1, REP 118's raw form);
    ``jpeg_quality`` 1…100 is that of the compressed overlay; ``class_id_format`` is how
    vision_msgs' detections name a class; ``autoware`` translates the classes
    for Autoware's outputs, which None leaves out.
    """

    depth_encoding: DepthEncoding = '32FC1'
    jpeg_quality: int = 85
    class_id_format: vision_messages.ClassIdFormat = 'name'
    autoware: AutowareClasses | None = None


Filler = Callable[[Perception], tuple[Any, ...]]
"""Gives the messages of one output's topics, some of them serialised already; none when the frame
has no such result."""


def output_topics() -> dict[Output, dict[str, type]]:
    """Name each output's topics and their types; outputs without installed types are missing."""
    topics: dict[Output, dict[str, type]] = {
        output: {output.value: message_type}
        for output, message_type in {
            Output.OBJECTS: ObjectArray,
            Output.SEMANTIC_MASK: Image,
            Output.SEMANTIC_CONFIDENCE: Image,
            Output.LANE_MASK: Image,
            Output.LANES: LaneArray,
            Output.DEPTH: Image,
            Output.DEPTH_COLOR: Image,
            Output.POINTS: PointCloud2,
            Output.POINT_LABELS: Image,
            Output.POINT_CONFIDENCE: Image,
            Output.BIRD_EYE: Image,
            Output.MARKERS: MarkerArray,
            Output.OVERLAY: Image,
            Output.OVERLAY_COMPRESSED: CompressedImage,
        }.items()
    }
    topics[Output.DEPTH]['depth/camera_info'] = CameraInfo
    if vision_messages.IS_AVAILABLE:
        topics[Output.DETECTIONS] = {Output.DETECTIONS.value: vision_messages.Detection2DArray}
    if image_annotations.IS_AVAILABLE:
        topics[Output.ANNOTATIONS] = {Output.ANNOTATIONS.value: image_annotations.ImageAnnotations}
    return topics


def autoware_topics(outputs: frozenset[Output]) -> dict[Output, dict[str, type]]:
    """Name the topics of Autoware's outputs among these and their types.

    MissingDependencyError when a type is not installed.
    """
    topics: dict[Output, dict[str, type]] = {}
    if Output.AUTOWARE_OBJECTS in outputs:
        autoware_messages.require_messages()
        topics[Output.AUTOWARE_OBJECTS] = {
            Output.AUTOWARE_OBJECTS.value: autoware_messages.DetectedObjectsWithFeature
        }
    if Output.AUTOWARE_MASK in outputs:
        topics[Output.AUTOWARE_MASK] = {Output.AUTOWARE_MASK.value: Image}
    return topics


class FrameMessages:
    """The messages of one camera's outputs.

    What ``fill`` gives is valid until it is called again for the same output. Several threads
    may fill different outputs.
    """

    def __init__(self, options: OutputOptions) -> None:
        """Prepare what is used again and again."""
        self._options = options
        self._depth = ReusedImage()
        self._scaled = ReusedCameraInfo()
        self._fillers: dict[Output, Filler] = {
            Output.OBJECTS: _objects,
            Output.DETECTIONS: partial(_detections, options.class_id_format),
            Output.SEMANTIC_MASK: partial(_semantic_mask, ReusedImage()),
            Output.SEMANTIC_CONFIDENCE: partial(_semantic_confidence, ReusedImage()),
            Output.LANE_MASK: partial(_lane_mask, ReusedImage()),
            Output.LANES: _lanes,
            Output.DEPTH: self._depth_and_calibration,
            Output.DEPTH_COLOR: partial(_depth_color, ReusedImage()),
            Output.POINTS: partial(_points, ReusedPointCloud()),
            Output.POINT_LABELS: partial(_point_labels, ReusedImage()),
            Output.POINT_CONFIDENCE: partial(_point_confidence, ReusedImage()),
            Output.BIRD_EYE: partial(_bird_eye, ReusedImage()),
            Output.MARKERS: _markers,
            Output.OVERLAY: partial(_overlay, ReusedImage()),
            Output.OVERLAY_COMPRESSED: self._compressed_overlay,
            Output.ANNOTATIONS: _annotations,
        }
        if options.autoware is not None:
            self._fillers |= {
                Output.AUTOWARE_OBJECTS: partial(_autoware_objects, options.autoware),
                Output.AUTOWARE_MASK: partial(_autoware_mask, options.autoware),
            }

    def fill(self, output: Output, perception: Perception) -> tuple[Any, ...]:
        """Give the messages of an output's topics, in their order; none without a result."""
        return self._fillers[output](perception)

    def _depth_and_calibration(self, perception: Perception) -> tuple[Any, ...]:
        if perception.depth is None:
            return ()
        depth = perception.depth.depth_m
        if self._options.depth_encoding == '16UC1':
            depth = results.to_millimetres(depth)
        image = self._depth.fill(depth, perception.header)
        if not isinstance(perception.calibration, CameraInfo):
            return (image,)
        scaled = self._scaled.fill(
            perception.calibration, perception.depth.camera_model.size, perception.header
        )
        return image, scaled

    def _compressed_overlay(self, perception: Perception) -> tuple[Any, ...]:
        if perception.overlay is None:
            return ()
        data = encode_jpeg(perception.overlay, self._options.jpeg_quality)
        return (images.to_serialized_jpeg(data, perception.header),)


def _objects(perception: Perception) -> tuple[Any, ...]:
    found = perception.detections
    if found is None:
        return ()
    return (results.to_object_array(found, perception.image_size, perception.header),)


def _detections(
    class_id_format: vision_messages.ClassIdFormat, perception: Perception
) -> tuple[Any, ...]:
    found = perception.detections
    if found is None:
        return ()
    return (vision_messages.to_detection_array(found, perception.header, class_id_format),)


def _semantic_mask(message: ReusedImage, perception: Perception) -> tuple[Any, ...]:
    return _class_map(message, perception.semantic, perception)


def _semantic_confidence(message: ReusedImage, perception: Perception) -> tuple[Any, ...]:
    return _confidence(message, perception.semantic_confidence, perception)


def _point_confidence(message: ReusedImage, perception: Perception) -> tuple[Any, ...]:
    return _confidence(message, perception.point_confidence, perception)


def _confidence(
    message: ReusedImage, confidence: NDArray[np.uint8] | None, perception: Perception
) -> tuple[Any, ...]:
    return () if confidence is None else (message.fill(confidence, perception.header),)


def _lane_mask(message: ReusedImage, perception: Perception) -> tuple[Any, ...]:
    return _class_map(message, perception.lane, perception)


def _class_map(
    message: ReusedImage, class_map: ClassMap | None, perception: Perception
) -> tuple[Any, ...]:
    return () if class_map is None else (message.fill(class_map.ids, perception.header),)


def _lanes(perception: Perception) -> tuple[Any, ...]:
    found = perception.lane_lines
    if found is None:
        return ()
    return (results.to_lane_array(found, perception.image_size, perception.header),)


def _depth_color(message: ReusedImage, perception: Perception) -> tuple[Any, ...]:
    if perception.depth_color is None:
        return ()
    return (message.fill(perception.depth_color, perception.header),)


def _points(message: ReusedPointCloud, perception: Perception) -> tuple[Any, ...]:
    if perception.point_cloud is None:
        return ()
    return (message.fill(perception.point_cloud, perception.header),)


def _point_labels(message: ReusedImage, perception: Perception) -> tuple[Any, ...]:
    if perception.point_cloud is None:
        return ()
    # As wide and high as the cloud, also where the cloud is one row without unknown points.
    labels = np.atleast_2d(perception.point_cloud.points['label'])
    return (message.fill(labels, perception.header),)


def _bird_eye(message: ReusedImage, perception: Perception) -> tuple[Any, ...]:
    if perception.bird_eye is None:
        return ()
    return (message.fill(perception.bird_eye.image, perception.header),)


def _markers(perception: Perception) -> tuple[Any, ...]:
    if perception.detections is None and perception.lane_lines is None:
        return ()
    return (
        to_marker_array(
            perception.detections,
            perception.lane_lines,
            perception.camera_model,
            perception.header,
        ),
    )


def _overlay(message: ReusedImage, perception: Perception) -> tuple[Any, ...]:
    if perception.overlay is None:
        return ()
    return (message.fill(perception.overlay, perception.header),)


def _annotations(perception: Perception) -> tuple[Any, ...]:
    if perception.detections is None and perception.lane_lines is None:
        return ()
    return (
        image_annotations.to_image_annotations(
            perception.detections,
            perception.lane_lines,
            perception.image_size,
            perception.header,
        ),
    )


def _autoware_objects(classes: AutowareClasses, perception: Perception) -> tuple[Any, ...]:
    if perception.detections is None:
        return ()
    return (
        autoware_messages.to_autoware_objects(
            perception.detections, classes, perception.image_size, perception.header
        ),
    )


def _autoware_mask(classes: AutowareClasses, perception: Perception) -> tuple[Any, ...]:
    if perception.semantic is None:
        return ()
    return (autoware_messages.to_autoware_mask(perception.semantic, classes, perception.header),)
