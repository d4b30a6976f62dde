# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The top view in numpy and OpenCV; see ``selection.Kernels``."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.kernels.bird_eye_loops import Plane
from hailo_perception.kernels.bird_eye_loops import solve_symmetric
from hailo_perception.kernels.plane_limits import CellView
from hailo_perception.kernels.plane_limits import PlaneLimits
from hailo_perception.kernels.word_table import look_words_up
from hailo_perception.kernels.word_table import pair_ids

_UNSEEN, _LAST_PAIR, _LAST_ID = np.uint16(65535), 65534, 255
_BAND_PIXELS = 1 << 16
"""Worked on at once: few enough that what is between two steps stays in the cache."""
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
    miss, term = np.empty((2, planes.shape[1], terms.shape[1]), np.float32)
    _outer_product(planes[0], terms[0], miss)
    for coordinate in (1, 2):
        _outer_product(planes[coordinate], terms[coordinate], term)
        miss += term
    miss -= np.float32(1)
    return miss


def _outer_product(
    one: NDArray[np.float32], other: NDArray[np.float32], result: NDArray[np.float32]
) -> None:
    """Fill ``result`` (M, N) with the products of all pairs, correctly rounded.

    OpenCV needs half of numpy's time, whose loops are as short as a row.
    """
    cv2.gemm(one[:, None], other[None], 1, None, 0, result)


def _refined_plane(terms: NDArray[np.float64], plane: Plane, tolerance: float) -> Plane:
    """Fit a plane by least squares to those ``terms`` (3, N) that follow it."""
    across, down, ahead = plane
    miss = across * terms[0] + down * terms[1] + ahead * terms[2] - 1.0
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
    scale, cell_rows, cell_columns = map(np.float32, (cells_per_m, *cells.shape))
    middle, highest_m = cell_columns / np.float32(2), np.float32(highest_y_m)
    # Not yet exact: the row of the cell decides.
    farthest_m = np.float32((cells.shape[0] + 1) / cells_per_m)
    rays_x, rays_y = rays
    ground.fill(_UNSEEN)
    cells.fill(_UNSEEN)
    ground_rows, flat_cells = ground[:-1].reshape(depth_m.shape), cells.reshape(-1)
    rows, columns = depth_m.shape
    step = max(_BAND_PIXELS // max(columns, 1), 1)
    # Unknown depths are NaN throughout, and numbers without bounds are outside in the end.
    with np.errstate(invalid='ignore', over='ignore'):
        # From below: the last value written to a cell stays, and is that of the uppermost pixel.
        for first in range((rows - 1) // step * step, -1, -step):
            band = slice(first, first + step)
            depth, pairs = depth_m[band], _seen_pairs(lower[band], upper[band])
            ray_x, ray_y = rays_x if len(rays_x) == 1 else rays_x[band], rays_y[band]
            stands = depth < farthest_m
            # Below the horizon nothing is too high, and what is behind is outside in the end.
            if highest_m >= 0 or not ray_y.min() >= 0:
                stands &= depth * ray_y > highest_m
            fall, rise = ray_y - slope_z, slope_x * ray_x
            # No ray of the sky falls to the ground: rounding keeps the order, so this is exact.
            if not fall.max() <= rise.min():
                on_ground = _on_ground(depth, fall, rise, height_m, tolerance)
                cv2.copyTo(pairs, on_ground.view(np.uint8), ground_rows[band])
                np.greater(stands, on_ground, out=stands)
            standing = np.flatnonzero(stands)[::-1]
            x, z = (depth * ray_x).reshape(-1)[standing], depth.reshape(-1)[standing]
            column = np.floor(x * scale + middle)
            row = np.floor(cell_rows - z * scale)
            inside = (column >= 0) & (column < cell_columns) & (row >= 0) & (row < cell_rows)
            places = (row[inside] * cell_columns + column[inside]).astype(np.intp)
            flat_cells[places] = pairs.reshape(-1)[standing[inside]]


def _on_ground(
    depth: NDArray[np.float32],
    fall: NDArray[np.float32],
    rise: NDArray[np.float32],
    height_m: np.float32,
    tolerance: tuple[float, float],
) -> NDArray[np.bool_]:
    """Tell which pixels lie on the plane, to which rays come down by fall - rise: (h, w)."""
    gap_at_camera_m, gap_per_below = map(np.float32, tolerance)
    below = np.empty_like(depth)
    # Two steps take less than a difference of a column and a row.
    np.copyto(below, fall)
    below -= rise
    gap_m = depth * below
    gap_m -= height_m
    np.abs(gap_m, out=gap_m)
    on_ground = below > 0
    below *= gap_per_below
    below += gap_at_camera_m
    on_ground &= gap_m < below
    return on_ground


def _seen_pairs(lower: NDArray[np.uint8], upper: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """Pair the ids of two maps, none of them as the unseen: (h, w)."""
    pairs = pair_ids(lower, upper)
    # Asking takes less than comparing all of them, and few maps use the last id.
    if upper.max(initial=0) == _LAST_ID:
        np.minimum(pairs, _LAST_PAIR, out=pairs)
    return pairs


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
    seen = lens.view(np.uint16).reshape(-1, 2) if lens.size else ground
    pixels, nowhere = seen[:-1].reshape(height, width, -1), seen[-1].tolist()
    rows, columns = cells.shape
    lines = view.lines(rows, columns)
    # NaN, of cells without ground, is rounded to any number: -1 is outside as well.
    left, right_step, top, down_step = np.where(np.isnan(lines), np.float32(-1), lines)
    steps = np.arange(columns, dtype=np.float32)
    band_rows = min(max(_BAND_PIXELS // columns, 1), rows)
    across, down = np.empty((2, band_rows, columns), np.float32)
    pairs = np.empty((band_rows, columns), np.uint16)
    # OpenCV picks no words of four bytes that are whole numbers, but pairs of halves.
    halves = np.empty((band_rows, columns, 2), np.uint16)
    words = np.empty((band_rows, columns), np.uint32)
    for first in range(0, rows, band_rows):
        band = slice(first, min(first + band_rows, rows))
        of_band = slice(0, band.stop - first)
        x, y, shown, tints = across[of_band], down[of_band], pairs[of_band], words[of_band]
        _outer_product(right_step[band], steps, x)
        _outer_product(down_step[band], steps, y)
        x += left[band, None]
        y += top[band, None]
        picked = halves[of_band] if lens.size else shown
        cv2.remap(pixels, x, y, cv2.INTER_NEAREST, picked, cv2.BORDER_CONSTANT, nowhere)
        if lens.size:
            np.take(ground, picked.view(np.uint32)[..., 0], out=shown, mode='clip')
        cv2.copyTo(cells[band], cv2.compare(cells[band], _LAST_PAIR, cv2.CMP_LE), shown)
        look_words_up(colors, shown, tints)
        of_cells = tints.view(np.uint8).reshape(*tints.shape, 4)
        cv2.cvtColor(of_cells, cv2.COLOR_BGRA2BGR, image[band])
