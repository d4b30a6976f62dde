# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The loops that draw over a picture, written to be compiled; see ``selection.Kernels``.

Indices are unsigned, because compiled code then need not ask whether they count from the end.
Values are narrowed after every step, so that the innermost loops become vector instructions.
"""

from __future__ import annotations

import numpy as np

_ONE, _TWO, _THREE = np.uint64(1), np.uint64(2), np.uint64(3)
_BYTE_BITS = np.uint32(8)
_HALF = np.uint16(128)
_BLOCK = np.uint64(8)
"""Mask pixels that are skipped together when none of them differs from the one above it."""


def blend_masks(picture, lower, upper, tints, mask_rows, first_columns):  # type: ignore[no-untyped-def]
    """Change ``picture`` (H, 3·W); mask pixel i covers ``first_columns`` i to i + 1.

    Only what differs from the mask row above is spread over the picture's pixels anew.
    """
    rows, width = picture.shape
    mask_width = np.uint64(lower.shape[1])
    words = np.zeros((mask_width + _BLOCK - _ONE) // _BLOCK, np.uint64)
    differs = words.view(np.uint8)
    differs[:mask_width] = 1
    kept, added = np.empty(width, np.uint8), np.empty(width, np.uint8)
    last = mask_rows[0]
    for row in range(rows):
        mask_row = mask_rows[row]
        low, up = lower[mask_row], upper[mask_row]
        if mask_row != last:
            low_before, up_before = lower[last], upper[last]
            for i in range(mask_width):
                differs[i] = (low[i] ^ low_before[i]) | (up[i] ^ up_before[i])
        if mask_row != last or row == 0:
            last = mask_row
            for word in range(np.uint64(words.size)):
                if not words[word]:
                    continue
                for i in range(word * _BLOCK, word * _BLOCK + _BLOCK):
                    if not differs[i]:
                        continue
                    tint = tints[(np.uint32(up[i]) << _BYTE_BITS) | np.uint32(low[i])]
                    kept_share = np.uint8(tint >> np.uint32(24))
                    for k in range(
                        _THREE * first_columns[i], _THREE * first_columns[i + _ONE], _THREE
                    ):
                        kept[k] = kept_share
                        kept[k + _ONE] = kept_share
                        kept[k + _TWO] = kept_share
                        added[k] = np.uint8(tint)
                        added[k + _ONE] = np.uint8(tint >> _BYTE_BITS)
                        added[k + _TWO] = np.uint8(tint >> np.uint32(16))
        # One name for what is read and written, or no vector instructions would be possible.
        pixels = picture[row]
        for i in range(width):
            product = np.uint16(np.uint16(np.uint16(pixels[i]) * np.uint16(kept[i])) + _HALF)
            # Division by 255, rounded to nearest, of any product of two bytes.
            share = np.uint16(np.uint16(product + np.uint16(product >> np.uint16(8))) >> 8)
            pixels[i] = np.uint8(np.uint8(share) + added[i])


def draw_frames(picture, boxes, colors, thickness):  # type: ignore[no-untyped-def]
    """Draw into ``picture`` (H, W, 3)."""
    height, width, _ = picture.shape
    flat = picture.reshape(-1)
    black = np.zeros(3, np.uint8)
    for i in range(len(boxes)):
        for rim in range(2):
            stroke = thickness + 2 - 2 * rim
            before = stroke // 2
            after = stroke - before
            color = colors[i] if rim else black
            blue, green, red = color[0], color[1], color[2]
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
                first, end = np.uint64(min(max(x0, 0), width)), np.uint64(min(max(x1, 0), width))
                for row in range(max(y0, 0), min(y1, height)):
                    start = np.uint64(row) * np.uint64(width)
                    for k in range(_THREE * (start + first), _THREE * (start + end), _THREE):
                        flat[k] = blue
                        flat[k + _ONE] = green
                        flat[k + _TWO] = red


def paste_plates(picture, letters, height, starts, texts, corners):  # type: ignore[no-untyped-def]
    """Paste into ``picture`` (H, W, 3)."""
    rows, width, _ = picture.shape
    flat = picture.reshape(-1)
    for number in range(len(texts)):
        columns = 0
        for letter in texts[number]:
            if letter >= 0:
                columns += starts[letter + 1] - starts[letter]
        left = max(min(corners[number, 0] - 1, width - columns), 0)
        top = corners[number, 1] - 1
        top = top - height if top >= height else max(top, 0)
        for letter in texts[number]:
            if letter < 0:
                continue
            columns = starts[letter + 1] - starts[letter]
            length = 3 * max(min(columns, width - left), 0)
            for row in range(max(min(height, rows - top), 0)):
                place = 3 * ((top + row) * width + left)
                source = 3 * (height * starts[letter] + row * columns)
                shown, letter_row = flat[place : place + length], letters[source : source + length]
                for i in range(length):
                    shown[i] = letter_row[i]
            left += columns
