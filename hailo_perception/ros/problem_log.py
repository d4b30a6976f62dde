# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One clear line for each kind of trouble, not one for each frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
import threading
import time

from rclpy.impl.rcutils_logger import RcutilsLogger

from hailo_perception.core.errors import Cause

_QUIET_S = 5.0
_LONGEST_QUIET_S = 320.0
_SILENT = frozenset({Cause.REPLACED, Cause.RATE_LIMIT, Cause.UNWANTED, Cause.SHUTDOWN})
"""Normal operation: counted in the statistics, not worth a line."""
_PATIENCE_S = {Cause.CAMERA_INFO: 2.0}
"""What mends itself: an image often overtakes the first calibration of its camera."""


@dataclass(slots=True)
class _Logged:
    """When a kind of problem was logged, when it last happened, and how long to be quiet."""

    at_s: float
    last_s: float
    quiet_s: float = _QUIET_S

    @classmethod
    def after(cls, before: _Logged | None, now_s: float) -> _Logged:
        if before is None or now_s - before.last_s > before.quiet_s:
            return cls(now_s, now_s)
        return cls(now_s, now_s, min(2 * before.quiet_s, _LONGEST_QUIET_S))


class ProblemLog:
    """Warns of each camera and cause, ever more rarely while it lasts, and counts what it omits.

    The first repetition comes five seconds after the first line, the next after ten, … and after
    five minutes at last. What has not happened for that long is new when it happens again.
    """

    def __init__(
        self, logger: RcutilsLogger, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Write to a node's logger; the clock gives seconds."""
        self._logger = logger
        self._clock = clock
        self._lock = threading.Lock()
        self._first_s: dict[tuple[str, Cause], float] = {}
        self._logged: dict[tuple[str, Cause], _Logged] = {}
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
            logged = self._logged.get(key)
            if logged is not None and now_s - logged.at_s < logged.quiet_s:
                self._omitted[key] += 1
                logged.last_s = now_s
                return
            self._logged[key] = _Logged.after(logged, now_s)
            omitted = self._omitted.pop(key, 0)
        repeats = f' (and {omitted} times before)' if omitted else ''
        self._logger.warning(f'{camera}: {cause.value}: {message}{repeats}')
