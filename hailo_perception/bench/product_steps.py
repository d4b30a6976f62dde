# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What is made of a decoded frame, one step each: the package beside C++ and OpenCV."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.bench.decoded import DecodedFrame
from hailo_perception.bench.plain import ColorTable
from hailo_perception.bench.plain import PlainCode
from hailo_perception.bench.step import Agreement
from hailo_perception.bench.step import CPP
from hailo_perception.bench.step import largest_difference
from hailo_perception.bench.step import OPENCV
from hailo_perception.bench.step import PACKAGE
from hailo_perception.bench.step import Step
from hailo_perception.bench.timing import Prepared
from hailo_perception.core.frame import Frame
from hailo_perception.core.frame import Header
from hailo_perception.core.results import BirdEyeView
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import Detections
from hailo_perception.core.results import Output
from hailo_perception.core.results import PointCloud
from hailo_perception.core.tensors import RawOutputs
from hailo_perception.kernels import Kernels
from hailo_perception.tasks.bird_eye import make_bird_eye
from hailo_perception.tasks.depth import color_depth
from hailo_perception.tasks.depth import SHADES
from hailo_perception.tasks.lanes import find_lane_lines
from hailo_perception.tasks.overlay import box_thickness
from hailo_perception.tasks.overlay import draw_overlay
from hailo_perception.tasks.point_cloud import make_point_cloud
from hailo_perception.tasks.positions import with_positions
from hailo_perception.tasks.postprocess import Postprocessor
from hailo_perception.tasks.settings import BirdEyeSettings
from hailo_perception.tasks.settings import LaneSettings
from hailo_perception.tasks.settings import PostprocessSettings

OVERLAY, OVERLAY_BOXES, DEPTH_COLORS = 'overlay', 'overlay and boxes', 'depth colours'
OVERLAY_NAMES = 'overlay, boxes, names'
BIRD_EYE, BIRD_EYE_FILLED = "bird's eye", "bird's eye, ground filled"
CLOUD, POSITIONS = 'cloud', 'positions'
LANE_LINES, FRAME = 'lane lines', 'whole frame'

_CLOUD_RANGE_M = (0.0, 100.0)
_UNLABELLED_BGR = (90, 90, 90)
_COLOR_STEPS, _POINT_M = 2.0, 1e-3
"""Greatest differences: colours may be rounded twice, points are metres from the camera."""
_DIFFERENT_CELLS = 0.001
"""Share of all cells: a pixel on the edge of two may be rounded into either."""


_Drawing = Callable[[NDArray[np.uint8]], Callable[[], Any]]
"""Prepares drawing into a picture, as far as it needs to be prepared once only."""


def _on_copies(
    picture: NDArray[np.uint8], drawings: Mapping[str, _Drawing]
) -> dict[str, Callable[[], Any]]:
    """Draw on a copy of the picture that was just made, as after it was resized."""
    variants: dict[str, Callable[[], Any]] = {}
    for name, drawing in drawings.items():
        copy = np.empty_like(picture)
        variants[name] = Prepared(partial(np.copyto, copy, picture), drawing(copy))
    return variants


def _drawings(
    frame: DecodedFrame,
    detections: Detections | None,
    kernels: Mapping[str, Kernels],
    show_names: bool = False,
) -> dict[str, _Drawing]:
    return {
        name: partial(
            partial,
            draw_overlay,
            semantic=frame.semantic,
            lane=frame.lane,
            lane_background=frame.lane_background,
            lane_lines=None,
            detections=detections,
            settings=replace(frame.overlay, show_names=show_names),
            kernels=each,
        )
        for name, each in kernels.items()
    }


_Layer = tuple[ClassMap, ColorTable, float]
"""A class map, its colours, and how much of them is to be seen."""


def _layers(frame: DecodedFrame) -> tuple[_Layer, _Layer]:
    return (
        (frame.semantic, ColorTable.of(frame.semantic.labels), frame.overlay.semantic_opacity),
        (
            frame.lane,
            ColorTable.of(frame.lane.labels, frame.lane_background),
            frame.overlay.lane_opacity,
        ),
    )


def overlay_step(
    frame: DecodedFrame, kernels: Mapping[str, Kernels], plain: PlainCode | None
) -> Step:
    """The masks' colours over the picture; compared pixel by pixel."""
    drawings = _drawings(frame, None, kernels)
    if plain is not None:
        semantic, lane = _layers(frame)
        drawings[CPP] = partial(plain.overlay, semantic=semantic, lane=lane)
        drawings[OPENCV] = partial(
            partial, _overlay_by_opencv, layers=_colored((semantic, lane), plain)
        )
    variants = _on_copies(frame.work.picture, drawings)
    return Step(OVERLAY, variants, frame.work.picture.nbytes, _same_colors)


def overlay_with_boxes_step(
    frame: DecodedFrame, kernels: Mapping[str, Kernels], plain: PlainCode | None
) -> Step:
    """The same with boxes; no names are written, because the demo writes none."""
    drawings = _drawings(frame, frame.detections, kernels)
    if plain is not None:
        semantic, lane = _layers(frame)
        # In the package's order: of unknown distance, what stands lower in the picture is nearer.
        order = np.argsort(frame.detections.xyxy[:, 3], kind='stable')
        colored = _colored((semantic, lane), plain)
        boxes = partial(
            plain.boxes,
            boxes=frame.detections.xyxy[order],
            class_ids=frame.detections.class_ids[order],
            colors_bgr=frame.detections.labels.color_table_bgr(),
            thickness=box_thickness(frame.work.picture.shape[1]),
        )
        drawings[CPP] = lambda picture: partial(
            _one_after_the_other, plain.overlay(picture, semantic, lane), boxes(picture)
        )
        drawings[OPENCV] = lambda picture: partial(
            _one_after_the_other,
            partial(_overlay_by_opencv, picture, colored),
            boxes(picture),
        )
    variants = _on_copies(frame.work.picture, drawings)
    return Step(OVERLAY_BOXES, variants, frame.work.picture.nbytes, _same_colors)


def overlay_with_names_step(frame: DecodedFrame, kernels: Mapping[str, Kernels]) -> Step:
    """The same with boxes and the names of their classes, without a yardstick."""
    drawings = _drawings(frame, frame.detections, kernels, show_names=True)
    picture = frame.work.picture
    return Step(OVERLAY_NAMES, _on_copies(picture, drawings), picture.nbytes)


_ColoredLayer = tuple[Callable[[], NDArray[np.uint8]], float]
"""What makes the picture of a class map, and how much of it is to be seen."""


def _colored(layers: tuple[_Layer, ...], plain: PlainCode) -> tuple[_ColoredLayer, ...]:
    """Prepare the pictures of class maps; classes that are not shown are black, adding nothing."""
    return tuple(
        (plain.color_ids(classes.ids, table.colors_bgr * table.shows[:, None]), opacity)
        for classes, table, opacity in layers
    )


def _overlay_by_opencv(
    picture: NDArray[np.uint8], layers: tuple[_ColoredLayer, ...]
) -> NDArray[np.uint8]:
    """Overlay as TIER IV's demo does: colour each map, enlarge it, add it to the picture."""
    size = picture.shape[1], picture.shape[0]
    for colored, opacity in layers:
        enlarged = cv2.resize(colored(), size, interpolation=cv2.INTER_NEAREST)
        cv2.addWeighted(picture, 1.0, enlarged, opacity, 0.0, dst=picture)
    return picture


def _one_after_the_other(first: Callable[[], Any], then: Callable[[], Any]) -> Any:
    first()
    return then()


def _same_colors(own: NDArray[np.uint8], plain: NDArray[np.uint8]) -> Agreement:
    return largest_difference('of 255', own, plain, _COLOR_STEPS)


def depth_colors_step(
    frame: DecodedFrame, kernels: Mapping[str, Kernels], plain: PlainCode | None
) -> Step:
    """Depth as a coloured picture; compared pixel by pixel."""
    maximum_m = frame.work.manifest.depth.maximum_m if frame.work.manifest.depth else 1.0
    variants: dict[str, Callable[[], Any]] = {
        name: partial(color_depth, frame.depth, maximum_m, kernels=each)
        for name, each in kernels.items()
    }
    if plain is not None:
        shades = np.arange(SHADES, dtype=np.uint8)[:, None]
        palette = np.asarray(cv2.applyColorMap(shades, cv2.COLORMAP_TURBO), np.uint8)[:, 0]
        variants[CPP] = plain.color_depth(
            frame.depth.depth_m, maximum_m, np.ascontiguousarray(palette)
        )
    return Step(
        DEPTH_COLORS,
        variants,
        frame.depth.depth_m.nbytes,
        lambda own, other: largest_difference('of 255', own, other, 0),
    )


def _views(
    frame: DecodedFrame, kernels: Mapping[str, Kernels], settings: BirdEyeSettings
) -> dict[str, Callable[[], Any]]:
    return {
        name: partial(
            make_bird_eye,
            frame.depth,
            frame.semantic,
            frame.lane,
            None,
            lane_background=frame.lane_background,
            settings=settings,
            kernels=each,
        )
        for name, each in kernels.items()
    }


def bird_eye_step(
    frame: DecodedFrame, kernels: Mapping[str, Kernels], plain: PlainCode | None
) -> Step:
    """The top view of the labels, put pixel by pixel as by the demo; compared cell by cell."""
    settings = BirdEyeSettings(fill_ground=False)
    variants = _views(frame, kernels, settings)
    if plain is not None:
        cell = settings.metres_per_cell
        variants[CPP] = plain.bird_eye(
            frame.depth.depth_m,
            frame.depth.camera_model,
            (frame.semantic, ColorTable.of(frame.semantic.labels, None, _UNLABELLED_BGR)),
            (frame.lane, ColorTable.of(frame.lane.labels, frame.lane_background)),
            metres_per_cell=cell,
            cells=(
                round(2 * settings.lateral_range_m / cell),
                round(settings.forward_range_m / cell),
            ),
            maximum_height_m=settings.maximum_height_m,
        )
    return Step(BIRD_EYE, variants, frame.depth.depth_m.nbytes, _same_cells)


def _same_cells(own: BirdEyeView, plain: NDArray[np.uint8]) -> Agreement:
    share = float((own.image != plain).any(axis=-1).mean())
    return Agreement('share of cells', share, _DIFFERENT_CELLS)


def bird_eye_filled_step(frame: DecodedFrame, kernels: Mapping[str, Kernels]) -> Step:
    """The same without holes in the ground, as nodes make it unless told otherwise."""
    views = _views(frame, kernels, BirdEyeSettings())
    return Step(BIRD_EYE_FILLED, views, frame.depth.depth_m.nbytes)


def cloud_step(
    frame: DecodedFrame, kernels: Mapping[str, Kernels], plain: PlainCode | None
) -> Step:
    """Every depth pixel as a coloured, labelled point; compared point by point."""
    variants: dict[str, Callable[[], Any]] = {
        name: partial(
            make_point_cloud,
            frame.depth,
            frame.work.picture,
            'bgr',
            frame.semantic,
            range_m=_CLOUD_RANGE_M,
            kernels=each,
        )
        for name, each in kernels.items()
    }
    if plain is not None:
        variants[CPP] = plain.cloud(
            frame.depth.depth_m,
            frame.depth.camera_model,
            _CLOUD_RANGE_M,
            frame.work.picture,
            frame.semantic.ids,
        )
    return Step(CLOUD, variants, 5 * frame.depth.depth_m.nbytes, _same_points)


def _same_points(own: PointCloud, plain: NDArray[np.void]) -> Agreement:
    for field in ('rgb', 'label'):
        if not np.array_equal(own.points[field], plain[field]):
            return Agreement('m', np.inf, _POINT_M)
    places = [np.stack([points[axis] for axis in 'xyz']) for points in (own.points, plain)]
    return largest_difference('m', places[0], places[1], _POINT_M)


def package_only_steps(frame: DecodedFrame) -> tuple[Step, ...]:
    """What the package makes beyond the demo, without a yardstick, and all outputs together."""
    work = frame.work
    picture = Frame('front', Header(0, 'front'), work.picture, 'bgr', work.camera)
    postprocessor = Postprocessor(work.model, PostprocessSettings.for_model(work.manifest))
    return (
        Step(
            POSITIONS,
            {
                PACKAGE: partial(
                    with_positions,
                    frame.detections,
                    work.camera,
                    depth=frame.depth,
                    semantic=frame.semantic,
                )
            },
            frame.detections.xyxy.nbytes,
        ),
        Step(
            LANE_LINES,
            {
                PACKAGE: partial(
                    find_lane_lines,
                    frame.lane,
                    frame.depth,
                    picture.size,
                    background=frame.lane_background,
                    settings=LaneSettings(),
                )
            },
            frame.lane.ids.nbytes,
        ),
        Step(
            FRAME,
            {
                PACKAGE: partial(
                    postprocessor.run,
                    picture,
                    work.transform,
                    RawOutputs(work.tensors),
                    frozenset(Output),
                )
            },
            sum(tensor.nbytes for tensor in work.tensors.values()) + work.picture.nbytes,
        ),
    )
