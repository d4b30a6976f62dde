# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What one node last said about itself, joined from its statistics and its diagnostics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field


@dataclass(frozen=True, slots=True)
class StageTimes:
    """Times of one stage over the statistics window; None where nothing was measured."""

    stage: str
    count: int
    mean_ms: float | None
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    max_ms: float | None


@dataclass(frozen=True, slots=True)
class CameraCounts:
    """What became of one camera's frames since the node started; ``fps`` of the last window."""

    name: str
    fps: float
    received: int
    delivered: int
    drops: Mapping[str, int]
    problems: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Statistics:
    """The node's newest statistics; temperature and power are None where the device is mute."""

    model: str
    backend: str
    device: str
    window_s: float
    fps: float
    temperature_c: float | None
    power_w: float | None
    stages: tuple[StageTimes, ...]
    cameras: tuple[CameraCounts, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is missing: the cause's name, what was seen, and what to do."""

    cause: str
    fact: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One diagnostic status; ``level`` is OK, WARN, ERROR or STALE."""

    level: str
    message: str
    values: Mapping[str, str]

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The reasons among the values, in the order in which they were told."""
        return tuple(
            Reason(cause, fact, self.values.get(f'remedy/{cause}', ''))
            for key, fact in self.values.items()
            for kind, _, cause in (key.partition('/'),)
            if kind == 'reason'
        )


@dataclass(frozen=True, slots=True)
class NodeState:
    """One node: all that it said, and how long ago.

    ``is_present`` tells whether anybody publishes its statistics topic; ``age_s`` is the time
    since its last word, None when it never spoke; ``camera_diagnoses`` are by camera name.
    """

    name: str
    is_present: bool
    age_s: float | None = None
    statistics: Statistics | None = None
    diagnosis: Diagnosis | None = None
    camera_diagnoses: Mapping[str, Diagnosis] = field(default_factory=dict)

    @property
    def has_spoken(self) -> bool:
        """Whether anything at all was heard."""
        return self.statistics is not None or self.diagnosis is not None

    @property
    def is_complete(self) -> bool:
        """Whether all was heard that there is: an idle node gives a diagnosis without values."""
        if self.diagnosis is None:
            return False
        return self.statistics is not None or not self.diagnosis.values

    @property
    def level(self) -> str:
        """The diagnosed level; STALE for a node that has left, and where nothing was told."""
        if self.diagnosis is None or not self.is_present:
            return 'STALE'
        return self.diagnosis.level
