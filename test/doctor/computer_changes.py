# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What can be wrong with a computer: changes to an example, to be combined."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from example_computers import Computer

from hailo_perception.doctor.commands import Answer

Change = Callable[[Computer], object]


def files(contents: dict[str, str | bytes]) -> Change:
    """Write files, or others in their place."""
    return lambda computer: computer.files.update(contents)


def gone(*names: str) -> Change:
    """Take files, links and modules away whose names begin so."""

    def change(computer: Computer) -> None:
        computer.remove(*names)
        for name in names:
            computer.modes.pop(name, None)

    return change


def shell(**variables: str) -> Change:
    """Set variables of the user's shell."""
    return lambda computer: computer.environment.update(variables)


def answers(command: tuple[str, ...], answer: Answer) -> Change:
    """Let a command answer so."""
    return lambda computer: computer.answers.update({command: answer})


def having(**values: Any) -> Change:
    """Set attributes of the computer."""

    def change(computer: Computer) -> None:
        for name, value in values.items():
            setattr(computer, name, value)

    return change


def together(*changes: Change) -> Change:
    """Make several changes, one after another."""

    def change(computer: Computer) -> None:
        for single in changes:
            single(computer)

    return change


def topics(*published: dict[str, object]) -> Change:
    """Publish these topics and no others."""
    return lambda computer: computer.publish(*published)
