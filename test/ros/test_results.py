# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Results as messages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip('rclpy')

from rclpy.serialization import deserialize_message  # noqa: E402
from rclpy.serialization import serialize_message  # noqa: E402
from sensor_msgs.msg import PointCloud2  # noqa: E402
from sensor_msgs.msg import PointField  # noqa: E402

from hailo_perception.core.frame import Header  # noqa: E402
from hailo_perception.core.labels import LabelSet  # noqa: E402
from hailo_perception.core.message_room import empty_with_room  # noqa: E402
from hailo_perception.core.results import Detections  # noqa: E402
from hailo_perception.core.results import LaneLine  # noqa: E402
from hailo_perception.core.results import LaneLines  # noqa: E402
from hailo_perception.core.results import LanePattern  # noqa: E402
from hailo_perception.core.results import POINT_DTYPE  # noqa: E402
from hailo_perception.core.results import PointCloud  # noqa: E402
from hailo_perception.msg import Lane  # noqa: E402
from hailo_perception.msg import LaneArray  # noqa: E402
from hailo_perception.msg import ObjectArray  # noqa: E402
from hailo_perception.ros import results  # noqa: E402

HEADER = Header(3_000_000_004, 'front')
LABELS = LabelSet.from_names('car', 'person')


def object_array(detections: Detections, header: Header = HEADER) -> ObjectArray:
    """Read the objects as a subscriber does."""
    written = results.to_object_array(detections, (640, 480), header)
    return deserialize_message(written, ObjectArray)


def lane_array(lines: LaneLines, header: Header = HEADER) -> LaneArray:
    """Read the lane lines as a subscriber does."""
    return deserialize_message(results.to_lane_array(lines, (640, 480), header), LaneArray)


@pytest.mark.parametrize('count', [0, 1, 3])
def test_to_object_array(count: int) -> None:
    """Every object is listed with its name, and NaN where its place is unknown."""
    detections = Detections.without_positions(
        LABELS,
        np.arange(count * 4, dtype=np.float32).reshape(-1, 4),
        np.linspace(1, 0.5, count, dtype=np.float32),
        np.arange(count, dtype=np.int32) % 2,
    )
    message = object_array(detections)
    assert (message.image_width, message.image_height) == (640, 480)
    assert (message.header.stamp.sec, message.header.stamp.nanosec) == (3, 4)
    assert [o.class_name for o in message.objects] == ['car', 'person', 'car'][:count]
    assert [[o.x_min, o.y_min, o.x_max, o.y_max] for o in message.objects] == (
        detections.xyxy.tolist()
    )
    assert all(np.isnan(o.distance_m) for o in message.objects)
    assert not any(results.is_known(o.position) for o in message.objects)
    assert all(np.isnan(o.position_covariance).all() for o in message.objects)
    assert [o.track_id for o in message.objects] == [0] * count


def test_covariances_and_tracks_of_objects() -> None:
    """The covariance goes row by row."""
    covariances = np.arange(18, dtype=np.float32).reshape(2, 3, 3)
    boxes = np.zeros((2, 4), np.float32)
    detections = replace(
        Detections.without_positions(LABELS, boxes, np.ones(2), np.zeros(2)),
        position_covariances_m2=covariances,
        track_ids=np.array((7, 0)),
    )
    message = object_array(detections)
    assert [list(o.position_covariance) for o in message.objects] == [
        list(range(9)),
        list(range(9, 18)),
    ]
    assert [o.track_id for o in message.objects] == [7, 0]


def test_to_lane_array() -> None:
    """Pixels and metres of a line stay in step."""
    pixels = np.array(((10, 100), (20, 50)), np.float32)
    points = np.array(((-1, 1, 5), (np.nan,) * 3), np.float32)
    lines = LaneLines(LABELS, (LaneLine(1, 0.75, pixels, points),))
    (lane,) = lane_array(lines).lanes
    assert (lane.class_id, lane.class_name, lane.score) == (1, 'person', 0.75)
    assert (list(lane.x_px), list(lane.y_px)) == ([10, 20], [100, 50])
    assert [results.is_known(point) for point in lane.points] == [True, False]
    assert (lane.pattern, lane.color) == (Lane.UNKNOWN, '')


@pytest.mark.parametrize('pattern', LanePattern)
def test_the_pattern_of_a_lane_line_has_the_messages_number(pattern: LanePattern) -> None:
    labels = LabelSet.from_names('none', 'yellow_line')
    pixels, points = np.zeros((2, 2), np.float32), np.zeros((2, 3), np.float32)
    lines = LaneLines(labels, (LaneLine(1, 1.0, pixels, points, pattern),))
    (lane,) = lane_array(lines).lanes
    assert lane.pattern == getattr(Lane, pattern.name)
    assert lane.color == 'yellow'


def cloud_of(written: np.ndarray) -> PointCloud2:
    return deserialize_message(written.tobytes(), PointCloud2)


@pytest.mark.parametrize(
    ('shape', 'height', 'width', 'is_dense'),
    [((0,), 1, 0, True), ((5,), 1, 5, True), ((2, 3), 2, 3, False)],
)
def test_a_point_cloud(
    shape: tuple[int, ...], height: int, width: int, is_dense: bool
) -> None:
    """Fields, steps and bytes are those of the array."""
    points = np.zeros(shape, POINT_DTYPE)
    points['z'] = np.arange(points.size).reshape(shape)
    points['label'] = 7
    message = cloud_of(results.ReusedPointCloud().fill(PointCloud(points), HEADER))
    assert (message.height, message.width, message.is_dense) == (height, width, is_dense)
    assert message.point_step == 20
    assert message.row_step == 20 * width
    assert bytes(message.data) == points.tobytes()
    assert [(f.name, f.offset, f.datatype) for f in message.fields] == [
        ('x', 0, PointField.FLOAT32),
        ('y', 4, PointField.FLOAT32),
        ('z', 8, PointField.FLOAT32),
        ('rgb', 12, PointField.FLOAT32),
        ('label', 16, PointField.UINT8),
    ]


@pytest.mark.parametrize(
    ('depth_m', 'millimetres'),
    [(np.nan, 0), (1.2344, 1234), (65.535, 65535), (65.6, 0), (0.0, 0), (-1.0, 0), (np.inf, 0)],
)
def test_to_millimetres(depth_m: float, millimetres: int) -> None:
    """Unknown and unrepresentable depths are 0."""
    depth = np.array([[depth_m]], np.float32)
    assert results.to_millimetres(depth).tolist() == [[millimetres]]


def _detections(count: int) -> Detections:
    random = np.random.default_rng(count)
    return replace(
        Detections.without_positions(
            LABELS,
            random.uniform(0, 90, (count, 4)).astype(np.float32),
            random.uniform(0, 1, count).astype(np.float32),
            random.integers(0, 2, count).astype(np.int32),
        ),
        distances_m=random.uniform(1, 9, count).astype(np.float32),
        positions_m=random.uniform(1, 9, (count, 3)).astype(np.float32),
        position_covariances_m2=random.uniform(0, 1, (count, 3, 3)).astype(np.float32),
        track_ids=np.arange(count),
    )


def _lanes(count: int) -> LaneLines:
    random = np.random.default_rng(count)
    return LaneLines(
        LABELS,
        tuple(
            LaneLine(
                class_id=i % 2,
                score=0.5,
                pixels=random.uniform(0, 90, (2 + i, 2)).astype(np.float32),
                points_m=random.uniform(1, 9, (2 + i, 3)).astype(np.float32),
            )
            for i in range(count)
        ),
    )


@pytest.mark.parametrize('frame_id', ['', 'a', 'ab', 'front_optical', 'Straße'])
@pytest.mark.parametrize('count', [0, 1, 2, 5])
def test_the_bytes_are_as_many_as_the_middleware_would_write(count: int, frame_id: str) -> None:
    """And mean the same: what stands between the fields, which are aligned, is left open."""
    header = Header(HEADER.stamp_ns, frame_id)
    for written, kind in (
        (results.to_object_array(_detections(count), (64, 48), header), ObjectArray),
        (results.to_lane_array(_lanes(count), (64, 48), header), LaneArray),
    ):
        message = deserialize_message(written, kind)
        assert message.header.frame_id == frame_id
        assert (message.image_width, message.image_height) == (64, 48)
        again = serialize_message(message)
        assert len(again) == len(written)
        assert deserialize_message(again, kind) == message


@pytest.mark.parametrize('make', [np.empty, empty_with_room])
@pytest.mark.parametrize(
    'shapes', [((2, 3), (2, 3)), ((2, 3), (6,)), ((4,), (2, 3)), ((4,), (0,)), ((0,), (4,))]
)
def test_a_reused_cloud_is_as_a_new_one(
    shapes: tuple[tuple[int, ...], ...], make: Callable[..., np.ndarray]
) -> None:
    """Organised and dense clouds of any size follow each other, with room around them or not."""
    reused = results.ReusedPointCloud()
    for number, shape in enumerate(shapes, 1):
        points = make(shape, POINT_DTYPE)
        points.view(np.uint8)[...] = 0
        points['x'] = number
        header = Header(number, 'front')
        written = reused.fill(PointCloud(points), header)
        anew = results.ReusedPointCloud().fill(PointCloud(points.copy()), header)
        assert written.tobytes() == anew.tobytes()
        message = cloud_of(written)
        assert bytes(message.data) == points.tobytes()
        assert len(serialize_message(message)) == len(written)
