# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The computer as the checks see it: files below a root, environment, commands, Python."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
import os
from pathlib import Path
import posixpath
import stat
from types import MappingProxyType

from hailo_perception.doctor.commands import Answer
from hailo_perception.doctor.commands import run_command
from hailo_perception.doctor.python import PythonInstallation

_LARGEST_TEXT_BYTES = 64 << 10


@dataclass(frozen=True, slots=True)
class Space:
    """Room on a file system, in bytes."""

    total: int
    free: int


def measure_space(path: Path) -> Space:
    """Ask the file system that holds a path; OSError where there is none."""
    facts = os.statvfs(path)
    return Space(facts.f_blocks * facts.f_frsize, facts.f_bavail * facts.f_frsize)


@dataclass(frozen=True, slots=True)
class System:
    """Everything a check may ask; tests replace any part of it.

    Names of files are absolute as on the real computer; they are looked up below ``root``. What
    is missing, unreadable or not a regular file reads as absent: the checks say what that means.
    ``may(path, mode)`` is os.access.
    """

    root: Path = Path('/')
    environment: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType(dict(os.environ))
    )
    run: Callable[[Sequence[str], float], Answer] = run_command
    python: PythonInstallation = field(default_factory=PythonInstallation)
    may: Callable[[Path, int], bool] = os.access
    space_of: Callable[[Path], Space] = measure_space

    def path(self, name: str) -> Path:
        """Translate an absolute name to its place below the root."""
        return self.root / name.lstrip('/')

    def read(self, name: str, limit: int = _LARGEST_TEXT_BYTES) -> str | None:
        """Read at most ``limit`` bytes of a regular file as text; None where there is none."""
        try:
            path = self.path(name)
            if not stat.S_ISREG(path.stat().st_mode):
                return None
            with path.open('rb') as stream:
                return stream.read(limit).decode('utf-8', 'replace')
        except (OSError, ValueError):
            return None

    def line(self, name: str) -> str:
        """Read the first line of a file without blanks and zero bytes; empty where none."""
        text = (self.read(name) or '').replace('\0', ' ').strip()
        return text.splitlines()[0].strip() if text else ''

    def status(self, name: str) -> os.stat_result | None:
        """Ask for mode, owner and size; None where there is no such file."""
        try:
            return self.path(name).stat()
        except (OSError, ValueError):
            return None

    def exists(self, name: str) -> bool:
        """Tell whether there is such a file, folder or device."""
        return self.status(name) is not None

    def entries(self, folder: str) -> tuple[str, ...]:
        """List the names in a folder, sorted; nothing where there is none."""
        try:
            return tuple(sorted(os.listdir(self.path(folder))))
        except (OSError, ValueError):
            return ()

    def link(self, name: str) -> str:
        """Read where a symbolic link leads; empty where it is none."""
        try:
            return os.readlink(self.path(name))
        except (OSError, ValueError):
            return ''

    def resolve(self, name: str) -> str:
        """Follow the symbolic links in a name, as a name below the root."""
        try:
            real = self.path(name).resolve()
            return '/' + real.relative_to(self.root.resolve()).as_posix()
        except (OSError, ValueError, RuntimeError):
            return posixpath.normpath(name)

    def readable_and_writable(self, name: str) -> bool:
        """Tell whether this user may read and write a file or device."""
        return self._may(name, os.R_OK | os.W_OK)

    def writable(self, name: str) -> bool:
        """Tell whether this user may write into a file or folder."""
        return self._may(name, os.W_OK)

    def _may(self, name: str, mode: int) -> bool:
        try:
            return self.may(self.path(name), mode)
        except (OSError, ValueError):
            return False

    def space(self, folder: str) -> Space | None:
        """Measure the file system that holds a folder; None where there is no such folder."""
        try:
            return self.space_of(self.path(folder))
        except (OSError, ValueError):
            return None
