# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The loops of the top view, written to be compiled; see ``selection.Kernels``.

What can be vector instructions, computing and comparing, is done for a whole row first, in short
loops that fit small processors too; reading and writing in places that depend on the outcome
follows in a loop of its own.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.kernels.plane_limits import CellView

_NOTHING, _HALF = np.float32(0), np.float32(0.5)
_UNSEEN, _LAST_PAIR = np.uint16(65535), np.uint16(65534)
_OUTSIDE = np.int32(-1)
_ONE, _TWO, _THREE = np.uint64(1), np.uint64(2), np.uint64(3)
_BLOCK = np.uint64(8)
"""Pixels or cells that are skipped together when none of them matters."""
_ALL_UNSEEN = np.uint64(2**64 - 1)


def place_pixels(  # type: ignore[no-untyped-def]
    depth_m, rays_x, rays_y, lower, upper, plane, tolerance, view, ground, cells
):
    """Fill ``ground`` (H·W + 1) and ``cells`` (rows, columns)."""
    rows, columns = depth_m.shape
    cell_rows, cell_columns = np.float32(cells.shape[0]), np.float32(cells.shape[1])
    row_length, middle = np.int32(cells.shape[1]), cell_columns / np.float32(2)
    height_m, slope_x, slope_z = plane
    gap_at_camera_m, gap_per_below = tolerance
    cells_per_m, highest_y_m = view
    flat = cells.reshape(-1)
    flat[:] = _UNSEEN
    ground[ground.size - 1] = _UNSEEN
    on_ground = np.empty(columns, np.uint16)
    x_row, y_row = np.empty(columns, np.float32), np.empty(columns, np.float32)
    words = np.zeros((np.uint64(columns) + _BLOCK - _ONE) // _BLOCK, np.uint64)
    may_stand = words.view(np.uint8)
    places = np.full(may_stand.size, _OUTSIDE, np.int32)
    is_ideal, least_rise = rays_y.shape[1] == 1, np.float32(np.inf)
    if is_ideal:
        for i in range(columns):
            least_rise = min(least_rise, slope_x * rays_x[0, i])
    # From the top row down, as memory is read fastest; what is there already stays.
    for row in range(rows):
        # An ideal lens has the same x in all rows, and one y in each.
        if row < rays_x.shape[0]:
            x_source = rays_x[row]
            for i in range(columns):
                x_row[i] = x_source[i]
        y_source = rays_y[row]
        if is_ideal:
            y_row[:] = y_source[0]
        else:
            for i in range(columns):
                y_row[i] = y_source[i]
        depth_row, low, up = depth_m[row], lower[row], upper[row]
        # No ray of the sky falls to the ground: rounding keeps the order, so this is exact.
        is_sky = is_ideal and not y_source[0] - slope_z > least_rise
        if is_sky:
            on_ground[:] = _UNSEEN
            for i in range(columns):
                z = depth_row[i]
                may_stand[i] = (y_row[i] * z > highest_y_m) & (z * cells_per_m <= cell_rows)
        for i in range(0 if is_sky else columns):
            z = depth_row[i]
            below = y_row[i] - slope_z - slope_x * x_row[i]
            gap_m = np.abs(z * below - height_m)
            is_ground = (below > _NOTHING) & (gap_m < gap_at_camera_m + gap_per_below * below)
            pair = min(np.uint16(np.uint16(np.uint16(up[i]) << 8) | np.uint16(low[i])), _LAST_PAIR)
            on_ground[i] = pair if is_ground else _UNSEEN
            # Written so that what is not known, NaN, is left out.
            may_stand[i] = (
                (not is_ground) & (y_row[i] * z > highest_y_m) & (z * cells_per_m <= cell_rows)
            )
        ground_row = ground[row * columns : (row + 1) * columns]
        for i in range(columns):
            ground_row[i] = on_ground[i]
        any_may_stand = np.uint64(0)
        for word in range(words.size):
            any_may_stand |= words[word]
        if not any_may_stand:
            continue
        for i in range(columns):
            column = x_row[i] * cells_per_m * depth_row[i] + middle
            cell_row = cell_rows - depth_row[i] * cells_per_m
            is_inside = (
                (may_stand[i] != 0)
                & (column >= _NOTHING)
                & (column < cell_columns)
                & (cell_row >= _NOTHING)
                & (cell_row < cell_rows)
            )
            # Of what is not negative the whole part is the next lower number.
            number = np.int32(cell_row) * row_length + np.int32(column)
            places[i] = number if is_inside else _OUTSIDE
        for word in range(np.uint64(words.size)):
            if not words[word]:
                continue
            for i in range(word * _BLOCK, word * _BLOCK + _BLOCK):
                if places[i] == _OUTSIDE:
                    continue
                place = np.uint64(places[i])
                if flat[place] == _UNSEEN:
                    pair = np.uint16(np.uint16(np.uint16(up[i]) << 8) | np.uint16(low[i]))
                    flat[place] = min(pair, _LAST_PAIR)


def place_all_pixels(depth_m, rays_x, rays_y, lower, upper, view, cells):  # type: ignore[no-untyped-def]
    """Fill ``cells`` (rows, columns)."""
    rows, columns = depth_m.shape
    cell_rows, cell_columns = np.float32(cells.shape[0]), np.float32(cells.shape[1])
    row_length, middle = np.int32(cells.shape[1]), cell_columns / np.float32(2)
    cells_per_m, highest_y_m = view
    flat = cells.reshape(-1)
    flat[:] = _UNSEEN
    words = np.zeros((np.uint64(columns) + _BLOCK - _ONE) // _BLOCK, np.uint64)
    leads = words.view(np.uint8)
    leading = np.empty(leads.size, np.uint64)
    across, y_row = np.empty(columns, np.float32), np.empty(columns, np.float32)
    # Of a row and the one above it, each behind one place to the left of the picture.
    places = np.full((2, columns + 1), _OUTSIDE, np.int32)
    for row in range(rows):
        # An ideal lens has the same x in all rows, and one y in each.
        if row < rays_x.shape[0]:
            x_source = rays_x[row]
            for i in range(columns):
                across[i] = x_source[i] * cells_per_m
        y_source = rays_y[row]
        if y_source.size == 1:
            y_row[:] = y_source[0]
        else:
            for i in range(columns):
                y_row[i] = y_source[i]
        depth_row, low, up = depth_m[row], lower[row], upper[row]
        above, before = places[(row + 1) % 2, 1:], places[row % 2, :columns]
        here = places[row % 2, 1:]
        for i in range(columns):
            z = depth_row[i]
            column, cell_row = across[i] * z + middle, cell_rows - z * cells_per_m
            # Written so that what is not known, NaN, is left out.
            is_inside = (
                (y_row[i] * z > highest_y_m)
                & (column >= _NOTHING)
                & (column < cell_columns)
                & (cell_row >= _NOTHING)
                & (cell_row < cell_rows)
            )
            # Of what is not negative the whole part is the next lower number.
            number = np.int32(cell_row) * row_length + np.int32(column)
            here[i] = number if is_inside else _OUTSIDE
        # Near the camera many pixels share a cell, and the first of them is seen.
        for i in range(columns):
            leads[i] = (here[i] != _OUTSIDE) & (here[i] != before[i]) & (here[i] != above[i])
        count = np.uint64(0)
        for word in range(np.uint64(words.size)):
            if words[word]:
                # Whether a pixel leads cannot be foretold: counting takes less than asking.
                for i in range(word * _BLOCK, word * _BLOCK + _BLOCK):
                    leading[count] = i
                    count += np.uint64(leads[i])
        for i in leading[:count]:
            place = np.uint64(here[i])
            if flat[place] == _UNSEEN:
                pair = np.uint16(np.uint16(np.uint16(up[i]) << 8) | np.uint16(low[i]))
                flat[place] = min(pair, _LAST_PAIR)


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

    def first_reaching(bound: Any, start: Any, step: Any, count: int) -> int:
        # Of a line that never falls, by halving; `count` where it never does, or is NaN.
        low, high = 0, count
        while low < high:
            middle = (low + high) >> 1
            if start + step * np.float32(middle) >= bound:
                high = middle
            else:
                low = middle + 1
        return low

    width, height = np.float32(size[0]), np.float32(size[1])
    nowhere = width * height
    columns = cells.shape[1]
    fx, fy, cx, cy, height_m, slope_x, slope_z, metres_per_cell = view
    first_x = (0.5 - columns / 2) * metres_per_cell
    across_m = fx * metres_per_cell
    fall_m = fy * slope_x * metres_per_cell
    steps = np.arange(columns).astype(np.float32)
    pixels = np.empty(columns, np.uint32)
    pairs = np.full((columns + 7) // 8 * 8, _UNSEEN, np.uint16)
    below = np.empty(columns, np.uint16)
    fours = pairs.view(np.uint64)
    words = np.empty(pairs.size // 8 * 3, np.uint64)
    row_bytes = words.view(np.uint8)
    flat = image.reshape(-1)
    for cell_row in range(cells.shape[0]):
        # All cells of a row have one depth, hence equal steps along a line of the image.
        z = (cells.shape[0] - 0.5 - cell_row) * metres_per_cell
        y = height_m + slope_x * first_x + slope_z * z
        left, right_step = np.float32(fx * first_x / z + cx), np.float32(across_m / z)
        top, down_step = np.float32(fy * y / z + cy), np.float32(fall_m / z)
        # Left and right of these no cell is in the image.
        first = np.uint64(first_reaching(-_HALF, left, right_step, columns))
        end = np.uint64(first_reaching(width, left, right_step, columns)) if ground.size else first
        for i in range(first, end):
            column = np.rint(left + right_step * steps[i])
            row = np.rint(top + down_step * steps[i])
            is_inside = (column < width) & (row >= _NOTHING) & (row < height)
            pixels[i] = np.uint32(np.int32(row * width + column if is_inside else nowhere))
        if lens.size:
            for i in range(first, end):
                pixels[i] = lens[pixels[i]]
        cell = cells[cell_row]
        for i in range(columns):
            pairs[i] = cell[i]
        # Reading of each, even where something stands, takes less than asking before.
        for i in range(first, end):
            below[i] = ground[pixels[i]]
        for i in range(first, end):
            pairs[i] = below[i] if pairs[i] == _UNSEEN else pairs[i]
        word, four = np.uint64(0), np.uint64(0)
        for i in range(np.uint64(0), np.uint64(pairs.size), _BLOCK):
            if fours[four] & fours[four + _ONE] == _ALL_UNSEEN:
                words[word] = words[word + _ONE] = words[word + _TWO] = 0
            else:
                a = np.uint64(colors[pairs[i]])
                b = np.uint64(colors[pairs[i + np.uint64(1)]])
                c = np.uint64(colors[pairs[i + np.uint64(2)]])
                d = np.uint64(colors[pairs[i + np.uint64(3)]])
                e = np.uint64(colors[pairs[i + np.uint64(4)]])
                f = np.uint64(colors[pairs[i + np.uint64(5)]])
                g = np.uint64(colors[pairs[i + np.uint64(6)]])
                h = np.uint64(colors[pairs[i + np.uint64(7)]])
                words[word] = a | b << np.uint64(24) | c << np.uint64(48)
                words[word + _ONE] = (
                    c >> np.uint64(16)
                    | d << np.uint64(8)
                    | e << np.uint64(32)
                    | f << np.uint64(56)
                )
                words[word + _TWO] = f >> np.uint64(8) | g << np.uint64(16) | h << np.uint64(40)
            word += _THREE
            four += _TWO
        image_row = flat[3 * cell_row * columns : 3 * (cell_row + 1) * columns]
        for i in range(3 * columns):
            image_row[i] = row_bytes[i]
