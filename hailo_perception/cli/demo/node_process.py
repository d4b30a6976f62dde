# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A node of the package as a child process that never outlives its parent."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
import ctypes
from pathlib import Path
import signal
import subprocess
import sys
import time
from typing import Any

import yaml

_STOP_TIMEOUT_S = 10.0
_LAST_LINES = 12
_PR_SET_PDEATHSIG = 1


class NodeProcess:
    """Runs a module of hailo_perception.nodes; its output goes to a log file."""

    def __init__(self, module: str, parameters: dict[str, Any], folder: Path) -> None:
        """Start it; parameters and log become MODULE.yaml and MODULE.log in the folder."""
        self.module = module
        self.log_path = folder / f'{module}.log'
        parameter_file = folder / f'{module}.yaml'
        parameter_file.write_text(
            yaml.safe_dump({'/**': {'ros__parameters': parameters}}), encoding='utf-8'
        )
        with self.log_path.open('wb') as log:
            # In the parent's process group, so that the terminal's Ctrl-C reaches it as well.
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    '-m',
                    f'hailo_perception.nodes.{module}',
                    '--ros-args',
                    '--params-file',
                    str(parameter_file),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=_end_with_parent(),
            )

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def status(self) -> int | None:
        """Exit status, None while it runs."""
        return self._process.poll()

    def last_lines(self) -> str:
        """Give the end of its log."""
        lines = self.log_path.read_text(encoding='utf-8', errors='replace').splitlines()
        return '\n'.join(lines[-_LAST_LINES:]) or '(it printed nothing)'

    def terminate(self) -> None:
        """Ask it to end."""
        if self.status is None:
            # Not SIGINT: the terminal may just have sent that one, and Python, leaving, would
            # answer a second one with a traceback.
            self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        if self.status is None:
            self._process.kill()
            self._process.wait()


def stop_all(
    processes: Sequence[NodeProcess], is_urgent: Callable[[], bool] = lambda: False
) -> list[str]:
    """End all processes, by force after ten seconds or when it gets urgent.

    Returns the modules that had to be forced.
    """
    for process in processes:
        process.terminate()
    deadline_s = time.monotonic() + _STOP_TIMEOUT_S
    while any(process.status is None for process in processes):
        if is_urgent() or time.monotonic() > deadline_s:
            break
        time.sleep(0.02)
    forced = [process.module for process in processes if process.status is None]
    for process in processes:
        process.kill()
    return forced


def _end_with_parent() -> Callable[[], None] | None:
    """Let the kernel send SIGTERM when the parent dies without a chance to stop its children."""
    if sys.platform != 'linux':
        return None
    library = ctypes.CDLL(None)
    return lambda: library.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
