# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Frames that take too long: a warning at once, an error when it lasts."""

from __future__ import annotations

import math

import pytest

from hailo_perception.ros.processing_delay import ProcessingDelay
from hailo_perception.ros.processing_delay import ProcessingLimits
from hailo_perception.ros.reasons import ReasonCause

LIMITS = ProcessingLimits(allowed_s=0.1, acceptable_delay_s=2.0)
SLOW, TOO_SLOW = ReasonCause.SLOW, ReasonCause.TOO_SLOW


@pytest.mark.parametrize(
    ('times_s', 'cause', 'lasts_s'),
    [
        ([], None, None),
        ([math.nan], None, 0.0),
        ([0.1], None, 0.0),
        ([0.11], SLOW, 0.0),
        ([0.11, 0.5], SLOW, 1.0),
        ([0.11, 0.5, 0.2], TOO_SLOW, 2.0),
        ([0.11, 0.5, 0.05, 0.2], SLOW, 0.0),
        ([0.11, 0.5, math.nan], None, 0.0),
    ],
    ids=['never', 'no-frame', 'in-time', 'slow', 'still', 'lasting', 'again', 'silent'],
)
def test_delay(times_s: list[float], cause: ReasonCause | None, lasts_s: float | None) -> None:
    """Look once a second."""
    delay = ProcessingDelay(LIMITS)
    reasons = ()
    for now_s, processing_s in enumerate(times_s):
        reasons = delay.look(float(now_s), processing_s)
    assert [reason.cause for reason in reasons] == ([] if cause is None else [cause])
    assert delay.lasts_s == lasts_s


def test_without_a_limit_nothing_is_judged() -> None:
    delay = ProcessingDelay(ProcessingLimits())
    assert delay.look(0.0, 99.0) == ()
    assert delay.lasts_s is None


def test_the_reason_has_both_times() -> None:
    (reason,) = ProcessingDelay(LIMITS).look(0.0, 0.25)
    assert 'takes 250 ms, allowed are 100 ms' in reason.fact
