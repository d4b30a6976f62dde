# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The messages that ``bench ros`` sends: the package's kinds in the sizes of TIER IV's network."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from typing import Protocol

import numpy as np

from hailo_perception.cli.bench.frame_outputs import BY_DEFAULT
from hailo_perception.cli.bench.frame_outputs import frame_topics
from hailo_perception.cli.bench.frame_outputs import FrameSender
from hailo_perception.cli.bench.frame_outputs import FrameSizes
from hailo_perception.cli.bench.frame_outputs import FULL
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.results import POINT_DTYPE

JPEG_BYTES = 313_000
"""A street of 1920×1080 at quality 90."""
OVERLAY_JPEG_BYTES = 200_000
"""About what the overlay takes at most, 1440×960 at quality 85."""


NAMESPACE = 'hailo_perception_bench'


class Sender(Protocol):
    """What publishes one kind of message."""

    def is_awaited(self) -> bool:
        """Tell whether somebody listens to all of it."""

    def send(self, stamp_ns: int) -> None:
        """Publish it with this stamp in the header."""

    def close(self) -> None:
        """Remove the topics."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A message, or several that belong to one stamp, by name; made once ROS is there.

    ``topics`` names what is to be subscribed to, with types; ``make_sender(node)`` what publishes.
    """

    name: str
    byte_count: int
    topics: Callable[[], Mapping[str, type]]
    make_sender: Callable[[Any], Sender]


class MessageSender:
    """Publishes one message again and again."""

    def __init__(self, topic: str, make: Callable[[], Any], node: Any) -> None:
        """Make the message and its topic."""
        from hailo_perception.ros.qos import OUTPUT

        self._node = node
        self._message = make()
        self._publisher = node.create_publisher(type(self._message), topic, OUTPUT)

    def is_awaited(self) -> bool:
        """Tell whether somebody listens."""
        return bool(self._publisher.get_subscription_count())

    def send(self, stamp_ns: int) -> None:
        """Publish the message with this stamp."""
        stamp = self._message.header.stamp
        stamp.sec, stamp.nanosec = divmod(stamp_ns, 10**9)
        self._publisher.publish(self._message)

    def close(self) -> None:
        """Remove the topic."""
        self._node.destroy_publisher(self._publisher)


def _kind(name: str, byte_count: int, make: Callable[[], Any]) -> Kind:
    topic = f'/{NAMESPACE}/{name}'
    return Kind(
        name, byte_count, lambda: {topic: type(make())}, partial(MessageSender, topic, make)
    )


def _frame(name: str, sizes: FrameSizes) -> Kind:
    return Kind(
        name,
        sizes.byte_count + OVERLAY_JPEG_BYTES,
        partial(frame_topics, f'/{NAMESPACE}'),
        partial(FrameSender, sizes),
    )


def _image(name: str, encoding: str, width: int, height: int, pixel_bytes: int) -> Kind:
    def make() -> Any:
        from sensor_msgs.msg import Image

        message = Image(encoding=encoding, width=width, height=height, step=width * pixel_bytes)
        message.data.frombytes(_payload(width * height * pixel_bytes))
        return message

    return _kind(name, width * height * pixel_bytes, make)


def _cloud(name: str, width: int, height: int) -> Kind:
    def make() -> Any:
        from sensor_msgs.msg import PointCloud2

        message = PointCloud2(
            width=width,
            height=height,
            point_step=POINT_DTYPE.itemsize,
            row_step=width * POINT_DTYPE.itemsize,
        )
        message.data.frombytes(_payload(width * height * POINT_DTYPE.itemsize))
        return message

    return _kind(name, width * height * POINT_DTYPE.itemsize, make)


def _jpeg(name: str, byte_count: int) -> Kind:
    def make() -> Any:
        from sensor_msgs.msg import CompressedImage

        message = CompressedImage(format='jpeg')
        message.data.frombytes(_payload(byte_count))
        return message

    return _kind(name, byte_count, make)


def _payload(byte_count: int) -> bytes:
    return np.random.default_rng(0).integers(0, 256, byte_count, np.uint8).tobytes()


KINDS = (
    _image('mask_480', 'mono8', 480, 480, 1),
    _image('mask_960', 'mono8', 960, 960, 1),
    _image('depth_480', '32FC1', 480, 480, 4),
    _image('bird_eye_400x600', 'bgr8', 400, 600, 3),
    _image('overlay_720x480', 'bgr8', 720, 480, 3),
    _image('overlay_1440x960', 'bgr8', 1440, 960, 3),
    _image('camera_1920x1080', 'bgr8', 1920, 1080, 3),
    _jpeg('jpeg_1920x1080', JPEG_BYTES),
    _cloud('cloud_240x240', 240, 240),
    _cloud('cloud_480x480', 480, 480),
    _frame('all_outputs', BY_DEFAULT),
    _frame('all_outputs_full', FULL),
)
"""What the package publishes or subscribes to."""


def kinds_named(names: str) -> tuple[Kind, ...]:
    """Look kinds up, separated by commas; ConfigurationError lists them."""
    known = {kind.name: kind for kind in KINDS}
    wanted = names.split(',')
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise ConfigurationError(
            f"no message '{', '.join(unknown)}'; expected some of {', '.join(known)}"
        )
    return tuple(known[name] for name in wanted)
