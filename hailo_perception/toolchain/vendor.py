# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The vendor's Dataflow Compiler as found on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
import re
import shutil
import subprocess
from typing import Literal

from hailo_perception.core.errors import HailoPerceptionError

Architecture = Literal['hailo8', 'hailo8l', 'hailo8r']

PROGRAM = 'hailo'
SUPPORTED_MAJOR = 3
"""Versions 3.x compile for the Hailo-8 family, 5.x for the Hailo-10 and Hailo-15 only."""
WHERE = (
    'a PC with x86_64 Linux (Ubuntu 22.04 or 24.04, also under WSL2), Python 3.10 to 3.12, 16 GB '
    'of memory (32 better), and the Hailo Dataflow Compiler 3.x from the Developer Zone of '
    'hailo.ai (free account); a GPU is not needed but makes the quantisation better'
)

_VERSION = re.compile(r'(?:Dataflow Compiler|DFC)\D{0,20}?(\d+)\.(\d+)(?:\.(\d+))?', re.IGNORECASE)
_VERSION_TIMEOUT_S = 300.0
"""The first call checks the system, which takes its time."""


class ToolchainError(HailoPerceptionError):
    """A tool of the vendor failed, or did not do what it is documented to do."""


@dataclass(frozen=True, slots=True)
class DataflowCompiler:
    """The ``hailo`` program and its version, such as 3.33.0."""

    program: Path
    version: str


def find_compiler() -> DataflowCompiler | None:
    """Find the compiler on PATH; None when there is none.

    ToolchainError for a version that cannot compile for a Hailo-8 or does not answer. The
    ``hailo`` program of HailoRT alone is no compiler.
    """
    found = shutil.which(PROGRAM)
    if found is None:
        return None
    try:
        done = subprocess.run(
            [found, '--version'],
            capture_output=True,
            text=True,
            timeout=_VERSION_TIMEOUT_S,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise ToolchainError(f'{found} --version does not run ({error})') from error
    printed = f'{done.stdout}\n{done.stderr}'.strip()
    match = _VERSION.search(printed)
    if match is None or done.returncode:
        raise ToolchainError(
            f'{found} --version: expected the version of the Dataflow Compiler, got status '
            f'{done.returncode} and "{printed[-300:]}"; this may be the program of HailoRT alone: '
            'activate the environment that has the compiler'
        )
    version = '.'.join(part for part in match.groups() if part is not None)
    if int(match[1]) != SUPPORTED_MAJOR:
        raise ToolchainError(
            f'{found} is the Dataflow Compiler {version}; the Hailo-8 family needs '
            f'{SUPPORTED_MAJOR}.x: activate an environment that has it'
        )
    return DataflowCompiler(Path(found), version)
