# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What has a place in space, carried from the camera's optical frame into another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hailo_perception.core.frame import Header
from hailo_perception.core.results import Detections
from hailo_perception.core.results import LaneLine
from hailo_perception.core.results import LaneLines
from hailo_perception.core.results import Output
from hailo_perception.core.results import Perception
from hailo_perception.core.results import PointCloud
from hailo_perception.core.rigid_transform import RigidTransform

_AXES = ('x', 'y', 'z')

SPATIAL_OUTPUTS = frozenset((Output.OBJECTS, Output.LANES, Output.POINTS))
"""What a target frame changes; markers keep the optical frame, as viewers turn them themselves."""


def in_target_frame(
    perception: Perception,
    optical_in_target: RigidTransform,
    frame_id: str,
    wanted: frozenset[Output] = SPATIAL_OUTPUTS,
) -> Perception:
    """Carry what the wanted spatial outputs are made of into a frame, which the header names.

    The stamp stays. Everything else of the result is as it was and does not fit its header any
    more: publish the spatial outputs from it, and the others from the perception itself.
    """
    detections, lanes, cloud = perception.detections, perception.lane_lines, perception.point_cloud
    if detections is not None and Output.OBJECTS in wanted:
        detections = move_detections(detections, optical_in_target)
    if lanes is not None and Output.LANES in wanted:
        lanes = move_lane_lines(lanes, optical_in_target)
    if cloud is not None and Output.POINTS in wanted:
        cloud = move_point_cloud(cloud, optical_in_target)
    return replace(
        perception,
        header=Header(perception.header.stamp_ns, frame_id),
        detections=detections,
        lane_lines=lanes,
        point_cloud=cloud,
    )


def move_detections(detections: Detections, transform: RigidTransform) -> Detections:
    """Move positions and turn their covariances; distances stay those from the camera."""
    covariances_m2 = detections.position_covariances_m2
    if covariances_m2 is not None:
        covariances_m2 = transform.turn_covariances(covariances_m2).astype(np.float32)
    return replace(
        detections,
        positions_m=transform.apply(detections.positions_m).astype(np.float32),
        position_covariances_m2=covariances_m2,
    )


def move_lane_lines(lanes: LaneLines, transform: RigidTransform) -> LaneLines:
    """Move the vertices of lane lines."""
    return LaneLines(lanes.labels, tuple(_move_line(line, transform) for line in lanes.lines))


def _move_line(line: LaneLine, transform: RigidTransform) -> LaneLine:
    return replace(line, points_m=transform.apply(line.points_m).astype(np.float32))


def move_point_cloud(cloud: PointCloud, transform: RigidTransform) -> PointCloud:
    """Move the points of a copy of a cloud; NaN stays NaN."""
    points = cloud.points.copy()
    before = [np.ascontiguousarray(points[axis]) for axis in _AXES]
    rotation = transform.rotation.astype(np.float32)
    # Axis by axis: a product with the interleaved points as a matrix takes three times as long.
    for axis, weights, shift_m in zip(_AXES, rotation, transform.translation_m, strict=True):
        moved = before[0] * weights[0]
        moved += before[1] * weights[1]
        moved += before[2] * weights[2]
        moved += np.float32(shift_m)
        points[axis] = moved
    return PointCloud(points)
