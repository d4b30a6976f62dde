# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The loops that resize pictures, written to be compiled; see ``selection.Kernels``.

Values are narrowed after every step, so that the loops become vector instructions.
"""

from __future__ import annotations

import numpy as np

_HALF = np.uint16(128)


def halve_width(source, channels, first_rows, weights, result):  # type: ignore[no-untyped-def]
    """Fill ``result`` (h, C·w) from ``source`` (H, C·2·w) of 1 to 3 channels C.

    Row i lies between ``first_rows[i]`` and the next, whose share is ``weights[i]`` 128ths: a sum
    of two pixels so weighted just fits into 16 bits. The weights lie in rows of their own because
    a plain number would be widened, and the products with it.
    """
    rows, width = source.shape
    one, other = np.empty(width, np.uint8), np.empty(width, np.uint8)
    between = np.zeros(width + channels, np.uint16)
    beside = between[channels:]
    means = np.empty(width, np.uint8)
    for row in range(result.shape[0]):
        first = first_rows[row]
        above, below = source[first], source[min(first + 1, rows - 1)]
        other[:] = weights[row]
        one[:] = 128 - weights[row]
        for i in range(width):
            between[i] = np.uint16(
                np.uint16(np.uint16(above[i]) * np.uint16(one[i]))
                + np.uint16(np.uint16(below[i]) * np.uint16(other[i]))
            )
        for i in range(width):
            total = np.uint16(np.uint16(between[i] + beside[i]) + _HALF)
            means[i] = np.uint8(np.uint16(total >> np.uint16(8)))
        # Every second mean is one of a pixel and the pair's next. Of a number of channels that
        # is not written out the compiler makes no vectors.
        result_row = result[row]
        if channels == 1:
            for pixel in range(result.shape[1]):
                result_row[pixel] = means[2 * pixel]
        elif channels == 2:
            for pixel in range(result.shape[1] // 2):
                result_row[2 * pixel] = means[4 * pixel]
                result_row[2 * pixel + 1] = means[4 * pixel + 1]
        else:
            for pixel in range(result.shape[1] // 3):
                result_row[3 * pixel] = means[6 * pixel]
                result_row[3 * pixel + 1] = means[6 * pixel + 1]
                result_row[3 * pixel + 2] = means[6 * pixel + 2]
