# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The whole journey without ROS: camera images in, perceptions out."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hailo_perception.backends.base import Backend
from hailo_perception.core.aligned import aligned_zeros
from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.frame import CameraImage
from hailo_perception.core.frame import Frame
from hailo_perception.core.frame import Header
from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.core.results import Output
from hailo_perception.core.results import Perception
from hailo_perception.core.tensors import RawOutputs
from hailo_perception.models.binding import BoundModel
from hailo_perception.pipeline.engine import Engine
from hailo_perception.pipeline.stage_clock import Stage
from hailo_perception.pipeline.stage_clock import StageClock
from hailo_perception.pipeline.telemetry import Telemetry
from hailo_perception.pipeline.work import Report
from hailo_perception.pipeline.work import Work
from hailo_perception.tasks.postprocess import Postprocessor
from hailo_perception.tasks.settings import PostprocessSettings
from hailo_perception.vision.decode import decode
from hailo_perception.vision.preprocess import Preprocessor


@dataclass(frozen=True, slots=True)
class _PreparedFrame:
    """A decoded frame whose resized copy is on its way through the network."""

    frame: Frame
    transform: ImageTransform
    wanted: frozenset[Output]


class PerceptionPipeline:
    """Runs one model over the newest images of any number of cameras.

    ``wanted(camera)`` says which outputs somebody listens to at the moment; a frame of which
    nothing is wanted costs nothing. ``deliver`` gets each result, on the pipeline's own thread;
    ``report(camera, cause, message)`` gets what went wrong, on any thread.
    The backend stays the caller's: close it after ``stop``.
    """

    def __init__(
        self,
        model: BoundModel,
        backend: Backend,
        settings: PostprocessSettings,
        *,
        cameras: Iterable[str],
        wanted: Callable[[str], frozenset[Output]],
        deliver: Callable[[Perception], None],
        report: Report,
        in_flight: int = 2,
    ) -> None:
        """Build everything; threads run between ``start`` and ``stop``."""
        self._input = model.manifest.input
        self._backend = backend
        self._wanted = wanted
        self._preprocessor = Preprocessor(self._input, model.alignment)
        self._postprocessor = Postprocessor(model, settings)
        self.telemetry = Telemetry(cameras)
        self._engine: Engine[CameraImage, _PreparedFrame, Perception] = Engine(
            backend,
            Work(
                make_buffer=self._make_buffer,
                prepare=self._prepare,
                finish=self._finish,
                deliver=deliver,
                wanted=lambda camera: bool(wanted(camera)),
                report=report,
            ),
            self.telemetry,
            in_flight=in_flight,
        )

    def warm_up(self) -> None:
        """Decode one empty frame, so that compiled kernels are ready before the first image."""
        width, height = self._input.size
        image = np.zeros((height, width, 3), np.uint8)
        camera = CameraModel(width, height, width, width, width / 2, height / 2)
        outputs = self._backend.example_outputs()
        self._postprocessor.run(
            Frame('', Header(0, ''), image, 'bgr', camera),
            self._preprocessor.transform_for((width, height)),
            outputs,
            frozenset(Output),
        )
        outputs.release()

    @property
    def settings(self) -> PostprocessSettings:
        """The settings of the frames to come; assign to change all at once."""
        return self._postprocessor.settings

    @settings.setter
    def settings(self, settings: PostprocessSettings) -> None:
        self._postprocessor.settings = settings

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

    def stop(self, timeout_s: float) -> tuple[str, ...]:
        """Deliver what is inside and end the threads; returns a sentence for each that hung."""
        return self._engine.stop(timeout_s)

    def _make_buffer(self) -> NDArray[np.uint8]:
        return aligned_zeros((self._input.height, self._input.width, 3), np.uint8)

    def _prepare(
        self, item: CameraImage, buffer: NDArray[np.uint8], clock: StageClock
    ) -> _PreparedFrame:
        wanted = self._wanted(item.camera)
        with clock.measure(Stage.DECODE):
            image, color_order = decode(item.image)
        with clock.measure(Stage.PREPROCESS):
            transform = self._preprocessor.prepare(image, color_order, buffer)
        frame = Frame(item.camera, item.header, image, color_order, item.camera_model)
        return _PreparedFrame(frame, transform, wanted)

    def _finish(self, prepared: _PreparedFrame, outputs: RawOutputs) -> Perception:
        return self._postprocessor.run(
            prepared.frame, prepared.transform, outputs, prepared.wanted
        )
