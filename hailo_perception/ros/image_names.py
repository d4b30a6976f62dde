# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What the name of an image topic says of its images, by the conventions of image_transport."""

from __future__ import annotations

from dataclasses import dataclass
import re

from hailo_perception.ros.similar_names import COMPRESSED

_RECTIFIED = re.compile(r'(^|_)rect(ified)?(_|$)')


@dataclass(frozen=True, slots=True)
class ImageName:
    """An image topic's name in parts: its namespace without a slash at the end, and its last part.

    Of ``/left/image_rect/compressed`` these are ``/left`` and ``image_rect``.
    """

    namespace: str
    image: str
    is_compressed: bool

    @classmethod
    def of(cls, topic: str) -> ImageName:
        """Take a topic's full name apart."""
        base, _, last = topic.rpartition('/')
        if last != COMPRESSED:
            return cls(base, last, is_compressed=False)
        namespace, _, image = base.rpartition('/')
        return cls(namespace, image, is_compressed=True)

    @property
    def says_rectified(self) -> bool:
        """Whether the images are rectified: image_rect_color is, image_unrectified is not."""
        return _RECTIFIED.search(self.image) is not None

    @property
    def camera_info(self) -> str:
        """Name the calibration's topic, which is a sibling."""
        return f'{self.namespace}/camera_info'
