# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The benchmark of the network alone: the real backend of a model, as fast as it goes."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
import math
from threading import Condition
import time

import numpy as np
from numpy.typing import NDArray

from hailo_perception.backends.base import Backend
from hailo_perception.backends.base import DeviceHealth
from hailo_perception.backends.selection import BackendName
from hailo_perception.backends.selection import BackendOptions
from hailo_perception.backends.selection import open_backend
from hailo_perception.bench.metrics import mean_rate
from hailo_perception.bench.metrics import Passage
from hailo_perception.bench.metrics import stream_metrics
from hailo_perception.bench.workload import render_street
from hailo_perception.core.aligned import aligned_zeros
from hailo_perception.core.errors import BackendError
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.tensors import RawOutputs
from hailo_perception.models.specification import ModelManifest
from hailo_perception.vision.preprocess import Preprocessor

_PICTURE_SIZE = (1280, 720)
_HEALTH_PERIOD_S = 1.0
_PATIENCE_S = 60.0
"""How long the device may take none of the frames that are offered."""


@dataclass(frozen=True, slots=True)
class DeviceReport:
    """What ``bench device`` found; temperature and power are None where they cannot be known.

    ``alone`` are the metrics of frames that are sent one after another, each when the last one
    is back; ``saturated`` those of frames sent as fast as the backend takes them.
    """

    model: str
    backend: str
    reason: str
    input_size: tuple[int, int]
    in_flight: int
    alone: dict[str, float]
    saturated: dict[str, float]
    frame_rate_hz: float
    failed: int
    health: DeviceHealth
    warnings: tuple[str, ...]
    temperatures_c: tuple[float, ...]
    powers_w: tuple[float, ...]
    is_throttling: bool | None

    @property
    def hottest_c(self) -> float | None:
        """The highest temperature seen."""
        return max(self.temperatures_c, default=None)

    @property
    def mean_power_w(self) -> float | None:
        """The mean of the power readings."""
        return math.fsum(self.powers_w) / len(self.powers_w) if self.powers_w else None

    @property
    def energy_per_frame_j(self) -> float | None:
        """Mean power over the frame rate."""
        power_w = self.mean_power_w
        if power_w is None or not self.frame_rate_hz > 0:
            return None
        return power_w / self.frame_rate_hz


def measure_device(
    manifest: ModelManifest,
    name: BackendName = 'auto',
    *,
    duration_s: float = 10.0,
    options: BackendOptions | None = None,
    progress: Callable[[str], None] = lambda what: None,
) -> DeviceReport:
    """Open the backend and measure it: latency alone, then throughput, half of the time each.

    What ``open_backend`` raises; BackendError when the device takes no frame for a minute.
    """
    if not duration_s > 0:
        raise ConfigurationError(f'expected a positive duration, got {duration_s} s')
    opened = open_backend(name, manifest, options or BackendOptions())
    backend = opened.backend
    try:
        progress(opened.reason)
        image = _input_of(manifest)
        _run(backend, image, 1, min(duration_s / 10, 1.0), [])
        healths = [backend.health()]
        progress('latency, one frame at a time')
        alone = _run(backend, image, 1, duration_s / 2, healths)
        progress(f'throughput, {backend.queue_size} frames in flight')
        saturated = _run(backend, image, backend.queue_size, duration_s / 2, healths)
        healths.append(backend.health())
        return DeviceReport(
            model=manifest.name,
            backend=backend.name,
            reason=opened.reason,
            input_size=manifest.input.size,
            in_flight=backend.queue_size,
            alone=stream_metrics(alone.sent_s, alone.passages),
            saturated=stream_metrics(saturated.sent_s, saturated.passages),
            frame_rate_hz=mean_rate([passage.received_s for passage in saturated.passages]),
            failed=alone.failed + saturated.failed,
            health=healths[-1],
            warnings=opened.warnings,
            temperatures_c=_known([health.temperature_c for health in healths]),
            powers_w=_known([health.power_w for health in healths]),
            is_throttling=_any_known([health.is_throttling for health in healths]),
        )
    finally:
        backend.close()


def _input_of(manifest: ModelManifest) -> NDArray[np.uint8]:
    width, height = manifest.input.size
    buffer = aligned_zeros((height, width, 3), np.uint8)
    Preprocessor(manifest.input).prepare(render_street(_PICTURE_SIZE).image, 'bgr', buffer)
    return buffer


class _Run:
    """Frames of one measurement; completions come from the backend's thread."""

    def __init__(self) -> None:
        self.sent_s: list[float] = []
        self.passages: list[Passage] = []
        self.failed = 0
        self._changed = Condition()
        self._in_flight = 0

    def submit(self, backend: Backend, image: NDArray[np.uint8]) -> None:
        sent_s = time.monotonic()
        with self._changed:
            self._in_flight += 1
        try:
            backend.submit(image, lambda outcome: self._complete(sent_s, outcome))
        except BackendError:
            with self._changed:
                self._in_flight -= 1
            raise
        self.sent_s.append(sent_s)

    def wait_for_room(self, limit: int) -> bool:
        """Wait until fewer frames than this are in flight."""
        with self._changed:
            return self._changed.wait_for(lambda: self._in_flight < limit, _PATIENCE_S)

    def _complete(self, sent_s: float, outcome: RawOutputs | BackendError) -> None:
        received_s = time.monotonic()
        if isinstance(outcome, RawOutputs):
            outcome.release()
        with self._changed:
            self._in_flight -= 1
            if isinstance(outcome, RawOutputs):
                self.passages.append(Passage(sent_s, received_s))
            else:
                self.failed += 1
            self._changed.notify_all()


def _run(
    backend: Backend,
    image: NDArray[np.uint8],
    in_flight: int,
    duration_s: float,
    healths: list[DeviceHealth],
) -> _Run:
    run = _Run()
    end_s = time.monotonic() + duration_s
    health_s = time.monotonic() + _HEALTH_PERIOD_S
    while time.monotonic() < end_s:
        if not (run.wait_for_room(in_flight) and backend.wait_ready(_PATIENCE_S)):
            raise BackendError(
                f'the {backend.name} backend took no frame for {_PATIENCE_S:g} s: '
                f'{backend.health().last_error or "no error known"}; look at hailo-perception '
                'doctor'
            )
        run.submit(backend, image)
        if time.monotonic() >= health_s:
            healths.append(backend.health())
            health_s += _HEALTH_PERIOD_S
    if not run.wait_for_room(1):
        raise BackendError(f'the {backend.name} backend did not give back its last frames')
    return run


def _known(values: Sequence[float | None]) -> tuple[float, ...]:
    return tuple(value for value in values if value is not None)


def _any_known(values: Sequence[bool | None]) -> bool | None:
    known = [value for value in values if value is not None]
    return any(known) if known else None
