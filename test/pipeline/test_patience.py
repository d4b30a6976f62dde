# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from itertools import accumulate
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
import pytest

from hailo_perception.pipeline.patience import IDLE_SHARE
from hailo_perception.pipeline.patience import LONGEST_WAIT_S
from hailo_perception.pipeline.patience import Patience

PERIOD_S = 0.033
NOW_S = 100.0


def rested(arrivals_s: list[float]) -> Patience:
    """Make one with all the credit there can be."""
    patience = Patience()
    for arrival_s in arrivals_s:
        patience.arrived('front', arrival_s)
    patience.took(NOW_S - 10.0)
    patience.took(NOW_S)
    return patience


PUNCTUAL_S = [NOW_S - number * PERIOD_S for number in range(9, -1, -1)]


def test_a_camera_that_never_sent_is_not_waited_for():
    assert rested([]).wait_until_s('front', NOW_S) == NOW_S
    assert rested(PUNCTUAL_S).wait_until_s('rear', NOW_S) == NOW_S


def test_nothing_is_waited_for_while_its_period_is_unknown():
    patience = rested(PUNCTUAL_S[-4:])
    for due_s in (NOW_S, NOW_S + 0.9 * PERIOD_S):
        assert patience.wait_until_s('front', due_s) == due_s


@pytest.mark.parametrize(
    ('due_in_s', 'waits'),
    [
        (0.0, False),
        (PERIOD_S - LONGEST_WAIT_S - 0.001, False),
        (PERIOD_S - LONGEST_WAIT_S + 0.001, True),
        (PERIOD_S - 0.0001, True),
        # It should be there by now.
        (PERIOD_S + 0.0001, False),
        (10.0, False),
    ],
)
def test_only_a_frame_that_is_almost_there_is_waited_for(due_in_s, waits):
    due_s = NOW_S + due_in_s
    expected_s = NOW_S + PERIOD_S if waits else due_s
    assert rested(PUNCTUAL_S).wait_until_s('front', due_s) == pytest.approx(expected_s)


def test_one_late_frame_changes_nothing_and_a_new_rate_is_learnt():
    patience = rested([*PUNCTUAL_S[:-1], NOW_S + 0.02])
    due_s = NOW_S + 0.02 + PERIOD_S - 0.001
    assert patience.wait_until_s('front', due_s) == pytest.approx(NOW_S + 0.02 + PERIOD_S)
    patience.took(due_s)
    for number in range(1, 17):
        patience.arrived('front', NOW_S + 0.02 + 0.1 * number)
    last_s = NOW_S + 0.02 + 1.6
    assert patience.wait_until_s('front', last_s + 0.099) == pytest.approx(last_s + 0.1)


def test_what_is_waited_for_is_paid():
    patience = rested(PUNCTUAL_S)
    due_s = NOW_S + PERIOD_S - 0.004
    assert patience.wait_until_s('front', due_s) > due_s
    patience.arrived('front', NOW_S + PERIOD_S)
    patience.took(NOW_S + PERIOD_S)
    due_s = NOW_S + 2 * PERIOD_S - 0.004
    assert patience.wait_until_s('front', due_s) == due_s
    # A millisecond and more is left, and some is earned with time.
    due_s = NOW_S + 2 * PERIOD_S - 0.001
    assert patience.wait_until_s('front', due_s) > due_s


@pytest.mark.parametrize(('period_s', 'arrivals_waited_for'), [(0.005, 1), (0.0025, 2)])
def test_a_fast_camera_is_taken_at_last(period_s, arrivals_waited_for):
    """Each frame that comes puts off the next one: all of that is one wait, with one price."""
    patience = rested([NOW_S - number * period_s for number in range(9, -1, -1)])
    began_s = due_s = NOW_S + 0.0001
    for _ in range(arrivals_waited_for):
        until_s = patience.wait_until_s('front', due_s)
        assert due_s < until_s <= began_s + LONGEST_WAIT_S
        due_s = until_s
        patience.arrived('front', due_s)
    assert patience.wait_until_s('front', due_s) == due_s


@given(
    device_s=st.floats(0.0, 0.2),
    periods_s=st.lists(
        st.one_of(st.floats(0.0005, 0.01), st.floats(0.001, 0.2)), min_size=50, max_size=80
    ),
    is_steady=st.booleans(),
)
def test_the_device_loses_no_more_than_the_share(device_s, periods_s, is_steady):
    """Whatever the camera does: the waits add up to the share, and what one may wait at once."""
    patience, free_s, due_s, waited_s = rested([]), NOW_S, None, 0.0
    periods_s = periods_s[:1] * len(periods_s) if is_steady else periods_s
    arrivals_s = list(accumulate(periods_s, initial=NOW_S))
    for arrival_s, following_s in pairwise(arrivals_s):
        patience.arrived('front', arrival_s)
        now_s = max(free_s, arrival_s)
        if now_s >= following_s:
            continue
        due_s = now_s if due_s is None else due_s
        until_s = patience.wait_until_s('front', now_s)
        assert min(until_s, following_s) - due_s <= LONGEST_WAIT_S + 1e-9
        # What comes in between wakes the one that waits, who asks anew.
        if until_s < following_s:
            assert patience.wait_until_s('front', until_s) == until_s
            waited_s += until_s - due_s
            patience.took(until_s)
            free_s, due_s = until_s + device_s, None
    assert waited_s <= IDLE_SHARE * (arrivals_s[-1] + device_s - NOW_S) + LONGEST_WAIT_S + 1e-9
