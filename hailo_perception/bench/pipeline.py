# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The benchmark of the pipeline: cameras at set rates before a device of a set latency, no ROS.

The device is played by recorded tensors of the benchmark's street; everything else is real:
decoding, preprocessing, postprocess of all outputs, threads, scheduling, drops.
"""

from __future__ import annotations

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
from hailo_perception.bench.metrics import fair_shares
from hailo_perception.bench.metrics import Passage
from hailo_perception.bench.metrics import stream_metrics
from hailo_perception.bench.timing import one_opencv_thread
from hailo_perception.bench.workload import FULL_SIZE
from hailo_perception.bench.workload import make_workload
from hailo_perception.bench.workload import render_street
from hailo_perception.bench.workload import WorkloadSize
from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.errors import Cause
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.frame import CameraImage
from hailo_perception.core.frame import CompressedImage
from hailo_perception.core.frame import Header
from hailo_perception.core.frame import RawImage
from hailo_perception.core.results import Output
from hailo_perception.core.results import Perception
from hailo_perception.pipeline.perception import PerceptionPipeline
from hailo_perception.pipeline.telemetry import DurationStatistics
from hailo_perception.pipeline.telemetry import TelemetrySnapshot
from hailo_perception.tasks.settings import PostprocessSettings
from hailo_perception.vision.jpeg import encode_jpeg

MOST_CAMERAS = 8
FORMATS = ('jpeg', 'bgr8')
DEFAULT_DEVICE_LATENCY_S = 0.0366
"""TIER IV's multitask LightNet on a Hailo-8."""
_STOP_TIMEOUT_S = 5.0
_JPEG_QUALITY = 90


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is measured; ConfigurationError for what cannot be.

    ``rates_hz`` has one rate for each camera. Cameras send for ``settle_s`` before the
    measurement begins. ``stops`` is the number of the camera that sends nothing from the middle
    of the measurement on, None when all go on.
    """

    rates_hz: tuple[float, ...] = (30.0,)
    duration_s: float = 20.0
    settle_s: float = 2.0
    device_latency_s: float = DEFAULT_DEVICE_LATENCY_S
    in_flight: int = 2
    stops: int | None = None
    image_format: str = 'jpeg'
    camera_size: tuple[int, int] = (1920, 1080)
    codes: str = 'uint16'
    size: WorkloadSize = FULL_SIZE
    outputs: tuple[Output, ...] = tuple(
        output for output in Output if output is not Output.OVERLAY_COMPRESSED
    )

    def __post_init__(self) -> None:
        if not 1 <= len(self.rates_hz) <= MOST_CAMERAS:
            raise ConfigurationError(
                f'expected 1…{MOST_CAMERAS} cameras, got {len(self.rates_hz)}'
            )
        if not all(rate > 0 and math.isfinite(rate) for rate in self.rates_hz):
            raise ConfigurationError(f'rates must be positive, got {self.rates_hz}')
        if not self.duration_s > 0 or not self.settle_s >= 0:
            raise ConfigurationError(
                f'expected a positive duration, got {self.duration_s} s after {self.settle_s} s'
            )
        if self.stops is not None and not 0 <= self.stops < len(self.rates_hz):
            raise ConfigurationError(
                f'the camera that stops must be one of 0…{len(self.rates_hz) - 1}, '
                f'got {self.stops}'
            )
        if self.image_format not in FORMATS:
            raise ConfigurationError(
                f"no image format '{self.image_format}'; expected one of {', '.join(FORMATS)}"
            )

    @property
    def device_rate_hz(self) -> float:
        """Frames per second that the device can do; infinite without a latency."""
        return 1 / self.device_latency_s if self.device_latency_s else math.inf


@dataclass(frozen=True, slots=True)
class CameraReport:
    """One camera: its metrics, drops by cause, and its rate against its fair share.

    The rates are those of the two halves of the measurement, as the shares differ where a camera
    stops in the middle.
    """

    camera: str
    requested_hz: float
    stops: bool
    metrics: dict[str, float]
    drops: dict[str, int]
    rates_hz: tuple[float, float]
    fair_rates_hz: tuple[float, float]

    @property
    def share_of_fair(self) -> tuple[float | None, float | None]:
        """Rate over fair rate in both halves; None where nothing was to come."""
        first, second = (
            rate / fair if fair > 0 and math.isfinite(fair) else None
            for rate, fair in zip(self.rates_hz, self.fair_rates_hz, strict=True)
        )
        return first, second


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
        if not math.isfinite(device_hz) or sum(self.scenario.rates_hz) < device_hz:
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
    """Run the cameras through the pipeline and say what came out."""
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
    )
    try:
        progress('compiling the kernels')
        pipeline.warm_up()
        pipeline.start()
        progress(f'{len(cameras)} cameras for {scenario.settle_s + scenario.duration_s:g} s')
        # As in a node: the pipeline's own threads already use the cores.
        with one_opencv_thread():
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

    begin_s: float
    end_s: float
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
    for due_s, number in _schedule(start_s, scenario.rates_hz):
        if before is None and due_s >= begin_s:
            _sleep_until(begin_s)
            before, cpu_s = pipeline.telemetry.snapshot(), time.process_time()
        if due_s >= end_s:
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
    return _Feeding(begin_s, end_s, cpu_s, before or after, after)


def _picture(scenario: Scenario) -> tuple[RawImage | CompressedImage, CameraModel]:
    frame = render_street(scenario.camera_size)
    image = np.ascontiguousarray(frame.image)
    if scenario.image_format == 'jpeg':
        data = np.frombuffer(encode_jpeg(image, _JPEG_QUALITY), np.uint8)
        return CompressedImage('jpeg', data), frame.camera
    width, height = scenario.camera_size
    return RawImage('bgr8', width, height, 3 * width, image.reshape(-1)), frame.camera


def _schedule(start_s: float, rates_hz: Sequence[float]) -> Iterator[tuple[float, int]]:
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
    begin_s, end_s = feeding.begin_s, feeding.end_s
    reports = tuple(
        _camera_report(scenario, number, camera, log, feeding)
        for number, camera in enumerate(cameras)
    )
    sent_s = sorted(
        sent for camera in cameras for sent in log.sent_s[camera] if begin_s <= sent < end_s
    )
    passages = [passage for camera in cameras for passage in log.passages[camera]]
    duration_s = end_s - begin_s
    cpu_percent = 100 * feeding.cpu_s / duration_s
    drops: dict[str, int] = {}
    for report in reports:
        for cause, dropped in report.drops.items():
            drops[cause] = drops.get(cause, 0) + dropped
    return PipelineReport(
        scenario=scenario,
        frame_rate_hz=_rate_within(passages, begin_s, end_s),
        metrics=stream_metrics(sent_s, _sent_within(passages, begin_s, end_s)),
        drops=drops,
        cameras=reports,
        stages={stage.value: each for stage, each in feeding.after.stages.items()},
        cpu_percent=cpu_percent,
        machine_percent=cpu_percent / (os.cpu_count() or 1),
        problems=tuple(log.problems),
    )


def _camera_report(
    scenario: Scenario, number: int, camera: str, log: _Log, feeding: _Feeding
) -> CameraReport:
    begin_s, end_s = feeding.begin_s, feeding.end_s
    middle_s = (begin_s + end_s) / 2
    passages = log.passages[camera]
    demands = list(scenario.rates_hz)
    fair = fair_shares(scenario.device_rate_hz, demands)[number]
    if scenario.stops is not None:
        demands[scenario.stops] = 0.0
    return CameraReport(
        camera=camera,
        requested_hz=scenario.rates_hz[number],
        stops=number == scenario.stops,
        metrics=stream_metrics(
            [sent for sent in log.sent_s[camera] if begin_s <= sent < end_s],
            _sent_within(passages, begin_s, end_s),
        ),
        drops=_drops_between(feeding.before, feeding.after, camera),
        rates_hz=(
            _rate_within(passages, begin_s, middle_s),
            _rate_within(passages, middle_s, end_s),
        ),
        fair_rates_hz=(fair, fair_shares(scenario.device_rate_hz, demands)[number]),
    )


def _sent_within(passages: Sequence[Passage], begin_s: float, end_s: float) -> list[Passage]:
    inside = [passage for passage in passages if begin_s <= passage.sent_s < end_s]
    return sorted(inside, key=lambda passage: passage.received_s)


def _rate_within(passages: Sequence[Passage], begin_s: float, end_s: float) -> float:
    """Frames that arrived within a time over its length: 0 when none came."""
    arrived = sum(begin_s <= passage.received_s < end_s for passage in passages)
    return arrived / (end_s - begin_s)


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
