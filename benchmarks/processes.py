# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Processes of a benchmark: nodes that are started, what they use, and how they end."""

from __future__ import annotations

import os
from pathlib import Path
import signal
import subprocess
import sys
from typing import Any

_PAGE_BYTES = os.sysconf('SC_PAGE_SIZE')
_TICKS_PER_S = os.sysconf('SC_CLK_TCK')
_END_TIMEOUT_S = 20.0


def start_node(module: str, parameters: dict[str, Any]) -> subprocess.Popen[bytes]:
    """Start a node of the package as its own process."""
    arguments = [part for name, value in parameters.items() for part in ('-p', f'{name}:={value}')]
    return subprocess.Popen(
        [sys.executable, '-m', f'hailo_perception.nodes.{module}', '--ros-args', *arguments]
    )


def end(*processes: subprocess.Popen[Any]) -> None:
    """Interrupt processes as Ctrl-C does and wait; one that does not end is killed."""
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
    for process in processes:
        try:
            process.wait(_END_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def resident_mib(process_id: int) -> float:
    """Read a process's resident memory."""
    pages = int(Path(f'/proc/{process_id}/statm').read_text().split()[1])
    return pages * _PAGE_BYTES / 2**20


def cpu_s(process_id: int) -> float:
    """Read a process's CPU time so far."""
    fields = Path(f'/proc/{process_id}/stat').read_text().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S
