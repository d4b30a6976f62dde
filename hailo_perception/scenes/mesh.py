# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Meshes of convex planar polygons: building them part by part, placing and merging them."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import fields
from dataclasses import replace
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_VERTICES = 10
_EYE_LEVEL_M = 1.0
Colour = tuple[float, float, float]
Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Mesh:
    """P convex polygons in one frame (x right, y forward, z up, metres) and the N objects in them.

    A vertex with a `spread` is a billboard's: it is moved sideways by that many metres, square to
    the line of sight. `instance` is an index into the objects or -1. Polygons of one `group` lie
    together and are painted in their order; groups are painted from far to near.
    """

    vertices: NDArray[np.float32]  # (P, MAX_VERTICES, 3), the last vertex repeated
    spread: NDArray[np.float32]  # (P, MAX_VERTICES)
    count: NDArray[np.int32]  # (P,)
    colour: NDArray[np.float32]  # (P, 3) BGR 0..255
    second: NDArray[np.float32]  # (P, 3) the texture's other colour
    texture: NDArray[np.int32]  # (P,) index into the texture atlas, 0 plain
    repeats: NDArray[np.float32]  # (P, 2) texture repeats per metre
    glow: NDArray[np.float32]  # (P,) light given off, 1 = white at full exposure
    semantic: NDArray[np.uint8]  # (P,)
    one_sided: NDArray[np.bool_]  # (P,) hidden when seen from behind
    billboard: NDArray[np.bool_]  # (P,)
    range_m: NDArray[np.float32]  # (P,) details farther away are left out
    instance: NDArray[np.int32]  # (P,)
    group: NDArray[np.int32]  # (P,)
    object_class: NDArray[np.int32]  # (N,)
    object_centre: NDArray[np.float32]  # (N, 3)

    def __len__(self) -> int:
        return len(self.count)


_POLYGON_FIELDS = tuple(field.name for field in fields(Mesh))[:-2]


class MeshBuilder:
    """Collects polygons; `build` turns them into a Mesh."""

    def __init__(self) -> None:
        self._rows: list[tuple[object, ...]] = []
        self._objects: list[tuple[int, Point]] = []
        self._instance = -1
        self._group = 0

    def start_object(self, class_id: int, centre: Point) -> None:
        """Let the polygons that follow belong to a new labelled object."""
        self._objects.append((class_id, centre))
        self._instance = len(self._objects) - 1

    def end_object(self) -> None:
        """Let the polygons that follow belong to no object."""
        self._instance = -1

    def start_group(self) -> None:
        """Let the polygons that follow be sorted by themselves."""
        self._group += 1

    def polygon(
        self,
        points: Sequence[Point],
        colour: Colour,
        semantic: int,
        *,
        spread: Sequence[float] | None = None,
        outside_of: Point | None = None,
        second: Colour | None = None,
        texture: int = 0,
        repeats: tuple[float, float] = (1.0, 1.0),
        glow: float = 0.0,
        range_m: float = 1e6,
    ) -> None:
        """Add one convex polygon of 3 to MAX_VERTICES points.

        `outside_of` names a point behind it: the polygon is then seen from the other side only.
        """
        points = list(points)
        sides = list(spread) if spread is not None else [0.0] * len(points)
        if outside_of is not None and _faces(points, outside_of):
            points.reverse()
            sides.reverse()
        padding = MAX_VERTICES - len(points)
        self._rows.append(
            (
                points + points[-1:] * padding,
                sides + sides[-1:] * padding,
                len(points),
                colour,
                second if second is not None else colour,
                texture,
                repeats,
                glow,
                semantic,
                outside_of is not None,
                spread is not None,
                range_m,
                self._instance,
                self._group,
            )
        )

    def billboard(
        self,
        base: Point,
        outline: Sequence[tuple[float, float]],
        colour: Colour,
        semantic: int,
        *,
        second: Colour | None = None,
        texture: int = 0,
        repeats: tuple[float, float] = (1.0, 1.0),
        glow: float = 0.0,
        range_m: float = 1e6,
    ) -> None:
        """Add an upright polygon that faces the viewer: outline of (sideways, up) from `base`."""
        x, y, z = base
        self.polygon(
            [(x, y, z + up) for _, up in outline],
            colour,
            semantic,
            spread=[side for side, _ in outline],
            second=second,
            texture=texture,
            repeats=repeats,
            glow=glow,
            range_m=range_m,
        )

    def box(
        self,
        low: Point,
        high: Point,
        colour: Colour,
        semantic: int,
        *,
        top: Colour | None = None,
        second: Colour | None = None,
        texture: int = 0,
        repeats: tuple[float, float] = (1.0, 1.0),
        range_m: float = 1e6,
    ) -> None:
        """Add an upright box; its underside only where a viewer may look up to it."""
        (x0, y0, z0), (x1, y1, z1) = low, high
        middle = ((x0 + x1) / 2, (y0 + y1) / 2, (z0 + z1) / 2)
        walls = (
            ((x0, y0, z0), (x1, y0, z0), (x1, y0, z1), (x0, y0, z1)),
            ((x1, y0, z0), (x1, y1, z0), (x1, y1, z1), (x1, y0, z1)),
            ((x1, y1, z0), (x0, y1, z0), (x0, y1, z1), (x1, y1, z1)),
            ((x0, y1, z0), (x0, y0, z0), (x0, y0, z1), (x0, y1, z1)),
        )
        for wall in walls:
            self.polygon(
                wall,
                colour,
                semantic,
                outside_of=middle,
                second=second,
                texture=texture,
                repeats=repeats,
                range_m=range_m,
            )
        roof = ((x0, y0, z1), (x1, y0, z1), (x1, y1, z1), (x0, y1, z1))
        self.polygon(roof, top or colour, semantic, outside_of=middle, range_m=range_m)
        if z0 > _EYE_LEVEL_M:
            floor = [(x, y, z0) for x, y, _ in roof]
            self.polygon(floor, colour, semantic, outside_of=middle, range_m=range_m)

    def build(self) -> Mesh:
        """Return everything added so far as arrays."""
        columns = list(zip(*self._rows)) if self._rows else [()] * len(_POLYGON_FIELDS)
        arrays: dict[str, NDArray[Any]] = {}
        for name, column, (shape, dtype) in zip(_POLYGON_FIELDS, columns, _POLYGON_SHAPES):
            arrays[name] = np.array(column, dtype).reshape((len(self._rows), *shape))
        return Mesh(
            **arrays,
            object_class=np.array([class_id for class_id, _ in self._objects], np.int32),
            object_centre=np.array(
                [centre for _, centre in self._objects], np.float32
            ).reshape(-1, 3),
        )


_POLYGON_SHAPES: tuple[tuple[tuple[int, ...], type], ...] = (
    ((MAX_VERTICES, 3), np.float32),
    ((MAX_VERTICES,), np.float32),
    ((), np.int32),
    ((3,), np.float32),
    ((3,), np.float32),
    ((), np.int32),
    ((2,), np.float32),
    ((), np.float32),
    ((), np.uint8),
    ((), np.bool_),
    ((), np.bool_),
    ((), np.float32),
    ((), np.int32),
    ((), np.int32),
)


def place(mesh: Mesh, x: float, y: float, z: float, heading: float, slope: float = 0.0) -> Mesh:
    """Return the mesh turned clockwise by `heading`, moved to (x, y, z) and sheared to a slope."""
    return place_all([mesh], *(np.array([value]) for value in (x, y, z, heading, slope)))


def place_all(
    meshes: Sequence[Mesh],
    x: NDArray[np.floating],
    y: NDArray[np.floating],
    z: NDArray[np.floating],
    heading: NDArray[np.floating],
    slope: NDArray[np.floating],
) -> Mesh:
    """Return K meshes merged, each at its own place (arrays (K,)); see `place`."""
    merged = merge(meshes)
    poses = np.stack((np.cos(heading), np.sin(heading), x, y, z, slope)).astype(np.float32)
    sizes = [len(mesh) for mesh in meshes]
    counts = [len(mesh.object_class) for mesh in meshes]
    return replace(
        merged,
        vertices=_posed(merged.vertices, np.repeat(poses, sizes, axis=1)[..., None]),
        object_centre=_posed(merged.object_centre, np.repeat(poses, counts, axis=1)),
    )


def _posed(points: NDArray[np.float32], poses: NDArray[np.float32]) -> NDArray[np.float32]:
    cosine, sine, x, y, z, slope = poses
    posed = np.empty_like(points)
    posed[..., 0] = points[..., 0] * cosine + points[..., 1] * sine + x
    north = points[..., 1] * cosine - points[..., 0] * sine
    posed[..., 1] = north + y
    posed[..., 2] = points[..., 2] + north * slope + z
    return posed


def merge(meshes: Iterable[Mesh]) -> Mesh:
    """Return one mesh with the polygons and objects of all, renumbered."""
    parts = list(meshes)
    if not parts:
        return MeshBuilder().build()
    values = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in (field.name for field in fields(Mesh))
    }
    sizes = [len(part) for part in parts]
    objects = np.cumsum([0] + [len(part.object_class) for part in parts[:-1]])
    groups = np.cumsum([0] + [_group_count(part) for part in parts[:-1]])
    instance = values['instance']
    offsets = np.repeat(objects, sizes).astype(np.int32)
    values['instance'] = np.where(instance >= 0, instance + offsets, -1).astype(np.int32)
    values['group'] = values['group'] + np.repeat(groups, sizes).astype(np.int32)
    return Mesh(**values)


def _group_count(mesh: Mesh) -> int:
    return int(mesh.group[-1]) + 1 if len(mesh) else 0


def toned(colour: Colour, factor: float) -> Colour:
    """Return the colour lighter (factor > 1) or darker."""
    return colour[0] * factor, colour[1] * factor, colour[2] * factor


def ellipse(
    centre: tuple[float, float], radii: tuple[float, float], count: int = 8
) -> list[tuple[float, float]]:
    """Return the outline of an ellipse as `count` points."""
    return [
        (
            centre[0] + radii[0] * math.cos(2.0 * math.pi * (k + 0.5) / count),
            centre[1] + radii[1] * math.sin(2.0 * math.pi * (k + 0.5) / count),
        )
        for k in range(count)
    ]


def rectangle(x0: float, z0: float, x1: float, z1: float) -> list[tuple[float, float]]:
    """Return the outline of an axis-aligned rectangle."""
    return [(x0, z0), (x1, z0), (x1, z1), (x0, z1)]


def _faces(points: Sequence[Point], behind: Point) -> bool:
    """Tell whether the polygon's normal (right-hand rule) points towards `behind`."""
    a, b, c = np.array(points[:3])
    return float(np.dot(np.cross(b - a, c - b), np.array(behind) - a)) > 0.0
