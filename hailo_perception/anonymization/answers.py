# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Answers of a backend on their way to the thread that waits for them."""

from __future__ import annotations

from collections import deque
import logging
from threading import Condition
from typing import Generic
from typing import Protocol
from typing import TypeVar


class Releasable(Protocol):
    """What has to be given back by whoever holds it last."""

    def release(self) -> None:
        """Give it back."""


AnswerT = TypeVar('AnswerT', bound=Releasable)


class Answers(Generic[AnswerT]):
    """A queue that the reader may leave: what comes afterwards, or lies there, is released."""

    def __init__(self) -> None:
        """Start empty."""
        self._changed = Condition()
        self._answers: deque[AnswerT] = deque()
        self._is_abandoned = False

    def put(self, answer: AnswerT) -> None:
        """Hand an answer over; from any thread, and it never raises."""
        with self._changed:
            if not self._is_abandoned:
                self._answers.append(answer)
                self._changed.notify()
                return
        _release(answer)

    def take(self, timeout_s: float) -> AnswerT | None:
        """Wait for an answer; None when none came in time."""
        with self._changed:
            self._changed.wait_for(lambda: self._answers, timeout_s)
            return self._answers.popleft() if self._answers else None

    def abandon(self) -> None:
        """Take no more answers."""
        with self._changed:
            self._is_abandoned = True
            left, self._answers = self._answers, deque()
        for answer in left:
            _release(answer)


def _release(answer: Releasable) -> None:
    try:
        answer.release()
    except Exception:
        # Nobody waits for this one, and the backend's thread must not end by it.
        logging.getLogger(__name__).exception('an answer that came too late cannot be released')
