# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The tables of ``bench pipeline`` and ``bench device``."""

from __future__ import annotations

from collections.abc import Sequence

from hailo_perception.bench.camera_report import CameraReport
from hailo_perception.bench.device import DeviceReport
from hailo_perception.bench.metrics import latency_percentile
from hailo_perception.bench.metrics import PERCENTILES
from hailo_perception.bench.pipeline import PipelineReport
from hailo_perception.bench.tables import NOTHING
from hailo_perception.bench.tables import number
from hailo_perception.bench.tables import table


def pipeline_text(report: PipelineReport) -> str:
    """Write what the pipeline did as tables for a terminal."""
    scenario = report.scenario
    width, height = scenario.camera_size
    side = scenario.size.input_side
    latencies = '  '.join(
        f'p{percentile} {number(report.metrics[latency_percentile(percentile)], 1)}'
        for percentile in PERCENTILES
    )
    share = report.share_of_device
    sections = [
        f'{len(scenario.rates_hz)} cameras, {width}×{height} {scenario.image_format}, network '
        f'input {side}×{side}, device latency {scenario.device_latency_s * 1000:g} ms '
        f'({scenario.device_rate_hz:.1f} frames/s), {scenario.in_flight} in flight, '
        f'{scenario.duration_s:g} s\noutputs: '
        f'{", ".join(output.value for output in scenario.outputs)}',
        f'frames/s     {report.frame_rate_hz:.2f}'
        + (f', {100 * share:.1f} % of what the device can do' if share is not None else '')
        + f'\nlatency ms   {latencies}\n'
        f'CPU          {report.cpu_percent:.0f} % of one core, {report.machine_percent:.0f} % of '
        'the machine\n'
        f'drops        {_counts(report.drops)}',
        cameras_table(report.cameras),
        table(
            ('stage', 'mean ms', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms'),
            [
                (
                    name,
                    number(each.mean_s * 1000),
                    number(each.p50_s * 1000),
                    number(each.p95_s * 1000),
                    number(each.p99_s * 1000),
                    number(each.max_s * 1000),
                )
                for name, each in report.stages.items()
                if each.count
            ],
        ),
        _metrics_table({'all cameras': report.metrics}),
        *(f'problem: {problem}' for problem in report.problems),
    ]
    return '\n\n'.join(sections) + '\n'


def device_text(report: DeviceReport) -> str:
    """Write what the device did as tables for a terminal."""
    health = report.health
    width, height = report.input_size
    throttling = {None: 'not known', True: 'yes', False: 'no'}[report.is_throttling]
    sections = [
        f'{report.model}, input {width}×{height}, backend {report.backend}: {health.device}\n'
        f'{report.reason}',
        f'frames/s       {number(report.frame_rate_hz)} with {report.in_flight} in flight, '
        f'{report.failed} failed\n'
        'latency ms     '
        + '  '.join(
            f'p{percentile} {number(report.alone[latency_percentile(percentile)])}'
            for percentile in PERCENTILES
        )
        + ', one frame at a time\n'
        f'temperature    {number(report.hottest_c, 1, " °C at most")}\n'
        f'power          {number(report.mean_power_w, 2, " W")}, '
        f'{number(report.energy_per_frame_j, 4, " J per frame")}\n'
        f'throttling     {throttling}\n'
        f'firmware       {health.firmware_version or NOTHING}, driver '
        f'{health.driver_version or NOTHING}, library {health.library_version or NOTHING}',
        _metrics_table({'alone': report.alone, 'saturated': report.saturated}),
        *(f'warning: {warning}' for warning in report.warnings),
    ]
    return '\n\n'.join(sections) + '\n'


def cameras_table(cameras: Sequence[CameraReport]) -> str:
    """Write one row for each camera: its rate in both halves, its share, latency and drops."""
    head = (
        'camera',
        'asked Hz',
        'frames/s',
        'then',
        'of fair %',
        'then %',
        *(f'p{percentile} ms' for percentile in PERCENTILES),
        'drops',
    )
    return table(head, [_camera_row(camera) for camera in cameras])


def _camera_row(camera: CameraReport) -> tuple[str, ...]:
    first, then = (
        number(None if share is None else 100 * share, 1) for share in camera.share_of_fair
    )
    return (
        f'{camera.camera}{" (stops)" if camera.stops else ""}',
        number(camera.requested_hz, 1),
        number(camera.rates_hz[0]),
        number(camera.rates_hz[1]),
        first,
        then,
        *(number(camera.metrics[latency_percentile(each)], 1) for each in PERCENTILES),
        _counts(camera.drops),
    )


def _counts(drops: dict[str, int]) -> str:
    return ', '.join(f'{cause} {count}' for cause, count in drops.items()) or 'none'


def _metrics_table(streams: dict[str, dict[str, float]]) -> str:
    names = next(iter(streams.values()))
    rows = [(name, *(number(metrics[name], 3) for metrics in streams.values())) for name in names]
    return table(('metric', *streams), rows)
