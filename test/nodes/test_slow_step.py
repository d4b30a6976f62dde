# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Only what is slow is told about, and while it is going on."""

from __future__ import annotations

from threading import Event

import pytest

from hailo_perception.nodes.slow_step import told_if_slow

HANG_GUARD_S = 20.0
NEVER_S = 3600.0


def test_what_is_quick_is_not_told_about() -> None:
    told: list[str] = []
    with told_if_slow(told.append, 'wait', NEVER_S):
        pass
    assert not told


def test_what_is_slow_is_told_about_while_it_lasts() -> None:
    told: list[str] = []
    is_told = Event()

    def tell(sentence: str) -> None:
        told.append(sentence)
        is_told.set()

    with told_if_slow(tell, 'wait', 0.0):
        assert is_told.wait(HANG_GUARD_S)
    assert told == ['wait']


def test_an_error_passes() -> None:
    told: list[str] = []
    with pytest.raises(ValueError, match='no'), told_if_slow(told.append, 'wait', NEVER_S):
        raise ValueError('no')
    assert not told
