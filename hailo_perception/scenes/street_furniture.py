# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Poles, lamps, signs, traffic lights, barriers and small things beside the road.

Fronts look towards -y: at the driver who comes along the road.
"""

from __future__ import annotations

from functools import lru_cache
import math
from random import Random

from hailo_perception.core.labels import UNLABELLED
from hailo_perception.scenes.labels import FENCE
from hailo_perception.scenes.labels import LIGHT_OBJECT
from hailo_perception.scenes.labels import POLE
from hailo_perception.scenes.labels import SIGN_OBJECT
from hailo_perception.scenes.labels import TRAFFIC_LIGHT
from hailo_perception.scenes.labels import TRAFFIC_SIGN
from hailo_perception.scenes.labels import VEGETATION
from hailo_perception.scenes.labels import WALL
from hailo_perception.scenes.mesh import Colour
from hailo_perception.scenes.mesh import Mesh
from hailo_perception.scenes.mesh import MeshBuilder
from hailo_perception.scenes.mesh import Point
from hailo_perception.scenes.mesh import rectangle
from hailo_perception.scenes.mesh import toned
from hailo_perception.scenes.textures import BOARDS
from hailo_perception.scenes.textures import BRICKS
from hailo_perception.scenes.textures import CONCRETE
from hailo_perception.scenes.textures import FOLIAGE
from hailo_perception.scenes.textures import WRITING

VARIANTS = 64
BARRIER_KINDS = ('rail', 'jersey', 'noise_wall', 'brick_wall', 'boards', 'mesh', 'hedge')
BARRIER_PIECE_M = 4.0
_STEEL: Colour = (140, 140, 138)
_WHITE: Colour = (235, 235, 235)
_RED: Colour = (35, 30, 200)
_BACK: Colour = (120, 120, 118)
_DETAIL_M = 60.0


@lru_cache(maxsize=128)
def street_lamp(variant: int, reach_m: float, lit: bool) -> Mesh:
    """Build a lamp whose arm reaches `reach_m` to the right (negative: to the left)."""
    random = Random(f'lamp/{variant}')
    height = random.uniform(5.5, 9.5)
    mesh = MeshBuilder()
    grey = random.choice((_STEEL, (90, 95, 90), (60, 60, 60), (110, 120, 125)))
    outline = [(-0.10, -0.2), (0.10, -0.2), (0.06, height), (-0.06, height)]
    mesh.billboard((0.0, 0.0, 0.0), outline, grey, POLE)
    arm = reach_m * random.uniform(0.6, 1.0)
    rise = random.uniform(0.0, 0.5)
    mesh.polygon(
        [(0.0, 0.0, height - 0.12), (arm, 0.0, height + rise - 0.06), (arm, 0.0, height + rise),
         (0.0, 0.0, height)],
        grey, POLE,
    )  # fmt: skip
    head = math.copysign(0.7, reach_m)
    x0, x1 = sorted((arm - 0.1 * head, arm + head))
    lamp = (190, 235, 255) if lit else (180, 185, 185)
    mesh.box((x0, -0.15, height + rise - 0.14), (x1, 0.15, height + rise + 0.02), lamp, POLE,
             top=grey)  # fmt: skip
    if lit:
        mesh.billboard((arm + head / 2, -0.2, 0.0),
                       rectangle(-0.3, height + rise - 0.22, 0.3, height + rise - 0.08),
                       (200, 240, 255), POLE, glow=1.8)  # fmt: skip
    return mesh.build()


@lru_cache(maxsize=64)
def utility_pole(variant: int) -> Mesh:
    """Build a wooden pole with a cross arm."""
    random = Random(f'utility/{variant}')
    height = random.uniform(7.0, 11.0)
    mesh = MeshBuilder()
    wood = random.choice(((60, 80, 100), (80, 90, 100), (110, 115, 120)))
    outline = [(-0.15, -0.2), (0.15, -0.2), (0.10, height), (-0.10, height)]
    mesh.billboard((0.0, 0.0, 0.0), outline, wood, POLE)
    for z in (height - 0.5, height - 1.4)[: random.randint(1, 2)]:
        mesh.box((-1.1, -0.06, z), (1.1, 0.06, z + 0.12), wood, POLE)
    return mesh.build()


@lru_cache(maxsize=256)
def traffic_sign(variant: int) -> Mesh:
    """Build a sign on a post: round, triangular, octagonal, square, diamond or rectangular."""
    random = Random(f'sign/{variant}')
    mesh = MeshBuilder()
    bottom = random.uniform(1.9, 2.6)
    size = random.uniform(0.30, 0.48)
    top = bottom + 2 * size
    mesh.billboard((0.0, 0.02, 0.0), rectangle(-0.04, -0.2, 0.04, top), _STEEL, POLE)
    plates = 2 if random.random() < 0.2 else 1
    for k in range(plates):
        _sign_plate(mesh, random, bottom + size - k * (2 * size + 0.08), size)
    return mesh.build()


def _sign_plate(mesh: MeshBuilder, random: Random, z: float, size: float) -> None:
    shape = random.choice(
        ('limit', 'limit', 'prohibition', 'warning', 'stop', 'yield', 'blue', 'diamond', 'yellow',
         'white', 'green')
    )  # fmt: skip
    mesh.start_object(SIGN_OBJECT, (0.0, 0.0, z))
    outlines: dict[str, list[tuple[float, float]]] = {
        'stop': _regular(8, size, math.pi / 8),
        'warning': _regular(3, size * 1.1, math.pi / 2),
        'yield': _regular(3, size * 1.1, -math.pi / 2),
        'diamond': _regular(4, size * 1.15, 0.0),
        'yellow': _regular(4, size * 1.15, 0.0),
        'white': rectangle(-size * 0.8, -size, size * 0.8, size),
        'green': rectangle(-size * 1.6, -size * 0.6, size * 1.6, size * 0.6),
        'blue': rectangle(-size * 0.9, -size * 0.9, size * 0.9, size * 0.9),
    }
    outline = outlines.get(shape, _regular(10, size, 0.0))
    rim: Colour = {
        'stop': _WHITE, 'blue': (170, 90, 20), 'diamond': _WHITE, 'yellow': (20, 20, 20),
        'white': (30, 30, 30), 'green': _WHITE,
    }.get(shape, _RED)  # fmt: skip
    fill: Colour = {
        'stop': _RED, 'blue': (180, 95, 20), 'diamond': (40, 190, 240), 'yellow': (40, 195, 245),
        'green': (80, 120, 20), 'prohibition': _RED if size > 0.42 else _WHITE,
    }.get(shape, _WHITE)  # fmt: skip
    mesh.polygon([(x, 0.012, z + up) for x, up in outline], _BACK, UNLABELLED,
                 outside_of=(0.0, -1.0, z))  # fmt: skip
    front = (0.0, 1.0, z)
    mesh.polygon([(x, 0.0, z + up) for x, up in outline], rim, TRAFFIC_SIGN, outside_of=front)
    scale = 0.72 if rim is _RED else 0.9
    mesh.polygon([(x * scale, -0.008, z + up * scale) for x, up in outline], fill, TRAFFIC_SIGN,
                 outside_of=front, range_m=90.0)  # fmt: skip
    ink: Colour = _WHITE if shape in ('stop', 'blue', 'green') else (30, 30, 30)
    if shape == 'prohibition':
        bar = [(-0.6, -0.14), (0.6, -0.14), (0.6, 0.14), (-0.6, 0.14)]
        mesh.polygon([(x * size, -0.012, z + up * size) for x, up in bar],
                     _WHITE if fill is _RED else ink, TRAFFIC_SIGN, outside_of=front,
                     range_m=_DETAIL_M)  # fmt: skip
    elif shape not in ('yield', 'diamond'):
        half = 0.42 * size * (2.6 if shape == 'green' else 1.0)
        block = rectangle(-half, -0.32 * size, half, 0.28 * size)
        mesh.polygon([(x, -0.012, z + up) for x, up in block], fill, TRAFFIC_SIGN,
                     second=ink, texture=WRITING, repeats=(0.6 / half, 1.1 / size),
                     outside_of=front, range_m=_DETAIL_M)  # fmt: skip
    mesh.end_object()


@lru_cache(maxsize=64)
def gantry(variant: int, span_m: float) -> Mesh:
    """Build direction signs above the lanes; x runs from 0 to `span_m`."""
    random = Random(f'gantry/{variant}')
    mesh = MeshBuilder()
    height = random.uniform(5.4, 6.2)
    for x in (0.0, span_m):
        mesh.box((x - 0.2, -0.2, -0.3), (x + 0.2, 0.2, height + 2.0), _STEEL, POLE)
    mesh.box((0.0, -0.15, height + 1.2), (span_m, 0.15, height + 1.6), _STEEL, POLE)
    fill: Colour = random.choice(((90, 115, 10), (160, 85, 15)))
    x = 1.0
    while x < span_m - 3.0:
        wide = min(random.uniform(2.5, 5.0), span_m - x - 0.5)
        tall = random.uniform(1.6, 2.8)
        z0 = height + 0.2
        mesh.start_object(SIGN_OBJECT, (x + wide / 2, -0.3, z0 + tall / 2))
        back = (x, 1.0, z0)
        for inset, colour, texture, y in ((0.0, _WHITE, 0, -0.28), (0.08, fill, WRITING, -0.30)):
            corners = [(x + inset, y, z0 + inset), (x + wide - inset, y, z0 + inset),
                       (x + wide - inset, y, z0 + tall - inset), (x + inset, y, z0 + tall - inset)]
            mesh.polygon(corners, colour, TRAFFIC_SIGN, outside_of=back, second=_WHITE,
                         texture=texture, repeats=(1.0 / wide, 1.0 / tall))  # fmt: skip
        mesh.end_object()
        mesh.polygon([(x, -0.26, z0), (x + wide, -0.26, z0), (x + wide, -0.26, z0 + tall),
                      (x, -0.26, z0 + tall)], _BACK, UNLABELLED,
                     outside_of=(x, -1.0, z0))  # fmt: skip
        x += wide + random.uniform(0.3, 2.0)
    return mesh.build()


@lru_cache(maxsize=128)
def traffic_light(variant: int, state: int, reach_m: float) -> Mesh:
    """Build a signal (state 0 red, 1 amber, 2 green); with a reach another hangs over the road."""
    random = Random(f'light/{variant}')
    mesh = MeshBuilder()
    body: Colour = random.choice(((35, 35, 35), (30, 150, 200), (50, 60, 40)))
    height = random.uniform(2.4, 3.2)
    post = 6.2 if reach_m else height + 0.9
    mesh.billboard((0.0, 0.05, 0.0), rectangle(-0.07, -0.2, 0.07, post), _STEEL, POLE)
    places: list[Point] = [(0.0, -0.1, height)]
    if reach_m:
        x0, x1 = sorted((0.0, reach_m))
        mesh.box((x0, 0.0, post - 0.12), (x1, 0.1, post), _STEEL, POLE)
        places.append((reach_m, -0.1, post - 0.75))
        if abs(reach_m) > 5.0:
            places.append((reach_m * 0.5, -0.1, post - 0.75))
    lamps: tuple[Colour, ...] = ((60, 50, 255), (50, 190, 255), (150, 255, 60))
    for x, y, z in places:
        mesh.start_object(LIGHT_OBJECT, (x, y, z + 0.45))
        mesh.box((x - 0.16, y - 0.1, z), (x + 0.16, y + 0.1, z + 0.95), body, TRAFFIC_LIGHT)
        for k, lamp in enumerate(lamps):
            on = k == state
            centre_z = z + 0.78 - 0.30 * k
            outline = _regular(8, 0.115, math.pi / 8)
            colour = lamp if on else toned(lamp, 0.22)
            mesh.polygon([(x + a, y - 0.112, centre_z + b) for a, b in outline], colour,
                         TRAFFIC_LIGHT, outside_of=(x, y, centre_z), glow=1.3 if on else 0.0,
                         range_m=1e6 if on else _DETAIL_M)  # fmt: skip
        mesh.end_object()
    return mesh.build()


@lru_cache(maxsize=64)
def barrier(kind: str, variant: int) -> Mesh:
    """Build one piece, BARRIER_PIECE_M long along y and centred on the origin."""
    random = Random(f'{kind}/{variant // 8}')
    mesh = MeshBuilder()
    y0, y1 = -BARRIER_PIECE_M / 2, BARRIER_PIECE_M / 2
    if kind == 'rail':
        mesh.billboard((0.0, 0.0, 0.0), rectangle(-0.07, -0.1, 0.07, 0.72), (125, 125, 125), FENCE)
        for z, tone in ((0.42, 165.0), (0.58, 190.0)):
            mesh.box((-0.06, y0, z), (0.06, y1, z + 0.16), (tone, tone, tone), FENCE,
                     second=(110, 112, 112), texture=CONCRETE)  # fmt: skip
    elif kind == 'jersey':
        for x0, x1, z0, z1 in ((-0.30, 0.30, -0.1, 0.30), (-0.13, 0.13, 0.30, 0.85)):
            mesh.box((x0, y0, z0), (x1, y1, z1), (165, 170, 172), WALL, second=(120, 124, 128),
                     texture=CONCRETE, repeats=(0.5, 0.5))  # fmt: skip
    elif kind in ('noise_wall', 'brick_wall'):
        tall = random.uniform(2.2, 4.5) if kind == 'noise_wall' else random.uniform(1.0, 2.2)
        colour = random.choice(((130, 140, 150), (110, 130, 120), (95, 115, 150), (150, 155, 160)))
        texture, repeats = (BOARDS, (0.5, 0.5)) if kind == 'noise_wall' else (BRICKS, (0.6, 0.6))
        if kind == 'brick_wall' and random.random() < 0.6:
            colour = (75, 90, 150)
        mesh.box((-0.12, y0, -0.4), (0.12, y1, tall), colour, WALL, texture=texture,
                 second=toned(colour, 0.75), repeats=repeats)  # fmt: skip
    elif kind == 'boards':
        tall = random.uniform(1.1, 1.9)
        colour = random.choice(((80, 110, 140), (200, 205, 210), (60, 80, 100)))
        mesh.box((-0.04, y0, -0.1), (0.04, y1, tall), colour, FENCE, texture=BOARDS,
                 second=toned(colour, 0.5), repeats=(0.9, 0.0))  # fmt: skip
    elif kind == 'mesh':
        for z in (0.25, 0.6, 0.95, 1.3):
            mesh.polygon([(0.0, y0, z), (0.0, y1, z), (0.0, y1, z + 0.05), (0.0, y0, z + 0.05)],
                         (110, 115, 110), FENCE)  # fmt: skip
        for y in (-1.0, 1.0):
            mesh.billboard((0.0, y, 0.0), rectangle(-0.04, -0.1, 0.04, 1.45), (95, 95, 95), FENCE)
    else:
        _hedge(mesh, random, y0, y1)
    return mesh.build()


def _hedge(mesh: MeshBuilder, random: Random, y0: float, y1: float) -> None:
    tall = random.uniform(0.9, 2.2)
    green = random.choice(((40, 85, 55), (45, 100, 75), (35, 70, 50)))
    mesh.box((-0.45, y0, -0.2), (0.45, y1, tall), green, VEGETATION, texture=FOLIAGE,
             top=toned(green, 1.2), second=toned(green, 0.45),
             repeats=(0.4, 0.4))  # fmt: skip


@lru_cache(maxsize=64)
def small_thing(variant: int) -> Mesh:
    """Build a bollard, a bin, a hydrant, a box or a cone: unlabelled things on the pavement."""
    random = Random(f'small/{variant}')
    mesh = MeshBuilder()
    kind = random.choice(('bollard', 'bollard', 'bin', 'cabinet', 'cone', 'hydrant'))
    if kind == 'bollard':
        colour = random.choice(((60, 60, 60), (150, 150, 150), (40, 40, 170)))
        mesh.billboard((0.0, 0.0, 0.0), rectangle(-0.08, -0.1, 0.08, 0.95), colour, POLE)
    elif kind == 'cone':
        mesh.billboard((0.0, 0.0, 0.0), [(-0.2, 0.0), (0.2, 0.0), (0.04, 0.7), (-0.04, 0.7)],
                       (30, 95, 235), UNLABELLED)  # fmt: skip
        mesh.billboard((0.0, -0.01, 0.0), [(-0.13, 0.3), (0.13, 0.3), (0.09, 0.48), (-0.09, 0.48)],
                       _WHITE, UNLABELLED)  # fmt: skip
    else:
        half, tall = {'bin': (0.28, 0.95), 'cabinet': (0.45, 1.3), 'hydrant': (0.13, 0.75)}[kind]
        colour = random.choice(((70, 90, 60), (90, 90, 90), (45, 45, 45), (35, 35, 180)))
        mesh.box((-half, -half, -0.1), (half, half, tall), colour, UNLABELLED)
    return mesh.build()


def _regular(count: int, radius: float, turn: float) -> list[tuple[float, float]]:
    angles = [turn + 2.0 * math.pi * k / count for k in range(count)]
    return [(radius * math.cos(a), radius * math.sin(a)) for a in angles]
