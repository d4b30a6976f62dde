# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One camera's output topics: who wants what, and how each result becomes a message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from typing import Any
from typing import Literal

from rclpy.node import Node
from rclpy.publisher import Publisher
from sensor_msgs.msg import CameraInfo
from sensor_msgs.msg import CompressedImage
from sensor_msgs.msg import Image
from sensor_msgs.msg import PointCloud2
from visualization_msgs.msg import MarkerArray

from hailo_perception.core.frame import Header
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import Output
from hailo_perception.core.results import Perception
from hailo_perception.models.specification import ModelManifest
from hailo_perception.msg import LaneArray
from hailo_perception.msg import ObjectArray
from hailo_perception.ros import camera_info
from hailo_perception.ros import images
from hailo_perception.ros import markers
from hailo_perception.ros import qos
from hailo_perception.ros import results
from hailo_perception.ros import vision_messages
from hailo_perception.ros.shutdown import until_shutdown
from hailo_perception.vision.jpeg import encode_jpeg

DepthEncoding = Literal['32FC1', '16UC1']


@dataclass(frozen=True, slots=True)
class OutputOptions:
    """How results are put into messages.

    ``depth_encoding`` is metres (32FC1) or millimetres (16UC1, REP 118's raw form);
    ``jpeg_quality`` 1…100 is that of the compressed overlay.
    """

    depth_encoding: DepthEncoding = '32FC1'
    jpeg_quality: int = 85


Converter = Callable[[Perception], tuple[Any, ...]]
"""Makes the messages of one output's topics; none when the frame has no such result."""


class CameraPublishers:
    """Publishes what was found in one camera's frames, each output only where it is wanted."""

    def __init__(
        self,
        node: Node,
        camera: str,
        manifest: ModelManifest,
        *,
        outputs: frozenset[Output],
        options: OutputOptions,
        calibration: Callable[[], CameraInfo | None],
    ) -> None:
        """Create the topics of the enabled outputs under the node's name.

        ``calibration`` gives the camera's latest camera_info, which depth/camera_info scales.
        """
        self._node = node
        self._prefix = f'~/{camera}'
        self._options = options
        self._calibration = calibration
        self._publishers: dict[Output, tuple[Publisher, ...]] = {
            output: tuple(
                node.create_publisher(message_type, f'{self._prefix}/{name}', qos.OUTPUT)
                for name, message_type in topics.items()
            )
            for output, topics in _topics().items()
            if output in outputs
        }
        self._converters: dict[Output, Converter] = {
            Output.OBJECTS: _objects,
            Output.DETECTIONS: _detections,
            Output.SEMANTIC_MASK: _semantic_mask,
            Output.LANE_MASK: _lane_mask,
            Output.LANES: _lanes,
            Output.DEPTH: self._depth,
            Output.POINTS: _points,
            Output.BIRD_EYE: _bird_eye,
            Output.MARKERS: _markers,
            Output.OVERLAY: _overlay,
            Output.OVERLAY_COMPRESSED: self._compressed_overlay,
        }
        self._label_infos = self._publish_label_infos(manifest)

    def wanted(self) -> frozenset[Output]:
        """Tell which outputs have a subscriber now; ShuttingDown once ROS has ended."""
        with until_shutdown(self._node):
            return frozenset(
                output
                for output, publishers in self._publishers.items()
                if any(publisher.get_subscription_count() > 0 for publisher in publishers)
            )

    def publish(self, perception: Perception) -> None:
        """Publish every result that is there and has a subscriber."""
        with until_shutdown(self._node):
            for output in self.wanted():
                messages = self._converters[output](perception)
                for publisher, message in zip(self._publishers[output], messages, strict=False):
                    publisher.publish(message)

    def destroy(self) -> None:
        """Remove the topics."""
        for publisher in (*chain.from_iterable(self._publishers.values()), *self._label_infos):
            self._node.destroy_publisher(publisher)

    def _publish_label_infos(self, manifest: ModelManifest) -> list[Publisher]:
        """Latch the class names beside each mask, as vision_msgs asks for."""
        if not vision_messages.IS_AVAILABLE:
            return []
        label_sets: dict[str, LabelSet] = {
            name: task.labels
            for name, task in (
                ('semantic/label_info', manifest.semantic),
                ('lane/label_info', manifest.lane),
                ('label_info', manifest.detection),
            )
            if task is not None
        }
        header = Header(self._node.get_clock().now().nanoseconds, '')
        publishers = []
        for name, labels in label_sets.items():
            publisher = self._node.create_publisher(
                vision_messages.LabelInfo, f'{self._prefix}/{name}', qos.LATCHED
            )
            publisher.publish(vision_messages.to_label_info(labels, header))
            publishers.append(publisher)
        return publishers

    def _depth(self, perception: Perception) -> tuple[Any, ...]:
        if perception.depth is None:
            return ()
        depth = perception.depth.depth_m
        if self._options.depth_encoding == '16UC1':
            depth = results.to_millimetres(depth)
        image = images.to_message(depth, perception.header)
        calibration = self._calibration()
        if calibration is None:
            return (image,)
        size = perception.depth.camera_model.size
        return image, camera_info.scaled_message(calibration, size, perception.header)

    def _compressed_overlay(self, perception: Perception) -> tuple[Any, ...]:
        if perception.overlay is None:
            return ()
        data = encode_jpeg(perception.overlay, self._options.jpeg_quality)
        return (images.to_compressed_message(data, perception.header),)


def _topics() -> dict[Output, dict[str, type]]:
    """Name each output's topics and their types."""
    topics: dict[Output, dict[str, type]] = {
        output: {output.value: message_type}
        for output, message_type in {
            Output.OBJECTS: ObjectArray,
            Output.SEMANTIC_MASK: Image,
            Output.LANE_MASK: Image,
            Output.LANES: LaneArray,
            Output.DEPTH: Image,
            Output.POINTS: PointCloud2,
            Output.BIRD_EYE: Image,
            Output.MARKERS: MarkerArray,
            Output.OVERLAY: Image,
            Output.OVERLAY_COMPRESSED: CompressedImage,
        }.items()
    }
    topics[Output.DEPTH]['depth/camera_info'] = CameraInfo
    if vision_messages.IS_AVAILABLE:
        topics[Output.DETECTIONS] = {Output.DETECTIONS.value: vision_messages.Detection2DArray}
    return topics


def _objects(perception: Perception) -> tuple[Any, ...]:
    if perception.detections is None:
        return ()
    return (
        results.to_object_array(perception.detections, perception.image_size, perception.header),
    )


def _detections(perception: Perception) -> tuple[Any, ...]:
    if perception.detections is None:
        return ()
    return (vision_messages.to_detection_array(perception.detections, perception.header),)


def _semantic_mask(perception: Perception) -> tuple[Any, ...]:
    return _class_map(perception.semantic, perception.header)


def _lane_mask(perception: Perception) -> tuple[Any, ...]:
    return _class_map(perception.lane, perception.header)


def _class_map(class_map: ClassMap | None, header: Header) -> tuple[Any, ...]:
    return () if class_map is None else (images.to_message(class_map.ids, header),)


def _lanes(perception: Perception) -> tuple[Any, ...]:
    if perception.lane_lines is None:
        return ()
    return (
        results.to_lane_array(perception.lane_lines, perception.image_size, perception.header),
    )


def _points(perception: Perception) -> tuple[Any, ...]:
    if perception.point_cloud is None:
        return ()
    return (results.to_point_cloud(perception.point_cloud, perception.header),)


def _bird_eye(perception: Perception) -> tuple[Any, ...]:
    if perception.bird_eye is None:
        return ()
    return (images.to_message(perception.bird_eye.image, perception.header),)


def _markers(perception: Perception) -> tuple[Any, ...]:
    if perception.detections is None and perception.lane_lines is None:
        return ()
    return (
        markers.to_marker_array(
            perception.detections,
            perception.lane_lines,
            perception.camera_model,
            perception.header,
        ),
    )


def _overlay(perception: Perception) -> tuple[Any, ...]:
    if perception.overlay is None:
        return ()
    return (images.to_message(perception.overlay, perception.header),)
