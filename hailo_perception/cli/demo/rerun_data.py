# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The demo's messages as Rerun's own kinds of data.

An entity is named as its topic. What an info topic tells (calibration, class names) stands on the
entity above it, and so holds for its siblings.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
import rerun as rr
from sensor_msgs.msg import CameraInfo
from sensor_msgs.msg import CompressedImage
from sensor_msgs.msg import Image
from sensor_msgs.msg import PointCloud2

from hailo_perception.cli.demo import pictures
from hailo_perception.cli.demo.ply import known_points
from hailo_perception.core.labels import distinct_color
from hailo_perception.core.labels import UNLABELLED
from hailo_perception.msg import LaneArray
from hailo_perception.msg import ObjectArray
from hailo_perception.msg import PipelineStats
from hailo_perception.ros import images
from hailo_perception.ros import vision_messages
from hailo_perception.ros.results import is_known
from hailo_perception.vision.decode import decode

Logged = tuple[str, Any]
"""An entity's path and what is logged there."""

_OPAQUE = 0xFF
_CENTRE_TO_EDGE = 0.5
"""Rerun's pixels are edge coordinates: pixel i covers [i, i + 1)."""


def converted(topic: str, message: Any) -> Iterator[Logged]:
    """Turn a message into what is logged of it.

    Kinds that say nothing new give nothing: markers, vision_msgs detections, diagnostics.
    """
    convert = _CONVERTERS.get(type(message))
    return iter(()) if convert is None else convert(topic, message)


def annotation_context(names: Mapping[int, str]) -> Any:
    """Give each class id a colour, and its name where known; unlabelled pixels are clear."""
    classes = [
        rr.AnnotationInfo(id=id_, label=names.get(id_), color=distinct_color(id_))
        for id_ in range(UNLABELLED)
    ]
    unlabelled = rr.AnnotationInfo(id=UNLABELLED, label='unlabelled', color=(0, 0, 0, 0))
    return rr.AnnotationContext([*classes, unlabelled])


def _of_labels(topic: str, message: Any) -> Iterator[Logged]:
    names = {each.class_id: each.class_name for each in message.class_map}
    yield _above(topic), annotation_context(names)


def _of_compressed_image(topic: str, message: Any) -> Iterator[Logged]:
    # image_transport's formats read 'jpeg' or 'bgr8; png compressed bgr8'.
    media_type = 'image/png' if 'png' in message.format else 'image/jpeg'
    yield topic, rr.EncodedImage(contents=bytes(message.data), media_type=media_type)


def _of_image(topic: str, message: Any) -> Iterator[Logged]:
    if message.encoding == '32FC1':
        yield topic, rr.DepthImage(pictures.depth_array_m(message), meter=1.0)
    elif message.encoding == 'mono8':
        rows = np.frombuffer(message.data, np.uint8).reshape(message.height, message.step)
        yield topic, rr.SegmentationImage(rows[:, : message.width])
    else:
        image, _ = decode(images.from_message(message))
        yield topic, rr.Image(image, color_model='BGR')


def _of_camera_info(topic: str, message: Any) -> Iterator[Logged]:
    fx, _, cx, _, fy, cy, *_ = message.k
    # sensor_msgs/CameraInfo: the driver of an uncalibrated camera leaves K zero.
    if fx > 0 and fy > 0:
        yield (
            _above(topic),
            rr.Pinhole(
                focal_length=(fx, fy),
                principal_point=(cx + _CENTRE_TO_EDGE, cy + _CENTRE_TO_EDGE),
                width=message.width,
                height=message.height,
            ),
        )


def _of_cloud(topic: str, message: Any) -> Iterator[Logged]:
    points = known_points(pictures.cloud_array(message))
    positions_m = np.stack([points[axis] for axis in 'xyz'], axis=-1)
    yield topic, rr.Points3D(positions_m, colors=points['rgb'] << np.uint32(8) | _OPAQUE)


def _of_objects(topic: str, message: Any) -> Iterator[Logged]:
    found = message.objects
    yield (
        f'{topic}/boxes',
        rr.Boxes2D(
            array=np.array(
                [(each.x_min, each.y_min, each.x_max, each.y_max) for each in found], np.float32
            ).reshape(-1, 4),
            array_format=rr.Box2DFormat.XYXY,
            labels=[f'{each.class_name} {each.score:.2f}' for each in found],
            class_ids=[each.class_id for each in found],
        ),
    )
    placed = [each for each in found if is_known(each.position)]
    yield (
        f'{topic}/positions',
        rr.Points3D(
            _positions_m(each.position for each in placed),
            labels=[f'{each.class_name} {each.distance_m:.1f} m' for each in placed],
            class_ids=[each.class_id for each in placed],
        ),
    )


def _of_lanes(topic: str, message: Any) -> Iterator[Logged]:
    lanes = message.lanes
    ids, names = [each.class_id for each in lanes], [each.class_name for each in lanes]
    pixels = [np.stack([each.x_px, each.y_px], axis=-1) + _CENTRE_TO_EDGE for each in lanes]
    yield f'{topic}/lines', rr.LineStrips2D(pixels, labels=names, class_ids=ids)
    strips_m = [_positions_m(filter(is_known, each.points)) for each in lanes]
    yield f'{topic}/points', rr.LineStrips3D(strips_m, labels=names, class_ids=ids)


def _of_stats(topic: str, message: Any) -> Iterator[Logged]:
    values = {'fps': message.fps}
    for stage in message.stages:
        values[f'stages/{stage.stage}/p50'] = stage.p50_ms
        values[f'stages/{stage.stage}/p95'] = stage.p95_ms
    values['device_temperature_c'] = message.device_temperature_c
    values['device_power_w'] = message.device_power_w
    for name, value in values.items():
        if math.isfinite(value):
            yield f'{topic}/{name}', rr.Scalars(value)


def _positions_m(points: Iterable[Any]) -> NDArray[np.float32]:
    return np.array([(each.x, each.y, each.z) for each in points], np.float32).reshape(-1, 3)


def _above(topic: str) -> str:
    return topic.rpartition('/')[0]


_CONVERTERS: dict[Any, Callable[[str, Any], Iterator[Logged]]] = {
    CompressedImage: _of_compressed_image,
    Image: _of_image,
    CameraInfo: _of_camera_info,
    PointCloud2: _of_cloud,
    ObjectArray: _of_objects,
    LaneArray: _of_lanes,
    PipelineStats: _of_stats,
}
if vision_messages.IS_AVAILABLE:
    _CONVERTERS[vision_messages.LabelInfo] = _of_labels
