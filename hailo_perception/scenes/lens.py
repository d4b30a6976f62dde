# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What lens, sensor and compression do to the picture; labels stay untouched."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.scenes.conditions import SceneConditions
from hailo_perception.scenes.textures import tileable_noise

_NOISE_TILE = 512
_NOISE_MARGIN = 256


@dataclass(frozen=True, slots=True)
class LensFlaws:
    """One camera's flaws during one drive."""

    exposure: float
    balance: tuple[float, float, float]  # BGR factors
    contrast: float
    saturation: float
    vignetting: float
    blur_px: float
    noise: float  # standard deviation in levels
    jpeg_quality: int  # 0: uncompressed
    bloom: float
    dirt_seed: int  # 0: clean


def random_flaws(random: Random, conditions: SceneConditions) -> LensFlaws:
    """Draw the flaws; all vanish with `conditions.flaws` 0."""
    k = conditions.flaws
    dark = conditions.daytime == 'night'
    return LensFlaws(
        exposure=1.0 + k * random.uniform(-0.35, 0.35),
        balance=(
            1.0 + 0.12 * k * random.uniform(-1.0, 1.0),
            1.0,
            1.0 + 0.12 * k * random.uniform(-1.0, 1.0),
        ),
        contrast=1.0 + 0.35 * k * random.uniform(-1.0, 1.0),
        saturation=1.0 + 0.5 * k * random.uniform(-1.0, 0.8),
        vignetting=0.45 * k * random.random(),
        blur_px=1.4 * k * random.random() ** 2,
        noise=k * random.random() ** 2 * (14.0 if dark else 8.0),
        jpeg_quality=random.randint(25, 90) if random.random() < 0.5 * k else 0,
        bloom=1.0 if dark or conditions.daytime == 'dusk' else 0.3,
        dirt_seed=random.randint(1, 999) if random.random() < 0.12 * k else 0,
    )


def expose(
    colour: NDArray[np.float32],
    glow: NDArray[np.float32] | None,
    flaws: LensFlaws,
    seed: int,
) -> NDArray[np.uint8]:
    """Turn planes of scene light (3, H, W), about 0..255, and glow into the sensor's picture.

    Returns (H, W, 3) BGR; `colour` is overwritten.
    """
    _, height, width = colour.shape
    if glow is not None:
        colour += glow
        for plane, light in zip(colour, glow):
            plane += np.float32(0.8 * flaws.bloom) * _spread(light)
    if flaws.dirt_seed:
        _smear(colour, flaws.dirt_seed)
    if flaws.saturation != 1.0:
        grey = (colour[0] + colour[1] + colour[2]) * np.float32((1.0 - flaws.saturation) / 3.0)
        colour *= np.float32(flaws.saturation)
        colour += grey
    shift = np.float32(118.0 * (1.0 - flaws.contrast))
    dimmed = _vignette(height, width, flaws.vignetting) if flaws.vignetting else None
    offsets = Random(seed)
    levels = []
    for plane, balance in zip(colour, flaws.balance):
        plane *= np.float32(balance * flaws.exposure * flaws.contrast)
        if dimmed is not None:
            plane *= dimmed
        plane += shift
        _compress_highlights(plane)
        if flaws.blur_px > 0.25:
            plane = cv2.GaussianBlur(plane, (0, 0), flaws.blur_px * width / 640.0)
        if flaws.noise > 0.3:
            plane = plane + _noise(height, width, offsets) * np.float32(flaws.noise)
        levels.append(cv2.convertScaleAbs(np.maximum(plane, np.float32(0.0))))
    image = cv2.merge(levels)
    if flaws.jpeg_quality:
        done, code = cv2.imencode('.jpg', image, (cv2.IMWRITE_JPEG_QUALITY, flaws.jpeg_quality))
        if not done:
            raise RuntimeError('OpenCV could not compress the rendered picture as JPEG')
        image = cv2.imdecode(code, cv2.IMREAD_COLOR)
    return np.asarray(image, np.uint8)


def _spread(light: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scatter light in the lens: a narrow and a wide halo, at a quarter of the resolution."""
    height, width = light.shape
    small = cv2.resize(
        light, (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA
    )
    halo = cv2.GaussianBlur(small, (0, 0), max(1.0, width / 200.0))
    halo += 0.5 * cv2.GaussianBlur(small, (0, 0), max(1.0, width / 70.0))
    return np.asarray(cv2.resize(halo, (width, height)), np.float32)


def _compress_highlights(plane: NDArray[np.float32]) -> None:
    """Bend levels above 200 towards 255 instead of cutting them, in place."""
    over = np.maximum(plane - np.float32(200.0), np.float32(0.0))
    np.minimum(plane, np.float32(200.0), out=plane)
    plane += np.float32(55.0) * over / (over + np.float32(55.0))


@lru_cache(maxsize=8)
def _vignette(height: int, width: int, strength: float) -> NDArray[np.float32]:
    y = np.linspace(-1.0, 1.0, height, dtype=np.float32)[:, None]
    x = np.linspace(-1.0, 1.0, width, dtype=np.float32)[None]
    return np.asarray(1.0 - np.float32(0.5 * strength) * (x * x + y * y), np.float32)


@lru_cache(maxsize=4)
def _noise_field(height: int, width: int) -> NDArray[np.float32]:
    """Return noise of unit deviation, _NOISE_MARGIN larger than the picture both ways."""
    tile = (tileable_noise(50, _NOISE_TILE, 0.15) - np.float32(0.5)) * np.float32(5.0)
    high, wide = height + _NOISE_MARGIN, width + _NOISE_MARGIN
    return np.tile(tile, (-(-high // _NOISE_TILE), -(-wide // _NOISE_TILE)))[:high, :wide]


def _noise(height: int, width: int, offsets: Random) -> NDArray[np.float32]:
    """Cut (H, W) noise from the field at a random place."""
    top, left = offsets.randrange(_NOISE_MARGIN), offsets.randrange(_NOISE_MARGIN)
    return _noise_field(height, width)[top : top + height, left : left + width]


def _smear(colour: NDArray[np.float32], seed: int) -> None:
    """Blur and veil spots of a dirty windscreen, in place."""
    _, height, width = colour.shape
    spots = cv2.resize(tileable_noise(200 + seed % 8, 256, 1.3), (width, height))
    cover = np.clip((spots - np.float32(0.62)) * np.float32(6.0), 0.0, 0.75)
    for plane in colour:
        soft = cv2.blur(plane, (width // 20 + 1, width // 20 + 1))
        plane += (soft * np.float32(0.9) + np.float32(12.0) - plane) * cover
