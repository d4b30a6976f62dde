# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The ground plane under the camera, found in the depth map alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.results import DepthMap
from hailo_perception.kernels import Kernels
from hailo_perception.kernels import load_kernels

_SAMPLE_GRID = (24, 48)
"""Rows and columns of depth pixels looked at, spread over the lower half of the map."""
_TRIPLES = 48
_SEED = 1
_INLIER_ERROR = 0.05
"""Relative depth error of a pixel that belongs to the plane."""
_MINIMUM_SHARE = 0.25
"""Of the samples: with fewer inliers it is not the ground that fills the lower half."""
_REFINEMENTS = 2
_FARTHEST_M = 1e6
"""Beyond it a depth is a number out of bounds, whose products would be infinite."""
_HEIGHT_RANGE_M = (0.2, 10.0)
_MAXIMUM_SLOPE = 0.5
_SMALLEST_DETERMINANT = 1e-6
_NEXT, _AFTER_NEXT = np.array((1, 2, 0)), np.array((2, 0, 1))


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
    z = depth.depth_m.reshape(-1)[pixels]
    # Comparisons with NaN are False: the unknown is left out.
    known = np.flatnonzero((z > 0) & (z < _FARTHEST_M))
    terms = np.empty((3, len(known)), np.float32)
    np.multiply(rays[:, known], z[known], out=terms[:2])
    terms[2] = z[known]
    candidates = np.empty((0, 3))
    if len(known) >= 3:
        triples = (_random_triples() * len(known)).astype(np.intp)
        candidates = _planes_through(terms[:, triples])
        candidates = candidates[_can_be_ground(candidates)]
    followers = (kernels or load_kernels()).count_followers(
        candidates.astype(np.float32), terms, _INLIER_ERROR
    )
    if followers.max(initial=0) < max(_MINIMUM_SHARE * z.size, 1):
        return None
    plane = candidates[np.argmax(followers)]
    exact = terms.astype(np.float64)
    for _ in range(_REFINEMENTS):
        inliers = exact * (np.abs(plane @ exact - 1) < _INLIER_ERROR)
        try:
            plane = np.linalg.solve(inliers @ exact.T, inliers.sum(axis=1))
        except np.linalg.LinAlgError:
            # All of them on one line: many planes contain it.
            return None
    if not _can_be_ground(plane[None])[0]:
        return None
    across, down, ahead = plane.tolist()
    return GroundPlane(1 / down, -across / down, -ahead / down)


def _planes_through(corners: NDArray[np.float32]) -> NDArray[np.float64]:
    """Find the planes p with p·t = 1 in three corners t each: (3, P, 3) to (S, 3), S ≤ P.

    Cramer's rule; triples on a line, which have no plane, are left out.
    """
    first, second, third = np.moveaxis(corners.astype(np.float64), 2, 0)
    normals = _cross(second, third)
    determinants = (first * normals).sum(axis=0)
    solvable = np.abs(determinants) > _SMALLEST_DETERMINANT
    normals += _cross(third, first) + _cross(first, second)
    planes: NDArray[np.float64] = (normals[:, solvable] / determinants[solvable]).T
    return planes


def _cross(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Multiply vectors (3, P); numpy's own takes many times as long for so few."""
    return one[_NEXT] * other[_AFTER_NEXT] - one[_AFTER_NEXT] * other[_NEXT]


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


@lru_cache(maxsize=1)
def _random_triples() -> NDArray[np.float64]:
    """Triples of numbers within 0…1; always the same, so that a frame always has one result."""
    return np.random.default_rng(_SEED).random((_TRIPLES, 3))
