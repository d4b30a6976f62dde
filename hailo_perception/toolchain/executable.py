# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What HailoRT's command line says of an executable, compared with what was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path
import re
import shutil
import subprocess

from hailo_perception.toolchain.end_nodes import EndNode

PROGRAM = 'hailortcli'
_OUTPUT = re.compile(
    r'^\s*Output\s+(?P<name>\S+)\s+(?P<type>UINT8|UINT16|FLOAT32)\b', re.MULTILINE
)
_TIMEOUT_S = 60.0


def verify_executable(
    executable: Path, ends: Sequence[EndNode], names: Mapping[str, str]
) -> tuple[str, ...]:
    """List what is not as it was asked for: outputs missing, or of 8 bits instead of 16.

    A compiler was seen (3.33, publicly reported) to fall back to 8 bits without a word. Where
    HailoRT's command line is not installed, that is the one thing to say.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        return (
            f'the outputs of {executable.name} were not looked at, as {PROGRAM} is not here; on '
            f'the board "{PROGRAM} parse-hef {executable.name}" lists them',
        )
    try:
        done = subprocess.run(
            [program, 'parse-hef', str(executable)],
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        return (f'{PROGRAM} parse-hef {executable.name} does not run ({error})',)
    if done.returncode:
        return (
            f'{PROGRAM} parse-hef {executable.name} ended with status {done.returncode}: '
            f'{(done.stderr or done.stdout).strip()[-300:]}',
        )
    return tuple(_differences(done.stdout, ends, names))


def _differences(printed: str, ends: Sequence[EndNode], names: Mapping[str, str]) -> list[str]:
    types = {match['name']: match['type'] for match in _OUTPUT.finditer(printed)}
    differences = []
    for end in ends:
        name, expected = names[end.name], f'UINT{end.bits}'
        if name not in types:
            differences.append(
                f'the executable has no output {name} ({end.name}), but {", ".join(types)}; '
                'correct the manifest'
            )
        elif types[name] != expected:
            differences.append(
                f'{name} ({end.name}) is {types[name]} in the executable, {expected} was asked '
                'for; the model works, with coarser values if these are fewer bits'
            )
    return differences
