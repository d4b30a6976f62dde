# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A while on the ROS graph that compares a node's depth with a LiDAR."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import sys
import time
from typing import TYPE_CHECKING

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.rigid_transform import RigidTransform
from hailo_perception.ros.requirements import require_ros

if TYPE_CHECKING:
    from hailo_perception.calibration.depth_pairs import DepthPairs

_STEP_S = 0.1


@dataclass(frozen=True, slots=True)
class LidarRequest:
    """What to compare, for how many scans, and how long to wait for them at most.

    ``lidar_pose`` is x y z qx qy qz qw in the optical frame; None asks /tf.
    """

    depth_topic: str
    lidar_topic: str
    lidar_pose: Sequence[float] | None
    rectified: bool
    scans: int
    timeout_s: float


def measure_with_lidar(request: LidarRequest) -> DepthPairs:
    """Collect scans; ConfigurationError says what did not come within the time."""
    if request.scans < 1 or not request.timeout_s > 0:
        raise ConfigurationError('--scans must be 1 or more and --timeout more than 0 s')
    pose = _pose(request.lidar_pose)
    require_ros()
    import rclpy

    from hailo_perception.calibration.depth_pairs import DepthPairs
    from hailo_perception.ros.initialization import initialize
    from hailo_perception.ros.measured_depth import MeasuredDepth
    from hailo_perception.ros.transforms import listen_to_transforms

    told: set[str] = set()

    def tell_once(sentence: str) -> None:
        if sentence not in told:
            told.add(sentence)
            print(f'a scan is not used: {sentence}', file=sys.stderr, flush=True)

    initialize([])
    try:
        node = rclpy.create_node('hailo_perception_calibrate_depth')
        measured = MeasuredDepth(
            node,
            request.depth_topic,
            request.lidar_topic,
            rectified=request.rectified,
            lidar_pose=pose,
            transforms=None
            if pose is not None
            else listen_to_transforms(node, otherwise='name the place with --lidar-pose'),
            report=tell_once,
        )
        end_s = time.monotonic() + request.timeout_s
        while len(measured.parts) < request.scans and time.monotonic() < end_s:
            rclpy.spin_once(node, timeout_sec=_STEP_S)
        waiting = measured.waiting_for()
        node.destroy_node()
    finally:
        rclpy.try_shutdown()
    if waiting:
        raise ConfigurationError(f'{waiting} within {request.timeout_s:g} s')
    print(f'{len(measured.parts)} scans compared', file=sys.stderr, flush=True)
    return DepthPairs.joined(measured.parts)


def _pose(values: Sequence[float] | None) -> RigidTransform | None:
    if values is None:
        return None
    x, y, z, qx, qy, qz, qw = values
    return RigidTransform((x, y, z), (qx, qy, qz, qw))
