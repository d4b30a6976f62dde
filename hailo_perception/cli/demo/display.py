# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Shows a run: a table that renews itself on a terminal, else a line every second."""

from __future__ import annotations

from collections.abc import Callable
import sys
from typing import Any
from typing import Protocol
from typing import TextIO

from hailo_perception.cli.demo import status as text
from hailo_perception.cli.demo.status import Status

try:
    from rich.console import Console
    from rich.live import Live
    from rich.table import Table
    from rich.text import Text

    HAS_RICH = True
except ImportError:
    HAS_RICH = False

_LINE_PERIOD_S = 1.0


class Display(Protocol):
    """Shows statuses between entering and leaving its context."""

    def __enter__(self) -> Display:
        """Begin to show."""

    def __exit__(self, *error: object) -> None:
        """Leave the last moment standing."""

    def show(self, status: Status) -> None:
        """Show a new moment."""


class LineDisplay:
    """Prints one line a second, and one for every new phase."""

    def __init__(self, write: Callable[[str], object]) -> None:
        """Write whole lines with this."""
        self._write = write
        self._shown: tuple[float, str] | None = None

    def __enter__(self) -> LineDisplay:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def show(self, status: Status) -> None:
        """Print the moment when it is time to."""
        if self._shown is not None:
            elapsed_s, phase = self._shown
            if phase == status.phase and 0 <= status.elapsed_s - elapsed_s < _LINE_PERIOD_S:
                return
        self._shown = (status.elapsed_s, status.phase)
        self._write(text.line(status))


class TableDisplay:
    """Renews one table in place."""

    def __init__(self) -> None:
        """Draw on standard output."""
        # Nothing moves between two shows, so no thread needs to draw.
        self._live: Any = Live(
            console=Console(), auto_refresh=False, redirect_stdout=False, redirect_stderr=False
        )

    def __enter__(self) -> TableDisplay:
        self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._live.stop()

    def show(self, status: Status) -> None:
        """Draw the moment."""
        table = Table(show_header=False, title='hailo_perception demo', caption='Ctrl-C ends it')
        table.add_column(style='bold')
        table.add_column()
        for name, value in text.rows(status):
            style = 'yellow' if name in ('waiting for', 'problems') else ''
            table.add_row(name, Text(value, style=style))
        self._live.update(table, refresh=True)


def make_display(stream: TextIO | None = None) -> Display:
    """Choose the table on a terminal with rich installed, else lines; None is standard output."""
    stream = stream or sys.stdout
    if HAS_RICH and stream.isatty():
        return TableDisplay()
    return LineDisplay(lambda line: print(line, file=stream, flush=True))
