# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The sky: a gradient from horizon to zenith, clouds on a plane high above, the sun."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.scenes.lighting import Lighting
from hailo_perception.scenes.textures import tileable_noise
from hailo_perception.scenes.viewpoint import Viewpoint

_CLOUD_TEXTURE = 512
_DRIFT_TEXELS_PER_S = 2.0
_CLOSE_TO_SUN = 0.985

Image = NDArray[np.float32]


def shade_sky(
    rays: NDArray[np.float32], view: Viewpoint, lighting: Lighting, time_s: float, seed: int
) -> Image:
    """Return the sky's colour planes (3, H, W) along each ray (H, W, 2).

    The sky is soft: it is computed for every second row and column.
    """
    height, width = rays.shape[:2]
    coarse = rays[::2, ::2]
    columns = view.rotation.astype(np.float32)
    direction = [
        columns[0, k] * coarse[..., 0] + columns[1, k] * coarse[..., 1] + columns[2, k]
        for k in range(3)
    ]
    length = np.sqrt(direction[0] ** 2 + direction[1] ** 2 + direction[2] ** 2)
    east, north, up = (axis / length for axis in direction)
    above = np.clip(up, 0.0, 1.0)
    blend = np.sqrt(np.clip(above * np.float32(1.9), 0.0, 1.0))
    planes = [
        low + (high - low) * blend for low, high in zip(lighting.horizon, lighting.zenith)
    ]
    if lighting.cloudiness > 0.05:
        density = _cloud_density(east, north, up, time_s, seed)
        threshold = np.float32(0.75 - 0.5 * lighting.cloudiness)
        cover = np.clip((density - threshold) * np.float32(3.5), 0.0, 0.9)
        cover *= np.clip(above * np.float32(9.0), 0.0, 1.0)
        relief = np.float32(1.1) - np.float32(0.3) * density
        planes = [
            plane + (tone * relief - plane) * cover
            for plane, tone in zip(planes, lighting.cloud)
        ]
    if lighting.sun_strength.max() > 0.0:
        sun = lighting.sun
        towards = np.maximum(east * sun[0] + north * sun[1] + up * sun[2], np.float32(0.0))
        halo = _halo(towards)
        planes = [
            plane + halo * strength for plane, strength in zip(planes, lighting.sun_strength)
        ]
    return np.stack(
        [cv2.resize(plane, (width, height), interpolation=cv2.INTER_LINEAR) for plane in planes]
    )


def _halo(towards: Image) -> Image:
    """Spread the sun's light by the cosine of the angle to it: wide, narrow, and the disc."""
    eighth = np.square(np.square(np.square(towards)))
    halo = np.float32(90.0) * eighth * eighth * eighth
    # Elsewhere the steep powers are nothing, and they are what costs time.
    close = np.flatnonzero(towards > _CLOSE_TO_SUN)
    near = np.log(towards.ravel()[close])
    halo.ravel()[close] += np.float32(300.0) * np.exp(np.float32(600.0) * near)
    halo.ravel()[close] += np.float32(900.0) * np.exp(np.float32(6000.0) * near)
    return halo


def _cloud_density(east: Image, north: Image, up: Image, time_s: float, seed: int) -> Image:
    """Sample the cloud texture on a plane far above, drifting with the wind."""
    table = tileable_noise(100 + seed % 4, _CLOUD_TEXTURE, 1.9)
    scale = np.float32(110.0) / np.maximum(up, np.float32(0.03))
    u = east * scale + np.float32((seed + time_s * _DRIFT_TEXELS_PER_S) % _CLOUD_TEXTURE)
    wrapped = np.mod(u, np.float32(_CLOUD_TEXTURE)), np.mod(north * scale, _CLOUD_TEXTURE)
    return np.asarray(
        cv2.remap(table, wrapped[0], wrapped[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP),
        np.float32,
    )
