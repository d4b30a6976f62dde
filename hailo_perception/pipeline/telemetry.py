# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What happened to the frames: counts since the start, times and rates of the last seconds."""

from __future__ import annotations

from collections import Counter
from collections import deque
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
import math
from threading import Lock
import time
from types import MappingProxyType

from hailo_perception.core.errors import Cause
from hailo_perception.pipeline.stage_clock import Clock
from hailo_perception.pipeline.stage_clock import Stage


@dataclass(frozen=True, slots=True)
class DurationStatistics:
    """Durations of one stage, seconds; NaN while there is none."""

    count: int
    mean_s: float
    p50_s: float
    p95_s: float
    p99_s: float
    max_s: float

    @classmethod
    def of(cls, durations_s: Iterable[float]) -> DurationStatistics:
        """Summarise durations; percentiles interpolate linearly between the two nearest."""
        ordered = sorted(durations_s)
        if not ordered:
            return cls(0, math.nan, math.nan, math.nan, math.nan, math.nan)
        return cls(
            count=len(ordered),
            mean_s=math.fsum(ordered) / len(ordered),
            p50_s=_quantile(ordered, 0.50),
            p95_s=_quantile(ordered, 0.95),
            p99_s=_quantile(ordered, 0.99),
            max_s=ordered[-1],
        )


@dataclass(frozen=True, slots=True)
class CameraStatistics:
    """Counts of one camera since the start, and its delivered frames per second lately.

    ``silent_s`` is the time since its last frame arrived, whatever became of it; since the start
    of counting while none has.
    """

    received: int
    delivered: int
    drops: Mapping[Cause, int]
    problems: Mapping[Cause, int]
    fps: float
    silent_s: float

    @property
    def dropped(self) -> int:
        """Frames dropped, whatever the cause."""
        return sum(self.drops.values())

    @property
    def inside(self) -> int:
        """Frames that are still waiting or being worked on."""
        return self.received - self.delivered - self.dropped


@dataclass(frozen=True, slots=True)
class TelemetrySnapshot:
    """All counts of one instant; ``stages`` describe the frames delivered lately."""

    cameras: Mapping[str, CameraStatistics]
    stages: Mapping[Stage, DurationStatistics]

    @property
    def received(self) -> int:
        """Frames of all cameras that arrived."""
        return sum(camera.received for camera in self.cameras.values())

    @property
    def delivered(self) -> int:
        """Frames of all cameras that came out."""
        return sum(camera.delivered for camera in self.cameras.values())

    @property
    def dropped(self) -> int:
        """Frames of all cameras that did not come out."""
        return sum(camera.dropped for camera in self.cameras.values())

    @property
    def drops(self) -> Mapping[Cause, int]:
        """Drops of all cameras by cause."""
        return _sum(camera.drops for camera in self.cameras.values())

    @property
    def problems(self) -> Mapping[Cause, int]:
        """Problems of all cameras by cause."""
        return _sum(camera.problems for camera in self.cameras.values())

    @property
    def fps(self) -> float:
        """Delivered frames per second of all cameras together."""
        return sum(camera.fps for camera in self.cameras.values())


class Telemetry:
    """Counts frames and keeps their latest stage durations; any thread may call anything.

    A *drop* is a frame that did not come out. A *problem* is one that came out with something
    withheld, or an event that cost no frame. Memory is bounded: ``capacity`` samples, none older
    than ``window_s`` in a snapshot, for each stage and camera.
    """

    def __init__(
        self,
        cameras: Iterable[str] = (),
        *,
        window_s: float = 10.0,
        capacity: int = 1024,
        clock: Clock = time.monotonic,
    ) -> None:
        """Start with every count 0; cameras not named here appear with their first frame."""
        self._window_s = window_s
        self._capacity = capacity
        self._clock = clock
        self._lock = Lock()
        self._began_s = clock()
        self._cameras = {camera: self._new_counts() for camera in cameras}
        self._stages: dict[Stage, deque[tuple[float, float]]] = {
            stage: deque(maxlen=capacity) for stage in Stage
        }

    @property
    def window_s(self) -> float:
        """How far back times and rates reach, in seconds."""
        return self._window_s

    def received(self, camera: str) -> None:
        """Count a frame that arrived."""
        now_s = self._clock()
        with self._lock:
            counts = self._counts_of(camera)
            counts.received += 1
            counts.received_at_s = now_s

    def dropped(self, camera: str, cause: Cause) -> None:
        """Count a frame that will not come out."""
        with self._lock:
            self._counts_of(camera).drops[cause] += 1

    def lost(self, camera: str, count: int, cause: Cause = Cause.TRANSPORT) -> None:
        """Count frames that a camera sent and that were dropped before the pipeline saw them."""
        with self._lock:
            counts = self._counts_of(camera)
            counts.received += count
            counts.drops[cause] += count

    def problem(self, camera: str, cause: Cause) -> None:
        """Count something that went wrong without costing a frame."""
        with self._lock:
            self._counts_of(camera).problems[cause] += 1

    def delivered(self, camera: str, durations_s: Mapping[Stage, float]) -> None:
        """Count a frame that came out, and keep what its stages took in seconds."""
        now_s = self._clock()
        with self._lock:
            counts = self._counts_of(camera)
            counts.delivered += 1
            counts.delivered_at_s.append(now_s)
            for stage, duration_s in durations_s.items():
                self._stages[stage].append((now_s, duration_s))

    def snapshot(self) -> TelemetrySnapshot:
        """Read everything at one instant; sorting happens outside the lock."""
        now_s = self._clock()
        with self._lock:
            counts = {camera: counts.copy() for camera, counts in self._cameras.items()}
            samples = {stage: tuple(window) for stage, window in self._stages.items()}
        oldest_s = now_s - self._window_s
        return TelemetrySnapshot(
            cameras=MappingProxyType(
                {camera: each.statistics(oldest_s, now_s) for camera, each in counts.items()}
            ),
            stages=MappingProxyType(
                {
                    stage: DurationStatistics.of(
                        took_s for at_s, took_s in window if at_s >= oldest_s
                    )
                    for stage, window in samples.items()
                }
            ),
        )

    def _counts_of(self, camera: str) -> _CameraCounts:
        counts = self._cameras.get(camera)
        if counts is None:
            counts = self._cameras[camera] = self._new_counts()
        return counts

    def _new_counts(self) -> _CameraCounts:
        return _CameraCounts(self._capacity, self._began_s)


class _CameraCounts:
    __slots__ = (
        'delivered',
        'delivered_at_s',
        'drops',
        'problems',
        'received',
        'received_at_s',
    )

    def __init__(self, capacity: int, began_s: float) -> None:
        self.received = 0
        self.received_at_s = began_s
        self.delivered = 0
        self.drops: Counter[Cause] = Counter()
        self.problems: Counter[Cause] = Counter()
        self.delivered_at_s: deque[float] = deque(maxlen=capacity)

    def copy(self) -> _CameraCounts:
        twin = _CameraCounts(0, self.received_at_s)
        twin.received = self.received
        twin.delivered = self.delivered
        twin.drops = self.drops.copy()
        twin.problems = self.problems.copy()
        twin.delivered_at_s = self.delivered_at_s.copy()
        return twin

    def statistics(self, oldest_s: float, now_s: float) -> CameraStatistics:
        return CameraStatistics(
            received=self.received,
            delivered=self.delivered,
            drops=MappingProxyType(self.drops),
            problems=MappingProxyType(self.problems),
            fps=_rate([at_s for at_s in self.delivered_at_s if at_s >= oldest_s], now_s),
            silent_s=max(now_s - self.received_at_s, 0.0),
        )


def _rate(times_s: Sequence[float], now_s: float) -> float:
    """Events per second since the oldest; measured up to now, so that it falls when they stop."""
    if len(times_s) < 2 or now_s <= times_s[0]:
        return 0.0
    return (len(times_s) - 1) / (now_s - times_s[0])


def _quantile(ordered: Sequence[float], fraction: float) -> float:
    position = fraction * (len(ordered) - 1)
    below = math.floor(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def _sum(counts: Iterable[Mapping[Cause, int]]) -> Mapping[Cause, int]:
    total: Counter[Cause] = Counter()
    for each in counts:
        total.update(each)
    return MappingProxyType(total)
