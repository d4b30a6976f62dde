# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The loops of the top view, written to be compiled; see ``selection.Kernels``.

What can be vector instructions, computing and comparing, is done for a whole row first, in short
loops that fit small processors too; reading and writing in places that depend on the outcome
follows in a loop of its own.
"""

from __future__ import annotations

import numpy as np

_NOWHERE = np.float32(-1)
_NOTHING = np.float32(0)
_BLOCK = 8
"""Pixels of a row that are skipped together when none of them has a cell."""
_BOTH_NEGATIVE = np.int64(-(2**63) + 2**31)
"""The signs of the two 32-bit numbers in one of 64 bits."""


def count_followers(planes, terms, tolerance):  # type: ignore[no-untyped-def]
    """Count for ``planes`` (P, 3); ``terms`` are (3, N)."""
    counts = np.empty(len(planes), np.int64)
    for i in range(len(planes)):
        across, down, ahead = planes[i, 0], planes[i, 1], planes[i, 2]
        count = np.int32(0)
        for k in range(terms.shape[1]):
            sum_of_terms = across * terms[0, k] + down * terms[1, k] + ahead * terms[2, k]
            count += np.int32(np.abs(sum_of_terms - np.float32(1)) < tolerance)
        counts[i] = count
    return counts


def place_pixels(  # type: ignore[no-untyped-def]
    depth_m, rays_x, rays_y, lower, upper, plane, tolerance, view, ground, cells
):
    """Fill ``ground`` (H·W + 1) and ``cells`` (rows, columns)."""
    rows, columns = depth_m.shape
    cell_rows, cell_columns = np.float32(cells.shape[0]), np.float32(cells.shape[1])
    middle = cell_columns / np.float32(2)
    unseen = np.uint16(65535)
    height_m, slope_x, slope_z = plane
    gap_at_camera_m, gap_per_below = tolerance
    cells_per_m, highest_y_m = view
    flat = cells.reshape(-1)
    flat[:] = unseen
    ground[ground.size - 1] = unseen
    pairs = np.empty(columns, np.uint16)
    on_ground = np.empty(columns, np.uint16)
    x_row, y_row = np.empty(columns, np.float32), np.empty(columns, np.float32)
    words = np.full((columns + _BLOCK - 1) // _BLOCK * _BLOCK // 2, -1, np.int64)
    places = words.view(np.int32)
    # From the top row down, as memory is read fastest; what is there already stays.
    for row in range(rows):
        # An ideal lens has the same x in all rows, and one y in each.
        x_source, y_source = rays_x[min(row, rays_x.shape[0] - 1)], rays_y[row]
        for i in range(columns):
            x_row[i] = x_source[i]
        if y_source.size == 1:
            y_row[:] = y_source[0]
        else:
            for i in range(columns):
                y_row[i] = y_source[i]
        for i in range(columns):
            pair = np.uint16(np.uint16(upper[row, i]) << np.uint16(8)) | np.uint16(lower[row, i])
            pairs[i] = min(pair, np.uint16(unseen - 1))
        for i in range(columns):
            pair = pairs[i]
            below = y_row[i] - slope_x * x_row[i] - slope_z
            gap_m = np.abs(depth_m[row, i] * below - height_m)
            is_ground = (below > _NOTHING) & (gap_m < gap_at_camera_m + gap_per_below * below)
            on_ground[i] = pair if is_ground else unseen
        for i in range(columns):
            z = depth_m[row, i]
            column = np.floor(x_row[i] * z * cells_per_m + middle)
            cell_row = np.floor(cell_rows - z * cells_per_m)
            # Written so that what is not known, NaN, is not inside.
            is_inside = (
                (column >= _NOTHING)
                & (column < cell_columns)
                & (cell_row >= _NOTHING)
                & (cell_row < cell_rows)
                & (y_row[i] * z > highest_y_m)
            )
            place = cell_row * cell_columns + column
            places[i] = np.int32(place if is_inside else _NOWHERE)
        for i in range(columns):
            place_if_standing = places[i]
            places[i] = place_if_standing if on_ground[i] == unseen else np.int32(-1)
        ground_row = ground[row * columns : (row + 1) * columns]
        for i in range(columns):
            ground_row[i] = on_ground[i]
        for block in range(0, words.size, _BLOCK // 2):
            signs = words[block] & words[block + 1] & words[block + 2] & words[block + 3]
            if signs & _BOTH_NEGATIVE != _BOTH_NEGATIVE:
                for i in range(2 * block, 2 * block + _BLOCK):
                    if places[i] >= 0 and flat[places[i]] == unseen:
                        flat[places[i]] = pairs[i]


def show_cells(ground, size, lens, lines, colors, cells, image):  # type: ignore[no-untyped-def]
    """Fill the unseen of ``cells`` (rows, columns), and ``image`` (rows, columns, 3)."""
    unseen = np.uint16(65535)
    width, height = np.float32(size[0]), np.float32(size[1])
    nowhere = width * height
    columns = cells.shape[1]
    steps = np.arange(columns).astype(np.float32)
    pixels = np.empty(columns, np.uint32)
    pairs = np.zeros((columns + 7) // 8 * 8, np.uint16)
    words = np.empty(pairs.size // 8 * 3, np.uint64)
    row_bytes = words.view(np.uint8)
    flat = image.reshape(-1)
    for cell_row in range(cells.shape[0]):
        left, right_step = lines[0, cell_row], lines[1, cell_row]
        top, down_step = lines[2, cell_row], lines[3, cell_row]
        for i in range(columns):
            column = left + right_step * steps[i]
            row = top + down_step * steps[i]
            is_inside = (
                (column >= _NOTHING) & (column < width) & (row >= _NOTHING) & (row < height)
            )
            place = np.floor(row) * width + np.floor(column)
            pixels[i] = np.uint32(np.int32(place if is_inside else nowhere))
        if lens.size:
            for i in range(columns):
                pixels[i] = lens[pixels[i]]
        cell = cells[cell_row]
        for i in range(columns):
            pairs[i] = ground[pixels[i]]
        for i in range(columns):
            standing = cell[i]
            pair = pairs[i]
            pairs[i] = pair if standing == unseen else standing
        for i in range(columns):
            cell[i] = pairs[i]
        word = np.uint64(0)
        for i in range(np.uint64(0), np.uint64(pairs.size), np.uint64(8)):
            a = np.uint64(colors[pairs[i]])
            b = np.uint64(colors[pairs[i + np.uint64(1)]])
            c = np.uint64(colors[pairs[i + np.uint64(2)]])
            d = np.uint64(colors[pairs[i + np.uint64(3)]])
            e = np.uint64(colors[pairs[i + np.uint64(4)]])
            f = np.uint64(colors[pairs[i + np.uint64(5)]])
            g = np.uint64(colors[pairs[i + np.uint64(6)]])
            h = np.uint64(colors[pairs[i + np.uint64(7)]])
            words[word] = a | b << np.uint64(24) | c << np.uint64(48)
            words[word + np.uint64(1)] = (
                c >> np.uint64(16) | d << np.uint64(8) | e << np.uint64(32) | f << np.uint64(56)
            )
            words[word + np.uint64(2)] = (
                f >> np.uint64(8) | g << np.uint64(16) | h << np.uint64(40)
            )
            word += np.uint64(3)
        image_row = flat[3 * cell_row * columns : 3 * (cell_row + 1) * columns]
        for i in range(3 * columns):
            image_row[i] = row_bytes[i]
