# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Sampling between two resolutions of an image: the nearest pixels, or between two rows."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


@lru_cache(maxsize=64)
def nearest_pixels(count: int, source_count: int, stride: int = 1) -> NDArray[np.intp]:
    """Find the source pixel under the centre of each pixel of an axis, (⌈count/stride⌉,).

    Both axes show the same extent, with ``count`` and ``source_count`` pixels; of the former
    every ``stride``-th is taken. Integers throughout: no rounding decides. Read-only.
    """
    pixels = (2 * np.arange(0, count, stride, dtype=np.intp) + 1) * source_count // (2 * count)
    pixels.flags.writeable = False
    return pixels


@lru_cache(maxsize=64)
def first_pixels(count: int, source_count: int) -> NDArray[np.uint64]:
    """Find which is the first of the pixels that have each source pixel as their nearest.

    (source_count + 1,) with ``count`` at the end. Read-only.
    """
    first = np.searchsorted(nearest_pixels(count, source_count), np.arange(source_count + 1))
    pixels = first.astype(np.uint64)
    pixels.flags.writeable = False
    return pixels


def as_slice(pixels: NDArray[np.intp]) -> slice | NDArray[np.intp]:
    """Write pixels (N,) of an axis, which never fall, as a slice where their distances are equal.

    Reading through a slice is a view; through indices it is a copy, pixel by pixel.
    """
    if len(pixels) < 2:
        return pixels
    first, last = pixels[[0, -1]].tolist()
    step = (last - first) // (len(pixels) - 1)
    if step < 1 or not np.array_equal(pixels, np.arange(first, last + 1, step)):
        return pixels
    return slice(first, last + 1, step)


def resized_ids(ids: NDArray[np.uint8], shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Bring a class map (·, ·) to another resolution of the same image; itself where it fits."""
    if ids.shape == shape:
        return ids
    rows, columns = (nearest_pixels(shape[axis], ids.shape[axis]) for axis in (0, 1))
    return ids[rows[:, None], columns]


@lru_cache(maxsize=16)
def rows_between(count: int, source_count: int) -> tuple[NDArray[np.intp], NDArray[np.uint8]]:
    """Find the two source rows around the centre of each row: the first, and the next one's share.

    Indices (count,), and shares (count,) in 128ths; beyond the outer centres the outer row alone.
    Both axes as for ``nearest_pixels``. Read-only.
    """
    places = (np.arange(count) + 0.5) * source_count / max(count, 1) - 0.5
    places = np.clip(places, 0, source_count - 1)
    first_rows = places.astype(np.intp)
    shares = np.rint(128 * (places - first_rows)).astype(np.uint8)
    for array in (first_rows, shares):
        array.flags.writeable = False
    return first_rows, shares
