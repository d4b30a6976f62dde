# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Who is next on the device when several cameras wait."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol


class Schedule(Protocol):
    """Gives out turns. Not locked: the pipeline asks under its own lock, so it must be quick."""

    def choose(self, waiting: Collection[str]) -> str:
        """Give the next turn to one of the waiting cameras; there is at least one."""


class RoundRobin:
    """The camera whose last turn is longest ago comes next.

    While n cameras keep waiting, each gets every n-th turn. One that floods gains nothing, one
    that is silent costs nothing and saves up nothing.
    """

    def __init__(self) -> None:
        """Start with no turn given."""
        self._turns = 0
        self._last_turn: dict[str, int] = {}

    def choose(self, waiting: Collection[str]) -> str:
        """Give the next turn; among cameras that had none yet, the first of ``waiting``."""
        camera = min(waiting, key=lambda candidate: self._last_turn.get(candidate, 0))
        self._turns += 1
        self._last_turn[camera] = self._turns
        return camera
