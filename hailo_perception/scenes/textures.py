# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Procedural textures: a flat atlas of tiles with mipmaps, and tileable noise.

A texel says how much of a polygon's second colour is mixed into its first (0..1).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

TILE = 128
PLAIN, WINDOWS, BRICKS, FOLIAGE, BOARDS, CONCRETE, CORRUGATED, SHOPS, MESH, WRITING = range(10)
_LEVELS = 8
_SEED = 20


@dataclass(frozen=True, slots=True)
class Atlas:
    """All texels in one row; tile k at mip level j starts at `start[k, j]`, TILE >> j wide."""

    texels: NDArray[np.float32]
    start: NDArray[np.int32]


@lru_cache(maxsize=1)
def atlas() -> Atlas:
    """Return the texture atlas (computed once)."""
    random = np.random.default_rng(_SEED)
    tiles = (
        np.zeros((TILE, TILE), np.float32),
        _windows(random),
        _bricks(random),
        _foliage(random),
        _boards(random),
        0.6 * tileable_noise(7, TILE) + 0.4 * tileable_noise(8, TILE, 0.5),
        _corrugated(),
        _shops(random),
        _mesh(),
        _writing(random),
    )
    texels, start, used = [], np.zeros((len(tiles), _LEVELS), np.int32), 0
    for k, tile in enumerate(tiles):
        for level in range(_LEVELS):
            start[k, level] = used
            texels.append(tile.ravel())
            used += tile.size
            half = max(1, TILE >> (level + 1))
            tile = cv2.resize(tile, (half, half), interpolation=cv2.INTER_AREA)
    return Atlas(np.clip(np.concatenate(texels), 0.0, 1.0).astype(np.float32), start)


@lru_cache(maxsize=16)
def tileable_noise(seed: int, size: int, roughness: float = 1.0) -> NDArray[np.float32]:
    """Return (size, size) float32 noise in 0..1 that repeats seamlessly.

    Its spectrum falls as frequency to the power of `-roughness`: 0 is white, 2 is cloudy.
    """
    white = np.random.default_rng(seed).standard_normal((size, size))
    frequency = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None])
    frequency[0, 0] = 1.0
    spectrum = np.fft.rfft2(white) * frequency**-roughness
    spectrum[0, 0] = 0.0
    noise = np.fft.irfft2(spectrum, (size, size))
    return np.asarray(np.clip(0.5 + noise / (5.0 * noise.std()), 0.0, 1.0), np.float32)


def _windows(random: np.random.Generator) -> NDArray[np.float32]:
    """Draw four by four windows of one storey each, some with curtains."""
    tile = 0.08 * tileable_noise(1, TILE, 0.3)
    for row in range(4):
        for column in range(4):
            x, y = column * 32, row * 32
            tile[y + 6 : y + 27, x + 7 : x + 25] = 0.35
            tile[y + 8 : y + 25, x + 9 : x + 23] = random.uniform(0.7, 1.0)
            tile[y + 8 : y + 25, x + 15 : x + 17] = 0.3
            if random.random() < 0.4:
                tile[y + 16 : y + 25, x + 9 : x + 23] *= random.uniform(0.5, 0.9)
    return tile


def _bricks(random: np.random.Generator) -> NDArray[np.float32]:
    tile = np.zeros((TILE, TILE), np.float32)
    for row in range(16):
        for column in range(8):
            x = (column * 16 + (row % 2) * 8) % TILE
            tile[row * 8 : row * 8 + 8, x : x + 16] = random.uniform(0.0, 0.35)
            tile[row * 8 : row * 8 + 8, x : x + 1] = 0.8
        tile[row * 8] = 0.8
    return tile


def _foliage(random: np.random.Generator) -> NDArray[np.float32]:
    """Draw leaves: blots of light and dark on soft noise."""
    tile = tileable_noise(2, TILE, 0.8)
    fine = tileable_noise(3, TILE, 0.2)
    return np.clip((0.6 * tile + 0.6 * fine - 0.6) * 3.0 + 0.5, 0.0, 1.0)


def _boards(random: np.random.Generator) -> NDArray[np.float32]:
    tile = np.zeros((TILE, TILE), np.float32)
    for column in range(8):
        tile[:, column * 16 : column * 16 + 16] = random.uniform(0.0, 0.4)
        tile[:, column * 16 : column * 16 + 2] = 1.0
    return tile


def _corrugated() -> NDArray[np.float32]:
    wave = 0.5 + 0.5 * np.sin(np.arange(TILE) * 2.0 * np.pi / 16.0)
    return np.repeat(wave[None].astype(np.float32), TILE, axis=0)


def _shops(random: np.random.Generator) -> NDArray[np.float32]:
    """Draw shop fronts: large panes, doors, a sign band above."""
    tile = np.zeros((TILE, TILE), np.float32)
    for column in range(2):
        x = column * 64
        tile[20:90, x + 6 : x + 40] = random.uniform(0.75, 1.0)
        tile[4:90, x + 45 : x + 59] = random.uniform(0.5, 0.8)
        tile[98:118, x + 4 : x + 60] = random.uniform(0.2, 0.6, (20, 56)).round()
    return tile


def _mesh() -> NDArray[np.float32]:
    tile = np.zeros((TILE, TILE), np.float32)
    tile[:, ::8] = 1.0
    tile[::8] = 1.0
    return tile


def _writing(random: np.random.Generator) -> NDArray[np.float32]:
    """Draw lines of letters, as on direction signs."""
    tile = np.zeros((TILE, TILE), np.float32)
    for row in range(3):
        x = 12
        while x < TILE - 24:
            width = int(random.integers(6, 11))
            y = row * 40 + 12
            tile[y : y + 20, x : x + 3] = 1.0
            tile[y + int(random.integers(0, 17)) :, x : x + width][:3] = 1.0
            tile[y : y + 20, x + width - 3 : x + width] = float(random.random() < 0.6)
            x += width + 4 + (10 if random.random() < 0.2 else 0)
    return tile
