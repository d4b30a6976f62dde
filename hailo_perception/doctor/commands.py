# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Running other programs for a limited time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import os
import subprocess

# HailoRT would leave a log file in the current folder.
_QUIET = {'HAILORT_LOGGER_PATH': 'NONE'}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program said; ``status`` None where it never ended by itself, ``obstacle`` why."""

    status: int | None = None
    output: str = ''
    errors: str = ''
    obstacle: str = ''
    is_late: bool = False
    """The program was ended because its time was over."""

    @property
    def failure(self) -> str:
        """Why the program did not end well, in a few words."""
        last = self.errors.strip().splitlines()[-1:]
        return self.obstacle or (last[0] if last else f'exit status {self.status}')

    @property
    def succeeded(self) -> bool:
        """Whether the program ended without an error."""
        return self.status == 0


def run_command(command: Sequence[str], timeout_s: float) -> Answer:
    """Run a program without input; whatever goes wrong is told in the answer."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env={**os.environ, **_QUIET},
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        obstacle = f'no answer in {timeout_s:g} s'
        return Answer(None, _text(late.stdout), _text(late.stderr), obstacle, is_late=True)
    except FileNotFoundError:
        return Answer(obstacle='not installed')
    except (OSError, ValueError) as error:
        return Answer(obstacle=str(error))
    return Answer(done.returncode, _text(done.stdout), _text(done.stderr))


def _text(output: bytes | str | None) -> str:
    return output.decode('utf-8', 'replace') if isinstance(output, bytes) else output or ''
