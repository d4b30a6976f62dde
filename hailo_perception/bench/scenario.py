# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What the benchmark of the pipeline is asked to measure."""

from __future__ import annotations

from dataclasses import dataclass
import math

from hailo_perception.bench.metrics import fair_shares
from hailo_perception.bench.workload import FULL_SIZE
from hailo_perception.bench.workload import WorkloadSize
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.results import Output
from hailo_perception.pipeline.camera_schedule import CameraSchedule
from hailo_perception.pipeline.camera_schedule import UNLIMITED
from hailo_perception.pipeline.process_settings import ProcessSettings

MOST_CAMERAS = 8
FORMATS = ('jpeg', 'bgr8')
DEFAULT_DEVICE_LATENCY_S = 0.0366
"""TIER IV's multitask LightNet on a Hailo-8."""

_LEFT_OUT = (
    Output.OVERLAY_COMPRESSED,
    # TIER IV's network gives class ids and no scores.
    Output.SEMANTIC_CONFIDENCE,
    Output.POINT_CONFIDENCE,
)


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is measured; ConfigurationError for what cannot be.

    ``rates_hz`` has one rate for each camera. Cameras send for ``settle_s`` before the
    measurement begins. ``stops`` is the number of the camera that sends nothing from the middle
    of the measurement on, None when all go on. ``schedules`` has one entry for each camera, or
    none when all are alike.
    """

    rates_hz: tuple[float, ...] = (30.0,)
    duration_s: float = 20.0
    settle_s: float = 2.0
    device_latency_s: float = DEFAULT_DEVICE_LATENCY_S
    in_flight: int = 2
    stops: int | None = None
    schedules: tuple[CameraSchedule, ...] = ()
    process: ProcessSettings = ProcessSettings()
    image_format: str = 'jpeg'
    camera_size: tuple[int, int] = (1920, 1080)
    codes: str = 'uint16'
    size: WorkloadSize = FULL_SIZE
    outputs: tuple[Output, ...] = tuple(output for output in Output if output not in _LEFT_OUT)

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
        if len(self.schedules) not in (0, len(self.rates_hz)):
            raise ConfigurationError(
                f'{len(self.rates_hz)} cameras need as many schedules or none, '
                f'got {len(self.schedules)}'
            )
        if self.image_format not in FORMATS:
            raise ConfigurationError(
                f"no image format '{self.image_format}'; expected one of {', '.join(FORMATS)}"
            )

    @property
    def device_rate_hz(self) -> float:
        """Frames per second that the device can do; infinite without a latency."""
        return 1 / self.device_latency_s if self.device_latency_s else math.inf

    @property
    def demands_hz(self) -> tuple[float, ...]:
        """Frames per second that each camera asks for: what it sends, up to its own limit."""
        return tuple(
            min(rate_hz, schedule.rate_hz or math.inf)
            for rate_hz, schedule in zip(self.rates_hz, self.all_schedules, strict=True)
        )

    def fair_rates_hz(self, without: int | None = None) -> tuple[float, ...]:
        """Divide the device among the cameras by their priorities, one of them left out."""
        demands_hz = [
            0.0 if number == without else demand_hz
            for number, demand_hz in enumerate(self.demands_hz)
        ]
        weights = [schedule.priority for schedule in self.all_schedules]
        return fair_shares(self.device_rate_hz, demands_hz, weights)

    @property
    def all_schedules(self) -> tuple[CameraSchedule, ...]:
        """The schedule of each camera."""
        return self.schedules or (UNLIMITED,) * len(self.rates_hz)
