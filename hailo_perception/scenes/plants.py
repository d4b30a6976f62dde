# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Trees and bushes as meshes of billboards."""

from __future__ import annotations

from functools import lru_cache
import math
from random import Random

from hailo_perception.scenes.labels import VEGETATION
from hailo_perception.scenes.mesh import Colour
from hailo_perception.scenes.mesh import Mesh
from hailo_perception.scenes.mesh import MeshBuilder
from hailo_perception.scenes.mesh import toned
from hailo_perception.scenes.textures import FOLIAGE

VARIANTS = 48
_GREENS: tuple[Colour, ...] = (
    (48, 125, 82), (45, 105, 70), (62, 140, 112), (60, 135, 135), (75, 150, 105), (45, 95, 80),
    (55, 145, 185), (60, 120, 190),
)  # fmt: skip
_BARK: tuple[Colour, ...] = ((45, 60, 75), (60, 70, 80), (80, 90, 95), (35, 45, 55))
_DETAIL_M = 90.0


@lru_cache(maxsize=256)
def tree(variant: int, bare: bool) -> Mesh:
    """Build a tree; `bare` ones have branches and no leaves."""
    random = Random(f'tree/{variant}')
    height = random.uniform(4.0, 12.0)
    mesh = MeshBuilder()
    conifer = random.random() < 0.25
    bark = random.choice(_BARK)
    girth = 0.03 * height * random.uniform(0.6, 1.1)
    fork = height * (0.2 if conifer else random.uniform(0.28, 0.45))
    trunk = [(-girth, -0.3), (girth, -0.3), (girth * 0.6, fork * 1.3), (-girth * 0.6, fork * 1.3)]
    mesh.billboard((0.0, 0.0, 0.0), trunk, bark, VEGETATION, second=_darker(bark), texture=FOLIAGE,
                   repeats=(1.0, 0.3))  # fmt: skip
    green = random.choice(_GREENS[:6] if conifer or random.random() < 0.85 else _GREENS)
    if conifer:
        _conifer(mesh, random, height, fork, green)
    elif bare:
        _branches(mesh, random, height, fork, bark)
    else:
        _crown(mesh, random, height, fork, green)
    return mesh.build()


@lru_cache(maxsize=128)
def bush(variant: int) -> Mesh:
    """Build a bush, 0.6 to 2 m high."""
    random = Random(f'bush/{variant}')
    mesh = MeshBuilder()
    size = random.uniform(0.5, 1.3)
    green = random.choice(_GREENS[:6])
    for k in range(random.randint(3, 5)):
        centre = (random.uniform(-0.7, 0.7) * size, random.uniform(-0.7, 0.7) * size, 0.0)
        radius = size * random.uniform(0.5, 0.8)
        tone = toned(green, 0.7 + 0.1 * k)
        _blob(mesh, random, centre, radius * 0.8, radius, radius * 0.8, tone)
    return mesh.build()


def _crown(
    mesh: MeshBuilder, random: Random, height: float, fork: float, green: Colour
) -> None:
    middle = 0.5 * (height + fork)
    tall = 0.5 * (height - fork)
    wide = tall * random.uniform(0.7, 1.15)
    _blob(mesh, random, (0.0, 0.0, 0.0), middle, wide * 0.8, tall * 0.85, toned(green, 0.62))
    for k in range(random.randint(8, 12)):
        angle = random.uniform(0.0, 2.0 * math.pi)
        up = -0.75 + 1.55 * k / 10
        out = wide * math.sqrt(max(0.08, 1.0 - up * up)) * random.uniform(0.4, 0.75)
        centre = (out * math.cos(angle), out * math.sin(angle) * 0.5, 0.0)
        radius = wide * random.uniform(0.28, 0.5)
        tone = 0.62 + 0.22 * (up + 1.0) + random.uniform(-0.08, 0.08)
        _blob(mesh, random, centre, middle + up * tall * 0.75, radius, radius * 0.8,
              toned(green, tone))  # fmt: skip
    for _ in range(10):
        angle = random.uniform(0.0, 2.0 * math.pi)
        reach = random.uniform(0.68, 0.82)
        radius = wide * random.uniform(0.10, 0.20)
        centre = (wide * reach * math.cos(angle), 0.0, 0.0)
        _blob(mesh, random, centre, middle + tall * reach * math.sin(angle), radius, radius,
              toned(green, random.uniform(0.7, 1.1)), range_m=_DETAIL_M * 0.5)  # fmt: skip


def _conifer(
    mesh: MeshBuilder, random: Random, height: float, fork: float, green: Colour
) -> None:
    wide = height * random.uniform(0.16, 0.26)
    tiers = 5
    for k in range(tiers):
        z0 = fork * 0.5 + (height - fork * 0.5) * k / (tiers + 0.6)
        z1 = min(height, z0 + (height - fork) * 0.42)
        half = wide * (1.0 - k / (tiers + 0.5))
        lean = random.uniform(-0.1, 0.1) * half
        outline = [(-half, z0 - 0.1 * half), (-0.3 * half, z0 - 0.02 * half),
                   (0.35 * half, z0 - 0.12 * half), (half, z0), (lean, z1)]  # fmt: skip
        mesh.billboard((0.0, 0.0, 0.0), outline, toned(green, 0.6 + 0.08 * k), VEGETATION,
                       second=_darker(green), texture=FOLIAGE, repeats=(0.5, 0.5))  # fmt: skip


def _branches(
    mesh: MeshBuilder, random: Random, height: float, fork: float, bark: Colour
) -> None:
    for k in range(14):
        z0 = fork + (height - fork) * 0.6 * k / 14
        angle = random.uniform(0.25, 1.25) * random.choice((-1.0, 1.0))
        length = (height - z0) * random.uniform(0.45, 0.9)
        dx, dz = length * math.sin(angle) * 0.7, length * math.cos(angle)
        thick = 0.010 * height
        mesh.billboard((0.0, 0.0, 0.0), [(-thick, z0), (thick, z0), (dx, z0 + dz)], bark,
                       VEGETATION)  # fmt: skip
        for _ in range(2):
            t = random.uniform(0.3, 0.8)
            tip = (dx * t + random.uniform(-0.9, 0.9), z0 + dz * t + random.uniform(0.4, 1.2))
            mesh.billboard(
                (0.0, 0.0, 0.0),
                [(dx * t - thick * 0.5, z0 + dz * t), (dx * t + thick * 0.5, z0 + dz * t), tip],
                bark, VEGETATION, range_m=_DETAIL_M,
            )  # fmt: skip


def _blob(
    mesh: MeshBuilder,
    random: Random,
    centre: tuple[float, float, float],
    up: float,
    wide: float,
    tall: float,
    colour: Colour,
    range_m: float = 1e6,
) -> None:
    """Add a clump of leaves: an irregular convex octagon."""
    outline = []
    for k in range(8):
        angle = 2.0 * math.pi * (k + 0.5) / 8
        size = random.uniform(0.88, 1.08)
        outline.append((wide * size * math.cos(angle), up + tall * size * math.sin(angle)))
    mesh.billboard(centre, outline, colour, VEGETATION, second=_darker(colour), texture=FOLIAGE,
                   repeats=(0.45, 0.45), range_m=range_m)  # fmt: skip


def _darker(colour: Colour) -> Colour:
    return toned(colour, 0.5)
