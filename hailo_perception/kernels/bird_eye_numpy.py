# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The top view in numpy and OpenCV; see ``selection.Kernels``."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.kernels.bird_eye_loops import Plane
from hailo_perception.kernels.bird_eye_loops import solve_symmetric
from hailo_perception.kernels.plane_limits import CellView
from hailo_perception.kernels.plane_limits import PlaneLimits
from hailo_perception.kernels.word_table import look_words_up

_UNSEEN, _LAST_PAIR = np.uint16(65535), 65534
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
    first, second, third = np.moveaxis(terms[:, triples].astype(np.float64), 2, 0)
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
        misses = _miss(terms, *planes.astype(np.float32)[..., None])
    follows = np.abs(misses, out=misses) < np.float32(tolerance)
    counts = np.add.reduce(follows, axis=1, dtype=np.int32)
    best = int(np.argmax(counts))
    if not counts[best]:
        return (0.0, 0.0, 0.0), 0
    return tuple(planes[:, best].tolist()), int(counts[best])


def _miss(terms: NDArray[Any], across: Any, down: Any, ahead: Any) -> NDArray[Any]:
    """Tell by how much planes miss points, p·t − 1, in the points' own type."""
    # Not as a matrix product: its order of summing is nobody's business but the library's.
    miss = across * terms[0]
    term = down * terms[1]
    miss += term
    miss += np.multiply(ahead, terms[2], out=term)
    miss -= terms.dtype.type(1)
    return miss


def _refined_plane(terms: NDArray[np.float64], plane: Plane, tolerance: float) -> Plane:
    """Fit a plane by least squares to those ``terms`` (3, N) that follow it."""
    miss = _miss(terms, *plane)
    # Zeros in place of the others, because picking these would take longer than adding them.
    x, y, z = terms = terms * (np.abs(miss, out=miss) < tolerance)
    products = np.concatenate((x * terms, y * terms[1:], z * terms[2:], terms))
    # Row by row numpy adds in their order; along a row it would add halves of it.
    sums = np.add.reduce(np.ascontiguousarray(products.T), axis=0).tolist()
    return solve_symmetric(*sums)


def place_pixels(
    depth_m: NDArray[np.float32],
    rays: tuple[NDArray[np.float32], NDArray[np.float32]],
    lower: NDArray[np.uint8],
    upper: NDArray[np.uint8],
    plane: tuple[float, float, float],
    tolerance: tuple[float, float],
    cells_per_m: float,
    highest_y_m: float,
    ground: NDArray[np.uint16],
    cells: NDArray[np.uint16],
) -> None:
    """See Kernels.place_pixels."""
    height_m, slope_x, slope_z = map(np.float32, plane)
    gap_at_camera_m, gap_per_below = map(np.float32, tolerance)
    scale, cell_rows, cell_columns = map(np.float32, (cells_per_m, *cells.shape))
    rays_x, rays_y = rays
    pairs = cv2.merge((lower, upper)).view('<u2')[..., 0]
    # OpenCV compares with one number several times as fast as numpy.
    cv2.min(pairs, _LAST_PAIR, pairs)
    # Unknown depths are NaN throughout, and numbers without bounds are outside in the end.
    with np.errstate(invalid='ignore', over='ignore'):
        below = rays_y - slope_z - slope_x * rays_x
        gap_m = depth_m * below
        gap_m -= height_m
        np.abs(gap_m, out=gap_m)
        on_ground = below > 0
        below *= gap_per_below
        below += gap_at_camera_m
        on_ground &= gap_m < below
        may_stand = np.multiply(depth_m, rays_y, out=gap_m) > np.float32(highest_y_m)
        # Not yet exact: the row of the cell decides.
        may_stand &= depth_m < np.float32((cells.shape[0] + 1) / cells_per_m)
        # The last value written to a cell stays: that of the uppermost pixel.
        standing = np.flatnonzero(may_stand > on_ground)[::-1]
        x = np.multiply(depth_m, rays_x, out=gap_m).reshape(-1)[standing]
        z = depth_m.reshape(-1)[standing]
        columns = np.floor(x * scale + cell_columns / np.float32(2))
        rows = np.floor(cell_rows - z * scale)
        inside = (columns >= 0) & (columns < cell_columns) & (rows >= 0) & (rows < cell_rows)
    ground.fill(_UNSEEN)
    cv2.copyTo(pairs, on_ground.view(np.uint8), ground[:-1].reshape(pairs.shape))
    places = (rows[inside] * cell_columns + columns[inside]).astype(np.intp)
    cells.fill(_UNSEEN)
    cells.reshape(-1)[places] = pairs.reshape(-1)[standing[inside]]


def show_cells(
    ground: NDArray[np.uint16],
    size: tuple[int, int],
    lens: NDArray[np.uint32],
    view: CellView,
    colors: NDArray[np.uint32],
    cells: NDArray[np.uint16],
    image: NDArray[np.uint8],
) -> None:
    """See Kernels.show_cells."""
    width, height = size
    if lens.size:
        ground = ground[lens]
    lines = view.lines(*cells.shape)
    steps = np.arange(cells.shape[1], dtype=np.float32)
    # NaN, of cells without ground, is rounded to any number: -1 is outside as well.
    left, right_step, top, down_step = np.where(np.isnan(lines), np.float32(-1), lines)[..., None]
    columns, rows = right_step * steps, down_step * steps
    columns += left
    rows += top
    pairs = cv2.remap(
        ground[:-1].reshape(height, width),
        columns,
        rows,
        cv2.INTER_NEAREST,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=int(ground[-1]),
    )
    cv2.copyTo(cells, cv2.compare(cells, _LAST_PAIR, cv2.CMP_LE), pairs)
    words = np.empty(pairs.shape, np.uint32)
    look_words_up(colors, pairs, words)
    cv2.cvtColor(words.view(np.uint8).reshape(*words.shape, 4), cv2.COLOR_BGRA2BGR, image)
