# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Objects and lane lines as rviz markers, in the image's optical frame."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from visualization_msgs.msg import Marker

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.frame import Header
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import Detections
from hailo_perception.core.results import LaneLines
from hailo_perception.ros import headers
from hailo_perception.ros.cdr import CdrText
from hailo_perception.ros.cdr import CdrWriter

_LINE_WIDTH_M = 0.12
_LIFETIME_S = 2
"""After that rviz forgets a marker: a camera that stopped leaves nothing standing about."""
_TEXT_HEIGHT_M = 0.6
_MOST_NAMES = 20
"""More than that nobody reads, and each text is a marker: rclpy takes 0.1 ms to receive one."""
_FRAME_CORNERS = np.array(
    [(-1, -1), (1, -1), (1, -1), (1, 1), (1, 1), (-1, 1), (-1, 1), (-1, -1)], np.float32
)
"""The ends of the four sides of a frame, x and y from its middle in halves of its size."""
_WHITE = (1.0, 1.0, 1.0)
_UPRIGHT = (0.0, 0.0, 0.0, 1.0)
"""The quaternion x, y, z, w of no rotation."""

_EMPTY = CdrText.of('')
# id, type, action; pose and scale; colour; lifetime; frame_locked
_TO_FRAME_LOCKED = '3i 7d3d 4f iI ?'
# colors; texture_resource; texture: stamp, frame_id, format, data; uv_coordinates
_TEXTURE = f'I {_EMPTY.layout} iI {_EMPTY.layout} {_EMPTY.layout} I I'
_NO_TEXTURE = (0, *_EMPTY.values, 0, 0, *_EMPTY.values, *_EMPTY.values, 0, 0)
# mesh_resource; mesh_file: filename, data; mesh_use_embedded_materials
_MESH = f'{_EMPTY.layout} {_EMPTY.layout} I ?'
_NO_MESH = (*_EMPTY.values, *_EMPTY.values, 0, False)


class _Marker(NamedTuple):
    """What differs from marker to marker; metres in the frame of the message."""

    namespace: str
    number: int
    kind: int
    action: int = Marker.ADD
    place_m: tuple[float, float, float] = (0.0, 0.0, 0.0)
    scale_m: tuple[float, float, float] = (0.0, 0.0, 0.0)
    color: tuple[float, float, float] = _WHITE
    points_m: NDArray[np.floating] | None = None
    text: str = ''

    def write(self, writer: CdrWriter, header: headers.HeaderFields) -> None:
        """Write a visualization_msgs/Marker, whose fields are the same from Humble on."""
        namespace, text = CdrText.of(self.namespace), CdrText.of(self.text)
        to_points, from_points = (
            f'{header.layout}{namespace.layout}{_TO_FRAME_LOCKED}',
            f'{_TEXTURE}{text.layout}{_MESH}',
        )
        before = (
            *(*header.values, *namespace.values, self.number, self.kind, self.action),
            *(*self.place_m, *_UPRIGHT, *self.scale_m, *self.color, 1.0, _LIFETIME_S, 0, False),
        )
        behind = (*_NO_TEXTURE, *text.values, *_NO_MESH)
        if self.points_m is None:
            writer.fields(f'{to_points}I{from_points}', *before, 0, *behind)
        else:
            writer.fields(to_points, *before)
            writer.sequence('d', self.points_m)
            writer.fields(from_points, *behind)


def to_marker_array(
    detections: Detections | None,
    lanes: LaneLines | None,
    camera_model: CameraModel | None,
    header: Header,
) -> bytes:
    """Show what has a position: objects as upright frames, the nearest named; lanes as lines.

    Gives a serialised visualization_msgs/MarkerArray. The first marker deletes all former ones,
    so that nothing stale stays in the view. A frame has the size that the box has at the object's
    distance. All frames of a class are one marker, and all lanes of a class.
    """
    markers = [_Marker('', 0, Marker.ARROW, Marker.DELETEALL)]
    if detections is not None and camera_model is not None:
        markers += _object_markers(detections, camera_model)
    if lanes is not None:
        markers += _lane_markers(lanes)
    writer, header_fields = CdrWriter(), headers.HeaderFields.of(header)
    writer.fields('I', len(markers))
    for marker in markers:
        marker.write(writer, header_fields)
    return writer.finish()


def _object_markers(detections: Detections, camera_model: CameraModel) -> Iterator[_Marker]:
    located = np.flatnonzero(np.isfinite(detections.positions_m).all(axis=1))
    places_m, boxes = detections.positions_m[located], detections.xyxy[located]
    sizes_m = _sizes_in_rays(boxes, camera_model) * places_m[:, 2:]
    ends_m = np.repeat(places_m[:, None], len(_FRAME_CORNERS), axis=1)
    ends_m[..., :2] += _FRAME_CORNERS * sizes_m[:, None] / 2
    class_ids = detections.class_ids[located]
    frames_m = {
        class_id: ends_m[class_ids == class_id].reshape(-1, 3)
        for class_id in sorted(set(class_ids.tolist()))
    }
    yield from _lines('objects', frames_m, detections.labels)
    nearest = np.argsort(places_m[:, 2], kind='stable')[:_MOST_NAMES]
    tops_m = places_m[nearest]
    tops_m[:, 1] -= sizes_m[nearest, 1] / 2 + _TEXT_HEIGHT_M
    named = located[nearest]
    for index, top_m, class_id, distance_m in zip(
        named.tolist(),
        tops_m.tolist(),
        detections.class_ids[named].tolist(),
        detections.distances_m[named].tolist(),
        strict=True,
    ):
        yield _Marker(
            'labels',
            index,
            Marker.TEXT_VIEW_FACING,
            place_m=top_m,
            scale_m=(0.0, 0.0, _TEXT_HEIGHT_M),
            text=f'{detections.labels.name_of(class_id)} {distance_m:.1f} m',
        )


def _sizes_in_rays(
    boxes: NDArray[np.float32], camera_model: CameraModel
) -> NDArray[np.float32]:
    """Say how wide and high boxes (N, 4) are at a depth of 1: (N, 2), from edge to edge.

    Where the lens shows nothing at an edge, as at the middle of the image.
    """
    left, top, right, bottom = boxes.T.astype(np.float64)
    x, y = (left + right) / 2, (top + bottom) / 2
    ends = np.array(((left, y), (right, y), (x, top), (x, bottom))).transpose(2, 0, 1) - 0.5
    rays = camera_model.unproject(ends)
    sizes = np.column_stack((rays[:, 1, 0] - rays[:, 0, 0], rays[:, 3, 1] - rays[:, 2, 1]))
    at_centre = np.column_stack((right - left, bottom - top)) / (camera_model.fx, camera_model.fy)
    return np.where(np.isnan(sizes), at_centre, sizes).astype(np.float32)


def _lane_markers(lanes: LaneLines) -> Iterator[_Marker]:
    ends_m: dict[int, list[NDArray[np.float32]]] = {}
    for line in sorted(lanes.lines, key=lambda line: line.class_id):
        points_m = line.points_m[np.isfinite(line.points_m).all(axis=1)]
        # Every point but the first and the last ends one stretch and begins the next.
        ends_m.setdefault(line.class_id, []).append(np.repeat(points_m, 2, axis=0)[1:-1])
    return _lines(
        'lanes',
        {class_id: np.concatenate(lines_m) for class_id, lines_m in ends_m.items()},
        lanes.labels,
    )


def _lines(
    namespace: str, ends_m: Mapping[int, NDArray[np.float32]], labels: LabelSet
) -> Iterator[_Marker]:
    """Show lines between each two of these ends (N, 3), by class: a marker for each of them.

    A colour for each point instead would be as many messages again as there are points.
    """
    colors = _colors(labels)
    for class_id, class_ends_m in ends_m.items():
        if len(class_ends_m):
            yield _Marker(
                namespace,
                class_id,
                Marker.LINE_LIST,
                scale_m=(_LINE_WIDTH_M, 0.0, 0.0),
                color=colors[class_id],
                points_m=class_ends_m,
            )


@lru_cache(maxsize=8)
def _colors(labels: LabelSet) -> list[tuple[float, float, float]]:
    """Red, green, blue within 0…1 for all 256 class ids, for reading only."""
    return [tuple(color) for color in (labels.color_table_bgr()[:, ::-1] / 255.0).tolist()]
