# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Everything that moves: endless streams of vehicles, pedestrians and cyclists.

A stream is a row of slots that moves along the road at one speed, so nothing in it collides;
what fills a slot follows from the seed and the slot's number alone.
"""

from __future__ import annotations

from dataclasses import dataclass
import math
from random import Random

from hailo_perception.scenes import people
from hailo_perception.scenes import vehicles
from hailo_perception.scenes.conditions import SceneConditions
from hailo_perception.scenes.layout import RoadLayout
from hailo_perception.scenes.mesh import Mesh

_VEHICLE_WEIGHTS = {
    'city': {'sedan': 30, 'hatchback': 25, 'suv': 22, 'van': 9, 'pickup': 5, 'truck': 5, 'bus': 5},
    'suburb': {'sedan': 30, 'hatchback': 25, 'suv': 25, 'van': 8, 'pickup': 8, 'truck': 4,
               'bus': 2},
    'highway': {'sedan': 32, 'hatchback': 18, 'suv': 22, 'van': 8, 'pickup': 6, 'truck': 5,
                'semi': 12, 'bus': 2},
    'rural': {'sedan': 30, 'hatchback': 22, 'suv': 22, 'van': 8, 'pickup': 10, 'truck': 6,
              'semi': 5, 'bus': 1},
}  # fmt: skip
_UNUSUAL_KINDS = ('bus', 'truck', 'semi', 'van', 'bus', 'truck')
_LONGEST_M = 16.0
_SHORT_KINDS = ('sedan', 'hatchback', 'suv', 'van', 'pickup')
_FOLLOW_M = 9.0
_PEOPLE_RANGE_M = 120.0


@dataclass(frozen=True, slots=True)
class Stream:
    """One row of moving slots at a lateral offset; speed is along the road, signed."""

    name: str
    what: str  # 'vehicle', 'person' or 'cyclist'
    offset_m: float
    sway_m: float
    speed_mps: float
    spacing_m: float
    filled: float
    is_ego: bool = False


@dataclass(frozen=True, slots=True)
class Mover:
    """One moving thing at one moment: arc length, lateral offset, turned to `reverse` or not."""

    mesh: Mesh
    arc_m: float
    offset_m: float
    reverse: bool
    half_width_m: float
    half_length_m: float
    height_m: float


def random_streams(
    random: Random, conditions: SceneConditions, layout: RoadLayout
) -> tuple[Stream, ...]:
    """Draw the streams of a drive."""
    streams = []
    traffic = conditions.traffic
    speed = conditions.speed_mps
    built_up = conditions.kind in ('city', 'suburb')
    jam = speed <= 5.0 and traffic > 0.8
    for k, lane in enumerate(layout.lanes if traffic > 0.0 else ()):
        ego = k == layout.ego_lane
        factor = 1.0 if ego else random.uniform(0.75, 1.25)
        if lane.direction < 0:
            factor = -random.uniform(0.8, 1.2)
        spacing = 9.5 + random.uniform(0.0, 4.0) if jam else 22.0 + 2.0 * speed * (1.3 - traffic)
        streams.append(
            Stream(
                name=f'lane{k}',
                what='vehicle',
                offset_m=lane.offset_m,
                sway_m=0.25,
                speed_mps=max(abs(factor) * speed, 3.0) * math.copysign(1.0, factor)
                if not ego else speed,
                spacing_m=spacing,
                filled=min(1.0, (0.95 if ego else 0.35 + 0.6 * traffic) * min(1.0, traffic * 3)),
                is_ego=ego,
            )
        )  # fmt: skip
    if built_up and conditions.people > 0.0 and layout.pavement_m:
        for side, edge in ((-1.0, layout.left_edge_m), (1.0, layout.right_edge_m)):
            for row in range(3):
                across = edge + side * layout.pavement_m * (0.35 + 0.3 * row)
                streams.append(
                    Stream(
                        name=f'walk{side}{row}',
                        what='person',
                        offset_m=across,
                        sway_m=0.2,
                        speed_mps=random.choice((-1.0, 1.0)) * random.uniform(0.9, 1.6),
                        spacing_m=random.uniform(5.0, 14.0) / (0.25 + conditions.people),
                        filled=0.75,
                    )
                )
    if conditions.people > 0.0 and conditions.kind != 'highway':
        for side, edge in ((-1, layout.left_edge_m), (1, layout.right_edge_m)):
            drives = 1 if (side > 0) != conditions.left_hand_traffic else -1
            streams.append(
                Stream(
                    name=f'cycle{side}',
                    what='cyclist',
                    offset_m=edge - side * (layout.parking_m + 0.45),
                    sway_m=0.15,
                    speed_mps=drives * min(random.uniform(3.5, 6.5), max(1.0, 0.8 * speed)),
                    spacing_m=45.0 / (0.2 + conditions.people + 2.0 * conditions.unusual),
                    filled=0.7 if built_up else 0.3,
                )
            )
    return tuple(streams)


def movers(
    stream: Stream,
    seed: int,
    conditions: SceneConditions,
    time_s: float,
    ego_arc_m: float,
    behind_m: float,
    ahead_m: float,
    lights: bool,
) -> list[Mover]:
    """Return what of a stream is between `behind_m` and `ahead_m` of the ego vehicle."""
    spacing = stream.spacing_m
    moved = stream.speed_mps * time_s
    first = math.ceil((ego_arc_m - behind_m - moved) / spacing)
    reach = ahead_m if stream.what == 'vehicle' else min(ahead_m, _PEOPLE_RANGE_M)
    last = math.floor((ego_arc_m + reach - moved) / spacing)
    found = []
    for slot in range(first, last + 1):
        random = Random(f'{seed}/{stream.name}/{slot}')
        if random.random() > stream.filled:
            continue
        kind = _kind(random, stream, conditions)
        room = spacing - (_LONGEST_M if kind not in _SHORT_KINDS else 6.5)
        loose = max(0.0, min(0.45 * room, 0.35 * spacing))
        arc = slot * spacing + moved + random.uniform(-loose, loose)
        arc += 0.15 * loose * math.sin(0.3 * time_s + slot)
        sway = stream.sway_m * math.sin(0.35 * time_s + 5.0 * random.random())
        offset = stream.offset_m + sway + random.uniform(-stream.sway_m, stream.sway_m)
        if stream.is_ego and (slot == 0 or abs(arc - ego_arc_m) < _FOLLOW_M):
            continue
        found.append(_mover(random, stream, kind, arc, offset, time_s, lights))
    return found


def _kind(random: Random, stream: Stream, conditions: SceneConditions) -> str:
    if stream.what != 'vehicle':
        return 'sedan'
    weights = _VEHICLE_WEIGHTS[conditions.kind]
    kind = random.choices(list(weights), list(weights.values()))[0]
    # Nothing is drawn without the share, so that scenes of a seed stay what they were.
    if conditions.unusual and random.random() < conditions.unusual:
        kind = random.choice(_UNUSUAL_KINDS)
    if kind not in _SHORT_KINDS and stream.spacing_m < 2.0 * _LONGEST_M:
        return 'sedan'
    return kind


def _mover(
    random: Random,
    stream: Stream,
    kind: str,
    arc: float,
    offset: float,
    time_s: float,
    lights: bool,
) -> Mover:
    reverse = stream.speed_mps < 0.0
    if stream.what == 'person':
        variant = random.randrange(people.VARIANTS)
        stride = 1.4
        phase = int(people.PHASES * (abs(stream.speed_mps) * time_s / stride + random.random()))
        mesh = people.pedestrian(variant, phase % people.PHASES)
        return Mover(mesh, arc, offset, reverse, 0.25, 0.2, 1.7)
    if stream.what == 'cyclist':
        variant = random.randrange(people.VARIANTS)
        motor = random.random() < 0.3
        phase = int(people.PHASES * (1.2 * time_s + random.random()))
        mesh = people.cyclist(variant, 0 if motor else phase % people.PHASES, motor)
        return Mover(mesh, arc, offset, reverse, 0.3, 0.9, 1.6)
    variant = random.randrange(vehicles.VARIANTS)
    braking = random.random() < 0.2
    mesh = vehicles.vehicle(kind, variant, lights or random.random() < 0.15, braking)
    half_length = 0.5 * vehicles.LENGTHS_M[kind]
    tall = 3.2 if kind in ('truck', 'semi', 'bus') else 1.5
    return Mover(mesh, arc, offset, reverse, 0.95 if tall < 2.0 else 1.25, half_length, tall)
