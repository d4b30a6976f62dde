# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The option --json of the commands that measure: a file, or '-' in place of the tables."""

from __future__ import annotations

from collections.abc import Callable
import json
import os
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
    place = path if path.exists() else path.parent
    if not os.access(place, os.W_OK):
        raise ConfigurationError(
            f"--json {name}: expected a file that can be written, but {place} cannot; name "
            f"another or '{STDOUT}'"
        )


def put_out(name: str | None, to_json: Callable[[], str], to_text: Callable[[], str]) -> None:
    """Write the JSON where it was asked for, and print the tables unless it is printed.

    The file comes first: whatever the terminal does to the tables, the result is kept. Where the
    file cannot be written the tables keep it, and ConfigurationError follows.
    """
    if name is not None:
        try:
            write_json(name, to_json())
        except ConfigurationError:
            sys.stdout.write(to_text())
            raise
    if name != STDOUT:
        sys.stdout.write(to_text())


def write_json(name: str, text: str) -> None:
    """Write to the file or print; ConfigurationError when that is not possible."""
    if name == STDOUT:
        sys.stdout.write(_in_letters_of_output(text))
        return
    try:
        Path(name).write_text(text, encoding='utf-8')
    except OSError as error:
        raise ConfigurationError(f'--json {name}: cannot be written: {error}') from error


def _in_letters_of_output(text: str) -> str:
    """Escape as JSON does it what the terminal's encoding lacks; its own escapes are Python's."""
    try:
        text.encode(sys.stdout.encoding or 'ascii')
    except UnicodeEncodeError:
        return json.dumps(json.loads(text), indent=2) + '\n'
    return text
