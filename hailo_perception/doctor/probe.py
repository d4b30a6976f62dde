# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a probe, a process of its own that may hang or die, printed as lines of JSON."""

from __future__ import annotations

import json
from typing import Any

from hailo_perception.doctor.commands import Answer
from hailo_perception.doctor.finding import error
from hailo_perception.doctor.finding import Finding
from hailo_perception.doctor.finding import warning
from hailo_perception.doctor.system import System


def read_facts(line: str) -> dict[str, Any] | None:
    """Read one line of a probe; None where it is something else that was printed."""
    try:
        facts = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return facts if isinstance(facts, dict) else None


def probe_failure(check: str, fact: str, answer: Answer, system: System, probe: str) -> Finding:
    """Tell that a probe did not end well; one that is slow is no error."""
    see = f'{system.python.executable} -m {probe}'
    if answer.is_late:
        return warning(
            check, f'{fact}: {answer.failure}', f'let the computer do nothing else, or see: {see}'
        )
    return error(check, f'{fact}: {answer.failure}', f'see it fail: {see}')
