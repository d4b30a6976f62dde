# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What pipelines around one model have in common, whatever they make of its answers."""

from __future__ import annotations

from abc import ABC
from abc import abstractmethod
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from types import MappingProxyType
from typing import Generic

import numpy as np
from numpy.typing import NDArray

from hailo_perception.backends.base import Backend
from hailo_perception.core.aligned import aligned_zeros
from hailo_perception.core.errors import Cause
from hailo_perception.core.frame import CameraImage
from hailo_perception.core.tensors import RawOutputs
from hailo_perception.models.binding import BoundModel
from hailo_perception.pipeline.camera_schedule import CameraSchedule
from hailo_perception.pipeline.camera_schedule import ScheduleError
from hailo_perception.pipeline.engine import Engine
from hailo_perception.pipeline.stage_clock import StageClock
from hailo_perception.pipeline.telemetry import Telemetry
from hailo_perception.pipeline.waiting_room import StampClock
from hailo_perception.pipeline.work import PreparedT
from hailo_perception.pipeline.work import Report
from hailo_perception.pipeline.work import ResultT
from hailo_perception.pipeline.work import Work
from hailo_perception.vision.preprocess import Preprocessor


class NetworkPipeline(ABC, Generic[PreparedT, ResultT]):
    """Runs one model over the newest images of any number of cameras.

    ``wanted(camera)`` says whether somebody listens at the moment; a frame that nobody wants
    costs nothing. ``deliver`` gets each result, on the pipeline's own thread;
    ``report(camera, cause, message)`` gets what went wrong, on any thread.
    The backend stays the caller's: close it after ``stop``.
    """

    def __init__(
        self,
        model: BoundModel,
        backend: Backend,
        *,
        cameras: Iterable[str],
        wanted: Callable[[str], bool],
        deliver: Callable[[ResultT], None],
        report: Report,
        in_flight: int = 2,
        schedules: Mapping[str, CameraSchedule] = MappingProxyType({}),
        stamp_clock: StampClock | None = None,
        telemetry: Telemetry | None = None,
    ) -> None:
        """Build everything; threads run between ``start`` and ``stop``.

        ``schedules`` limit and weigh cameras, each of them optional; ScheduleError names one
        that is not among ``cameras``. ``stamp_clock`` tells the time now, in nanoseconds, of
        the clock that stamps images; without it their age counts from their arrival.
        ``telemetry`` goes on counting where another pipeline has ended; by default a new one.
        """
        cameras = tuple(cameras)
        unknown = sorted(set(schedules) - set(cameras))
        if unknown:
            raise ScheduleError(
                f'no camera {", ".join(unknown)} to schedule; expected some of '
                f'{", ".join(cameras)}'
            )
        self._input = model.manifest.input
        self._backend = backend
        self._preprocessor = Preprocessor(self._input, model.alignment)
        self.telemetry = telemetry or Telemetry(cameras)
        self._engine: Engine[CameraImage, PreparedT, ResultT] = Engine(
            backend,
            Work(
                make_buffer=self._make_buffer,
                prepare=self._prepare,
                finish=self._finish,
                deliver=deliver,
                wanted=wanted,
                report=report,
                stand_in=self._stand_in,
                meanwhile=self._meanwhile,
            ),
            self.telemetry,
            in_flight=in_flight,
            schedules=schedules,
            stamp_clock=stamp_clock,
        )

    @abstractmethod
    def warm_up(self) -> None:
        """Decode one empty frame, so that compiled kernels are ready before the first image."""

    @abstractmethod
    def _prepare(
        self, item: CameraImage, buffer: NDArray[np.uint8], clock: StageClock
    ) -> PreparedT:
        """Decode an image and write the network's input, see Work.prepare."""

    @abstractmethod
    def _finish(self, prepared: PreparedT, outputs: RawOutputs) -> ResultT:
        """Make the result of a frame, see Work.finish."""

    def _meanwhile(self, prepared: PreparedT) -> None:
        """Do what does not need the network's answer while it computes, see Work.meanwhile."""
        return

    def _stand_in(self, prepared: PreparedT, cause: Cause, message: str) -> ResultT | None:
        """Make what is delivered in the place of a frame that failed, see Work.stand_in."""
        return None

    @property
    def is_running(self) -> bool:
        """Whether images are taken."""
        return self._engine.is_running

    def start(self) -> None:
        """Start the threads; nothing when running already."""
        self._engine.start()

    def put(self, image: CameraImage) -> None:
        """Let an image wait for its turn in place of an older one of its camera; never blocks."""
        self._engine.put(image)

    def put_set(self, images: Sequence[CameraImage]) -> None:
        """Let images of one instant, one per camera, wait for turns that follow each other."""
        self._engine.put_set(images)

    def stop(self, timeout_s: float) -> tuple[str, ...]:
        """Deliver what is inside and end the threads; returns a sentence for each that hung."""
        return self._engine.stop(timeout_s)

    def _make_buffer(self) -> NDArray[np.uint8]:
        return aligned_zeros((self._input.height, self._input.width, 3), np.uint8)
