# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Sedans, hatchbacks, SUVs, vans and pickups as meshes: nose towards +y, wheels on z = 0."""

from __future__ import annotations

from random import Random

from hailo_perception.scenes.labels import CAR
from hailo_perception.scenes.labels import CAR_OBJECT
from hailo_perception.scenes.mesh import Mesh
from hailo_perception.scenes.mesh import MeshBuilder
from hailo_perception.scenes.mesh import Point
from hailo_perception.scenes.mesh import toned
from hailo_perception.scenes.textures import WRITING
from hailo_perception.scenes.vehicle_parts import DARK
from hailo_perception.scenes.vehicle_parts import DETAIL_M
from hailo_perception.scenes.vehicle_parts import extrude
from hailo_perception.scenes.vehicle_parts import GLASS
from hailo_perception.scenes.vehicle_parts import GLASS_SHINE
from hailo_perception.scenes.vehicle_parts import HEAD_LAMP
from hailo_perception.scenes.vehicle_parts import LENGTHS_M
from hailo_perception.scenes.vehicle_parts import NEAR_M
from hailo_perception.scenes.vehicle_parts import PAINTS
from hailo_perception.scenes.vehicle_parts import plate
from hailo_perception.scenes.vehicle_parts import Section
from hailo_perception.scenes.vehicle_parts import TAIL_LAMP
from hailo_perception.scenes.vehicle_parts import tyres
from hailo_perception.scenes.vehicle_parts import wheels

# kind: bonnet's front edge height, shoulder height, roof height, and along the length (fractions
# from the rear) where the rear window starts, the roof starts, the roof ends, the windscreen ends.
_CAR_SHAPES = {
    'sedan': (0.72, 0.93, 1.45, 0.14, 0.30, 0.56, 0.74),
    'hatchback': (0.76, 0.95, 1.50, 0.01, 0.10, 0.58, 0.77),
    'suv': (0.90, 1.05, 1.72, 0.01, 0.07, 0.60, 0.76),
    'van': (0.95, 1.15, 2.10, 0.00, 0.02, 0.70, 0.86),
    'pickup': (0.95, 1.08, 1.80, 0.40, 0.43, 0.62, 0.75),
}


def car(random: Random, kind: str, lights: float, braking: float) -> Mesh:
    """Build a car of a kind; `lights` and `braking` are 0 or 1."""
    front_z, shoulder, roof, rear, roof_rear, roof_front, front = _CAR_SHAPES[kind]
    length = LENGTHS_M[kind] * random.uniform(0.92, 1.06)
    half = random.uniform(0.86, 0.95) + (0.06 if kind in ('van', 'pickup') else 0.0)
    roof *= random.uniform(0.96, 1.05)
    paint = random.choice(PAINTS)
    clearance = 0.22 if kind in ('sedan', 'hatchback') else 0.30
    tail, nose = -length / 2, length / 2

    def along(fraction: float) -> float:
        return tail + fraction * length

    mesh = MeshBuilder()
    mesh.start_object(CAR_OBJECT, (0.0, 0.0, roof / 2))
    middle = (0.0, 0.0, 0.6)
    radius = random.uniform(0.30, 0.36)
    axles = (along(0.19), along(0.81))
    tyres(mesh, axles, half, radius, CAR)

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
    sill = toned(paint, 0.78)
    extrude(mesh, low, half - 0.03, half, sill, CAR, middle)
    extrude(mesh, high, half, half - 0.07, paint, CAR, middle)
    if kind == 'pickup':
        bed = (along(0.03), along(0.38))
        mesh.polygon(
            [(-half + 0.15, bed[0], shoulder + 0.01), (half - 0.15, bed[0], shoulder + 0.01),
             (half - 0.15, bed[1], shoulder + 0.01), (-half + 0.15, bed[1], shoulder + 0.01)],
            DARK, CAR, outside_of=middle, range_m=DETAIL_M,
        )  # fmt: skip
    # Cabin: roof narrower than the shoulder.
    cabin = [(along(rear) + 0.06, shoulder), (bonnet_y, shoulder), (along(roof_front), roof),
             (along(roof_rear), roof)]  # fmt: skip
    roof_half = half - (0.10 if kind == 'van' else 0.22)
    centre = (0.0, (along(rear) + bonnet_y) / 2, (shoulder + roof) / 2)
    extrude(mesh, cabin, half - 0.08, roof_half, paint, CAR, centre)
    _glazing(mesh, cabin, half - 0.08, roof_half, kind, centre, random)
    wheels(mesh, axles, half, radius, CAR, random)
    _rear_details(mesh, tail, half, waist, shoulder, clearance, lights, braking, random)
    _front_details(mesh, nose, half, waist, front_z, clearance, lights, random)
    return mesh.build()


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
    shine = toned(GLASS_SHINE, random.uniform(0.6, 1.3))

    def point(side: float, y_low: float, y_high: float, up: float, out: float) -> Point:
        half = low_half + (high_half - low_half) * up
        return (side * half, y_low + (y_high - y_low) * up + out, low + (high - low) * up)

    for y_low, y_high, out, glass in (
        (front_y, roof_front, 0.01, shine),
        (rear_y, roof_rear, -0.01, GLASS),
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
            mesh.polygon(corners, GLASS, CAR, outside_of=centre, range_m=DETAIL_M)


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
    lamp = (60.0, 50.0, 255.0) if glow else TAIL_LAMP
    wide = random.uniform(0.18, 0.42)
    z0, z1 = waist + random.uniform(-0.08, 0.0), shoulder - random.uniform(0.02, 0.10)
    for side in (-1.0, 1.0):
        x0, x1 = sorted((side * (half - 0.05), side * (half - 0.05 - wide)))
        plate(mesh, y, x0, x1, z0, z1, lamp, CAR, glow=glow, range_m=250.0)
    plate(mesh, y, -half + 0.08, half - 0.08, clearance, clearance + 0.13, (45, 45, 45), CAR)
    plate_z = random.choice((clearance + 0.18, waist))
    plate(mesh, y - 0.004, -0.26, 0.26, plate_z, plate_z + 0.12, (225, 230, 230), CAR,
           texture=WRITING, range_m=NEAR_M)  # fmt: skip


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
        plate(mesh, y, x0, x1, waist - tall / 2, waist + tall / 2, HEAD_LAMP, CAR,
               glow=1.6 * lights, range_m=300.0)  # fmt: skip
    grille = half - wide - 0.14
    plate(mesh, y, -grille, grille, waist - 0.12, min(waist + 0.06, front_z), DARK, CAR)
    plate(mesh, y, -half + 0.15, half - 0.15, clearance + 0.02, clearance + 0.15, DARK, CAR)
    plate(mesh, y + 0.004, -0.26, 0.26, clearance + 0.14, clearance + 0.25, (225, 230, 230),
           CAR, range_m=NEAR_M)  # fmt: skip
