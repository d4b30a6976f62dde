# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What has a place becomes a marker, and nothing of the frame before is left."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip('rclpy')

from rclpy.serialization import deserialize_message  # noqa: E402
from rclpy.serialization import serialize_message  # noqa: E402
from visualization_msgs.msg import Marker  # noqa: E402
from visualization_msgs.msg import MarkerArray  # noqa: E402

from hailo_perception.core.camera_model import CameraModel  # noqa: E402
from hailo_perception.core.frame import Header  # noqa: E402
from hailo_perception.core.labels import LabelSet  # noqa: E402
from hailo_perception.core.results import Detections  # noqa: E402
from hailo_perception.core.results import LaneLine  # noqa: E402
from hailo_perception.core.results import LaneLines  # noqa: E402
from hailo_perception.ros.markers import to_marker_array  # noqa: E402

HEADER = Header(3_000_000_004, 'front')
LABELS = LabelSet.from_names('car', 'person')
CAMERA = CameraModel(640, 480, 500.0, 250.0, 320.0, 240.0)


def _detections(*places_m: tuple[float, float, float]) -> Detections:
    count = len(places_m)
    boxes = np.tile(np.array((100, 100, 200, 150), np.float32), (count, 1))
    ids = np.arange(count, dtype=np.int32) % 2
    return replace(
        Detections.without_positions(LABELS, boxes, np.ones(count, np.float32), ids),
        positions_m=np.array(places_m, np.float32).reshape(-1, 3),
        distances_m=np.array([place[2] + 0.25 for place in places_m], np.float32),
    )


def _lanes(*lengths: int) -> LaneLines:
    return LaneLines(
        LABELS,
        tuple(
            LaneLine(
                class_id=i % 2,
                score=0.5,
                pixels=np.zeros((length, 2), np.float32),
                points_m=np.full((length, 3), i + 1, np.float32),
            )
            for i, length in enumerate(lengths)
        ),
    )


@pytest.mark.parametrize(
    ('detections', 'lanes', 'camera'),
    [
        (None, None, None),
        (_detections(), _lanes(), CAMERA),
        (_detections((1, 2, 10)), None, None),
        (_detections((np.nan,) * 3), _lanes(0, 1), CAMERA),
    ],
)
def test_without_a_place_only_the_former_markers_are_deleted(
    detections: Detections | None, lanes: LaneLines | None, camera: CameraModel | None
) -> None:
    (marker,) = markers_of(detections, lanes, camera)
    assert marker.action == Marker.DELETEALL
    assert (marker.header.stamp.sec, marker.header.stamp.nanosec) == (3, 4)
    assert marker.header.frame_id == 'front'


def test_an_object_is_a_frame_as_large_as_its_box_and_a_name() -> None:
    detections = _detections((np.nan,) * 3, (1, 2, 10))
    _, frame, name = markers_of(detections, None, CAMERA)
    assert [(m.ns, m.id, m.type) for m in (frame, name)] == [
        ('objects', 1, Marker.LINE_LIST),
        ('labels', 1, Marker.TEXT_VIEW_FACING),
    ]
    # 100 × 50 pixels at 10 m with focal lengths of 500 and 250: 2 m by 2 m around (1, 2).
    corners = [(0, 1, 10), (2, 1, 10), (2, 3, 10), (0, 3, 10), (0, 1, 10)]
    assert stretches(frame) == list(zip(corners, corners[1:], strict=False))
    assert name.text == 'person 10.2 m'
    assert name.pose.position.y < 2 - 1.0
    blue, green, red = LABELS.color_table_bgr()[1] / 255
    color = frame.color
    assert (color.r, color.g, color.b, color.a) == pytest.approx((red, green, blue, 1.0))
    assert not frame.colors
    assert (frame.lifetime.sec, name.lifetime.sec) == (2, 2)
    assert all(m.pose.orientation.w == 1 for m in (frame, name))


def test_all_objects_of_a_class_are_one_marker_and_the_nearest_have_names() -> None:
    """As many objects as a busy street has, in any order."""
    far_m = np.random.default_rng(0).permutation(50) + 5.0
    detections = _detections(*((0, 0, z) for z in far_m))
    _, cars, people, *names = markers_of(detections, None, CAMERA)
    assert (cars.id, people.id) == (0, 1)
    for marker, depths_m in ((cars, far_m[::2]), (people, far_m[1::2])):
        assert [point.z for point in marker.points[::8]] == depths_m.tolist()
        assert len(marker.points) == 8 * 25
    assert [name.pose.position.z for name in names] == sorted(far_m)[: len(names)]
    assert 10 < len(names) < 50


def test_a_lane_is_a_line_through_its_known_points() -> None:
    lanes = _lanes(3, 1, 0, 4)
    lanes.lines[3].points_m[1] = np.nan
    lanes.lines[3].points_m[3] = 9
    _, *markers = markers_of(None, lanes, None)
    assert [(m.ns, m.id, m.type) for m in markers] == [
        ('lanes', 0, Marker.LINE_LIST),
        ('lanes', 1, Marker.LINE_LIST),
    ]
    one, four, nine = (1, 1, 1), (4, 4, 4), (9, 9, 9)
    assert list(map(stretches, markers)) == [[(one, one)] * 2, [(four, four), (four, nine)]]
    for marker, color in zip(markers, LABELS.color_table_bgr()[:2, ::-1] / 255, strict=True):
        assert (marker.color.r, marker.color.g, marker.color.b) == pytest.approx(color)


@pytest.mark.parametrize('frame_id', ['', 'a', 'ab', 'front_optical', 'Straße'])
@pytest.mark.parametrize('lengths', [(), (3, 2), (2, 2, 4)])
def test_the_bytes_are_as_many_as_the_middleware_would_write(
    frame_id: str, lengths: tuple[int, ...]
) -> None:
    """And mean the same: what stands between the fields, which are aligned, is left open."""
    detections = _detections(*((i, i, 5.0 + i) for i in range(5)))
    header = Header(HEADER.stamp_ns, frame_id)
    written = to_marker_array(detections, _lanes(*lengths), CAMERA, header)
    message = deserialize_message(written, MarkerArray)
    assert {marker.header.frame_id for marker in message.markers} == {frame_id}
    again = serialize_message(message)
    assert len(again) == len(written)
    assert deserialize_message(again, MarkerArray) == message


def markers_of(
    detections: Detections | None, lanes: LaneLines | None, camera: CameraModel | None
) -> list[Marker]:
    """Read the markers as a subscriber does."""
    written = to_marker_array(detections, lanes, camera, HEADER)
    markers: list[Marker] = deserialize_message(written, MarkerArray).markers
    return markers


def stretches(marker: Marker) -> list[tuple[tuple[float, ...], tuple[float, ...]]]:
    """Pair the ends of a marker's lines."""
    points = [(point.x, point.y, point.z) for point in marker.points]
    return list(zip(points[::2], points[1::2], strict=True))
