# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Who of those that wait is next."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Mapping
from fractions import Fraction

_NEVER = Fraction(0)


class FairTurns:
    """Gives out turns by weight: start-time fair queueing, every turn costing the same.

    While the same cameras keep waiting, their turns divided by their weights differ by at most
    one turn of each; with equal weights that is round robin. One that floods gains nothing, one
    that is silent costs nothing and saves up nothing, and whoever waits is served: between two
    turns of a camera another gets no more than the ratio of their weights, plus one.

    P. Goyal, H. M. Vin, H. Cheng, "Start-time Fair Queueing" (SIGCOMM 1996). A turn of a camera
    starts at the virtual time at which its last one ended, or now if that is past; it lasts
    1 / weight. The earliest start is next and sets the virtual time.
    """

    def __init__(self, weights: Mapping[str, int]) -> None:
        """Start with no turn given; a camera without a weight has that of one."""
        self._weights = weights
        self._now = _NEVER
        self._ends: dict[str, Fraction] = {}
        self._turns = 0
        self._last_turn: dict[str, int] = {}

    def first(self, waiting: Collection[str]) -> str:
        """Tell whose turn is next among the waiting cameras; there is at least one.

        Of those that may start at once the heavier comes first, then the one whose last turn is
        longest ago, then the first of ``waiting``.
        """
        return min(waiting, key=self._rank)

    def next(self, waiting: Collection[str]) -> str:
        """Give the next turn to the first of the waiting cameras."""
        camera = self.first(waiting)
        self._now = self._start(camera)
        self._ends[camera] = self._end(camera)
        self._turns += 1
        self._last_turn[camera] = self._turns
        return camera

    def _rank(self, camera: str) -> tuple[Fraction, Fraction, int]:
        return self._start(camera), self._end(camera), self._last_turn.get(camera, 0)

    def _start(self, camera: str) -> Fraction:
        return max(self._now, self._ends.get(camera, _NEVER))

    def _end(self, camera: str) -> Fraction:
        return self._start(camera) + Fraction(1, self._weights.get(camera, 1))
