# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Sets of images by stamp: each image once, whole sets alone, and what is given up is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from random import Random

from hypothesis import given
from hypothesis import strategies as st
import pytest

from hailo_perception.ros.stamp_sets import StampSets
from hailo_perception.ros.stamp_sets import TogetherRule

CAPACITY = 3
GONE_AFTER_S = 10.0
NANOSECOND_S = 1e-9

Event = tuple[float, str, int]
"""When an image comes, its camera, its stamp."""


def rule(slop_ns: int, name: str = 'approximate') -> TogetherRule:
    return TogetherRule(name, slop_ns * NANOSECOND_S, GONE_AFTER_S)


def run(
    events: Iterable[Event], cameras: str = 'ab', slop_ns: int = 0
) -> tuple[list[dict[str, int]], Counter[str]]:
    """Feed images, each named by its stamp; give the sets and the losses by camera."""
    sets: StampSets[int] = StampSets(cameras, rule(slop_ns), 0.0, CAPACITY)
    found, lost = [], Counter[str]()
    for now_s, camera, stamp_ns in events:
        step = sets.put(camera, stamp_ns, stamp_ns, now_s)
        lost.update(step.lost)
        if step.complete:
            found.append(dict(step.complete))
    return found, lost


def events(text: str) -> list[Event]:
    """Read 'a10 5:b11' as an image of a with stamp 10 at once, and one of b with 11 at 5 s."""
    read, now_s = [], 0.0
    for word in text.split():
        when, colon, image = word.rpartition(':')
        now_s = float(when) if colon else now_s
        read.append((now_s, image[0], int(image[1:])))
    return read


@pytest.mark.parametrize(
    ('text', 'slop_ns', 'sets', 'lost'),
    [
        ('', 0, [], ''),
        ('a1', 0, [], ''),
        ('a1 b1', 0, ['a1 b1'], ''),
        ('b1 a1', 0, ['a1 b1'], ''),
        ('a1 b2', 0, [], ''),
        ('a1 b2', 1, ['a1 b2'], ''),
        ('a1 b3', 1, [], ''),
        ('a1 b1 a2 b2 b3 a3', 0, ['a1 b1', 'a2 b2', 'a3 b3'], ''),
        ('a1 a2 a3 b3', 0, ['a3 b3'], 'aa'),
        ('a1 a2 a3 b2 b3', 0, ['a2 b2', 'a3 b3'], 'a'),
        ('a1 a2 a3 a4 a5 b5', 0, ['a5 b5'], 'aaaa'),
        ('a1 a4 b3', 2, ['a4 b3'], 'a'),
        ('a5 a6 a2 b2', 0, ['a2 b2'], 'aa'),
        ('a1 b1 b1 a2 b2', 0, ['a1 b1', 'a2 b2'], 'b'),
    ],
    ids=['nothing', 'alone', 'both', 'other-way-round', 'apart', 'near', 'too-far', 'stream',
         'older-given-up', 'older-and-next', 'too-many', 'nearest', 'bag-loop', 'twice'],
)
def test_two_cameras(text: str, slop_ns: int, sets: list[str], lost: str) -> None:
    found, losses = run(events(text), slop_ns=slop_ns)
    expected = [{camera: stamp for _, camera, stamp in events(each)} for each in sets]
    assert found == expected
    assert losses == Counter(lost)


def test_the_slop_is_that_of_the_whole_set() -> None:
    """Stamps 0 and 4 are both near 2, and not near each other."""
    assert run(events('a0 b4 c2'), 'abc', slop_ns=3)[0] == []
    assert run(events('a0 b4 a1 c2'), 'abc', slop_ns=3)[0] == [{'a': 1, 'b': 4, 'c': 2}]


def test_of_several_sets_the_tightest_is_taken() -> None:
    found, lost = run(events('a0 a6 b1 b5 c6'), 'abc', slop_ns=6)
    assert found == [{'a': 6, 'b': 5, 'c': 6}]
    assert lost == Counter('ab')


def test_a_dead_camera_is_waited_for_until_it_is_gone() -> None:
    """Images are given up while it may still come; after that sets go on without it."""
    text = '0:a1 0:b1 0:c1 4:a2 4:b2 9:a3 9:b3 10:a4 10:b4 11:a5 11:b5 12:c6 12:a6 12:b6'
    found, lost = run(events(text), 'abc')
    assert found == [
        {'a': 1, 'b': 1, 'c': 1},
        # At 10 s exactly c is gone, and the last image completes the set of the others.
        {'a': 4, 'b': 4},
        {'a': 5, 'b': 5},
        {'a': 6, 'b': 6, 'c': 6},
    ]
    assert lost == Counter({'a': 2, 'b': 2})


def test_a_camera_that_never_came_is_gone_in_the_end() -> None:
    found, lost = run(events('1:a1 9:a2 10:a3 11:a4'))
    assert found == [{'a': 3}, {'a': 4}]
    assert lost == Counter({'a': 2})


def test_a_camera_that_died_with_images_waiting_leaves_none_behind() -> None:
    found, lost = run(events('1:b1 2:a2 9:a3 12:a4'))
    assert found == [{'a': 4}]
    assert lost == Counter({'a': 2, 'b': 1})


def test_a_pause_of_all_makes_nobody_gone() -> None:
    """A bag that was paused: the first image after it waits for the others as ever."""
    found, lost = run(events('0:a1 0:b1 100:a2 100:b2 200:b3 200:a3'))
    assert found == [{'a': each, 'b': each} for each in (1, 2, 3)]
    assert not lost


def test_a_lone_camera_waits_for_nobody() -> None:
    found, lost = run(events('a1 a2 a9 a4'), 'a')
    assert found == [{'a': each} for each in (1, 2, 9, 4)] and not lost


def test_who_is_gone() -> None:
    sets: StampSets[int] = StampSets('ab', rule(0), 0.0)
    assert sets.gone(9.9) == frozenset()
    assert sets.gone(10.0) == {'a', 'b'}
    sets.put('a', 1, 1, 5.0)
    assert sets.gone(10.0) == {'b'}


@given(
    st.lists(
        st.tuples(st.sampled_from('abc'), st.integers(0, 30), st.sampled_from([0, 0, 0, 4, 11])),
        max_size=60,
    ),
    st.integers(0, 4),
)
def test_no_image_is_lost_silently(history: list[tuple[str, int, int]], slop_ns: int) -> None:
    """Every image is in one set, given up, or one of the few that still wait."""
    now_s, told = 0.0, []
    for camera, stamp_ns, wait_s in history:
        now_s += wait_s
        told.append((now_s, camera, stamp_ns))
    found, lost = run(told, 'abc', slop_ns)
    for camera in 'abc':
        sent = sum(each == camera for each, _, _ in history)
        assert 0 <= sent - sum(camera in each for each in found) - lost[camera] <= CAPACITY
    assert all(max(each.values()) - min(each.values()) <= slop_ns for each in found)
    assert all(found)


@given(
    st.integers(2, 4),
    st.lists(st.integers(0, 5), min_size=40, max_size=40),
    st.randoms(use_true_random=False),
)
def test_cameras_of_one_trigger_lose_nothing(
    count: int, jitter: list[int], random: Random
) -> None:
    """Stamps jitter by less than the slop, images come up to two periods late in any order."""
    cameras, period_ns, slop_ns = 'abcd'[:count], 40, 5
    sent: list[tuple[float, str, int]] = []
    for number in range(10):
        for index, camera in enumerate(cameras):
            stamp_ns = number * period_ns + jitter[number * 4 + index]
            sent.append((number + random.random() * 1.9, camera, stamp_ns))
    by_camera = {name: sorted(each[2] for each in sent if each[1] == name) for name in cameras}
    # A topic keeps its order, whenever its images arrive.
    arrivals = [
        (0.0, camera, by_camera[camera].pop(0)) for _, camera, _ in sorted(sent)
    ]
    found, lost = run(arrivals, cameras, slop_ns)
    assert [round(min(each.values()) / period_ns - 0.05) for each in found] == list(range(10))
    assert all(set(each) == set(cameras) for each in found)
    assert not lost


@pytest.mark.parametrize(
    ('rule', 'is_on', 'slop_ns'),
    [
        (TogetherRule(), False, 0),
        (TogetherRule('exact', 0.5), True, 0),
        (TogetherRule('approximate', 0.5), True, 500_000_000),
    ],
)
def test_rules(rule: TogetherRule, is_on: bool, slop_ns: int) -> None:
    assert (rule.is_on, rule.slop_ns) == (is_on, slop_ns)
