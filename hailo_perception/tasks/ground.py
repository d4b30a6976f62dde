# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The ground plane under the camera, found in the depth map alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.camera_model import TABLES_OF_CAMERAS
from hailo_perception.core.results import DepthMap
from hailo_perception.kernels import Kernels
from hailo_perception.kernels import load_kernels
from hailo_perception.kernels.plane_limits import PlaneLimits

_SAMPLE_GRID = (24, 48)
"""Rows and columns of depth pixels looked at, spread over the lower half of the map."""
_TRIPLES = 48
_SEED = 1
_INLIER_ERROR = 0.05
"""Relative depth error of a pixel that belongs to the plane."""
_MINIMUM_SHARE = 0.25
"""Of the samples: with fewer inliers it is not the ground that fills the lower half."""
_REFINEMENTS = 2
_LIMITS = PlaneLimits(
    least_determinant=1e-6,
    least_down=1 / 10.0,
    greatest_down=1 / 0.2,
    steepest=0.5,
    farthest_m=1e6,
)
"""A camera hangs 0.2 to 10 m above the ground, which falls or rises by at most 1 in 2.

Products of depths beyond the farthest would be infinite.
"""


@dataclass(frozen=True, slots=True)
class GroundPlane:
    """y = height_m + slope_x·x + slope_z·z in the optical frame (y down, z forward)."""

    height_m: float
    slope_x: float
    slope_z: float


def find_ground_plane(depth: DepthMap, kernels: Kernels | None = None) -> GroundPlane | None:
    """Fit the ground to the lower half of a depth map; None when no plane dominates it.

    On a plane the inverse depth is linear in the ray: 1/z = (y/z - slope_x·x/z - slope_z) /
    height. Of a fixed set of random triples of pixels the one that most others agree with wins
    (RANSAC), and its followers are fitted by least squares to relative depth errors.
    """
    pixels, rays = _samples(depth.camera_model)
    plane, followers = (kernels or load_kernels()).fit_plane(
        depth.depth_m, pixels, rays, _random_shares(), _INLIER_ERROR, _LIMITS, _REFINEMENTS
    )
    if followers < max(_MINIMUM_SHARE * pixels.size, 1):
        return None
    # Neither is the NaN of followers that all lie on one line, which many planes contain.
    if not _LIMITS.allow(plane):
        return None
    across, down, ahead = plane
    return GroundPlane(1 / down, -across / down, -ahead / down)


@lru_cache(maxsize=TABLES_OF_CAMERAS)
def _samples(camera: CameraModel) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Choose pixels of the lower half that have a ray: flat indices (N,), and rays (2, N)."""
    rows = np.unique(
        np.linspace(camera.height // 2, camera.height - 1, _SAMPLE_GRID[0]).astype(np.intp)
    )
    columns = np.unique(np.linspace(0, camera.width - 1, _SAMPLE_GRID[1]).astype(np.intp))
    pixels = (rows[:, None] * camera.width + columns).reshape(-1)
    rays = camera.rays().reshape(-1, 2)[pixels]
    known = np.isfinite(rays).all(axis=1)
    return pixels[known], np.ascontiguousarray(rays[known].T)


@cache
def _random_shares() -> NDArray[np.float64]:
    """Triples of shares of a count; always the same, so that a frame has one result."""
    return np.random.default_rng(_SEED).random((_TRIPLES, 3))
