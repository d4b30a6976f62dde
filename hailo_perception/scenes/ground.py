# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The ground under every pixel: exact intersection of each ray with the strips of the road.

Because the ground's height is a function of y alone, what a ray hits depends only on its slope
dz/dy: it is the first strip whose far vertex rises above the ray. Beyond the last strip, 450 m
away, the ground goes on level and straight.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hailo_perception.scenes.road import RoadCourse
from hailo_perception.scenes.road import STRIP_M
from hailo_perception.scenes.viewpoint import Viewpoint

_STRIPS = 90
_CELL_M = 0.5
_FARTHEST_M = 1500.0
_LEAST_FORWARD = 1e-3

Image = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class GroundHits:
    """Where rays meet the ground; rows `top` and below of the picture, (H - top, W) arrays.

    `offset` and `along` are lateral offset and y, `span` how many metres sideways one pixel
    covers, `reach` the same for y. Depth is infinite where the ray misses.
    """

    top: int
    depth: Image
    offset: Image
    along: Image
    span: Image
    reach: Image
    hit: NDArray[np.bool_]


def hit_ground(
    rays: NDArray[np.float32], view: Viewpoint, course: RoadCourse, origin_y: float
) -> GroundHits:
    """Intersect the rays (H, W, 2) of a view; world y is `origin_y` plus the view's own y."""
    position = view.position
    vertex_y = (np.floor((position[1] + origin_y) / STRIP_M) + np.arange(_STRIPS)) * STRIP_M
    vertex_z = course.height(vertex_y)
    vertex_y = vertex_y - origin_y
    slopes = np.append(np.diff(vertex_z) / STRIP_M, 0.0)
    seen_at = (vertex_z[1:] - position[2]) / (vertex_y[1:] - position[1])
    horizon = np.maximum.accumulate(seen_at)
    # Height of the strip's plane above the camera, at the camera's own y.
    lift = vertex_z + slopes * (position[1] - vertex_y) - position[2]
    # The level ground beyond the last strip must not be met from below, before it begins.
    lift[-1] = min(lift[-1], 0.0)

    columns = view.rotation.astype(np.float32)  # optical -> world is the transpose
    top = _first_row(rays, columns, float(max(horizon[-1], 0.0)))
    ray_x, ray_y = rays[top:, :, 0], rays[top:, :, 1]
    east = columns[0, 0] * ray_x + columns[1, 0] * ray_y + columns[2, 0]
    north = columns[0, 1] * ray_x + columns[1, 1] * ray_y + columns[2, 1]
    up = columns[0, 2] * ray_x + columns[1, 2] * ray_y + columns[2, 2]
    ahead = north > _LEAST_FORWARD
    with np.errstate(divide='ignore', invalid='ignore'):
        steepness = np.where(ahead, up / north, -np.inf)
        strip = np.searchsorted(horizon.astype(np.float32), steepness.ravel(), side='right')
        strip = strip.reshape(steepness.shape)
        rise = np.take(slopes.astype(np.float32), strip)
        depth = np.take(lift.astype(np.float32), strip) / (up - rise * north)
    hit = (depth > 0.0) & (depth < _FARTHEST_M)
    depth = np.where(hit, depth, np.inf).astype(np.float32)
    safe = np.where(hit, depth, 0.0).astype(np.float32)
    world_x = np.float32(position[0]) + safe * east
    along = np.float32(position[1]) + safe * north
    offset = lateral_offset(world_x, along, course, origin_y, float(position[1]))
    return GroundHits(
        top, depth, offset, along, _per_pixel(offset), _per_pixel(along), hit
    )


def _first_row(
    rays: NDArray[np.float32], columns: NDArray[np.float32], horizon: float
) -> int:
    """Return the first row in which any ray may hit the ground."""
    edges = rays[:, :: max(1, rays.shape[1] // 16)]
    up = edges @ columns[:2, 2] + columns[2, 2]
    north = edges @ columns[:2, 1] + columns[2, 1]
    below = (up < (horizon + 0.01) * np.maximum(north, 0.05)) | ~np.isfinite(up)
    rows = np.flatnonzero(below.any(axis=1))
    return int(rows[0]) if len(rows) else rays.shape[0] - 1


def lateral_offset(
    world_x: Image, along: Image, course: RoadCourse, origin_y: float, start_y: float
) -> Image:
    """Return (x - centre(y)) cos(heading(y)) from tables linear between cells of half a metre."""
    low = np.floor(start_y) - 30.0
    cells = int((_STRIPS * STRIP_M + 60.0) / _CELL_M)
    knots = low + np.arange(cells + 1) * _CELL_M + origin_y
    centre = course.centre(knots).astype(np.float32)
    cosine = np.cos(course.heading(knots)).astype(np.float32)
    position = np.clip((along - np.float32(low)) * np.float32(1.0 / _CELL_M), 0.0, cells - 1.0)
    cell = position.astype(np.intp)
    part = position - cell
    middle = np.take(centre, cell) + np.take(np.diff(centre), cell) * part
    return np.asarray((world_x - middle) * np.take(cosine, cell), np.float32)


def _per_pixel(values: Image) -> Image:
    """Return how much a value changes from one pixel to the next, the larger of both ways."""
    change = np.empty_like(values)
    change[:, :-1] = np.abs(values[:, 1:] - values[:, :-1])
    change[:, -1] = change[:, -2] if values.shape[1] > 1 else 0.0
    if values.shape[0] > 1:
        np.maximum(change[1:], np.abs(values[1:] - values[:-1]), out=change[1:])
        np.maximum(change[0], change[1], out=change[0])
    return np.maximum(change, np.float32(1e-4))
