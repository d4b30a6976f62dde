# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The steps from a world in reach to colours and labels: ground and sky, things, light, air."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.labels import UNLABELLED
from hailo_perception.scenes.ground import hit_ground
from hailo_perception.scenes.ground_shading import GroundTables
from hailo_perception.scenes.ground_shading import shade_ground
from hailo_perception.scenes.labels import SIDEWALK
from hailo_perception.scenes.labels import SKY
from hailo_perception.scenes.lighting import Lighting
from hailo_perception.scenes.projection import ideal_camera
from hailo_perception.scenes.projection import looked_up
from hailo_perception.scenes.rasteriser import paint
from hailo_perception.scenes.rasteriser import paint_flat
from hailo_perception.scenes.road import RoadCourse
from hailo_perception.scenes.shading import shade_polygons
from hailo_perception.scenes.sky import shade_sky
from hailo_perception.scenes.viewpoint import Viewpoint
from hailo_perception.scenes.wetness import add_reflection
from hailo_perception.scenes.wetness import wet_mirror
from hailo_perception.scenes.world import Moment
from hailo_perception.scenes.world import REACH_M

_SHADOW_RANGE_M = 120.0
_PAINT_RANGE_M = 160.0


@dataclass(frozen=True, slots=True)
class Sight:
    """A camera at one moment: its rays, its pose, and the ideal camera polygons are painted with.

    `unseen` (H, W) marks the pixels whose lens model has no ray (their entries in `rays` are 0);
    it is None for a pinhole camera.
    """

    rays: NDArray[np.float32]  # (H, W, 2)
    unseen: NDArray[np.bool_] | None
    view: Viewpoint
    pinhole: CameraModel
    lookup: NDArray[np.int32] | None
    focal_px: float


@dataclass(slots=True)
class Canvas:
    """A picture in the making: light planes (3, H, W) and, per pixel (H, W), what is seen."""

    colour: NDArray[np.float32]
    glow: NDArray[np.float32] | None
    depth: NDArray[np.float32]  # infinite: sky
    semantic: NDArray[np.uint8]
    lane: NDArray[np.uint8]
    instance: NDArray[np.int32]  # the mesh's object, -1: none

    def hide(self, hidden: NDArray[np.bool_]) -> None:
        """Take labels and depth away where something outside the world covers it (H, W)."""
        self.depth[hidden] = np.nan
        self.semantic[hidden] = UNLABELLED
        self.lane[hidden] = 0
        self.instance[hidden] = -1
        if self.glow is not None:
            self.glow[:, hidden] = 0.0


def sight(model: CameraModel, view: Viewpoint) -> Sight:
    """Return what is needed to look through a camera from a viewpoint."""
    rays = model.rays()
    unseen = None
    if not model.is_pinhole:
        unseen = np.asarray(np.isnan(rays[..., 0]) | np.isnan(rays[..., 1]))
        rays = np.where(unseen[..., None], np.float32(0.0), rays)
    pinhole, lookup = ideal_camera(model, rays)
    return Sight(rays, unseen, view, pinhole, lookup, model.fx)


def paint_background(
    seen: Sight,
    world: Moment,
    course: RoadCourse,
    tables: GroundTables,
    lighting: Lighting,
    time_s: float,
    seed: int,
) -> Canvas:
    """Return a canvas with ground and sky alone."""
    pinhole, view = seen.pinhole, seen.view
    hits = hit_ground(seen.rays, view, course, world.origin_y)
    marks = np.zeros((pinhole.height, pinhole.width), np.int32)
    numbers = np.arange(1, len(world.paint) + 1, dtype=np.int32)
    paint_flat(
        world.paint.vertices, world.paint.count, view, pinhole, marks, numbers, _PAINT_RANGE_M
    )
    shadow = np.zeros((pinhole.height, pinhole.width), np.uint8)
    dark = np.full(len(world.shadows), 255, np.int32)
    paint_flat(
        world.shadows.vertices, world.shadows.count, view, pinhole, shadow, dark, _SHADOW_RANGE_M
    )
    shadow = np.asarray(cv2.blur(shadow, (3, 3)), np.uint8)
    ground = shade_ground(
        hits,
        tables,
        lighting,
        world.paint,
        looked_up(marks, seen.lookup)[hits.top :],
        looked_up(shadow, seen.lookup)[hits.top :],
        world.crossings,
        world.origin_y,
    )
    shape = seen.rays.shape[:2]
    canvas = Canvas(
        colour=np.empty((3, *shape), np.float32),
        glow=None,
        depth=np.full(shape, np.inf, np.float32),
        semantic=np.full(shape, SKY, np.uint8),
        lane=np.zeros(shape, np.uint8),
        instance=np.full(shape, -1, np.int32),
    )
    sky_rows = np.flatnonzero((~hits.hit).any(axis=1))
    last = hits.top + (int(sky_rows[-1]) + 1 if len(sky_rows) else 0)
    if last:
        canvas.colour[:, :last] = shade_sky(seen.rays[:last], view, lighting, time_s, seed)
    np.copyto(canvas.colour[:, hits.top :], ground.colour, where=hits.hit)
    np.copyto(canvas.semantic[hits.top :], ground.semantic, where=hits.hit)
    canvas.depth[hits.top :] = hits.depth
    canvas.lane[hits.top :] = ground.lane
    return canvas


def paint_things(
    canvas: Canvas, seen: Sight, world: Moment, lighting: Lighting
) -> NDArray[np.int32]:
    """Add everything that stands or moves; return each object's pixels if it were alone (N,)."""
    painted = paint(world.mesh, seen.view, seen.pinhole, REACH_M)
    number = looked_up(painted.number, seen.lookup)
    shaded = shade_polygons(
        painted, number, seen.rays, canvas.depth, world.mesh, seen.view, lighting, seen.focal_px
    )
    at, source = shaded.pixel, painted.source[shaded.polygon]
    for plane, shade in zip(canvas.colour.reshape(3, -1), shaded.colour):
        plane[at] = shade
    canvas.depth.ravel()[at] = shaded.depth
    canvas.semantic.ravel()[at] = world.mesh.semantic[source]
    canvas.lane.ravel()[at] = 0
    canvas.instance.ravel()[at] = world.mesh.instance[source]
    if shaded.glow is not None:
        canvas.glow = np.zeros_like(canvas.colour)
        canvas.glow.reshape(3, -1)[:, at] = shaded.glow
    return painted.pixels_alone


def add_air(canvas: Canvas, seen: Sight, lighting: Lighting) -> None:
    """Add haze that grows with the distance, and reflections where the ground is wet."""
    clear = np.exp(canvas.depth * np.float32(-lighting.haze_per_m))
    sky = np.flatnonzero(np.isinf(canvas.depth))
    clear.ravel()[sky] = 1.0 - _haze_before_sky(seen, lighting.haze_per_m, sky)
    for plane, haze in zip(canvas.colour, lighting.horizon):
        plane -= haze
        plane *= clear
        plane += haze
    if canvas.glow is not None:
        canvas.glow *= np.sqrt(clear)
    if lighting.wetness:
        mirror = wet_mirror(canvas.semantic > SIDEWALK)
        add_reflection(canvas.colour, mirror, lighting.wetness)
        if canvas.glow is not None:
            add_reflection(canvas.glow, mirror, lighting.wetness)


def _haze_before_sky(
    seen: Sight, haze_per_m: float, pixels: NDArray[np.intp]
) -> NDArray[np.float32]:
    """Return how much of the sky the haze hides at flat pixels: most just above the horizon."""
    columns = seen.view.rotation.astype(np.float32)
    ray = np.take(seen.rays.reshape(-1, 2), pixels, axis=0)
    up = columns[0, 2] * ray[:, 0] + columns[1, 2] * ray[:, 1] + columns[2, 2]
    thickness = np.float32(min(1.0, 120.0 * haze_per_m))
    return np.asarray(thickness * np.exp(-np.maximum(up, 0.0) * np.float32(3.0)))
