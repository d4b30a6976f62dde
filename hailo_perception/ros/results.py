# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What was found, as serialised messages; each with the image's own header."""

from __future__ import annotations

from functools import lru_cache
from functools import partial
import math
import struct
import sys

from geometry_msgs.msg import Point32
import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import PointField

from hailo_perception.core.frame import Header
from hailo_perception.core.labels import color_in
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import Detections
from hailo_perception.core.results import LaneLines
from hailo_perception.core.results import POINT_DTYPE
from hailo_perception.core.results import POINT_PADDING
from hailo_perception.core.results import PointCloud
from hailo_perception.ros import headers
from hailo_perception.ros.cdr import CdrText
from hailo_perception.ros.cdr import CdrWriter
from hailo_perception.ros.cdr import ReusedCdr

_POINT_FIELDS = tuple(
    # rviz and PCL read packed colours from a field of type FLOAT32.
    (CdrText.of(name), layout[1], PointField.UINT8 if name == 'label' else PointField.FLOAT32)
    for name, layout in (POINT_DTYPE.fields or {}).items()
    if name != POINT_PADDING
)
"""Name, offset and type of each field of a point."""
_MILLIMETRES_PER_METRE = 1000.0


def to_object_array(detections: Detections, image_size: tuple[int, int], header: Header) -> bytes:
    """List the objects, boxes in image pixels, positions in metres: a serialised ObjectArray."""
    count = len(detections)
    # Of each object score, distance, position, covariance and track: what follows its name.
    numbers = np.full((count, 15), np.nan, np.float32)
    numbers[:, 0], numbers[:, 1] = detections.scores, detections.distances_m
    numbers[:, 2:5] = detections.positions_m
    if detections.position_covariances_m2 is not None:
        numbers[:, 5:14] = detections.position_covariances_m2.reshape(count, 9)
    track_ids = detections.track_ids
    numbers.view(np.uint32)[:, 14] = 0 if track_ids is None else track_ids
    writer = _list_writer(header, image_size, count)
    writer.records(
        np.asarray(detections.xyxy, np.float32),
        [_class_fields(each, detections.labels) for each in detections.class_ids.tolist()],
        numbers,
    )
    return writer.finish()


@lru_cache(maxsize=1024)
def _class_fields(class_id: int, labels: LabelSet) -> bytes:
    """Lay out class_id and class_name of an Object, and the numbers after them aligned."""
    name = CdrText.of(labels.name_of(class_id))
    return struct.pack(f'H {name.layout} 0f', class_id, *name.values)


def to_lane_array(lanes: LaneLines, image_size: tuple[int, int], header: Header) -> bytes:
    """List the lane lines from left to right: a serialised LaneArray."""
    writer = _list_writer(header, image_size, len(lanes.lines))
    for line in lanes.lines:
        class_name = lanes.labels.name_of(line.class_id)
        name, color = CdrText.of(class_name), CdrText.of(color_in(class_name))
        writer.fields(f'H {name.layout} f', line.class_id, *name.values, line.score)
        writer.sequence('f', line.pixels[:, 0])
        writer.sequence('f', line.pixels[:, 1])
        writer.sequence('f', line.points_m)
        writer.fields(f'B {color.layout}', line.pattern, *color.values)
    return writer.finish()


def _list_writer(header: Header, image_size: tuple[int, int], count: int) -> CdrWriter:
    writer, fields = CdrWriter(), headers.HeaderFields.of(header)
    writer.fields(f'{fields.layout} 3I', *fields.values, *image_size, count)
    return writer


class ReusedPointCloud:
    """A serialised cloud message that is filled again for every frame of a topic."""

    def __init__(self) -> None:
        """Start with an empty message."""
        self._message = ReusedCdr()

    def fill(self, cloud: PointCloud, header: Header) -> NDArray[np.uint8]:
        """Write a cloud; organised ones keep the depth image's rows and columns.

        The message is valid until the next call.
        """
        message = self._message.fill(
            cloud.points,
            (header.frame_id, cloud.points.shape),
            partial(_write_cloud_fields, cloud, header),
            after=bytes((not cloud.is_organised,)),
        )
        headers.stamp_serialized(message, header.stamp_ns)
        return message


def _write_cloud_fields(cloud: PointCloud, header: Header, writer: CdrWriter) -> None:
    """Write the fields of a sensor_msgs/PointCloud2 before its data."""
    points = cloud.points
    height, width = points.shape if cloud.is_organised else (1, len(points))
    stamped, point_bytes = headers.HeaderFields.of(header), POINT_DTYPE.itemsize
    writer.fields(f'{stamped.layout} 3I', *stamped.values, height, width, len(_POINT_FIELDS))
    for name, offset, datatype in _POINT_FIELDS:
        writer.fields(f'{name.layout} I B I', *name.values, offset, datatype, 1)
    writer.fields('? 2I', sys.byteorder == 'big', point_bytes, point_bytes * width)


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
