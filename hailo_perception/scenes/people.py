# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Pedestrians, cyclists and motorcyclists as meshes, walking and pedalling with time."""

from __future__ import annotations

from functools import lru_cache
import math
from random import Random

from hailo_perception.scenes.labels import BICYCLE
from hailo_perception.scenes.labels import BIKE_OBJECT
from hailo_perception.scenes.labels import MOTOR_OBJECT
from hailo_perception.scenes.labels import MOTORCYCLE
from hailo_perception.scenes.labels import PERSON
from hailo_perception.scenes.labels import PERSON_OBJECT
from hailo_perception.scenes.labels import RIDER
from hailo_perception.scenes.labels import RIDER_OBJECT
from hailo_perception.scenes.mesh import Colour
from hailo_perception.scenes.mesh import ellipse
from hailo_perception.scenes.mesh import Mesh
from hailo_perception.scenes.mesh import MeshBuilder
from hailo_perception.scenes.mesh import Point
from hailo_perception.scenes.mesh import rectangle
from hailo_perception.scenes.mesh import toned
from hailo_perception.scenes.textures import CONCRETE

VARIANTS = 96
PHASES = 12
"""Steps of one stride or turn of the pedals."""

_SKIN: tuple[Colour, ...] = (
    (150, 180, 225), (120, 155, 205), (80, 115, 165), (50, 75, 115), (35, 50, 80),
)  # fmt: skip
_CLOTHES: tuple[Colour, ...] = (
    (35, 35, 35), (60, 50, 45), (110, 75, 45), (140, 95, 55), (85, 85, 85), (150, 150, 150),
    (225, 225, 225), (45, 45, 160), (60, 130, 200), (60, 110, 60), (40, 160, 220), (150, 60, 130),
    (90, 120, 150), (70, 60, 90), (190, 170, 130),
)  # fmt: skip
_HAIR: tuple[Colour, ...] = ((20, 20, 25), (30, 45, 70), (50, 90, 130), (160, 160, 165))
_DETAIL_M = 60.0


@lru_cache(maxsize=1024)
def pedestrian(variant: int, phase: int) -> Mesh:
    """Build a pedestrian facing +y at one of PHASES steps of a stride; phase -1 stands."""
    random = Random(f'pedestrian/{variant}')
    height = random.choice((1.0, 1.0, 1.0, 0.96, 1.04, 0.92, 0.7)) * random.uniform(1.66, 1.84)
    mesh = MeshBuilder()
    mesh.start_object(PERSON_OBJECT, (0.0, 0.0, height / 2))
    swing = 0.0 if phase < 0 else math.sin(2.0 * math.pi * phase / PHASES)
    _figure(mesh, random, height, (0.0, 0.0, 0.0), PERSON, swing)
    return mesh.build()


def _figure(
    mesh: MeshBuilder, random: Random, height: float, base: Point, semantic: int, swing: float
) -> None:
    """Add an upright figure of billboards; `swing` -1..1 spreads legs and arms."""
    k = height / 1.75
    coat, trousers = random.choice(_CLOTHES), random.choice(_CLOTHES)
    skin, hair = random.choice(_SKIN), random.choice(_HAIR)
    wide = random.uniform(0.9, 1.15) * k
    shade = toned(coat, 0.72)
    step = 0.17 * swing * k
    skirt = random.random() < 0.2

    def part(
        outline: list[tuple[float, float]], colour: Colour, range_m: float = 1e6
    ) -> None:
        mesh.billboard(base, outline, colour, semantic, range_m=range_m)

    for side, lead in ((-1.0, step), (1.0, -step)):
        hip, foot = side * 0.09 * wide, side * 0.09 * wide + lead
        lift = max(0.0, lead) * 0.25
        leg = [(foot - 0.07 * wide, 0.05 * k + lift), (foot + 0.07 * wide, 0.05 * k + lift),
               (hip + 0.09 * wide, 0.86 * k), (hip - 0.09 * wide, 0.86 * k)]  # fmt: skip
        colour = skin if skirt else trousers
        part(leg, toned(colour, (0.8 if side < 0 else 1.0)))
        shoe = rectangle(foot - 0.08 * wide, lift, foot + 0.10 * wide, lift + 0.09 * k)
        part(shoe, (25, 25, 30), _DETAIL_M)
    for side in (-1.0, 1.0):
        hand = side * 0.26 * wide - side * step * 0.8
        arm = [(hand - 0.05 * k, 0.78 * k), (hand + 0.05 * k, 0.78 * k),
               (side * 0.21 * wide + 0.06 * k, 1.42 * k),
               (side * 0.21 * wide - 0.06 * k, 1.42 * k)]  # fmt: skip
        part(arm, shade)
        mesh.billboard(base, ellipse((hand, 0.76 * k), (0.05 * k, 0.06 * k), 6), skin, semantic,
                       range_m=_DETAIL_M)  # fmt: skip
    long = random.uniform(0.55, 0.85) * k
    hem = 0.24 if skirt or long < 0.7 * k else 0.18
    torso = [(-hem * wide, long), (hem * wide, long), (0.24 * wide, 1.30 * k),
             (0.17 * wide, 1.46 * k), (-0.17 * wide, 1.46 * k), (-0.24 * wide, 1.30 * k)]
    mesh.billboard(base, torso, coat, semantic, second=shade, texture=CONCRETE, repeats=(0.8, 0.8))
    part(rectangle(-0.06 * k, 1.42 * k, 0.06 * k, 1.54 * k), skin)
    part(ellipse((0.0, 1.62 * k), (0.105 * k, 0.13 * k)), hair)
    if random.random() < 0.6:
        part(ellipse((0.0, 1.59 * k), (0.085 * k, 0.10 * k)), skin)
    if random.random() < 0.3:
        bag = random.choice((-0.30, 0.30)) * wide
        part(rectangle(bag - 0.12, 0.55 * k, bag + 0.12, 0.85 * k), random.choice(_CLOTHES))


@lru_cache(maxsize=1024)
def cyclist(variant: int, phase: int, motor: bool) -> Mesh:
    """Build a rider on a bicycle or motorcycle heading +y: two objects in one group."""
    random = Random(f'cyclist/{variant}/{motor}')
    mesh = MeshBuilder()
    saddle = 0.80 if motor else random.uniform(0.9, 1.0)
    turn = 2.0 * math.pi * phase / PHASES
    (_motorcycle if motor else _bicycle)(mesh, random)
    mesh.end_object()
    mesh.start_object(RIDER_OBJECT, (0.0, 0.0, saddle + 0.35))
    coat, trousers = random.choice(_CLOTHES), random.choice(_CLOTHES)
    skin, helmet = random.choice(_SKIN), random.choice(_CLOTHES + _HAIR)
    for side in (-1.0, 1.0):
        height = 0.35 + (0.0 if motor else 0.16 * math.sin(turn + side * math.pi / 2))
        knee = height + 0.36
        out = side * (0.22 if motor else 0.12)
        shin = rectangle(out - 0.06, height - 0.05, out + 0.06, knee)
        thigh = [(out - 0.09, knee - 0.04), (out + 0.09, knee - 0.04),
                 (side * 0.10 + 0.09, saddle + 0.06), (side * 0.10 - 0.09, saddle + 0.06)]
        mesh.billboard((0.0, 0.1, 0.0), shin, trousers, RIDER)
        mesh.billboard((0.0, 0.1, 0.0), thigh, toned(trousers, 0.85), RIDER)
    torso = [(-0.17, saddle - 0.02), (0.17, saddle - 0.02), (0.23, saddle + 0.40),
             (0.15, saddle + 0.58), (-0.15, saddle + 0.58), (-0.23, saddle + 0.40)]
    for side in (-1.0, 1.0):
        arm = [(side * 0.30 - 0.05, saddle + 0.12), (side * 0.30 + 0.05, saddle + 0.12),
               (side * 0.20 + 0.06, saddle + 0.52), (side * 0.20 - 0.06, saddle + 0.52)]
        mesh.billboard((0.0, 0.25, 0.0), arm, toned(coat, 0.75), RIDER)
    mesh.billboard((0.0, 0.0, 0.0), torso, coat, RIDER)
    head = saddle + 0.74
    mesh.billboard((0.0, 0.1, 0.0), ellipse((0.0, head), (0.11, 0.14)), skin, RIDER)
    cap = ellipse((0.0, head + (0.02 if motor else 0.06)), (0.14, 0.16 if motor else 0.10))
    mesh.billboard((0.0, 0.08, 0.0), cap, helmet, RIDER)
    return mesh.build()


@lru_cache(maxsize=256)
def parked_bicycle(variant: int) -> Mesh:
    """Build a bicycle standing alone, heading +y."""
    mesh = MeshBuilder()
    _bicycle(mesh, Random(f'bicycle/{variant}'))
    return mesh.build()


def _bicycle(mesh: MeshBuilder, random: Random) -> None:
    mesh.start_object(BIKE_OBJECT, (0.0, 0.0, 0.5))
    colour = random.choice(_CLOTHES)
    for y in (-0.52, 0.52):
        _ring(mesh, y, 0.34, 0.05, BICYCLE)
        mesh.billboard((0.0, y, 0.0), rectangle(-0.025, 0.0, 0.025, 0.68), (25, 25, 25), BICYCLE)
    for (y0, z0), (y1, z1) in (
        ((-0.52, 0.34), (-0.05, 0.32)), ((-0.05, 0.32), (-0.18, 0.85)),
        ((-0.05, 0.32), (0.38, 0.80)), ((-0.16, 0.80), (0.38, 0.82)),
        ((0.52, 0.34), (0.36, 0.98)), ((-0.52, 0.34), (-0.16, 0.80)),
    ):  # fmt: skip
        _bar(mesh, y0, z0, y1, z1, 0.045, colour, BICYCLE)
    mesh.billboard((0.0, 0.36, 0.0), rectangle(-0.28, 0.97, 0.28, 1.02), (40, 40, 40), BICYCLE)
    mesh.billboard((0.0, -0.18, 0.0), rectangle(-0.09, 0.85, 0.09, 0.93), (25, 25, 25), BICYCLE)


def _motorcycle(mesh: MeshBuilder, random: Random) -> None:
    mesh.start_object(MOTOR_OBJECT, (0.0, 0.0, 0.6))
    colour = random.choice(_CLOTHES)
    for y in (-0.70, 0.70):
        _disc(mesh, y, 0.32, (28, 28, 28), MOTORCYCLE)
        _disc(mesh, y, 0.17, (120, 120, 120), MOTORCYCLE)
        mesh.billboard((0.0, y, 0.0), rectangle(-0.08, 0.0, 0.08, 0.62), (28, 28, 28), MOTORCYCLE)
    mesh.box((-0.16, -0.55, 0.35), (0.16, 0.45, 0.80), colour, MOTORCYCLE, top=(30, 30, 30))
    mesh.box((-0.20, 0.30, 0.65), (0.20, 0.62, 1.05), colour, MOTORCYCLE)
    mesh.billboard((0.0, 0.45, 0.0), rectangle(-0.38, 1.0, 0.38, 1.06), (40, 40, 40), MOTORCYCLE)
    mesh.billboard((0.0, -0.72, 0.0), rectangle(-0.09, 0.70, 0.09, 0.80), (40, 30, 210),
                   MOTORCYCLE, glow=0.3)  # fmt: skip
    mesh.billboard((0.0, -0.72, 0.0), rectangle(-0.10, 0.50, 0.10, 0.64), (220, 220, 220),
                   MOTORCYCLE)  # fmt: skip


def _ring(mesh: MeshBuilder, y: float, radius: float, width: float, semantic: int) -> None:
    """Add a tyre in the plane x = 0 as eight quadrangles."""
    for k in range(8):
        corners: list[Point] = []
        for a, r in ((k, radius), (k + 1, radius), (k + 1, radius - width), (k, radius - width)):
            angle = 2.0 * math.pi * a / 8
            corners.append((0.0, y + r * math.cos(angle), radius + r * math.sin(angle)))
        mesh.polygon(corners, (25, 25, 25), semantic, range_m=60.0)


def _disc(mesh: MeshBuilder, y: float, radius: float, colour: Colour, semantic: int) -> None:
    angles = [2.0 * math.pi * k / 10 for k in range(10)]
    points = [(0.0, y + radius * math.cos(a), 0.32 + radius * math.sin(a)) for a in angles]
    mesh.polygon(points, colour, semantic)


def _bar(
    mesh: MeshBuilder,
    y0: float,
    z0: float,
    y1: float,
    z1: float,
    width: float,
    colour: Colour,
    semantic: int,
) -> None:
    """Add a tube of a bicycle's frame, flat in the plane x = 0."""
    length = math.hypot(y1 - y0, z1 - z0)
    ny, nz = -(z1 - z0) / length * width / 2, (y1 - y0) / length * width / 2
    mesh.polygon(
        [(0.0, y0 + ny, z0 + nz), (0.0, y1 + ny, z1 + nz), (0.0, y1 - ny, z1 - nz),
         (0.0, y0 - ny, z0 - nz)],
        colour, semantic, range_m=_DETAIL_M,
    )  # fmt: skip
