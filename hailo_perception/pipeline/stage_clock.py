# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The stages of a frame's journey, and a clock that adds up how long each took."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from enum import Enum
import time
from types import MappingProxyType

Clock = Callable[[], float]
"""Monotonic seconds."""


class Stage(str, Enum):
    """Where a frame spends its time; all but the total add up to about the total."""

    QUEUE = 'queue'
    """Waiting for its turn, and between the network's answer and the postprocess."""
    DECODE = 'decode'
    PREPROCESS = 'preprocess'
    INFERENCE = 'inference'
    """From submission to the backend until its answer, the backend's own queue included."""
    POSTPROCESS = 'postprocess'
    PUBLISH = 'publish'
    TOTAL = 'total'
    """From arrival in the pipeline to the end of publishing."""


class StageClock:
    """Adds up the stage durations of one frame; used by one thread at a time."""

    __slots__ = ('_clock', '_durations_s')

    def __init__(self, clock: Clock = time.monotonic) -> None:
        """Start with no stage measured."""
        self._clock = clock
        self._durations_s: dict[Stage, float] = {}

    @contextmanager
    def measure(self, stage: Stage) -> Iterator[None]:
        """Add the time spent inside the ``with`` block to a stage, also when it raises."""
        began_s = self._clock()
        try:
            yield
        finally:
            self.add(stage, self._clock() - began_s)

    def add(self, stage: Stage, duration_s: float) -> None:
        """Add a duration to a stage."""
        self._durations_s[stage] = self._durations_s.get(stage, 0.0) + duration_s

    @property
    def durations_s(self) -> Mapping[Stage, float]:
        """Seconds of every stage measured so far."""
        return MappingProxyType(self._durations_s)
