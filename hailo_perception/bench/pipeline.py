# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The benchmark of the pipeline: cameras at set rates before a device of a set latency, no ROS.

The device is played by recorded tensors of the benchmark's street; everything else is real:
decoding, preprocessing, postprocess of all outputs, threads, scheduling, drops.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
import heapq
from itertools import count
import math
import os
import time

import numpy as np

from hailo_perception.backends.recording import Recording
from hailo_perception.backends.replay import ReplayBackend
from hailo_perception.bench.camera_report import CameraReport
from hailo_perception.bench.camera_report import report_camera
from hailo_perception.bench.camera_report import Window
from hailo_perception.bench.metrics import Passage
from hailo_perception.bench.scenario import Scenario
from hailo_perception.bench.workload import make_workload
from hailo_perception.bench.workload import render_street
from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.errors import Cause
from hailo_perception.core.frame import CameraImage
from hailo_perception.core.frame import CompressedImage
from hailo_perception.core.frame import Header
from hailo_perception.core.frame import RawImage
from hailo_perception.core.results import Perception
from hailo_perception.pipeline.perception import PerceptionPipeline
from hailo_perception.pipeline.process_settings import settle_process
from hailo_perception.pipeline.telemetry import DurationStatistics
from hailo_perception.pipeline.telemetry import TelemetrySnapshot
from hailo_perception.tasks.settings import PostprocessSettings
from hailo_perception.vision.jpeg import encode_jpeg

_STOP_TIMEOUT_S = 5.0
_JPEG_QUALITY = 90


@dataclass(frozen=True, slots=True)
class PipelineReport:
    """What ``bench pipeline`` found; times of the stages are those of the last seconds."""

    scenario: Scenario
    frame_rate_hz: float
    metrics: dict[str, float]
    drops: dict[str, int]
    cameras: tuple[CameraReport, ...]
    stages: dict[str, DurationStatistics]
    cpu_percent: float
    machine_percent: float
    problems: tuple[str, ...]

    @property
    def share_of_device(self) -> float | None:
        """Frame rate over what the device can do; None where the cameras ask for less."""
        device_hz = self.scenario.device_rate_hz
        if not math.isfinite(device_hz) or sum(self.scenario.demands_hz) < device_hz:
            return None
        return self.frame_rate_hz / device_hz


@dataclass(slots=True)
class _Log:
    """What was sent and what arrived, by camera; problems as sentences, each once."""

    sent_s: dict[str, list[float]]
    passages: dict[str, list[Passage]]
    problems: dict[str, None] = field(default_factory=dict)

    @classmethod
    def of(cls, cameras: Sequence[str]) -> _Log:
        return cls({camera: [] for camera in cameras}, {camera: [] for camera in cameras})

    def deliver(self, perception: Perception) -> None:
        now_s = time.monotonic()
        sent_s = perception.header.stamp_ns * 1e-9
        self.passages[perception.camera].append(Passage(sent_s, now_s))
        for _, sentence in perception.withheld:
            self.problems[sentence] = None

    def report(self, camera: str, cause: Cause, message: str) -> None:
        self.problems[f'{camera}: {cause.value}: {message}'] = None


def measure_pipeline(
    scenario: Scenario, progress: Callable[[str], None] = lambda what: None
) -> PipelineReport:
    """Run the cameras through the pipeline and say what came out.

    The process is settled as a node's is, and stays so.
    """
    settle_process(scenario.process)
    progress('rendering the street')
    cameras = tuple(f'camera_{i}' for i in range(len(scenario.rates_hz)))
    work = make_workload(scenario.codes, scenario.size)
    infos = tuple(
        info
        for info in (*work.model.detection, work.model.semantic, work.model.lane, work.model.depth)
        if info is not None
    )
    backend = ReplayBackend(
        work.manifest,
        Recording.of_frames([work.tensors], infos),
        latency_s=scenario.device_latency_s,
        queue_size=max(scenario.in_flight, 1),
    )
    log = _Log.of(cameras)
    wanted = frozenset(scenario.outputs)
    pipeline = PerceptionPipeline(
        work.model,
        backend,
        PostprocessSettings.for_model(work.manifest),
        cameras=cameras,
        wanted=lambda camera: wanted,
        deliver=log.deliver,
        report=log.report,
        in_flight=scenario.in_flight,
        schedules=dict(zip(cameras, scenario.schedules, strict=False)),
        # The benchmark stamps by the monotonic clock.
        stamp_clock=time.monotonic_ns,
    )
    try:
        progress('compiling the kernels')
        pipeline.warm_up()
        pipeline.start()
        progress(f'{len(cameras)} cameras for {scenario.settle_s + scenario.duration_s:g} s')
        feeding = _feed(pipeline, scenario, cameras, log)
        hung = pipeline.stop(_STOP_TIMEOUT_S)
    finally:
        backend.close()
    for sentence in hung:
        log.problems[sentence] = None
    return _report(scenario, cameras, log, feeding)


@dataclass(frozen=True, slots=True)
class _Feeding:
    """The measurement's limits, and the counters at both."""

    window: Window
    cpu_s: float
    before: TelemetrySnapshot
    after: TelemetrySnapshot


def _feed(
    pipeline: PerceptionPipeline, scenario: Scenario, cameras: Sequence[str], log: _Log
) -> _Feeding:
    picture, calibration = _picture(scenario)
    start_s = time.monotonic()
    begin_s = start_s + scenario.settle_s
    end_s = begin_s + scenario.duration_s
    stop_s = (begin_s + end_s) / 2
    before: TelemetrySnapshot | None = None
    cpu_s = time.process_time()
    for due_s, number in sending_times(start_s, scenario.rates_hz):
        # A machine in a stall sends late: what counts is when pictures go, not when they are due.
        goes_s = max(due_s, time.monotonic())
        if before is None and goes_s >= begin_s:
            _sleep_until(begin_s)
            before, cpu_s = pipeline.telemetry.snapshot(), time.process_time()
        if goes_s >= end_s:
            break
        if number == scenario.stops and due_s >= stop_s:
            continue
        _sleep_until(due_s)
        camera, stamp_ns = cameras[number], time.monotonic_ns()
        log.sent_s[camera].append(stamp_ns * 1e-9)
        pipeline.put(CameraImage(camera, Header(stamp_ns, camera), picture, calibration))
    _sleep_until(end_s)
    cpu_s = time.process_time() - cpu_s
    after = pipeline.telemetry.snapshot()
    return _Feeding(Window(begin_s, end_s), cpu_s, before or after, after)


def _picture(scenario: Scenario) -> tuple[RawImage | CompressedImage, CameraModel]:
    frame = render_street(scenario.camera_size)
    image = np.ascontiguousarray(frame.image)
    if scenario.image_format == 'jpeg':
        data = np.frombuffer(encode_jpeg(image, _JPEG_QUALITY), np.uint8)
        return CompressedImage('jpeg', data), frame.camera
    width, height = scenario.camera_size
    return RawImage('bgr8', width, height, 3 * width, image.reshape(-1)), frame.camera


def sending_times(start_s: float, rates_hz: Sequence[float]) -> Iterator[tuple[float, int]]:
    """Say when which camera sends, for ever; they begin spread over their period."""
    due = [(start_s + i / (len(rates_hz) * rate), i) for i, rate in enumerate(rates_hz)]
    starts = [first_s for first_s, _ in due]
    numbers = [count(1) for _ in rates_hz]
    heapq.heapify(due)
    while True:
        due_s, i = due[0]
        yield due_s, i
        heapq.heapreplace(due, (starts[i] + next(numbers[i]) / rates_hz[i], i))


def _sleep_until(due_s: float) -> None:
    remaining_s = due_s - time.monotonic()
    if remaining_s > 0:
        time.sleep(remaining_s)


def _report(
    scenario: Scenario, cameras: Sequence[str], log: _Log, feeding: _Feeding
) -> PipelineReport:
    window = feeding.window
    reports = tuple(
        report_camera(
            scenario,
            number,
            camera,
            sent_s=log.sent_s[camera],
            passages=log.passages[camera],
            window=window,
            drops=_drops_between(feeding.before, feeding.after, camera),
        )
        for number, camera in enumerate(cameras)
    )
    sent_s = [sent for camera in cameras for sent in log.sent_s[camera]]
    passages = [passage for camera in cameras for passage in log.passages[camera]]
    cpu_percent = 100 * feeding.cpu_s / window.duration_s
    drops: Counter[str] = Counter()
    for report in reports:
        drops.update(report.drops)
    return PipelineReport(
        scenario=scenario,
        frame_rate_hz=window.rate_hz(passages),
        metrics=window.metrics(sent_s, passages),
        drops=dict(drops),
        cameras=reports,
        stages={stage.value: each for stage, each in feeding.after.stages.items()},
        cpu_percent=cpu_percent,
        machine_percent=cpu_percent / (os.cpu_count() or 1),
        problems=tuple(log.problems),
    )


def _drops_between(
    before: TelemetrySnapshot, after: TelemetrySnapshot, camera: str
) -> dict[str, int]:
    earlier: Mapping[Cause, int] = before.cameras[camera].drops
    later: Mapping[Cause, int] = after.cameras[camera].drops
    return {
        cause.value: dropped - earlier.get(cause, 0)
        for cause, dropped in later.items()
        if dropped > earlier.get(cause, 0)
    }
