# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
import pytest

from hailo_perception.pipeline.schedule import RoundRobin


def test_one_camera_gets_every_turn():
    schedule = RoundRobin()
    assert [schedule.choose(['front']) for _ in range(3)] == ['front'] * 3


def test_cameras_that_keep_waiting_take_turns_in_their_order():
    schedule = RoundRobin()
    waiting = ['front', 'left', 'rear']
    assert [schedule.choose(waiting) for _ in range(6)] == waiting * 2


def test_the_order_of_waiting_does_not_change_whose_turn_it_is():
    schedule = RoundRobin()
    schedule.choose(['front', 'rear'])
    assert schedule.choose(['front', 'rear']) == 'rear'
    assert schedule.choose(['rear', 'front']) == 'front'


def test_silence_costs_nothing_and_saves_up_nothing():
    schedule = RoundRobin()
    for _ in range(100):
        schedule.choose(['front'])
    turns = [schedule.choose(['front', 'rear']) for _ in range(4)]
    assert turns == ['rear', 'front', 'rear', 'front']


@pytest.mark.parametrize('cameras', range(1, 9))
@pytest.mark.parametrize('turns', [1, 7, 40])
def test_each_gets_its_share_within_one(cameras, turns):
    waiting = [str(number) for number in range(cameras)]
    schedule = RoundRobin()
    counts = Counter(schedule.choose(waiting) for _ in range(turns))
    assert all(abs(counts[camera] - turns / cameras) < 1 for camera in waiting)


@given(st.lists(st.sets(st.sampled_from('abcde'), min_size=1), max_size=60))
def test_whoever_waits_is_served_before_anybody_is_served_twice(history):
    schedule = RoundRobin()
    served_since: dict[str, Counter[str]] = {}
    for waiting in history:
        camera = schedule.choose(sorted(waiting))
        assert camera in waiting
        served_since = {
            each: served_since.get(each, Counter()) for each in waiting if each != camera
        }
        for others in served_since.values():
            others[camera] += 1
            assert max(others.values()) <= 1
