# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""HailoRT: library, Python binding, firmware in the chip, and whether all are of one version."""

from __future__ import annotations

from collections.abc import Iterator
import re

from hailo_perception.doctor.binding import Binding
from hailo_perception.doctor.binding import examine_binding
from hailo_perception.doctor.binding import find_binding
from hailo_perception.doctor.board import find_board
from hailo_perception.doctor.device_node import device_nodes
from hailo_perception.doctor.driver import installation
from hailo_perception.doctor.finding import error
from hailo_perception.doctor.finding import Finding
from hailo_perception.doctor.finding import ok
from hailo_perception.doctor.finding import warning
from hailo_perception.doctor.kernel_module import loaded_version
from hailo_perception.doctor.pcie import find_hailo_devices
from hailo_perception.doctor.remedy import pip_install
from hailo_perception.doctor.system import System
from hailo_perception.doctor.text import field_of
from hailo_perception.doctor.text import Version
from hailo_perception.doctor.text import version_in
from hailo_perception.doctor.text import written

_LIBRARY = re.compile(r'libhailort\.so\.([0-9.]+)\Z')
_LIBRARY_FOLDERS = (
    '/usr/local/lib',
    '/usr/lib',
    '/usr/lib/aarch64-linux-gnu',
    '/usr/lib/x86_64-linux-gnu',
    '/lib/aarch64-linux-gnu',
    '/lib/x86_64-linux-gnu',
)
_FIRST_MAJOR_WITHOUT_HAILO_8 = 5
_OLDEST = (4, 18, 0)
_PACKAGES = '/var/lib/dpkg/status'
_PACKAGES_BYTES = 64 << 20
_COMMAND_TIMEOUT_S = 4.0
_LOG_VARIABLE = 'HAILORT_LOGGER_PATH'


def examine(system: System) -> Iterator[Finding]:
    """Look at HailoRT where there is a chip or any part of HailoRT."""
    devices = find_hailo_devices(system)
    nodes = device_nodes(system)
    libraries = _libraries(system)
    binding = find_binding(system)
    has_chip = bool(devices) or bool(nodes)
    if not (has_chip or libraries or binding.is_anywhere):
        return
    yield from _library(system, libraries, has_chip=has_chip)
    yield from examine_binding(system, binding, has_chip=has_chip)
    firmware, answers = (None, []) if not nodes else _chip(system)
    yield from answers
    yield from _versions(system, libraries, binding, firmware)
    yield from _packages(system)
    yield from _numpy(system, binding)
    yield from _log_folder(system)


def _libraries(system: System) -> dict[Version, str]:
    """Find the installed libraries, version to file."""
    found: dict[Version, str] = {}
    extra = system.environment.get('LD_LIBRARY_PATH', '').split(':')
    for folder in (*filter(None, extra), *_LIBRARY_FOLDERS):
        for name in system.entries(folder):
            match = _LIBRARY.match(name)
            version = version_in(match[1]) if match else None
            if version is not None:
                found.setdefault(version, f'{folder}/{name}')
    return found


def _library(
    system: System, libraries: dict[Version, str], *, has_chip: bool
) -> Iterator[Finding]:
    if not libraries:
        if has_chip:
            yield error('library', 'libhailort is not installed', installation(find_board(system)))
        return
    fact = ', '.join(libraries.values())
    if len(libraries) > 1:
        yield warning(
            'library', f'several libraries: {fact}', 'remove all but one, then: sudo ldconfig'
        )
    elif next(iter(libraries))[0] >= _FIRST_MAJOR_WITHOUT_HAILO_8:
        yield error(
            'library',
            f'{fact} is for Hailo-10H and 15; Hailo-8 and 8L need 4.x',
            'remove it and install HailoRT 4.x',
        )
    elif next(iter(libraries)) < _OLDEST:
        yield error(
            'library', f'{fact} is older than {written(_OLDEST)}', installation(find_board(system))
        )
    else:
        yield ok('library', fact)


def _chip(system: System) -> tuple[Version | None, list[Finding]]:
    """Ask the chip who it is, with the vendor's own tool."""
    answer = system.run(('hailortcli', 'fw-control', 'identify'), _COMMAND_TIMEOUT_S)
    if answer.obstacle == 'not installed':
        return None, []
    firmware = version_in(field_of(answer.output, 'Firmware Version'))
    architecture = field_of(answer.output, 'Device Architecture')
    if answer.succeeded and architecture:
        name = f', firmware {written(firmware)}' if firmware else ''
        return firmware, [ok('chip', f'{architecture}{name} answers')]
    return firmware, [
        error(
            'chip',
            f'the chip does not answer: {_complaint(answer.errors) or answer.obstacle or "?"}',
            'repair what stands above; else power off (not only reboot) and on again',
        )
    ]


def _complaint(errors: str) -> str:
    """Pick the first cause from the vendor's log lines."""
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    causes = [line for line in lines if 'error' in line.lower()] or lines
    return re.sub(r'^(\[[^\]]*\]\s*)+', '', causes[0]) if causes else ''


def _versions(
    system: System,
    libraries: dict[Version, str],
    binding: Binding,
    firmware: Version | None,
) -> Iterator[Finding]:
    library = next(iter(libraries)) if len(libraries) == 1 else None
    parts = {
        'driver': loaded_version(system),
        'library': library,
        'Python binding': binding.version,
        'firmware': firmware,
    }
    known = {name: version for name, version in parts.items() if version is not None}
    if len(known) < 2:
        return
    fact = ', '.join(f'{name} {written(version)}' for name, version in known.items())
    if len(set(known.values())) == 1:
        yield ok('versions', f'{" = ".join(known)} = {written(next(iter(known.values())))}')
        return
    if find_board(system).is_raspberry_pi:
        remedy = 'sudo apt update && sudo apt full-upgrade && sudo apt install --reinstall '
        remedy += 'hailo-all python3-hailort && sudo reboot'
    else:
        remedy = 'install all of them from one HailoRT release, then power off and on'
    others = {version for name, version in known.items() if name != 'firmware'}
    if len(others) == 1:
        yield warning('versions', f'{fact}: temperature and power may be refused', remedy)
    else:
        yield error('versions', f'{fact}: they must be equal', remedy)


def _packages(system: System) -> Iterator[Finding]:
    text = system.read(_PACKAGES, _PACKAGES_BYTES) or ''
    if '\nPackage: h10-hailort' not in f'\n{text}':
        return
    installed = set()
    for paragraph in text.split('\n\n'):
        name = field_of(paragraph, 'Package')
        if field_of(paragraph, 'Status').endswith(' installed'):
            installed.add(name)
    if {'h10-hailort', 'hailort'} <= installed:
        yield error(
            'packages',
            'the packages h10-hailort (Hailo-10H) and hailort (Hailo-8) displace each other',
            'sudo apt remove h10-hailort && sudo apt install --reinstall hailo-all',
        )


def _numpy(system: System, binding: Binding) -> Iterator[Finding]:
    numpy = version_in(system.python.version_of('numpy'))
    if not binding.is_importable or numpy is None:
        return
    if numpy[0] >= 2:
        yield warning(
            'numpy',
            f'numpy {written(numpy)}, but the Python binding declares numpy < 2',
            f'if importing hailo_platform fails: {pip_install(system, "numpy<2")}',
        )
    else:
        yield ok('numpy', f'numpy {written(numpy)} suits the Python binding')


def _log_folder(system: System) -> Iterator[Finding]:
    chosen = system.environment.get(_LOG_VARIABLE, '')
    if chosen == 'NONE':
        yield ok('log_folder', f'no log is written ({_LOG_VARIABLE}=NONE)')
        return
    home = system.environment.get('HOME', '')
    folder = chosen or f'{home}/.hailo/hailort'
    existing = folder
    while existing not in ('', '/') and not system.exists(existing):
        existing = existing.rpartition('/')[0]
    if existing and system.writable(existing):
        yield ok('log_folder', f'HailoRT may write its log into {folder}')
    else:
        yield warning(
            'log_folder',
            f'HailoRT cannot write its log into {folder}',
            f'sudo chown -R $USER {existing or folder}, or export {_LOG_VARIABLE}=NONE',
        )
