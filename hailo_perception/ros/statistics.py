# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Pipeline statistics as a message and as diagnostics with Autoware's key names."""

from __future__ import annotations

import math

from diagnostic_msgs.msg import DiagnosticArray
from diagnostic_msgs.msg import DiagnosticStatus
from diagnostic_msgs.msg import KeyValue

from hailo_perception.backends.base import DeviceHealth
from hailo_perception.core.frame import Header
from hailo_perception.msg import CameraStats
from hailo_perception.msg import PipelineStats
from hailo_perception.msg import StageTiming
from hailo_perception.pipeline.stage_clock import Stage
from hailo_perception.pipeline.telemetry import DurationStatistics
from hailo_perception.pipeline.telemetry import TelemetrySnapshot
from hailo_perception.ros import headers

_MILLISECONDS = 1000.0
_UNKNOWN = 'n/a'

_DIAGNOSTIC_STAGES = {
    'preprocess_time_ms': Stage.PREPROCESS,
    'inference_time_ms': Stage.INFERENCE,
    'postprocess_time_ms': Stage.POSTPROCESS,
    'processing_time_ms': Stage.TOTAL,
}


def to_stats_message(
    snapshot: TelemetrySnapshot,
    *,
    model: str,
    backend: str,
    health: DeviceHealth,
    window_s: float,
    stamp_ns: int,
) -> PipelineStats:
    """Put one snapshot into a message; times in milliseconds, NaN where nothing was measured."""
    return PipelineStats(
        header=headers.to_message(Header(stamp_ns, '')),
        model=model,
        backend=backend,
        device=health.device,
        window_s=window_s,
        fps=snapshot.fps,
        device_temperature_c=_or_nan(health.temperature_c),
        device_power_w=_or_nan(health.power_w),
        stages=[_stage(stage, times) for stage, times in snapshot.stages.items()],
        cameras=[
            CameraStats(
                name=name,
                fps=camera.fps,
                received=camera.received,
                delivered=camera.delivered,
                drop_causes=[cause.value for cause in camera.drops],
                drop_counts=list(camera.drops.values()),
                problem_causes=[cause.value for cause in camera.problems],
                problem_counts=list(camera.problems.values()),
            )
            for name, camera in snapshot.cameras.items()
        ],
    )


def to_diagnostics(
    snapshot: TelemetrySnapshot,
    *,
    node: str,
    health: DeviceHealth,
    model: str,
    backend: str,
    waiting: dict[str, str],
    stamp_ns: int,
) -> DiagnosticArray:
    """Summarise the node for /diagnostics.

    ``waiting`` names each camera that gives nothing, with the reason for a person; the level
    is then WARN, as it is while frames come out with something withheld. While the device is
    being restarted the level is ERROR.
    """
    level, message = DiagnosticStatus.OK, f'{snapshot.fps:.1f} frames/s'
    if health.outage is not None:
        level = DiagnosticStatus.ERROR
        message = f'{backend}: {health.outage}'
    elif waiting:
        level = DiagnosticStatus.WARN
        message = '; '.join(f'{camera}: {reason}' for camera, reason in waiting.items())
    values = {
        'model': model,
        'backend': backend,
        'fps': f'{snapshot.fps:.2f}',
        'num_cameras': str(len(snapshot.cameras)),
        'num_waiting': str(len(waiting)),
        'received_frames': str(snapshot.received),
        'delivered_frames': str(snapshot.delivered),
        'dropped_frames': str(snapshot.dropped),
        **{f'dropped/{cause.value}': str(count) for cause, count in snapshot.drops.items()},
        **{f'problem/{cause.value}': str(count) for cause, count in snapshot.problems.items()},
        **{
            key: _milliseconds(snapshot.stages[stage].p50_s)
            for key, stage in _DIAGNOSTIC_STAGES.items()
        },
        **_device_values(health),
        **_recovery_values(health),
    }
    return DiagnosticArray(
        header=headers.to_message(Header(stamp_ns, '')),
        status=[
            DiagnosticStatus(
                level=level,
                name=f'{node}: pipeline',
                message=message,
                hardware_id=health.device,
                values=[KeyValue(key=key, value=value) for key, value in values.items()],
            )
        ],
    )


def _device_values(health: DeviceHealth) -> dict[str, str]:
    return {
        'device/id': _or_unknown(health.device_id),
        'device/architecture': _or_unknown(health.architecture),
        'device/temperature_c': _or_unknown(health.temperature_c),
        **{
            f'device/temperature_{sensor}_c': str(temperature_c)
            for sensor, temperature_c in enumerate(health.temperatures_c)
        },
        'device/power_w': _or_unknown(health.power_w),
        'device/throttling': _or_unknown(health.is_throttling),
        'firmware_version': _or_unknown(health.firmware_version),
        'driver_version': _or_unknown(health.driver_version),
        'hailort_version': _or_unknown(health.library_version),
    }


def _recovery_values(health: DeviceHealth) -> dict[str, str]:
    values = {
        'device/state': 'ready' if health.outage is None else 'recovering',
        'device/recoveries': str(health.recoveries),
        'device/last_error': health.last_error or 'none',
    }
    if health.outage is not None:
        values['device/activity'] = health.outage.activity
        values['device/recovering_s'] = f'{health.outage.lasts_s:.1f}'
        values['device/failed_attempts'] = str(health.outage.attempts)
    return values


def _stage(stage: Stage, times: DurationStatistics) -> StageTiming:
    return StageTiming(
        stage=stage.value,
        count=times.count,
        mean_ms=times.mean_s * _MILLISECONDS,
        p50_ms=times.p50_s * _MILLISECONDS,
        p95_ms=times.p95_s * _MILLISECONDS,
        p99_ms=times.p99_s * _MILLISECONDS,
        max_ms=times.max_s * _MILLISECONDS,
    )


def _milliseconds(seconds: float) -> str:
    return _UNKNOWN if math.isnan(seconds) else f'{seconds * _MILLISECONDS:.2f}'


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value


def _or_unknown(value: object) -> str:
    return _UNKNOWN if value is None else str(value)
