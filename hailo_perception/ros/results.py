# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What was found, as messages; every one with the image's own header."""

from __future__ import annotations

import math

from geometry_msgs.msg import Point32
import numpy as np
from sensor_msgs.msg import PointCloud2
from sensor_msgs.msg import PointField

from hailo_perception.core.frame import Header
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
from hailo_perception.ros.images import append_bytes

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


def to_object_array(
    detections: Detections, image_size: tuple[int, int], header: Header
) -> ObjectArray:
    """List the objects with boxes in image pixels and positions in metres."""
    rows = zip(
        detections.xyxy.tolist(),
        detections.class_ids.tolist(),
        detections.scores.tolist(),
        detections.distances_m.tolist(),
        detections.positions_m.tolist(),
        strict=True,
    )
    return ObjectArray(
        header=headers.to_message(header),
        image_width=image_size[0],
        image_height=image_size[1],
        objects=[
            Object(
                x_min=box[0],
                y_min=box[1],
                x_max=box[2],
                y_max=box[3],
                class_id=class_id,
                class_name=detections.labels.name_of(class_id),
                score=score,
                distance_m=distance_m,
                position=Point32(x=position[0], y=position[1], z=position[2]),
            )
            for box, class_id, score, distance_m, position in rows
        ],
    )


def to_lane_array(lanes: LaneLines, image_size: tuple[int, int], header: Header) -> LaneArray:
    """List the lane lines from left to right."""
    return LaneArray(
        header=headers.to_message(header),
        image_width=image_size[0],
        image_height=image_size[1],
        lanes=[
            Lane(
                class_id=line.class_id,
                class_name=lanes.labels.name_of(line.class_id),
                score=line.score,
                x_px=line.pixels[:, 0].tolist(),
                y_px=line.pixels[:, 1].tolist(),
                points=[Point32(x=x, y=y, z=z) for x, y, z in line.points_m.tolist()],
            )
            for line in lanes.lines
        ],
    )


def to_point_cloud(cloud: PointCloud, header: Header) -> PointCloud2:
    """Make a cloud message; organised clouds keep the depth image's rows and columns."""
    points = cloud.points
    height, width = points.shape if cloud.is_organised else (1, len(points))
    message = PointCloud2(
        header=headers.to_message(header),
        height=height,
        width=width,
        fields=_POINT_FIELDS,
        is_bigendian=False,
        point_step=POINT_DTYPE.itemsize,
        row_step=POINT_DTYPE.itemsize * width,
        is_dense=not cloud.is_organised,
    )
    append_bytes(message, points)
    return message


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
