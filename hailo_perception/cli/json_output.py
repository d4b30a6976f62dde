# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The option --json of the commands that measure: a file, or '-' in place of the tables."""

from __future__ import annotations

from pathlib import Path
import sys

from hailo_perception.core.errors import ConfigurationError

STDOUT = '-'


def check_json(name: str | None) -> None:
    """Check before long work that its result can be written after it; None is no JSON at all."""
    if name is None or name == STDOUT:
        return
    path = Path(name)
    if path.is_dir() or not path.parent.is_dir():
        raise ConfigurationError(
            f"--json {name}: expected a file in a folder that is there, or '{STDOUT}'"
        )


def write_json(name: str, text: str) -> None:
    """Write to the file or print; ConfigurationError when that is not possible."""
    if name == STDOUT:
        sys.stdout.write(text)
        return
    try:
        Path(name).write_text(text, encoding='utf-8')
    except OSError as error:
        raise ConfigurationError(f'--json {name}: cannot be written: {error}') from error
