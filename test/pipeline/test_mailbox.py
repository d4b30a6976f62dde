# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
import pytest

from hailo_perception.pipeline.mailbox import Mailbox


def test_an_empty_mailbox_has_nothing_to_take():
    mailbox = Mailbox()
    assert len(mailbox) == 0
    assert list(mailbox) == []
    with pytest.raises(KeyError):
        mailbox.take('front')
    with pytest.raises(KeyError):
        mailbox.peek('front')


def test_the_newest_replaces_and_returns_the_older_one():
    mailbox = Mailbox()
    assert mailbox.put('front', 1) is None
    assert mailbox.put('rear', 10) is None
    assert mailbox.put('front', 2) == 1
    assert mailbox.put('front', 3) == 2
    assert mailbox.peek('front') == 3
    assert mailbox.take('front') == 3
    assert 'front' not in mailbox
    assert list(mailbox) == ['rear']


def test_replacing_keeps_the_place_in_the_line():
    mailbox = Mailbox()
    mailbox.put('front', 1)
    mailbox.put('rear', 1)
    mailbox.put('front', 2)
    assert list(mailbox) == ['front', 'rear']


@given(st.lists(st.tuples(st.sampled_from('abc'), st.booleans())))
def test_it_holds_the_latest_of_each_camera_and_loses_none_silently(steps):
    mailbox: Mailbox[int] = Mailbox()
    expected: dict[str, int] = {}
    out: list[int] = []
    for number, (camera, is_put) in enumerate(steps):
        if is_put:
            replaced = mailbox.put(camera, number)
            assert replaced == expected.get(camera)
            out.extend([] if replaced is None else [replaced])
            expected[camera] = number
        elif camera in expected:
            out.append(mailbox.take(camera))
            assert out[-1] == expected.pop(camera)
        assert set(mailbox) == set(expected)
        assert len(mailbox) == len(expected)
    rest = [mailbox.take(camera) for camera in tuple(mailbox)]
    assert sorted(out + rest) == [number for number, (_, is_put) in enumerate(steps) if is_put]


def test_a_set_replaces_one_of_which_nothing_was_taken():
    mailbox = Mailbox()
    assert not mailbox.holds_whole_set
    assert mailbox.put_set({'front': 1, 'rear': 1}) == {}
    assert mailbox.holds_whole_set
    assert mailbox.put_set({'rear': 2}) == {'front': 1, 'rear': 1}
    assert list(mailbox) == ['rear']


def test_a_set_waits_for_the_rest_of_one_that_is_begun():
    mailbox = Mailbox()
    mailbox.put_set({'front': 1, 'rear': 1})
    assert mailbox.take('front') == 1
    assert not mailbox.holds_whole_set
    assert mailbox.put_set({'front': 2, 'rear': 2}) == {}
    assert mailbox.put_set({'front': 3, 'rear': 3}) == {'front': 2, 'rear': 2}
    assert mailbox.holds_whole_set and list(mailbox) == ['rear']
    assert mailbox.take('rear') == 1
    assert list(mailbox) == ['front', 'rear'] and mailbox.peek('front') == 3
    assert mailbox.put_set({'front': 4}) == {'front': 3, 'rear': 3}


def test_what_is_discarded_begins_no_set():
    mailbox = Mailbox()
    mailbox.put_set({'front': 1, 'rear': 1})
    assert mailbox.discard('front') == 1
    assert mailbox.put_set({'front': 2, 'rear': 2}) == {'rear': 1}
    mailbox.take('front')
    mailbox.put_set({'front': 3})
    assert mailbox.discard('rear') == 2
    assert mailbox.peek('front') == 3


@given(st.lists(st.one_of(st.sets(st.sampled_from('abc'), min_size=1), st.booleans())))
def test_sets_stay_together_and_none_is_lost_silently(steps):
    """What is taken between two first values of a set is the rest of the older one."""
    mailbox: Mailbox[int] = Mailbox()
    replaced: list[int] = []
    out: list[tuple[str, int]] = []
    put: list[tuple[str, int]] = []
    for number, step in enumerate(steps):
        if isinstance(step, set):
            put += [(camera, number) for camera in step]
            replaced += mailbox.put_set(dict.fromkeys(step, number)).values()
        elif len(mailbox):
            camera = next(iter(mailbox))
            out.append((camera, mailbox.take(camera) if step else mailbox.discard(camera)))
    while len(mailbox):
        camera = next(iter(mailbox))
        out.append((camera, mailbox.take(camera)))
    numbers = [number for _, number in out]
    assert numbers == sorted(numbers)
    assert sorted(numbers + replaced) == [number for _, number in put]
