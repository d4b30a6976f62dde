# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from itertools import permutations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
from numpy.typing import NDArray
import pytest

from hailo_perception.anonymization.own_heads import have_own_head
from hailo_perception.anonymization.own_heads import MOST_REGIONS

Box = list[float]

LEFT, RIGHT = [0, 0, 100, 100], [60, 0, 160, 100]
"""Two areas that share the strip from 60 to 100."""
ALL = [0, 0, 400, 400]
"""The whole box of somebody who is cut off."""
IN_LEFT, IN_BOTH, IN_RIGHT = [10, 10, 40, 50], [65, 10, 95, 50], [120, 10, 150, 50]
BELOW = [200, 300, 230, 340]


def boxes(rows: Any) -> NDArray[np.float32]:
    return np.array(rows, np.float32).reshape(-1, 4)


@pytest.mark.parametrize(
    ('areas', 'regions', 'own'),
    [
        ([], [], []),
        ([], [IN_LEFT], []),
        ([LEFT, RIGHT], [], [False, False]),
        ([LEFT], [IN_LEFT], [True]),
        ([LEFT], [BELOW], [False]),
        ([LEFT], [IN_LEFT, IN_BOTH], [True]),
        ([LEFT, RIGHT], [IN_LEFT, IN_RIGHT], [True, True]),
        ([LEFT, RIGHT], [IN_LEFT, IN_BOTH], [True, True]),
        ([LEFT, RIGHT], [IN_LEFT], [True, False]),
        # One head, and two of whom it may be: it shows the head of neither.
        ([LEFT, RIGHT], [IN_BOTH], [False, False]),
        ([LEFT, LEFT], [IN_LEFT], [False, False]),
        ([LEFT, LEFT], [IN_LEFT, IN_BOTH], [True, True]),
        ([ALL, RIGHT], [IN_RIGHT], [False, False]),
        ([ALL, RIGHT], [IN_RIGHT, BELOW], [True, True]),
        ([ALL, RIGHT], [IN_RIGHT, IN_BOTH], [True, True]),
        # Two heads for three; who has nothing to do with it keeps theirs.
        ([ALL, LEFT, RIGHT], [IN_LEFT, IN_RIGHT], [False, False, False]),
        ([LEFT, LEFT, [120, 0, 200, 100]], [IN_LEFT, IN_RIGHT], [False, False, True]),
        # One who has none of several: the others are sure of theirs.
        ([[300, 0, 380, 100], LEFT, RIGHT], [IN_LEFT, IN_RIGHT], [False, True, True]),
        # The same head out of three crops, one of which cuts it.
        ([LEFT, LEFT], [IN_LEFT, [12, 8, 43, 50], [10, 10, 18, 50]], [False, False]),
        # A face in a head, and a head in two parts behind a pole.
        ([LEFT, LEFT], [IN_LEFT, [20, 20, 30, 40]], [False, False]),
        ([LEFT, LEFT], [[10, 10, 22, 50], [26, 10, 38, 50]], [False, False]),
        # A chain whose ends do not touch.
        ([LEFT, LEFT], [[0, 0, 30, 30], [50, 0, 80, 30], [25, 0, 55, 30]], [False, False]),
        # Without an area it is nevertheless the same one.
        ([LEFT, LEFT], [[30, 30, 30, 30], [30, 30, 30, 30]], [False, False]),
    ],
    ids=[
        'nobody and nothing', 'nobody', 'nothing', 'own', 'elsewhere', 'two of one', 'two',
        'one of two is between', 'only one', 'one for two', 'same place', 'two in the same place',
        'before one cut off', 'both before and below', 'both in both', 'two for three', 'apart',
        'one without', 'doubles', 'face in head', 'parts', 'chain', 'points',
    ],
)
def test_a_head_is_that_of_one_person(
    areas: list[Box], regions: list[Box], own: list[bool]
) -> None:
    assert have_own_head(boxes(areas), boxes(regions)).tolist() == own


def test_a_child_before_an_adult() -> None:
    """Both are cut off below, so that the head may be anywhere in their boxes."""
    adult, child = [100, 50, 300, 400], [150, 200, 250, 400]
    heads = [[180, 60, 220, 110], [185, 210, 215, 250]]
    assert have_own_head(boxes([adult, child]), boxes(heads)).all()
    assert have_own_head(boxes([adult, child]), boxes(heads[:1])).tolist() == [True, False]
    assert not have_own_head(boxes([adult, child]), boxes(heads[1:])).any()


def test_noise_shows_no_head() -> None:
    """Far apart, each in an area of its own; one more, and nothing is taken for a head."""
    lefts = np.arange(MOST_REGIONS + 1) * 100.0
    regions = boxes(np.stack((lefts, 0 * lefts, lefts + 10, 0 * lefts + 10), axis=1))
    assert have_own_head(regions[:-1], regions[:-1]).all()
    assert not have_own_head(regions, regions).any()


def sharings(may_be: NDArray[np.bool_]) -> list[frozenset[int]]:
    """Find all sets of people who have a head in some way of sharing the heads out."""
    people, heads = may_be.shape
    # Everybody may go without, so there are that many heads more that are none.
    slots = [*range(heads), *[-1] * people]
    return [
        frozenset(person for person, head in enumerate(sharing) if head >= 0)
        for sharing in set(permutations(slots, people))
        if all(head < 0 or may_be[person, head] for person, head in enumerate(sharing))
    ]


@given(st.integers(1, 4), st.integers(0, 3), st.data())
def test_sure_is_who_is_in_every_fullest_sharing(people: int, heads: int, data: Any) -> None:
    """Heads far apart; each person's area is one row of a table of which heads are in it."""
    spans = [
        sorted(data.draw(st.tuples(st.integers(0, heads), st.integers(0, heads))))
        for _ in range(people)
    ]
    areas = boxes([[100 * first, 0, 100 * last, 10] for first, last in spans])
    regions = boxes([[100 * head + 40, 0, 100 * head + 60, 10] for head in range(heads)])
    may_be = np.array(
        [[first <= head < last for head in range(heads)] for first, last in spans], bool
    ).reshape(people, heads)
    ways = sharings(may_be)
    most = max(map(len, ways))
    sure = frozenset.intersection(*[way for way in ways if len(way) == most])
    assert frozenset(np.flatnonzero(have_own_head(areas, regions)).tolist()) == sure


places = st.integers(0, 80)
some_areas = st.lists(st.tuples(places, places, st.integers(10, 60), st.integers(10, 60)))
some_regions = st.lists(st.tuples(places, places, st.integers(0, 20), st.integers(0, 20)))


def from_sides(rows: list[tuple[int, int, int, int]]) -> NDArray[np.float32]:
    return boxes([[x, y, x + width, y + height] for x, y, width, height in rows])


@given(some_areas, some_regions, st.randoms(use_true_random=False))
def test_order_and_doubles_change_nothing(areas: Any, regions: Any, random: Any) -> None:
    people, found = from_sides(areas), from_sides(regions)
    own = have_own_head(people, found)
    order = list(range(len(people)))
    random.shuffle(order)
    twice = [*range(len(found)), *range(len(found))]
    random.shuffle(twice)
    assert np.array_equal(have_own_head(people[order], found[twice]), own[order])


@given(some_areas, some_regions)
def test_no_more_people_than_regions(areas: Any, regions: Any) -> None:
    people, found = from_sides(areas), from_sides(regions)
    own = have_own_head(people, found)
    middles = (found[:, :2] + found[:, 2:]) / 2
    assert own.sum() <= len(found)
    for left, top, right, bottom in people[own].tolist():
        assert ((middles >= [left, top]) & (middles <= [right, bottom])).all(axis=1).any()
