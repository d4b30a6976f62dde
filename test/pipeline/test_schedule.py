# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from hailo_perception.pipeline.camera_schedule import CameraSchedule
from hailo_perception.pipeline.schedule import Schedule
from hailo_perception.pipeline.schedule import stamp_age_s


def test_without_settings_nothing_is_limited_and_nothing_is_stale():
    schedule = Schedule({})
    assert all(schedule.admits('front', 0.0) for _ in range(100))
    assert not schedule.is_stale('front', 1e9)
    assert [schedule.choose(['front', 'rear']) for _ in range(3)] == ['front', 'rear', 'front']


def test_the_settings_of_one_camera_are_those_of_one_camera():
    schedule = Schedule({'front': CameraSchedule(rate_hz=1.0, priority=2, stale_after_s=0.1)})
    assert [schedule.admits('front', 0.0) for _ in range(2)] == [True, False]
    assert [schedule.admits('rear', 0.0) for _ in range(2)] == [True, True]
    assert schedule.is_stale('front', 0.2) and not schedule.is_stale('rear', 0.2)
    assert not schedule.is_stale('front', 0.1)
    turns = [schedule.choose(['front', 'rear']) for _ in range(6)]
    assert turns.count('front') == 4


def test_together_all_are_counted_or_none():
    schedule = Schedule(dict.fromkeys(('front', 'rear'), CameraSchedule(rate_hz=1.0)))
    assert schedule.admits_all((), 0.0)
    assert schedule.admits('front', 0.0)
    assert not schedule.admits_all(('front', 'rear', 'unlimited'), 0.3)
    assert schedule.admits('rear', 0.3)
    assert schedule.admits_all(('front', 'rear'), 0.9)
    assert not schedule.admits_all(('rear', 'front'), 0.9)


@pytest.mark.parametrize(
    ('stamp_s', 'now_s', 'age_s'),
    [
        (100.0, 100.0, 0.0),
        (100.0, 100.25, 0.25),
        (100.0, 159.0, 59.0),
        # Of another clock: ahead, or out of a bag recorded long ago.
        (100.001, 100.0, 0.0),
        (100.0, 161.0, 0.0),
        (0.0, 1.7e9, 0.0),
    ],
)
def test_the_age_of_a_stamp(stamp_s, now_s, age_s):
    stamp_ns, now_ns = round(stamp_s * 1e9), round(now_s * 1e9)
    assert stamp_age_s(stamp_ns, now_ns) == pytest.approx(age_s)
