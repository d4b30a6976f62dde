# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Computers to examine, and what the examination finds when they are changed."""

from __future__ import annotations

from collections.abc import Callable
import os
from pathlib import Path
import sys

import pytest

from hailo_perception.doctor.finding import Severity

# Tables of tests take their rows from modules beside them, where fixtures come too late.
sys.path.append(str(Path(__file__).parent))

from computer_changes import Change  # noqa: E402
from example_computers import Computer  # noqa: E402
from example_computers import COMPUTERS  # noqa: E402


@pytest.fixture
def make_computer() -> Callable[[str], Computer]:
    return lambda name: COMPUTERS[name]()


@pytest.fixture
def computer_names() -> tuple[str, ...]:
    return tuple(COMPUTERS)


@pytest.fixture
def check_fault(tmp_path: Path) -> Callable[[Change, str, str, Severity, str, str], None]:
    """Change a healthy Raspberry Pi 5 and check what is found of it, and that it is no worse."""

    def check_it(
        change: Change, group: str, check: str, severity: Severity, fact: str, remedy: str
    ) -> None:
        computer = COMPUTERS['raspberry_pi_5']()
        change(computer)
        found = [f for f in computer.examine(tmp_path)[group] if f.check == check]
        worst = [finding for finding in found if finding.severity is severity]
        assert worst, found
        assert fact in worst[0].fact
        assert remedy in worst[0].remedy
        if severity is not Severity.ERROR:
            assert not [finding for finding in found if finding.severity is Severity.ERROR]

    return check_it


@pytest.fixture(autouse=True)
def _ordinary_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing of the developer's shell decide."""
    for name in list(os.environ):
        if name.startswith(('FASTDDS', 'FASTRTPS', 'NO_COLOR', 'HAILORT')):
            monkeypatch.delenv(name)
