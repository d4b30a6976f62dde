# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The processor: clock governor, and which cores are the fast ones."""

from __future__ import annotations

from collections.abc import Iterator
import re

from hailo_perception.doctor.finding import Finding
from hailo_perception.doctor.finding import ok
from hailo_perception.doctor.finding import warning
from hailo_perception.doctor.system import System
from hailo_perception.doctor.text import field_of
from hailo_perception.doctor.text import numbers
from hailo_perception.doctor.text import ranges
from hailo_perception.doctor.text import whole

_CPUS = '/sys/devices/system/cpu'
_CPU = re.compile(r'cpu([0-9]{1,4})\Z')
# These drivers leave the clock to the hardware; their "powersave" is not slow.
_SELF_CLOCKED = ('intel_pstate', 'amd-pstate-epp', 'amd-pstate')
_SLOW_GOVERNORS = ('powersave', 'conservative')
_BOUND = 'taskset -c {cores} ros2 launch hailo_perception perception.launch.py'
_FULL_CLOCK = 'echo performance | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor'


def examine(system: System) -> Iterator[Finding]:
    """Look at clocks and kinds of cores."""
    cores = _cores(system)
    yield from _governor(system, cores)
    yield from _kinds(system, cores)


def _cores(system: System) -> tuple[int, ...]:
    found = (_CPU.match(name) for name in system.entries(_CPUS))
    cores = sorted(int(match[1]) for match in found if match)
    online = numbers(system.line(f'{_CPUS}/online'))
    return tuple(core for core in cores if core in online) if online else tuple(cores)


def _governor(system: System, cores: tuple[int, ...]) -> Iterator[Finding]:
    by_governor: dict[str, list[int]] = {}
    for core in cores:
        name = system.line(f'{_CPUS}/cpu{core}/cpufreq/scaling_governor')
        if name:
            by_governor.setdefault(name, []).append(core)
    if not by_governor:
        return
    driver = system.line(f'{_CPUS}/cpu{cores[0]}/cpufreq/scaling_driver')
    fact = ', '.join(
        f'{name} on cores {ranges(members)}' for name, members in sorted(by_governor.items())
    )
    if driver in _SELF_CLOCKED or set(by_governor) == {'performance'}:
        yield ok('governor', fact)
    elif any(name in _SLOW_GOVERNORS for name in by_governor):
        yield warning('governor', f'{fact}: the clock stays low', _FULL_CLOCK)
    else:
        yield ok('governor', fact, f'for the shortest delay: {_FULL_CLOCK}')


def _kinds(system: System, cores: tuple[int, ...]) -> Iterator[Finding]:
    if not cores:
        return
    fast = _fast_cores(system, cores)
    slow = tuple(core for core in cores if core not in fast)
    allowed = numbers(field_of(system.read('/proc/self/status'), 'Cpus_allowed_list'))
    if not slow:
        count = f'{len(cores)} cores' if len(cores) > 1 else 'one core'
        usable = tuple(core for core in cores if core in allowed) if allowed else cores
        if len(usable) == len(cores):
            yield ok('cores', f'{count}, all alike')
        else:
            yield ok('cores', f'{count}, all alike; this shell may use {ranges(usable)} only')
        return
    fact = f'fast cores {ranges(fast)}, slow cores {ranges(slow)}'
    if allowed and set(allowed) <= set(fast):
        yield ok('cores', f'{fact}; this shell is bound to {ranges(allowed)}')
    else:
        advice = f'bind the node to the fast ones: {_BOUND.format(cores=ranges(fast))}'
        yield ok('cores', fact, advice)


def _fast_cores(system: System, cores: tuple[int, ...]) -> tuple[int, ...]:
    """Tell big from LITTLE by the kernel's capacities, Intel's P from E by their own lists."""
    performance = numbers(system.line('/sys/devices/cpu_core/cpus'))
    if performance and system.exists('/sys/devices/cpu_atom/cpus'):
        return tuple(core for core in cores if core in performance) or cores
    capacities = {
        core: whole(system.line(f'{_CPUS}/cpu{core}/cpu_capacity')) or 0 for core in cores
    }
    middle = (min(capacities.values()) + max(capacities.values())) / 2
    return tuple(core for core in cores if capacities[core] >= middle)
