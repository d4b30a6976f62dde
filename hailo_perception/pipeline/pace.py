# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""When to take the next frame: late enough to be new, early enough to keep the device busy."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from collections.abc import Sequence
from enum import IntEnum
import math

_REMEMBERED = 16
"""Frames that the estimates rest on: half a second of a usual camera."""
_LEAST = 4
SLACK_S = 0.001
"""How much earlier than necessary a frame should be with the device."""


class Station(IntEnum):
    """Where a prepared frame passes, one after another, each of them one frame at a time."""

    DEVICE = 0
    FINISH = 1
    DELIVERY = 2


class Pace:
    """Estimates when a frame that is taken now would find each station free.

    A frame that is taken too early waits with the pixels it had then; one that is taken just in
    time has waited in the mailbox, where a newer one may replace it. Both come out at the same
    time, but the second may be newer by almost one frame of the slowest station.

    Where the estimates are unsure they err towards taking early, which costs age and never
    throughput: the time at a station is a lower quartile, that of preparing the longest but
    one of late. Results that come in bursts have no time between them: then nothing is held
    back.
    """

    def __init__(self, transfer_s: float = 0.0) -> None:
        """Know nothing yet: hold nothing back.

        An input is on its way to the device for ``transfer_s``, while another is computed.
        """
        self._lead_s = transfer_s + SLACK_S
        self._preparations_s: deque[float] = deque([0.0, 0.0], maxlen=_REMEMBERED)
        self._services = {station: _Service() for station in Station}

    def prepared(self, took_s: float) -> None:
        """Learn how long a frame took from being taken until it reached the device, seconds."""
        self._preparations_s.append(took_s)

    def passed(self, station: Station, reached_s: float, left_s: float) -> None:
        """Learn when a station was done with a frame that had reached it at some time."""
        self._services[station].learn(reached_s, left_s)

    def next_take_s(self, inside: Iterable[Sequence[float]]) -> float:
        """Tell when the next frame should be taken, in the past for at once.

        ``inside`` gives, for each prepared frame that is still inside, the times at which it
        reached the stations so far.
        """
        frames = tuple(inside)
        take_s, ahead_s = -math.inf, sorted(self._preparations_s)[-2]
        arrivals_s: list[float] = []
        for station, service in self._services.items():
            # Those that are here come before those that an earlier station has still to let go.
            here_s = (frame[station] for frame in frames if len(frame) == station + 1)
            departures_s = service.departures_s([*sorted(here_s), *arrivals_s])
            if departures_s:
                take_s = max(take_s, departures_s[-1] - ahead_s - self._lead_s)
            ahead_s += service.usual_s
            arrivals_s = departures_s
        return take_s


class _Service:
    """How long one station usually takes for a frame, and when it let the last one go."""

    def __init__(self) -> None:
        self._took_s: deque[float] = deque(maxlen=_REMEMBERED)
        self._last_left_s = -math.inf
        self.usual_s = 0.0

    def learn(self, reached_s: float, left_s: float) -> None:
        began_s = max(reached_s, self._last_left_s)
        self._took_s.append(max(left_s - began_s, 0.0))
        self._last_left_s = left_s
        if len(self._took_s) >= _LEAST:
            self.usual_s = sorted(self._took_s)[len(self._took_s) // 4]

    def departures_s(self, arrivals_s: Sequence[float]) -> list[float]:
        """Say when frames that reach the station at these times are expected to leave it.

        At once where too little is known of it.
        """
        if len(self._took_s) < _LEAST:
            return list(arrivals_s)
        departures_s = []
        free_s = self._last_left_s
        for arrival_s in arrivals_s:
            free_s = max(arrival_s, free_s) + self.usual_s
            departures_s.append(free_s)
        return departures_s
