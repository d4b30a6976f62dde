# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""How fast frames come and how old they are when their last result is here."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

from hailo_perception.core.nanoseconds import to_seconds
from hailo_perception.pipeline.telemetry import DurationStatistics

_UPDATED_FRAMES = 16
_WINDOW_S = 5.0
_FOREIGN_CLOCK_S = 600.0


@dataclass(frozen=True, slots=True)
class FrameStatistics:
    """Frames of a span of time: their count, rate, and latency from stamp to last result.

    ``latency`` is None when the stamps are not this computer's time, as in a replayed recording.
    """

    frames: int
    fps: float
    latency: DurationStatistics | None


class FrameTimes:
    """Collects when the last result of each frame came.

    Results of neighbouring frames may interleave, so the last few frames are still updated.
    """

    def __init__(self) -> None:
        """Start with no frame."""
        self._indices: dict[int, int] = {}
        self._last_results_s = array('d')
        self._latencies_s = array('d')

    @property
    def count(self) -> int:
        """Frames of which a result came."""
        return len(self._latencies_s)

    def add(self, stamp_ns: int, received_ns: int) -> None:
        """Note a result of the frame with this stamp."""
        received_s = to_seconds(received_ns)
        latency_s = to_seconds(received_ns - stamp_ns)
        index = self._indices.get(stamp_ns)
        if index is not None:
            self._last_results_s[index] = received_s
            self._latencies_s[index] = latency_s
            return
        self._indices[stamp_ns] = self.count
        self._last_results_s.append(received_s)
        self._latencies_s.append(latency_s)
        if len(self._indices) > _UPDATED_FRAMES:
            del self._indices[next(iter(self._indices))]

    def lately(self, now_ns: int) -> FrameStatistics:
        """Summarise the last five seconds."""
        oldest_s = to_seconds(now_ns) - _WINDOW_S
        first = self.count
        while first > 0 and self._last_results_s[first - 1] >= oldest_s:
            first -= 1
        return self._statistics(first)

    def overall(self) -> FrameStatistics:
        """Summarise everything since the start."""
        return self._statistics(0)

    def _statistics(self, first: int) -> FrameStatistics:
        times_s = self._last_results_s[first:]
        latencies_s = self._latencies_s[first:]
        span_s = times_s[-1] - times_s[0] if times_s else 0.0
        is_own_clock = all(0 <= each < _FOREIGN_CLOCK_S for each in latencies_s)
        return FrameStatistics(
            frames=len(times_s),
            fps=(len(times_s) - 1) / span_s if span_s > 0 else 0.0,
            latency=DurationStatistics.of(latencies_s) if is_own_clock else None,
        )
