# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One clear line for each kind of trouble, not one for each frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
import math
import threading
import time

from rclpy.impl.rcutils_logger import RcutilsLogger

from hailo_perception.core.errors import Cause

_QUIET_S = 5.0
_SILENT = frozenset({Cause.REPLACED, Cause.UNWANTED, Cause.SHUTDOWN})
"""Normal operation: counted in the statistics, not worth a line."""
_PATIENCE_S = {Cause.CAMERA_INFO: 2.0}
"""What mends itself: an image often overtakes the first calibration of its camera."""


class ProblemLog:
    """Warns at most every five seconds for each camera and cause, and says what was left out."""

    def __init__(
        self, logger: RcutilsLogger, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Write to a node's logger; the clock gives seconds."""
        self._logger = logger
        self._clock = clock
        self._lock = threading.Lock()
        self._first_s: dict[tuple[str, Cause], float] = {}
        self._logged_s: dict[tuple[str, Cause], float] = {}
        self._omitted: Counter[tuple[str, Cause]] = Counter()

    def __call__(self, camera: str, cause: Cause, message: str) -> None:
        """Log a problem that a frame had, unless it may still mend itself."""
        now_s = self._clock()
        with self._lock:
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
            if now_s - self._logged_s.get(key, -math.inf) < _QUIET_S:
                self._omitted[key] += 1
                return
            self._logged_s[key] = now_s
            omitted = self._omitted.pop(key, 0)
        repeats = f' (and {omitted} times before)' if omitted else ''
        self._logger.warning(f'{camera}: {cause.value}: {message}{repeats}')
