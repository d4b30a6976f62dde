# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Statistics and diagnostics messages, read for the monitor."""

from __future__ import annotations

import math

import pytest

pytest.importorskip('rclpy')

from diagnostic_msgs.msg import DiagnosticStatus  # noqa: E402
from diagnostic_msgs.msg import KeyValue  # noqa: E402

from hailo_perception.cli.monitor.node_state import Reason  # noqa: E402
from hailo_perception.cli.monitor.reading import read_diagnosis  # noqa: E402
from hailo_perception.cli.monitor.reading import read_statistics  # noqa: E402
from hailo_perception.cli.monitor.reading import split_name  # noqa: E402
from hailo_perception.msg import CameraStats  # noqa: E402
from hailo_perception.msg import PipelineStats  # noqa: E402
from hailo_perception.msg import StageTiming  # noqa: E402


def test_an_empty_message_is_read() -> None:
    statistics = read_statistics(PipelineStats())
    assert statistics.stages == statistics.cameras == ()
    assert statistics.temperature_c == 0


def test_what_was_not_measured_is_none() -> None:
    message = PipelineStats(
        device_temperature_c=math.nan,
        device_power_w=2.5,
        stages=[StageTiming(stage='decode', count=3, mean_ms=1.5, p50_ms=math.nan)],
    )
    statistics = read_statistics(message)
    assert statistics.temperature_c is None
    assert statistics.power_w == 2.5
    (stage,) = statistics.stages
    assert (stage.stage, stage.count, stage.mean_ms, stage.p50_ms) == ('decode', 3, 1.5, None)


def test_counts_are_paired_with_their_causes() -> None:
    message = PipelineStats(
        cameras=[
            CameraStats(
                name='front',
                fps=9.5,
                received=10,
                delivered=7,
                drop_causes=['replaced', 'stale'],
                drop_counts=[2, 1],
                problem_causes=['camera_info'],
                problem_counts=[7],
            )
        ]
    )
    (camera,) = read_statistics(message).cameras
    assert (camera.name, camera.fps, camera.received, camera.delivered) == ('front', 9.5, 10, 7)
    assert camera.drops == {'replaced': 2, 'stale': 1}
    assert camera.problems == {'camera_info': 7}


@pytest.mark.parametrize(
    ('level', 'expected'),
    [
        (DiagnosticStatus.OK, 'OK'),
        (DiagnosticStatus.WARN, 'WARN'),
        (DiagnosticStatus.ERROR, 'ERROR'),
        (DiagnosticStatus.STALE, 'STALE'),
    ],
)
def test_levels(level: bytes, expected: str) -> None:
    assert read_diagnosis(DiagnosticStatus(level=level)).level == expected


def test_reasons_are_among_the_values() -> None:
    values = {'state': 'stale', 'reason/silent': 'fact', 'remedy/silent': 'do', 'reason/x': 'y'}
    diagnosis = read_diagnosis(
        DiagnosticStatus(
            message='m', values=[KeyValue(key=key, value=value) for key, value in values.items()]
        )
    )
    assert diagnosis.message == 'm'
    assert diagnosis.values['state'] == 'stale'
    assert diagnosis.reasons == (Reason('silent', 'fact', 'do'), Reason('x', 'y', ''))


@pytest.mark.parametrize(
    ('name', 'expected'),
    [
        ('', None),
        ('/perception', None),
        ('/perception: pipeline', ('/perception', None)),
        ('/robot/perception: camera front', ('/robot/perception', 'front')),
        ('/perception: camera ', None),
        ('joystick_driver: Joystick Driver Status', None),
    ],
)
def test_split_name(name: str, expected: tuple[str, str | None] | None) -> None:
    assert split_name(name) == expected
