# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Cars, vans, pickups, trucks and buses as meshes: nose towards +y, wheels on z = 0."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
import math
from random import Random

from hailo_perception.scenes.labels import BUS
from hailo_perception.scenes.labels import BUS_OBJECT
from hailo_perception.scenes.labels import CAR
from hailo_perception.scenes.labels import CAR_OBJECT
from hailo_perception.scenes.labels import TRUCK
from hailo_perception.scenes.labels import TRUCK_OBJECT
from hailo_perception.scenes.mesh import Colour
from hailo_perception.scenes.mesh import Mesh
from hailo_perception.scenes.mesh import MeshBuilder
from hailo_perception.scenes.mesh import Point
from hailo_perception.scenes.textures import CORRUGATED
from hailo_perception.scenes.textures import WRITING

VARIANTS = 64
"""How many different looks each kind of vehicle has."""
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

_PAINTS: tuple[Colour, ...] = (
    (235, 235, 235), (235, 235, 235), (225, 228, 230), (200, 200, 200), (165, 165, 165),
    (120, 120, 118), (75, 75, 75), (38, 38, 38), (25, 25, 25), (30, 30, 30),
    (40, 30, 150), (35, 35, 190), (130, 65, 30), (170, 100, 40), (90, 45, 20),
    (60, 90, 40), (110, 160, 180), (60, 120, 170), (40, 170, 220), (150, 150, 120),
)  # fmt: skip
_GLASS: Colour = (52, 46, 40)
_GLASS_SHINE: Colour = (120, 112, 104)
_TYRE: Colour = (28, 28, 28)
_DARK: Colour = (20, 20, 20)
_HEAD_LAMP: Colour = (240, 245, 245)
_TAIL_LAMP: Colour = (30, 25, 180)
_DETAIL_M = 70.0
_NEAR_M = 35.0

Section = Sequence[tuple[float, float]]
"""A side view: points (y, z) in order."""


@lru_cache(maxsize=512)
def vehicle(kind: str, variant: int, lights: bool, braking: bool) -> Mesh:
    """Build a vehicle; equal arguments give equal meshes. KeyError for an unknown kind."""
    random = Random(f'{kind}/{variant}')
    build = {'truck': _truck, 'semi': _truck, 'bus': _bus}.get(kind, _car)
    return build(random, kind, 1.0 if lights else 0.0, 1.0 if braking else 0.0)


# kind: bonnet's front edge height, shoulder height, roof height, and along the length (fractions
# from the rear) where the rear window starts, the roof starts, the roof ends, the windscreen ends.
_CAR_SHAPES = {
    'sedan': (0.72, 0.93, 1.45, 0.14, 0.30, 0.56, 0.74),
    'hatchback': (0.76, 0.95, 1.50, 0.01, 0.10, 0.58, 0.77),
    'suv': (0.90, 1.05, 1.72, 0.01, 0.07, 0.60, 0.76),
    'van': (0.95, 1.15, 2.10, 0.00, 0.02, 0.70, 0.86),
    'pickup': (0.95, 1.08, 1.80, 0.40, 0.43, 0.62, 0.75),
}


def _car(random: Random, kind: str, lights: float, braking: float) -> Mesh:
    front_z, shoulder, roof, rear, roof_rear, roof_front, front = _CAR_SHAPES[kind]
    length = LENGTHS_M[kind] * random.uniform(0.92, 1.06)
    half = random.uniform(0.86, 0.95) + (0.06 if kind in ('van', 'pickup') else 0.0)
    roof *= random.uniform(0.96, 1.05)
    paint = random.choice(_PAINTS)
    clearance = 0.22 if kind in ('sedan', 'hatchback') else 0.30
    tail, nose = -length / 2, length / 2

    def along(fraction: float) -> float:
        return tail + fraction * length

    mesh = MeshBuilder()
    mesh.start_object(CAR_OBJECT, (0.0, 0.0, roof / 2))
    middle = (0.0, 0.0, 0.6)
    radius = random.uniform(0.30, 0.36)
    axles = (along(0.19), along(0.81))
    _tyres(mesh, axles, half, radius, CAR)

    waist = 0.62 * shoulder + 0.38 * clearance
    low = [(tail + 0.12, clearance), (nose - 0.12, clearance), (nose, waist), (tail, waist)]
    bonnet_y = along(front)
    high = [
        (tail, waist),
        (nose, waist),
        (nose - 0.10, front_z),
        (bonnet_y, shoulder),
        (tail + 0.06, shoulder if kind != 'pickup' else shoulder - 0.04),
    ]
    sill = tuple(0.78 * tone for tone in paint)
    _extrude(mesh, low, half - 0.03, half, sill, CAR, middle)
    _extrude(mesh, high, half, half - 0.07, paint, CAR, middle)
    # Cabin: roof narrower than the shoulder.
    cabin = [(along(rear) + 0.06, shoulder), (bonnet_y, shoulder), (along(roof_front), roof),
             (along(roof_rear), roof)]  # fmt: skip
    roof_half = half - (0.10 if kind == 'van' else 0.22)
    centre = (0.0, (along(rear) + bonnet_y) / 2, (shoulder + roof) / 2)
    _extrude(mesh, cabin, half - 0.08, roof_half, paint, CAR, centre)
    _glazing(mesh, cabin, half - 0.08, roof_half, kind, centre, random)
    if kind == 'pickup':
        bed = (along(0.03), along(0.38))
        mesh.polygon(
            [(-half + 0.15, bed[0], shoulder + 0.01), (half - 0.15, bed[0], shoulder + 0.01),
             (half - 0.15, bed[1], shoulder + 0.01), (-half + 0.15, bed[1], shoulder + 0.01)],
            _DARK, CAR, outside_of=middle, range_m=_DETAIL_M,
        )  # fmt: skip
    _wheels(mesh, axles, half, radius, CAR, random)
    _rear_details(mesh, tail, half, waist, shoulder, clearance, lights, braking, random)
    _front_details(mesh, nose, half, waist, front_z, clearance, lights, random)
    return mesh.build()


def _extrude(
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


def _glazing(
    mesh: MeshBuilder,
    cabin: Section,
    low_half: float,
    high_half: float,
    kind: str,
    centre: Point,
    random: Random,
) -> None:
    """Add windscreen, rear window and side windows just outside the cabin's faces."""
    (rear_y, low), (front_y, _), (roof_front, high), (roof_rear, _) = cabin
    shine = tuple(tone * random.uniform(0.6, 1.2) for tone in _GLASS_SHINE)

    def point(side: float, y_low: float, y_high: float, up: float, out: float) -> Point:
        half = low_half + (high_half - low_half) * up
        return (side * half, y_low + (y_high - y_low) * up + out, low + (high - low) * up)

    for y_low, y_high, out, glass in (
        (front_y, roof_front, 0.01, shine),
        (rear_y, roof_rear, -0.01, _GLASS),
    ):
        if kind == 'van' and out < 0 and random.random() < 0.5:
            continue
        pane = [point(-0.88, y_low, y_high, 0.08, out), point(0.88, y_low, y_high, 0.08, out),
                point(0.86, y_low, y_high, 0.88, out), point(-0.86, y_low, y_high, 0.88, out)]
        mesh.polygon(pane, glass, CAR, outside_of=centre, range_m=140.0)
    split = 0.52 if kind != 'pickup' else 0.05
    blind = kind == 'van' and random.random() < 0.6
    for side in (-1.0, 1.0):
        for start, end in ((0.04, split - 0.02), (split + 0.02, 0.96)):
            if end - start < 0.1 or (blind and start < 0.1):
                continue
            corners = []
            for along, up in ((start, 0.06), (end, 0.06), (end, 0.86), (start, 0.86)):
                y_rear = rear_y + (roof_rear - rear_y) * up
                y_front = front_y + (roof_front - front_y) * up
                half = low_half + (high_half - low_half) * up + 0.01
                z = low + (high - low) * up
                corners.append((side * half, y_rear + (y_front - y_rear) * along, z))
            mesh.polygon(corners, _GLASS, CAR, outside_of=centre, range_m=_DETAIL_M)


def _circle(x: float, y: float, z: float, radius: float, count: int) -> list[Point]:
    angles = [2.0 * math.pi * k / count for k in range(count)]
    return [(x, y + radius * math.cos(a), z + radius * math.sin(a)) for a in angles]


def _tyres(
    mesh: MeshBuilder, axles: Sequence[float], half: float, radius: float, semantic: int
) -> None:
    """Add what is seen of the wheels from the front and behind, below the body."""
    for y in axles:
        for side in (-1.0, 1.0):
            x0, x1 = sorted((side * (half - 0.02), side * (half - 0.24)))
            mesh.box((x0, y - radius * 0.8, 0.0), (x1, y + radius * 0.8, radius), _TYRE, semantic)


def _wheels(
    mesh: MeshBuilder,
    axles: Sequence[float],
    half: float,
    radius: float,
    semantic: int,
    random: Random,
) -> None:
    rim = (random.uniform(90, 190),) * 3
    for y in axles:
        for side in (-1.0, 1.0):
            inside = (0.0, y, radius)
            x = side * (half + 0.005)
            mesh.polygon(_circle(x, y, radius + 0.03, radius + 0.06, 10), _DARK, semantic,
                         outside_of=inside, range_m=_DETAIL_M)  # fmt: skip
            x = side * (half + 0.012)
            mesh.polygon(_circle(x, y, radius, radius, 10), _TYRE, semantic, outside_of=inside)
            x = side * (half + 0.018)
            mesh.polygon(_circle(x, y, radius, radius * 0.62, 8), rim, semantic,
                         outside_of=inside, range_m=_DETAIL_M)  # fmt: skip


def _plate(
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
    range_m: float = _DETAIL_M,
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


def _rear_details(
    mesh: MeshBuilder,
    tail: float,
    half: float,
    waist: float,
    shoulder: float,
    clearance: float,
    lights: float,
    braking: float,
    random: Random,
) -> None:
    y = tail - 0.012
    glow = max(0.45 * lights, 0.9 * braking)
    lamp = (60.0, 50.0, 255.0) if glow else _TAIL_LAMP
    wide = random.uniform(0.18, 0.42)
    z0, z1 = waist + random.uniform(-0.08, 0.0), shoulder - random.uniform(0.02, 0.10)
    for side in (-1.0, 1.0):
        x0, x1 = sorted((side * (half - 0.05), side * (half - 0.05 - wide)))
        _plate(mesh, y, x0, x1, z0, z1, lamp, CAR, glow=glow, range_m=250.0)
    _plate(mesh, y, -half + 0.08, half - 0.08, clearance, clearance + 0.13, (45, 45, 45), CAR)
    plate_z = random.choice((clearance + 0.18, waist))
    _plate(mesh, y - 0.004, -0.26, 0.26, plate_z, plate_z + 0.12, (225, 230, 230), CAR,
           texture=WRITING, range_m=_NEAR_M)  # fmt: skip


def _front_details(
    mesh: MeshBuilder,
    nose: float,
    half: float,
    waist: float,
    front_z: float,
    clearance: float,
    lights: float,
    random: Random,
) -> None:
    y = nose + 0.012
    wide = random.uniform(0.22, 0.40)
    tall = random.uniform(0.10, 0.17)
    for side in (-1.0, 1.0):
        x0, x1 = sorted((side * (half - 0.06), side * (half - 0.06 - wide)))
        _plate(mesh, y, x0, x1, waist - tall / 2, waist + tall / 2, _HEAD_LAMP, CAR,
               glow=1.6 * lights, range_m=300.0)  # fmt: skip
    grille = half - wide - 0.14
    _plate(mesh, y, -grille, grille, waist - 0.12, min(waist + 0.06, front_z), _DARK, CAR)
    _plate(mesh, y, -half + 0.15, half - 0.15, clearance + 0.02, clearance + 0.15, _DARK, CAR)
    _plate(mesh, y + 0.004, -0.26, 0.26, clearance + 0.14, clearance + 0.25, (225, 230, 230),
           CAR, range_m=_NEAR_M)  # fmt: skip


def _truck(random: Random, kind: str, lights: float, braking: float) -> Mesh:
    length = LENGTHS_M[kind] * random.uniform(0.85, 1.03)
    if kind == 'truck':
        length *= random.uniform(0.7, 1.0)
    half = random.uniform(1.12, 1.27)
    tail, nose = -length / 2, length / 2
    cab = min(2.2, 0.28 * length)
    cab_top = random.uniform(2.6, 3.3) if kind == 'semi' else random.uniform(2.3, 2.8)
    cargo_top = random.uniform(3.2, 3.95) if kind == 'semi' else random.uniform(2.7, 3.5)
    paint = random.choice(_PAINTS)
    box = random.choice(((230, 230, 230), (215, 220, 225), (170, 110, 50), (60, 60, 175),
                         (90, 150, 80), (60, 150, 210), (140, 140, 140)))  # fmt: skip
    floor = random.uniform(0.9, 1.15)
    mesh = MeshBuilder()
    mesh.start_object(TRUCK_OBJECT, (0.0, 0.0, cargo_top / 2))
    axles = [tail + 1.2, nose - 1.3]
    axles += [tail + 2.5] if length > 7.5 else []
    axles += [nose - 4.4] if kind == 'semi' else []
    _tyres(mesh, axles, half, 0.5, TRUCK)
    mesh.box((-half + 0.2, tail + 0.2, 0.55), (half - 0.2, nose - cab, floor), _DARK, TRUCK)
    flat = random.random() < 0.12
    cargo = (floor + 0.4 if flat else cargo_top)
    mesh.box((-half, tail, floor), (half, nose - cab - 0.25, cargo), box, TRUCK,
             second=tuple(0.8 * tone for tone in box), texture=CORRUGATED,
             repeats=(random.choice((0.0, 0.25, 0.5)), 0.0))  # fmt: skip
    middle = (0.0, nose - cab / 2, 1.4)
    section = [(nose - cab, 0.5), (nose, 0.5), (nose, 1.5), (nose - 0.25, cab_top),
               (nose - cab, cab_top)]  # fmt: skip
    _extrude(mesh, section, half - 0.02, half - 0.06, paint, TRUCK, middle)
    slant = 0.25 / (cab_top - 1.5)
    z0, z1 = 1.6, cab_top - 0.3
    mesh.polygon(
        [(-half + 0.12, nose - slant * (z0 - 1.5) + 0.012, z0),
         (half - 0.12, nose - slant * (z0 - 1.5) + 0.012, z0),
         (half - 0.12, nose - slant * (z1 - 1.5) + 0.012, z1),
         (-half + 0.12, nose - slant * (z1 - 1.5) + 0.012, z1)],
        _GLASS_SHINE, TRUCK, outside_of=middle,
    )  # fmt: skip
    for side in (-1.0, 1.0):
        x = side * (half - 0.005)
        mesh.polygon(
            [(x, nose - cab * 0.75, 1.6), (x, nose - 0.3, 1.6), (x, nose - 0.4, z1),
             (x, nose - cab * 0.75, z1)],
            _GLASS, TRUCK, outside_of=middle, range_m=_DETAIL_M,
        )  # fmt: skip
    _wheels(mesh, axles, half, 0.5, TRUCK, random)
    glow = max(0.45 * lights, 0.9 * braking)
    for side in (-1.0, 1.0):
        x0, x1 = sorted((side * (half - 0.05), side * (half - 0.45)))
        _plate(mesh, tail - 0.012, x0, x1, floor - 0.28, floor - 0.06, (50, 40, 200), TRUCK,
               glow=glow, range_m=250.0)  # fmt: skip
        _plate(mesh, nose + 0.012, x0, x1, 0.75, 0.98, _HEAD_LAMP, TRUCK, glow=1.6 * lights,
               range_m=300.0)  # fmt: skip
    _plate(mesh, tail - 0.006, -0.02, 0.02, floor, cargo, (90, 90, 90), TRUCK)
    _plate(mesh, tail - 0.012, -half, half, 0.5, 0.62, (70, 70, 75), TRUCK)
    _plate(mesh, nose + 0.012, -half + 0.5, half - 0.5, 0.75, 1.35, _DARK, TRUCK)
    return mesh.build()


def _bus(random: Random, kind: str, lights: float, braking: float) -> Mesh:
    length = LENGTHS_M[kind] * random.uniform(0.8, 1.05)
    half, top = 1.27, random.uniform(2.9, 3.2)
    tail, nose = -length / 2, length / 2
    paint = random.choice(((225, 230, 235), (60, 160, 225), (50, 50, 190), (150, 110, 50),
                           (80, 150, 70), (40, 170, 235)))  # fmt: skip
    mesh = MeshBuilder()
    mesh.start_object(BUS_OBJECT, (0.0, 0.0, top / 2))
    axles = (tail + 2.6, nose - 2.6)
    _tyres(mesh, axles, half, 0.5, BUS)
    mesh.box((-half, tail, 0.35), (half, nose, top), paint, BUS, top=(200, 200, 200))
    stripe = random.choice(_PAINTS)
    for side in (-1.0, 1.0):
        x = side * (half + 0.012)
        inside = (0.0, 0.0, 1.0)
        mesh.polygon([(x, tail, 0.5), (x, nose, 0.5), (x, nose, 0.95), (x, tail, 0.95)],
                     stripe, BUS, outside_of=inside)  # fmt: skip
        panes = 7
        for k in range(panes):
            y0 = tail + 0.3 + (length - 0.6) * k / panes
            y1 = y0 + (length - 0.6) / panes - 0.12
            mesh.polygon([(x, y0, 1.35), (x, y1, 1.35), (x, y1, top - 0.55), (x, y0, top - 0.55)],
                         _GLASS, BUS, outside_of=inside, range_m=120.0,
                         glow=0.5 * lights)  # fmt: skip
    _wheels(mesh, axles, half, 0.5, BUS, random)
    glow = max(0.45 * lights, 0.9 * braking)
    _plate(mesh, nose + 0.012, -half + 0.1, half - 0.1, 1.1, top - 0.55, _GLASS_SHINE, BUS,
           range_m=200.0)  # fmt: skip
    _plate(mesh, nose + 0.014, -0.8, 0.8, top - 0.42, top - 0.15, (40, 120, 200), BUS,
           glow=0.8 * lights, texture=WRITING)  # fmt: skip
    _plate(mesh, tail - 0.012, -half + 0.2, half - 0.2, 1.6, top - 0.5, _GLASS, BUS, range_m=120.0)
    for side in (-1.0, 1.0):
        x0, x1 = sorted((side * (half - 0.05), side * (half - 0.30)))
        _plate(mesh, tail - 0.014, x0, x1, 0.9, 1.4, (50, 40, 200), BUS, glow=glow, range_m=250.0)
        _plate(mesh, nose + 0.014, x0, x1, 0.6, 0.9, _HEAD_LAMP, BUS, glow=1.6 * lights,
               range_m=300.0)  # fmt: skip
    _plate(mesh, tail - 0.012, -half, half, 0.36, 0.55, (50, 50, 50), BUS)
    return mesh.build()
