# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Heat and power supply: whatever makes the processor slower than it is."""

from __future__ import annotations

from collections.abc import Iterator
import re

from hailo_perception.doctor.board import find_board
from hailo_perception.doctor.finding import error
from hailo_perception.doctor.finding import Finding
from hailo_perception.doctor.finding import ok
from hailo_perception.doctor.finding import warning
from hailo_perception.doctor.system import System
from hailo_perception.doctor.text import whole

_ZONES = '/sys/class/thermal'
_SENSORS = '/sys/class/hwmon'
_LIKELY_C = (-20.0, 130.0)
# A Raspberry Pi lowers its clock from 80 °C on, others at 85 °C and more.
_HOT_C = 80.0
_COOLING = 'fit a heat sink with a fan; the clock falls when it gets hotter'
_SUPPLY = 'use a supply of 5 V and 5 A (27 W) and its own short cable; nothing else on USB'
_THROTTLED = re.compile(r'throttled=0x([0-9a-fA-F]{1,8})')
_COMMAND_TIMEOUT_S = 2.0

_UNDER_VOLTAGE, _CAPPED, _SLOWED, _TOO_HOT = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_BEFORE = 16
"""The firmware's flags for now; shifted by 16, for any time since the start."""


def examine(system: System) -> Iterator[Finding]:
    """Look at temperatures, and on a Raspberry Pi at the firmware's own record."""
    yield from _temperature(system)
    if find_board(system).is_raspberry_pi:
        yield from _raspberry_pi(system)


def _temperature(system: System) -> Iterator[Finding]:
    found = []
    for zone in system.entries(_ZONES):
        milli = whole(system.line(f'{_ZONES}/{zone}/temp')) if zone.startswith('thermal') else None
        if milli is not None and _LIKELY_C[0] < milli / 1000 < _LIKELY_C[1]:
            found.append((milli / 1000, system.line(f'{_ZONES}/{zone}/type') or zone))
    if not found:
        return
    hottest_c, name = max(found)
    fact = f'{hottest_c:.0f} C ({name})'
    if hottest_c >= _HOT_C:
        yield warning('temperature', fact, _COOLING)
    else:
        yield ok('temperature', fact)


def _raspberry_pi(system: System) -> Iterator[Finding]:
    answer = system.run(('vcgencmd', 'get_throttled'), _COMMAND_TIMEOUT_S)
    flags = _THROTTLED.search(answer.output)
    if flags:
        yield _judge(int(flags[1], 16))
    elif _under_voltage_alarm(system):
        yield error('power_supply', 'the 5 V supply is too weak right now', _SUPPLY)


def _judge(flags: int) -> Finding:
    if flags & _UNDER_VOLTAGE:
        return error('power_supply', 'the 5 V supply is too weak right now', _SUPPLY)
    if flags & (_SLOWED | _CAPPED | _TOO_HOT):
        return warning('power_supply', 'the processor is slowed down by heat right now', _COOLING)
    if flags >> _BEFORE & _UNDER_VOLTAGE:
        return warning('power_supply', 'the 5 V supply was too weak since the start', _SUPPLY)
    if flags >> _BEFORE:
        return warning('power_supply', 'heat slowed the processor since the start', _COOLING)
    return ok('power_supply', 'never too weak, never slowed by heat since the start')


def _under_voltage_alarm(system: System) -> bool:
    for sensor in system.entries(_SENSORS):
        if system.line(f'{_SENSORS}/{sensor}/name') == 'rpi_volt':
            return system.line(f'{_SENSORS}/{sensor}/in0_lcrit_alarm') == '1'
    return False
