# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What one of several cameras may take of the device."""

from __future__ import annotations

from dataclasses import dataclass
import math

from hailo_perception.core.errors import ConfigurationError

HIGHEST_PRIORITY = 10


class ScheduleError(ConfigurationError):
    """A camera's rate, priority or age limit cannot work."""


@dataclass(frozen=True, slots=True)
class CameraSchedule:
    """Limits and weight of one camera; ScheduleError for what cannot be.

    ``rate_hz``: at most so many of its images per second are taken, 0 for as many as there is
    time for. ``priority``: while cameras wait, one of 2 gets two turns where one of 1 gets one.
    ``stale_after_s``: an image older than this when a turn comes is dropped, 0 for never.
    """

    rate_hz: float = 0.0
    priority: int = 1
    stale_after_s: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.rate_hz < math.inf:
            raise ScheduleError(f'rate_hz must be 0 (no limit) or more, got {self.rate_hz}')
        if not isinstance(self.priority, int) or not 1 <= self.priority <= HIGHEST_PRIORITY:
            raise ScheduleError(
                f'priority must be a whole number within 1…{HIGHEST_PRIORITY}, got {self.priority}'
            )
        if not 0 <= self.stale_after_s < math.inf:
            raise ScheduleError(
                f'stale_after_s must be 0 (never) or more, got {self.stale_after_s}'
            )


UNLIMITED = CameraSchedule()
"""A camera like any other: no limit, the weight of one."""
