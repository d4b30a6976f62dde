# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One clear line for each kind of trouble, not one for each frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
import threading
import time

from rclpy.impl.rcutils_logger import RcutilsLogger

from hailo_perception.core.errors import Cause
from hailo_perception.ros.quiet_times import QuietTimes

_SILENT = frozenset({Cause.REPLACED, Cause.RATE_LIMIT, Cause.UNWANTED, Cause.SHUTDOWN})
"""Normal operation: counted in the statistics, not worth a line."""
_PATIENCE_S = {Cause.CAMERA_INFO: 2.0}
"""What mends itself: an image often overtakes the first calibration of its camera."""


class ProblemLog:
    """Warns of each camera and cause, ever more rarely while it lasts, and counts what it omits.

    How rarely is what QuietTimes says.
    """

    def __init__(
        self, logger: RcutilsLogger, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Write to a node's logger; the clock gives seconds."""
        self._logger = logger
        self._clock = clock
        self._lock = threading.Lock()
        self._first_s: dict[tuple[str, Cause], float] = {}
        self._quiet = QuietTimes()
        self._omitted: Counter[tuple[str, Cause]] = Counter()
        self._latest: dict[tuple[str, Cause], str] = {}

    def latest(self, camera: str) -> dict[Cause, str]:
        """Give the newest message of each kind that a camera had, logged or not."""
        with self._lock:
            return {
                cause: message for (name, cause), message in self._latest.items() if name == camera
            }

    def __call__(self, camera: str, cause: Cause, message: str) -> None:
        """Log a problem that a frame had, unless it may still mend itself."""
        now_s = self._clock()
        with self._lock:
            self._latest[camera, cause] = message
            first_s = self._first_s.setdefault((camera, cause), now_s)
            if now_s - first_s < _PATIENCE_S.get(cause, 0.0):
                self._omitted[camera, cause] += 1
                return
        self.at_once(camera, cause, message)

    def at_once(self, camera: str, cause: Cause, message: str) -> None:
        """Log a problem, unless the same kind was logged a moment ago."""
        if cause in _SILENT:
            return
        now_s = self._clock()
        key = (camera, cause)
        with self._lock:
            self._latest[key] = message
            if not self._quiet.may_tell(key, now_s):
                self._omitted[key] += 1
                return
            omitted = self._omitted.pop(key, 0)
        repeats = f' (and {omitted} times before)' if omitted else ''
        self._logger.warning(f'{camera}: {cause.value}: {message}{repeats}')
