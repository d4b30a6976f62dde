# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""foxglove_msgs, where it is installed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip('rclpy')
foxglove = pytest.importorskip('foxglove_msgs.msg')

from hailo_perception.core.frame import Header  # noqa: E402
from hailo_perception.core.labels import Label  # noqa: E402
from hailo_perception.core.labels import LabelSet  # noqa: E402
from hailo_perception.core.results import Detections  # noqa: E402
from hailo_perception.core.results import LaneLine  # noqa: E402
from hailo_perception.core.results import LaneLines  # noqa: E402
from hailo_perception.ros.image_annotations import to_image_annotations  # noqa: E402

HEADER = Header(2_000_000_005, 'front')
LABELS = LabelSet((Label(0, 'car', (255, 0, 0)), Label(3, 'bus', (0, 0, 255))))
SIZE = (1920, 1080)


def detections(*boxes: tuple[float, float, float, float]) -> Detections:
    count = len(boxes)
    return Detections.without_positions(
        LABELS,
        np.array(boxes, np.float32).reshape(-1, 4),
        np.full(count, 0.875, np.float32),
        np.full(count, 3, np.int32),
    )


def lines(*pixels: tuple[tuple[float, float], ...]) -> LaneLines:
    return LaneLines(
        LABELS,
        tuple(
            LaneLine(0, 1.0, np.array(each, np.float32), np.zeros((len(each), 3), np.float32))
            for each in pixels
        ),
    )


def corners(annotation: object) -> list[tuple[float, float]]:
    return [(point.x, point.y) for point in annotation.points]


@pytest.mark.parametrize(
    ('objects', 'lanes'), [(None, None), (detections(), None), (None, lines()),
                           (detections(), lines())],
)  # fmt: skip
def test_nothing_found_clears_the_picture(
    objects: Detections | None, lanes: LaneLines | None
) -> None:
    message = to_image_annotations(objects, lanes, SIZE, HEADER)
    assert not message.points
    assert not message.texts
    assert not message.circles


def test_a_box_is_a_loop_around_its_edges() -> None:
    message = to_image_annotations(detections((10, 100, 30, 160)), None, SIZE, HEADER)
    (loop,) = message.points
    assert loop.type == foxglove.PointsAnnotation.LINE_LOOP
    assert corners(loop) == [(10, 100), (30, 100), (30, 160), (10, 160)]
    color = loop.outline_color
    assert (color.r, color.g, color.b, color.a) == (0, 0, 1, 1)
    assert loop.thickness == 4
    assert (loop.timestamp.sec, loop.timestamp.nanosec) == (2, 5)


@pytest.mark.parametrize(
    ('top', 'distance_m', 'text', 'y'),
    [(100.0, np.nan, 'bus 0.88', 100.0), (3.0, 12.34, 'bus 0.88 12.3 m', 28.0)],
)
def test_its_name_stands_on_the_box(top: float, distance_m: float, text: str, y: float) -> None:
    found = replace(
        detections((10, top, 30, 160)), distances_m=np.array([distance_m], np.float32)
    )
    (name,) = to_image_annotations(found, None, SIZE, HEADER).texts
    assert name.text == text
    assert (name.position.x, name.position.y) == (10, y)
    assert name.font_size == 28
    assert name.timestamp.sec == 2


def test_lane_lines_move_to_edge_coordinates() -> None:
    message = to_image_annotations(None, lines(((0, 7), (2, 5), (3, 1)), ((9, 9), (9, 8))), SIZE,
                                   HEADER)  # fmt: skip
    first, second = message.points
    assert first.type == foxglove.PointsAnnotation.LINE_STRIP
    assert corners(first) == [(0.5, 7.5), (2.5, 5.5), (3.5, 1.5)]
    assert corners(second) == [(9.5, 9.5), (9.5, 8.5)]
    assert first.outline_color.r == 1
