# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What stands along the road, stretch by stretch: each follows from the seed and its number."""

from __future__ import annotations

from dataclasses import dataclass
import math
from random import Random

from hailo_perception.scenes import buildings
from hailo_perception.scenes import markings
from hailo_perception.scenes import people
from hailo_perception.scenes import plants
from hailo_perception.scenes import street_furniture
from hailo_perception.scenes import vehicles
from hailo_perception.scenes.chunk import Chunk
from hailo_perception.scenes.chunk import CHUNK_M
from hailo_perception.scenes.chunk import ChunkBuilder
from hailo_perception.scenes.chunk import LAMP_ALONG_M
from hailo_perception.scenes.conditions import SceneConditions
from hailo_perception.scenes.layout import RoadLayout
from hailo_perception.scenes.lighting import Lighting
from hailo_perception.scenes.road import RoadCourse

_PARKED_KINDS = ('sedan', 'sedan', 'hatchback', 'hatchback', 'suv', 'suv', 'van', 'pickup')
_SLOT_M = 6.4


@dataclass(frozen=True, slots=True)
class SceneryStyle:
    """What a drive's roadside has in common, per side (left, right)."""

    barriers: tuple[str | None, str | None]
    trees_per_chunk: float
    lamp_every: int  # chunks, 0: none
    lamp_variant: int
    pole_lines: bool
    built: tuple[float, float]  # share of the frontage with buildings
    bare_trees: bool
    set_back_m: float


def random_style(random: Random, conditions: SceneConditions) -> SceneryStyle:
    """Draw the roadside's style."""
    kind = conditions.kind
    barriers: dict[str, tuple[str | None, ...]] = {
        'city': (None, None, None, None, 'mesh', 'brick_wall'),
        'suburb': (None, None, 'boards', 'brick_wall', 'hedge', 'hedge', 'mesh'),
        'highway': ('rail', 'rail', 'rail', 'jersey', 'noise_wall', None),
        'rural': (None, None, 'rail', 'boards', 'hedge', 'mesh'),
    }
    full = {'city': (0.6, 1.0), 'suburb': (0.3, 0.8), 'highway': (0.0, 0.25), 'rural': (0.0, 0.1)}
    low, high = full[kind]
    return SceneryStyle(
        barriers=(random.choice(barriers[kind]), random.choice(barriers[kind])),
        trees_per_chunk=random.uniform(0.0, 6.0) * (0.8 if kind == 'city' else 1.5),
        lamp_every={'city': 1, 'suburb': 1, 'highway': random.choice((0, 2)), 'rural': 0}[kind],
        lamp_variant=random.randrange(64),
        pole_lines=kind != 'highway' and random.random() < 0.3,
        built=(random.uniform(low, high), random.uniform(low, high)),
        bare_trees=random.random() < (0.7 if conditions.weather == 'snow' else 0.15),
        set_back_m=random.uniform(0.0, 5.0) if kind == 'city' else random.uniform(4.0, 12.0),
    )


def build_chunk(
    number: int,
    seed: int,
    conditions: SceneConditions,
    layout: RoadLayout,
    lighting: Lighting,
    style: SceneryStyle,
    course: RoadCourse,
) -> Chunk:
    """Build stretch `number` of the world, CHUNK_M long."""
    random = Random(f'{seed}/chunk/{number}')
    builder = ChunkBuilder(course, number * CHUNK_M, lighting)
    crossing = markings.add_markings(builder, random, conditions, layout, lighting)
    if conditions.scenery == 0.0:
        return builder.build()
    for side in (-1, 1):
        verge = _Verge(
            side, number, builder, random, conditions, layout, lighting, style, crossing
        )
        _add_buildings(verge)
        _add_barrier(verge)
        _add_plants(verge)
        _add_furniture(verge)
        if layout.parking_m:
            _add_parked(verge)
        if crossing and random.random() < conditions.traffic:
            _add_waiting_car(verge, crossing)
    if layout.median_m >= 1.5 and conditions.kind == 'highway':
        _add_median(builder, Random(f'{seed}/median'), layout)
    if conditions.kind == 'highway' and random.random() < 0.12 * conditions.scenery:
        lanes = [lane.offset_m for lane in layout.lanes if lane.direction > 0]
        low, high = min(lanes) - 2.2, max(lanes) + 5.0
        mesh = street_furniture.gantry(random.randrange(64), round(high - low, 1))
        builder.stand(mesh, low, 20.0)
    return builder.build()


@dataclass(frozen=True, slots=True)
class _Verge:
    """One side of the road along a chunk: what stands there depends on all of this."""

    side: int  # -1 left, 1 right
    number: int
    builder: ChunkBuilder
    random: Random
    conditions: SceneConditions
    layout: RoadLayout
    lighting: Lighting
    style: SceneryStyle
    crossing: tuple[float, float] | None

    @property
    def edge_m(self) -> float:
        """Where the carriageway ends, right of the middle of the road."""
        return self.layout.left_edge_m if self.side < 0 else self.layout.right_edge_m

    @property
    def front_m(self) -> float:
        """Where what lies behind the pavement begins, right of the middle of the road."""
        return self.edge_m + self.side * (self.layout.pavement_m + 0.6)

    @property
    def is_lit(self) -> bool:
        """Whether lamps are on, in the street and behind windows."""
        return self.lighting.lamps > 0.2

    @property
    def facing_rad(self) -> float:
        """Turn of what stands as the traffic of this side goes."""
        return 0.0 if (self.side > 0) != self.conditions.left_hand_traffic else math.pi

    def is_free(self, low: float, high: float, margin: float = 1.0) -> bool:
        """Tell whether things may stand there along the chunk: not in a street that crosses."""
        if not 0.0 <= low <= high <= CHUNK_M:
            return False
        if self.crossing is None:
            return True
        return high < self.crossing[0] - margin or low > self.crossing[1] + margin


def _add_buildings(verge: _Verge) -> None:
    builder, random, side = verge.builder, verge.random, verge.side
    conditions, style = verge.conditions, verge.style
    share = style.built[0 if side < 0 else 1] * conditions.scenery
    turn = 0.0 if side > 0 else math.pi
    along = 0.0
    while along < CHUNK_M - 6.0 and share > 0.0:
        if conditions.kind == 'city':
            length = random.choice((10.0, 13.0, 20.0))
            gap = 0.0 if random.random() < 0.75 else random.uniform(1.0, 6.0)
            mesh, height, depth = None, 11.0, 12.0
        else:
            length, gap = 17.0, random.uniform(0.0, 8.0)
            mesh, height, depth = None, 6.0, 9.0
        middle = along + length / 2
        if random.random() < share and verge.is_free(along, along + length, 0.0):
            variant = random.randrange(64)
            back = style.set_back_m + (random.uniform(0.0, 1.0) if random.random() < 0.3 else 0.0)
            if conditions.kind == 'city':
                mesh = buildings.block(variant, length, verge.is_lit)
            elif conditions.kind == 'suburb' and random.random() < 0.85:
                mesh = buildings.house(variant, verge.is_lit)
            else:
                mesh, back = buildings.shed(variant), back + 8.0
            place_at = verge.front_m + side * back
            builder.stand(mesh, place_at, middle, turn=turn, height_m=height,
                          footprint_m=(0.0, -length / 2, depth, length / 2))  # fmt: skip
        along += length + gap


def _add_barrier(verge: _Verge) -> None:
    random, style = verge.random, verge.style
    kind = style.barriers[0 if verge.side < 0 else 1]
    if kind is None or random.random() > 0.4 + 0.6 * verge.conditions.scenery:
        return
    piece = street_furniture.BARRIER_PIECE_M
    for k in range(int(CHUNK_M / piece)):
        middle = (k + 0.5) * piece
        if verge.is_free(middle - piece / 2, middle + piece / 2, 0.0):
            tall = {'rail': 0.7, 'jersey': 0.85, 'noise_wall': 3.5}.get(kind, 1.3)
            verge.builder.stand(street_furniture.barrier(kind, style.lamp_variant), verge.front_m,
                                middle, tilted=True, height_m=tall,
                                footprint_m=(-0.1, -piece / 2, 0.1, piece / 2))  # fmt: skip


def _add_plants(verge: _Verge) -> None:
    builder, random, side = verge.builder, verge.random, verge.side
    conditions, style = verge.conditions, verge.style
    edge, front = verge.edge_m, verge.front_m
    count = int(style.trees_per_chunk * conditions.scenery + random.random())
    for _ in range(count):
        along = random.uniform(1.0, CHUNK_M - 1.0)
        if not verge.is_free(along - 0.5, along + 0.5, 2.0):
            continue
        if verge.layout.pavement_m and random.random() < 0.5:
            offset = edge + side * 0.9
        else:
            offset = front + side * random.uniform(1.5, 14.0)
        variant = random.randrange(plants.VARIANTS)
        builder.stand(plants.tree(variant, style.bare_trees), offset, along)
        x, y, _ = builder.point(offset, along)
        size = random.uniform(1.5, 3.0)
        builder.shade([(x - 0.1, y), (x + 0.1, y)], 4.0)
        if not style.bare_trees:
            builder.shade_crown(x, y, 5.5, size)
            builder.shade_crown(x + 0.7 * size, y + 0.5 * size, 5.0, 0.8 * size)
    if conditions.kind != 'city':
        for _ in range(random.randint(0, 4)):
            along = random.uniform(1.0, CHUNK_M - 1.0)
            if verge.is_free(along - 0.5, along + 0.5, 1.5):
                offset = front + side * random.uniform(0.8, 9.0)
                builder.stand(plants.bush(random.randrange(plants.VARIANTS)), offset, along)
        far = random.uniform(35.0, 70.0)
        if random.random() < 0.7:
            for k in range(5):
                variant = random.randrange(plants.VARIANTS)
                offset = edge + side * (far + random.uniform(0.0, 12.0))
                builder.stand(plants.tree(variant, False), offset, k * 8.0 + 4.0)


def _add_furniture(verge: _Verge) -> None:
    builder, random, side = verge.builder, verge.random, verge.side
    conditions, style = verge.conditions, verge.style
    edge, pavement_m = verge.edge_m, verge.layout.pavement_m
    kerb = edge + side * (0.5 if pavement_m else 1.3)
    lamp_here = style.lamp_every and verge.number % style.lamp_every == 0
    if lamp_here and verge.is_free(LAMP_ALONG_M, LAMP_ALONG_M):
        builder.stand(street_furniture.street_lamp(style.lamp_variant, -2.0 * side, verge.is_lit),
                      kerb, LAMP_ALONG_M, height_m=7.0,
                      footprint_m=(-0.08, -0.08, 0.08, 0.08))  # fmt: skip
    if style.pole_lines and verge.is_free(6.0, 6.0):
        offset = kerb + side * max(0.0, pavement_m - 0.6)
        builder.stand(street_furniture.utility_pole(style.lamp_variant), offset, 6.0,
                      footprint_m=(-0.12, -0.12, 0.12, 0.12), height_m=8.0)  # fmt: skip
    likely = {'city': 0.75, 'suburb': 0.5, 'highway': 0.25, 'rural': 0.3}[conditions.kind]
    for _ in range(2):
        along = random.uniform(2.0, CHUNK_M - 2.0)
        if random.random() < likely * conditions.scenery and verge.is_free(along, along):
            turn = verge.facing_rad + random.uniform(-0.15, 0.15)
            builder.stand(street_furniture.traffic_sign(random.randrange(64)),
                          kerb + side * random.uniform(0.0, 0.5), along, turn=turn,
                          footprint_m=(-0.3, -0.02, 0.3, 0.02), height_m=2.6)  # fmt: skip
    if not pavement_m:
        return
    for _ in range(random.randint(0, 3)):
        along = random.uniform(2.0, CHUNK_M - 2.0)
        if verge.is_free(along, along):
            builder.stand(street_furniture.small_thing(random.randrange(64)),
                          kerb + side * random.uniform(0.0, 0.3), along)  # fmt: skip
    if random.random() < 0.5 * conditions.people:
        along = random.uniform(3.0, CHUNK_M - 3.0)
        for k in range(random.randint(1, 3)):
            if verge.is_free(along, along + 2.0):
                builder.stand(people.parked_bicycle(random.randrange(64)),
                              edge + side * (pavement_m - 0.4), along + 0.7 * k,
                              turn=math.pi / 2 + random.uniform(-0.2, 0.2))  # fmt: skip
    for _ in range(int(3.0 * conditions.people * random.random())):
        along = random.uniform(1.0, CHUNK_M - 1.0)
        offset = edge + side * random.uniform(0.5, max(0.6, pavement_m))
        builder.stand(people.pedestrian(random.randrange(people.VARIANTS), -1), offset, along,
                      turn=random.uniform(0.0, 6.3), height_m=1.7,
                      footprint_m=(-0.25, -0.15, 0.25, 0.15))  # fmt: skip


def _add_parked(verge: _Verge) -> None:
    builder, random = verge.builder, verge.random
    offset = verge.edge_m - verge.side * verge.layout.parking_m / 2
    for slot in range(int(CHUNK_M / _SLOT_M)):
        middle = (slot + 0.5) * CHUNK_M / int(CHUNK_M / _SLOT_M)
        wanted = random.random() < 0.15 + 0.75 * verge.conditions.traffic
        if not wanted or not verge.is_free(middle - 2.9, middle + 2.9, 3.0):
            continue
        kind = random.choice(_PARKED_KINDS)
        flipped = math.pi if random.random() < 0.08 else 0.0
        mesh = vehicles.vehicle(kind, random.randrange(vehicles.VARIANTS), False, False)
        half = vehicles.LENGTHS_M[kind] / 2
        builder.stand(mesh, offset + random.uniform(-0.15, 0.15), middle + random.uniform(-.2, .2),
                      turn=verge.facing_rad + flipped + random.uniform(-0.03, 0.03), tilted=True,
                      footprint_m=(-0.9, -half, 0.9, half), height_m=1.35)  # fmt: skip
        builder.paint_patch(
            [(offset - 0.95, middle - half), (offset + 0.95, middle - half),
             (offset + 0.95, middle + half), (offset - 0.95, middle + half)],
            (18.0, 18.0, 18.0), 0.7,
        )  # fmt: skip


def _add_waiting_car(verge: _Verge, crossing: tuple[float, float]) -> None:
    """Stand a car in the side street, waiting to come out or having turned in."""
    random, side = verge.random, verge.side
    coming = random.random() < 0.6
    share = 0.72 if coming == (side > 0) else 0.28
    along = crossing[0] + (crossing[1] - crossing[0]) * share
    turn = math.pi / 2 * (-side if coming else side)
    for k in range(random.randint(1, 2)):
        kind = random.choice(_PARKED_KINDS)
        mesh = vehicles.vehicle(kind, random.randrange(vehicles.VARIANTS), False, False)
        verge.builder.stand(mesh, verge.front_m + side * (3.5 + 6.5 * k), along, turn=turn,
                            footprint_m=(-0.9, -2.2, 0.9, 2.2), height_m=1.35)  # fmt: skip


def _add_median(builder: ChunkBuilder, random: Random, layout: RoadLayout) -> None:
    inner = [lane.offset_m for lane in layout.lanes]
    ahead = min((lane.offset_m for lane in layout.lanes if lane.direction > 0), key=abs)
    against = [lane.offset_m for lane in layout.lanes if lane.direction < 0]
    if not against:
        return
    middle = 0.5 * (ahead + min(against, key=abs))
    kind = random.choice(('rail', 'jersey', 'rail', 'hedge'))
    piece = street_furniture.BARRIER_PIECE_M
    variant = len(inner)
    for k in range(int(CHUNK_M / piece)):
        builder.stand(street_furniture.barrier(kind, variant), middle, (k + 0.5) * piece,
                      tilted=True, footprint_m=(-0.1, -piece / 2, 0.1, piece / 2),
                      height_m=0.8)  # fmt: skip
