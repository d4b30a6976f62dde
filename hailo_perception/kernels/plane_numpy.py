# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Fitting a plane to points in numpy; see ``selection.Kernels``."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.aligned import aligned_empty
from hailo_perception.kernels.plane_limits import PlaneLimits
from hailo_perception.kernels.plane_loops import Plane
from hailo_perception.kernels.plane_loops import solve_symmetric

_NEXT, _AFTER_NEXT = np.array((1, 2, 0)), np.array((2, 0, 1))


def fit_plane(
    depth_m: NDArray[np.float32],
    pixels: NDArray[np.intp],
    rays: NDArray[np.float32],
    shares: NDArray[np.float64],
    tolerance: float,
    limits: PlaneLimits,
    refinements: int,
) -> tuple[Plane, int]:
    """See Kernels.fit_plane."""
    z = np.take(depth_m, pixels)
    # Comparisons with NaN are False: the unknown is left out.
    known = (z > 0) & (z < np.float32(limits.farthest_m))
    if not known.all():
        rays, z = rays[:, known], z[known]
    if not z.size:
        return (0.0, 0.0, 0.0), 0
    terms = np.empty((3, z.size), np.float32)
    np.multiply(rays, z, out=terms[:2])
    terms[2] = z
    triples = (shares * z.size).astype(np.intp)
    plane, followers = _best_plane(terms, triples, tolerance, limits)
    if followers:
        exact = terms.astype(np.float64)
        for _ in range(refinements):
            plane = _refined_plane(exact, plane, tolerance)
    return plane, followers


def _best_plane(
    terms: NDArray[np.float32], triples: NDArray[np.intp], tolerance: float, limits: PlaneLimits
) -> tuple[Plane, int]:
    corners = np.take(terms, triples.T, axis=1).astype(np.float64)
    first, second, third = corners[:, 0], corners[:, 1], corners[:, 2]
    one, other = second - first, third - first
    # Numpy's own product takes many times as long for so few.
    normals = one[_NEXT] * other[_AFTER_NEXT] - one[_AFTER_NEXT] * other[_NEXT]
    determinants = (first * normals).sum(axis=0)
    solvable = np.abs(determinants) > limits.least_determinant
    planes = normals[:, solvable] / determinants[solvable]
    planes = planes[:, limits.allow(planes)]
    if not planes.size:
        return (0.0, 0.0, 0.0), 0
    with np.errstate(invalid='ignore', over='ignore'):
        misses = _misses(terms, planes.astype(np.float32))
    follows = np.abs(misses, out=misses) < np.float32(tolerance)
    counts = np.add.reduce(follows, axis=1, dtype=np.int32)
    best = int(np.argmax(counts))
    if not counts[best]:
        return (0.0, 0.0, 0.0), 0
    return tuple(planes[:, best].tolist()), int(counts[best])


def _misses(terms: NDArray[np.float32], planes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Tell by how much planes (3, M) miss points (3, N), p·t − 1: (M, N)."""
    # One coordinate after the other: a product of them all would add up in an order of its own.
    miss, term = (aligned_empty((planes.shape[1], terms.shape[1]), np.float32) for _ in range(2))
    np.multiply(planes[0, :, None], terms[0], out=miss)
    for coordinate in (1, 2):
        miss += np.multiply(planes[coordinate, :, None], terms[coordinate], out=term)
    miss -= np.float32(1)
    return miss


def _refined_plane(terms: NDArray[np.float64], plane: Plane, tolerance: float) -> Plane:
    """Fit a plane by least squares to those ``terms`` (3, N) that follow it."""
    across, down, ahead = plane
    miss = across * terms[0] + down * terms[1] + ahead * terms[2] - 1.0
    products = np.empty((9, terms.shape[1]))
    # Zeros in place of the others, because picking these would take longer than adding them.
    follows = np.abs(miss, out=miss) < tolerance
    x, y, z = followers = np.multiply(terms, follows, out=products[6:])
    np.multiply(x, followers, out=products[:3])
    np.multiply(y, followers[1:], out=products[3:5])
    np.multiply(z, z, out=products[5])
    # Running sums add in the points' order, where a sum of a row adds halves of it.
    sums = np.add.accumulate(products, axis=1)[:, -1].tolist()
    return solve_symmetric(*sums)
