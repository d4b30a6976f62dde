# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Bands of rows: so few at once that what lies between two steps stays in the cache."""

from __future__ import annotations

from collections.abc import Iterator

_BAND_PIXELS = 1 << 16
"""Of which each step's arrays, of one to four bytes a pixel, fit into 1 to 2 MB together."""


def row_bands(shape: tuple[int, ...]) -> Iterator[slice]:
    """Cut the rows of a map (H, W, …) into bands; the first is as high as any."""
    step = rows_at_once(shape)
    return (slice(first, min(first + step, shape[0])) for first in range(0, shape[0], step))


def rows_at_once(shape: tuple[int, ...]) -> int:
    """Give the rows of the highest band, at least one."""
    return max(min(_BAND_PIXELS // max(shape[1], 1), shape[0]), 1)
