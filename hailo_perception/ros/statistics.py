# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Pipeline statistics as a message and as diagnostics with Autoware's key names."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
import math

from diagnostic_msgs.msg import DiagnosticArray
from diagnostic_msgs.msg import DiagnosticStatus
from diagnostic_msgs.msg import KeyValue

from hailo_perception.backends.base import DeviceHealth
from hailo_perception.core.errors import Cause
from hailo_perception.core.frame import Header
from hailo_perception.core.nanoseconds import to_seconds
from hailo_perception.msg import CameraStats
from hailo_perception.msg import PipelineStats
from hailo_perception.msg import StageTiming
from hailo_perception.pipeline.stage_clock import Stage
from hailo_perception.pipeline.telemetry import CameraStatistics
from hailo_perception.pipeline.telemetry import DurationStatistics
from hailo_perception.pipeline.telemetry import TelemetrySnapshot
from hailo_perception.ros import headers
from hailo_perception.ros.input_report import CameraReport
from hailo_perception.ros.input_report import InputReport
from hailo_perception.ros.reasons import CameraState
from hailo_perception.ros.reasons import Level
from hailo_perception.ros.reasons import worst_level

_MILLISECONDS = 1000.0
_UNKNOWN = 'n/a'

_DIAGNOSTIC_STAGES = {
    'preprocess_time_ms': Stage.PREPROCESS,
    'inference_time_ms': Stage.INFERENCE,
    'postprocess_time_ms': Stage.POSTPROCESS,
    'processing_time_ms': Stage.TOTAL,
}
_LEVELS = {
    Level.OK: DiagnosticStatus.OK,
    Level.WARN: DiagnosticStatus.WARN,
    Level.STALE: DiagnosticStatus.STALE,
    Level.ERROR: DiagnosticStatus.ERROR,
}
_COUNTED_STATES = {
    'waiting': (CameraState.WAITING_IMAGE, CameraState.WAITING_CAMERA_INFO),
    'stale': (CameraState.STALE,),
    'rejected': (CameraState.REJECTED,),
}


@dataclass(frozen=True, slots=True)
class NetworkAtWork:
    """A model, the backend that runs it, and how its device is.

    ``role`` is empty for the network that every frame goes through, and says what a further one
    finds.
    """

    model: str
    backend: str
    health: DeviceHealth
    role: str = ''

    @property
    def trouble(self) -> str:
        """Why it takes no frame at the moment; empty when it does."""
        if self.health.outage is None:
            return ''
        place = f'{self.role} network, {self.backend}' if self.role else self.backend
        return f'{place}: {self.health.outage}'


@dataclass(frozen=True, slots=True)
class Published:
    """The latest result: its image's stamp, and when it went out by the node's clock."""

    stamp_ns: int
    published_ns: int


def to_stats_message(
    snapshot: TelemetrySnapshot,
    *,
    networks: Sequence[NetworkAtWork],
    window_s: float,
    stamp_ns: int,
) -> PipelineStats:
    """Put one snapshot into a message; times in milliseconds, NaN where nothing was measured.

    Model and backend are those of the first of one or more networks. Of several devices all are
    named, the temperature is the hottest one's and the power that of all that tell it.
    """
    healths = [network.health for network in networks]
    temperatures_c = [each.temperature_c for each in healths if each.temperature_c is not None]
    # Networks that share a device tell the same power.
    power_w_by_device = {
        each.device: each.power_w for each in healths if each.power_w is not None
    }
    return PipelineStats(
        header=headers.to_message(Header(stamp_ns, '')),
        model=networks[0].model,
        backend=networks[0].backend,
        device=', '.join(dict.fromkeys(each.device for each in healths)),
        window_s=window_s,
        fps=snapshot.fps,
        device_temperature_c=max(temperatures_c, default=math.nan),
        device_power_w=sum(power_w_by_device.values()) if power_w_by_device else math.nan,
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
    networks: Sequence[NetworkAtWork],
    inputs: InputReport,
    published: Published | None = None,
    stamp_ns: int,
) -> DiagnosticArray:
    """Summarise the node for /diagnostics: one status for the pipeline, one for each camera.

    The first of one or more networks belongs to the pipeline's status, each further one has its
    own. The pipeline's level is ERROR while a device is being restarted, no camera can give
    anything or frames take unacceptably long, and WARN while a camera is in trouble; a camera's
    level is that of its worst reason. ``published`` is the latest result, None before the first.
    """
    main, *further = networks
    troubles = [network.trouble for network in networks if network.trouble]
    pipeline = DiagnosticStatus(
        level=DiagnosticStatus.ERROR if troubles else _pipeline_level(inputs),
        name=f'{node}: pipeline',
        message='; '.join(troubles) or _pipeline_message(snapshot, inputs),
        hardware_id=main.health.device,
        values=_key_values(
            {
                'model': main.model,
                'backend': main.backend,
                **_frame_values(snapshot),
                **_input_values(inputs),
                **_output_values(inputs, published, stamp_ns),
                **_device_values(main.health),
                **_recovery_values(main.health),
            }
        ),
    )
    others = [_network_status(node, network) for network in further]
    cameras = [
        _camera_status(node, report, snapshot.cameras[report.camera])
        for report in inputs.cameras
        if report.camera in snapshot.cameras
    ]
    return DiagnosticArray(
        header=headers.to_message(Header(stamp_ns, '')), status=[pipeline, *others, *cameras]
    )


def _pipeline_level(inputs: InputReport) -> bytes:
    is_lost = bool(inputs.cameras) and all(
        camera.level == Level.ERROR for camera in inputs.cameras
    )
    if is_lost or worst_level(inputs.general) == Level.ERROR:
        return DiagnosticStatus.ERROR
    return DiagnosticStatus.WARN if inputs.troubles else DiagnosticStatus.OK


def _pipeline_message(snapshot: TelemetrySnapshot, inputs: InputReport) -> str:
    troubles = [f'{camera}: {reason}' if camera else str(reason)
                for camera, reason in inputs.troubles]
    return '; '.join(troubles) or f'{snapshot.fps:.1f} frames/s'


def _frame_values(snapshot: TelemetrySnapshot) -> dict[str, str]:
    return {
        'fps': f'{snapshot.fps:.2f}',
        'received_frames': str(snapshot.received),
        'delivered_frames': str(snapshot.delivered),
        'dropped_frames': str(snapshot.dropped),
        **_counts(snapshot.drops, snapshot.problems),
        **{
            key: _milliseconds(snapshot.stages[stage].p50_s)
            for key, stage in _DIAGNOSTIC_STAGES.items()
        },
    }


def _counts(drops: Mapping[Cause, int], problems: Mapping[Cause, int]) -> dict[str, str]:
    return {
        **{f'dropped/{cause.value}': str(count) for cause, count in drops.items()},
        **{f'problem/{cause.value}': str(count) for cause, count in problems.items()},
    }


def _input_values(inputs: InputReport) -> dict[str, str]:
    ages_s = [each.image_age_s for each in inputs.cameras if each.image_age_s is not None]
    values = {
        'num_cameras': str(len(inputs.cameras)),
        **{f'num_{key}': str(inputs.count(states)) for key, states in _COUNTED_STATES.items()},
        'oldest_image_age_ms': _milliseconds(max(ages_s, default=math.nan)),
    }
    for number, each in enumerate(inputs.cameras):
        values[f'camera{number}/topic'] = each.topic
        values[f'camera{number}/state'] = each.state.value
        values[f'camera{number}/image_age_ms'] = _milliseconds(each.image_age_s)
    return values


def _output_values(
    inputs: InputReport, published: Published | None, now_ns: int
) -> dict[str, str]:
    stamps_ns = [
        each.image_stamp_ns for each in inputs.cameras if each.image_stamp_ns is not None
    ]
    values = {
        'consecutive_processing_delay_ms': _milliseconds(inputs.delay_s),
        'last_frame_timestamp': _timestamp(max(stamps_ns, default=None)),
    }
    if published is None:
        return {
            **values,
            'last_published_timestamp': _UNKNOWN,
            'output_latency_ms': _UNKNOWN,
            'time_since_last_publish_ms': _UNKNOWN,
        }
    return {
        **values,
        'last_published_timestamp': _timestamp(published.stamp_ns),
        'output_latency_ms': _since(published.stamp_ns, published.published_ns),
        'time_since_last_publish_ms': _since(published.published_ns, now_ns),
    }


def _network_status(node: str, network: NetworkAtWork) -> DiagnosticStatus:
    return DiagnosticStatus(
        level=DiagnosticStatus.ERROR if network.trouble else DiagnosticStatus.OK,
        name=f'{node}: {network.role} network',
        message=network.trouble or f'{network.model} on {network.backend} is ready',
        hardware_id=network.health.device,
        values=_key_values(
            {
                'model': network.model,
                'backend': network.backend,
                **_device_values(network.health),
                **_recovery_values(network.health),
            }
        ),
    )


def _camera_status(
    node: str, report: CameraReport, statistics: CameraStatistics
) -> DiagnosticStatus:
    values = {
        'topic': report.topic,
        'state': report.state.value,
        'image_age_ms': _milliseconds(report.image_age_s),
        'fps': f'{statistics.fps:.2f}',
        'received_frames': str(statistics.received),
        'delivered_frames': str(statistics.delivered),
        'dropped_frames': str(statistics.dropped),
        **_counts(statistics.drops, statistics.problems),
    }
    for reason in report.reasons:
        values[f'reason/{reason.cause.value}'] = reason.fact
        values[f'remedy/{reason.cause.value}'] = reason.remedy
    return DiagnosticStatus(
        level=_LEVELS[report.level],
        name=f'{node}: camera {report.camera}',
        message='; '.join(map(str, report.reasons)) or f'{statistics.fps:.1f} frames/s',
        hardware_id=report.topic,
        values=_key_values(values),
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


def _key_values(values: Mapping[str, str]) -> list[KeyValue]:
    return [KeyValue(key=key, value=value) for key, value in values.items()]


def _milliseconds(seconds: float | None) -> str:
    if seconds is None or math.isnan(seconds):
        return _UNKNOWN
    return f'{seconds * _MILLISECONDS:.2f}'


def _since(earlier_ns: int, later_ns: int) -> str:
    """Give the milliseconds between two times; 0 where a clock was set back between them.

    A time of 0 is none: a simulated clock of which nothing was heard yet, or no stamp.
    """
    if not (earlier_ns and later_ns):
        return _UNKNOWN
    return _milliseconds(to_seconds(max(later_ns - earlier_ns, 0)))


def _timestamp(stamp_ns: int | None) -> str:
    return _UNKNOWN if stamp_ns is None else f'{to_seconds(stamp_ns):.6f}'


def _or_unknown(value: object) -> str:
    return _UNKNOWN if value is None else str(value)
