# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The running Python and what is installed in it, asked without importing any of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
import re
import sys

_EXTENSION_TAG = re.compile(r'\.cpython-(\d)(\d{1,2})[-.]')


def installed_version(distribution: str) -> str | None:
    """Ask for the version of an installed distribution; None where there is none."""
    try:
        # Damaged metadata has none, whatever the annotation says.
        return metadata.version(distribution) or None
    except (metadata.PackageNotFoundError, KeyError, OSError, ValueError):
        return None


def module_folder(module: str) -> str | None:
    """Find the folder that holds a module or package; None where it cannot be imported."""
    try:
        spec = find_spec(module)
    except (ImportError, ValueError, AttributeError):
        return None
    if spec is None:
        return None
    if spec.submodule_search_locations:
        return next(iter(spec.submodule_search_locations))
    return str(Path(spec.origin).parent) if spec.origin else None


@dataclass(frozen=True, slots=True)
class PythonInstallation:
    """The interpreter that runs the examination."""

    version: tuple[int, int] = (sys.version_info.major, sys.version_info.minor)
    is_64_bit: bool = sys.maxsize > 1 << 32
    executable: str = sys.executable
    prefix: str = sys.prefix
    version_of: Callable[[str], str | None] = installed_version
    folder_of: Callable[[str], str | None] = module_folder

    @property
    def name(self) -> str:
        """The version as people write it."""
        return '.'.join(map(str, self.version))

    def has(self, module: str) -> bool:
        """Tell whether a module can be found."""
        return self.folder_of(module) is not None


def built_for(files: tuple[str, ...]) -> frozenset[tuple[int, int]]:
    """List the Python versions for which compiled modules among file names were made."""
    tags = (_EXTENSION_TAG.search(name) for name in files)
    return frozenset((int(tag[1]), int(tag[2])) for tag in tags if tag)


def python_names(versions: frozenset[tuple[int, int]]) -> str:
    """Write Python versions as people do."""
    return ', '.join(f'{major}.{minor}' for major, minor in sorted(versions))
