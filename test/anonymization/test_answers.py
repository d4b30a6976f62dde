# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from threading import Thread

import pytest

from hailo_perception.anonymization.answers import Answers


class Lent:
    """Counts how often it was given back."""

    def __init__(self, error: Exception | None = None) -> None:
        self.released = 0
        self._error = error

    def release(self) -> None:
        self.released += 1
        if self._error is not None:
            raise self._error


def test_none_comes_from_nobody() -> None:
    answers: Answers[Lent] = Answers()
    assert answers.take(0.0) is None
    answers.abandon()
    assert answers.take(0.0) is None


def test_answers_come_in_their_order_and_are_the_takers() -> None:
    answers: Answers[Lent] = Answers()
    one, two = Lent(), Lent()
    answers.put(one)
    thread = Thread(target=answers.put, args=(two,))
    assert answers.take(0.0) is one
    thread.start()
    assert answers.take(20.0) is two
    thread.join()
    answers.abandon()
    assert one.released == two.released == 0


def test_what_is_left_or_late_is_released_once() -> None:
    answers: Answers[Lent] = Answers()
    left, late = Lent(), Lent()
    answers.put(left)
    answers.abandon()
    answers.abandon()
    answers.put(late)
    assert left.released == late.released == 1


def test_an_error_of_a_late_answer_goes_no_further(caplog: pytest.LogCaptureFixture) -> None:
    answers: Answers[Lent] = Answers()
    answers.abandon()
    answers.put(Lent(OSError('unplugged')))
    assert 'unplugged' in caplog.text
