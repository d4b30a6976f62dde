# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What the statistics and diagnostics say of the device."""

from __future__ import annotations

import math

import pytest

pytest.importorskip('rclpy')

from diagnostic_msgs.msg import DiagnosticStatus  # noqa: E402

from hailo_perception.backends.base import DeviceHealth  # noqa: E402
from hailo_perception.backends.base import Outage  # noqa: E402
from hailo_perception.pipeline.telemetry import Telemetry  # noqa: E402
from hailo_perception.ros.statistics import to_diagnostics  # noqa: E402
from hailo_perception.ros.statistics import to_stats_message  # noqa: E402

UNKNOWN = DeviceHealth('CPU, 1 thread')
WARM = DeviceHealth(
    device='Hailo-8 0000:01:00.0',
    device_id='0000:01:00.0',
    architecture='HAILO8',
    temperature_c=47.25,
    temperatures_c=(46.5, 47.25),
    power_w=1.75,
    is_throttling=False,
    firmware_version='4.23.0',
    driver_version='4.23.0',
    library_version='4.23.0',
    recoveries=2,
    last_error='the device was away',
)
GONE = DeviceHealth(
    device='Hailo-8 0000:01:00.0',
    outage=Outage(12.34, 'waiting', 3, 'no Hailo device'),
    last_error='no Hailo device',
)


def diagnose(
    health: DeviceHealth, waiting: dict[str, str] | None = None
) -> tuple[DiagnosticStatus, dict[str, str]]:
    array = to_diagnostics(
        Telemetry(['front']).snapshot(),
        node='/perception',
        health=health,
        model='model',
        backend='hailort',
        waiting=waiting or {},
        stamp_ns=1,
    )
    (status,) = array.status
    return status, {pair.key: pair.value for pair in status.values}


def test_what_is_unknown_is_called_so() -> None:
    status, values = diagnose(UNKNOWN)
    assert status.level == DiagnosticStatus.OK
    for key in (
        'device/id',
        'device/architecture',
        'device/temperature_c',
        'device/power_w',
        'device/throttling',
        'firmware_version',
        'driver_version',
        'hailort_version',
    ):
        assert values[key] == 'n/a'
    assert values['device/state'] == 'ready'
    assert values['device/last_error'] == 'none'


def test_what_is_known_is_told() -> None:
    status, values = diagnose(WARM)
    assert status.hardware_id == 'Hailo-8 0000:01:00.0'
    assert values['device/id'] == '0000:01:00.0'
    assert values['device/architecture'] == 'HAILO8'
    assert values['device/temperature_c'] == '47.25'
    assert values['device/temperature_0_c'] == '46.5'
    assert values['device/temperature_1_c'] == '47.25'
    assert values['device/power_w'] == '1.75'
    assert values['device/throttling'] == 'False'
    assert values['driver_version'] == '4.23.0'
    assert values['device/recoveries'] == '2'
    assert values['device/last_error'] == 'the device was away'


@pytest.mark.parametrize('waiting', [{}, {'front': 'no image yet'}])
def test_outage_is_an_error_whatever_else_there_is(waiting: dict[str, str]) -> None:
    status, values = diagnose(GONE, waiting)
    assert status.level == DiagnosticStatus.ERROR
    assert status.message == (
        'hailort: recovering for 12 s (waiting, 3 attempts failed): no Hailo device'
    )
    assert values['device/state'] == 'recovering'
    assert values['device/activity'] == 'waiting'
    assert values['device/recovering_s'] == '12.3'
    assert values['device/failed_attempts'] == '3'


@pytest.mark.parametrize(
    ('health', 'temperature_c', 'power_w'),
    [(UNKNOWN, math.nan, math.nan), (WARM, 47.25, 1.75)],
)
def test_statistics_carry_temperature_and_power(
    health: DeviceHealth, temperature_c: float, power_w: float
) -> None:
    message = to_stats_message(
        Telemetry(['front']).snapshot(),
        model='model',
        backend='hailort',
        health=health,
        window_s=10.0,
        stamp_ns=1,
    )
    assert message.device == health.device
    assert message.device_temperature_c == pytest.approx(temperature_c, nan_ok=True)
    assert message.device_power_w == pytest.approx(power_w, nan_ok=True)
