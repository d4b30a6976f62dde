# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C and SIGTERM as something to look at, instead of an exception anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import signal
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """Counts the signals that ask the program to end; read it in every loop that waits."""

    def __init__(self) -> None:
        self._count = 0
        self._first = 0

    @classmethod
    @contextmanager
    def watch(cls) -> Iterator[Interruption]:
        """Take the signals over, and give them back at the end; main thread only."""
        interruption = cls()
        former = {number: signal.signal(number, interruption.note) for number in _SIGNALS}
        try:
            yield interruption
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)

    def note(self, number: int, frame: FrameType | None = None) -> None:
        """Count a signal."""
        self._count += 1
        self._first = self._first or number

    @property
    def is_requested(self) -> bool:
        """Whether the user wants the end."""
        return self._count > 0

    @property
    def is_urgent(self) -> bool:
        """Whether the user asked again: waiting work is then given up, files are closed."""
        return self._count > 1

    @property
    def exit_status(self) -> int:
        """The status by which a shell knows what ended a program."""
        return 128 + self._first
