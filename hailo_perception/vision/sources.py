# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Pictures from a video file or a folder, one after another, and whatever a user may name."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import ImageDataError
from hailo_perception.core.user_path import user_path
from hailo_perception.vision.device_source import DeviceSource
from hailo_perception.vision.picture_file import AS_THE_SENSOR_HAS_IT

IMAGE_SUFFIXES = ('.jpg', '.jpeg', '.png', '.bmp', '.webp')
_DEVICE_PREFIX = '/dev/video'


class ImageSource(Protocol):
    """A sequence of BGR pictures; ``name`` is how the user called it."""

    @property
    def name(self) -> str:
        """What the user called it."""

    @property
    def frame_rate_hz(self) -> float | None:
        """The source's own rate, None where it has none."""

    def read(self) -> NDArray[np.uint8] | None:
        """Give the next picture, (H, W, 3) BGR uint8, or None at the end.

        FrameError for a picture that cannot be read; the next call gives the one after it.
        SourceLostError when a live source has given none for long.
        """

    def rewind(self) -> None:
        """Start over; a live source goes on."""

    def close(self) -> None:
        """Release the device or file."""


class VideoSource:
    """A video file, decoded by OpenCV."""

    def __init__(self, path: str) -> None:
        """Open the file; ConfigurationError when it is none that can be decoded."""
        self.name = path
        if not Path(path).is_file():
            raise ConfigurationError(f'no video file {path}')
        self._capture = cv2.VideoCapture(path)
        if not self._capture.isOpened():
            raise ConfigurationError(
                f'cannot open {path}; expected a video that OpenCV can decode or a webcam'
            )

    @property
    def frame_rate_hz(self) -> float | None:
        """The rate that the file states."""
        rate = float(self._capture.get(cv2.CAP_PROP_FPS))
        return rate if np.isfinite(rate) and rate > 0 else None

    def read(self) -> NDArray[np.uint8] | None:
        """Decode the next picture."""
        is_read, image = self._capture.read()
        return image if is_read else None

    def rewind(self) -> None:
        """Start the file over."""
        # Seeking by CAP_PROP_POS_FRAMES lands elsewhere in some containers.
        self._capture.release()
        self._capture = cv2.VideoCapture(self.name)

    def close(self) -> None:
        """Release the file."""
        self._capture.release()


class FolderSource:
    """The pictures of a folder in the order of their names."""

    frame_rate_hz: float | None = None

    def __init__(self, folder: Path) -> None:
        """List the pictures; ConfigurationError when there are none."""
        self.name = str(folder)
        self._paths = sorted(
            path for path in folder.iterdir() if path.suffix.lower() in IMAGE_SUFFIXES
        )
        if not self._paths:
            raise ConfigurationError(
                f'no pictures in {folder}; expected files ending in {", ".join(IMAGE_SUFFIXES)}'
            )
        self._next = 0

    @property
    def paths(self) -> tuple[Path, ...]:
        """The pictures that will be read."""
        return tuple(self._paths)

    def read(self) -> NDArray[np.uint8] | None:
        """Read the next picture; ImageDataError names one that cannot be read."""
        if self._next >= len(self._paths):
            return None
        path = self._paths[self._next]
        self._next += 1
        image = cv2.imread(str(path), AS_THE_SENSOR_HAS_IT)
        if image is None:
            raise ImageDataError(f'cannot read {path} as a picture; it is left out')
        return image

    def rewind(self) -> None:
        """Start with the first picture again."""
        self._next = 0

    def close(self) -> None:
        """Nothing is held open."""


def open_source(source: str) -> ImageSource:
    """Open a video file, a folder of pictures, or a webcam (/dev/videoN or its number)."""
    path = user_path(source)
    if path.is_dir():
        return FolderSource(path)
    number = _device_number(source)
    return VideoSource(str(path)) if number is None else DeviceSource(source, number)


def _device_number(source: str) -> int | None:
    digits = source.removeprefix(_DEVICE_PREFIX)
    return int(digits) if digits.isdecimal() else None
