# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Whether frames take longer than they may, and for how long that has been so."""

from __future__ import annotations

from dataclasses import dataclass

from hailo_perception.ros.reasons import Reason
from hailo_perception.ros.reasons import ReasonCause


@dataclass(frozen=True, slots=True)
class ProcessingLimits:
    """What a frame may take from its arrival to its results, 0 for whatever it takes.

    Slower is a warning, and an error once it has lasted ``acceptable_delay_s``.
    """

    allowed_s: float = 0.0
    acceptable_delay_s: float = 1.0


class ProcessingDelay:
    """Follows for how long frames have been too slow."""

    def __init__(self, limits: ProcessingLimits) -> None:
        """Start in time."""
        self._limits = limits
        self._since_s: float | None = None
        self.lasts_s: float | None = None
        """For how long without a break; None where no limit is set."""

    def look(self, now_s: float, processing_s: float) -> tuple[Reason, ...]:
        """Judge the time that frames take at the moment, NaN where none came out."""
        limits = self._limits
        if limits.allowed_s <= 0:
            return ()
        if not processing_s > limits.allowed_s:
            self._since_s, self.lasts_s = None, 0.0
            return ()
        if self._since_s is None:
            self._since_s = now_s
        self.lasts_s = now_s - self._since_s
        is_lasting = self.lasts_s >= limits.acceptable_delay_s
        return (
            Reason(
                ReasonCause.TOO_SLOW if is_lasting else ReasonCause.SLOW,
                f'a frame takes {processing_s * 1000:.0f} ms, allowed are '
                f'{limits.allowed_s * 1000:.0f} ms, for {self.lasts_s:.1f} s now',
                'offer fewer outputs, limit camera.<name>.rate_hz, or choose a smaller model',
            ),
        )
