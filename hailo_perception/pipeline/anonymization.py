# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Camera images in, the same images with people made unrecognisable out, without ROS."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
import math
import time
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hailo_perception.anonymization.covering import cover
from hailo_perception.anonymization.finder import RegionFinder
from hailo_perception.anonymization.head_network import HeadNetwork
from hailo_perception.anonymization.head_network import HeadTimeoutError
from hailo_perception.anonymization.hold import RegionHold
from hailo_perception.anonymization.reduced_model import boxes_of
from hailo_perception.anonymization.regions import ClassError
from hailo_perception.anonymization.settings import AnonymizationSettings
from hailo_perception.backends.base import Backend
from hailo_perception.core.errors import BackendError
from hailo_perception.core.errors import Cause
from hailo_perception.core.errors import NetworkOutputError
from hailo_perception.core.frame import CameraImage
from hailo_perception.core.frame import ColorOrder
from hailo_perception.core.frame import Frame
from hailo_perception.core.frame import Header
from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.core.message_room import empty_with_room
from hailo_perception.core.results import Output
from hailo_perception.core.tensors import RawOutputs
from hailo_perception.models.binding import BoundModel
from hailo_perception.pipeline.camera_schedule import CameraSchedule
from hailo_perception.pipeline.network_pipeline import NetworkPipeline
from hailo_perception.pipeline.stage_clock import Clock
from hailo_perception.pipeline.stage_clock import Stage
from hailo_perception.pipeline.stage_clock import StageClock
from hailo_perception.pipeline.telemetry import Telemetry
from hailo_perception.pipeline.waiting_room import StampClock
from hailo_perception.pipeline.work import Report
from hailo_perception.tasks.postprocess import Postprocessor
from hailo_perception.tasks.settings import PostprocessSettings
from hailo_perception.vision.decode import read_picture
from hailo_perception.vision.picture import Picture

OnFailure = Literal['drop', 'solid']
"""What becomes of a frame that failed: it does not come out, or it comes out black."""

HEADS_SHARE_OF_STOP = 0.8
"""Of the time that a stop has, for the head model; covering and delivering need the rest."""
_SHORTEST_WAIT_S = 0.01

_PEOPLE = frozenset((Output.DETECTIONS,))


@dataclass(frozen=True, slots=True)
class AnonymizedImage:
    """A picture in which everything that was found is covered.

    ``picture`` is (H, W) uint8 grey or (H, W, 3) uint8 in ``color_order``; ``region_count`` are
    the covered regions, held ones included. ``calibration`` is that of the CameraImage.
    ``withheld`` says why all of it is covered, if so.
    """

    camera: str
    header: Header
    picture: NDArray[np.uint8]
    color_order: ColorOrder
    region_count: int
    calibration: object = None
    withheld: tuple[tuple[Cause, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _PreparedFrame:
    """A decoded frame whose resized copy is on its way through the network."""

    frame: Frame
    transform: ImageTransform
    pixels: NDArray[np.uint8]


class AnonymizationPipeline(NetworkPipeline[_PreparedFrame, AnonymizedImage]):
    """Covers people in the newest images of any number of cameras; it fails closed.

    A picture leaves only when the network, and the second one where there is one, have given a
    whole answer for it and all regions are covered. Where anything fails on the way the frame is
    dropped and counted, or, with ``on_failure`` solid and once it can be decoded, all black.
    See NetworkPipeline for the rest.
    """

    def __init__(
        self,
        model: BoundModel,
        backend: Backend,
        settings: AnonymizationSettings,
        *,
        heads: HeadNetwork | None = None,
        on_failure: OnFailure = 'drop',
        cameras: Iterable[str],
        wanted: Callable[[str], bool],
        deliver: Callable[[AnonymizedImage], None],
        report: Report,
        in_flight: int = 2,
        schedules: Mapping[str, CameraSchedule] = MappingProxyType({}),
        stamp_clock: StampClock | None = None,
        telemetry: Telemetry | None = None,
        hold_clock: Clock = time.monotonic,
    ) -> None:
        """Build everything; ClassError when the models have not the classes to be covered.

        ``hold_clock`` tells how long a region is held, see RegionHold.
        """
        super().__init__(
            model,
            backend,
            cameras=cameras,
            wanted=wanted,
            deliver=deliver,
            report=report,
            in_flight=in_flight,
            schedules=schedules,
            stamp_clock=stamp_clock,
            telemetry=telemetry,
        )
        detection = model.manifest.detection
        if detection is None:
            raise ClassError(
                f"the model '{model.manifest.name}' has no detection task, so it finds no people; "
                'choose one that does'
            )
        self._on_failure = on_failure
        self._postprocessor = Postprocessor(boxes_of(model))
        self._heads = heads
        self._finder = RegionFinder(detection.labels, heads)
        self._hold_clock = hold_clock
        self._holds: dict[str, RegionHold] = {}
        self._heads_until_s = math.inf
        self.settings = settings

    @property
    def settings(self) -> AnonymizationSettings:
        """The settings of the frames to come; assign to change all at once, or ClassError."""
        return self._settings

    @settings.setter
    def settings(self, settings: AnonymizationSettings) -> None:
        self._finder.check(settings)
        self._settings = settings

    def warm_up(self) -> None:
        """Decode one empty frame, so that compiled kernels are ready before the first image."""
        width, height = self._input.size
        frame = Frame('', Header(0, ''), np.zeros((height, width, 3), np.uint8), 'bgr')
        outputs = self._backend.example_outputs()
        transform = self._preprocessor.transform_for(frame.size)
        self._postprocessor.run(frame, transform, outputs, _PEOPLE)
        outputs.release()
        self._preprocessor.warm_up()
        if self._heads is not None:
            self._heads.warm_up()

    def start(self) -> None:
        """See NetworkPipeline."""
        self._heads_until_s = math.inf
        super().start()

    def stop(self, timeout_s: float) -> tuple[str, ...]:
        """See NetworkPipeline; frames that are inside share the time for the head model."""
        self._heads_until_s = time.monotonic() + HEADS_SHARE_OF_STOP * timeout_s
        return super().stop(timeout_s)

    def _prepare(
        self, item: CameraImage, buffer: NDArray[np.uint8], clock: StageClock
    ) -> _PreparedFrame:
        with clock.measure(Stage.DECODE):
            picture = read_picture(item.image)
            channels, color_order = picture.in_color()
            # Grey stays grey; what is no plain picture, such as YUV, comes out as colour.
            is_grey = picture.pixels.ndim == 2 and picture.encoding.layout == 'channels'
            pixels = picture.pixels if is_grey else channels
        with clock.measure(Stage.PREPROCESS):
            transform = self._preprocessor.write(
                Picture.of_channels(channels, color_order), buffer
            )
        frame = Frame(
            item.camera, item.header, channels, color_order, calibration=item.calibration
        )
        return _PreparedFrame(frame, transform, pixels)

    def _finish(self, prepared: _PreparedFrame, outputs: RawOutputs) -> AnonymizedImage:
        # Read once: others may be set at any time.
        frame, given = prepared.frame, self._settings
        settings = self._in_time(given)
        self._postprocessor.settings = PostprocessSettings(detection=settings.detection)
        found = self._postprocessor.run(frame, prepared.transform, outputs, _PEOPLE)
        if found.withheld or found.detections is None:
            raise NetworkOutputError(
                '; '.join(sentence for _, sentence in found.withheld) or 'the model found nothing'
            )
        try:
            regions = self._finder.find(frame, found.detections, settings)
        except HeadTimeoutError as error:
            if settings is given:
                raise
            raise BackendError(
                'the node stops, and no time is left for the heads of this frame'
            ) from error
        hold = self._holds.setdefault(frame.camera, RegionHold(self._hold_clock))
        regions = hold.keep(regions, frame.header.stamp_ns, frame.size, settings.hold)
        picture = empty_with_room(prepared.pixels.shape, np.uint8)
        np.copyto(picture, prepared.pixels)
        cover(picture, regions, settings.cover)
        return AnonymizedImage(
            frame.camera,
            frame.header,
            picture,
            frame.color_order,
            len(regions),
            frame.calibration,
        )

    def _in_time(self, settings: AnonymizationSettings) -> AnonymizationSettings:
        """Let a frame wait for its heads no longer than a stop that is under way can wait."""
        left_s = max(self._heads_until_s - time.monotonic(), _SHORTEST_WAIT_S)
        if settings.head.timeout_s <= left_s:
            return settings
        return replace(settings, head=replace(settings.head, timeout_s=left_s))

    def _stand_in(
        self, prepared: _PreparedFrame, cause: Cause, message: str
    ) -> AnonymizedImage | None:
        if self._on_failure == 'drop':
            return None
        frame = prepared.frame
        return AnonymizedImage(
            frame.camera,
            frame.header,
            np.zeros(prepared.pixels.shape, np.uint8),
            frame.color_order,
            1,
            frame.calibration,
            ((cause, message),),
        )
