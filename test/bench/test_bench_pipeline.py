# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The benchmark of the pipeline: every frame accounted for, cameras told apart; never how fast."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
import math
import sys
from typing import Any

import cv2
import pytest

from hailo_perception.bench.pipeline import measure_pipeline
from hailo_perception.bench.pipeline import PipelineReport
from hailo_perception.bench.pipeline import sending_times
from hailo_perception.bench.scenario import Scenario
from hailo_perception.bench.stream_report import pipeline_text
from hailo_perception.bench.workload import WorkloadSize
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.results import Output
from hailo_perception.pipeline.camera_schedule import CameraSchedule

SMALL: dict[str, Any] = {
    'camera_size': (192, 108),
    'size': WorkloadSize(320, (480, 320)),
    'outputs': (Output.OBJECTS, Output.SEMANTIC_MASK),
}
LONGEST_S = 30.0


@pytest.fixture(scope='module', autouse=True)
def _unsettled() -> Iterator[None]:
    """Give the process back as it was: the benchmark settles it for good."""
    opencv_threads, interval_s = cv2.getNumThreads(), sys.getswitchinterval()
    yield
    cv2.setNumThreads(opencv_threads)
    sys.setswitchinterval(interval_s)


@pytest.fixture(scope='module')
def report() -> PipelineReport:
    """Measure for as long as this machine needs to get a few frames through."""
    duration_s = 0.6
    while True:
        report = measure_pipeline(
            Scenario(
                rates_hz=(40.0, 20.0),
                duration_s=duration_s,
                settle_s=0.1,
                device_latency_s=0.002,
                stops=1,
                **SMALL,
            )
        )
        if report.stages['total'].count > 5 or duration_s > LONGEST_S:
            return report
        duration_s *= 4


def test_every_frame_came_through_or_was_dropped(report: PipelineReport) -> None:
    assert report.problems == ()
    for camera in report.cameras:
        missed = camera.metrics['# of Missed Frames']
        # At either end of the measurement one may wait, and the others be inside: see Engine.
        most_on_their_way = 1 + report.scenario.in_flight + 2
        assert abs(missed - sum(camera.drops.values())) <= most_on_their_way
    sent = sum(camera.metrics['# of Frames Sent'] for camera in report.cameras)
    assert report.metrics['# of Frames Sent'] == sent > 0


def test_what_is_measured_by_default_the_network_can_give() -> None:
    sizes = {name: SMALL[name] for name in ('camera_size', 'size')}
    report = measure_pipeline(
        Scenario(
            rates_hz=(20.0,), duration_s=2.0, settle_s=0.1, device_latency_s=0.002, **sizes
        )
    )
    assert report.problems == ()


def test_the_camera_that_stops_sends_half(report: PipelineReport) -> None:
    going, stopping = report.cameras
    assert not going.stops and stopping.stops
    sent, stopped = (camera.metrics['# of Frames Sent'] for camera in (going, stopping))
    assert stopped < sent
    # Half the rate of the other for half the time; frames at both ends may be in or out.
    assert stopped <= 20 * report.scenario.duration_s / 2 + 2
    assert sent <= 40 * report.scenario.duration_s + 2
    assert stopping.fair_rates_hz == (20.0, 0.0)
    assert stopping.share_of_fair[1] is None


def test_where_the_time_goes_is_told(report: PipelineReport) -> None:
    assert {'queue', 'decode', 'inference', 'postprocess', 'total'} <= set(report.stages)
    assert report.stages['total'].count > 0
    assert report.cpu_percent > 0


def test_cameras_that_ask_for_less_say_nothing_about_the_device(report: PipelineReport) -> None:
    assert report.share_of_device is None


def test_the_text_has_a_row_for_each_camera(report: PipelineReport) -> None:
    text = pipeline_text(report)
    assert 'camera_0' in text and 'camera_1 (stops)' in text
    assert 'Mean End-to-End Latency (ms)' in text


def test_raw_pictures_and_a_device_without_latency() -> None:
    report = measure_pipeline(
        Scenario(duration_s=0.1, settle_s=0, device_latency_s=0, image_format='bgr8', **SMALL)
    )
    assert report.scenario.device_rate_hz == math.inf
    assert report.share_of_device is None
    assert report.metrics['# of Frames Sent'] >= 1


@pytest.mark.parametrize(
    ('wrong', 'message'),
    [
        ({'rates_hz': ()}, '1…8 cameras, got 0'),
        ({'rates_hz': (30.0,) * 9}, '1…8 cameras, got 9'),
        ({'rates_hz': (0.0,)}, 'positive'),
        ({'rates_hz': (math.nan,)}, 'positive'),
        ({'duration_s': 0.0}, 'positive duration'),
        ({'settle_s': -1.0}, 'positive duration'),
        ({'stops': 1}, 'must be one of 0…0, got 1'),
        ({'image_format': 'gif'}, 'jpeg, bgr8'),
        ({'schedules': (CameraSchedule(),) * 2}, '1 cameras need as many schedules or none'),
    ],
)
def test_scenarios_that_cannot_be(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Scenario(**wrong)


def test_limits_and_priorities_change_what_is_fair() -> None:
    scenario = Scenario(
        rates_hz=(30.0, 30.0, 30.0),
        device_latency_s=1 / 24,
        schedules=(CameraSchedule(priority=2), CameraSchedule(), CameraSchedule(rate_hz=3.0)),
    )
    assert scenario.demands_hz == (30.0, 30.0, 3.0)
    assert scenario.fair_rates_hz() == pytest.approx((14.0, 7.0, 3.0))
    assert scenario.fair_rates_hz(without=0) == pytest.approx((0.0, 21.0, 3.0))


def test_a_limited_camera_is_measured_against_its_limit() -> None:
    report = measure_pipeline(
        Scenario(
            rates_hz=(40.0,),
            duration_s=0.5,
            settle_s=0,
            device_latency_s=0.001,
            schedules=(CameraSchedule(rate_hz=1.0),),
            **SMALL,
        )
    )
    (camera,) = report.cameras
    assert camera.fair_rates_hz == (1.0, 1.0)
    assert camera.drops['rate_limit'] >= camera.metrics['# of Frames Sent'] - 3


def test_the_cameras_are_spread_and_keep_their_rates() -> None:
    due = list(islice(sending_times(0.0, (10.0, 5.0)), 7))
    expected = [(0.0, 0), (0.1, 0), (0.1, 1), (0.2, 0), (0.3, 0), (0.3, 1), (0.4, 0)]
    assert [number for _, number in due] == [number for _, number in expected]
    assert [at_s for at_s, _ in due] == pytest.approx([at_s for at_s, _ in expected])
