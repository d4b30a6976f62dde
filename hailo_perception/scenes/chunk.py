# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One stretch of the world: what stands there, what is painted on the ground, and shadows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
import math

import numpy as np

from hailo_perception.scenes.ground_paint import GroundPaint
from hailo_perception.scenes.ground_paint import PaintBuilder
from hailo_perception.scenes.ground_paint import shadow_outline
from hailo_perception.scenes.lighting import Lighting
from hailo_perception.scenes.mesh import Colour
from hailo_perception.scenes.mesh import Mesh
from hailo_perception.scenes.mesh import place_all
from hailo_perception.scenes.road import RoadCourse

CHUNK_M = 40.0
LAMP_ALONG_M = 20.0
_MOST_SHADOW_M = 25.0
_MARGIN_M = 50.0
_KNOT_M = 0.5


@dataclass(frozen=True, slots=True)
class Signal:
    """A traffic light's place: lateral offset, y within the chunk, side, variant, arm's reach."""

    offset_m: float
    along_m: float
    reverse: bool
    variant: int
    reach_m: float


@dataclass(frozen=True, slots=True)
class Chunk:
    """World coordinates are x and y minus the chunk's first y."""

    mesh: Mesh
    paint: GroundPaint
    shadows: GroundPaint
    crossings: tuple[tuple[float, float], ...]
    signals: tuple[Signal, ...]

    def moved(self, along_m: float) -> Chunk:
        """Return the chunk with every y greater by `along_m`."""
        shift = np.array((0.0, along_m, 0.0), np.float32)
        return Chunk(
            mesh=replace(
                self.mesh,
                vertices=self.mesh.vertices + shift,
                object_centre=self.mesh.object_centre + shift,
            ),
            paint=replace(self.paint, vertices=self.paint.vertices + shift),
            shadows=replace(self.shadows, vertices=self.shadows.vertices + shift),
            crossings=tuple((low + along_m, high + along_m) for low, high in self.crossings),
            signals=tuple(replace(s, along_m=s.along_m + along_m) for s in self.signals),
        )


class ChunkBuilder:
    """Places things by lateral offset and distance along a stretch that starts at `start_y`."""

    def __init__(self, course: RoadCourse, start_y: float, lighting: Lighting) -> None:
        along = np.arange(-_MARGIN_M, CHUNK_M + _MARGIN_M, _KNOT_M)
        y = start_y + along
        heading = course.heading(y)
        columns = (course.centre(y), 1.0 / np.cos(heading), course.height(y), heading)
        self._knots = [column.tolist() for column in (*columns, course.slope(y))]
        self._meshes: list[Mesh] = []
        self._poses: list[tuple[float, float, float, float, float]] = []
        self._paint = PaintBuilder()
        self._shadows = PaintBuilder()
        self.crossings: list[tuple[float, float]] = []
        self.signals: list[Signal] = []
        sun = lighting.sun
        self._sweep = (
            (-float(sun[0] / sun[2]), -float(sun[1] / sun[2])) if lighting.casts_shadows else None
        )

    def point(self, offset_m: float, along_m: float) -> tuple[float, float, float]:
        """Return the ground point at a lateral offset and distance along."""
        centre, secant, z, _, _ = self._ground(along_m)
        return centre + offset_m * secant, along_m, z

    def stand(
        self,
        mesh: Mesh,
        offset_m: float,
        along_m: float,
        *,
        turn: float = 0.0,
        tilted: bool = False,
        footprint_m: tuple[float, float, float, float] | None = None,
        height_m: float = 0.0,
    ) -> None:
        """Stand a mesh on the ground, turned clockwise from the road's direction.

        `footprint_m` (x0, y0, x1, y1) in the mesh's frame casts a shadow of `height_m`.
        """
        centre, secant, z, course_heading, course_slope = self._ground(along_m)
        x, heading = centre + offset_m * secant, course_heading + turn
        slope = course_slope if tilted else 0.0
        self._meshes.append(mesh)
        self._poses.append((x, along_m, z, heading, slope))
        if footprint_m is None:
            return
        cosine, sine = math.cos(heading), math.sin(heading)
        x0, y0, x1, y1 = footprint_m
        corners = [
            (x + a * cosine + b * sine, along_m - a * sine + b * cosine)
            for a, b in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
        ]
        self.shade(corners, height_m)

    def shade(self, corners: Sequence[tuple[float, float]], height_m: float) -> None:
        """Cast the shadow of an upright body over world corners (x, y)."""
        if self._sweep is None:
            return
        reach = math.hypot(*self._sweep) * height_m
        scale = height_m * min(1.0, _MOST_SHADOW_M / max(reach, 1e-6))
        outline = shadow_outline(corners, (self._sweep[0] * scale, self._sweep[1] * scale))
        if len(outline) > 2:
            self._shadows.polygon([self._on_ground(x, y) for x, y in outline])

    def shade_crown(self, x: float, y: float, up_m: float, radius_m: float) -> None:
        """Cast the round shadow of a crown `up_m` above the ground at world (x, y)."""
        if self._sweep is None:
            return
        reach = math.hypot(*self._sweep) * up_m
        scale = up_m * min(1.0, _MOST_SHADOW_M / max(reach, 1e-6))
        x, y = x + self._sweep[0] * scale, y + self._sweep[1] * scale
        angles = [2.0 * math.pi * k / 9 for k in range(9)]
        self._shadows.polygon(
            [
                self._on_ground(
                    x + radius_m * (0.8 + 0.25 * (k % 2)) * math.cos(a),
                    y + radius_m * (0.8 + 0.25 * (k % 2)) * math.sin(a),
                )
                for k, a in enumerate(angles)
            ]
        )

    def paint_patch(
        self,
        outline: Sequence[tuple[float, float]],
        colour: Colour,
        strength: float,
        lane: int = 0,
    ) -> None:
        """Paint a convex outline of (offset, along) on the ground."""
        self._paint.polygon([self.point(d, v) for d, v in outline], colour, strength, lane)

    def build(self) -> Chunk:
        """Return the finished stretch."""
        return Chunk(
            place_all(self._meshes, *np.array(self._poses).reshape(-1, 5).T),
            self._paint.build(),
            self._shadows.build(),
            tuple(self.crossings),
            tuple(self.signals),
        )

    def _on_ground(self, x: float, y: float) -> tuple[float, float, float]:
        return x, y, self._ground(y)[2]

    def _ground(self, along_m: float) -> list[float]:
        """Return centre x, secant of the heading, height, heading and slope, between knots."""
        cell = min(max((along_m + _MARGIN_M) / _KNOT_M, 0.0), len(self._knots[0]) - 1.001)
        low = int(cell)
        part = cell - low
        return [column[low] + (column[low + 1] - column[low]) * part for column in self._knots]
