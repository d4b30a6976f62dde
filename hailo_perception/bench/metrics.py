# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a stream of frames is judged by, under the names that ros2_benchmark gives its metrics.

The names and what they mean are those of github.com/NVIDIA-ISAAC-ROS/ros2_benchmark, so that
results can be laid beside its reports; percentiles, which it does not have, follow its style.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
import math

import numpy as np
from numpy.typing import NDArray

PERCENTILES = (50, 95, 99)


@dataclass(frozen=True, slots=True)
class Passage:
    """A frame that came through: when it was sent and when its result arrived, seconds."""

    sent_s: float
    received_s: float

    @property
    def latency_s(self) -> float:
        """From sending to arrival."""
        return self.received_s - self.sent_s


def stream_metrics(sent_s: Sequence[float], passages: Sequence[Passage]) -> dict[str, float]:
    """Summarise one stream; NaN where too few frames came through to tell.

    ``sent_s`` are the times of all frames that were sent, ``passages`` those of them that came
    through, in the order of arrival. The rates count intervals, not frames; jitter is by how
    much one interval between arrivals differs from the next.
    """
    received_s = np.array([passage.received_s for passage in passages])
    latencies_ms = np.array([passage.latency_s for passage in passages]) * 1000
    intervals_ms = np.diff(received_s) * 1000
    jitter_ms = np.abs(np.diff(intervals_ms))
    metrics = {
        'Delta between First & Last Received Frames (ms)': float(intervals_ms.sum())
        if len(intervals_ms)
        else math.nan,
        'Mean Playback Frame Rate (fps)': mean_rate(sent_s),
        'Mean Frame Rate (fps)': mean_rate(received_s.tolist()),
        '# of Missed Frames': float(len(sent_s) - len(passages)),
        '# of Frames Sent': float(len(sent_s)),
        'First Sent to First Received Latency (ms)': _between(sent_s, received_s, 0),
        'Last Sent to Last Received Latency (ms)': _between(sent_s, received_s, -1),
        'First Frame End-to-end Latency (ms)': _at(latencies_ms, 0),
        'Last Frame End-to-end Latency (ms)': _at(latencies_ms, -1),
        'Max. End-to-End Latency (ms)': _reduced(np.max, latencies_ms),
        'Min. End-to-End Latency (ms)': _reduced(np.min, latencies_ms),
        'Mean End-to-End Latency (ms)': _reduced(np.mean, latencies_ms),
    }
    for percentile in PERCENTILES:
        metrics[latency_percentile(percentile)] = (
            float(np.percentile(latencies_ms, percentile)) if len(latencies_ms) else math.nan
        )
    metrics.update(
        {
            'Max. Frame-to-Frame Jitter (ms)': _reduced(np.max, jitter_ms),
            'Min. Frame-to-Frame Jitter (ms)': _reduced(np.min, jitter_ms),
            'Mean Frame-to-Frame Jitter (ms)': _reduced(np.mean, jitter_ms),
            'Frame-to-Frame Jitter Std. Deviation (ms)': _reduced(np.std, jitter_ms),
        }
    )
    return metrics


def latency_percentile(percentile: int) -> str:
    """Name a percentile of the latency."""
    return f'{percentile}th Percentile End-to-End Latency (ms)'


def mean_rate(times_s: Sequence[float]) -> float:
    """Events per second between the first and the last; NaN for fewer than two."""
    if len(times_s) < 2 or times_s[-1] <= times_s[0]:
        return math.nan
    return (len(times_s) - 1) / (times_s[-1] - times_s[0])


def fair_shares(
    capacity_hz: float, demands_hz: Sequence[float], weights: Sequence[float] = ()
) -> tuple[float, ...]:
    """Divide a rate among demands by weight so that nobody gets more while another is short.

    Who asks for less than its part gets all of it, and the rest is divided again (weighted
    max-min fairness). Without weights all weigh the same.
    """
    weights = weights or [1.0] * len(demands_hz)
    shares = [0.0] * len(demands_hz)
    left_hz, left_weight = capacity_hz, math.fsum(weights)
    for i in sorted(range(len(demands_hz)), key=lambda i: demands_hz[i] / weights[i]):
        shares[i] = min(demands_hz[i], left_hz * weights[i] / left_weight)
        left_hz -= shares[i]
        left_weight -= weights[i]
    return tuple(shares)


def _between(sent_s: Sequence[float], received_s: NDArray[np.float64], index: int) -> float:
    if not len(sent_s) or not len(received_s):
        return math.nan
    return float(received_s[index] - sent_s[index]) * 1000


def _at(values: NDArray[np.float64], index: int) -> float:
    return float(values[index]) if len(values) else math.nan


def _reduced(reduce: Callable[[NDArray[np.float64]], float], values: NDArray[np.float64]) -> float:
    return float(reduce(values)) if len(values) else math.nan
