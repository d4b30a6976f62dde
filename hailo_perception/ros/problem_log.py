# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One clear line for each kind of trouble, not one for each frame."""

from __future__ import annotations

from collections.abc import Callable
import threading
import time

from rclpy.impl.rcutils_logger import RcutilsLogger

from hailo_perception.core.errors import Cause

_QUIET_S = 5.0
_SILENT = frozenset({Cause.REPLACED, Cause.UNWANTED, Cause.SHUTDOWN})
"""Normal operation: counted in the statistics, not worth a line."""


class ProblemLog:
    """Warns at most every five seconds for each camera and cause, and says what was left out."""

    def __init__(
        self, logger: RcutilsLogger, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Write to a node's logger; the clock gives seconds."""
        self._logger = logger
        self._clock = clock
        self._lock = threading.Lock()
        self._last: dict[tuple[str, Cause], tuple[float, int]] = {}

    def __call__(self, camera: str, cause: Cause, message: str) -> None:
        """Log a problem, unless the same kind was logged a moment ago."""
        if cause in _SILENT:
            return
        now = self._clock()
        key = (camera, cause)
        with self._lock:
            logged_at, omitted = self._last.get(key, (-_QUIET_S, 0))
            if now - logged_at < _QUIET_S:
                self._last[key] = (logged_at, omitted + 1)
                return
            self._last[key] = (now, 0)
        repeats = f' ({omitted} more like this meanwhile)' if omitted else ''
        self._logger.warning(f'{camera}: {cause.value}: {message}{repeats}')
