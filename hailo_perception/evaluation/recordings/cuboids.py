# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""From labelled cuboids in space to boxes about what a camera sees of the objects.

The corners of a cuboid reach beyond the object in it: a car's roof is shorter and narrower than
its base, people have no corners at all. So each class has a convex shape, as points in its unit
cuboid, and the box is that of the shape's outline. Outlines of nearer objects are cut out, and
LiDAR points in the outline tell what else hides the object.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.evaluation.labelled import LidarPoints

_NEAREST_M = 0.2
"""Shapes are cut off in front of the camera."""
_RASTER_WIDTH = 960
"""Outlines are drawn over each other in a picture of about this width."""
_SLIVER_PX = 3
"""What is narrower in that picture is the error of an outline, not a part of the object."""
_MARGIN_M = 0.35
"""A LiDAR point may lie so far outside a cuboid and still belong to the object."""
_SUBPIXEL_BITS = 4
_FAR_OUTSIDE = 8000.0
_GROUND_M = 0.2
"""Points that are less above the object's underside are on the ground."""
_LEAST_POINTS = 4
"""So many points in an outline tell how much of it is hidden."""
_FARTHEST_UNPROVEN_M = 25.0
"""In a picture without LiDAR points, objects beyond may be hidden behind anything."""


def _ring(
    height: float, width: float, front: float, back: float, corner: float = 0.15
) -> tuple[tuple[float, float, float], ...]:
    """Make a rectangle with cut corners at a height; all in halves of the cuboid's size."""
    return tuple(
        (x, y, height)
        for side in (-width, width)
        for end in (front, -back)
        for x, y in ((side, end * (1 - corner)), (side * (1 - corner), end))
    )


SHAPES: dict[str, NDArray[np.float64]] = {
    name: np.array([point for ring in rings for point in ring])
    for name, rings in {
        'box': (
            _ring(-1.00, 0.92, 0.75, 0.75),
            _ring(-0.75, 0.97, 1.00, 1.00, 0.05),
            _ring(0.96, 0.96, 0.96, 0.98, 0.05),
        ),
        'car': (
            _ring(-1.00, 0.88, 0.60, 0.50, 0.05),
            _ring(-0.70, 0.93, 0.92, 0.95, 0.2),
            _ring(-0.40, 0.94, 0.97, 0.98, 0.2),
            _ring(0.00, 0.94, 0.92, 0.95, 0.2),
            _ring(0.20, 0.96, 0.40, 0.40),
            _ring(0.25, 0.92, 0.55, 0.93),
            _ring(0.65, 0.72, 0.35, 0.85),
            _ring(0.94, 0.60, 0.15, 0.58),
        ),
        'pickup': (
            _ring(-1.00, 0.90, 0.60, 0.50, 0.05),
            _ring(-0.60, 0.97, 0.95, 0.97),
            _ring(0.10, 0.96, 0.90, 0.94),
            _ring(0.30, 0.98, 0.45, 0.92),
            _ring(0.94, 0.65, 0.30, 0.50),
        ),
        'van': (
            _ring(-1.00, 0.88, 0.65, 0.60, 0.05),
            _ring(-0.60, 0.94, 0.97, 0.98),
            _ring(0.00, 0.94, 0.93, 0.96),
            _ring(0.45, 0.91, 0.62, 0.92),
            _ring(0.95, 0.72, 0.30, 0.84),
        ),
        'person': (
            _ring(-0.92, 0.55, 0.55, 0.55, 0.4),
            _ring(0.00, 0.70, 0.50, 0.50, 0.4),
            _ring(0.50, 0.65, 0.45, 0.45, 0.4),
            _ring(0.95, 0.30, 0.30, 0.30, 0.4),
        ),
        'cycle': (
            _ring(-0.97, 0.40, 0.80, 0.80),
            _ring(-0.30, 0.80, 0.92, 0.92),
            _ring(0.20, 0.97, 0.60, 0.60),
            _ring(0.95, 0.40, 0.30, 0.30),
        ),
    }.items()
}
"""Points of convex bodies by kind, in halves of a cuboid's width, length (front +) and height.

Measured: how far the LiDAR points in PandaSet's cuboids, which have room around the object, reach
at each height, at the 80th percentile of a kind; ``box`` is for what has its cuboid's corners.
"""


@dataclass(frozen=True, slots=True)
class Cuboid:
    """One object as a camera has it: ``to_camera`` (4, 4) float64 carries its points there.

    ``size_m`` is width, length and height along the object's own x, y (to its front) and z (up),
    in metres about its middle; ``shape`` is one of SHAPES.
    """

    shape: str
    size_m: tuple[float, float, float]
    to_camera: NDArray[np.float64]

    @property
    def center_m(self) -> NDArray[np.float64]:
        """The middle (3,) in the optical frame."""
        return self.to_camera[:3, 3]


Box = tuple[float, float, float, float]
"""x_min y_min x_max y_max in edge coordinates."""


@dataclass(frozen=True, slots=True)
class SeenCuboid:
    """How a camera sees an object.

    ``xyxy`` is about its visible part and ``whole_xyxy`` about all of it, both clipped to the
    picture; ``visibility`` 0…1 is the share that nothing hides; ``points`` counts the LiDAR points
    on it, None without LiDAR; ``distance_m`` is along the optical axis.
    """

    xyxy: Box
    whole_xyxy: Box
    visibility: float
    points: int | None
    distance_m: float

    @property
    def is_proven(self) -> bool:
        """Whether LiDAR points, or without LiDAR the short distance, say that it is seen."""
        if self.points is None:
            return self.distance_m <= _FARTHEST_UNPROVEN_M
        return self.points > 0


def see_cuboids(
    cuboids: list[Cuboid], camera: CameraModel, lidar: LidarPoints | None
) -> list[SeenCuboid | None]:
    """Find what a pinhole camera sees of each cuboid; None for those outside the picture."""
    view = _View.of(camera, lidar)
    outlines = [outline(cuboid, camera) for cuboid in cuboids]
    masks = [None if corners is None else view.filled(corners) for corners in outlines]
    nearest = np.zeros(view.size[::-1], np.int32)
    farthest_first = np.argsort([-np.linalg.norm(cuboid.center_m) for cuboid in cuboids])
    for i in farthest_first.tolist():
        if (mask := masks[i]) is not None:
            nearest[mask] = i + 1
    return [
        None
        if corners is None or mask is None
        else view.seen(cuboid, corners, mask, mask & (nearest == i + 1))
        for i, (cuboid, corners, mask) in enumerate(zip(cuboids, outlines, masks, strict=True))
    ]


def size_around(shape: str, size_m: tuple[float, float, float]) -> tuple[float, float, float]:
    """Find the size of the cuboid in which a body of a shape is itself of this size.

    Some data sets label cuboids as tight as the objects are, others with room around them.
    """
    width, length, height = size_m / (np.ptp(SHAPES[shape], axis=0) / 2)
    return float(width), float(length), float(height)


def outline(cuboid: Cuboid, camera: CameraModel) -> NDArray[np.float64] | None:
    """Project an object's shape: the corners (N, 2) of its convex outline in edge coordinates.

    None when it is behind the camera or outside the picture.
    """
    points = SHAPES[cuboid.shape] * (np.array(cuboid.size_m) / 2)
    points = points @ cuboid.to_camera[:3, :3].T + cuboid.to_camera[:3, 3]
    is_front = points[:, 2] >= _NEAREST_M
    if not is_front.any():
        return None
    front, behind = points[is_front], points[~is_front]
    # A cut through a convex body is spanned by the cuts through all lines between its points.
    share = (front[:, None, 2:] - _NEAREST_M) / (front[:, None, 2:] - behind[None, :, 2:])
    cut = front[:, None] + share * (behind[None] - front[:, None])
    pixels = camera.project(np.concatenate((front, cut.reshape(-1, 3)))) + 0.5
    hull = cv2.convexHull(pixels.astype(np.float32))[:, 0].astype(np.float64)
    is_inside = (hull.max(axis=0) > 0).all() and (hull.min(axis=0) < camera.size).all()
    return hull if is_inside else None


@dataclass(frozen=True, slots=True)
class _View:
    """A camera's picture as a raster of a size (width, height), ``steps`` of it per pixel."""

    camera: CameraModel
    lidar: LidarPoints | None
    size: tuple[int, int]
    steps: NDArray[np.float64]

    @classmethod
    def of(cls, camera: CameraModel, lidar: LidarPoints | None) -> _View:
        scale = min(1.0, _RASTER_WIDTH / camera.width)
        size = (round(camera.width * scale), round(camera.height * scale))
        return cls(camera, lidar, size, np.array(size) / camera.size)

    def filled(self, corners: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Fill an outline (N, 2), (H, W)."""
        mask = np.zeros(self.size[::-1], np.uint8)
        # Far outside, OpenCV's fixed-point corners would overflow.
        points = np.clip(corners * self.steps - 0.5, -_FAR_OUTSIDE, _FAR_OUTSIDE)
        fixed = np.rint(points * 2**_SUBPIXEL_BITS).astype(np.int32)
        cv2.fillConvexPoly(mask, fixed, 1, shift=_SUBPIXEL_BITS)
        return mask.view(bool)

    def seen(
        self,
        cuboid: Cuboid,
        corners: NDArray[np.float64],
        mask: NDArray[np.bool_],
        shown: NDArray[np.bool_],
    ) -> SeenCuboid:
        """Judge an object by its outline, all of it and the part that no other one covers."""
        limits = np.tile(self.camera.size, 2)
        whole = np.clip(np.concatenate((corners.min(axis=0), corners.max(axis=0))), 0, limits)
        area, shown_area = np.count_nonzero(mask), np.count_nonzero(shown)
        visibility = shown_area / area if area else 0.0
        xyxy = self._part_of(whole, shown) if 0 < shown_area < area else whole
        points, distance_m = None, float(cuboid.center_m[2])
        if self.lidar is not None:
            own_m, hiding = self._evidence(self.lidar, cuboid, corners, shown)
            points = len(own_m)
            if points + hiding >= _LEAST_POINTS:
                visibility *= points / (points + hiding)
            if points:
                distance_m = float(np.median(own_m))
        return SeenCuboid(_box(xyxy), _box(whole), visibility, points, distance_m)

    def _part_of(
        self, whole: NDArray[np.float64], shown: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """Find the box about the shown part of an object, without slivers."""
        part = cv2.morphologyEx(
            shown.view(np.uint8), cv2.MORPH_OPEN, np.ones((_SLIVER_PX, _SLIVER_PX), np.uint8)
        )
        x, y, width, height = cv2.boundingRect(part if part.any() else shown.view(np.uint8))
        box = np.array((x, y, x + width, y + height)) / np.tile(self.steps, 2)
        return np.concatenate((np.maximum(box[:2], whole[:2]), np.minimum(box[2:], whole[2:])))

    def _evidence(
        self,
        lidar: LidarPoints,
        cuboid: Cuboid,
        corners: NDArray[np.float64],
        shown: NDArray[np.bool_],
    ) -> tuple[NDArray[np.float32], int]:
        """Give the depths of the points on an object, and count those on what hides it.

        Looked at are the points in the part of its outline that no other object covers. Those
        about as low as the ground that it stands on are neither.
        """
        places = lidar.pixels + 0.5
        is_near = ((places >= corners.min(axis=0)) & (places <= corners.max(axis=0))).all(axis=1)
        index = np.flatnonzero(is_near)
        cells = (places[index] * self.steps).astype(int)
        column, row = np.minimum(cells, np.array(self.size) - 1).T
        index = index[shown[row, column]]
        depth_m = lidar.depth_m[index]
        rays = self.camera.unproject(lidar.pixels[index])
        rotation, half_m = cuboid.to_camera[:3, :3], np.array(cuboid.size_m) / 2
        # Both in the object's own axes; a ray per metre of depth.
        origin_m = -cuboid.center_m @ rotation
        direction = np.column_stack((rays, np.ones(len(rays)))) @ rotation
        reach_m = np.stack((-half_m - _MARGIN_M, half_m + _MARGIN_M))[:, None]
        with np.errstate(divide='ignore', invalid='ignore'):
            ends_m = (reach_m - origin_m) / direction
        # Without NaN, and also of no rays: nanmax takes an initial value from numpy 1.22 on.
        entry_m = np.fmax.reduce(ends_m.min(axis=0), axis=1, initial=-np.inf)
        exit_m = np.fmin.reduce(ends_m.max(axis=0), axis=1, initial=np.inf)
        is_above = origin_m[2] + direction[:, 2] * depth_m + half_m[2] > _GROUND_M
        is_own = is_above & (entry_m <= depth_m) & (depth_m <= exit_m)
        return depth_m[is_own], int(np.count_nonzero(is_above & (depth_m < entry_m)))


def _box(values: NDArray[np.float64]) -> Box:
    left, top, right, bottom = values.tolist()
    return left, top, right, bottom
