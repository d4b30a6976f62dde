# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Only gaps in the numbers of one publisher are losses."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from hailo_perception.ros.message_numbers import MessageNumbers


@pytest.mark.parametrize(
    ('numbers_and_publishers', 'missed'),
    [
        ([], []),
        ([(7, 'a')], [0]),
        ([(1, 'a'), (2, 'a'), (5, 'a'), (6, 'a')], [0, 0, 2, 0]),
        ([(None, 'a'), (None, 'a')], [0, 0]),
        ([(1, 'a'), (None, 'a'), (9, 'a')], [0, 0, 0]),
        # A second publisher, of which nobody was told.
        ([(200, 'a'), (1, None), (201, None), (2, None), (202, None)], [0] * 5),
        ([(1, 'a'), (200, None), (2, None), (201, None)], [0] * 4),
        # It goes again; only its gaps after that are known to be its own.
        ([(1, 'a'), (200, None), (202, 'b'), (204, 'b')], [0, 0, 0, 1]),
        # A driver that was started again, with and without an image that says so.
        ([(9, 'a'), (1, 'b'), (3, 'b')], [0, 0, 1]),
        ([(3, 'a'), (9, 'b'), (11, 'b')], [0, 0, 1]),
        # Nobody publishes any more: what comes was on its way.
        ([(1, 'a'), (4, None)], [0, 0]),
    ],
)
def test_missed(
    numbers_and_publishers: Sequence[tuple[int | None, str | None]], missed: list[int]
) -> None:
    publishers: list[str | None] = []
    numbers = MessageNumbers(lambda: publishers[-1])
    counted = []
    for number, publisher in numbers_and_publishers:
        publishers.append(publisher)
        counted.append(numbers.missed_before(number))
    assert counted == missed


def test_what_was_forgotten_is_no_gap() -> None:
    numbers = MessageNumbers(lambda: 'a')
    numbers.missed_before(1)
    numbers.forget()
    assert [numbers.missed_before(number) for number in (5, 7)] == [0, 1]


def test_the_graph_is_asked_only_at_a_gap() -> None:
    asked: list[int] = []
    numbers = MessageNumbers(lambda: asked.append(1) or 'a')  # type: ignore[func-returns-value]
    for number in range(1, 100):
        numbers.missed_before(number)
    assert len(asked) == 1
