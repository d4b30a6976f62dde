# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The loops over class maps and depth maps, written to be compiled; see ``selection.Kernels``.

What can be vector instructions is done for a whole row first, into a buffer that stays in the
processor's nearest cache; tables and packing follow in short loops of their own.
"""

from __future__ import annotations

import numpy as np

_UNKNOWN = np.float32(np.nan)
_NO_CLASS = np.uint8(255)
_LAST_SHADE, _NO_SHADE = np.float32(255), np.float32(256)
_PIXEL_BYTES = 3
_POINT_WORDS = np.uint64(5)
_PIXELS_AT_ONCE = 8
"""Pixels of three bytes that fill whole words of eight: three of them."""


def keep_known_ids(ids, table, result):  # type: ignore[no-untyped-def]
    """Fill ``result`` (H, W)."""
    first, last, count = 256, -1, 0
    for i in range(256):
        if table[i] == i and i != 255:
            first = min(first, i)
            last = i
            count += 1
    rows, columns = ids.shape
    if count == last - first + 1:
        # Without gaps two comparisons are enough, and these are vector instructions.
        low, high = np.uint8(first), np.uint8(last)
        for row in range(rows):
            for column in range(columns):
                value = ids[row, column]
                is_known = (value >= low) & (value <= high)
                result[row, column] = value if is_known else _NO_CLASS
    else:
        for row in range(rows):
            for column in range(columns):
                result[row, column] = table[ids[row, column]]


def best_class(scores, lowest, id_of_lowest, ids):  # type: ignore[no-untyped-def]
    """Fill ``ids`` (H, W) from scores whose channels lie side by side."""
    rows, columns, channels = scores.shape
    for row in range(rows):
        for column in range(columns):
            best = lowest
            best_id = id_of_lowest
            for channel in range(channels):
                value = scores[row, column, channel]
                better = value > best
                best = value if better else best
                best_id = np.uint8(channel) if better else best_id
            ids[row, column] = best_id


def look_up(codes, table, result):  # type: ignore[no-untyped-def]
    """Fill ``result`` (H, W)."""
    for row in range(codes.shape[0]):
        for column in range(codes.shape[1]):
            result[row, column] = table[codes[row, column]]


def scale_depth(codes, terms, metres):  # type: ignore[no-untyped-def]
    """Fill ``metres`` (H, W); count what is not finite."""
    zero_point, scale, maximum_m, factor, offset_m, nearest_m, farthest_m = terms
    non_finite = np.int32(0)
    for row in range(codes.shape[0]):
        for column in range(codes.shape[1]):
            code = codes[row, column]
            real = (np.float32(code) - zero_point) * scale
            value = real * maximum_m * factor + offset_m
            is_valid = (value > np.float32(0)) & (value >= nearest_m) & (value <= farthest_m)
            metres[row, column] = value if is_valid else _UNKNOWN
            non_finite += np.int32(code - code != 0)
    return non_finite


def color_depth(depth_m, shades_per_m, colors, image):  # type: ignore[no-untyped-def]
    """Fill ``image`` (H, 3·W)."""
    rows, columns = depth_m.shape
    groups = (columns + _PIXELS_AT_ONCE - 1) // _PIXELS_AT_ONCE
    shades = np.zeros(groups * _PIXELS_AT_ONCE, np.uint32)
    words = np.empty(groups * 3, np.uint64)
    packed = words.view(np.uint8)
    for row in range(rows):
        for i in range(columns):
            z = depth_m[row, i]
            # A negative depth, which nothing gives, would be read beside the table.
            shade = min(max(z * shades_per_m, np.float32(0)), _LAST_SHADE)
            shades[i] = np.int32(shade if z == z else _NO_SHADE)
        for group in range(groups):
            i = group * _PIXELS_AT_ONCE
            c0, c1 = np.uint64(colors[shades[i]]), np.uint64(colors[shades[i + 1]])
            c2, c3 = np.uint64(colors[shades[i + 2]]), np.uint64(colors[shades[i + 3]])
            c4, c5 = np.uint64(colors[shades[i + 4]]), np.uint64(colors[shades[i + 5]])
            c6, c7 = np.uint64(colors[shades[i + 6]]), np.uint64(colors[shades[i + 7]])
            words[3 * group] = c0 | c1 << np.uint64(24) | c2 << np.uint64(48)
            words[3 * group + 1] = (
                c2 >> np.uint64(16)
                | c3 << np.uint64(8)
                | c4 << np.uint64(32)
                | c5 << np.uint64(56)
            )
            words[3 * group + 2] = c5 >> np.uint64(8) | c6 << np.uint64(16) | c7 << np.uint64(40)
        for i in range(3 * columns):
            image[row, i] = packed[i]


def fill_points(  # type: ignore[no-untyped-def]
    points,
    depth_m,
    rays_x,
    rays_y,
    near_m,
    far_m,
    image,
    image_rows,
    image_columns,
    red,
    ids,
    id_rows,
    id_columns,
):
    """Fill ``points`` (H, 5·W) of 32-bit words; rays are (1, W) and (H, 1), or (H, W) both."""
    rows, columns = depth_m.shape
    # One row of points, field by field.
    x, y, z = (
        np.empty(columns, np.float32),
        np.empty(columns, np.float32),
        np.empty(columns, np.float32),
    )
    x_words, y_words, z_words = x.view(np.uint32), y.view(np.uint32), z.view(np.uint32)
    labels = np.empty(columns, np.uint32)
    across = np.empty(columns, np.float32)
    down = np.empty(columns, np.float32)
    across[:] = rays_x[0]
    picture = image.reshape(len(image), -1)
    last_shift = np.uint32(16 if red else 0)
    first_shift = np.uint32(16) - last_shift
    # In bytes; multiplying by the pixel's size for every row anew would take a tenth of the time.
    places = np.empty(columns, np.uint32)
    for i in range(columns):
        places[i] = _PIXEL_BYTES * image_columns[i]
    # A map of the depth's own size is read without picking, which is vector instructions.
    is_same_size = True
    for i in range(columns):
        is_same_size &= id_columns[i] == i
    for row in range(rows):
        if len(rays_x) == 1:
            down[:] = rays_y[row, 0]
        else:
            across[:] = rays_x[row]
            down[:] = rays_y[row]
        for i in range(columns):
            depth = depth_m[row, i]
            is_known = (depth >= near_m) & (depth <= far_m) & (across[i] == across[i])
            z[i] = depth if is_known else _UNKNOWN
            x[i] = across[i] * z[i]
            y[i] = down[i] * z[i]
        row_ids = ids[id_rows[row]]
        if is_same_size:
            for i in range(columns):
                labels[i] = row_ids[i]
        else:
            for i in range(columns):
                labels[i] = row_ids[np.uint64(id_columns[i])]
        row_points, pixels = points[row], picture[image_rows[row]]
        # Colours are no vector instructions anyway, and picked while the words are written they
        # cost a fifth less than from a row of their own.
        for i in range(np.uint64(columns)):
            place, word = np.uint64(places[i]), _POINT_WORDS * i
            row_points[word] = x_words[i]
            row_points[word + np.uint64(1)] = y_words[i]
            row_points[word + np.uint64(2)] = z_words[i]
            row_points[word + np.uint64(3)] = (
                np.uint32(pixels[place]) << first_shift
                | np.uint32(pixels[place + np.uint64(1)]) << np.uint32(8)
                | np.uint32(pixels[place + np.uint64(2)]) << last_shift
            )
            row_points[word + np.uint64(4)] = labels[i]


def window_depths(  # type: ignore[no-untyped-def]
    depth_m, ids, windows, own_ids, quantile, minimum
):
    """See Kernels.window_depths."""
    found = np.full(len(windows), np.nan, np.float32)
    known = np.empty(depth_m.size, np.float32)
    for number in range(len(windows)):
        own_id = own_ids[number]
        first_row, last_row, row_step, first_column, last_column, column_step = windows[number]
        count = 0
        for row in range(first_row, last_row, row_step):
            for column in range(first_column, last_column, column_step):
                z = depth_m[row, column]
                if z == z and (own_id < 0 or ids[row, column] == own_id):
                    known[count] = z
                    count += 1
        if count >= minimum:
            rank = int(quantile * (count - 1))
            found[number] = np.partition(known[:count], rank)[rank]
    return found
