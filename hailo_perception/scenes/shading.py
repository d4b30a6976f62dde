# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Colour and depth of painted polygons, evaluated for each pixel's own ray."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hailo_perception.scenes.lighting import Lighting
from hailo_perception.scenes.mesh import Mesh
from hailo_perception.scenes.rasteriser import PaintedPolygons
from hailo_perception.scenes.textures import atlas
from hailo_perception.scenes.textures import TILE
from hailo_perception.scenes.viewpoint import Viewpoint

_WORLD_UP = np.array((0.0, 0.0, 1.0))
_SNOW = np.array((225.0, 220.0, 215.0), np.float32)


@dataclass(frozen=True, slots=True)
class ShadedPixels:
    """The M pixels that show polygons, before haze."""

    pixel: NDArray[np.intp]  # (M,) flat index into the picture
    polygon: NDArray[np.intp]  # (M,) index into the painted polygons
    depth: NDArray[np.float32]  # (M,)
    colour: NDArray[np.float32]  # (3, M)
    glow: NDArray[np.float32] | None  # (3, M), None where nothing shines


def shade_polygons(
    painted: PaintedPolygons,
    number: NDArray[np.int32],
    rays: NDArray[np.float32],
    ground_depth: NDArray[np.float32],
    mesh: Mesh,
    view: Viewpoint,
    lighting: Lighting,
    focal_px: float,
) -> ShadedPixels:
    """Shade every pixel of `number` (H, W) whose polygon is not behind the ground."""
    pixel = np.flatnonzero(number)
    # numpy.take is fastest with indices of the machine's own width.
    polygon = np.take(number, pixel).astype(np.intp) - 1
    ray_x, ray_y = np.take(rays[..., 0], pixel), np.take(rays[..., 1], pixel)
    a, b, c = (np.take(column, polygon) for column in painted.plane.T.copy())
    inverse = a * ray_x + b * ray_y + c
    # The painted outline is up to half a pixel off; the polygon's own reach bounds its depth.
    nearest, farthest = np.float32(1.0) / painted.far_m, np.float32(1.0) / painted.near_m
    inverse = np.maximum(inverse, np.take(nearest, polygon))
    inverse = np.minimum(inverse, np.take(farthest, polygon))
    depth = np.float32(1.0) / inverse
    before = depth <= np.take(ground_depth, pixel) * np.float32(1.005) + np.float32(0.02)
    if not before.all():
        pixel, polygon, depth = pixel[before], polygon[before], depth[before]
        ray_x, ray_y = ray_x[before], ray_y[before]
    light = _light(painted, view, lighting)
    source = painted.source
    plain, other = mesh.colour[source], mesh.second[source]
    glow = mesh.glow[source, None]
    first, second = plain * light, other * light
    if lighting.snow:
        covered = (_up(painted, view) > 0.6)[:, None] * np.float32(0.8 * lighting.snow)
        first = first + (_SNOW * light - first) * covered
    texture = mesh.texture[source]
    colour = np.take(first.T.copy(), polygon, axis=1)
    shines = bool(glow.any())
    shine = None
    if shines:
        own = np.where((texture == 0)[:, None], plain * glow, 0.0).astype(np.float32)
        shine = np.take(own.T.copy(), polygon, axis=1)
    woven = np.flatnonzero(np.take(texture > 0, polygon))
    if len(woven):
        which = polygon[woven]
        point = ray_x[woven], ray_y[woven], depth[woven]
        share = _texels(painted, mesh, view, which, point, focal_px)
        for k in range(3):
            own_tone = colour[k][woven]
            colour[k][woven] = own_tone + (np.take(second[:, k].copy(), which) - own_tone) * share
            if shine is not None:
                shine[k][woven] = np.take((other[:, k] * glow[:, 0]), which) * share
    return ShadedPixels(pixel, polygon, depth, colour, shine)


def _up(painted: PaintedPolygons, view: Viewpoint) -> NDArray[np.float32]:
    return np.asarray(painted.normal @ (view.rotation @ _WORLD_UP).astype(np.float32), np.float32)


def _light(
    painted: PaintedPolygons, view: Viewpoint, lighting: Lighting
) -> NDArray[np.float32]:
    """Return each polygon's light (Q, 3): the sky from above, the sun from its side."""
    up = _up(painted, view)
    sun = (view.rotation @ lighting.sun.astype(np.float64)).astype(np.float32)
    facing = np.clip(painted.normal @ sun, 0.0, 1.0)
    from_sky = np.float32(0.84) + np.float32(0.16) * up
    return np.asarray(
        from_sky[:, None] * lighting.ambient + facing[:, None] * lighting.sun_strength
    )


def _texels(
    painted: PaintedPolygons,
    mesh: Mesh,
    view: Viewpoint,
    which: NDArray[np.intp],
    point: tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]],
    focal_px: float,
) -> NDArray[np.float32]:
    """Look the texture up: u runs level along the polygon, v up its slope, both in metres.

    `which` (M,) is each pixel's polygon, `point` its ray's x/z and y/z and its depth.
    """
    ray_x, ray_y, depth = point
    up = (view.rotation @ _WORLD_UP).astype(np.float32)
    level = np.cross(up, painted.normal)
    length = np.linalg.norm(level, axis=1)
    flat = length < 1e-3
    level[flat] = view.rotation @ np.array((1.0, 0.0, 0.0))
    level /= np.where(flat, 1.0, length)[:, None]
    upward = np.cross(painted.normal, level)
    repeats = mesh.repeats[painted.source]
    level, upward = level * repeats[:, :1], upward * repeats[:, 1:]
    base_u = (level * painted.anchor).sum(axis=1)
    base_v = (upward * painted.anchor).sum(axis=1)
    a = np.take(level.T.copy(), which, axis=1)
    b = np.take(upward.T.copy(), which, axis=1)
    u = (a[0] * ray_x + a[1] * ray_y + a[2]) * depth - np.take(base_u, which)
    v = (b[0] * ray_x + b[1] * ray_y + b[2]) * depth - np.take(base_v, which)
    tiles = atlas()
    dense = np.maximum(painted.near_m, 1.0) * repeats.max(axis=1) * (TILE / focal_px)
    mip = np.clip(np.log2(np.maximum(dense, 1.0)) + 0.3, 0, tiles.start.shape[1] - 1)
    mip = mip.astype(np.int32)
    start = np.take(tiles.start[mesh.texture[painted.source], mip], which)
    size = np.take((TILE >> mip).astype(np.int32), which)
    column = np.floor(u * size).astype(np.int32) & (size - 1)
    row = np.floor(v * size).astype(np.int32) & (size - 1)
    return np.asarray(np.take(tiles.texels, start + row * size + column))
