# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The messages that ``bench ros`` sends: the package's kinds in the sizes of TIER IV's network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.results import POINT_DTYPE

JPEG_BYTES = 313_000
"""A street of 1920×1080 at quality 90."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A message by name, its payload, and how it is made once ROS is there."""

    name: str
    byte_count: int
    make: Callable[[], Any]

    @property
    def topic(self) -> str:
        """The topic on which it is sent."""
        return f'hailo_perception_bench/{self.name}'


def _image(name: str, encoding: str, width: int, height: int, pixel_bytes: int) -> Kind:
    def make() -> Any:
        from sensor_msgs.msg import Image

        message = Image(encoding=encoding, width=width, height=height, step=width * pixel_bytes)
        message.data.frombytes(_payload(width * height * pixel_bytes))
        return message

    return Kind(name, width * height * pixel_bytes, make)


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

    return Kind(name, width * height * POINT_DTYPE.itemsize, make)


def _jpeg(name: str, byte_count: int) -> Kind:
    def make() -> Any:
        from sensor_msgs.msg import CompressedImage

        message = CompressedImage(format='jpeg')
        message.data.frombytes(_payload(byte_count))
        return message

    return Kind(name, byte_count, make)


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
)
"""What the package publishes or subscribes to."""


def kinds_named(names: str) -> tuple[Kind, ...]:
    """Look kinds up, separated by commas, all for an empty text; ConfigurationError lists them."""
    if not names:
        return KINDS
    known = {kind.name: kind for kind in KINDS}
    wanted = names.split(',')
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise ConfigurationError(
            f'no message {", ".join(unknown)}; expected some of {", ".join(known)}'
        )
    return tuple(known[name] for name in wanted)
