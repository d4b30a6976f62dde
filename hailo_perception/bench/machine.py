# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Where a measurement was made: without this its numbers say nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from datetime import timezone
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version
import os
from pathlib import Path
import platform

import cv2

from hailo_perception import __version__

LIBRARIES = ('numpy', 'numba', 'simplejpeg', 'onnxruntime')
_CPU_INFO = Path('/proc/cpuinfo')
_BOARD = Path('/proc/device-tree/model')
_GOVERNOR = Path('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor')


@dataclass(frozen=True, slots=True)
class Machine:
    """Computer, versions and how busy it was; None where it cannot be known."""

    date: str
    cpu: str
    board: str | None
    architecture: str
    cores: int
    usable_cores: int
    governor: str | None
    load_before: float
    system: str
    python: str
    package: str
    libraries: dict[str, str | None]

    def __str__(self) -> str:
        """Print in two lines, for the head of a report."""
        known = ', '.join(f'{name} {value}' for name, value in self.libraries.items() if value)
        return (
            f'{self.board or self.cpu}, {self.usable_cores} of {self.cores} cores, load '
            f'{self.load_before:.1f}, {self.system} {self.architecture}\n'
            f'hailo_perception {self.package}, Python {self.python}, {known}'
        )


def describe_machine(libraries: Iterable[str] = LIBRARIES) -> Machine:
    """Look at this computer now."""
    found = {name: _version(name) for name in libraries}
    # By its module: several distributions bring it, under different names.
    found['opencv'] = cv2.__version__
    return Machine(
        date=datetime.now(timezone.utc).isoformat(timespec='seconds'),
        cpu=cpu_name(),
        board=_first_line(_BOARD),
        architecture=platform.machine(),
        cores=os.cpu_count() or 1,
        usable_cores=len(os.sched_getaffinity(0)),
        governor=_first_line(_GOVERNOR),
        load_before=round(os.getloadavg()[0], 2),
        system=f'{platform.system()} {platform.release()}',
        python=platform.python_version(),
        package=__version__,
        libraries=found,
    )


def cpu_name(info: Path = _CPU_INFO) -> str:
    """Name the CPU as Linux does; by its architecture where that has no name for it."""
    try:
        lines = info.read_text(encoding='utf-8').splitlines()
    except OSError:
        lines = []
    names = [line.partition(':')[2].strip() for line in lines if line.startswith('model name')]
    return names[0] if names else platform.processor() or platform.machine()


def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


def _first_line(path: Path) -> str | None:
    try:
        return path.read_text().strip('\0\n ') or None
    except OSError:
        return None
