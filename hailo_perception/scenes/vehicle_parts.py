# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What all vehicles are made of: paints, solids from side views, wheels, lamps and plates."""

from __future__ import annotations

from collections.abc import Sequence
import math
from random import Random

from hailo_perception.scenes.mesh import Colour
from hailo_perception.scenes.mesh import MeshBuilder
from hailo_perception.scenes.mesh import Point

LENGTHS_M = {
    'sedan': 4.6,
    'hatchback': 4.1,
    'suv': 4.7,
    'van': 5.3,
    'pickup': 5.4,
    'truck': 9.5,
    'semi': 15.5,
    'bus': 12.0,
}
"""Nominal length of each kind, metres."""

PAINTS: tuple[Colour, ...] = (
    (235, 235, 235), (235, 235, 235), (225, 228, 230), (200, 200, 200), (165, 165, 165),
    (120, 120, 118), (75, 75, 75), (38, 38, 38), (25, 25, 25), (30, 30, 30),
    (40, 30, 150), (35, 35, 190), (130, 65, 30), (170, 100, 40), (90, 45, 20),
    (60, 90, 40), (110, 160, 180), (60, 120, 170), (40, 170, 220), (150, 150, 120),
)  # fmt: skip
GLASS: Colour = (52, 46, 40)
GLASS_SHINE: Colour = (120, 112, 104)
TYRE: Colour = (28, 28, 28)
DARK: Colour = (20, 20, 20)
HEAD_LAMP: Colour = (240, 245, 245)
TAIL_LAMP: Colour = (30, 25, 180)
DETAIL_M = 70.0
NEAR_M = 35.0

Section = Sequence[tuple[float, float]]
"""A side view: points (y, z) in order."""


def extrude(
    mesh: MeshBuilder,
    section: Section,
    low_half: float,
    high_half: float,
    colour: Colour,
    semantic: int,
    middle: Point,
) -> None:
    """Add the solid of a convex side view whose half width runs from low_half to high_half."""
    bottom = min(z for _, z in section)
    top = max(z for _, z in section)

    def half_at(z: float) -> float:
        return low_half + (high_half - low_half) * (z - bottom) / max(top - bottom, 1e-6)

    for (y0, z0), (y1, z1) in zip(section, [*section[1:], section[0]]):
        if z0 == bottom and z1 == bottom:
            continue
        mesh.polygon(
            [(-half_at(z0), y0, z0), (half_at(z0), y0, z0),
             (half_at(z1), y1, z1), (-half_at(z1), y1, z1)],
            colour, semantic, outside_of=middle,
        )  # fmt: skip
    for side in (-1.0, 1.0):
        mesh.polygon(
            [(side * half_at(z), y, z) for y, z in section], colour, semantic, outside_of=middle
        )


def _circle(x: float, y: float, z: float, radius: float, count: int) -> list[Point]:
    angles = [2.0 * math.pi * k / count for k in range(count)]
    return [(x, y + radius * math.cos(a), z + radius * math.sin(a)) for a in angles]


def tyres(
    mesh: MeshBuilder, axles: Sequence[float], half: float, radius: float, semantic: int
) -> None:
    """Add what is seen of the wheels from the front and behind, below the body."""
    for y in axles:
        for side in (-1.0, 1.0):
            x0, x1 = sorted((side * (half - 0.02), side * (half - 0.24)))
            mesh.box((x0, y - radius * 0.8, 0.0), (x1, y + radius * 0.8, radius), TYRE, semantic)


def wheels(
    mesh: MeshBuilder,
    axles: Sequence[float],
    half: float,
    radius: float,
    semantic: int,
    random: Random,
) -> None:
    """Add the wheels' outer faces: arch, tyre, rim."""
    rim = (random.uniform(90, 190),) * 3
    for y in axles:
        for side in (-1.0, 1.0):
            inside = (0.0, y, radius)
            x = side * (half + 0.005)
            mesh.polygon(_circle(x, y, radius + 0.07, radius + 0.06, 10), DARK, semantic,
                         outside_of=inside, range_m=DETAIL_M)  # fmt: skip
            x = side * (half + 0.012)
            mesh.polygon(_circle(x, y, radius, radius, 10), TYRE, semantic, outside_of=inside)
            x = side * (half + 0.018)
            mesh.polygon(_circle(x, y, radius, radius * 0.62, 8), rim, semantic,
                         outside_of=inside, range_m=DETAIL_M)  # fmt: skip


def plate(
    mesh: MeshBuilder,
    y: float,
    x0: float,
    x1: float,
    z0: float,
    z1: float,
    colour: Colour,
    semantic: int,
    *,
    glow: float = 0.0,
    range_m: float = DETAIL_M,
    texture: int = 0,
) -> None:
    """Add a small upright rectangle on a front (y > 0) or rear face."""
    mesh.polygon(
        [(x0, y, z0), (x1, y, z0), (x1, y, z1), (x0, y, z1)],
        colour,
        semantic,
        outside_of=(0.0, 0.0, 0.5 * (z0 + z1)),
        glow=glow,
        range_m=range_m,
        second=(60.0, 40.0, 40.0),
        texture=texture,
        repeats=(2.0, 4.0),
    )
