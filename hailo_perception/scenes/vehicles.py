# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Every kind of motor vehicle with four wheels or more, by name."""

from __future__ import annotations

from functools import lru_cache
from random import Random

from hailo_perception.scenes.cars import car
from hailo_perception.scenes.heavy_vehicles import bus
from hailo_perception.scenes.heavy_vehicles import truck
from hailo_perception.scenes.mesh import Mesh
from hailo_perception.scenes.vehicle_parts import LENGTHS_M as LENGTHS_M

VARIANTS = 64
"""How many different looks each kind of vehicle has."""


@lru_cache(maxsize=512)
def vehicle(kind: str, variant: int, lights: bool, braking: bool) -> Mesh:
    """Build a vehicle; equal arguments give equal meshes. KeyError for an unknown kind."""
    random = Random(f'{kind}/{variant}')
    build = {'truck': truck, 'semi': truck, 'bus': bus}.get(kind, car)
    return build(random, kind, float(lights), float(braking))
