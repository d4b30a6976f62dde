# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
import pytest

from hailo_perception.pipeline.turns import FairTurns

WEIGHTS = st.dictionaries(st.sampled_from('abcdefgh'), st.integers(1, 10), min_size=1)
HISTORIES = st.lists(st.sets(st.sampled_from('abcde'), min_size=1), max_size=60)


def test_one_camera_gets_every_turn():
    turns = FairTurns({})
    assert [turns.next(['front']) for _ in range(3)] == ['front'] * 3


def test_cameras_that_keep_waiting_take_turns_in_their_order():
    turns = FairTurns({})
    waiting = ['front', 'left', 'rear']
    assert [turns.next(waiting) for _ in range(6)] == waiting * 2


def test_the_order_of_waiting_does_not_change_whose_turn_it_is():
    turns = FairTurns({})
    turns.next(['front', 'rear'])
    assert turns.next(['front', 'rear']) == 'rear'
    assert turns.next(['rear', 'front']) == 'front'


def test_silence_costs_nothing_and_saves_up_nothing():
    turns = FairTurns({})
    for _ in range(100):
        turns.next(['front'])
    given_out = [turns.next(['front', 'rear']) for _ in range(4)]
    assert given_out == ['rear', 'front', 'rear', 'front']


def test_a_heavier_camera_saves_up_nothing_either():
    turns = FairTurns({'front': 10})
    for _ in range(100):
        turns.next(['rear'])
    given_out = [turns.next(['front', 'rear']) for _ in range(23)]
    assert given_out.index('rear') == 11
    assert given_out.count('rear') == 2


@pytest.mark.parametrize(
    ('weights', 'expected'),
    [
        ({'a': 2}, 'abaabaabaaba'),
        ({'a': 1, 'b': 2}, 'babbabbab'),
        ({'a': 3, 'b': 1}, 'abaaabaaabaa'),
        ({'a': 5, 'b': 5}, 'abababab'),
    ],
)
def test_the_turns_of_two_are_spread(weights, expected):
    turns = FairTurns(weights)
    assert ''.join(turns.next(['a', 'b']) for _ in expected) == expected


@given(cameras=st.integers(1, 8), given_out=st.integers(0, 60))
def test_cameras_that_keep_waiting_differ_by_one_turn_at_most(cameras, given_out):
    waiting = [str(number) for number in range(cameras)]
    turns = FairTurns({})
    counts = Counter(turns.next(waiting) for _ in range(given_out))
    assert max(counts[camera] for camera in waiting) - min(counts[each] for each in waiting) <= 1


@given(weights=WEIGHTS, given_out=st.integers(1, 200), busy_before=st.integers(0, 20))
def test_weights_are_respected_over_any_time(weights, given_out, busy_before):
    """Turns over weight of any two differ by one turn of each at most, from any moment on."""
    turns = FairTurns(weights)
    waiting = sorted(weights)
    for _ in range(busy_before):
        turns.next(waiting)
    counts = Counter(turns.next(waiting) for _ in range(given_out))
    for one in waiting:
        for other in waiting:
            lead = counts[one] / weights[one] - counts[other] / weights[other]
            assert lead <= 1 / weights[one] + 1 / weights[other] + 1e-9


@given(weights=WEIGHTS, rounds=st.integers(1, 5))
def test_weights_are_exact_after_full_rounds(weights, rounds):
    turns = FairTurns(weights)
    counts = Counter(turns.next(sorted(weights)) for _ in range(rounds * sum(weights.values())))
    assert counts == {camera: rounds * weight for camera, weight in weights.items()}


@given(HISTORIES)
def test_whoever_waits_is_served_before_anybody_is_served_twice(history):
    assert all(
        turns_of_others <= 1 for turns_of_others, _, _ in _turns_while_waiting(history, {})
    )


@given(history=HISTORIES, weights=WEIGHTS)
def test_nobody_starves_whoever_comes_and_goes(history, weights):
    """Another gets no more turns than the ratio of the weights, plus one, while one waits."""
    for count, other, camera in _turns_while_waiting(history, weights):
        assert count <= weights.get(other, 1) / weights.get(camera, 1) + 1


def _turns_while_waiting(history, weights):
    """Give, for each wait, how many turns each other camera got: (turns, other, camera)."""
    turns = FairTurns(weights)
    served_since: dict[str, Counter[str]] = {}
    found = []
    for waiting in history:
        camera = turns.next(sorted(waiting))
        assert camera in waiting
        served_since = {
            each: served_since.get(each, Counter()) for each in waiting if each != camera
        }
        for each, others in served_since.items():
            others[camera] += 1
            found += [(count, other, each) for other, count in others.items()]
    return found
