# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One frame's network outputs become its Perception: only what is wanted, all that is possible."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from functools import lru_cache
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.errors import CameraInfoError
from hailo_perception.core.errors import Cause
from hailo_perception.core.errors import FrameError
from hailo_perception.core.errors import MissingDependencyError
from hailo_perception.core.frame import Frame
from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.core.labels import UNLABELLED
from hailo_perception.core.results import BirdEyeView
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import DepthMap
from hailo_perception.core.results import Detections
from hailo_perception.core.results import LaneLines
from hailo_perception.core.results import Output
from hailo_perception.core.results import Perception
from hailo_perception.core.results import PointCloud
from hailo_perception.core.tensors import RawOutputs
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.models.binding import BoundModel
from hailo_perception.tasks.bird_eye import make_bird_eye
from hailo_perception.tasks.camera_profile import CameraProfile
from hailo_perception.tasks.confidence import confidence_of_points
from hailo_perception.tasks.confidence import ConfidenceDecoder
from hailo_perception.tasks.depth import color_depth
from hailo_perception.tasks.depth import DepthDecoder
from hailo_perception.tasks.depth_validity import forget_own_vehicle
from hailo_perception.tasks.depth_validity import forget_sky
from hailo_perception.tasks.detection import DetectionDecoder
from hailo_perception.tasks.frame_work import FrameWork
from hailo_perception.tasks.lane_ground import lines_on_ground
from hailo_perception.tasks.lane_pattern import with_patterns
from hailo_perception.tasks.lanes import find_lane_lines
from hailo_perception.tasks.output_tensor import tensor_of
from hailo_perception.tasks.overlay import draw_overlay
from hailo_perception.tasks.overlay import make_backdrop
from hailo_perception.tasks.overlay import overlay_size
from hailo_perception.tasks.plan import MADE_FROM
from hailo_perception.tasks.plan import Part
from hailo_perception.tasks.plan import parts_for
from hailo_perception.tasks.plan import tasks_missing_for
from hailo_perception.tasks.plan import why_missing
from hailo_perception.tasks.point_cloud import make_point_cloud
from hailo_perception.tasks.positions import with_positions
from hailo_perception.tasks.segmentation import SegmentationDecoder
from hailo_perception.tasks.settings import PostprocessSettings
from hailo_perception.tasks.tracking import TrackedCameras

_UNKNOWN_CAMERA = CameraProfile()
_OWN_VEHICLE_SHARE = 0.6
"""Of a box: what is covered by the own vehicle to this extent is part of it."""


class Postprocessor:
    """Turns raw outputs into a Perception; one thread runs it, any thread may set its values.

    ``settings`` hold for all cameras; ``profiles`` say by camera name what is known of each, and
    a camera without one is taken as it is.
    """

    def __init__(self, model: BoundModel, settings: PostprocessSettings | None = None) -> None:
        """Prepare the decoders; ConfigurationError when tensors and manifest do not fit.

        Without settings the model's own are taken.
        """
        manifest = model.manifest
        size = manifest.input.size
        self.model = model
        self.settings = settings or PostprocessSettings.for_model(manifest)
        self.profiles: Mapping[str, CameraProfile] = {}
        self._tracked = TrackedCameras()
        # Subscribers come and go seldom: what is missing is worked out once for each change.
        self._missing = lru_cache(maxsize=8)(self._find_missing)
        self._infos = tuple(
            info
            for info in (*model.detection, model.semantic, model.lane, model.depth)
            if info is not None
        )
        self._lane_background = manifest.lane.background if manifest.lane else None
        self._makers: dict[Part, Callable[[FrameWork], Any]] = {
            Part.LANE_LINES: self._find_lane_lines,
            Part.POSITIONS: _locate_objects,
            Part.DEPTH_COLOR: _color_depth,
            Part.POINT_CLOUD: _make_point_cloud,
            Part.POINT_CONFIDENCE: _pick_point_confidence,
            Part.BIRD_EYE: self._make_bird_eye,
            Part.OVERLAY: self._draw_overlay,
        }
        if manifest.detection and model.detection:
            heads = DetectionDecoder(
                manifest.detection, model.detection, size, every_class=model.every_class
            )
            self._makers[Part.DETECTIONS] = partial(self._find_objects, heads)
        for part, specification, info in (
            (Part.SEMANTIC, manifest.semantic, model.semantic),
            (Part.LANE, manifest.lane, model.lane),
        ):
            if specification and info:
                decoder = SegmentationDecoder(specification, info)
                self._makers[part] = partial(_decode_classes, decoder, info)
        if manifest.semantic and manifest.semantic.scores and model.semantic:
            self._makers[Part.CONFIDENCE] = partial(
                _decode_confidence,
                ConfidenceDecoder(manifest.semantic.scores, model.semantic),
                model.semantic,
            )
        if manifest.depth and model.depth:
            self._makers[Part.DEPTH] = partial(
                _decode_depth, DepthDecoder(manifest.depth, model.depth, size), model.depth
            )

    def run(
        self,
        frame: Frame,
        transform: ImageTransform,
        raw: RawOutputs,
        wanted: frozenset[Output],
        *,
        backdrop: Callable[[], NDArray[np.uint8]] | None = None,
    ) -> Perception:
        """Compute what the wanted outputs need; what cannot be made is withheld with the reason.

        ``backdrop`` gives what ``make_backdrop`` makes of the frame, where somebody else did; it
        becomes the overlay.

        NetworkOutputError when a tensor is missing or not as the model describes it. The raw
        outputs are not released and nothing in the result refers to them. ``settings`` and
        ``profiles`` are read once: assigning others takes effect with the next frame.
        """
        for info in self._infos:
            tensor_of(raw.tensors, info)
        profile = self.profiles.get(frame.camera, _UNKNOWN_CAMERA)
        work = FrameWork(
            self.settings,
            profile,
            frame,
            transform,
            raw.tensors,
            wanted,
            backdrop or partial(self.make_backdrop, frame),
        )
        work.withheld.extend(self._missing(wanted))
        needed = parts_for(wanted)
        for part in Part:
            if part not in needed or part not in self._makers:
                continue
            if all(source in work.made for source in MADE_FROM.get(part, ())):
                try:
                    work.made[part] = self._makers[part](work)
                except FrameError as error:
                    work.withhold(error.cause, str(error))
        return work.perception()

    def make_backdrop(self, frame: Frame) -> NDArray[np.uint8]:
        """Make the copy that the overlay is drawn on: (h, w, 3) BGR. Any thread may call it."""
        return make_backdrop(frame.image, frame.color_order, self.settings.overlay.maximum_width)

    def least_picture(
        self, image_size: tuple[int, int], wanted: frozenset[Output]
    ) -> tuple[int, int]:
        """Say how small a copy of a camera's image may be without showing less of it.

        Both sizes are (width, height). Points have the colours of as many pixels as the depth
        map has.
        """
        parts = parts_for(wanted)
        width, height = 1, 1
        if Part.OVERLAY in parts:
            width, height = overlay_size(image_size, self.settings.overlay.maximum_width)
        if Part.POINT_CLOUD in parts and self.model.depth is not None:
            rows, columns, _ = self.model.depth.shape
            width, height = max(width, columns), max(height, rows)
        return min(width, image_size[0]), min(height, image_size[1])

    def _find_missing(self, wanted: frozenset[Output]) -> tuple[tuple[Cause, str], ...]:
        """Say of which wanted outputs the model has no task."""
        lost: dict[Part, list[str]] = {}
        for output in Output:
            if output in wanted:
                for task in tasks_missing_for(output, self.model):
                    lost.setdefault(task, []).append(output.value)
        return tuple(
            (
                Cause.POSTPROCESS,
                f'{why_missing(task, self.model)}, hence no {", ".join(lost[task])}; '
                'choose a model that has it or do not ask for these',
            )
            for task in sorted(lost)
        )

    def _find_objects(self, decoder: DetectionDecoder, work: FrameWork) -> Detections:
        detections = _without_own_vehicle(_decode_detections(decoder, work), work)
        header, settings = work.frame.header, work.settings.tracking
        try:
            return self._tracked.track(work.frame.camera, detections, header.stamp_ns, settings)
        except MissingDependencyError as error:
            work.withhold(Cause.POSTPROCESS, str(error))
            return detections

    def _find_lane_lines(self, work: FrameWork) -> LaneLines:
        lane, settings = work.made[Part.LANE], work.settings.lane
        depth, ground = work.made.get(Part.DEPTH), work.profile.ground
        lines = find_lane_lines(
            lane, depth, work.frame.size, background=self._lane_background, settings=settings
        )
        if depth is None and ground is not None:
            try:
                lines = lines_on_ground(lines, work.calibration(), ground)
            except CameraInfoError as error:
                work.withhold(error.cause, str(error))
        return with_patterns(
            lines,
            lane,
            work.made.get(Part.SEMANTIC),
            work.frame.size,
            other_marks=set(settings.excluded_classes) - {self._lane_background},
        )

    def _make_bird_eye(self, work: FrameWork) -> BirdEyeView:
        return make_bird_eye(
            work.made[Part.DEPTH],
            work.made.get(Part.SEMANTIC),
            work.made.get(Part.LANE),
            work.made.get(Part.POSITIONS),
            lane_background=self._lane_background,
            settings=work.settings.bird_eye,
        )

    def _draw_overlay(self, work: FrameWork) -> NDArray[np.uint8]:
        return draw_overlay(
            work.backdrop(),
            semantic=work.made.get(Part.SEMANTIC),
            lane=work.made.get(Part.LANE),
            lane_background=self._lane_background,
            lane_lines=work.made.get(Part.LANE_LINES),
            detections=work.detections,
            settings=work.settings.overlay,
            image_size=work.frame.size,
        )


def _decode_detections(decoder: DetectionDecoder, work: FrameWork) -> Detections:
    settings = work.settings.detection
    detections, non_finite = decoder.decode(
        work.tensors,
        work.transform,
        score_threshold=settings.score_threshold,
        iou_threshold=settings.iou_threshold,
        maximum_objects=settings.maximum_objects,
    )
    _report_non_finite(work, non_finite, 'object candidates')
    return detections


def _without_own_vehicle(detections: Detections, work: FrameWork) -> Detections:
    vehicle = work.profile.own_vehicle
    if vehicle is None or not len(detections):
        return detections
    others = vehicle.coverage(detections.xyxy, work.frame.size) < _OWN_VEHICLE_SHARE
    return Detections.without_positions(
        detections.labels,
        detections.xyxy[others],
        detections.scores[others],
        detections.class_ids[others],
    )


def _decode_classes(decoder: SegmentationDecoder, info: TensorInfo, work: FrameWork) -> ClassMap:
    class_map = decoder.decode(work.tensors[info.name], work.transform)
    if info.channels > 1:  # scores: without a best one only where all are NaN
        unlabelled = int(np.count_nonzero(class_map.ids == UNLABELLED))
        _report_non_finite(work, unlabelled, f'pixels of {info.name}')
    return class_map


def _decode_confidence(
    decoder: ConfidenceDecoder, info: TensorInfo, work: FrameWork
) -> NDArray[np.uint8]:
    return decoder.decode(work.tensors[info.name], work.transform, work.made[Part.SEMANTIC])


def _decode_depth(decoder: DepthDecoder, info: TensorInfo, work: FrameWork) -> DepthMap:
    settings, profile = work.settings.depth, work.profile
    depth, non_finite = decoder.decode(
        work.tensors[info.name],
        work.transform,
        work.calibration(),
        valid_range_m=settings.valid_range_m,
        scale=settings.scale * profile.depth_scale,
        offset_m=settings.offset_m * profile.depth_scale + profile.depth_offset_m,
    )
    _report_non_finite(work, non_finite, 'depth pixels')
    semantic = work.made.get(Part.SEMANTIC)
    if settings.sky_is_unknown and semantic is not None:
        forget_sky(depth, semantic)
    if profile.own_vehicle is not None:
        forget_own_vehicle(depth, profile.own_vehicle, work.frame.size)
    return depth


def _report_non_finite(work: FrameWork, count: int, what: str) -> None:
    if count:
        work.withheld.append(
            (
                Cause.NETWORK_OUTPUT,
                f'{count} {what} of the network are NaN or infinite and were left out; '
                'is the model file whole? Export or download it again',
            )
        )


def _locate_objects(work: FrameWork) -> Detections:
    detections: Detections = work.made[Part.DETECTIONS]
    depth = work.made.get(Part.DEPTH)
    ground = work.profile.ground
    if depth is None and ground is None:
        return detections
    return with_positions(
        detections,
        work.calibration(),
        depth=depth,
        semantic=work.made.get(Part.SEMANTIC),
        ground=ground,
        own_vehicle=work.profile.own_vehicle,
        settings=work.settings.position,
    )


def _color_depth(work: FrameWork) -> NDArray[np.uint8]:
    return color_depth(work.made[Part.DEPTH], work.settings.depth.valid_range_m[1])


def _make_point_cloud(work: FrameWork) -> PointCloud:
    settings, depth = work.settings.point_cloud, work.made[Part.DEPTH]
    return make_point_cloud(
        depth,
        work.frame.image,
        work.frame.color_order,
        work.made.get(Part.SEMANTIC),
        stride=settings.stride_for(depth.depth_m.shape),
        range_m=settings.range_m,
        dense=settings.dense,
    )


def _pick_point_confidence(work: FrameWork) -> NDArray[np.uint8]:
    settings, depth = work.settings.point_cloud, work.made[Part.DEPTH]
    return confidence_of_points(
        work.made[Part.CONFIDENCE],
        depth,
        stride=settings.stride_for(depth.depth_m.shape),
        range_m=settings.range_m,
        dense=settings.dense,
    )
