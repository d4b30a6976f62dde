# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What the operating system tells about the driver, the device nodes and a HEF file."""

from __future__ import annotations

from dataclasses import dataclass
import os
from pathlib import Path
import re
import shutil
import subprocess

_DRIVER_MODULE = 'sys/module/hailo_pci'
_DEVICE_NODES = 'hailo[0-9]*'
_VENDOR_TOOL = 'hailortcli'
_TOOL_TIMEOUT_S = 10.0
_ARCHITECTURE = re.compile(r'\bHAILO\d+[A-Z]*\b')


@dataclass(frozen=True, slots=True)
class Host:
    """The file system below ``root``, which tests replace."""

    root: Path = Path('/')

    @property
    def is_driver_loaded(self) -> bool:
        """Whether the kernel module is there."""
        return (self.root / _DRIVER_MODULE).is_dir()

    @property
    def driver_version(self) -> str | None:
        """Version of the loaded kernel module, None where it cannot be read."""
        try:
            text = (self.root / _DRIVER_MODULE / 'version').read_text(encoding='utf-8')
        except OSError:
            return None
        return text.strip() or None

    @property
    def device_nodes(self) -> tuple[Path, ...]:
        """The device files, in order."""
        return tuple(sorted((self.root / 'dev').glob(_DEVICE_NODES)))

    @property
    def forbidden_nodes(self) -> tuple[Path, ...]:
        """The device files that this user may not read and write."""
        return tuple(n for n in self.device_nodes if not os.access(n, os.R_OK | os.W_OK))


THIS_HOST = Host()


def compiled_architecture(hef: Path) -> str | None:
    """Ask the vendor's tool for which chip a HEF was compiled, e.g. HAILO8L; None if unknown.

    The Python binding does not tell. The tool comes with the library; without it, or when it
    fails, nothing is known.
    """
    tool = shutil.which(_VENDOR_TOOL)
    if tool is None:
        return None
    try:
        done = subprocess.run(
            [tool, 'parse-hef', str(hef)],
            capture_output=True,
            text=True,
            errors='replace',
            timeout=_TOOL_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = _ARCHITECTURE.search(done.stdout)
    return found.group() if found and done.returncode == 0 else None
