# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Meshes to a picture of polygon numbers: cull, clip, project, sort, paint.

Polygons are painted from far to near into one int32 picture of polygon numbers; colour, depth and
labels follow later from each pixel's polygon and that pixel's own ray, so they are exact and never
blended.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.scenes.mesh import Mesh
from hailo_perception.scenes.viewpoint import Viewpoint

NEAR_M = 0.3
LONGEST_M = 60.0
"""No polygon is longer than this, metres."""
_SHIFT = 4
_LEAST_PIXELS = 1.3
_LEAST_AREA = 0.4
_FAR_PIXEL = 16000.0


@dataclass(frozen=True, slots=True)
class PaintedPolygons:
    """The polygons in view (Q of them) and the picture of their numbers."""

    number: NDArray[np.int32]  # (H, W) index + 1 into the arrays below, 0 where none
    source: NDArray[np.int32]  # (Q,) index into the mesh
    plane: NDArray[np.float32]  # (Q, 3): 1/z = plane . (x/z, y/z, 1)
    normal: NDArray[np.float32]  # (Q, 3) optical frame, towards the viewer
    anchor: NDArray[np.float32]  # (Q, 3) the first vertex, optical frame
    near_m: NDArray[np.float32]  # (Q,) least depth of the vertices
    far_m: NDArray[np.float32]  # (Q,) greatest depth of the vertices
    pixels_alone: NDArray[np.int32]  # (N,) each object's pixels if nothing stood before it


def paint(
    mesh: Mesh, viewpoint: Viewpoint, pinhole: CameraModel, range_m: float
) -> PaintedPolygons:
    """Paint what of the mesh is within `range_m` of the viewpoint, as a pinhole camera sees it."""
    kept, optical = _visible(mesh, viewpoint, pinhole, range_m)
    picture = np.zeros((pinhole.height, pinhole.width), np.int32)
    alone = np.zeros(len(mesh.object_class), np.int32)
    if not len(kept):
        empty = np.zeros((0, 3), np.float32)
        nothing = np.zeros(0, np.float32)
        return PaintedPolygons(picture, kept, empty, empty, empty, nothing, nothing, alone)
    order = _far_to_near(mesh.group[kept], optical)
    kept, optical = kept[order], optical[order]
    normal, plane = _planes(optical)
    depth = optical[..., 2]
    nearest = _over_vertices(np.minimum, depth)
    near = np.maximum(nearest, NEAR_M)
    pixels = _project(optical, pinhole)
    pixels = _trimmed(pixels, mesh.group[kept])
    fixed = np.round(pixels * (1 << _SHIFT)).astype(np.int32)
    counts = mesh.count[kept]
    crossing = nearest < NEAR_M
    outlines = list(fixed)
    for k in np.flatnonzero(crossing).tolist():
        outlines[k] = _clipped_outline(optical[k, : counts[k]], pinhole)
    for number, outline in enumerate(outlines, start=1):
        if len(outline) > 2:
            cv2.fillConvexPoly(picture, outline, number, cv2.LINE_8, _SHIFT)
    ends = (_over_vertices(combine, fixed) for combine in (np.minimum, np.maximum))
    corners = np.concatenate(tuple(ends), axis=1) >> _SHIFT
    corners[crossing] = 0, 0, pinhole.width, pinhole.height
    _count_alone(alone, outlines, corners, mesh.instance[kept], picture.shape)
    return PaintedPolygons(
        picture,
        kept,
        plane,
        normal,
        optical[:, 0],
        near,
        _over_vertices(np.maximum, depth),
        alone,
    )


def paint_flat(
    vertices: NDArray[np.float32],
    counts: NDArray[np.int32],
    viewpoint: Viewpoint,
    pinhole: CameraModel,
    picture: NDArray[np.generic],
    values: NDArray[np.int32],
    range_m: float,
) -> None:
    """Paint flat polygons (K, V, 3) in their order into `picture` with one value each."""
    if not len(vertices):
        return
    middle = vertices[:, 0, :2] - viewpoint.position[:2].astype(np.float32)
    near_enough = np.flatnonzero((middle**2).sum(axis=1) < range_m**2)
    optical = viewpoint.to_optical(vertices[near_enough])
    depth = optical[..., 2]
    seen = _over_vertices(np.maximum, depth) > NEAR_M
    pixels = _project(optical, pinhole)
    clear = _over_vertices(np.minimum, depth) >= NEAR_M
    low, high = (_over_vertices(combine, pixels) for combine in (np.minimum, np.maximum))
    outside = (
        (high[:, 0] < 0) | (high[:, 1] < 0)
        | (low[:, 0] > pinhole.width) | (low[:, 1] > pinhole.height)
    )  # fmt: skip
    fixed = np.round(pixels * (1 << _SHIFT)).astype(np.int32)
    for k in np.flatnonzero(seen & ~(clear & outside)).tolist():
        count = int(counts[near_enough[k]])
        outline = fixed[k, :count] if clear[k] else _clipped_outline(optical[k, :count], pinhole)
        if len(outline) > 2:
            value = int(values[near_enough[k]])
            cv2.fillConvexPoly(picture, outline, value, cv2.LINE_8, _SHIFT)


def _visible(
    mesh: Mesh, viewpoint: Viewpoint, pinhole: CameraModel, range_m: float
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return the polygons that may be seen and their vertices in the optical frame."""
    if not len(mesh):
        return np.zeros(0, np.int32), np.zeros((0, 1, 3), np.float32)
    position = viewpoint.position.astype(np.float32)
    offset = mesh.vertices[:, 0] - position
    distance = np.hypot(offset[:, 0], offset[:, 1])
    forward = offset @ viewpoint.rotation[2].astype(np.float32)
    kept = np.flatnonzero(
        (distance < np.minimum(mesh.range_m, range_m)) & (forward > -LONGEST_M)
    ).astype(np.int32)
    vertices = mesh.vertices[kept]
    turned = np.flatnonzero(mesh.billboard[kept])
    if len(turned):
        ahead = offset[kept[turned], :2]
        ahead = ahead / np.maximum(np.hypot(ahead[:, 0], ahead[:, 1]), 1e-3)[:, None]
        sideways = np.stack((ahead[:, 1], -ahead[:, 0]), axis=-1)
        vertices[turned, :, :2] += mesh.spread[kept[turned], :, None] * sideways[:, None]
    optical = viewpoint.to_optical(vertices)
    depth = optical[..., 2]
    seen = _over_vertices(np.maximum, depth) > NEAR_M
    sides = np.cross(optical[:, 1] - optical[:, 0], optical[:, 2] - optical[:, 1])
    seen &= ~mesh.one_sided[kept] | ((sides * optical[:, 0]).sum(axis=1) < 0.0)
    left, right = -pinhole.cx / pinhole.fx, (pinhole.width - pinhole.cx) / pinhole.fx
    top, bottom = -pinhole.cy / pinhole.fy, (pinhole.height - pinhole.cy) / pinhole.fy
    x, y, z = optical[..., 0], optical[..., 1], depth
    for inside in (x > left * z, x < right * z, y > top * z, y < bottom * z):
        seen &= _over_vertices(np.logical_or, inside)
    # Details that hardly fill a pixel are not worth painting; an object of which nothing else is
    # left is too small to be seen.
    kept, optical = kept[seen], optical[seen]
    pixels = _project(optical, pinhole)
    extent = _over_vertices(np.maximum, pixels) - _over_vertices(np.minimum, pixels)
    large = (extent > _LEAST_PIXELS).any(axis=1) & (extent.prod(axis=1) > _LEAST_AREA)
    return kept[large], optical[large]


def _over_vertices(combine: np.ufunc, values: NDArray[Any]) -> NDArray[Any]:
    """Combine the vertices of each polygon, (P, V, …) to (P, …).

    numpy reduces a short inner axis element by element; with the vertices in front it takes whole
    rows at once.
    """
    return np.asarray(combine.reduce(np.ascontiguousarray(np.moveaxis(values, 1, 0)), axis=0))


def _far_to_near(group: NDArray[np.int32], optical: NDArray[np.float32]) -> NDArray[np.intp]:
    """Return the painting order: groups by their farthest point, polygons in their own order."""
    farthest = _over_vertices(np.maximum, np.hypot(optical[..., 0], optical[..., 2]))
    _, first = np.unique(group, return_index=True)
    reach = np.maximum.reduceat(farthest, first)
    sizes = np.diff(np.append(first, len(group)))
    return np.argsort(-np.repeat(reach, sizes), kind='stable')


def _planes(optical: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return unit normals towards the viewer and plane coefficients (both (Q, 3))."""
    points = optical.astype(np.float64)
    normal = np.cross(points[:, 1] - points[:, 0], points[:, 2] - points[:, 0])
    normal /= np.maximum(np.linalg.norm(normal, axis=1), 1e-12)[:, None]
    distance = (normal * points[:, 0]).sum(axis=1)
    facing = np.where(distance > 0.0, -1.0, 1.0)
    safe = np.where(np.abs(distance) < 1e-6, 1e-6, distance)
    plane = normal / safe[:, None]
    return (normal * facing[:, None]).astype(np.float32), plane.astype(np.float32)


def _project(optical: NDArray[np.float32], pinhole: CameraModel) -> NDArray[np.float32]:
    depth = np.maximum(optical[..., 2], NEAR_M)
    pixels = np.empty((*optical.shape[:-1], 2), np.float32)
    pixels[..., 0] = optical[..., 0] / depth * pinhole.fx + pinhole.cx
    pixels[..., 1] = optical[..., 1] / depth * pinhole.fy + pinhole.cy
    return np.clip(pixels, -_FAR_PIXEL, _FAR_PIXEL)


def _trimmed(pixels: NDArray[np.float32], group: NDArray[np.int32]) -> NDArray[np.float32]:
    """Shrink each group by half a pixel on every side: OpenCV paints the outline's pixels too."""
    first = np.flatnonzero(np.diff(group, prepend=-1))
    sizes = np.diff(np.append(first, len(group)))
    low = np.minimum.reduceat(_over_vertices(np.minimum, pixels), first)
    high = np.maximum.reduceat(_over_vertices(np.maximum, pixels), first)
    middle, half = 0.5 * (low + high), 0.5 * (high - low)
    scale = np.maximum(half - 0.45, 0.0) / np.maximum(half, 1e-3)
    middle, scale = np.repeat(middle, sizes, axis=0), np.repeat(scale, sizes, axis=0)
    trimmed = middle[:, None] + (pixels - middle[:, None]) * scale[:, None]
    return np.asarray(trimmed, np.float32)


def _clipped_outline(optical: NDArray[np.float32], pinhole: CameraModel) -> NDArray[np.int32]:
    """Cut a polygon at the near plane (Sutherland and Hodgman 1974) and project the rest."""
    kept = []
    for a, b in zip(optical, np.roll(optical, -1, axis=0)):
        if a[2] >= NEAR_M:
            kept.append(a)
        if (a[2] >= NEAR_M) != (b[2] >= NEAR_M):
            kept.append(a + (b - a) * ((NEAR_M - a[2]) / (b[2] - a[2])))
    if len(kept) < 3:
        return np.zeros((0, 2), np.int32)
    pixels = _project(np.array(kept, np.float32), pinhole)
    return np.round(pixels * (1 << _SHIFT)).astype(np.int32)


def _count_alone(
    alone: NDArray[np.int32],
    outlines: list[NDArray[np.int32]],
    corners: NDArray[np.int32],
    instance: NDArray[np.int32],
    shape: tuple[int, int],
) -> None:
    """Count each object's pixels as if nothing else were there; corners (Q, 4) are boxes."""
    of_object = np.flatnonzero(instance >= 0)
    if not len(of_object):
        return
    of_object = of_object[np.argsort(instance[of_object], kind='stable')]
    first = np.flatnonzero(np.diff(instance[of_object], prepend=-1))
    low = np.maximum(np.minimum.reduceat(corners[of_object, :2], first) - 1, 0).tolist()
    high = np.maximum(np.maximum.reduceat(corners[of_object, 2:], first) + 2, 0).tolist()
    scratch = np.zeros(shape, np.uint8)
    for members, (x0, y0), (x1, y1) in zip(np.split(of_object, first[1:]), low, high):
        for k in members.tolist():
            if len(outlines[k]) > 2:
                cv2.fillConvexPoly(scratch, outlines[k], 1, cv2.LINE_8, _SHIFT)
        window = scratch[y0:y1, x0:x1]
        if window.size:
            alone[instance[members[0]]] = cv2.countNonZero(window)
            window[:] = 0
