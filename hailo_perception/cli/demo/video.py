# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A video of pictures that come at their own times."""

from __future__ import annotations

from pathlib import Path
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.nanoseconds import SECOND_NS
from hailo_perception.core.nanoseconds import to_seconds

_MEASURED_FRAMES = 12
_DEFAULT_RATE_HZ = 10.0
_SLOWEST_HZ = 1.0
_FASTEST_HZ = 60.0
_LONGEST_PAUSE_S = 5.0
_FORMATS = (('.mp4', 'mp4v'), ('.avi', 'MJPG'))


class VideoError(OSError):
    """OpenCV can write no video here."""


class LiveVideo:
    """Writes pictures to a video of constant rate so that it plays at the speed of life.

    The rate is that of the first dozen pictures, which wait for it in memory. Every picture is
    shown; where one is late, the former is repeated, for five seconds at most. Pictures of
    another size than the first are fitted into it.
    """

    def __init__(self, path_without_suffix: Path) -> None:
        """Nothing is opened before the rate is known."""
        self._base = path_without_suffix
        self._waiting: list[tuple[int, NDArray[np.uint8]]] = []
        self._writer: cv2.VideoWriter | None = None
        self._rate_hz = 0.0
        self._size = (0, 0)
        self._began_ns = 0
        self._written = 0
        self._former: NDArray[np.uint8] | None = None
        self.path: Path | None = None

    def add(self, stamp_ns: int, image: NDArray[np.uint8]) -> None:
        """Append a picture, (H, W, 3) BGR uint8."""
        if self._writer is not None:
            self._write(stamp_ns, image)
            return
        self._waiting.append((stamp_ns, image))
        if len(self._waiting) == _MEASURED_FRAMES:
            self._open()

    def close(self) -> None:
        """Finish the file; there is none when no picture came."""
        if self._waiting:
            self._open()
        if self._writer is not None:
            self._writer.release()

    def _open(self) -> None:
        stamps_ns = [stamp_ns for stamp_ns, _ in self._waiting]
        self._rate_hz = frame_rate_hz(stamps_ns)
        self._began_ns = stamps_ns[0]
        height, width = self._waiting[0][1].shape[:2]
        # Video formats with halved colour need even sides.
        self._size = (width - width % 2, height - height % 2)
        for suffix, code in _FORMATS:
            path = self._base.with_suffix(suffix)
            writer = cv2.VideoWriter(
                str(path), cv2.VideoWriter.fourcc(*code), self._rate_hz, self._size
            )
            if writer.isOpened():
                self._writer, self.path = writer, path
                break
        else:
            raise VideoError(f'OpenCV can write neither MP4 nor AVI to {self._base.parent}')
        waiting, self._waiting = self._waiting, []
        for stamp_ns, image in waiting:
            self._write(stamp_ns, image)

    def _write(self, stamp_ns: int, image: NDArray[np.uint8]) -> None:
        assert self._writer is not None
        slot = round(to_seconds(stamp_ns - self._began_ns) * self._rate_hz)
        missing = slot - self._written
        if not 0 <= missing <= _LONGEST_PAUSE_S * self._rate_hz:
            # Long silence, or a clock set back: the video goes on from here.
            self._began_ns = stamp_ns - int(self._written / self._rate_hz * SECOND_NS)
            missing = 0
        if self._former is not None:
            for _ in range(missing):
                self._writer.write(self._former)
            self._written += missing
        self._former = fitted(image, self._size)
        self._writer.write(self._former)
        self._written += 1


def frame_rate_hz(stamps_ns: list[int]) -> float:
    """Estimate the rate of pictures from their stamps; 10 where it cannot be told."""
    intervals_s = [
        to_seconds(later - earlier)
        for earlier, later in zip(stamps_ns, stamps_ns[1:])
        if later > earlier
    ]
    if not intervals_s:
        return _DEFAULT_RATE_HZ
    return min(max(round(1 / median(intervals_s), 2), _SLOWEST_HZ), _FASTEST_HZ)


def fitted(image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Scale a picture into (width, height), keeping its shape; black where it does not reach."""
    height, width = image.shape[:2]
    if (width, height) == size:
        return image
    scale = min(size[0] / width, size[1] / height)
    inner = (max(round(width * scale), 1), max(round(height * scale), 1))
    left, top = (size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2
    canvas = np.zeros((size[1], size[0], 3), np.uint8)
    canvas[top : top + inner[1], left : left + inner[0]] = cv2.resize(
        image, inner, interpolation=cv2.INTER_AREA
    )
    return canvas
