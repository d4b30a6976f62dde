# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a node that is not at work says in /diagnostics: its state, and why."""

from __future__ import annotations

from typing import Literal

from diagnostic_msgs.msg import DiagnosticArray
from diagnostic_msgs.msg import DiagnosticStatus

from hailo_perception.core.frame import Header
from hailo_perception.ros import headers

RestingState = Literal['unconfigured', 'inactive', 'finalized']

_LEADS_ON: dict[RestingState, str] = {
    'unconfigured': 'ros2 lifecycle set {node} configure',
    'inactive': 'ros2 lifecycle set {node} activate',
    'finalized': 'start the node again',
}
"""What a person does who wants a resting node to work."""


def to_idle_diagnostics(
    *, node: str, state: RestingState, failure: str, stamp_ns: int
) -> DiagnosticArray:
    """Say in which state a node rests, and what leads on.

    The level is ERROR while the last transition failed, with the reason, else OK: somebody
    wanted the node to rest.
    """
    return DiagnosticArray(
        header=headers.to_message(Header(stamp_ns, '')),
        status=[
            DiagnosticStatus(
                level=DiagnosticStatus.ERROR if failure else DiagnosticStatus.OK,
                name=f'{node}: pipeline',
                message=f'{state}: {failure}' if failure else idle_line(node, state),
            )
        ],
    )


def idle_line(node: str, state: RestingState) -> str:
    """Say in one line that a node rests, and what leads on."""
    return f'{state}: {_LEADS_ON[state].format(node=node)}'
