# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Cameras that are processed together: sets of images go on, the rest is counted."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
import time

from rclpy.impl.rcutils_logger import RcutilsLogger

from hailo_perception.core.errors import Cause
from hailo_perception.core.frame import CameraImage
from hailo_perception.ros.quiet_times import QuietTimes
from hailo_perception.ros.stamp_sets import StampSets
from hailo_perception.ros.stamp_sets import TogetherRule


class CameraSets:
    """Stands between the cameras' subscriptions and the pipeline; one thread at a time."""

    def __init__(
        self,
        cameras: Iterable[str],
        rule: TogetherRule,
        *,
        on_set: Callable[[tuple[CameraImage, ...]], None],
        on_lost: Callable[[str, int, Cause], None],
        logger: RcutilsLogger,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Wait for every camera at first; ``on_lost(camera, count, cause)`` counts the rest."""
        self._rule = rule
        self._on_set = on_set
        self._on_lost = on_lost
        self._logger = logger
        self._clock = clock
        self._sets: StampSets[CameraImage] = StampSets(cameras, rule, clock())
        self._quiet = QuietTimes()
        self._told_gone: frozenset[str] = frozenset()

    def put(self, image: CameraImage) -> None:
        """Let an image wait for its partners, or go on with them."""
        now_s = self._clock()
        step = self._sets.put(image.camera, image.header.stamp_ns, image, now_s)
        for camera, count in step.lost.items():
            self._on_lost(camera, count, Cause.NO_PARTNER)
        self._tell(self._sets.gone(now_s), now_s)
        if step.complete:
            self._on_set(tuple(step.complete.values()))

    def close(self) -> None:
        """Give up what still waits for its partners."""
        for camera, count in self._sets.clear().items():
            self._on_lost(camera, count, Cause.SHUTDOWN)

    def _tell(self, gone: frozenset[str], now_s: float) -> None:
        """Log who left and who came back: ever more rarely, for one may do both at every image."""
        for camera in sorted(gone - self._told_gone):
            if self._quiet.may_tell(camera, now_s):
                self._told_gone |= {camera}
                self._logger.warning(
                    f'{camera}: no image for {self._rule.gone_after_s:g} s; the sets of cameras '
                    'go on without it'
                )
        for camera in sorted(self._told_gone - gone):
            self._told_gone -= {camera}
            self._logger.info(f'{camera}: images come again; the sets wait for it again')
