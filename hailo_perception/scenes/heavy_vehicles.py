# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Trucks, semi-trailers and buses as meshes: nose towards +y, wheels on z = 0."""

from __future__ import annotations

from random import Random

from hailo_perception.scenes.labels import BUS
from hailo_perception.scenes.labels import BUS_OBJECT
from hailo_perception.scenes.labels import TRUCK
from hailo_perception.scenes.labels import TRUCK_OBJECT
from hailo_perception.scenes.mesh import Mesh
from hailo_perception.scenes.mesh import MeshBuilder
from hailo_perception.scenes.mesh import toned
from hailo_perception.scenes.textures import CORRUGATED
from hailo_perception.scenes.textures import WRITING
from hailo_perception.scenes.vehicle_parts import DARK
from hailo_perception.scenes.vehicle_parts import DETAIL_M
from hailo_perception.scenes.vehicle_parts import extrude
from hailo_perception.scenes.vehicle_parts import GLASS
from hailo_perception.scenes.vehicle_parts import GLASS_SHINE
from hailo_perception.scenes.vehicle_parts import HEAD_LAMP
from hailo_perception.scenes.vehicle_parts import LENGTHS_M
from hailo_perception.scenes.vehicle_parts import PAINTS
from hailo_perception.scenes.vehicle_parts import plate
from hailo_perception.scenes.vehicle_parts import tyres
from hailo_perception.scenes.vehicle_parts import wheels


def truck(random: Random, kind: str, lights: float, braking: float) -> Mesh:
    """Build a truck or semi-trailer; `lights` and `braking` are 0 or 1."""
    length = LENGTHS_M[kind] * random.uniform(0.85, 1.03)
    if kind == 'truck':
        length *= random.uniform(0.7, 1.0)
    half = random.uniform(1.12, 1.27)
    tail, nose = -length / 2, length / 2
    cab_rear = nose - min(2.2, 0.28 * length)
    cab_top = random.uniform(2.6, 3.3) if kind == 'semi' else random.uniform(2.3, 2.8)
    load_top = random.uniform(3.2, 3.95) if kind == 'semi' else random.uniform(2.7, 3.5)
    mesh = MeshBuilder()
    mesh.start_object(TRUCK_OBJECT, (0.0, 0.0, load_top / 2))
    _load(mesh, random, kind, half, tail, cab_rear, load_top, max(0.45 * lights, 0.9 * braking))
    # Load and cab hide each other depending on where one looks from: sorted by themselves.
    mesh.start_group()
    _cab(mesh, random, half, cab_rear, nose, cab_top, lights)
    return mesh.build()


def _load(
    mesh: MeshBuilder,
    random: Random,
    kind: str,
    half: float,
    tail: float,
    front: float,
    top: float,
    glow: float,
) -> None:
    """Add chassis, rear wheels and the box (or flat bed) behind the cab."""
    box = random.choice(((230, 230, 230), (215, 220, 225), (170, 110, 50), (60, 60, 175),
                         (90, 150, 80), (60, 150, 210), (140, 140, 140)))  # fmt: skip
    floor = random.uniform(0.9, 1.15)
    axles = [tail + 1.2]
    axles += [tail + 2.5] if front - tail > 5.5 else []
    axles += [front - 1.2] if kind == 'semi' else []
    tyres(mesh, axles, half, 0.5, TRUCK)
    mesh.box((-half + 0.2, tail + 0.2, 0.55), (half - 0.2, front, floor), DARK, TRUCK)
    flat = random.random() < 0.12
    top = floor + 0.4 if flat else top
    mesh.box((-half, tail, floor), (half, front - 0.25, top), box, TRUCK,
             second=toned(box, 0.8), texture=CORRUGATED,
             repeats=(random.choice((0.0, 0.25, 0.5)), 0.0))  # fmt: skip
    wheels(mesh, axles, half, 0.5, TRUCK, random)
    for side in (-1.0, 1.0):
        x0, x1 = sorted((side * (half - 0.05), side * (half - 0.45)))
        plate(mesh, tail - 0.012, x0, x1, floor - 0.28, floor - 0.06, (50, 40, 200), TRUCK,
              glow=glow, range_m=250.0)  # fmt: skip
    plate(mesh, tail - 0.006, -0.02, 0.02, floor, top, (90, 90, 90), TRUCK)
    plate(mesh, tail - 0.012, -half, half, 0.5, 0.62, (70, 70, 75), TRUCK)


def _cab(
    mesh: MeshBuilder,
    random: Random,
    half: float,
    rear: float,
    nose: float,
    top: float,
    lights: float,
) -> None:
    """Add the driver's cab with its wheels, panes and lamps."""
    middle = (0.0, 0.5 * (rear + nose), 1.4)
    axles = [nose - 1.3]
    tyres(mesh, axles, half, 0.5, TRUCK)
    section = [(rear, 0.5), (nose, 0.5), (nose, 1.5), (nose - 0.25, top), (rear, top)]
    extrude(mesh, section, half - 0.02, half - 0.06, random.choice(PAINTS), TRUCK, middle)
    slant = 0.25 / (top - 1.5)
    z0, z1 = 1.6, top - 0.3
    y0, y1 = (nose - slant * (z - 1.5) + 0.012 for z in (z0, z1))
    inset = half - 0.12
    mesh.polygon([(-inset, y0, z0), (inset, y0, z0), (inset, y1, z1), (-inset, y1, z1)],
                 GLASS_SHINE, TRUCK, outside_of=middle)  # fmt: skip
    start = rear + 0.25 * (nose - rear)
    for side in (-1.0, 1.0):
        x = side * (half - 0.005)
        mesh.polygon([(x, start, 1.6), (x, nose - 0.3, 1.6), (x, nose - 0.4, z1), (x, start, z1)],
                     GLASS, TRUCK, outside_of=middle, range_m=DETAIL_M)  # fmt: skip
        x0, x1 = sorted((side * (half - 0.05), side * (half - 0.45)))
        plate(mesh, nose + 0.012, x0, x1, 0.75, 0.98, HEAD_LAMP, TRUCK, glow=1.6 * lights,
              range_m=300.0)  # fmt: skip
    wheels(mesh, axles, half, 0.5, TRUCK, random)
    plate(mesh, nose + 0.012, -half + 0.5, half - 0.5, 0.75, 1.35, DARK, TRUCK)


def bus(random: Random, kind: str, lights: float, braking: float) -> Mesh:
    """Build a bus; `lights` and `braking` are 0 or 1."""
    length = LENGTHS_M[kind] * random.uniform(0.8, 1.05)
    half, top = 1.27, random.uniform(2.9, 3.2)
    tail, nose = -length / 2, length / 2
    paint = random.choice(((225, 230, 235), (60, 160, 225), (50, 50, 190), (150, 110, 50),
                           (80, 150, 70), (40, 170, 235)))  # fmt: skip
    mesh = MeshBuilder()
    mesh.start_object(BUS_OBJECT, (0.0, 0.0, top / 2))
    axles = (tail + 2.6, nose - 2.6)
    tyres(mesh, axles, half, 0.5, BUS)
    mesh.box((-half, tail, 0.35), (half, nose, top), paint, BUS, top=(200, 200, 200))
    stripe = random.choice(PAINTS)
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
                         GLASS, BUS, outside_of=inside, range_m=120.0,
                         glow=0.5 * lights)  # fmt: skip
    wheels(mesh, axles, half, 0.5, BUS, random)
    glow = max(0.45 * lights, 0.9 * braking)
    plate(mesh, nose + 0.012, -half + 0.1, half - 0.1, 1.1, top - 0.55, GLASS_SHINE, BUS,
           range_m=200.0)  # fmt: skip
    plate(mesh, nose + 0.014, -0.8, 0.8, top - 0.42, top - 0.15, (40, 120, 200), BUS,
           glow=0.8 * lights, texture=WRITING)  # fmt: skip
    plate(mesh, tail - 0.012, -half + 0.2, half - 0.2, 1.6, top - 0.5, GLASS, BUS, range_m=120.0)
    for side in (-1.0, 1.0):
        x0, x1 = sorted((side * (half - 0.05), side * (half - 0.30)))
        plate(mesh, tail - 0.014, x0, x1, 0.9, 1.4, (50, 40, 200), BUS, glow=glow, range_m=250.0)
        plate(mesh, nose + 0.014, x0, x1, 0.6, 0.9, HEAD_LAMP, BUS, glow=1.6 * lights,
               range_m=300.0)  # fmt: skip
    plate(mesh, tail - 0.012, -half, half, 0.36, 0.55, (50, 50, 50), BUS)
    return mesh.build()
