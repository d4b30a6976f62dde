# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""foxglove_msgs, where installed: boxes, names and lane lines for Foxglove to draw on an image."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
import math

from builtin_interfaces.msg import Time

from hailo_perception.core.frame import Header
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import Detections
from hailo_perception.core.results import LaneLines
from hailo_perception.ros import headers

IS_AVAILABLE = find_spec('foxglove_msgs') is not None

if IS_AVAILABLE:
    from foxglove_msgs.msg import Color
    from foxglove_msgs.msg import ImageAnnotations as ImageAnnotations
    from foxglove_msgs.msg import Point2
    from foxglove_msgs.msg import PointsAnnotation
    from foxglove_msgs.msg import TextAnnotation

_REFERENCE_WIDTH_PX = 960
"""Width at which the sizes below are meant; they grow and shrink with the image."""
_BOX_LINE_PX = 2.0
_LANE_LINE_PX = 3.0
_TEXT_PX = 14.0
_PLATE_OPACITY = 0.6
_CENTRE_TO_EDGE = 0.5
"""Foxglove's origin is the corner of the first pixel: its pixels are edge coordinates."""


def to_image_annotations(
    detections: Detections | None,
    lanes: LaneLines | None,
    image_size: tuple[int, int],
    header: Header,
) -> ImageAnnotations:
    """Draw each object's box with name, score and distance, and each lane line.

    Every annotation has the image's stamp, by which Foxglove pairs it with the image;
    ``image_size`` is (width, height) and sets the sizes of lines and text.
    """
    stamp = headers.to_time(header.stamp_ns)
    scale = image_size[0] / _REFERENCE_WIDTH_PX
    message = ImageAnnotations()
    if lanes is not None:
        message.points += _lane_lines(lanes, stamp, _LANE_LINE_PX * scale)
    if detections is not None:
        message.points += _boxes(detections, stamp, _BOX_LINE_PX * scale)
        message.texts += _names(detections, stamp, _TEXT_PX * scale)
    return message


def _lane_lines(lanes: LaneLines, stamp: Time, thickness_px: float) -> list[PointsAnnotation]:
    colors = _colors(lanes.labels)
    return [
        PointsAnnotation(
            timestamp=stamp,
            type=PointsAnnotation.LINE_STRIP,
            points=[Point2(x=x, y=y) for x, y in (line.pixels + _CENTRE_TO_EDGE).tolist()],
            outline_color=colors[line.class_id],
            thickness=thickness_px,
        )
        for line in lanes.lines
    ]


def _boxes(detections: Detections, stamp: Time, thickness_px: float) -> list[PointsAnnotation]:
    colors = _colors(detections.labels)
    return [
        PointsAnnotation(
            timestamp=stamp,
            type=PointsAnnotation.LINE_LOOP,
            points=[
                Point2(x=x, y=y)
                for x, y in ((left, top), (right, top), (right, bottom), (left, bottom))
            ],
            outline_color=colors[class_id],
            thickness=thickness_px,
        )
        for (left, top, right, bottom), class_id in zip(
            detections.xyxy.tolist(), detections.class_ids.tolist(), strict=True
        )
    ]


def _names(detections: Detections, stamp: Time, size_px: float) -> list[TextAnnotation]:
    colors = _colors(detections.labels)
    plate = Color(r=0.0, g=0.0, b=0.0, a=_PLATE_OPACITY)
    return [
        TextAnnotation(
            timestamp=stamp,
            # The text stands on the box, and inside it where the image has no room above.
            position=Point2(x=left, y=max(top, size_px)),
            text=_name(detections.labels.name_of(class_id), score, distance_m),
            font_size=size_px,
            text_color=colors[class_id],
            background_color=plate,
        )
        for (left, top, _, _), class_id, score, distance_m in zip(
            detections.xyxy.tolist(),
            detections.class_ids.tolist(),
            detections.scores.tolist(),
            detections.distances_m.tolist(),
            strict=True,
        )
    ]


def _name(class_name: str, score: float, distance_m: float) -> str:
    distance = f' {distance_m:.1f} m' if math.isfinite(distance_m) else ''
    return f'{class_name} {score:.2f}{distance}'


@lru_cache(maxsize=8)
def _colors(labels: LabelSet) -> tuple[Color, ...]:
    """Colours for all 256 class ids, for reading only: every frame shares them."""
    return tuple(
        Color(r=red, g=green, b=blue, a=1.0)
        for blue, green, red in (labels.color_table_bgr() / 255.0).tolist()
    )
