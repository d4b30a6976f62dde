# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One camera's anonymised topics, in the place of the camera's own."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from rclpy.node import Node
from rclpy.publisher import Publisher
from sensor_msgs.msg import CameraInfo
from sensor_msgs.msg import CompressedImage
from sensor_msgs.msg import Image

from hailo_perception.pipeline.anonymization import AnonymizedImage
from hailo_perception.ros import images
from hailo_perception.ros.camera_facts import Unserved
from hailo_perception.ros.camera_info import ReusedCameraInfo
from hailo_perception.ros.images import ReusedImage
from hailo_perception.ros.output_publisher import create_output_publisher
from hailo_perception.ros.output_publisher import unserved_subscribers
from hailo_perception.ros.serialized_publishing import publish_message
from hailo_perception.ros.shutdown import until_shutdown
from hailo_perception.vision.jpeg import encode_jpeg

_TO_BGR = {'mono8': cv2.COLOR_GRAY2BGR, 'rgb8': cv2.COLOR_RGB2BGR}


class AnonymizedPublishers:
    """Publishes covered pictures and the camera's calibration, each only where it is wanted."""

    def __init__(
        self,
        node: Node,
        camera: str,
        *,
        jpeg_quality: int,
    ) -> None:
        """Create the topics under the node's name."""
        prefix = f'~/{camera}'
        self._node = node
        self._jpeg_quality = jpeg_quality
        self._message = ReusedImage()
        self._relayed = ReusedCameraInfo()
        self._image, self._compressed, self._camera_info = (
            create_output_publisher(node, message_type, f'{prefix}/{name}')
            for name, message_type in (
                ('image', Image),
                ('image/compressed', CompressedImage),
                ('camera_info', CameraInfo),
            )
        )

    def is_wanted(self) -> bool:
        """Tell whether a topic has a subscriber now; ShuttingDown once ROS has ended."""
        with until_shutdown(self._node):
            return any(publisher.get_subscription_count() > 0 for publisher in self._publishers)

    def publish(self, image: AnonymizedImage) -> None:
        """Publish a picture under the header of its image, and the image's calibration with it.

        The encoding is mono8 for a grey picture, else bgr8 or rgb8 as the camera's was.
        """
        with until_shutdown(self._node):
            encoding = 'mono8' if image.picture.ndim == 2 else f'{image.color_order}8'
            if self._camera_info.get_subscription_count() > 0:
                self._relay_calibration(image)
            if self._image.get_subscription_count() > 0:
                message = self._message.fill(image.picture, image.header, encoding)
                publish_message(self._image, message)
            if self._compressed.get_subscription_count() > 0:
                data = encode_jpeg(_bgr(image.picture, encoding), self._jpeg_quality)
                publish_message(self._compressed, images.to_serialized_jpeg(data, image.header))

    def unserved(self) -> tuple[Unserved, ...]:
        """Find the subscribers that get nothing, for what they ask is not offered."""
        return unserved_subscribers(self._node, self._publishers)

    def destroy(self) -> None:
        """Remove the topics."""
        for publisher in self._publishers:
            self._node.destroy_publisher(publisher)

    @property
    def _publishers(self) -> tuple[Publisher, ...]:
        return self._image, self._compressed, self._camera_info

    def _relay_calibration(self, image: AnonymizedImage) -> None:
        if isinstance(image.calibration, CameraInfo):
            relayed = self._relayed.fill(image.calibration, None, image.header)
            publish_message(self._camera_info, relayed)


def _bgr(picture: NDArray[np.uint8], encoding: str) -> NDArray[np.uint8]:
    if encoding == 'bgr8':
        return picture
    return np.asarray(cv2.cvtColor(picture, _TO_BGR[encoding]), np.uint8)
