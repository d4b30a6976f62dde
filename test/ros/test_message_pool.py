# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A pool makes what it needs once."""

from __future__ import annotations

from hailo_perception.ros.message_pool import MessagePool


def test_a_pool_makes_only_what_is_missing() -> None:
    made: list[list[int]] = []

    def make() -> list[int]:
        made.append([])
        return made[-1]

    pool = MessagePool(make)
    assert pool.take(0) == []
    assert not made
    first = pool.take(2)
    assert first == made
    third = pool.take(3)
    assert [id(one) for one in third[:2]] == [id(one) for one in first]
    assert len(pool.take(1)) == 1
    assert len(made) == 3


def test_what_is_taken_is_a_list_of_its_own() -> None:
    pool = MessagePool(object)
    pool.take(2).clear()
    assert len(pool.take(2)) == 2
