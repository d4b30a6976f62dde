# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""How images travel between processes: Fast DDS and its shared memory."""

from __future__ import annotations

from collections.abc import Iterator
import re
import shlex

from hailo_perception.doctor.finding import error
from hailo_perception.doctor.finding import Finding
from hailo_perception.doctor.finding import ok
from hailo_perception.doctor.finding import warning
from hailo_perception.doctor.ros import distribution
from hailo_perception.doctor.ros import FAST_DDS_NAMES
from hailo_perception.doctor.ros import has_ros
from hailo_perception.doctor.ros import middleware
from hailo_perception.doctor.system import System
from hailo_perception.doctor.text import amount
from hailo_perception.ros.middleware import prefer_shared_memory

_SHARED_MEMORY = '/dev/shm'
# Fast DDS 2 and 3 name their segments and ports so.
_FILES = ('fastrtps_', 'fastdds_')
_SEGMENT_SIZE = re.compile(r'<segment_size>\s*([0-9]{1,15})\s*</segment_size>')
_LARGEST_IMAGE_BYTES = 8 << 20
_OWN_SEGMENT_BYTES = 64 << 20
_ROOM_BYTES = 4 * _OWN_SEGMENT_BYTES
_USED_BY = {
    'humble': 'FASTRTPS_DEFAULT_PROFILES_FILE',
    'jazzy': 'FASTRTPS_DEFAULT_PROFILES_FILE',
    'kilted': 'FASTDDS_DEFAULT_PROFILES_FILE',
    'lyrical': 'FASTDDS_DEFAULT_PROFILES_FILE',
    'rolling': 'FASTDDS_DEFAULT_PROFILES_FILE',
}


def examine(system: System) -> Iterator[Finding]:
    """Look whether whole images can get through."""
    if not has_ros(system):
        return
    if middleware(system) in FAST_DDS_NAMES:
        yield _profile(system)
        yield from _left_by_others(system)
    yield from _room(system)


def profile_is_active(system: System) -> bool:
    """Tell whether every node started from this shell has room for whole images."""
    profile = _chosen_profile(system)
    segments = _SEGMENT_SIZE.findall((system.read(profile) or '') if profile else '')
    return any(int(size) >= _LARGEST_IMAGE_BYTES for size in segments)


def export_command(system: System) -> str:
    """Write the shell command that makes the shipped profile active."""
    shipped: dict[str, str] = {}
    prefer_shared_memory(shipped)
    used = _USED_BY.get(distribution(system), '')
    wanted = {used: shipped[used]} if used in shipped else shipped
    return 'export ' + ' '.join(f'{name}={shlex.quote(path)}' for name, path in wanted.items())


def _chosen_profile(system: System) -> str:
    used = _USED_BY.get(distribution(system), '')
    names = [used] if used else sorted(set(_USED_BY.values()))
    return next(filter(None, (system.environment.get(name, '') for name in names)), '')


def _profile(system: System) -> Finding:
    profile = _chosen_profile(system)
    if not profile:
        unread = [name for name in set(_USED_BY.values()) if system.environment.get(name)]
        distro = distribution(system)
        if unread:
            return warning(
                'profile',
                f'{unread[0]} is set, but ROS 2 {distro} reads only {_USED_BY[distro]}',
                export_command(system),
            )
        return warning(
            'profile',
            'no Fast DDS profile in this shell: our nodes bring one, but a camera driver loses or '
            'delays images over 512 KB',
            f'before starting the driver: {export_command(system)}',
        )
    if system.read(profile) is None:
        return error(
            'profile', f'the Fast DDS profile {profile} cannot be read', export_command(system)
        )
    if not profile_is_active(system):
        return warning(
            'profile',
            f'{profile} has no shared-memory segment of {amount(_LARGEST_IMAGE_BYTES)} or more: '
            'images are lost or late',
            export_command(system),
        )
    return ok('profile', f'Fast DDS has shared memory for whole images ({profile})')


def _room(system: System) -> Iterator[Finding]:
    space = system.space(_SHARED_MEMORY)
    if space is None:
        yield error(
            'shared_memory',
            f'there is no {_SHARED_MEMORY}',
            f'sudo mkdir -p {_SHARED_MEMORY} && sudo mount -t tmpfs tmpfs {_SHARED_MEMORY}',
        )
        return
    fact = f'{amount(space.free)} of {amount(space.total)} free in {_SHARED_MEMORY}'
    # Files that nodes left can be removed; what is too small when empty can only grow.
    remedy = (
        f'sudo mount -o remount,size=1G {_SHARED_MEMORY}; a container needs --ipc=host or '
        '--shm-size=1g'
        if space.total < _ROOM_BYTES
        else 'stop all nodes, then: fastdds shm clean'
    )
    if space.free < _OWN_SEGMENT_BYTES:
        yield error(
            'shared_memory', f'{fact}; one node needs {amount(_OWN_SEGMENT_BYTES)}', remedy
        )
    elif space.free < _ROOM_BYTES:
        yield warning(
            'shared_memory', f'{fact}; each node takes {amount(_OWN_SEGMENT_BYTES)}', remedy
        )
    else:
        yield ok('shared_memory', fact)


def _left_by_others(system: System) -> Iterator[Finding]:
    foreign = [
        name
        for name in system.entries(_SHARED_MEMORY)
        if name.startswith(_FILES) and not system.writable(f'{_SHARED_MEMORY}/{name}')
    ]
    if foreign:
        yield warning(
            'shared_memory_owner',
            f'{len(foreign)} Fast DDS files in {_SHARED_MEMORY} belong to another user, e.g. '
            f'{foreign[0]}: nodes of two users do not see each other',
            'run all nodes as one user; stop the others, then: '
            f'sudo rm {_SHARED_MEMORY}/fastrtps_* {_SHARED_MEMORY}/fastdds_*',
        )
