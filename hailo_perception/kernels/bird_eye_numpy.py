# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The top view in numpy and OpenCV; see ``selection.Kernels``."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.aligned import aligned_empty
from hailo_perception.core.camera_model import TABLES_OF_CAMERAS
from hailo_perception.kernels.bands import row_bands
from hailo_perception.kernels.bands import rows_at_once
from hailo_perception.kernels.plane_limits import CellView
from hailo_perception.kernels.word_table import look_words_up
from hailo_perception.kernels.word_table import pair_ids

_UNSEEN, _LAST_PAIR, _LAST_ID = np.uint16(65535), 65534, 255


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
    # Not yet exact: the row of the cell decides.
    farthest_m = np.float32((cells.shape[0] + 1) / cells_per_m)
    highest_m = np.float32(highest_y_m)
    rays_x, rays_y = rays
    pairs = _seen_pairs(lower, upper)
    stands = np.empty(depth_m.shape, np.bool_)
    ground.fill(_UNSEEN)
    ground_rows = ground[:-1].reshape(depth_m.shape)
    band_shape = rows_at_once(depth_m.shape), depth_m.shape[1]
    one, other = (aligned_empty(band_shape, np.float32) for _ in range(2))
    # Unknown depths are NaN throughout, and numbers without bounds are outside in the end.
    with np.errstate(invalid='ignore', over='ignore'):
        for band in row_bands(depth_m.shape):
            depth, of_band = depth_m[band], stands[band]
            ray_x, ray_y = rays_x if len(rays_x) == 1 else rays_x[band], rays_y[band]
            np.less(depth, farthest_m, out=of_band)
            # Below the horizon nothing is too high, and what is behind is outside in the end.
            if highest_m >= 0 or not ray_y.min() >= 0:
                of_band &= np.multiply(depth, ray_y, out=one[: len(depth)]) > highest_m
            fall, rise = ray_y - slope_z, slope_x * ray_x
            # No ray of the sky falls to the ground: rounding keeps the order, so this is exact.
            may_fall = ~(fall.max(axis=1) <= rise.min())
            if may_fall.any():
                first = int(may_fall.argmax())
                below = slice(band.start + first, band.stop)
                on_ground = _on_ground(
                    depth_m[below],
                    fall[first:],
                    rise if len(rise) == 1 else rise[first:],
                    height_m,
                    tolerance,
                    (one, other),
                )
                cv2.copyTo(pairs[below], on_ground.view(np.uint8), ground_rows[below])
                np.greater(stands[below], on_ground, out=stands[below])
        _place_standing(depth_m, rays_x, stands, pairs, cells_per_m, cells)


def _on_ground(
    depth: NDArray[np.float32],
    fall: NDArray[np.float32],
    rise: NDArray[np.float32],
    height_m: np.float32,
    tolerance: tuple[float, float],
    memory: tuple[NDArray[np.float32], NDArray[np.float32]],
) -> NDArray[np.bool_]:
    """Tell which pixels lie on the plane, to which rays come down by fall - rise: (h, w)."""
    gap_at_camera_m, gap_per_below = map(np.float32, tolerance)
    gap_m, below = (each[: len(depth)] for each in memory)
    # Two steps take less than a difference of a column and a row.
    np.copyto(below, fall)
    below -= rise
    np.multiply(depth, below, out=gap_m)
    gap_m -= height_m
    np.abs(gap_m, out=gap_m)
    # Far below the horizon all rays fall, and nobody needs to be asked.
    falls = None if fall.min() > rise.max() else below > 0
    below *= gap_per_below
    below += gap_at_camera_m
    on_ground: NDArray[np.bool_] = gap_m < below
    if falls is not None:
        on_ground &= falls
    return on_ground


def _place_standing(
    depth_m: NDArray[np.float32],
    rays_x: NDArray[np.float32],
    stands: NDArray[np.bool_],
    pairs: NDArray[np.uint16],
    cells_per_m: float,
    cells: NDArray[np.uint16],
) -> None:
    """Fill the cells in which pixels of a map stand; the uppermost of each is seen."""
    scale, cell_rows, cell_columns = map(np.float32, (cells_per_m, *cells.shape))
    standing = np.flatnonzero(stands)
    z = np.take(depth_m, standing)
    column = np.take(rays_x, standing % depth_m.shape[1] if len(rays_x) == 1 else standing)
    column *= scale
    column *= z
    column += cell_columns / np.float32(2)
    np.floor(column, out=column)
    z *= scale
    row = np.floor(np.subtract(cell_rows, z, out=z), out=z)
    inside = _are_below(column, cells.shape[1]) & _are_below(row, cells.shape[0])
    row *= cell_columns
    row += column
    cells.fill(_UNSEEN)
    # From below: the last value written to a cell stays.
    places = row[inside][::-1].astype(np.intp)
    cells.reshape(-1)[places] = np.take(pairs, standing[inside][::-1])


def place_all_pixels(
    depth_m: NDArray[np.float32],
    rays: tuple[NDArray[np.float32], NDArray[np.float32]],
    lower: NDArray[np.uint8],
    upper: NDArray[np.uint8],
    cells_per_m: float,
    highest_y_m: float,
    cells: NDArray[np.uint16],
) -> None:
    """See Kernels.place_all_pixels."""
    scale, highest_m, cell_rows = map(np.float32, (cells_per_m, highest_y_m, cells.shape[0]))
    middle = np.float32(cells.shape[1]) / np.float32(2)
    across, rays_y = rays[0] * scale, rays[1]
    band_shape = rows_at_once(depth_m.shape), depth_m.shape[1]
    columns_of_band, rows_of_band = (aligned_empty(band_shape, np.float32) for _ in range(2))
    leads_of_band, answers = (aligned_empty(band_shape, np.bool_) for _ in range(2))
    # Nothing is above the first row of a band, or before its first pixel.
    above, before = np.zeros((2, answers.size), np.bool_)
    cells.fill(_UNSEEN)
    # From below: the last value written to a cell stays. Unknown depths are NaN throughout, and
    # numbers without bounds are outside in the end.
    with np.errstate(invalid='ignore', over='ignore'):
        for band in reversed(list(row_bands(depth_m.shape))):
            first = _first_low_row(
                depth_m[band], rays_y[band], highest_m, columns_of_band, leads_of_band
            )
            band = slice(band.start + first, band.stop)
            depth, count = depth_m[band], band.stop - band.start
            if not count:
                continue
            column, row = columns_of_band[:count], rows_of_band[:count]
            leads, answer = leads_of_band[first : first + count], answers[:count]
            np.multiply(depth, across if len(across) == 1 else across[band], out=column)
            column += middle
            np.subtract(cell_rows, np.multiply(depth, scale, out=row), out=row)
            leads &= _are_below(column, cells.shape[1], answer)
            leads &= _are_below(row, cells.shape[0], answer)
            np.floor(column, out=column)
            np.floor(row, out=row)
            row *= np.float32(cells.shape[1])
            row += column
            # Near the camera many pixels share a cell, and writing takes longer than asking
            # whether the pixel above or the one before, in the order of reading, already does.
            place, lead = row.reshape(-1), leads.reshape(-1)
            for distance, same in ((row.shape[1], above), (1, before)):
                other = same[distance : row.size]
                np.equal(place[distance:], place[:-distance], out=other)
                other &= lead[:-distance]
            for same in (above, before):
                np.greater(lead, same[: row.size], out=lead)
            seen = np.flatnonzero(lead)[::-1]
            pairs = upper[band].reshape(-1)[seen].astype(np.uint16)
            pairs <<= 8
            pairs |= lower[band].reshape(-1)[seen]
            np.minimum(pairs, _LAST_PAIR, out=pairs)
            cells.reshape(-1)[place[seen].astype(np.intp)] = pairs


def _first_low_row(
    depth: NDArray[np.float32],
    ray_y: NDArray[np.float32],
    highest_m: np.float32,
    memory: NDArray[np.float32],
    are_low: NDArray[np.bool_],
) -> int:
    """Tell which pixels are not too high, and the first row of a band (h, w) that has one."""
    are_low = are_low[: len(depth)]
    # Below the horizon nothing is too high.
    if highest_m < 0 and ray_y.min() >= 0:
        are_low.fill(True)
        return 0
    heights = np.multiply(depth, ray_y, out=memory[: len(depth)])
    np.greater(heights, highest_m, out=are_low)
    # Much of what is above the horizon is too high: buildings, trees, the sky.
    first = int(are_low.argmax())
    return first // depth.shape[1] if are_low.item(first) else len(depth)


def _are_below(
    numbers: NDArray[np.float32], end: int, result: NDArray[np.bool_] | None = None
) -> NDArray[np.bool_]:
    """Tell which numbers are at least 0 and less than ``end``; none may be -0.

    As whole numbers, the bits of what is negative and of NaN are greater than those of any other.
    """
    limit = np.float32(end).view(np.uint32)
    return np.less(numbers.view(np.uint32), limit, out=result)


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
    pairs = _with_ground(ground, size, lens, view, cells) if ground.size else cells
    words = np.empty((rows_at_once(cells.shape), cells.shape[1]), np.uint32)
    for band in row_bands(cells.shape):
        tints = words[: band.stop - band.start]
        look_words_up(colors, pairs[band], tints)
        of_cells = tints.view(np.uint8).reshape(*tints.shape, 4)
        cv2.cvtColor(of_cells, cv2.COLOR_BGRA2BGR, image[band])


def _with_ground(
    ground: NDArray[np.uint16],
    size: tuple[int, int],
    lens: NDArray[np.uint32],
    view: CellView,
    cells: NDArray[np.uint16],
) -> NDArray[np.uint16]:
    """Look the unseen cells up in the ground: (rows, columns)."""
    width, height = size
    seen = lens.view(np.uint16).reshape(-1, 2) if lens.size else ground
    pixels, nowhere = seen[:-1].reshape(height, width, -1), seen[-1].tolist()
    rows, columns = cells.shape
    across = _columns_in_image(view.without_plane(), rows, columns)
    top, down_step = view.down(rows, columns)
    steps = np.arange(columns, dtype=np.float32)
    band_rows = rows_at_once(cells.shape)
    down = np.empty((band_rows, columns), np.float32)
    pairs = np.empty(cells.shape, np.uint16)
    # OpenCV picks no words of four bytes that are whole numbers, but pairs of halves.
    halves = np.empty((band_rows, columns, 2), np.uint16)
    for band in row_bands(cells.shape):
        of_band = slice(0, band.stop - band.start)
        x, y, shown = across[band], down[of_band], pairs[band]
        _outer_product(down_step[band], steps, y)
        y += top[band, None]
        picked = halves[of_band] if lens.size else shown
        cv2.remap(pixels, x, y, cv2.INTER_NEAREST, picked, cv2.BORDER_CONSTANT, nowhere)
        if lens.size:
            np.take(ground, picked.view(np.uint32)[..., 0], out=shown, mode='clip')
        cv2.copyTo(cells[band], cv2.compare(cells[band], _LAST_PAIR, cv2.CMP_LE), shown)
    return pairs


@lru_cache(maxsize=TABLES_OF_CAMERAS)
def _columns_in_image(view: CellView, rows: int, columns: int) -> NDArray[np.float32]:
    """Tell in which column of the image each cell is seen, whatever the plane: (rows, columns)."""
    left, step = view.across(rows, columns)
    across = np.empty((rows, columns), np.float32)
    _outer_product(step, np.arange(columns, dtype=np.float32), across)
    across += left[:, None]
    across.flags.writeable = False
    return across


def _outer_product(
    one: NDArray[np.float32], other: NDArray[np.float32], result: NDArray[np.float32]
) -> None:
    """Fill ``result`` (M, N) with the products of all pairs, correctly rounded.

    OpenCV needs half of numpy's time, whose loops are as short as a row.
    """
    cv2.gemm(one[:, None], other[None], 1, None, 0, result)
