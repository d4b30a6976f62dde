# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Statistics and diagnostics messages as the monitor's values."""

from __future__ import annotations

import math

from diagnostic_msgs.msg import DiagnosticStatus

from hailo_perception.cli.monitor.node_state import CameraCounts
from hailo_perception.cli.monitor.node_state import Diagnosis
from hailo_perception.cli.monitor.node_state import StageTimes
from hailo_perception.cli.monitor.node_state import Statistics
from hailo_perception.msg import CameraStats
from hailo_perception.msg import PipelineStats
from hailo_perception.msg import StageTiming

_LEVELS = {
    DiagnosticStatus.OK: 'OK',
    DiagnosticStatus.WARN: 'WARN',
    DiagnosticStatus.ERROR: 'ERROR',
    DiagnosticStatus.STALE: 'STALE',
}


def read_statistics(message: PipelineStats) -> Statistics:
    """Read a statistics message; NaN becomes None."""
    return Statistics(
        model=message.model,
        backend=message.backend,
        device=message.device,
        window_s=message.window_s,
        fps=message.fps,
        temperature_c=_known(message.device_temperature_c),
        power_w=_known(message.device_power_w),
        stages=tuple(map(_read_stage, message.stages)),
        cameras=tuple(map(_read_camera, message.cameras)),
    )


def read_diagnosis(message: DiagnosticStatus) -> Diagnosis:
    """Read one diagnostic status."""
    return Diagnosis(
        level=_LEVELS.get(message.level, 'ERROR'),
        message=message.message,
        values={each.key: each.value for each in message.values},
    )


def split_name(name: str) -> tuple[str, str | None] | None:
    """Split a status's name into node and camera (None = the pipeline); None if not a node's."""
    node, _, part = name.partition(': ')
    if part == 'pipeline':
        return node, None
    kind, _, camera = part.partition(' ')
    return (node, camera) if kind == 'camera' and camera else None


def _read_stage(message: StageTiming) -> StageTimes:
    return StageTimes(
        stage=message.stage,
        count=message.count,
        mean_ms=_known(message.mean_ms),
        p50_ms=_known(message.p50_ms),
        p95_ms=_known(message.p95_ms),
        p99_ms=_known(message.p99_ms),
        max_ms=_known(message.max_ms),
    )


def _read_camera(message: CameraStats) -> CameraCounts:
    return CameraCounts(
        name=message.name,
        fps=message.fps,
        received=message.received,
        delivered=message.delivered,
        # Arrays of whole numbers hold numpy's on some distributions, which JSON does not take.
        drops=dict(zip(message.drop_causes, map(int, message.drop_counts), strict=True)),
        problems=dict(zip(message.problem_causes, map(int, message.problem_counts), strict=True)),
    )


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
