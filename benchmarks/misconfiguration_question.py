# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A misconfiguration that waits for its answers, on the console and in /diagnostics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
import time

from diagnostic_msgs.msg import DiagnosticStatus
from misconfigured_camera import MisconfiguredCamera

NODE = '/perception'
PIPELINE = f'{NODE}: pipeline'


@dataclass(frozen=True, slots=True)
class Answered:
    """When a misconfiguration was answered, in seconds from its beginning, and how.

    ``message`` is the line of the log; ``end_s`` is when a process that cannot start with it had
    ended, None where that was not tried.
    """

    name: str
    what: str
    console_s: float
    diagnostics_s: float
    message: str
    end_s: float | None = None


class Question:
    """One misconfiguration that waits for its answers."""

    def __init__(
        self,
        name: str,
        what: str,
        *,
        is_told: Callable[[DiagnosticStatus], bool],
        is_printed: Callable[[str], bool],
    ) -> None:
        """Wait from now on."""
        self.name = name
        self.what = what
        self.began_s = time.monotonic()
        self._is_told, self._is_printed = is_told, is_printed
        self._told_s: float | None = None
        self._printed_s: float | None = None
        self._message = ''

    def hear(self, status: DiagnosticStatus) -> None:
        """Take a status of the diagnostics."""
        if self._told_s is None and self._is_told(status):
            self._told_s = time.monotonic()

    def read(self, line: str) -> None:
        """Take a line of the log."""
        if self._printed_s is None and self._is_printed(line):
            self._printed_s = time.monotonic()
            # A line that is not the first of its message has no severity, time and name before it.
            self._message = line.partition(']: ')[2] or line.strip()

    @property
    def answered(self) -> Answered | None:
        """Both answers, None while one is missing."""
        if self._told_s is None or self._printed_s is None:
            return None
        return Answered(
            self.name,
            self.what,
            self._printed_s - self.began_s,
            self._told_s - self.began_s,
            self._message,
        )

    def __str__(self) -> str:
        """Say which answer is missing."""
        missing = [
            place
            for place, at_s in (('console', self._printed_s), ('/diagnostics', self._told_s))
            if at_s is None
        ]
        return f'{self.name} (nothing {" and ".join(missing)})'


def ask_node(name: str, what: str, *texts: str) -> Question:
    """Ask for texts in the status of the pipeline, and in a line of the log."""
    return Question(
        name,
        what,
        is_told=lambda status: status.name == PIPELINE
        and all(text in status.message for text in texts),
        is_printed=lambda line: all(text in line for text in texts),
    )


def ask_camera(camera: MisconfiguredCamera) -> Question:
    """Ask for fact and remedy in the status of a camera, and in a line of the log."""
    answer = camera.answer

    def is_told(status: DiagnosticStatus) -> bool:
        if status.name != f'{NODE}: camera {camera.name}':
            return False
        values = {pair.key: pair.value for pair in status.values}
        return (
            answer.fact in values.get(f'reason/{answer.cause}', '')
            and answer.remedy in values[f'remedy/{answer.cause}']
            and values[f'reason/{answer.cause}'] in status.message
            and (status.level, values['state']) == (answer.level, answer.state)
        )

    return Question(
        camera.name,
        camera.what,
        is_told=is_told,
        is_printed=lambda line: f' {camera.name}: ' in line
        and answer.fact in line
        and answer.remedy in line,
    )
