# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Reflections on a wet road: what stands above a stretch of ground appears upside down in it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

_STRENGTH = 0.5


@dataclass(frozen=True, slots=True)
class WetMirror:
    """The M wet pixels, the pixel each one mirrors, and how strongly."""

    pixel: NDArray[np.intp]
    source: NDArray[np.intp]
    strength: NDArray[np.float32]


def wet_mirror(dry: NDArray[np.bool_]) -> WetMirror:
    """Find what each wet pixel of the picture (H, W) mirrors.

    That is the pixel as far above the foot of the nearest dry thing in its column as it lies
    below that foot.
    """
    height, width = dry.shape
    rows = np.arange(height, dtype=np.int32)[:, None]
    foot = np.maximum.accumulate(np.where(dry, rows, -1), axis=0)
    pixel = np.flatnonzero(~dry & (foot >= 0))
    row, column = pixel // width, pixel % width
    at = np.take(foot, pixel)
    below = row - at
    source = np.maximum(at - below + 1, 0) * width + column
    fade = np.exp(-below.astype(np.float32) / np.float32(0.22 * height))
    return WetMirror(pixel, source, np.float32(_STRENGTH) * fade)


def add_reflection(
    colour: NDArray[np.float32], mirror: WetMirror, wetness: float
) -> None:
    """Blend the reflections into the planes (3, H, W), drawn out downwards, in place."""
    strength = mirror.strength * np.float32(wetness)
    for plane in colour:
        streaked = cv2.blur(plane, (3, max(3, plane.shape[0] // 24)))
        flat = plane.ravel()
        own = np.take(flat, mirror.pixel)
        flat[mirror.pixel] = own + (np.take(streaked, mirror.source) - own) * strength
