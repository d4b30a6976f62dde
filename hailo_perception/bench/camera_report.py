# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What became of the frames of one of several cameras, and whether it got its share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import math

from hailo_perception.bench.metrics import Passage
from hailo_perception.bench.metrics import stream_metrics
from hailo_perception.bench.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Window:
    """The time that is measured, seconds of the clock that stamps frames."""

    begin_s: float
    end_s: float

    @property
    def duration_s(self) -> float:
        """Its length."""
        return self.end_s - self.begin_s

    def halves(self) -> tuple[Window, Window]:
        """Cut it in the middle, where a camera may stop."""
        middle_s = (self.begin_s + self.end_s) / 2
        return Window(self.begin_s, middle_s), Window(middle_s, self.end_s)

    def rate_hz(self, passages: Sequence[Passage]) -> float:
        """Frames that arrived within over its length: 0 when none came."""
        return sum(passage.received_s in self for passage in passages) / self.duration_s

    def metrics(self, sent_s: Sequence[float], passages: Sequence[Passage]) -> dict[str, float]:
        """Summarise the frames that were sent within, whenever they arrived."""
        inside = (passage for passage in passages if passage.sent_s in self)
        return stream_metrics(
            sorted(each for each in sent_s if each in self),
            sorted(inside, key=lambda passage: passage.received_s),
        )

    def __contains__(self, time_s: float) -> bool:
        """Tell whether a moment lies within."""
        return self.begin_s <= time_s < self.end_s


@dataclass(frozen=True, slots=True)
class CameraReport:
    """One camera: its metrics, drops by cause, and its rate against its fair share.

    The rates are those of the two halves of the measurement, as the shares differ where a camera
    stops in the middle.
    """

    camera: str
    requested_hz: float
    stops: bool
    metrics: dict[str, float]
    drops: dict[str, int]
    rates_hz: tuple[float, float]
    fair_rates_hz: tuple[float, float]

    @property
    def share_of_fair(self) -> tuple[float | None, float | None]:
        """Rate over fair rate in both halves; None where nothing was to come."""
        first, second = (
            rate / fair if fair > 0 and math.isfinite(fair) else None
            for rate, fair in zip(self.rates_hz, self.fair_rates_hz, strict=True)
        )
        return first, second


def report_camera(
    scenario: Scenario,
    number: int,
    camera: str,
    *,
    sent_s: Sequence[float],
    passages: Sequence[Passage],
    window: Window,
    drops: dict[str, int],
) -> CameraReport:
    """Sum up one camera of a scenario, given all that it sent and all that came through."""
    first, second = window.halves()
    return CameraReport(
        camera=camera,
        requested_hz=scenario.rates_hz[number],
        stops=number == scenario.stops,
        metrics=window.metrics(sent_s, passages),
        drops=drops,
        rates_hz=(first.rate_hz(passages), second.rate_hz(passages)),
        fair_rates_hz=(
            scenario.fair_rates_hz()[number],
            scenario.fair_rates_hz(without=scenario.stops)[number],
        ),
    )
