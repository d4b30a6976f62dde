# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What was found, as messages; every one with the image's own header."""

from __future__ import annotations

from array import array
from itertools import islice
import math

from geometry_msgs.msg import Point32
import numpy as np
from sensor_msgs.msg import PointCloud2
from sensor_msgs.msg import PointField

from hailo_perception.core.frame import Header
from hailo_perception.core.labels import color_in
from hailo_perception.core.results import Detections
from hailo_perception.core.results import LaneLines
from hailo_perception.core.results import POINT_DTYPE
from hailo_perception.core.results import POINT_PADDING
from hailo_perception.core.results import PointCloud
from hailo_perception.msg import Lane
from hailo_perception.msg import LaneArray
from hailo_perception.msg import Object
from hailo_perception.msg import ObjectArray
from hailo_perception.ros import headers
from hailo_perception.ros.images import fill_bytes
from hailo_perception.ros.message_pool import MessagePool

_POINT_FIELDS = [
    # rviz and PCL read packed colours from a field of type FLOAT32.
    PointField(
        name=name,
        offset=layout[1],
        datatype=PointField.UINT8 if name == 'label' else PointField.FLOAT32,
        count=1,
    )
    for name, layout in (POINT_DTYPE.fields or {}).items()
    if name != POINT_PADDING
]
_MILLIMETRES_PER_METRE = 1000.0


class ReusedObjectArray:
    """An ObjectArray that is filled again for every frame of a topic."""

    def __init__(self) -> None:
        """Start with an empty message."""
        self._message = ObjectArray()
        self._objects: MessagePool[Object] = MessagePool(Object)

    def fill(
        self, detections: Detections, image_size: tuple[int, int], header: Header
    ) -> ObjectArray:
        """List the objects with boxes in image pixels and positions in metres.

        The message is valid until the next call.
        """
        message, count = self._message, len(detections)
        covariances_m2, track_ids = detections.position_covariances_m2, detections.track_ids
        if covariances_m2 is None:
            covariances_m2 = np.full((count, 3, 3), np.nan, np.float32)
        headers.fill(message.header, header)
        message.image_width, message.image_height = image_size
        message.objects = self._objects.take(count)
        for item, box, class_id, score, distance_m, place, covariance_m2, track_id in zip(
            message.objects,
            detections.xyxy.tolist(),
            detections.class_ids.tolist(),
            detections.scores.tolist(),
            detections.distances_m.tolist(),
            detections.positions_m.tolist(),
            covariances_m2.reshape(count, 9),
            [0] * count if track_ids is None else track_ids.tolist(),
            strict=True,
        ):
            item.x_min, item.y_min, item.x_max, item.y_max = box
            item.class_id = class_id
            item.class_name = detections.labels.name_of(class_id)
            item.score = score
            item.distance_m = distance_m
            position = item.position
            position.x, position.y, position.z = place
            item.position_covariance = covariance_m2
            item.track_id = track_id
        return message


def to_object_array(
    detections: Detections, image_size: tuple[int, int], header: Header
) -> ObjectArray:
    """Make a new message as ``ReusedObjectArray.fill`` does."""
    return ReusedObjectArray().fill(detections, image_size, header)


class ReusedLaneArray:
    """A LaneArray that is filled again for every frame of a topic."""

    def __init__(self) -> None:
        """Start with an empty message."""
        self._message = LaneArray()
        self._lanes: MessagePool[Lane] = MessagePool(Lane)
        self._points: MessagePool[Point32] = MessagePool(Point32)

    def fill(
        self, lanes: LaneLines, image_size: tuple[int, int], header: Header
    ) -> LaneArray:
        """List the lane lines from left to right; the message is valid until the next call."""
        message = self._message
        headers.fill(message.header, header)
        message.image_width, message.image_height = image_size
        message.lanes = self._lanes.take(len(lanes.lines))
        points = iter(self._points.take(sum(len(line.points_m) for line in lanes.lines)))
        for lane, line in zip(message.lanes, lanes.lines, strict=True):
            lane.class_id = line.class_id
            lane.class_name = lanes.labels.name_of(line.class_id)
            lane.score = line.score
            lane.pattern = line.pattern
            lane.color = color_in(lane.class_name)
            lane.x_px = array('f', line.pixels[:, 0].tolist())
            lane.y_px = array('f', line.pixels[:, 1].tolist())
            lane.points = list(islice(points, len(line.points_m)))
            for point, place in zip(lane.points, line.points_m.tolist(), strict=True):
                point.x, point.y, point.z = place
        return message


def to_lane_array(lanes: LaneLines, image_size: tuple[int, int], header: Header) -> LaneArray:
    """Make a new message as ``ReusedLaneArray.fill`` does."""
    return ReusedLaneArray().fill(lanes, image_size, header)


class ReusedPointCloud:
    """A cloud message that is filled again for every frame of a topic."""

    def __init__(self) -> None:
        """Start with an empty message."""
        self._message = PointCloud2(
            fields=_POINT_FIELDS, is_bigendian=False, point_step=POINT_DTYPE.itemsize
        )

    def fill(self, cloud: PointCloud, header: Header) -> PointCloud2:
        """Write a cloud; organised ones keep the depth image's rows and columns.

        The message is valid until the next call.
        """
        message, points = self._message, cloud.points
        headers.fill(message.header, header)
        message.height, message.width = points.shape if cloud.is_organised else (1, len(points))
        message.row_step = POINT_DTYPE.itemsize * message.width
        message.is_dense = not cloud.is_organised
        fill_bytes(message, points)
        return message


def to_point_cloud(cloud: PointCloud, header: Header) -> PointCloud2:
    """Make a new message as ``ReusedPointCloud.fill`` does."""
    return ReusedPointCloud().fill(cloud, header)


def to_millimetres(depth_m: np.ndarray) -> np.ndarray:
    """Turn metres with NaN into REP 118's raw form: uint16 millimetres, 0 where unknown.

    Depths beyond 65.535 m do not fit and are unknown too.
    """
    millimetres = np.rint(depth_m * np.float32(_MILLIMETRES_PER_METRE))
    known = (millimetres > 0) & (millimetres <= np.iinfo(np.uint16).max)
    return np.where(known, millimetres, 0).astype(np.uint16)


def is_known(point: Point32) -> bool:
    """Tell whether a position field holds a position."""
    return math.isfinite(point.x) and math.isfinite(point.y) and math.isfinite(point.z)
