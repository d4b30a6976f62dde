# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Which frames are kept, where keeping all would be too much."""

from __future__ import annotations

from collections import deque

from hailo_perception.core.nanoseconds import SECOND_NS

_REMEMBERED = 16
"""Outputs of one frame arrive one after another, between those of its neighbours."""


class FrameSchedule:
    """Chooses frames by their stamp, at least a period apart; a chosen frame stays chosen.

    So all outputs of a chosen frame are chosen, in whatever order they come. A period of 0
    chooses every frame. When the stamps jump back, as a looped recording's do, it starts anew.
    """

    def __init__(self, period_s: float) -> None:
        """Start with nothing chosen."""
        self._period_ns = int(period_s * SECOND_NS)
        self._chosen: deque[int] = deque(maxlen=_REMEMBERED)
        self._newest_ns = 0

    def chooses(self, stamp_ns: int) -> bool:
        """Tell whether the frame with this stamp is one to keep."""
        if stamp_ns in self._chosen:
            return True
        has_jumped_back = stamp_ns < self._newest_ns - max(self._period_ns, SECOND_NS)
        self._newest_ns = stamp_ns if has_jumped_back else max(self._newest_ns, stamp_ns)
        if self._chosen and not has_jumped_back:
            if stamp_ns < self._chosen[-1] + self._period_ns:
                return False
        self._chosen.append(stamp_ns)
        return True


class FrameNumbers:
    """Numbers frames from 0 in the order in which their stamps first appear."""

    def __init__(self) -> None:
        """Start counting."""
        self._numbers: dict[int, int] = {}
        self._next = 0

    def number_of(self, stamp_ns: int) -> int:
        """Give the number of the frame with this stamp."""
        if stamp_ns not in self._numbers:
            self._numbers[stamp_ns] = self._next
            self._next += 1
            if len(self._numbers) > _REMEMBERED:
                del self._numbers[next(iter(self._numbers))]
        return self._numbers[stamp_ns]
