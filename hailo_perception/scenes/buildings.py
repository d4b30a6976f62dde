# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Blocks, shops, houses and sheds as meshes.

The facade stands on x = 0 and looks towards -x; the building stretches to +x and is centred in y.
"""

from __future__ import annotations

from functools import lru_cache
from random import Random

from hailo_perception.scenes.labels import BUILDING
from hailo_perception.scenes.mesh import Colour
from hailo_perception.scenes.mesh import Mesh
from hailo_perception.scenes.mesh import MeshBuilder
from hailo_perception.scenes.mesh import toned
from hailo_perception.scenes.textures import BRICKS
from hailo_perception.scenes.textures import CONCRETE
from hailo_perception.scenes.textures import CORRUGATED
from hailo_perception.scenes.textures import SHOPS
from hailo_perception.scenes.textures import WINDOWS

VARIANTS = 64
_WALLS: tuple[Colour, ...] = (
    (165, 185, 200), (140, 160, 175), (190, 205, 215), (100, 125, 165), (80, 95, 150),
    (150, 150, 150), (120, 120, 120), (175, 195, 215), (130, 150, 140), (200, 205, 205),
    (95, 110, 125), (140, 170, 205),
)  # fmt: skip
_PANES: tuple[Colour, ...] = ((70, 60, 50), (110, 95, 80), (50, 45, 42), (150, 130, 110))
_LIT: Colour = (120, 190, 235)
_ROOFS: tuple[Colour, ...] = ((60, 70, 120), (70, 70, 75), (55, 60, 80), (90, 95, 100))


@lru_cache(maxsize=256)
def block(variant: int, length_m: float, lit: bool) -> Mesh:
    """Build a town building of several storeys with a flat roof."""
    random = Random(f'block/{variant}')
    depth = random.uniform(10.0, 18.0)
    storey = random.uniform(3.0, 3.6)
    storeys = random.choice((2, 3, 3, 4, 4, 5, 6, 8, 12))
    wall, pane = random.choice(_WALLS), random.choice(_PANES)
    glow = 0.0
    if lit:
        glow, pane = (0.35, _LIT) if random.random() < 0.35 else (0.0, pane)
    ground = 4.0 if random.random() < 0.5 else 0.0
    top = ground + storey * storeys
    half = length_m / 2
    bay = random.choice((2.4, 3.0, 3.6))
    mesh = MeshBuilder()
    middle = (depth / 2, 0.0, top / 2)
    # The roof's edge comes first: the walls then hide its underside but for the overhang.
    mesh.box((-0.25, -half, top), (depth, half, top + 0.6), toned(wall, 0.85), BUILDING)
    walls = (
        ((0.0, half), (0.0, -half)),
        ((0.0, -half), (depth, -half)),
        ((depth, half), (0.0, half)),
    )
    for (x0, y0), (x1, y1) in walls:
        mesh.polygon(
            [(x0, y0, -1.5), (x1, y1, -1.5), (x1, y1, ground), (x0, y0, ground)],
            wall, BUILDING, outside_of=middle, second=toned(wall, 0.8),
            texture=CONCRETE, repeats=(0.2, 0.2),
        )  # fmt: skip
        mesh.polygon(
            [(x0, y0, ground), (x1, y1, ground), (x1, y1, top), (x0, y0, top)],
            wall, BUILDING, outside_of=middle, second=pane, texture=WINDOWS,
            repeats=(0.25 / bay, 0.25 / storey), glow=glow,
        )  # fmt: skip
    if ground:
        sign = random.choice(_WALLS)
        mesh.polygon(
            [(-0.05, half, 0.0), (-0.05, -half, 0.0), (-0.05, -half, ground),
             (-0.05, half, ground)],
            toned(sign, 0.7), BUILDING, outside_of=middle, texture=SHOPS,
            second=_LIT if lit else (60, 55, 52), repeats=(0.12, 1.0 / ground),
            glow=0.5 if lit else 0.0,
        )  # fmt: skip
        mesh.box((-0.9, -half, ground - 0.7), (-0.05, half, ground - 0.45), sign, BUILDING)
    return mesh.build()


@lru_cache(maxsize=256)
def house(variant: int, lit: bool) -> Mesh:
    """Build a house with a gabled roof, one or two storeys, door and windows."""
    random = Random(f'house/{variant}')
    half, depth = random.uniform(4.0, 7.5), random.uniform(7.0, 10.0)
    eaves = random.choice((2.7, 2.9, 5.4, 5.6))
    ridge = eaves + random.uniform(1.6, 3.4)
    wall, roof = random.choice(_WALLS), random.choice(_ROOFS)
    pane: Colour = _LIT if lit and random.random() < 0.5 else random.choice(_PANES)
    glow = 0.5 if pane is _LIT else 0.0
    mesh = MeshBuilder()
    middle = (depth / 2, 0.0, eaves / 2)
    brick = random.random() < 0.4
    mesh.box((0.0, -half, -1.5), (depth, half, eaves), wall, BUILDING,
             second=toned(wall, 0.7), texture=BRICKS if brick else CONCRETE,
             repeats=(0.5, 0.5))  # fmt: skip
    for y in (-half, half):
        mesh.polygon([(0.0, y, eaves), (depth, y, eaves), (depth / 2, y, ridge)], wall, BUILDING,
                     outside_of=middle)  # fmt: skip
    over = 0.4
    low = eaves - 0.2
    for x in (-over, depth + over):
        mesh.polygon(
            [(x, -half - over, low), (x, half + over, low), (depth / 2, half + over, ridge + 0.05),
             (depth / 2, -half - over, ridge + 0.05)],
            roof, BUILDING, outside_of=middle, second=toned(roof, 0.7),
            texture=CORRUGATED, repeats=(0.0, 0.4),
        )  # fmt: skip
    for z in (0.9, 3.6)[: 2 if eaves > 4.0 else 1]:
        for share in (-0.7, -0.1, 0.5):
            y = share * half
            _pane(mesh, -0.02, y, y + 1.3, z, z + 1.3, pane, glow)
    _pane(mesh, -0.02, 0.3 * half, 0.3 * half + 1.0, 0.0, 2.1, random.choice(_ROOFS), 0.0)
    for y, out in ((-half - 0.02, -1.0), (half + 0.02, 1.0)):
        for x in (0.2 * depth, 0.6 * depth):
            mesh.polygon([(x, y, 1.0), (x + 1.3, y, 1.0), (x + 1.3, y, 2.2), (x, y, 2.2)], pane,
                         BUILDING, outside_of=(x, y - out, 1.0), glow=glow,
                         range_m=90.0)  # fmt: skip
    return mesh.build()


def _pane(
    mesh: MeshBuilder,
    x: float,
    y0: float,
    y1: float,
    z0: float,
    z1: float,
    colour: Colour,
    glow: float,
) -> None:
    for grow, tone, lift in ((0.1, (225.0, 228.0, 230.0), 0.0), (0.0, colour, 0.01)):
        mesh.polygon(
            [(x - lift, y0 - grow, z0 - grow), (x - lift, y1 + grow, z0 - grow),
             (x - lift, y1 + grow, z1 + grow), (x - lift, y0 - grow, z1 + grow)],
            tone, BUILDING, outside_of=(x + 1.0, y0, z0), glow=0.0 if grow else glow,
            range_m=100.0,
        )  # fmt: skip


@lru_cache(maxsize=64)
def shed(variant: int) -> Mesh:
    """Build a long low hall: a warehouse, a barn, a supermarket."""
    random = Random(f'shed/{variant}')
    half, depth = random.uniform(8.0, 18.0), random.uniform(12.0, 25.0)
    top = random.uniform(4.5, 8.0)
    wall = random.choice(_WALLS)
    mesh = MeshBuilder()
    mesh.box((0.0, -half, -1.5), (depth, half, top), wall, BUILDING, texture=CORRUGATED,
             second=toned(wall, 0.8), repeats=(0.2, 0.0))  # fmt: skip
    mesh.box((-0.1, -half, top - 1.2), (0.0, half, top - 0.2), random.choice(_ROOFS), BUILDING)
    _pane(mesh, -0.02, -half * 0.6, -half * 0.6 + 4.0, 0.0, 3.5, random.choice(_PANES), 0.0)
    return mesh.build()
