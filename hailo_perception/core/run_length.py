# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Run-length code of class masks: value and count of each run, row after row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.errors import ImageDataError

RUN_DTYPE = np.dtype([('value', 'u1'), ('count', '<i4')])
"""One run in five bytes without padding, as Autoware reads it on its little-endian computers."""


class RunLengthError(ImageDataError):
    """Runs do not make a mask of the size that they are said to have."""


def encode_runs(mask: NDArray[np.uint8]) -> NDArray[np.void]:
    """Encode a (H, W) uint8 mask as (N,) RUN_DTYPE; a run goes on over the end of a row."""
    pixels = mask.reshape(-1)
    starts = np.concatenate(([0], np.flatnonzero(pixels[1:] != pixels[:-1]) + 1))
    starts = starts[: pixels.size]
    runs = np.empty(len(starts), RUN_DTYPE)
    runs['value'] = pixels[starts]
    runs['count'] = np.diff(starts, append=pixels.size)
    return runs


def decode_runs(data: bytes, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Decode the bytes of runs into a mask of ``size`` (width, height), (H, W) uint8.

    RunLengthError when they are cut off or make another number of pixels.
    """
    if len(data) % RUN_DTYPE.itemsize:
        raise RunLengthError(
            f'runs must take {RUN_DTYPE.itemsize} bytes each, got {len(data)} bytes in all'
        )
    runs = np.frombuffer(data, RUN_DTYPE)
    width, height = size
    counts = runs['count'].astype(np.int64)
    if (counts < 0).any() or counts.sum() != width * height:
        raise RunLengthError(
            f'runs must make {width}×{height} pixels, got {counts.sum()} in {len(runs)} runs'
        )
    return np.repeat(runs['value'], counts).reshape(height, width)
