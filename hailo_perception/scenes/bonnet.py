# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The own vehicle's bonnet at the bottom of the picture."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.scenes.lighting import Lighting
from hailo_perception.scenes.mesh import Colour

_PAINTS: tuple[Colour, ...] = (
    (20, 20, 20), (30, 30, 30), (60, 60, 60), (120, 120, 120), (170, 170, 170), (225, 225, 225),
    (40, 30, 130), (110, 60, 25), (60, 80, 50),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bonnet:
    """A bonnet's shape as fractions of the picture, its paint and how it mirrors the sky."""

    height: float
    middle: float
    bend: float  # how much lower the edge lies at the sides than in the middle
    paint: Colour
    gloss: float
    ridge: float


def random_bonnet(random: Random) -> Bonnet:
    """Draw a bonnet (or the dashboard's edge) that covers 4 to 22 % of the height."""
    return Bonnet(
        height=random.uniform(0.04, 0.22),
        middle=random.uniform(0.42, 0.58),
        bend=random.uniform(0.01, 0.14),
        paint=random.choice(_PAINTS),
        gloss=random.uniform(0.05, 0.55),
        ridge=random.uniform(0.0, 0.3),
    )


def bonnet_mask(bonnet: Bonnet, width: int, height: int) -> NDArray[np.bool_]:
    """Return (H, W) where the bonnet is."""
    across = (np.arange(width) + 0.5) / width - bonnet.middle
    edge = 1.0 - bonnet.height + bonnet.bend * (2.0 * across) ** 2
    return (np.arange(height) + 0.5)[:, None] / height > edge[None]


def draw_bonnet(
    colour: NDArray[np.float32], mask: NDArray[np.bool_], bonnet: Bonnet, lighting: Lighting
) -> None:
    """Paint the bonnet into planes (3, H, W): its own colour and a mirror of what is above."""
    height, width = mask.shape
    rows = np.flatnonzero(mask.any(axis=1))
    if not len(rows):
        return
    top, count = int(rows[0]), height - int(rows[0])
    light = lighting.ambient + 0.6 * lighting.sun_strength
    across = np.abs((np.arange(width) + 0.5) / width - bonnet.middle)
    relief = 1.0 + bonnet.ridge * np.cos(14.0 * across) * np.exp(-4.0 * across)
    fade = np.linspace(1.0, 0.55, count)[:, None]
    shine = bonnet.gloss * np.linspace(1.0, 0.35, count)[:, None]
    soft = cv2.GaussianBlur(mask[top:].astype(np.float32), (0, 0), 0.8)
    for plane, tone, level in zip(colour, bonnet.paint, light):
        base = tone * level * relief * fade
        above = plane[max(0, top - 3 * count) : top : 3][::-1]
        mirrored = base
        if above.size:
            mirrored = cv2.resize(cv2.blur(above, (9, 5)), (width, count))
        painted = base * (1.0 - 0.5 * shine) + mirrored * shine
        plane[top:] += (painted - plane[top:]) * soft
