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
