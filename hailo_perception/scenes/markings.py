# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Crossing streets with stop lines, zebras, arrows and lights, and the road's wear and tear."""

from __future__ import annotations

import math
from random import Random

from hailo_perception.scenes.chunk import CHUNK_M
from hailo_perception.scenes.chunk import ChunkBuilder
from hailo_perception.scenes.chunk import Signal
from hailo_perception.scenes.conditions import SceneConditions
from hailo_perception.scenes.labels import ROAD_MARKING
from hailo_perception.scenes.layout import RoadLayout
from hailo_perception.scenes.lighting import Lighting
from hailo_perception.scenes.mesh import toned

_PAINT = (212.0, 214.0, 214.0)
_CROSSING_LIKELY = {'city': 0.24, 'suburb': 0.12, 'highway': 0.0, 'rural': 0.03}
_ZEBRA_M = 3.2

# Shapes in metres, (across, along) with the tip ahead; convex pieces.
_STRAIGHT_ARROW = (
    ((-0.09, 0.0), (0.09, 0.0), (0.09, 2.6), (-0.09, 2.6)),
    ((-0.35, 2.6), (0.35, 2.6), (0.0, 4.2)),
)
_TURN_ARROW = (
    ((-0.09, 0.0), (0.09, 0.0), (0.09, 2.4), (-0.09, 2.4)),
    ((0.09, 1.8), (0.55, 2.2), (0.55, 2.6), (-0.09, 2.4)),
    ((0.5, 1.5), (1.15, 2.4), (0.5, 3.3)),
)


def add_markings(
    builder: ChunkBuilder,
    random: Random,
    conditions: SceneConditions,
    layout: RoadLayout,
    lighting: Lighting,
) -> tuple[float, float] | None:
    """Add a chunk's paint and wear; return where a street crosses (low, high), if one does."""
    _add_wear(builder, random, layout, lighting)
    crossing = None
    if random.random() < _CROSSING_LIKELY[conditions.kind]:
        width = random.uniform(6.5, 12.0)
        middle = random.uniform(18.0, 26.0)
        crossing = (middle - width / 2, middle + width / 2)
        builder.crossings.append(crossing)
    zebra = conditions.kind in ('city', 'suburb') and random.random() < (0.7 if crossing else 0.12)
    strength = random.uniform(0.6, 0.97)
    if crossing or zebra:
        low, high = crossing or (20.0, 20.0)
        near, far = low - 0.8 - _ZEBRA_M, high + 0.8 + _ZEBRA_M
        if zebra:
            _add_zebra(builder, random, layout, near, strength)
            if crossing:
                _add_zebra(builder, random, layout, far - _ZEBRA_M, strength)
        if random.random() < 0.8:
            _add_stop_lines(builder, layout, near - 1.2, far + 0.8, strength)
        if crossing and random.random() < (0.75 if conditions.kind == 'city' else 0.4):
            _add_signals(builder, random, conditions, layout, near - 1.0, far + 1.0)
    if random.random() < {'city': 0.35, 'suburb': 0.12, 'highway': 0.06, 'rural': 0.03}[
        conditions.kind
    ]:
        at = random.uniform(1.0, 6.0)
        for lane in layout.lanes:
            if lane.direction > 0 and random.random() < 0.8:
                _add_arrow(builder, random, lane.offset_m, at, strength)
    return crossing


def _add_zebra(
    builder: ChunkBuilder, random: Random, layout: RoadLayout, along: float, strength: float
) -> None:
    if random.random() < 0.2:  # two bars across instead of stripes
        for v in (along, along + _ZEBRA_M - 0.3):
            _block(builder, layout.left_edge_m, layout.right_edge_m, v, v + 0.3, strength)
        return
    pitch = 1.0 if random.random() < 0.6 else 1.3
    offset = layout.left_edge_m + 0.4
    while offset + 0.5 * pitch < layout.right_edge_m:
        _block(builder, offset, offset + 0.5 * pitch, along, along + _ZEBRA_M, strength)
        offset += pitch


def _add_stop_lines(
    builder: ChunkBuilder, layout: RoadLayout, near: float, far: float, strength: float
) -> None:
    for lane in layout.lanes:
        along = near if lane.direction > 0 else far
        half = lane.width_m / 2 - 0.15
        _block(builder, lane.offset_m - half, lane.offset_m + half, along, along + 0.4, strength)


def _add_arrow(
    builder: ChunkBuilder, random: Random, offset: float, along: float, strength: float
) -> None:
    pieces = _STRAIGHT_ARROW if random.random() < 0.6 else _TURN_ARROW
    flip = random.choice((-1.0, 1.0))
    for piece in pieces:
        outline = [(offset + flip * d, along + v) for d, v in piece]
        builder.paint_patch(outline, _PAINT, strength, ROAD_MARKING)


def _add_signals(
    builder: ChunkBuilder,
    random: Random,
    conditions: SceneConditions,
    layout: RoadLayout,
    near: float,
    far: float,
) -> None:
    variant = random.randrange(64)
    own = 1.0 if not conditions.left_hand_traffic else -1.0
    right, left = layout.right_edge_m + 0.7, layout.left_edge_m - 0.7
    arm = random.choice((0.0, 0.0, 4.0, 6.0))
    across = random.random() < 0.6
    for reverse, along, beyond in ((False, near, far), (True, far, near)):
        side = own if not reverse else -own
        offset = right if side > 0 else left
        reach = -arm if side > 0 else arm
        if reverse:
            reach = -reach
        builder.signals.append(Signal(offset, along, reverse, variant, reach))
        if across:
            builder.signals.append(Signal(offset, beyond, reverse, variant, reach))


def _add_wear(
    builder: ChunkBuilder, random: Random, layout: RoadLayout, lighting: Lighting
) -> None:
    """Add patches of other asphalt, cracks, manholes, puddles and snow."""
    left, right = layout.left_edge_m, layout.right_edge_m
    base = layout.asphalt
    for _ in range(random.choice((0, 0, 1, 1, 2))):
        d, v = random.uniform(left, right - 1.5), random.uniform(0.0, CHUNK_M - 8.0)
        wide, long = random.uniform(0.6, 2.2), random.uniform(1.0, 8.0)
        tone = random.uniform(0.65, 1.2)
        builder.paint_patch(
            [(d, v), (min(d + wide, right), v), (min(d + wide, right), v + long), (d, v + long)],
            toned(base, tone), 0.75,
        )  # fmt: skip
    for _ in range(random.choice((0, 0, 1, 3))):
        d, v = random.uniform(left, right), random.uniform(0.0, CHUNK_M)
        angle = random.choice((0.0, math.pi / 2)) + random.uniform(-0.5, 0.5)
        for _ in range(3):
            length = random.uniform(0.5, 1.8)
            e, w = d + length * math.cos(angle), v + length * math.sin(angle)
            nx, ny = -0.025 * math.sin(angle), 0.025 * math.cos(angle)
            builder.paint_patch(
                [(d + nx, v + ny), (e + nx, w + ny), (e - nx, w - ny), (d - nx, v - ny)],
                toned(base, 0.45), 0.8,
            )  # fmt: skip
            d, v, angle = e, w, angle + random.uniform(-0.8, 0.8)
    for _ in range(random.choice((0, 0, 0, 1))):
        lane = random.choice(layout.lanes)
        d, v = lane.offset_m + random.uniform(-0.8, 0.8), random.uniform(2.0, CHUNK_M - 2.0)
        builder.paint_patch(_round(d, v, 0.33, 0.33), toned(base, 0.5), 0.85)
    if lighting.wetness:
        for _ in range(random.randint(0, 4)):
            d, v = random.uniform(left, right), random.uniform(2.0, CHUNK_M - 2.0)
            blue, green, red = (0.6 * lighting.horizon).tolist()
            builder.paint_patch(
                _round(d, v, random.uniform(0.3, 1.3), random.uniform(0.6, 3.0)),
                (blue, green, red), 0.55,
            )
    if lighting.snow:
        for _ in range(random.randint(2, 7)):
            d, v = random.uniform(left, right), random.uniform(2.0, CHUNK_M - 2.0)
            builder.paint_patch(
                _round(d, v, random.uniform(0.2, 0.7), random.uniform(0.8, 5.0)),
                (225.0, 220.0, 215.0), 0.75 * lighting.snow,
            )  # fmt: skip


def _block(
    builder: ChunkBuilder, d0: float, d1: float, v0: float, v1: float, strength: float
) -> None:
    builder.paint_patch([(d0, v0), (d1, v0), (d1, v1), (d0, v1)], _PAINT, strength, ROAD_MARKING)


def _round(d: float, v: float, wide: float, long: float) -> list[tuple[float, float]]:
    angles = [2.0 * math.pi * k / 10 for k in range(10)]
    return [(d + wide * math.cos(a), v + long * math.sin(a)) for a in angles]
