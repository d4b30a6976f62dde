# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Two threads want a value; one of them computes it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from hailo_perception.pipeline.once import Once

HANG_GUARD_S = 20.0


def test_nothing_is_computed_unless_asked_for() -> None:
    asked: list[None] = []
    once = Once(lambda: asked.append(None))
    assert not asked
    assert once() is None and once() is None
    assert len(asked) == 1


def test_who_comes_second_waits_for_the_first() -> None:
    began, may_end = Event(), Event()

    def compute() -> object:
        began.set()
        assert may_end.wait(HANG_GUARD_S)
        return object()

    once = Once(compute)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(once)
        assert began.wait(HANG_GUARD_S)
        second = threads.submit(once)
        assert not second.done()
        may_end.set()
        assert first.result(HANG_GUARD_S) is second.result(HANG_GUARD_S)


def test_a_failure_is_not_kept() -> None:
    answers = [ValueError('no'), 'yes']

    def compute() -> str:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    once = Once(compute)
    with pytest.raises(ValueError, match='no'):
        once()
    assert once() == once() == 'yes'
