# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
import pytest

from hailo_perception.pipeline.pace import Pace
from hailo_perception.pipeline.pace import SLACK_S
from hailo_perception.pipeline.pace import Station

DEVICE_S = 0.04
PREPARE_S = 0.01
FINISH_S = 0.015
LONG_AGO_S = 90.0


def _experienced(frames: int = 10) -> tuple[Pace, float]:
    """Make a pace that knows a device which was never idle, and the time of its last answer."""
    pace, now_s = Pace(), 100.0
    for _ in range(frames):
        pace.prepared(PREPARE_S)
        pace.passed(Station.DEVICE, now_s - 0.5 * DEVICE_S, now_s + DEVICE_S)
        now_s += DEVICE_S
        pace.passed(Station.FINISH, now_s, now_s + FINISH_S)
    return pace, now_s


def test_it_holds_nothing_back_while_nothing_is_inside():
    pace, now_s = _experienced()
    assert Pace().next_take_s([]) < LONG_AGO_S
    assert pace.next_take_s([]) < LONG_AGO_S < now_s


def test_it_holds_nothing_back_while_it_knows_nothing():
    assert Pace().next_take_s([[100.0]]) < 100.0
    pace, now_s = _experienced(3)
    assert pace.next_take_s([[now_s]]) < now_s


@pytest.mark.parametrize(
    ('inside_s', 'free_in_s'),
    [
        # Waits at the device while that works: its time begins with the last answer.
        ([[-0.5 * DEVICE_S]], DEVICE_S),
        # Came to an idle device.
        ([[0.3]], 0.3 + DEVICE_S),
        ([[-0.02], [-0.01]], 2 * DEVICE_S),
        ([[-0.03], [-0.01], [-0.02]], 3 * DEVICE_S),
        # Two that are past the device do not count for it.
        ([[-0.9, -0.01, 0.0], [-0.9, 0.0], [-0.01]], DEVICE_S),
    ],
)
def test_a_frame_is_ready_a_little_before_the_device_is_free(inside_s, free_in_s):
    pace, now_s = _experienced()
    take_s = pace.next_take_s([[now_s + each for each in frame] for frame in inside_s])
    assert take_s == pytest.approx(now_s + free_in_s - PREPARE_S - SLACK_S)


def test_a_frame_is_not_finished_by_the_device_before_a_slow_postprocess_is_free():
    pace, now_s = _experienced()
    for number in range(20):
        pace.passed(Station.FINISH, 0.0, now_s + 0.1 * number)
    last_left_s = now_s + 0.1 * 19
    # One is being finished, one is in the device.
    take_s = pace.next_take_s([[now_s - 0.2, now_s - 0.1], [now_s - 0.01]])
    expected_s = last_left_s + 2 * 0.1 - DEVICE_S - PREPARE_S - SLACK_S
    assert take_s == pytest.approx(expected_s)


def test_a_frame_whose_way_to_the_device_is_long_is_taken_earlier():
    near, far = Pace(), Pace(0.005)
    for _ in range(10):
        for pace in (near, far):
            pace.prepared(PREPARE_S)
            pace.passed(Station.DEVICE, LONG_AGO_S, LONG_AGO_S + DEVICE_S)
    inside_s = [[LONG_AGO_S + DEVICE_S]]
    earlier_s = near.next_take_s(inside_s) - far.next_take_s(inside_s)
    assert earlier_s == pytest.approx(0.005)


def test_a_slow_delivery_counts_too():
    pace, now_s = _experienced()
    for number in range(8):
        pace.passed(Station.DELIVERY, 0.0, now_s + 0.2 * number)
    last_left_s = now_s + 0.2 * 7
    take_s = pace.next_take_s([[now_s - 0.2, now_s - 0.1, now_s]])
    expected_s = last_left_s + 0.2 - FINISH_S - DEVICE_S - PREPARE_S - SLACK_S
    assert take_s == pytest.approx(expected_s)


def test_the_longest_preparation_but_one_of_late_counts():
    pace, now_s = _experienced()
    pace.prepared(0.025)
    assert pace.next_take_s([[now_s]]) == pytest.approx(now_s + DEVICE_S - PREPARE_S - SLACK_S)
    pace.prepared(0.035)
    assert pace.next_take_s([[now_s]]) == pytest.approx(now_s + DEVICE_S - 0.025 - SLACK_S)
    for _ in range(16):
        pace.prepared(PREPARE_S)
    assert pace.next_take_s([[now_s]]) == pytest.approx(now_s + DEVICE_S - PREPARE_S - SLACK_S)


@pytest.mark.parametrize('burst', [2, 4, 8])
def test_a_device_that_answers_in_bursts_is_not_waited_for(burst):
    pace, now_s = Pace(), 100.0
    for _ in range(4):
        now_s += burst * DEVICE_S
        for _ in range(burst):
            pace.prepared(PREPARE_S)
            pace.passed(Station.DEVICE, now_s - 2 * burst * DEVICE_S, now_s)
    assert pace.next_take_s([[now_s]]) <= now_s


@given(
    noise_s=st.lists(st.floats(0.0, 0.015), min_size=20, max_size=40),
    device_s=st.floats(0.02, 0.1),
)
def test_answers_that_are_noticed_late_do_not_make_it_much_later(noise_s, device_s):
    """The device is exact; the thread that notices is not."""
    pace, now_s = Pace(), 100.0
    for late_s in noise_s:
        pace.prepared(PREPARE_S)
        pace.passed(Station.DEVICE, now_s - 0.5 * device_s, now_s + device_s + late_s)
        now_s += device_s
    free_s = now_s + device_s
    assert pace.next_take_s([[now_s]]) + PREPARE_S <= free_s + 2 * max(noise_s)


def test_it_follows_a_device_that_becomes_slower_and_faster_again():
    pace, now_s = _experienced(20)
    for device_s in (0.1, DEVICE_S):
        for _ in range(16):
            pace.passed(Station.DEVICE, now_s - 0.5 * device_s, now_s + device_s)
            now_s += device_s
        expected_s = now_s + device_s - PREPARE_S - SLACK_S
        assert pace.next_take_s([[now_s]]) == pytest.approx(expected_s)
