# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The Hailo kernel module: loaded, installed, forbidden."""

from __future__ import annotations

from hailo_perception.doctor.system import System
from hailo_perception.doctor.text import Version
from hailo_perception.doctor.text import version_in

MODULE = 'hailo_pci'
_MODULES = '/lib/modules'
_PLACES = (
    'updates/dkms',
    'updates',
    'extra',
    'weak-updates',
    'kernel/drivers/misc',
    'kernel/drivers/media/pci/hailo',
)
_SETTINGS = ('/etc/modprobe.d', '/run/modprobe.d', '/usr/lib/modprobe.d', '/lib/modprobe.d')
_EFI_VARIABLES = '/sys/firmware/efi/efivars'
_COMMAND_TIMEOUT_S = 2.0


def is_loaded(system: System) -> bool:
    """Tell whether the module is in the kernel."""
    return system.exists(f'/sys/module/{MODULE}')


def loaded_version(system: System) -> Version | None:
    """Ask the loaded module, else the installed file, for the driver's version."""
    version = version_in(system.line(f'/sys/module/{MODULE}/version'))
    if version is not None or not is_loaded(system):
        return version
    answer = system.run(('modinfo', '-F', 'version', MODULE), _COMMAND_TIMEOUT_S)
    return version_in(answer.output) if answer.succeeded else None


def built_for_releases(system: System) -> tuple[str, ...]:
    """List the kernel releases that have the module on disk."""
    return tuple(
        release
        for release in system.entries(_MODULES)
        if any(
            name.startswith(f'{MODULE}.ko')
            for place in _PLACES
            for name in system.entries(f'{_MODULES}/{release}/{place}')
        )
    )


def forbidding_file(system: System) -> str:
    """Find the configuration that forbids the module; empty where none does."""
    for folder in _SETTINGS:
        for name in system.entries(folder):
            text = system.read(f'{folder}/{name}') or ''
            for line in text.splitlines() if name.endswith('.conf') else ():
                if line.replace('-', '_').split()[:2] == ['blacklist', MODULE]:
                    return f'{folder}/{name}'
    return ''


def is_secure_boot(system: System) -> bool:
    """Tell whether the firmware admits signed modules only; the flag follows 4 attribute bytes."""
    for name in system.entries(_EFI_VARIABLES):
        if name.startswith('SecureBoot-'):
            return (system.read(f'{_EFI_VARIABLES}/{name}') or '').endswith('\1')
    return False
