# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One camera's topics: image and calibration in, the newest CameraImage out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace
from functools import partial
from threading import Lock
import time
from typing import Any
from typing import Literal

from rclpy.callback_groups import CallbackGroup
from rclpy.node import Node
from rclpy.subscription import Subscription
from sensor_msgs.msg import CameraInfo
from sensor_msgs.msg import CompressedImage as CompressedImageMessage
from sensor_msgs.msg import Image as ImageMessage

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.errors import CameraInfoError
from hailo_perception.core.errors import Cause
from hailo_perception.core.frame import CameraImage
from hailo_perception.core.frame import Header
from hailo_perception.core.frame import RawImage
from hailo_perception.ros import camera_info
from hailo_perception.ros import headers
from hailo_perception.ros import images
from hailo_perception.ros.calibration_topic import calibration_topic
from hailo_perception.ros.camera_facts import CalibrationFacts
from hailo_perception.ros.image_names import ImageName
from hailo_perception.ros.input_qos import CAMERA_INFO
from hailo_perception.ros.input_qos import IMAGE
from hailo_perception.ros.input_qos import in_words
from hailo_perception.ros.input_qos import InputQuality
from hailo_perception.ros.message_numbers import MessageNumbers
from hailo_perception.ros.pairing import PairingRule
from hailo_perception.ros.pairing import StampPairing
from hailo_perception.ros.topic_input import lone_publisher
from hailo_perception.ros.topic_input import TopicInput

Transport = Literal['auto', 'raw', 'compressed']

_HAS_MESSAGE_INFO = hasattr(Subscription, 'CallbackType')
"""Whether rclpy gives callbacks the message's number; Humble's does not."""


@dataclass(frozen=True, slots=True)
class CameraTopics:
    """Where one camera publishes, names as the user gave them, and how to subscribe.

    An empty ``camera_info_topic`` means the sibling of the image topic, see calibration_topic;
    ``transport`` auto means compressed where the name ends so; ``rectified`` None means: as the
    topic's name says (``image_rect…``).
    """

    camera: str
    image_topic: str
    camera_info_topic: str = ''
    transport: Transport = 'auto'
    rectified: bool | None = None
    image_quality: InputQuality = IMAGE
    camera_info_quality: InputQuality = CAMERA_INFO
    pairing: PairingRule = PairingRule()


@dataclass(frozen=True, slots=True)
class LatestImage:
    """What is remembered of a camera's newest image; the size is None where it is compressed."""

    arrived_s: float
    header: Header
    size: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class _Calibration:
    """A camera_info message, and the camera that it describes or why it describes none."""

    message: CameraInfo
    arrived_s: float
    camera_model: CameraModel | None
    error: str = ''


class CameraSubscription:
    """Stores nothing but the latest calibration; every image goes on at once.

    Where images are paired with calibrations by stamp they may wait for theirs.
    """

    def __init__(
        self,
        node: Node,
        topics: CameraTopics,
        *,
        callback_group: CallbackGroup,
        on_image: Callable[[CameraImage], None],
        on_lost: Callable[[str, int, Cause], None],
        report: Callable[[str, Cause, str], None],
        needs_calibration: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Subscribe to both topics.

        ``on_lost(camera, count, cause)`` tells of images that were sent and never came
        (TRANSPORT; on a topic with several publishers, or a middleware that does not number
        messages, nobody can know), of those that found no calibration (UNPAIRED), and of those
        that still wait for theirs when they are given up (SHUTDOWN). A calibration that is not
        needed goes along with its images, and nobody is to know whether it is a possible one.
        """
        self._node = node
        self._camera = topics.camera
        self._on_image = on_image
        self._on_lost = on_lost
        self._report = report
        self._needs_calibration = needs_calibration
        self._clock = clock
        self._latest_image: LatestImage | None = None
        self._calibration: _Calibration | None = None
        self._pairing: StampPairing[CameraImage, _Calibration] | None = (
            StampPairing(topics.pairing.tolerance_ns) if topics.pairing.by_stamp else None
        )
        self._pairing_lock = Lock()
        self._may_wait = True
        self.subscribed_s = clock()
        name = ImageName.of(node.resolve_topic_name(topics.image_topic))
        self._numbers = MessageNumbers(partial(lone_publisher, node, topics.image_topic))
        self._rectified = (
            name.says_rectified if topics.rectified is None else topics.rectified
        )
        self._tells_what_is_guessed = topics.rectified is None and name.says_rectified
        is_compressed = topics.transport == 'compressed' or (
            topics.transport == 'auto' and name.is_compressed
        )
        # Executors serve subscriptions in their order: of an image and its calibration that wait
        # together, the calibration comes first.
        self.camera_info = TopicInput(
            node,
            CameraInfo,
            topics.camera_info_topic or calibration_topic(node, topics.image_topic),
            self._take_camera_info,
            topics.camera_info_quality,
            callback_group=callback_group,
        )
        self.image = TopicInput(
            node,
            CompressedImageMessage if is_compressed else ImageMessage,
            topics.image_topic,
            self._count_and_pass_on if _HAS_MESSAGE_INFO else self._pass_on,
            topics.image_quality,
            callback_group=callback_group,
            kindred_types=(ImageMessage, CompressedImageMessage),
        )

    @property
    def latest_image(self) -> LatestImage | None:
        """What is remembered of the newest image, None before the first."""
        return self._latest_image

    @property
    def waiting_images(self) -> int:
        """How many images wait for the calibration of their time."""
        return 0 if self._pairing is None else self._pairing.waiting

    def calibration_facts(self) -> CalibrationFacts:
        """Describe the latest calibration."""
        calibration = self._calibration
        if calibration is None:
            return CalibrationFacts(is_needed=self._needs_calibration)
        model = calibration.camera_model
        return CalibrationFacts(
            is_there=True,
            there_s=self._clock() - calibration.arrived_s,
            is_zero=not any(calibration.message.k),
            error=calibration.error,
            size=None if model is None else model.size,
            is_needed=self._needs_calibration,
        )

    def adapt_to_publishers(self) -> None:
        """Ask for the quality of service that the publishers of both topics offer."""
        if self.image.adapt():
            self._numbers.forget()
            self._tell(self.image)
        if self.camera_info.adapt():
            self._tell(self.camera_info)

    def give_up_waiting(self) -> None:
        """Let no image wait for its calibration any more; those that do count as lost."""
        if self._pairing is None:
            return
        # Another thread may be storing a message.
        with self._pairing_lock:
            self._may_wait = False
            given_up = self._pairing.clear()
        if given_up:
            self._on_lost(self._camera, given_up, Cause.SHUTDOWN)

    def wait_again(self) -> None:
        """Let images wait for their calibrations, as at the beginning."""
        with self._pairing_lock:
            self._may_wait = True

    def destroy(self) -> None:
        """Unsubscribe from both topics, and give up what waits."""
        self.image.destroy()
        self.camera_info.destroy()
        self.give_up_waiting()

    def _tell(self, topic: TopicInput) -> None:
        self._node.get_logger().info(
            f'{self._camera}: the publisher of {topic.name} is {in_words(topic.profile)}; '
            'subscribed alike'
        )

    def _count_and_pass_on(
        self, message: ImageMessage | CompressedImageMessage, information: dict[str, Any]
    ) -> None:
        missed = self._numbers.missed_before(information['publication_sequence_number'])
        if missed:
            self._on_lost(self._camera, missed, Cause.TRANSPORT)
        self._pass_on(message)

    def _pass_on(self, message: ImageMessage | CompressedImageMessage) -> None:
        header, image = headers.from_message(message.header), images.from_message(message)
        size = (image.width, image.height) if isinstance(image, RawImage) else None
        self._latest_image = LatestImage(self._clock(), header, size)
        waiting = CameraImage(self._camera, header, image)
        if self._pairing is None:
            self._on_image(_with_calibration(waiting, self._calibration))
            return
        with self._pairing_lock:
            found = self._pairing.put_image(header.stamp_ns, waiting) if self._may_wait else None
        if found is None:
            self._on_lost(self._camera, 1, Cause.SHUTDOWN)
        else:
            self._pass_on_pair(*found)

    def _take_camera_info(self, message: CameraInfo) -> None:
        calibration = self._calibration
        if calibration is None or not _same_calibration(message, calibration.message):
            calibration = self._calibration = self._read(message)
        if self._pairing is not None:
            stamp_ns = headers.from_message(message.header).stamp_ns
            with self._pairing_lock:
                found = self._pairing.put_calibration(stamp_ns, calibration)
            self._pass_on_pair(*found)

    def _pass_on_pair(
        self, pair: tuple[CameraImage, _Calibration] | None, unpaired: int
    ) -> None:
        if unpaired:
            self._on_lost(self._camera, unpaired, Cause.UNPAIRED)
        if pair is not None:
            self._on_image(_with_calibration(*pair))

    def _read(self, message: CameraInfo) -> _Calibration:
        if not self._needs_calibration:
            return _Calibration(message, self._clock(), None)
        try:
            model = camera_info.to_camera_model(message, rectified=self._rectified)
        except CameraInfoError as error:
            self._report(self._camera, error.cause, f'{self.camera_info.name}: {error}')
            return _Calibration(message, self._clock(), None, str(error))
        if self._tells_what_is_guessed and any(message.d):
            self._tells_what_is_guessed = False
            self._node.get_logger().info(
                f'{self._camera}: {self.image.name} is taken as rectified, as its name says, and '
                f'the distortion in {self.camera_info.name} as removed; if it is not, set '
                f"camera.{self._camera}.rectified to 'false'"
            )
        return _Calibration(message, self._clock(), model)


def _with_calibration(image: CameraImage, calibration: _Calibration | None) -> CameraImage:
    if calibration is None:
        return image
    return replace(
        image, camera_model=calibration.camera_model, calibration=calibration.message
    )


def _same_calibration(one: CameraInfo, other: CameraInfo) -> bool:
    return all(
        getattr(one, field) == getattr(other, field)
        if field not in ('d', 'k', 'r', 'p')
        else tuple(getattr(one, field)) == tuple(getattr(other, field))
        for field in (
            'width',
            'height',
            'distortion_model',
            'd',
            'k',
            'r',
            'p',
            'binning_x',
            'binning_y',
            'roi',
        )
    )
