# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a node that is not at work says in /diagnostics: its state, and why."""

from __future__ import annotations

from diagnostic_msgs.msg import DiagnosticArray
from diagnostic_msgs.msg import DiagnosticStatus

from hailo_perception.core.frame import Header
from hailo_perception.ros import headers


def to_idle_diagnostics(
    *, node: str, is_configured: bool, failure: str, stamp_ns: int
) -> DiagnosticArray:
    """Say that a node is unconfigured or inactive, and which command leads on.

    The level is ERROR while the last transition failed, with the reason, else OK: somebody
    wanted the node to rest.
    """
    state, command = _state(is_configured), next_command(node, is_configured)
    return DiagnosticArray(
        header=headers.to_message(Header(stamp_ns, '')),
        status=[
            DiagnosticStatus(
                level=DiagnosticStatus.ERROR if failure else DiagnosticStatus.OK,
                name=f'{node}: pipeline',
                message=f'{state}: {failure or command}',
            )
        ],
    )


def idle_line(node: str, *, is_configured: bool) -> str:
    """Say in one line of the log that a node rests, and which command leads on."""
    return f'{_state(is_configured)}: {next_command(node, is_configured)}'


def next_command(node: str, is_configured: bool) -> str:
    """Give the command with which a person leads a resting node on."""
    return f'ros2 lifecycle set {node} {"activate" if is_configured else "configure"}'


def _state(is_configured: bool) -> str:
    return 'inactive' if is_configured else 'unconfigured'
