# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The benchmark of a device, with recorded tensors and a thermometer in its place."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hailo_perception.backends.base import DeviceHealth
from hailo_perception.backends.recording import Recording
from hailo_perception.backends.replay import ReplayBackend
from hailo_perception.backends.selection import OpenedBackend
from hailo_perception.bench import device
from hailo_perception.bench.device import measure_device
from hailo_perception.bench.stream_report import device_text
from hailo_perception.bench.workload import lightnet_manifest
from hailo_perception.core.errors import BackendError
from hailo_perception.core.errors import ConfigurationError

MANIFEST = lightnet_manifest(64)
LONGEST_S = 30.0
TENSORS = {'map': np.zeros((2, 2, 1), np.uint8)}


class WarmDevice(ReplayBackend):
    """A recording that tells temperature and power, hotter each time."""

    def __init__(self, **options: Any) -> None:
        frames = [TENSORS, BackendError('a cosmic ray')]
        super().__init__(MANIFEST, Recording.of_frames(frames), **options)
        self.temperature_c = 40.0

    def health(self) -> DeviceHealth:
        self.temperature_c += 1
        return DeviceHealth('a warm one', temperature_c=self.temperature_c, power_w=2.5)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[WarmDevice]:
    devices: list[WarmDevice] = []

    def open_backend(*_: object) -> OpenedBackend:
        devices.append(WarmDevice(latency_s=0.001))
        return OpenedBackend(devices[-1], 'because it is here', ('it is warm',))

    monkeypatch.setattr(device, 'open_backend', open_backend)
    return devices


def measured() -> device.DeviceReport:
    """Measure for as long as this machine needs to get a few frames through."""
    duration_s = 0.2
    while True:
        report = measure_device(MANIFEST, duration_s=duration_s)
        fewest = min(metrics['# of Frames Sent'] for metrics in (report.alone, report.saturated))
        if fewest > 5 or duration_s > LONGEST_S:
            return report
        duration_s *= 4


def test_latency_rate_and_failures(opened: list[WarmDevice]) -> None:
    report = measured()
    for metrics in (report.alone, report.saturated):
        assert metrics['# of Frames Sent'] > metrics['# of Missed Frames'] > 0
    missed = report.alone['# of Missed Frames'] + report.saturated['# of Missed Frames']
    assert report.failed == missed
    assert report.frame_rate_hz > 0
    assert report.in_flight == 2


def test_temperature_and_power(opened: list[WarmDevice]) -> None:
    report = measured()
    assert report.temperatures_c == (41.0, 42.0)
    assert report.hottest_c == 42.0
    assert report.mean_power_w == 2.5
    assert report.energy_per_frame_j == pytest.approx(2.5 / report.frame_rate_hz)
    assert report.is_throttling is None


def test_the_text_tells_what_is_known_and_what_is_not(opened: list[WarmDevice]) -> None:
    text = device_text(measure_device(MANIFEST, duration_s=0.2))
    for words in ('backend replay: a warm one', 'because it is here', '42.0 °C', '2.50 W'):
        assert words in text
    assert 'throttling     not known' in text
    assert 'warning: it is warm' in text


def test_the_device_is_closed_afterwards(opened: list[WarmDevice]) -> None:
    measure_device(MANIFEST, duration_s=0.05)
    assert not opened[0].wait_ready(0)


def test_a_device_that_takes_nothing_ends_the_measurement(
    opened: list[WarmDevice], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, '_PATIENCE_S', 0.0)
    monkeypatch.setattr(WarmDevice, 'wait_ready', lambda self, timeout_s: False)
    with pytest.raises(BackendError, match='took no frame'):
        measure_device(MANIFEST, duration_s=0.05)


def test_no_duration_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match='positive duration'):
        measure_device(MANIFEST, duration_s=0)
