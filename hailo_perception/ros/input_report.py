# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a look at the cameras found: state, age and reasons, as values."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
import math

from hailo_perception.core.errors import Cause
from hailo_perception.core.nanoseconds import to_seconds
from hailo_perception.pipeline.telemetry import CameraStatistics
from hailo_perception.ros.camera_facts import FrameFacts
from hailo_perception.ros.camera_facts import StampFacts
from hailo_perception.ros.reasons import CameraState
from hailo_perception.ros.reasons import Level
from hailo_perception.ros.reasons import Reason
from hailo_perception.ros.reasons import worst_level

FOREIGN_S = 10.0
"""Stamps that are farther than this from the node's clock are of another one. It is for how long
tf2 keeps transforms by default: results with an older stamp find none."""


@dataclass(frozen=True, slots=True)
class CameraReport:
    """One camera: what it is at, and why nothing comes, or a part of it.

    ``image_stamp_ns`` is that of the newest image and ``image_age_s`` its age by the node's
    clock, both None before the first image; the age also before the first simulated time.
    """

    camera: str
    topic: str
    state: CameraState
    reasons: tuple[Reason, ...] = ()
    image_stamp_ns: int | None = None
    image_age_s: float | None = None

    @property
    def level(self) -> Level:
        """How bad it is for this camera."""
        return worst_level(self.reasons)


@dataclass(frozen=True, slots=True)
class InputReport:
    """All cameras, and what concerns the node as a whole.

    ``delay_s`` is for how long frames have taken longer than they may, None where that is not
    judged.
    """

    cameras: tuple[CameraReport, ...] = ()
    general: tuple[Reason, ...] = ()
    delay_s: float | None = None

    @property
    def troubles(self) -> tuple[tuple[str, Reason], ...]:
        """Everything that is not as it should be, each with its camera; '' is the node."""
        return tuple(
            (camera, reason)
            for camera, reasons in (
                ('', self.general),
                *((each.camera, each.reasons) for each in self.cameras),
            )
            for reason in reasons
            if reason.level > Level.OK
        )

    def count(self, states: Iterable[CameraState]) -> int:
        """Count the cameras that are at one of these."""
        wanted = set(states)
        return sum(each.state in wanted for each in self.cameras)


class Lasting:
    """Follows for how long something has held without a break."""

    def __init__(self, began_s: float) -> None:
        """Count from the beginning until it does not hold for once."""
        self._since_s = began_s

    def look(self, now_s: float, *, holds: bool) -> float:
        """Give the seconds for which it has held."""
        if not holds:
            self._since_s = now_s
        return now_s - self._since_s


class ClockSteps:
    """Follows whether a clock went back within the last seconds."""

    def __init__(self) -> None:
        """Take the time of the first look as it is."""
        self._before_ns = 0
        self._stepped_s = -math.inf
        self._step_s = 0.0

    def look(self, now_s: float, clock_ns: int, keep_s: float) -> float:
        """Give by how much it last went back since ``keep_s`` before now, 0 where it did not."""
        step_ns, self._before_ns = self._before_ns - clock_ns, clock_ns
        if step_ns > 0:
            self._stepped_s, self._step_s = now_s, to_seconds(step_ns)
        return self._step_s if now_s - self._stepped_s < keep_s else 0.0


class StampDistance:
    """Follows how far the stamps of a camera are from the node's clock."""

    def __init__(self, began_s: float) -> None:
        """Begin before the first image."""
        self._foreign = Lasting(began_s)

    def look(
        self, now_s: float, stamp_ns: int | None, behind_s: float, *, is_simulated: bool
    ) -> StampFacts:
        """Judge the newest image; its stamp is None where nothing is known to compare."""
        if stamp_ns is None:
            self._foreign.look(now_s, holds=False)
            return StampFacts(is_simulated=is_simulated)
        return StampFacts(
            behind_s=behind_s,
            foreign_s=self._foreign.look(now_s, holds=abs(behind_s) > FOREIGN_S),
            is_missing=stamp_ns == 0,
            is_simulated=is_simulated,
        )


class RecentProblems:
    """Follows which problems frames had within the last seconds."""

    def __init__(self) -> None:
        """Take the counts of the first look as history."""
        self._counts: Mapping[Cause, int] | None = None
        self._grew_s: dict[Cause, float] = {}

    def look(
        self, now_s: float, problems: Mapping[Cause, int], keep_s: float
    ) -> frozenset[Cause]:
        """Give the causes whose count has grown since ``keep_s`` before now."""
        before = problems if self._counts is None else self._counts
        self._counts = problems
        for cause, count in problems.items():
            if count > before.get(cause, 0):
                self._grew_s[cause] = now_s
        return frozenset(
            cause for cause, grew_s in self._grew_s.items() if now_s - grew_s < keep_s
        )


class FrameProgress:
    """Follows what became of a camera's images since the last result."""

    def __init__(self, began_s: float = 0.0, before: CameraStatistics | None = None) -> None:
        """Count from what was before it began; without that from the first look."""
        self._since_s = began_s
        self._before = before

    def look(
        self,
        now_s: float,
        statistics: CameraStatistics,
        latest: Mapping[Cause, str],
        *,
        is_expected: bool,
        waiting: int = 0,
    ) -> FrameFacts:
        """Compare with the last result; where none is expected counting starts anew.

        ``waiting`` images have come and were not counted yet.
        """
        before = self._before
        if (
            before is None
            or not is_expected
            or statistics.delivered != before.delivered
            or (statistics.received == before.received and not waiting)
        ):
            self._before, self._since_s = statistics, now_s
            return FrameFacts()
        return FrameFacts(
            waited_s=now_s - self._since_s,
            arrived=statistics.received - before.received,
            drops={
                cause: count - before.drops.get(cause, 0)
                for cause, count in statistics.drops.items()
                if count > before.drops.get(cause, 0)
            },
            latest=latest,
            waiting=waiting,
        )
