# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Metrics of a stream by hand, and fair shares by their properties."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st
import pytest

from hailo_perception.bench.metrics import fair_shares
from hailo_perception.bench.metrics import latency_percentile
from hailo_perception.bench.metrics import mean_rate
from hailo_perception.bench.metrics import Passage
from hailo_perception.bench.metrics import stream_metrics


def test_nothing_was_sent() -> None:
    metrics = stream_metrics([], [])
    assert metrics['# of Frames Sent'] == metrics['# of Missed Frames'] == 0
    assert math.isnan(metrics['Mean Frame Rate (fps)'])
    assert math.isnan(metrics[latency_percentile(95)])


def test_nothing_came_through() -> None:
    metrics = stream_metrics([0.0, 0.1], [])
    assert metrics['# of Missed Frames'] == 2
    assert metrics['Mean Playback Frame Rate (fps)'] == pytest.approx(10)
    assert math.isnan(metrics['Max. End-to-End Latency (ms)'])


def test_a_stream_with_one_missed_frame() -> None:
    passages = [Passage(0.0, 0.05), Passage(0.1, 0.17), Passage(0.3, 0.35)]
    metrics = stream_metrics([0.0, 0.1, 0.2, 0.3], passages)
    expected = {
        'Delta between First & Last Received Frames (ms)': 300,
        'Mean Playback Frame Rate (fps)': 10,
        'Mean Frame Rate (fps)': 2 / 0.3,
        '# of Missed Frames': 1,
        '# of Frames Sent': 4,
        'First Sent to First Received Latency (ms)': 50,
        'Last Sent to Last Received Latency (ms)': 50,
        'First Frame End-to-end Latency (ms)': 50,
        'Last Frame End-to-end Latency (ms)': 50,
        'Max. End-to-End Latency (ms)': 70,
        'Min. End-to-End Latency (ms)': 50,
        'Mean End-to-End Latency (ms)': 170 / 3,
        '50th Percentile End-to-End Latency (ms)': 50,
        # Intervals of 120 and 180 ms.
        'Max. Frame-to-Frame Jitter (ms)': 60,
        'Frame-to-Frame Jitter Std. Deviation (ms)': 0,
    }
    for name, value in expected.items():
        assert metrics[name] == pytest.approx(value, abs=1e-6), name


@pytest.mark.parametrize('times_s', [[], [1.0], [1.0, 1.0]])
def test_no_rate_without_an_interval(times_s: list[float]) -> None:
    assert math.isnan(mean_rate(times_s))


@pytest.mark.parametrize(
    ('capacity', 'demands', 'shares'),
    [
        (10, (), ()),
        (27.3, (30,), (27.3,)),
        (27.3, (10,), (10,)),
        (28, (30, 30, 30, 30), (7, 7, 7, 7)),
        (20, (30, 5, 30), (7.5, 5, 7.5)),
        (10, (0, 30), (0, 10)),
        (math.inf, (30, 5), (30, 5)),
    ],
)
def test_fair_shares(
    capacity: float, demands: tuple[float, ...], shares: tuple[float, ...]
) -> None:
    assert fair_shares(capacity, demands) == pytest.approx(shares)


@pytest.mark.parametrize(
    ('capacity', 'demands', 'weights', 'shares'),
    [
        (28, (30, 30, 30), (2, 1, 1), (14, 7, 7)),
        (28, (5, 30, 30), (2, 1, 1), (5, 11.5, 11.5)),
        (28, (30, 2, 30), (3, 1, 1), (19.5, 2, 6.5)),
        (28, (0, 30), (10, 1), (0, 28)),
        (math.inf, (30, 5), (2, 1), (30, 5)),
    ],
)
def test_fair_shares_by_weight(
    capacity: float,
    demands: tuple[float, ...],
    weights: tuple[float, ...],
    shares: tuple[float, ...],
) -> None:
    assert fair_shares(capacity, demands, weights) == pytest.approx(shares)


@given(
    st.floats(0, 1000),
    st.lists(st.floats(0, 1000), min_size=1, max_size=8),
)
def test_shares_use_all_there_is_and_favour_nobody(capacity: float, demands: list[float]) -> None:
    shares = fair_shares(capacity, demands)
    assert sum(shares) == pytest.approx(min(capacity, sum(demands)), abs=1e-6)
    assert all(0 <= share <= demand for share, demand in zip(shares, demands, strict=True))
    short = [share for share, demand in zip(shares, demands, strict=True) if share < demand - 1e-6]
    assert all(share >= max(shares) - 1e-6 for share in short)
