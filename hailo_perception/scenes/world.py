# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The endless world of one drive, and what of it is in reach at one moment."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from dataclasses import replace
import math
from random import Random

import numpy as np

from hailo_perception.scenes import traffic
from hailo_perception.scenes.chunk import Chunk
from hailo_perception.scenes.chunk import CHUNK_M
from hailo_perception.scenes.conditions import SceneConditions
from hailo_perception.scenes.ground_paint import GroundPaint
from hailo_perception.scenes.ground_paint import merge_paint
from hailo_perception.scenes.ground_paint import PaintBuilder
from hailo_perception.scenes.ground_paint import shadow_outline
from hailo_perception.scenes.layout import random_layout
from hailo_perception.scenes.lighting import random_lighting
from hailo_perception.scenes.mesh import merge
from hailo_perception.scenes.mesh import Mesh
from hailo_perception.scenes.mesh import place_all
from hailo_perception.scenes.road import RoadCourse
from hailo_perception.scenes.scenery import build_chunk
from hailo_perception.scenes.scenery import random_style
from hailo_perception.scenes.street_furniture import traffic_light

REACH_M = 240.0
_BEHIND_M = 20.0
_KEPT_CHUNKS = 24
_RED, _AMBER, _GREEN = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Moment:
    """All that is in reach at one moment, with y counted from `origin_y`."""

    mesh: Mesh
    paint: GroundPaint
    shadows: GroundPaint
    crossings: tuple[tuple[float, float], ...]
    origin_y: float


class World:
    """Road, roadside and traffic; all follows from the seed and the conditions."""

    def __init__(self, seed: int, conditions: SceneConditions) -> None:
        self.course = RoadCourse(seed, conditions)
        self.layout = random_layout(Random(f'{seed}/layout'), conditions)
        self.lighting = random_lighting(Random(f'{seed}/lighting'), conditions)
        random = Random(f'{seed}/drive')
        self.style = random_style(random, conditions)
        self._seed = seed
        self._conditions = conditions
        self._streams = traffic.random_streams(random, conditions, self.layout)
        self._start_arc_m = random.uniform(0.0, 4000.0)
        self._chunks: OrderedDict[int, Chunk] = OrderedDict()
        self._static: tuple[int, Moment] | None = None

    def ego_position(self, time_s: float) -> tuple[float, float, float, float]:
        """Return the ego vehicle's world x, y, z (metres) and heading (radians) at a time."""
        arc = self._arc_m(time_s)
        y = float(self.course.y_at(arc))
        x = float(self.course.x_at(y, self.layout.ego_offset_m))
        return x, y, float(self.course.height(y)), float(self.course.heading(y))

    def at(self, time_s: float) -> Moment:
        """Return what is in reach of the ego vehicle at a time."""
        _, ego_y, _, _ = self.ego_position(time_s)
        static = self._stretches_at(math.floor(ego_y / CHUNK_M))
        arc = self._arc_m(time_s)
        night = self.lighting.lamps > 0.2 or self._conditions.weather in ('fog', 'rain')
        meshes, shadows = [static.mesh], PaintBuilder()
        movers = [
            mover
            for stream in self._streams
            for mover in traffic.movers(
                stream, self._seed, self._conditions, time_s, arc, _BEHIND_M, REACH_M, night
            )
        ]
        if movers:
            meshes.append(self._stand(movers, static.origin_y, shadows))
        meshes += self._signals(static.origin_y, ego_y)
        return replace(
            static, mesh=merge(meshes), shadows=merge_paint((static.shadows, shadows.build()))
        )

    def _arc_m(self, time_s: float) -> float:
        return self._start_arc_m + self._conditions.speed_mps * time_s

    def _stretches_at(self, number: int) -> Moment:
        if self._static is not None and self._static[0] == number:
            return self._static[1]
        reach = range(number - 1, number + math.ceil(REACH_M / CHUNK_M) + 1)
        chunks = [self._chunk(k).moved((k - number) * CHUNK_M) for k in reach]
        world = Moment(
            mesh=merge(chunk.mesh for chunk in chunks),
            paint=merge_paint(chunk.paint for chunk in chunks),
            shadows=merge_paint(chunk.shadows for chunk in chunks),
            crossings=tuple(span for chunk in chunks for span in chunk.crossings),
            origin_y=number * CHUNK_M,
        )
        self._static = (number, world)
        return world

    def _chunk(self, number: int) -> Chunk:
        if number not in self._chunks:
            self._chunks[number] = build_chunk(
                number, self._seed, self._conditions, self.layout, self.lighting, self.style,
                self.course,
            )  # fmt: skip
            while len(self._chunks) > _KEPT_CHUNKS:
                self._chunks.popitem(last=False)
        return self._chunks[number]

    def _stand(
        self, movers: list[traffic.Mover], origin_y: float, shadows: PaintBuilder
    ) -> Mesh:
        """Return the movers as one mesh where they are, and add their shadows."""
        y = self.course.y_at(np.array([mover.arc_m for mover in movers]))
        x = self.course.x_at(y, np.array([mover.offset_m for mover in movers]))
        z, heading = self.course.height(y), self.course.heading(y)
        slope, turn = self.course.slope(y), math.pi * np.array([m.reverse for m in movers])
        y = y - origin_y
        sun = self.lighting.sun
        for k, mover in enumerate(movers):
            footprint = _footprint(
                mover, float(x[k]), float(y[k]), math.cos(heading[k]), math.sin(heading[k])
            )
            outlines = [footprint]
            if self.lighting.casts_shadows:
                tall = min(mover.height_m, 12.0 * float(sun[2]))
                reach = (-float(sun[0] / sun[2]) * tall, -float(sun[1] / sun[2]) * tall)
                outlines.append(shadow_outline(footprint, reach))
            low, rise, start = float(z[k]), float(slope[k]), float(y[k])
            for outline in outlines:
                shadows.polygon([(a, b, low + rise * (b - start)) for a, b in outline])
        return place_all([mover.mesh for mover in movers], x, y, z, heading + turn, slope)

    def _signals(self, origin_y: float, ego_y: float) -> list[Mesh]:
        """Return the traffic lights; each turns green before the ego vehicle comes close."""
        meshes, along, offset, turn = [], [], [], []
        first = math.floor(ego_y / CHUNK_M)
        for number in range(first - 1, first + math.ceil(REACH_M / CHUNK_M) + 1):
            for signal in self._chunk(number).signals:
                y = number * CHUNK_M + signal.along_m
                changes_at = 30.0 + (signal.variant % 8) * 12.0
                state = _GREEN if y - ego_y < changes_at else _RED
                if signal.variant % 11 == 0:
                    state = _AMBER
                meshes.append(traffic_light(signal.variant, state, signal.reach_m))
                along.append(y)
                offset.append(signal.offset_m)
                turn.append(math.pi if signal.reverse else 0.0)
        if not meshes:
            return []
        course, y_all = self.course, np.array(along)
        x = course.x_at(y_all, np.array(offset))
        heading = course.heading(y_all) + np.array(turn)
        flat = np.zeros(len(meshes))
        return [place_all(meshes, x, y_all - origin_y, course.height(y_all), heading, flat)]


def _footprint(
    mover: traffic.Mover, x: float, y: float, cosine: float, sine: float
) -> list[tuple[float, float]]:
    wide, long = mover.half_width_m, mover.half_length_m
    return [
        (x + a * cosine + b * sine, y - a * sine + b * cosine)
        for a, b in ((-wide, -long), (wide, -long), (wide, long), (-wide, long))
    ]
