# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The vendor's Python binding, judged by its files: importing it could take the process down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
import re

from hailo_perception.doctor.board import find_board
from hailo_perception.doctor.finding import error
from hailo_perception.doctor.finding import Finding
from hailo_perception.doctor.finding import ok
from hailo_perception.doctor.finding import warning
from hailo_perception.doctor.python import built_for
from hailo_perception.doctor.python import python_names
from hailo_perception.doctor.system import System
from hailo_perception.doctor.text import Version
from hailo_perception.doctor.text import version_in
from hailo_perception.doctor.text import written

_MODULE = 'hailo_platform'
_DISTRIBUTION = 'hailort'
SYSTEM_PACKAGES = '/usr/lib/python3/dist-packages'
_VERSION_LINE = re.compile(r'^__version__ *= *["\']([^"\']+)["\']', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Binding:
    """Where hailo_platform is, for which Python it was compiled, and its version."""

    folder: str | None
    version: Version | None
    python_versions: frozenset[tuple[int, int]]
    is_in_system_packages: bool

    @property
    def is_importable(self) -> bool:
        """Whether this Python finds it."""
        return self.folder is not None

    @property
    def is_anywhere(self) -> bool:
        """Whether it is there, for this Python or only for the system's."""
        return self.is_importable or self.is_in_system_packages


def find_binding(system: System) -> Binding:
    """Look for the binding without importing it."""
    folder = system.python.folder_of(_MODULE)
    version = None
    python_versions: frozenset[tuple[int, int]] = frozenset()
    if folder is not None:
        line = _VERSION_LINE.search(system.read(f'{folder}/__init__.py') or '')
        version = version_in(line[1] if line else system.python.version_of(_DISTRIBUTION))
        python_versions = built_for(system.entries(f'{folder}/pyhailort'))
    in_system = bool(system.entries(f'{SYSTEM_PACKAGES}/{_MODULE}'))
    return Binding(folder, version, python_versions, in_system)


def examine_binding(system: System, binding: Binding, *, has_chip: bool) -> Iterator[Finding]:
    """Say whether this Python can use the binding."""
    python = system.python
    if binding.folder is None:
        if binding.is_in_system_packages:
            make = error if has_chip else warning
            yield make(
                'binding',
                f'{_MODULE} is installed for the system, but not for {python.executable}',
                'make the environment with: python3 -m venv --system-site-packages',
            )
        elif has_chip:
            yield error('binding', f'no Python module {_MODULE}', _install(system))
        return
    name = f'{_MODULE} {written(binding.version)}' if binding.version else _MODULE
    if binding.python_versions and python.version not in binding.python_versions:
        versions = python_names(binding.python_versions)
        yield error(
            'binding',
            f'{name} is compiled for Python {versions}, this is {python.name}',
            f'install the wheel whose name says cp{python.name.replace(".", "")}',
        )
    elif not system.entries(f'{binding.folder}/pyhailort'):
        yield warning('binding', f'{name} in {binding.folder} looks incomplete', _install(system))
    else:
        yield ok('binding', f'{name} in {binding.folder}')


def _install(system: System) -> str:
    if find_board(system).is_raspberry_pi:
        return 'sudo apt install python3-hailort'
    tag = f'cp{system.python.name.replace(".", "")}'
    return f'pip install the wheel hailort-4.x-{tag}-*.whl of the same release as the library'
