# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The ground plane under the camera, found in the depth map alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.results import DepthMap

_SAMPLE_GRID = (24, 48)
"""Rows and columns of depth pixels looked at, spread over the lower half of the map."""
_TRIPLES = 48
_SEED = 1
_INLIER_ERROR = 0.05
"""Relative depth error of a pixel that belongs to the plane."""
_MINIMUM_SHARE = 0.25
"""Of the samples: with fewer inliers it is not the ground that fills the lower half."""
_REFINEMENTS = 2
_HEIGHT_RANGE_M = (0.2, 10.0)
_MAXIMUM_SLOPE = 0.5
_SMALLEST_DETERMINANT = 1e-6


@dataclass(frozen=True, slots=True)
class GroundPlane:
    """y = height_m + slope_x·x + slope_z·z in the optical frame (y down, z forward)."""

    height_m: float
    slope_x: float
    slope_z: float


def find_ground_plane(depth: DepthMap) -> GroundPlane | None:
    """Fit the ground to the lower half of a depth map; None when no plane dominates it.

    On a plane the inverse depth is linear in the ray: 1/z = (y/z - slope_x·x/z - slope_z) /
    height. Of a fixed set of random triples of pixels the one that most others agree with wins
    (RANSAC), and its followers are fitted by least squares to relative depth errors.
    """
    rows, columns = _sample_pixels(*depth.depth_m.shape)
    z = depth.depth_m[rows, columns]
    rays = depth.camera_model.rays()[rows, columns]
    known = np.isfinite(z) & (z > 0) & np.isfinite(rays).all(axis=-1)
    z, rays = z[known], rays[known]
    if len(z) < 3:
        return None
    terms = np.empty((len(z), 3))
    terms[:, :2] = rays * z[:, None]
    terms[:, 2] = z
    triples = (_random_triples() * len(z)).astype(np.intp)
    corners = terms[triples]
    solvable = np.abs(np.linalg.det(corners)) > _SMALLEST_DETERMINANT
    if not solvable.any():
        return None
    candidates = np.linalg.solve(corners[solvable], np.ones((int(solvable.sum()), 3, 1)))[..., 0]
    errors = np.abs(candidates @ terms.T - 1)
    followers = (errors < _INLIER_ERROR).sum(axis=1) * _can_be_ground(candidates)
    plane = candidates[np.argmax(followers)]
    if followers.max() < _MINIMUM_SHARE * known.size:
        return None
    for _ in range(_REFINEMENTS):
        inliers = terms[np.abs(terms @ plane - 1) < _INLIER_ERROR]
        plane = np.linalg.lstsq(inliers, np.ones(len(inliers)), rcond=None)[0]
    if not _can_be_ground(plane[None])[0]:
        return None
    across, down, ahead = plane.tolist()
    return GroundPlane(1 / down, -across / down, -ahead / down)


def _can_be_ground(planes: NDArray[np.float64]) -> NDArray[np.bool_]:
    across, down, ahead = planes.T
    slope = _MAXIMUM_SLOPE * down
    possible: NDArray[np.bool_] = (
        (down > 1 / _HEIGHT_RANGE_M[1])
        & (down < 1 / _HEIGHT_RANGE_M[0])
        & (np.abs(across) < slope)
        & (np.abs(ahead) < slope)
    )
    return possible


@lru_cache(maxsize=8)
def _sample_pixels(height: int, width: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    rows = np.unique(np.linspace(height // 2, height - 1, _SAMPLE_GRID[0]).astype(np.intp))
    columns = np.unique(np.linspace(0, width - 1, _SAMPLE_GRID[1]).astype(np.intp))
    return rows[:, None], columns[None, :]


@lru_cache(maxsize=1)
def _random_triples() -> NDArray[np.float64]:
    """Triples of numbers within 0…1; always the same, so that a frame always has one result."""
    return np.random.default_rng(_SEED).random((_TRIPLES, 3))
