# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Objects and lane lines as rviz markers, in the image's optical frame."""

from __future__ import annotations

from functools import lru_cache

from geometry_msgs.msg import Point
from geometry_msgs.msg import Pose
from geometry_msgs.msg import Quaternion
from geometry_msgs.msg import Vector3
import numpy as np
from numpy.typing import NDArray
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

_LINE_WIDTH_M = 0.12
_TEXT_HEIGHT_M = 0.6
_MOST_NAMES = 20
"""More than that nobody reads, and each text is a marker: rclpy takes 0.1 ms to receive one."""
_FRAME_CORNERS = np.array(
    [(-1, -1), (1, -1), (1, -1), (1, 1), (1, 1), (-1, 1), (-1, 1), (-1, -1)], np.float32
)
"""The ends of the four sides of a frame, x and y from its middle in halves of its size."""
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
        self._frames = _Lines(self._header, 'objects')
        self._lanes = _Lines(self._header, 'lanes')
        self._names = MessagePool(self._make_name)

    def fill(
        self,
        detections: Detections | None,
        lanes: LaneLines | None,
        camera_model: CameraModel | None,
        header: Header,
    ) -> MarkerArray:
        """Show what has a position: objects as upright frames, the nearest named; lanes as lines.

        The first marker deletes all former ones, so that nothing stale stays in the view. A frame
        has the size that the box has at the object's distance. All frames of a class are one
        marker, and all lanes of a class. The message is valid until the next call.
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
        places_m, boxes = detections.positions_m[located], detections.xyxy[located]
        focal_px = np.array((camera_model.fx, camera_model.fy), np.float32)
        sizes_m = (boxes[:, 2:] - boxes[:, :2]) * places_m[:, 2:] / focal_px
        ends_m = np.repeat(places_m[:, None], len(_FRAME_CORNERS), axis=1)
        ends_m[..., :2] += _FRAME_CORNERS * sizes_m[:, None] / 2
        frames = self._frames.fill(
            ends_m.reshape(-1, 3),
            np.repeat(detections.class_ids[located], len(_FRAME_CORNERS)),
            _colors(detections.labels),
        )
        nearest = np.argsort(places_m[:, 2], kind='stable')[:_MOST_NAMES]
        tops_m = places_m[nearest]
        tops_m[:, 1] -= sizes_m[nearest, 1] / 2 + _TEXT_HEIGHT_M
        return frames + self._name_markers(detections, located[nearest], tops_m)

    def _name_markers(
        self, detections: Detections, indices: NDArray[np.intp], places_m: NDArray[np.float32]
    ) -> list[Marker]:
        names = self._names.take(len(indices))
        for marker, index, place, class_id, distance_m in zip(
            names,
            indices.tolist(),
            places_m.tolist(),
            detections.class_ids[indices].tolist(),
            detections.distances_m[indices].tolist(),
            strict=True,
        ):
            marker.id = index
            position = marker.pose.position
            position.x, position.y, position.z = place
            marker.text = f'{detections.labels.name_of(class_id)} {distance_m:.1f} m'
        return names

    def _lane_markers(self, lanes: LaneLines) -> list[Marker]:
        ends_m, class_ids = [np.empty((0, 3), np.float32)], []
        for line in lanes.lines:
            points_m = line.points_m[np.isfinite(line.points_m).all(axis=1)]
            # Every point but the first and the last ends one stretch and begins the next.
            ends_m.append(np.repeat(points_m, 2, axis=0)[1:-1])
            class_ids += [line.class_id] * len(ends_m[-1])
        return self._lanes.fill(
            np.concatenate(ends_m), np.array(class_ids, np.int32), _colors(lanes.labels)
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


class _Lines:
    """Lines, each between two points: a marker for each class.

    A colour for each point instead would be as many messages again as there are points.
    """

    def __init__(self, header: HeaderMessage, namespace: str) -> None:
        self._header = header
        self._namespace = namespace
        self._points: MessagePool[Point] = MessagePool(Point)
        self._markers = MessagePool(self._make_marker)

    def fill(
        self,
        ends_m: NDArray[np.float32],
        class_ids: NDArray[np.int32],
        colors: tuple[ColorRGBA, ...],
    ) -> list[Marker]:
        """Show lines between each two of these ends (N, 3), which are of classes (N,)."""
        order = np.argsort(class_ids, kind='stable')
        points = self._points.take(len(order))
        for point, place in zip(points, ends_m[order].tolist(), strict=True):
            point.x, point.y, point.z = place
        shown, begins = np.unique(class_ids[order], return_index=True)
        limits = [*begins.tolist(), len(order)]
        markers = self._markers.take(len(shown))
        for marker, class_id, begin, end in zip(
            markers, shown.tolist(), limits, limits[1:], strict=False
        ):
            marker.id = class_id
            marker.color = colors[class_id]
            marker.points = points[begin:end]
        return markers

    def _make_marker(self) -> Marker:
        return Marker(
            header=self._header,
            ns=self._namespace,
            type=Marker.LINE_LIST,
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


@lru_cache(maxsize=8)
def _colors(labels: LabelSet) -> tuple[ColorRGBA, ...]:
    """Colours for all 256 class ids, for reading only: every frame shares them."""
    return tuple(
        ColorRGBA(r=red, g=green, b=blue, a=1.0)
        for blue, green, red in (labels.color_table_bgr() / 255.0).tolist()
    )
