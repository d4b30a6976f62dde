# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The whole journey without ROS: camera images in, perceptions out."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from hailo_perception.backends.base import Backend
from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.frame import CameraImage
from hailo_perception.core.frame import ColorOrder
from hailo_perception.core.frame import Frame
from hailo_perception.core.frame import Header
from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.core.results import Output
from hailo_perception.core.results import Perception
from hailo_perception.core.tensors import RawOutputs
from hailo_perception.models.binding import BoundModel
from hailo_perception.pipeline.camera_schedule import CameraSchedule
from hailo_perception.pipeline.network_pipeline import NetworkPipeline
from hailo_perception.pipeline.once import Once
from hailo_perception.pipeline.stage_clock import Stage
from hailo_perception.pipeline.stage_clock import StageClock
from hailo_perception.pipeline.telemetry import Telemetry
from hailo_perception.pipeline.waiting_room import StampClock
from hailo_perception.pipeline.work import Report
from hailo_perception.tasks.camera_profile import CameraProfile
from hailo_perception.tasks.plan import show_an_overlay
from hailo_perception.tasks.plan import show_the_picture
from hailo_perception.tasks.postprocess import Postprocessor
from hailo_perception.tasks.settings import PostprocessSettings
from hailo_perception.tasks.warm_up import warm_up_for_contents
from hailo_perception.vision.decode import read_picture
from hailo_perception.vision.picture import Picture
from hailo_perception.vision.picture import Size
from hailo_perception.vision.preprocess import content_of


@dataclass(frozen=True, slots=True)
class _PreparedFrame:
    """A decoded frame whose resized copy is on its way through the network."""

    frame: Frame
    transform: ImageTransform
    wanted: frozenset[Output]
    backdrop: Once[NDArray[np.uint8]]


class PerceptionPipeline(NetworkPipeline[_PreparedFrame, Perception]):
    """Makes perceptions of the newest images of any number of cameras.

    ``wanted(camera)`` says which outputs somebody listens to at the moment; a frame of which
    nothing is wanted costs nothing. See NetworkPipeline for the rest.
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
        schedules: Mapping[str, CameraSchedule] = MappingProxyType({}),
        stamp_clock: StampClock | None = None,
        telemetry: Telemetry | None = None,
    ) -> None:
        """Build everything; the arguments are those of NetworkPipeline."""
        super().__init__(
            model,
            backend,
            cameras=cameras,
            wanted=lambda camera: bool(wanted(camera)),
            deliver=deliver,
            report=report,
            in_flight=in_flight,
            schedules=schedules,
            stamp_clock=stamp_clock,
            telemetry=telemetry,
        )
        self._wanted = wanted
        self._postprocessor = Postprocessor(model, settings)

    def warm_up(self) -> None:
        """Compile all kernels before the first image, with an empty frame and a small scene."""
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
        warm_up_for_contents()
        self._preprocessor.warm_up()

    @property
    def settings(self) -> PostprocessSettings:
        """The settings of the frames to come; assign to change all at once."""
        return self._postprocessor.settings

    @settings.setter
    def settings(self, settings: PostprocessSettings) -> None:
        self._postprocessor.settings = settings

    @property
    def profiles(self) -> Mapping[str, CameraProfile]:
        """What is known of each camera, for the frames to come; assign to change all at once."""
        return self._postprocessor.profiles

    @profiles.setter
    def profiles(self, profiles: Mapping[str, CameraProfile]) -> None:
        self._postprocessor.profiles = profiles

    def _prepare(
        self, item: CameraImage, buffer: NDArray[np.uint8], clock: StageClock
    ) -> _PreparedFrame:
        wanted = self._wanted(item.camera)
        is_shown = show_the_picture(wanted)
        # A person's picture is BGR; the channels change places where pixels are fewer.
        is_large = is_shown and self.settings.overlay.maximum_width > self._input.width
        color_order: ColorOrder = 'bgr' if is_large else self._input.color_order

        def least_size(image_size: Size) -> Size:
            for_network = self._preprocessor.least_size(image_size)
            for_eyes = self._postprocessor.least_picture(image_size, wanted)
            return max(for_network[0], for_eyes[0]), max(for_network[1], for_eyes[1])

        with clock.measure(Stage.DECODE):
            picture = read_picture(item.image, color_order, least_size)
            if is_shown:
                picture = Picture.of_channels(*picture.in_color(), picture.size)
        with clock.measure(Stage.PREPROCESS):
            transform = self._preprocessor.write(picture, buffer)
        image, color_order = (
            picture.in_color() if is_shown else (content_of(buffer, transform), color_order)
        )
        frame = Frame(
            item.camera,
            item.header,
            image,
            color_order,
            item.camera_model,
            picture.size,
            item.calibration,
        )
        backdrop = Once(partial(self._postprocessor.make_backdrop, frame))
        return _PreparedFrame(frame, transform, wanted, backdrop)

    def _meanwhile(self, prepared: _PreparedFrame) -> None:
        if show_an_overlay(prepared.wanted):
            prepared.backdrop()

    def _finish(self, prepared: _PreparedFrame, outputs: RawOutputs) -> Perception:
        return self._postprocessor.run(
            prepared.frame,
            prepared.transform,
            outputs,
            prepared.wanted,
            backdrop=prepared.backdrop,
        )
