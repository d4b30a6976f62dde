# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One camera's topics: image and calibration in, the newest CameraImage out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rclpy.callback_groups import CallbackGroup
from rclpy.node import Node
from rclpy.qos import QoSProfile
from rclpy.qos import ReliabilityPolicy
from rclpy.subscription import Subscription
from sensor_msgs.msg import CameraInfo
from sensor_msgs.msg import CompressedImage as CompressedImageMessage
from sensor_msgs.msg import Image as ImageMessage

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.errors import CameraInfoError
from hailo_perception.core.errors import Cause
from hailo_perception.core.frame import CameraImage
from hailo_perception.ros import camera_info
from hailo_perception.ros import headers
from hailo_perception.ros import images
from hailo_perception.ros import qos

_COMPRESSED = 'compressed'
_HAS_MESSAGE_INFO = hasattr(Subscription, 'CallbackType')
"""Whether rclpy gives callbacks the message's number; Humble's does not."""


@dataclass(frozen=True, slots=True)
class CameraTopics:
    """Where one camera publishes, names as the user gave them.

    An empty ``camera_info_topic`` means the sibling of the image topic after remapping;
    ``rectified`` None means: as the topic's name says (``image_rect…``).
    """

    camera: str
    image_topic: str
    camera_info_topic: str = ''
    rectified: bool | None = None


class CameraSubscription:
    """Stores nothing but the latest calibration; every image goes on at once."""

    def __init__(
        self,
        node: Node,
        topics: CameraTopics,
        *,
        callback_group: CallbackGroup,
        on_image: Callable[[CameraImage], None],
        on_lost: Callable[[str, int], None],
        report: Callable[[str, Cause, str], None],
    ) -> None:
        """Subscribe to both topics.

        ``on_lost(camera, count)`` tells of images that were sent and never came; on a topic with
        several publishers, or a middleware that does not number messages, nobody can know.
        """
        self._node = node
        self._camera = topics.camera
        self._callback_group = callback_group
        self._on_image = on_image
        self._on_lost = on_lost
        self._publisher_count = 1
        self._last_number: int | None = None
        self._report = report
        self.image_topic: str = node.resolve_topic_name(topics.image_topic)
        base, _, last = self.image_topic.rpartition('/')
        self._is_compressed = last == _COMPRESSED
        image_namespace, _, image_name = (
            base.rpartition('/') if self._is_compressed else (base, '/', last)
        )
        self._rectified = (
            'rect' in image_name if topics.rectified is None else topics.rectified
        )
        self.camera_info_topic: str = node.resolve_topic_name(
            topics.camera_info_topic or f'{image_namespace}/camera_info'
        )
        self._camera_model: CameraModel | None = None
        self._camera_info: CameraInfo | None = None
        # Executors serve subscriptions in their order: of an image and its calibration that wait
        # together, the calibration comes first.
        self._info = node.create_subscription(
            CameraInfo,
            self.camera_info_topic,
            self._store_camera_info,
            qos.CAMERA_INFO_INPUT,
            callback_group=callback_group,
        )
        self._image = self._subscribe_images(qos.IMAGE_INPUT)

    @property
    def camera_model(self) -> CameraModel | None:
        """The latest usable calibration."""
        return self._camera_model

    def calibration(self) -> CameraInfo | None:
        """The latest camera_info message, usable or not."""
        return self._camera_info

    def waiting_for(self, received: int) -> str:
        """Say what is missing for this camera after so many images; empty when nothing is."""
        if received == 0:
            publishers = self._node.count_publishers(self.image_topic)
            return f'no image yet on {self.image_topic} (publishers: {publishers})'
        if self._camera_model is None:
            publishers = self._node.count_publishers(self.camera_info_topic)
            return (
                f'no usable calibration on {self.camera_info_topic} (publishers: {publishers}); '
                'depth, points and positions need it'
            )
        return ''

    def adapt_to_publishers(self) -> None:
        """Subscribe best-effort when no publisher of the image topic offers reliable."""
        offers = [
            info.qos_profile.reliability
            for info in self._node.get_publishers_info_by_topic(self.image_topic)
        ]
        self._publisher_count = len(offers)
        wants_reliable = (
            self._image.qos_profile.reliability == ReliabilityPolicy.RELIABLE
        )
        if not offers or wants_reliable == (ReliabilityPolicy.RELIABLE in offers):
            return
        self._node.destroy_subscription(self._image)
        self._image = self._subscribe_images(
            qos.IMAGE_INPUT_BEST_EFFORT if wants_reliable else qos.IMAGE_INPUT
        )
        self._node.get_logger().info(
            f'{self._camera}: the publisher of {self.image_topic} is '
            f"{'best-effort' if wants_reliable else 'reliable'}; subscribed alike"
        )

    def destroy(self) -> None:
        """Unsubscribe from both topics."""
        self._node.destroy_subscription(self._image)
        self._node.destroy_subscription(self._info)

    def _subscribe_images(self, profile: QoSProfile) -> Subscription:
        self._last_number = None
        return self._node.create_subscription(
            CompressedImageMessage if self._is_compressed else ImageMessage,
            self.image_topic,
            self._count_and_pass_on if _HAS_MESSAGE_INFO else self._pass_on,
            profile,
            callback_group=self._callback_group,
        )

    def _count_and_pass_on(
        self, message: ImageMessage | CompressedImageMessage, information: dict[str, Any]
    ) -> None:
        number = information['publication_sequence_number']
        if number is not None and self._last_number is not None and self._publisher_count == 1:
            missed = number - self._last_number - 1
            if missed > 0:
                self._on_lost(self._camera, missed)
        self._last_number = number
        self._pass_on(message)

    def _pass_on(self, message: ImageMessage | CompressedImageMessage) -> None:
        self._on_image(
            CameraImage(
                camera=self._camera,
                header=headers.from_message(message.header),
                image=images.from_message(message),
                camera_model=self._camera_model,
            )
        )

    def _store_camera_info(self, message: CameraInfo) -> None:
        if self._camera_info is not None and _same_calibration(message, self._camera_info):
            return
        self._camera_info = message
        try:
            self._camera_model = camera_info.to_camera_model(message, rectified=self._rectified)
        except CameraInfoError as error:
            self._camera_model = None
            self._report(self._camera, error.cause, f'{self.camera_info_topic}: {error}')


def _same_calibration(one: CameraInfo, other: CameraInfo) -> bool:
    return all(
        getattr(one, field) == getattr(other, field)
        if field not in ('d', 'k', 'p')
        else tuple(getattr(one, field)) == tuple(getattr(other, field))
        for field in (
            'width',
            'height',
            'distortion_model',
            'd',
            'k',
            'p',
            'binning_x',
            'binning_y',
            'roi',
        )
    )
