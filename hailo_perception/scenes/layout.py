# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The cross-section of the road: lanes, lines, kerbs, pavements and what lies beyond."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from hailo_perception.scenes.conditions import SceneConditions
from hailo_perception.scenes.labels import ROAD
from hailo_perception.scenes.labels import SIDEWALK
from hailo_perception.scenes.labels import TERRAIN
from hailo_perception.scenes.labels import WHITE_LINE
from hailo_perception.scenes.labels import YELLOW_LINE

Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class LaneLine:
    """One painted line along the road; `period_m` 0 is a solid one."""

    offset_m: float
    width_m: float
    class_id: int
    dash_m: float = 0.0
    period_m: float = 0.0
    phase_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Band:
    """A strip of ground of one material up to the lateral offset `until_m`."""

    until_m: float
    semantic: int
    colour: Colour
    roughness: float


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane: its middle, its width and its direction (+1 with the ego vehicle)."""

    offset_m: float
    width_m: float
    direction: int


@dataclass(frozen=True, slots=True)
class RoadLayout:
    """A cross-section; offsets are lateral, positive to the right, 0 is the course's centre."""

    lanes: tuple[Lane, ...]
    ego_lane: int
    lines: tuple[LaneLine, ...]
    bands: tuple[Band, ...]  # from left to right
    left_edge_m: float  # of the carriageway, parking included
    right_edge_m: float
    parking_m: float  # width of the parking lane on either side, 0: none
    pavement_m: float  # width of the pavement on either side, 0: none
    median_m: float  # width of the strip between the directions, 0: none
    asphalt: Colour

    @property
    def ego_offset_m(self) -> float:
        """Lateral offset of the ego lane's middle."""
        return self.lanes[self.ego_lane].offset_m


_LANE_COUNTS = {
    'city': ((1, 1), (1, 1), (2, 2), (2, 2), (3, 3), (2, 1), (1, 2), (3, 0), (2, 0)),
    'suburb': ((1, 1), (1, 1), (1, 1), (2, 2), (2, 1)),
    'highway': ((2, 2), (3, 3), (3, 3), (4, 4), (4, 4), (3, 0), (2, 0)),
    'rural': ((1, 1), (1, 1), (1, 1), (2, 1)),
}


def random_layout(random: Random, conditions: SceneConditions) -> RoadLayout:
    """Draw a cross-section that suits the kind of road."""
    kind = conditions.kind
    built_up = kind in ('city', 'suburb')
    own, other = random.choice(_LANE_COUNTS[kind])
    width = random.uniform(3.4, 3.8) if kind == 'highway' else random.uniform(2.8, 3.6)
    if kind == 'highway' and other:
        median = random.uniform(1.5, 9.0)
    elif kind == 'city' and own >= 2 and other >= 2 and random.random() < 0.3:
        median = random.uniform(1.0, 4.0)
    else:
        median = 0.0
    shoulder = {'city': 0.35, 'suburb': 0.3, 'highway': 2.6, 'rural': 0.35}[kind]
    shoulder *= random.uniform(0.7, 1.3)
    side = -1 if conditions.left_hand_traffic else 1

    # Offsets are laid out for right-hand traffic and mirrored with `side` at the end.
    lanes = [(median / 2 + width * (k + 0.5), 1) for k in range(own)]
    lanes += [(-median / 2 - width * (k + 0.5), -1) for k in range(other)]
    shift = 0.0 if other else -width * own / 2
    parking = random.uniform(2.0, 2.4) if built_up and random.random() < 0.6 else 0.0
    pavement = random.uniform(1.6, 5.0) if built_up else 0.0
    right = median / 2 + width * own + shoulder + parking
    left = -(median / 2 + width * other + shoulder + parking)

    yellow = random.random() < 0.45
    lines = _lines(random, kind, own, other, width, median, shoulder, yellow)
    asphalt = _asphalt(random)
    bands = _bands(random, kind, asphalt, left, right, median if other else 0.0, pavement)
    if side < 0:
        bands = _mirrored(bands)
    placed = tuple(Lane(side * (x + shift), width, direction) for x, direction in lanes)
    return RoadLayout(
        lanes=placed,
        ego_lane=random.randrange(own),
        lines=tuple(
            LaneLine(side * (x + shift), w, c, dash, period, random.uniform(0.0, 10.0))
            for x, w, c, dash, period in lines
        ),
        bands=tuple(
            Band(band.until_m + side * shift, band.semantic, band.colour, band.roughness)
            for band in bands
        ),
        left_edge_m=min(side * (left + shift), side * (right + shift)),
        right_edge_m=max(side * (left + shift), side * (right + shift)),
        parking_m=parking,
        pavement_m=pavement,
        median_m=median,
        asphalt=asphalt,
    )


def _asphalt(random: Random) -> Colour:
    grey = random.uniform(62.0, 150.0)
    tint = random.uniform(-6.0, 8.0)
    return (grey - tint, grey, grey + tint)


def _lines(
    random: Random,
    kind: str,
    own: int,
    other: int,
    width: float,
    median: float,
    shoulder: float,
    yellow: bool,
) -> list[tuple[float, float, int, float, float]]:
    """Draw (offset, width, class, dash, period) of every line, for right-hand traffic."""
    paint = random.uniform(0.10, 0.18) if kind != 'highway' else random.uniform(0.12, 0.22)
    dash, gap = random.choice(((3.0, 9.0), (3.0, 6.0), (6.0, 12.0), (1.5, 3.0), (4.0, 8.0)))
    lines = []
    bare = kind == 'suburb' and random.random() < 0.25
    for k in range(1, own):
        lines.append((median / 2 + width * k, paint, WHITE_LINE, dash, dash + gap))
    for k in range(1, other):
        lines.append((-median / 2 - width * k, paint, WHITE_LINE, dash, dash + gap))
    middle = YELLOW_LINE if yellow else WHITE_LINE
    if other and not median and not bare:
        style = random.choice(('double', 'double', 'dashed', 'solid', 'mixed'))
        if style in ('double', 'mixed'):
            gap_m = paint / 2 + random.uniform(0.05, 0.09)
            dashes = (dash, dash + gap) if style == 'mixed' else (0.0, 0.0)
            lines.append((gap_m, paint, middle, 0.0, 0.0))
            lines.append((-gap_m, paint, middle, *dashes))
        else:
            dashes = (dash, dash + gap) if style == 'dashed' else (0.0, 0.0)
            lines.append((0.0, paint, middle, *dashes))
    elif median or not other:
        inset = 0.25 if median else -0.12
        lines.append((median / 2 + inset - 0.12, paint, middle, 0.0, 0.0))
        if other:
            lines.append((-median / 2 - inset + 0.12, paint, middle, 0.0, 0.0))
    edged = kind in ('highway', 'rural') or random.random() < 0.4
    if edged and not bare:
        dashes = (1.0, 2.0) if kind == 'city' and random.random() < 0.2 else (0.0, 0.0)
        lines.append((median / 2 + width * own + 0.05, paint, WHITE_LINE, *dashes))
        if other:
            lines.append((-median / 2 - width * other - 0.05, paint, WHITE_LINE, *dashes))
    return lines


def _bands(
    random: Random,
    kind: str,
    asphalt: Colour,
    left: float,
    right: float,
    median: float,
    pavement: float,
) -> list[Band]:
    """Draw the ground's strips from left to right, for right-hand traffic."""
    grass = random.choice(
        (
            (45.0, 105.0, 80.0),
            (60.0, 120.0, 105.0),
            (80.0, 125.0, 135.0),
            (95.0, 140.0, 165.0),
            (40.0, 85.0, 60.0),
        )
    )
    grey = random.uniform(120.0, 185.0)
    paving = (grey * random.uniform(0.86, 1.0), grey * 0.97, grey)
    kerb = (random.uniform(140.0, 190.0),) * 3
    outside = (
        Band(0.0, SIDEWALK, paving, 0.6) if kind == 'city' else Band(0.0, TERRAIN, grass, 1.6)
    )
    gravel = (105.0, 120.0, 130.0)

    def strip(until: float, of: Band) -> Band:
        return Band(until, of.semantic, of.colour, of.roughness)

    kerb_band = Band(0.0, SIDEWALK, kerb, 0.3)
    pave_band = Band(0.0, SIDEWALK, paving, 0.6)
    verge_band = Band(0.0, TERRAIN, gravel, 1.4)
    road_band = Band(0.0, ROAD, asphalt, 1.0)
    verge = random.uniform(0.4, 1.2)
    bands = [strip(left - (pavement or verge) - 0.15, outside)]
    if pavement:
        bands += [strip(left - 0.15, pave_band), strip(left, kerb_band)]
    else:
        bands += [strip(left, verge_band)]
    if median:
        grassy = Band(0.0, TERRAIN, grass, 1.6)
        filling = grassy if random.random() < 0.6 else pave_band
        half = median / 2 - 0.25
        bands += [
            strip(-half, road_band),
            strip(-half + 0.15, kerb_band),
            strip(half - 0.15, filling),
            strip(half, kerb_band),
        ]
    bands += [strip(right, road_band)]
    if pavement:
        bands += [strip(right + 0.15, kerb_band), strip(right + pavement + 0.15, pave_band)]
    else:
        bands += [strip(right + verge + 0.15, verge_band)]
    return [*bands, strip(float('inf'), outside)]


def _mirrored(bands: list[Band]) -> list[Band]:
    """Return the strips as seen in a mirror: offsets change sign."""
    edges = [-band.until_m for band in bands[:-1]][::-1] + [float('inf')]
    return [
        Band(edge, band.semantic, band.colour, band.roughness)
        for edge, band in zip(edges, bands[::-1])
    ]
