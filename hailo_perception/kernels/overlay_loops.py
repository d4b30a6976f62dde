# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The loops that draw over a picture, written to be compiled; see ``selection.Kernels``.

Indices are unsigned, because compiled code then need not ask whether they count from the end.
Values are narrowed after every step, so that the innermost loops become vector instructions.
"""

from __future__ import annotations

import numpy as np

_BYTE = np.uint64(255)
_ROUNDING = np.uint16(128)
_PIXELS_AT_ONCE = 4
"""Pixels of three 16-bit values that fill whole words of 64 bits: three of them."""


def blend_masks(picture, result, lower, upper, tints, mask_rows, mask_columns):  # type: ignore[no-untyped-def]
    """Fill ``result`` (H, 3·W); ``mask_columns`` are padded to whole groups of four."""
    rows, width = picture.shape
    eight, sixteen = np.uint64(8), np.uint64(16)
    mask_width = lower.shape[1]
    tint_row = np.empty(mask_width, np.uint32)
    spread = np.empty(mask_width, np.uint64)
    words = np.empty(mask_columns.size // _PIXELS_AT_ONCE * 3, np.uint64)
    # Of each byte of the picture's row: kept in the lower half, added in the upper.
    pairs = words.view(np.uint16)
    last = -1
    for row in range(rows):
        mask_row = mask_rows[row]
        if mask_row != last:
            last = mask_row
            for i in range(mask_width):
                pair = (np.uint32(upper[mask_row, i]) << np.uint32(8)) | np.uint32(
                    lower[mask_row, i]
                )
                tint_row[i] = tints[pair]
            for i in range(mask_width):
                tint = np.uint64(tint_row[i])
                kept = tint >> np.uint64(24)
                blue = (tint & _BYTE) << eight
                green = tint & (_BYTE << eight)
                red = (tint >> eight) & (_BYTE << eight)
                spread[i] = (
                    (blue | kept)
                    | ((green | kept) << sixteen)
                    | ((red | kept) << np.uint64(32))
                )
            word = np.uint64(0)
            for i in range(np.uint64(0), np.uint64(mask_columns.size), np.uint64(4)):
                first = spread[mask_columns[i]]
                second = spread[mask_columns[i + np.uint64(1)]]
                third = spread[mask_columns[i + np.uint64(2)]]
                fourth = spread[mask_columns[i + np.uint64(3)]]
                words[word] = first | second << np.uint64(48)
                words[word + np.uint64(1)] = second >> sixteen | third << np.uint64(32)
                words[word + np.uint64(2)] = third >> np.uint64(32) | fourth << sixteen
                word += np.uint64(3)
        for i in range(width):
            product = np.uint16(
                np.uint16(np.uint16(picture[row, i]) * np.uint16(pairs[i] & np.uint16(255)))
                + _ROUNDING
            )
            # Division by 255, rounded to nearest, of any product of two bytes.
            share = np.uint16(np.uint16(product + np.uint16(product >> np.uint16(8))) >> 8)
            result[row, i] = np.uint8(share + np.uint16(pairs[i] >> np.uint16(8)))


def draw_frames(picture, boxes, colors, thickness):  # type: ignore[no-untyped-def]
    """Draw into ``picture`` (H, W, 3)."""
    height, width, _ = picture.shape
    black = np.zeros(3, np.uint8)
    for i in range(len(boxes)):
        for rim in range(2):
            stroke = thickness + 2 - 2 * rim
            before = stroke // 2
            after = stroke - before
            color = colors[i] if rim else black
            left, top, right, bottom = boxes[i, 0], boxes[i, 1], boxes[i, 2], boxes[i, 3]
            for side in range(4):
                x0 = right - before if side == 3 else left - before
                x1 = left + after if side == 2 else right + after
                y0 = top - before
                y1 = top + after
                if side == 1:
                    y0 = bottom - before
                    y1 = bottom + after
                elif side > 1:
                    y0 = top + after
                    y1 = bottom - before
                for row in range(max(y0, 0), min(y1, height)):
                    for column in range(max(x0, 0), min(x1, width)):
                        picture[row, column, 0] = color[0]
                        picture[row, column, 1] = color[1]
                        picture[row, column, 2] = color[2]
