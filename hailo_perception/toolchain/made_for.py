# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a folder was made for, kept in it, so that files of other arguments are not taken."""

from __future__ import annotations

from collections.abc import Mapping
import json
from pathlib import Path

from hailo_perception.core.errors import ConfigurationError

MADE_FOR_FILE = 'made_for.json'


def check_made_for(folder: Path, purpose: Mapping[str, str], made: tuple[str, ...]) -> None:
    """Refuse a folder whose ``made`` files were not, or not surely, made for this purpose.

    Raises ConfigurationError, which says in what the purposes differ.
    """
    there = [name for name in made if (folder / name).exists()]
    before = _read(folder)
    if not there or before == purpose:
        return
    different = [name for name, value in purpose.items() if before.get(name) != value]
    names = ', '.join(there)
    finding = (
        f'made for another {" and ".join(different)}: {names}'
        if before
        else f'made already, {names}: nobody knows what for'
    )
    raise ConfigurationError(
        f'--output {folder}: {finding}; remove what was made or name another --output'
    )


def write_made_for(folder: Path, purpose: Mapping[str, str]) -> None:
    """Keep the purpose; OSError where nothing can be written."""
    text = json.dumps(purpose, indent=1) + '\n'
    (folder / MADE_FOR_FILE).write_text(text, encoding='utf-8')


def _read(folder: Path) -> dict[str, str]:
    try:
        content = json.loads((folder / MADE_FOR_FILE).read_text(encoding='utf-8'))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
