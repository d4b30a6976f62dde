# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Objects and lane lines as rviz markers, in the image's optical frame."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice

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
from hailo_perception.ros.message_pool import MessagePool

_BOX_OPACITY = 0.5
_BOX_DEPTH_M = 0.2
_TEXT_HEIGHT_M = 0.6
_LINE_WIDTH_M = 0.12
_NO_ROTATION = Quaternion(x=0.0, y=0.0, z=0.0, w=1.0)
_WHITE = ColorRGBA(r=1.0, g=1.0, b=1.0, a=1.0)


class ReusedMarkerArray:
    """A MarkerArray that is filled again for every frame of a topic."""

    def __init__(self) -> None:
        """Start with the marker that deletes all former ones."""
        # One header object for all markers: filling it once fills them.
        self._header = HeaderMessage()
        self._message = MarkerArray()
        self._first = Marker(header=self._header, action=Marker.DELETEALL)
        self._plates = MessagePool(self._make_plate)
        self._names = MessagePool(self._make_name)
        self._lines = MessagePool(self._make_line)
        self._points: MessagePool[Point] = MessagePool(Point)

    def fill(
        self,
        detections: Detections | None,
        lanes: LaneLines | None,
        camera_model: CameraModel | None,
        header: Header,
    ) -> MarkerArray:
        """Show what has a position: objects as upright plates with their name, lanes as lines.

        The first marker deletes all former ones, so that nothing stale stays in the view. A plate
        has the size that the box has at the object's distance. The message is valid until the
        next call.
        """
        headers.fill(self._header, header)
        markers = [self._first]
        if detections is not None and camera_model is not None:
            markers += self._object_markers(detections, camera_model)
        if lanes is not None:
            markers += self._lane_markers(lanes)
        self._message.markers = markers
        return self._message

    def _object_markers(self, detections: Detections, camera_model: CameraModel) -> list[Marker]:
        located = np.flatnonzero(np.isfinite(detections.positions_m).all(axis=1))
        plates, names = self._plates.take(len(located)), self._names.take(len(located))
        places_m, boxes = detections.positions_m[located], detections.xyxy[located]
        focal_px = np.array((camera_model.fx, camera_model.fy))
        sizes_m = (boxes[:, 2:] - boxes[:, :2]) * places_m[:, 2:] / focal_px
        colors = _colors(detections.labels, _BOX_OPACITY)
        for plate, name, index, (x, y, z), (width_m, height_m), class_id, distance_m in zip(
            plates,
            names,
            located.tolist(),
            places_m.tolist(),
            sizes_m.tolist(),
            detections.class_ids[located].tolist(),
            detections.distances_m[located].tolist(),
            strict=True,
        ):
            plate.id = name.id = index
            _place(plate, x, y, z)
            plate.scale.x, plate.scale.y = width_m, height_m
            plate.color = colors[class_id]
            _place(name, x, y - height_m / 2 - _TEXT_HEIGHT_M, z)
            name.text = f'{detections.labels.name_of(class_id)} {distance_m:.1f} m'
        return [marker for pair in zip(plates, names, strict=True) for marker in pair]

    def _lane_markers(self, lanes: LaneLines) -> list[Marker]:
        known = {
            index: points_m
            for index, line in enumerate(lanes.lines)
            if len(points_m := line.points_m[np.isfinite(line.points_m).all(axis=1)]) > 1
        }
        markers = self._lines.take(len(known))
        points = iter(self._points.take(sum(map(len, known.values()))))
        colors = _colors(lanes.labels, 1.0)
        for marker, (index, points_m) in zip(markers, known.items(), strict=True):
            marker.id = index
            marker.color = colors[lanes.lines[index].class_id]
            marker.points = list(islice(points, len(points_m)))
            for point, place in zip(marker.points, points_m.tolist(), strict=True):
                point.x, point.y, point.z = place
        return markers

    def _make_plate(self) -> Marker:
        return Marker(
            header=self._header,
            ns='objects',
            type=Marker.CUBE,
            pose=Pose(orientation=_NO_ROTATION),
            scale=Vector3(x=0.0, y=0.0, z=_BOX_DEPTH_M),
        )

    def _make_name(self) -> Marker:
        return Marker(
            header=self._header,
            ns='labels',
            type=Marker.TEXT_VIEW_FACING,
            pose=Pose(orientation=_NO_ROTATION),
            scale=Vector3(x=0.0, y=0.0, z=_TEXT_HEIGHT_M),
            color=_WHITE,
        )

    def _make_line(self) -> Marker:
        return Marker(
            header=self._header,
            ns='lanes',
            type=Marker.LINE_STRIP,
            pose=Pose(orientation=_NO_ROTATION),
            scale=Vector3(x=_LINE_WIDTH_M, y=0.0, z=0.0),
        )


def to_marker_array(
    detections: Detections | None,
    lanes: LaneLines | None,
    camera_model: CameraModel | None,
    header: Header,
) -> MarkerArray:
    """Make a new message as ``ReusedMarkerArray.fill`` does."""
    return ReusedMarkerArray().fill(detections, lanes, camera_model, header)


def _place(marker: Marker, x: float, y: float, z: float) -> None:
    position = marker.pose.position
    position.x, position.y, position.z = x, y, z


@lru_cache(maxsize=8)
def _colors(labels: LabelSet, opacity: float) -> tuple[ColorRGBA, ...]:
    """Colours for all 256 class ids, for reading only: every frame shares them."""
    return tuple(
        ColorRGBA(r=red, g=green, b=blue, a=opacity)
        for blue, green, red in (labels.color_table_bgr() / 255.0).tolist()
    )
