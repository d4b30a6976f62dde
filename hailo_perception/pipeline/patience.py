# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Whether the device should wait a moment for a frame that is about to come."""

from __future__ import annotations

from collections import deque
import math

IDLE_SHARE = 0.02
"""How much of the device's time may be spent on waiting."""
LONGEST_WAIT_S = 0.006
"""Longer ones would not pay: they move all later turns, and may make those older."""
_REMEMBERED = 16
_LEAST = 4


class Patience:
    """Lets a turn wait a little for a newer frame, and bounds what that costs the device.

    Just before a camera's next frame comes, the one that waits is almost a whole period old: a
    wait of a few milliseconds gains most of a period. It is paid from a credit that grows by
    ``IDLE_SHARE`` of the time that passes.

    A camera whose next frame is not there when it is expected, an upper quartile of its periods
    after the last, is not waited for any longer.
    """

    def __init__(self) -> None:
        """Know no camera and have no credit."""
        self._arrivals: dict[str, _Arrivals] = {}
        self._credit_s = 0.0
        self._last_take_s = math.inf
        self._began_s = math.inf

    def arrived(self, camera: str, now_s: float) -> None:
        """Learn that a frame of a camera came, in place of an older one if that still waits."""
        self._arrivals.setdefault(camera, _Arrivals()).learn(now_s)

    def wait_until_s(self, camera: str, due_s: float) -> float:
        """Tell until when a frame of the camera that is due at some time should be waited for.

        ``due_s`` itself where waiting is not worth its price. To be asked anew whenever a frame
        comes: the price is that of the whole time since the first wait for this take began.
        """
        arrivals = self._arrivals.get(camera)
        if arrivals is None:
            return due_s
        next_s = arrivals.next_s
        began_s = min(self._began_s, due_s)
        if next_s <= due_s or next_s - began_s > self._credit_s:
            return due_s
        self._began_s = began_s
        return next_s

    def took(self, now_s: float) -> None:
        """Learn that a frame is taken: what was waited for it is paid."""
        self._credit_s += IDLE_SHARE * max(now_s - self._last_take_s, 0.0)
        self._credit_s -= max(now_s - self._began_s, 0.0)
        self._credit_s = min(max(self._credit_s, 0.0), LONGEST_WAIT_S)
        self._last_take_s, self._began_s = now_s, math.inf


class _Arrivals:
    """When a camera's next frame may be expected."""

    def __init__(self) -> None:
        self._periods_s: deque[float] = deque(maxlen=_REMEMBERED)
        self._last_s = math.inf
        self.period_s = 0.0

    def learn(self, now_s: float) -> None:
        if now_s > self._last_s:
            self._periods_s.append(now_s - self._last_s)
            if len(self._periods_s) >= _LEAST:
                self.period_s = sorted(self._periods_s)[3 * len(self._periods_s) // 4]
        self._last_s = now_s

    @property
    def next_s(self) -> float:
        return self._last_s + self.period_s
