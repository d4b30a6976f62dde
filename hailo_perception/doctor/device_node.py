# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The device node of a Hailo: who may open it, and who has it open."""

from __future__ import annotations

from collections.abc import Iterator
import re
import stat

from hailo_perception.doctor.finding import error
from hailo_perception.doctor.finding import Finding
from hailo_perception.doctor.finding import ok
from hailo_perception.doctor.finding import warning
from hailo_perception.doctor.system import System

_NODE = re.compile(r'hailo[0-9]{1,3}\Z')
_SERVICE = 'hailort_service'
_LONGEST_NAMES = 1 << 20


def device_nodes(system: System) -> tuple[str, ...]:
    """List the Hailo device nodes."""
    return tuple(f'/dev/{name}' for name in system.entries('/dev') if _NODE.match(name))


def examine_node(system: System, node: str) -> Iterator[Finding]:
    """Look at permissions, then for other processes; one process at a time may infer."""
    status = system.status(node)
    mode = stat.filemode(status.st_mode) if status else 'unknown mode'
    if system.readable_and_writable(node):
        yield ok('device', f'{node} may be opened ({mode})')
    else:
        yield error(
            'device', f'{node} may not be opened by this user ({mode})', _permit(system, node)
        )
    users = _users(system, node)
    if users:
        yield warning(
            'device_in_use',
            f'{node} is in use by {", ".join(users)}; only one process can infer on it',
            'stop that one before another starts; or run all cameras in one perception_node',
        )
    if any(user.startswith(_SERVICE) for user in users):
        yield warning(
            'service',
            'the HailoRT service holds the device',
            'sudo systemctl disable --now hailort.service',
        )


def _permit(system: System, node: str) -> str:
    status = system.status(node)
    group = _group_name(system, status.st_gid) if status else ''
    if status and group and status.st_mode & stat.S_IRGRP and status.st_mode & stat.S_IWGRP:
        return f'sudo usermod -aG {group} $USER, then log in again'
    return (
        'echo \'SUBSYSTEM=="hailo_chardev", MODE="0666"\' | sudo tee '
        '/etc/udev/rules.d/51-hailo-udev.rules, and reboot'
    )


def _group_name(system: System, group_id: int) -> str:
    """Name a group other than root's; empty where it has no name."""
    for line in (system.read('/etc/group', _LONGEST_NAMES) or '').splitlines():
        parts = line.split(':')
        if len(parts) > 2 and parts[2] == str(group_id) != '0':
            return parts[0]
    return ''


def _users(system: System, node: str) -> list[str]:
    """List the processes that have a file open; those of other users stay unseen."""
    found = []
    for process in filter(str.isdecimal, system.entries('/proc')):
        folder = f'/proc/{process}'
        if any(system.link(f'{folder}/fd/{number}') == node for number in _open(system, folder)):
            found.append(f'{system.line(f"{folder}/comm") or "a process"} ({process})')
    return found


def _open(system: System, folder: str) -> tuple[str, ...]:
    return system.entries(f'{folder}/fd')
