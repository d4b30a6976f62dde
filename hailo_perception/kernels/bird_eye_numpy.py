# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The top view in numpy and OpenCV; see ``selection.Kernels``."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_UNSEEN = np.uint16(65535)


def count_followers(
    planes: NDArray[np.float32], terms: NDArray[np.float32], tolerance: float
) -> NDArray[np.int64]:
    """See Kernels.count_followers."""
    # Not as a matrix product: its order of summing is nobody's business but the library's.
    with np.errstate(invalid='ignore', over='ignore'):
        sums = planes[:, 0, None] * terms[0]
        sums += planes[:, 1, None] * terms[1]
        sums += planes[:, 2, None] * terms[2]
        sums -= np.float32(1)
    followers = np.abs(sums, out=sums) < np.float32(tolerance)
    return np.count_nonzero(followers, axis=1)


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
    rays_x, rays_y = rays
    pairs = np.minimum(cv2.merge((lower, upper)).view('<u2')[..., 0], _UNSEEN - 1)
    # Unknown depths are NaN throughout, and numbers without bounds are outside in the end.
    with np.errstate(invalid='ignore', over='ignore'):
        below = rays_y - slope_x * rays_x - slope_z
        gap_m = np.abs(depth_m * below - height_m)
        on_ground = (below > 0) & (gap_m < gap_at_camera_m + gap_per_below * below)
        ground[:-1] = np.where(on_ground, pairs, _UNSEEN).reshape(-1)
        ground[-1] = _UNSEEN
        # The last value written to a cell stays: that of the uppermost pixel.
        standing = np.flatnonzero(~on_ground & (depth_m == depth_m))[::-1]
        z = depth_m.reshape(-1)[standing]
        x = np.broadcast_to(rays_x, depth_m.shape).reshape(-1)[standing] * z
        y = np.broadcast_to(rays_y, depth_m.shape).reshape(-1)[standing] * z
        cell_rows, cell_columns = map(np.float32, cells.shape)
        columns = np.floor(x * np.float32(cells_per_m) + cell_columns / np.float32(2))
        rows = np.floor(cell_rows - z * np.float32(cells_per_m))
        inside = (columns >= 0) & (columns < cell_columns) & (rows >= 0) & (rows < cell_rows)
        inside &= y > np.float32(highest_y_m)
    places = (rows[inside] * cell_columns + columns[inside]).astype(np.intp)
    cells.fill(_UNSEEN)
    cells.reshape(-1)[places] = pairs.reshape(-1)[standing[inside]]


def show_cells(
    ground: NDArray[np.uint16],
    size: tuple[int, int],
    lens: NDArray[np.uint32],
    lines: NDArray[np.float32],
    colors: NDArray[np.uint32],
    cells: NDArray[np.uint16],
    image: NDArray[np.uint8],
) -> None:
    """See Kernels.show_cells."""
    width, height = map(np.float32, size)
    steps = np.arange(cells.shape[1]).astype(np.float32)
    left, right_step, top, down_step = lines[..., None]
    columns, rows = left + right_step * steps, top + down_step * steps
    inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
    places = np.floor(rows, out=rows) * width + np.floor(columns, out=columns)
    np.copyto(places, width * height, where=~inside)
    pixels = places.astype(np.intp)
    # No index is outside; clipping is merely the faster way of not asking.
    if lens.size:
        pixels = np.take(lens, pixels, mode='clip')
    np.copyto(cells, np.take(ground, pixels, mode='clip'), where=cells == _UNSEEN)
    words = np.take(colors, cells, mode='clip')
    cv2.cvtColor(words.view(np.uint8).reshape(*words.shape, 4), cv2.COLOR_BGRA2BGR, image)
