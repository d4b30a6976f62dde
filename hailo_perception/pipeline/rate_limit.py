# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A ceiling on how often something may happen that comes at uneven times."""

from __future__ import annotations

import math

_EARLINESS = 0.5
"""How much of a period an event may come before it is due, for cameras are not punctual."""


class RateLimit:
    """Lets at most ``rate_hz`` events a second pass, however they come.

    Each event that passes makes the next one due a period later, and one may come half a period
    early: in any time of t seconds at most t·rate + 1.5 pass, and a camera of the very rate that
    jitters by less than half a period loses nothing. Silence saves nothing up. This is the
    virtual scheduling algorithm of ITU-T I.371 (generic cell rate algorithm).
    """

    def __init__(self, rate_hz: float) -> None:
        """Let the first event pass whenever it comes; ``rate_hz`` is positive."""
        self._period_s = 1 / rate_hz
        self._due_s = -math.inf

    def is_due(self, now_s: float) -> bool:
        """Tell whether an event might happen now, without counting it."""
        return now_s >= self._due_s - _EARLINESS * self._period_s

    def admits(self, now_s: float) -> bool:
        """Tell whether an event may happen now; if so, it is counted."""
        if not self.is_due(now_s):
            return False
        self._due_s = max(now_s, self._due_s) + self._period_s
        return True
