# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Whose head is found: a head is that of one person, in however many crops it is seen."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hailo_perception.anonymization.regions import at_least
from hailo_perception.anonymization.regions import grown
from hailo_perception.anonymization.regions import Regions
from hailo_perception.core.boxes import pairwise_iou

MOST_REGIONS = 500
"""Of a picture: more are noise, in which nobody's head is sure. Each is compared with each."""

_REACH = 0.25
"""Share of its size by which a region reaches out for others of the same head. Doubles of it lie
upon it, its parts beside it; heads of people side by side are more than their width apart."""


def have_own_head(areas: Regions, regions: Regions) -> NDArray[np.bool_]:
    """Tell which people surely have one of the heads that are found: (P,), in any order.

    ``areas`` (P, 4) are where each person's head may be, ``regions`` (R, 4) what a network found,
    doubles included. A head may be that of everybody in whose area the middle of a region of it
    lies, but is that of one of them only. Nobody guesses whose: sure is who goes away with a head
    however the heads are shared out among as many people as possible. Of two people with one
    head between them that is neither; with two heads it is both.
    """
    if len(regions) > MOST_REGIONS:
        return np.zeros(len(areas), bool)
    people, found = np.nonzero(_middles_within(regions, areas))
    may_be_theirs = np.zeros((len(areas), len(regions)), bool)
    may_be_theirs[people, _heads_of(regions)[found]] = True
    return _always_matched([np.flatnonzero(row).tolist() for row in may_be_theirs])


def _middles_within(regions: Regions, areas: Regions) -> NDArray[np.bool_]:
    """Tell in which areas (P, 4) the middles of regions (R, 4) lie: (P, R)."""
    middles = (regions[:, :2] + regions[:, 2:]) / 2
    is_after, is_before = middles >= areas[:, None, :2], middles <= areas[:, None, 2:]
    return np.all(is_after & is_before, axis=2)


def _heads_of(regions: Regions) -> NDArray[np.intp]:
    """Number regions (R, 4) by their heads: what is linked by touching is one head, (R,).

    Two heads that are taken for one only cover more.
    """
    wide = grown(at_least(regions, 1.0), _REACH)
    is_near = pairwise_iou(wide, wide) > 0
    count = len(regions)
    heads = np.arange(count)
    while True:
        least = np.where(is_near, heads, heads[:, None]).min(axis=1, initial=count)
        if np.array_equal(least, heads):
            return heads
        heads = least[least]


def _always_matched(choices: Sequence[Sequence[int]]) -> NDArray[np.bool_]:
    """Tell who gets one of their choices of heads in every largest matching."""
    matching = _Matching(choices)
    for person in range(len(choices)):
        matching.add(person)
    return np.array([person not in matching.unsure for person in range(len(choices))], bool)


class _Matching:
    """Heads given to as many people as possible, one by one (Kuhn's algorithm).

    ``unsure`` are those who go without in some largest matching: just who is reached by an
    alternating path from somebody without a head in this one. The search that finds no head goes
    all these paths, and later ones change nothing there.
    """

    def __init__(self, choices: Sequence[Sequence[int]]) -> None:
        """Give nothing to anybody yet; ``choices`` are the heads that may be each person's."""
        self.unsure: set[int] = set()
        self._choices = choices
        self._head_of: dict[int, int] = {}
        self._owner_of: dict[int, int] = {}

    def add(self, newcomer: int) -> None:
        """Give a person a head, others moving on to free ones, or find out who are unsure."""
        asked_by: dict[int, int] = {}
        people = [newcomer]
        for person in people:
            for head in self._choices[person]:
                if head in asked_by:
                    continue
                asked_by[head] = person
                if head not in self._owner_of:
                    self._move_on(head, asked_by)
                    return
                # From who is unsure no path leads to a free head.
                if self._owner_of[head] not in self.unsure:
                    people.append(self._owner_of[head])
        self.unsure.update(people)

    def _move_on(self, free: int, asked_by: Mapping[int, int]) -> None:
        """Give a free head to who asked for it, theirs to who asked for that, and so on."""
        taken: int | None = free
        while taken is not None:
            person = asked_by[taken]
            given_up = self._head_of.get(person)
            self._owner_of[taken], self._head_of[person] = person, taken
            taken = given_up
