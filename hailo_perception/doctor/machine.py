# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The computer itself: board, system, page size, memory."""

from __future__ import annotations

from collections.abc import Iterator

from hailo_perception.doctor.board import find_board
from hailo_perception.doctor.board import find_container
from hailo_perception.doctor.board import kernel_release
from hailo_perception.doctor.finding import error
from hailo_perception.doctor.finding import Finding
from hailo_perception.doctor.finding import ok
from hailo_perception.doctor.finding import warning
from hailo_perception.doctor.pcie import find_hailo_devices
from hailo_perception.doctor.system import System
from hailo_perception.doctor.text import amount
from hailo_perception.doctor.text import field_of
from hailo_perception.doctor.text import whole

_HAILO_PAGE_BYTES = 4096
_LITTLE_MEMORY_BYTES = 1 << 30
_TOO_LITTLE_MEMORY_BYTES = 256 << 20
_MEMORY_LIMITS = ('/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes')
_MEMORY_USES = (
    '/sys/fs/cgroup/memory.current',
    '/sys/fs/cgroup/memory/memory.usage_in_bytes',
)
_COMMAND_TIMEOUT_S = 2.0


def examine(system: System) -> Iterator[Finding]:
    """Look at what everything else stands on."""
    yield _board(system)
    yield _system(system)
    yield from _container(system)
    yield from _page_size(system)
    yield from _memory(system)


def _board(system: System) -> Finding:
    return ok('board', find_board(system).name)


def _system(system: System) -> Finding:
    release = system.read('/etc/os-release') or ''
    settings = dict(line.split('=', 1) for line in release.splitlines() if '=' in line)
    name = settings.get('PRETTY_NAME', '').strip('"') or 'unknown Linux'
    kernel = kernel_release(system) or 'unknown'
    fact = f'{name}, kernel {kernel}, Python {system.python.name}'
    if not system.python.is_64_bit:
        return error(
            'system',
            f'{fact}, 32 bits: HailoRT, ONNX Runtime and ROS 2 exist for 64 bits only',
            'install the 64-bit edition of the system',
        )
    return ok('system', fact)


def _container(system: System) -> Iterator[Finding]:
    container = find_container(system)
    if container:
        yield ok(
            'container',
            f'this runs in a container ({container})',
            'for Hailo and ROS start it with --device=/dev/hailo0 --network=host --ipc=host',
        )


def _page_size(system: System) -> Iterator[Finding]:
    answer = system.run(('getconf', 'PAGE_SIZE'), _COMMAND_TIMEOUT_S)
    size = whole(answer.output)
    if not answer.succeeded or size is None or size <= 0:
        return
    fact = f'memory pages of {amount(size)}'
    forced = whole(system.line('/sys/module/hailo_pci/parameters/force_desc_page_size'))
    if size <= _HAILO_PAGE_BYTES or not find_hailo_devices(system):
        yield ok('page_size', fact)
    elif forced == _HAILO_PAGE_BYTES:
        yield ok('page_size', f'{fact}; the Hailo driver is set to 4 KiB')
    else:
        yield ok(
            'page_size',
            fact,
            'only if HailoRT says "max_desc_page_size given ... is bigger": '
            "echo 'options hailo_pci force_desc_page_size=4096' | sudo tee "
            '/etc/modprobe.d/hailo_pci.conf, and reboot',
        )


def _memory(system: System) -> Iterator[Finding]:
    table = system.read('/proc/meminfo')
    total, available = _kibibytes(table, 'MemTotal'), _kibibytes(table, 'MemAvailable')
    if total is None or available is None:
        return
    limit = _first_number(system, _MEMORY_LIMITS)
    used = _first_number(system, _MEMORY_USES)
    if limit is not None and used is not None and limit < total:
        total, available = limit, min(available, max(limit - used, 0))
    fact = f'{amount(available)} of {amount(total)} free'
    remedy = 'close other programs, or add swap; the node with a network needs about 1 GiB'
    if available < _TOO_LITTLE_MEMORY_BYTES:
        yield error('memory', fact, remedy)
    elif available < _LITTLE_MEMORY_BYTES:
        yield warning('memory', fact, remedy)
    else:
        yield ok('memory', fact)


def _kibibytes(table: str | None, name: str) -> int | None:
    size = whole(field_of(table, name).removesuffix('kB'))
    return None if size is None or size < 0 else size << 10


def _first_number(system: System, names: tuple[str, ...]) -> int | None:
    values = (whole(system.line(name)) for name in names)
    return next((value for value in values if value is not None), None)
