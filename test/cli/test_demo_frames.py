# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Which frames are kept, how they are numbered, and how their times are counted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies
import pytest

from hailo_perception.cli.demo.frame_times import FrameTimes
from hailo_perception.cli.demo.schedule import FrameNumbers
from hailo_perception.cli.demo.schedule import FrameSchedule

SECOND_NS = 1_000_000_000


def times_of(*results: tuple[float, float]) -> FrameTimes:
    times = FrameTimes()
    for stamp_s, received_s in results:
        times.add(round(stamp_s * SECOND_NS), round(received_s * SECOND_NS))
    return times


def test_no_frames() -> None:
    statistics = FrameTimes().overall()
    assert (statistics.frames, statistics.fps) == (0, 0.0)
    assert statistics.latency is not None
    assert statistics.latency.count == 0


def test_a_frame_counts_once_with_its_last_result() -> None:
    times = times_of((1.0, 1.1), (2.0, 2.1), (1.0, 1.3), (2.0, 2.5))
    overall = times.overall()
    assert overall.frames == times.count == 2
    assert overall.fps == pytest.approx(1 / 1.2)
    assert overall.latency is not None
    assert overall.latency.max_s == pytest.approx(0.5)
    assert overall.latency.mean_s == pytest.approx(0.4)


def test_lately_means_five_seconds() -> None:
    times = times_of(*((float(second), second + 0.5) for second in range(20)))
    lately = times.lately(round(19.5 * SECOND_NS))
    assert lately.frames == 6
    assert lately.fps == pytest.approx(1.0)


@pytest.mark.parametrize('received_s', [0.5, 5000.0])
def test_foreign_clocks_have_no_latency(received_s: float) -> None:
    assert times_of((1.0, received_s)).overall().latency is None


def test_a_chosen_frame_stays_chosen_for_all_its_outputs() -> None:
    schedule = FrameSchedule(2.0)
    stamps = [0, 1, 0, 2, 1, 3, 2, 4, 0]
    chosen = [schedule.chooses(stamp * SECOND_NS) for stamp in stamps]
    assert chosen == [True, False, True, True, False, False, True, True, True]


def test_a_loop_starts_the_schedule_anew() -> None:
    schedule = FrameSchedule(2.0)
    assert schedule.chooses(100 * SECOND_NS)
    assert schedule.chooses(1 * SECOND_NS)
    assert not schedule.chooses(2 * SECOND_NS)
    assert schedule.chooses(3 * SECOND_NS)


@given(strategies.lists(strategies.integers(0, 10**12), max_size=30))
def test_without_a_period_every_frame_is_chosen(stamps: list[int]) -> None:
    schedule = FrameSchedule(0.0)
    assert all(schedule.chooses(stamp) for stamp in sorted(stamps))


def test_frames_are_numbered_in_order_of_appearance() -> None:
    numbers = FrameNumbers()
    assert [numbers.number_of(stamp) for stamp in (50, 70, 50, 60, 70)] == [0, 1, 0, 2, 1]


def test_numbers_never_repeat_although_old_stamps_are_forgotten() -> None:
    numbers = FrameNumbers()
    assert [numbers.number_of(stamp) for stamp in range(1000)] == list(range(1000))
