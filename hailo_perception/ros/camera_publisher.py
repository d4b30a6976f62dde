# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A camera's own topics: image, calibration and, from the scene, the ground truth."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.publisher import Publisher
from rclpy.serialization import serialize_message
from sensor_msgs.msg import CameraInfo
from sensor_msgs.msg import CompressedImage
from sensor_msgs.msg import Image

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.frame import Header
from hailo_perception.core.results import Detections
from hailo_perception.msg import ObjectArray
from hailo_perception.ros import camera_info
from hailo_perception.ros import images
from hailo_perception.ros import results
from hailo_perception.ros.images import ReusedImage
from hailo_perception.ros.output_qos import output_qos
from hailo_perception.ros.serialized_publishing import publish_message
from hailo_perception.vision.jpeg import encode_jpeg

Transport = Literal['raw', 'compressed', 'both']


class CameraPublisher:
    """Publishes images as a camera driver does: image_raw and camera_info side by side."""

    def __init__(
        self, node: Node, camera: str, *, transport: Transport, jpeg_quality: int
    ) -> None:
        """Create the topics /<camera>/image_raw, …/compressed and /<camera>/camera_info."""
        self._jpeg_quality = jpeg_quality
        self._image = ReusedImage()
        topic = f'{camera}/image_raw'
        self._raw = _create(node, Image, topic) if transport != 'compressed' else None
        self._compressed = (
            _create(node, CompressedImage, f'{topic}/compressed') if transport != 'raw' else None
        )
        self._camera_info = _create(node, CameraInfo, f'{camera}/camera_info')

    @property
    def subscriptions(self) -> int:
        """Count who listens to the image, raw or compressed, and to the calibration too."""
        images = sum(topic.get_subscription_count() for topic in self._image_topics())
        return min(images, self._camera_info.get_subscription_count())

    def flush(self, timeout_s: float) -> None:
        """Wait until every image arrived: what a publisher leaves behind is lost with it."""
        for topic in self._image_topics():
            topic.wait_for_all_acked(Duration(seconds=timeout_s))

    def publish(self, image: NDArray[np.uint8], camera_model: CameraModel, header: Header) -> None:
        """Publish a BGR image, calibration first so that it is there when the image comes.

        PublishingError when either is refused.
        """
        calibration = camera_info.to_message(camera_model, header)
        publish_message(self._camera_info, serialize_message(calibration))
        if self._raw is not None:
            publish_message(self._raw, self._image.fill(image, header))
        if self._compressed is not None:
            data = encode_jpeg(image, self._jpeg_quality)
            publish_message(self._compressed, images.to_serialized_jpeg(data, header))

    def _image_topics(self) -> list[Publisher]:
        return [topic for topic in (self._raw, self._compressed) if topic is not None]


class GroundTruthPublisher:
    """Publishes what a scene knows about its picture, in the form of the perception topics."""

    def __init__(self, node: Node, camera: str) -> None:
        """Create the topics under /<camera>/ground_truth."""
        prefix = f'{camera}/ground_truth'
        self._maps = {name: ReusedImage() for name in ('semantic', 'lane', 'depth')}
        self._objects = _create(node, ObjectArray, f'{prefix}/objects')
        self._semantic = _create(node, Image, f'{prefix}/semantic/mask')
        self._lane = _create(node, Image, f'{prefix}/lane/mask')
        self._depth = _create(node, Image, f'{prefix}/depth/image')

    def publish(
        self,
        detections: Detections,
        semantic_ids: NDArray[np.uint8],
        lane_ids: NDArray[np.uint8],
        depth_m: NDArray[np.float32],
        header: Header,
    ) -> None:
        """Publish the truth of one picture; maps have the picture's size."""
        size = (depth_m.shape[1], depth_m.shape[0])
        publish_message(self._objects, results.to_object_array(detections, size, header))
        publish_message(self._semantic, self._maps['semantic'].fill(semantic_ids, header))
        publish_message(self._lane, self._maps['lane'].fill(lane_ids, header))
        publish_message(self._depth, self._maps['depth'].fill(depth_m, header))


def _create(node: Node, message_type: type, name: str) -> Publisher:
    return node.create_publisher(message_type, name, output_qos(node, name))
