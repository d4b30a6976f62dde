# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Ground truth that is drawn from the finished pictures: objects and lane lines."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.scenes.frame import SceneLaneLine
from hailo_perception.scenes.frame import SceneObjects
from hailo_perception.scenes.layout import RoadLayout
from hailo_perception.scenes.mesh import Mesh
from hailo_perception.scenes.road import RoadCourse
from hailo_perception.scenes.viewpoint import Viewpoint

_LINE_STEP_M = 1.0
_LINE_REACH_M = 120.0


def describe_objects(
    instance: NDArray[np.int32],
    depth: NDArray[np.float32],
    mesh: Mesh,
    pixels_alone: NDArray[np.int32],
    view: Viewpoint,
) -> tuple[SceneObjects, NDArray[np.uint16]]:
    """Return the visible objects and the picture of their numbers.

    `instance` (H, W) holds the mesh's object index or -1.
    """
    width = instance.shape[1]
    pixel = np.flatnonzero(instance >= 0)
    of_pixel = instance.ravel()[pixel]
    order = np.argsort(of_pixel, kind='stable')
    pixel, of_pixel = pixel[order], of_pixel[order]
    index, first, number = np.unique(of_pixel, return_index=True, return_inverse=True)
    instances = np.zeros(instance.shape, np.uint16)
    instances.ravel()[pixel] = number + 1
    if not len(index):
        empty = np.zeros((0, 4), np.float32)
        return (
            SceneObjects(
                empty, np.zeros(0, np.int32), empty[:, 0], empty[:, :3], empty[:, 0].copy()
            ),
            instances,
        )
    x, y = pixel % width, pixel // width
    xyxy = np.stack(
        (
            np.minimum.reduceat(x, first),
            np.minimum.reduceat(y, first),
            np.maximum.reduceat(x, first) + 1,
            np.maximum.reduceat(y, first) + 1,
        ),
        axis=1,
    )
    counts = np.diff(np.append(first, len(pixel)))
    parts = np.split(depth.ravel()[pixel], first[1:])
    alone = np.maximum(pixels_alone[index], 1)
    objects = SceneObjects(
        xyxy=xyxy.astype(np.float32),
        class_ids=mesh.object_class[index],
        visibility=np.minimum(counts / alone, 1.0).astype(np.float32),
        position_m=view.to_optical(mesh.object_centre[index]),
        distance_m=np.array([_median(part) for part in parts], np.float32),
    )
    return objects, instances


def _median(values: NDArray[np.float32]) -> np.float32:
    """Find the median of at least one number; numpy's own spends ten times as long on checks."""
    middle = len(values) // 2
    lower = middle - 1 + len(values) % 2
    ordered = np.partition(values, (lower, middle))
    return np.float32((ordered[lower] + ordered[middle]) / np.float32(2))


def describe_lane_lines(
    layout: RoadLayout,
    course: RoadCourse,
    view: Viewpoint,
    origin_y: float,
    model: CameraModel,
) -> tuple[SceneLaneLine, ...]:
    """Return the painted lines along the road as polylines, near to far."""
    ahead = np.arange(0.0, _LINE_REACH_M, _LINE_STEP_M)
    y = view.position[1] + ahead
    z = course.height(y + origin_y)
    found = []
    for line in layout.lines:
        x = course.x_at(y + origin_y, line.offset_m)
        points = view.to_optical(np.stack((x, y, z), axis=1))
        with np.errstate(invalid='ignore'):
            pixels = model.project(points)
            inside = (
                (points[:, 2] > 0.5)
                & (pixels[:, 0] >= -0.5) & (pixels[:, 0] <= model.width - 0.5)
                & (pixels[:, 1] >= -0.5) & (pixels[:, 1] <= model.height - 0.5)
            )  # fmt: skip
        if inside.sum() >= 2:
            found.append(
                SceneLaneLine(
                    line.class_id,
                    pixels[inside].astype(np.float32),
                    points[inside].astype(np.float32),
                    line.dash_m,
                    max(line.period_m - line.dash_m, 0.0),
                )
            )
    return tuple(found)
