# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Objects and lane lines as rviz markers, in the image's optical frame."""

from __future__ import annotations

from geometry_msgs.msg import Point
from geometry_msgs.msg import Pose
from geometry_msgs.msg import Quaternion
from geometry_msgs.msg import Vector3
import numpy as np
from std_msgs.msg import ColorRGBA
from std_msgs.msg import Header as HeaderMessage
from visualization_msgs.msg import Marker
from visualization_msgs.msg import MarkerArray

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.frame import Header
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import Detections
from hailo_perception.core.results import LaneLines
from hailo_perception.ros import headers

_BOX_OPACITY = 0.5
_BOX_DEPTH_M = 0.2
_TEXT_HEIGHT_M = 0.6
_LINE_WIDTH_M = 0.12
_NO_ROTATION = Quaternion(x=0.0, y=0.0, z=0.0, w=1.0)


def to_marker_array(
    detections: Detections | None,
    lanes: LaneLines | None,
    camera_model: CameraModel | None,
    header: Header,
) -> MarkerArray:
    """Show what has a position: objects as upright plates with their name, lanes as lines.

    The first marker deletes all former ones, so that nothing stale stays in the view. A plate
    has the size that the box has at the object's distance.
    """
    message_header = headers.to_message(header)
    markers = [Marker(header=message_header, action=Marker.DELETEALL)]
    if detections is not None and camera_model is not None:
        markers += _object_markers(detections, camera_model, message_header)
    if lanes is not None:
        markers += _lane_markers(lanes, message_header)
    return MarkerArray(markers=markers)


def _object_markers(
    detections: Detections, camera_model: CameraModel, header: HeaderMessage
) -> list[Marker]:
    markers = []
    focal = np.array((camera_model.fx, camera_model.fy))
    for index in np.flatnonzero(np.isfinite(detections.positions_m).all(axis=1)).tolist():
        x, y, z = detections.positions_m[index].tolist()
        box = detections.xyxy[index]
        width_m, height_m = ((box[2:] - box[:2]) * z / focal).tolist()
        class_id = int(detections.class_ids[index])
        color = _color(detections.labels, class_id, _BOX_OPACITY)
        name = detections.labels.name_of(class_id)
        markers.append(
            Marker(
                header=header,
                ns='objects',
                id=index,
                type=Marker.CUBE,
                pose=Pose(position=Point(x=x, y=y, z=z), orientation=_NO_ROTATION),
                scale=Vector3(x=width_m, y=height_m, z=_BOX_DEPTH_M),
                color=color,
            )
        )
        markers.append(
            Marker(
                header=header,
                ns='labels',
                id=index,
                type=Marker.TEXT_VIEW_FACING,
                pose=Pose(
                    position=Point(x=x, y=y - height_m / 2 - _TEXT_HEIGHT_M, z=z),
                    orientation=_NO_ROTATION,
                ),
                scale=Vector3(x=0.0, y=0.0, z=_TEXT_HEIGHT_M),
                color=ColorRGBA(r=1.0, g=1.0, b=1.0, a=1.0),
                text=f'{name} {float(detections.distances_m[index]):.1f} m',
            )
        )
    return markers


def _lane_markers(lanes: LaneLines, header: HeaderMessage) -> list[Marker]:
    markers = []
    for index, line in enumerate(lanes.lines):
        known = line.points_m[np.isfinite(line.points_m).all(axis=1)]
        if len(known) < 2:
            continue
        markers.append(
            Marker(
                header=header,
                ns='lanes',
                id=index,
                type=Marker.LINE_STRIP,
                pose=Pose(orientation=_NO_ROTATION),
                scale=Vector3(x=_LINE_WIDTH_M, y=0.0, z=0.0),
                color=_color(lanes.labels, line.class_id, 1.0),
                points=[Point(x=x, y=y, z=z) for x, y, z in known.tolist()],
            )
        )
    return markers


def _color(labels: LabelSet, class_id: int, opacity: float) -> ColorRGBA:
    blue, green, red = (labels.color_table_bgr()[class_id] / 255.0).tolist()
    return ColorRGBA(r=red, g=green, b=blue, a=opacity)
