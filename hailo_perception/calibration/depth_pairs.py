# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Depths that were found beside the depths that are true."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.results import DepthMap
from hailo_perception.core.rigid_transform import RigidTransform
from hailo_perception.evaluation.judge import at_points
from hailo_perception.evaluation.labelled import LidarPoints
from hailo_perception.evaluation.recordings.lidar import project_points


@dataclass(frozen=True, slots=True)
class DepthPairs:
    """``found_m`` (N,) and ``true_m`` (N,) float64 along the optical axis, finite, positive."""

    found_m: NDArray[np.float64]
    true_m: NDArray[np.float64]

    @classmethod
    def of(cls, found_m: NDArray[Any], true_m: NDArray[Any]) -> DepthPairs:
        """Keep what is known on both sides."""
        found, true = np.asarray(found_m, np.float64), np.asarray(true_m, np.float64)
        # NaN fails the comparisons.
        known = np.isfinite(found) & np.isfinite(true) & (found > 0) & (true > 0)
        return cls(found[known], true[known])

    @classmethod
    def joined(cls, parts: Iterable[DepthPairs]) -> DepthPairs:
        """Put pairs of several pictures together."""
        listed = [cls(np.empty(0), np.empty(0)), *parts]
        return cls(
            np.concatenate([part.found_m for part in listed]),
            np.concatenate([part.true_m for part in listed]),
        )

    def within(self, range_m: tuple[float, float]) -> DepthPairs:
        """Keep the pairs whose true depth is within a range, both ends included."""
        near, far = range_m
        kept = (self.true_m >= near) & (self.true_m <= far)
        return DepthPairs(self.found_m[kept], self.true_m[kept])

    def take(self, indices: NDArray[np.intp]) -> DepthPairs:
        """Keep some pairs."""
        return DepthPairs(self.found_m[indices], self.true_m[indices])

    def __len__(self) -> int:
        """Count the pairs."""
        return len(self.true_m)


def pairs_at_points(
    depth: DepthMap, points: LidarPoints, image_size: tuple[int, int]
) -> DepthPairs:
    """Look a depth map up where a LiDAR measured; the points are pixels of the image."""
    return DepthPairs.of(at_points(depth.depth_m, points, image_size), points.depth_m)


def pairs_of_scan(
    depth: DepthMap, points_m: NDArray[Any], lidar_to_camera: RigidTransform
) -> DepthPairs:
    """Project a LiDAR's points (N, 3) into a depth map; hidden ones are left out."""
    matrix = np.eye(4)
    matrix[:3, :3] = lidar_to_camera.rotation
    matrix[:3, 3] = lidar_to_camera.translation_m
    known = np.isfinite(points_m).all(axis=1)
    points = project_points(np.asarray(points_m)[known], matrix, depth.camera_model)
    return pairs_at_points(depth, points, depth.camera_model.size)
