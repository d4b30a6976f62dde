# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Pictures from a webcam, which may miss one, hang, or be unplugged and come back."""

from __future__ import annotations

from collections.abc import Callable
import time

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import ImageDataError
from hailo_perception.core.errors import SourceLostError

_PATIENCE_S = 2.0
"""Without a picture for so long, the device is opened anew."""
_LOST_AFTER_S = 30.0
"""Longer than a hub takes that loses power and finds its devices again."""


class DeviceSource:
    """A webcam, read by OpenCV."""

    def __init__(
        self, name: str, number: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Open the device of a number; ``name`` is how the user called it."""
        self.name = name
        self._number = number
        self._clock = clock
        self._capture = cv2.VideoCapture(number)
        if not self._capture.isOpened():
            raise ConfigurationError(
                f'cannot open {name}; expected a video that OpenCV can decode or a webcam'
            )
        self._opened_s = self._pictured_s = clock()

    @property
    def frame_rate_hz(self) -> float | None:
        """The rate that the device states."""
        rate = float(self._capture.get(cv2.CAP_PROP_FPS))
        return rate if np.isfinite(rate) and rate > 0 else None

    def read(self) -> NDArray[np.uint8]:
        """Take the next picture; it never ends.

        ImageDataError where none comes now, SourceLostError when none has come for long.
        """
        is_read, image = self._capture.read()
        now_s = self._clock()
        if is_read:
            self._pictured_s = now_s
            return image
        waited_s = now_s - self._pictured_s
        if waited_s >= _LOST_AFTER_S:
            raise SourceLostError(
                f'{self.name} has given no picture for {waited_s:.0f} s, though it was opened '
                'anew; look at its cable and at dmesg'
            )
        if now_s - max(self._pictured_s, self._opened_s) < _PATIENCE_S:
            raise ImageDataError(f'{self.name} gave no picture')
        self._capture.release()
        self._capture = cv2.VideoCapture(self._number)
        self._opened_s = self._clock()
        raise ImageDataError(
            f'{self.name} has given no picture for {waited_s:.0f} s; it was opened anew'
        )

    def rewind(self) -> None:
        """Go on: what is live has no beginning."""

    def close(self) -> None:
        """Release the device."""
        self._capture.release()
