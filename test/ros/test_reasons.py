# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Reasons that concern no single camera, and how bad each is."""

from __future__ import annotations

from pathlib import Path

import pytest

from hailo_perception.ros.reasons import clock_reasons
from hailo_perception.ros.reasons import Level
from hailo_perception.ros.reasons import LEVELS
from hailo_perception.ros.reasons import name_reasons
from hailo_perception.ros.reasons import ReasonCause
from hailo_perception.ros.reasons import worst_level

DOCS = Path(__file__).parents[2] / 'docs'


def test_nothing_is_not_bad() -> None:
    assert worst_level([]) == Level.OK


def test_each_cause_has_a_level() -> None:
    assert set(LEVELS) == set(ReasonCause)


@pytest.mark.parametrize(
    ('use_sim_time', 'now_ns', 'publishers', 'went_back_s', 'cause', 'text'),
    [
        (False, 1, 0, 0.0, None, ''),
        (False, 0, 0, 0.0, None, ''),
        (True, 1, 1, 0.0, None, ''),
        (True, 1, 1, -5.0, None, ''),
        (True, 0, 0, 0.0, ReasonCause.NO_CLOCK, '(publishers: 0); play the bag with --clock'),
        (True, 0, 1, 0.0, ReasonCause.NO_CLOCK, '(publishers: 1); press play'),
        (True, 1, 1, 12.34, ReasonCause.CLOCK_JUMPED, 'went back by 12.3 s'),
        (False, 1, 0, 3.0, ReasonCause.CLOCK_JUMPED, 'went back by 3.0 s'),
    ],
)
def test_clock(
    use_sim_time: bool,
    now_ns: int,
    publishers: int,
    went_back_s: float,
    cause: ReasonCause | None,
    text: str,
) -> None:
    """Simulated time that never came stops a node's timers; time that jumps makes ages wrong."""
    reasons = clock_reasons(
        use_sim_time=use_sim_time,
        now_ns=now_ns,
        clock_publishers=publishers,
        went_back_s=went_back_s,
    )
    assert [reason.cause for reason in reasons] == ([] if cause is None else [cause])
    assert all(text in str(reason) for reason in reasons)


def test_a_name_is_one_nodes() -> None:
    assert name_reasons('/perception', 0) == name_reasons('/perception', 1) == ()
    (reason,) = name_reasons('/perception', 2)
    assert reason.cause == ReasonCause.NAME_TAKEN
    assert '2 nodes are called /perception' in reason.fact
    assert '__node:=' in reason.remedy


def test_the_page_of_troubles_lists_each_cause_with_its_level() -> None:
    page = (DOCS / 'troubleshooting.md').read_text(encoding='utf-8')
    for cause, level in LEVELS.items():
        assert f'| `{cause.value}` | {level.name}' in page
