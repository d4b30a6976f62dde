# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The top view of the labels: where the pixels of an image lie around the camera.

The ground is looked up cell by cell through its homography, so that it has no holes; what does
not lie on the ground plane (cars, walls, hills) is scattered pixel by pixel on top of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import BirdEyeView
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import DepthMap
from hailo_perception.core.results import Detections
from hailo_perception.kernels.sampling import nearest_pixels
from hailo_perception.tasks.ground import find_ground_plane
from hailo_perception.tasks.ground import GroundPlane
from hailo_perception.tasks.settings import BirdEyeSettings

_GROUND_TOLERANCE = 0.1
_GROUND_TOLERANCE_M = 0.3
"""A pixel lies on the ground when its depth is the plane's within both together."""

_UNLABELLED_BGR = (90, 90, 90)
"""Of cells that are seen and have no class; unseen cells are black."""

_MARK_RADIUS_M = 0.5
_MARK_RIM_BGR = (255, 255, 255)
_SUBPIXEL_BITS = 4


@dataclass(frozen=True, slots=True)
class _Grid:
    """The cells of the view: column of x metres to the right, row of z metres ahead."""

    columns: int
    rows: int
    metres_per_cell: float

    @classmethod
    def of(cls, settings: BirdEyeSettings) -> _Grid:
        cell = settings.metres_per_cell
        return cls(
            max(round(2 * settings.lateral_range_m / cell), 1),
            max(round(settings.forward_range_m / cell), 1),
            cell,
        )

    @property
    def metres_to_cells(self) -> NDArray[np.float64]:
        """Carry (x, z, 1) in metres to (column, row, 1) in edge coordinates: (3, 3)."""
        scale = 1 / self.metres_per_cell
        return np.array(((scale, 0, self.columns / 2), (0, -scale, self.rows), (0, 0, 1)))


def make_bird_eye(
    depth: DepthMap,
    semantic: ClassMap | None,
    lane: ClassMap | None,
    detections: Detections | None,
    *,
    lane_background: str | None,
    settings: BirdEyeSettings,
) -> BirdEyeView:
    """Draw the labels as seen from above, along the optical frame's y axis.

    A cell shows the lane class, else the semantic class, of the pixel that lies there; dark
    grey where neither is known; black where nothing is seen. Objects whose position is known
    are marked with their class colour. Class maps may have any resolution; all cover the image.
    """
    grid = _Grid.of(settings)
    painted = _paint(depth.depth_m.shape, semantic, lane, lane_background)
    view = np.zeros((grid.rows, grid.columns), np.uint32)
    plane = find_ground_plane(depth)
    standing = np.isfinite(depth.depth_m)
    if plane is not None:
        on_ground = _lies_on(plane, depth)
        standing &= ~on_ground
        view = _warp_ground(painted * on_ground, depth.camera_model, plane, grid)
    _scatter(view, painted, depth, standing, grid, settings.maximum_height_m)
    image = np.asarray(cv2.cvtColor(_bytes(view), cv2.COLOR_BGRA2BGR), np.uint8)
    if detections is not None:
        _mark_objects(image, detections, grid)
    return BirdEyeView(image, grid.metres_per_cell)


def _paint(
    shape: tuple[int, ...],
    semantic: ClassMap | None,
    lane: ClassMap | None,
    lane_background: str | None,
) -> NDArray[np.uint32]:
    """Colour the depth map's pixels by their class: (H, W) uint32 holding B, G, R, 255."""
    height, width = shape
    painted = np.full((height, width), _packed(_UNLABELLED_BGR), np.uint32)
    if semantic is not None:
        painted = _color_words(semantic.labels, None)[_resized(semantic, shape)]
    if lane is not None:
        words = _color_words(lane.labels, lane_background)[_resized(lane, shape)]
        is_line = words != _packed(_UNLABELLED_BGR)
        painted = np.where(is_line, words, painted)
    return painted


def _resized(classes: ClassMap, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    if classes.ids.shape == shape:
        return classes.ids
    rows, columns = (nearest_pixels(shape[axis], classes.ids.shape[axis]) for axis in (0, 1))
    return classes.ids[rows[:, None], columns]


@lru_cache(maxsize=8)
def _color_words(labels: LabelSet, background: str | None) -> NDArray[np.uint32]:
    """Tabulate packed colours of all mask values, (256,); no class and background alike."""
    words = np.full(256, _packed(_UNLABELLED_BGR), np.uint32)
    for label in labels:
        if label.name != background:
            words[label.id] = _packed(label.color_rgb[::-1])
    return words


def _packed(color_bgr: tuple[int, ...]) -> np.uint32:
    return np.uint32(np.array((*color_bgr, 255), np.uint8).view(np.uint32)[0])


def _bytes(words: NDArray[np.uint32]) -> NDArray[np.uint8]:
    return words.view(np.uint8).reshape(*words.shape, 4)


def _lies_on(plane: GroundPlane, depth: DepthMap) -> NDArray[np.bool_]:
    """Tell which pixels of a depth map lie on a plane, (H, W)."""
    plane_m = _plane_depth(plane, depth.camera_model)
    tolerance_m = _GROUND_TOLERANCE * plane_m + _GROUND_TOLERANCE_M
    # Comparisons with NaN are False: the unknown lies nowhere.
    on_plane: NDArray[np.bool_] = np.abs(depth.depth_m - plane_m) < tolerance_m
    return on_plane


def _plane_depth(plane: GroundPlane, camera: CameraModel) -> NDArray[np.float32]:
    """Depth of a plane in every pixel, (H, W); NaN above its horizon."""
    rays = camera.rays()
    below = rays[..., 1] - np.float32(plane.slope_x) * rays[..., 0] - np.float32(plane.slope_z)
    return np.divide(
        np.float32(plane.height_m), below, out=np.full_like(below, np.nan), where=below > 0
    )


def _warp_ground(
    painted: NDArray[np.uint32], camera: CameraModel, plane: GroundPlane, grid: _Grid
) -> NDArray[np.uint32]:
    """Look up each cell's place on the plane in the painted pixels; 0 outside the image."""
    if not camera.is_pinhole:
        columns, rows = _straight_pixels(camera)
        straight = cv2.remap(_bytes(painted), columns, rows, cv2.INTER_NEAREST)
        painted = straight.view(np.uint32)[..., 0]
    to_plane = np.array(((1, 0, 0), (plane.slope_x, plane.slope_z, plane.height_m), (0, 1, 0)))
    centre = np.array(((1, 0, 0.5), (0, 1, 0.5), (0, 0, 1)))
    # Cell → its centre → (x, z, 1) → (x, y, z) on the plane → pixel.
    cell_to_pixel = camera.matrix @ to_plane @ np.linalg.inv(grid.metres_to_cells) @ centre
    warped = cv2.warpPerspective(
        _bytes(painted),
        cell_to_pixel,
        (grid.columns, grid.rows),
        flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP,
    )
    view: NDArray[np.uint32] = warped.view(np.uint32)[..., 0]
    return view


@lru_cache(maxsize=8)
def _straight_pixels(camera: CameraModel) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Find where each pixel of the same camera with an ideal lens is seen: (columns, rows)."""
    ideal = replace(camera, distortion_model='plumb_bob', distortion=())
    rays = ideal.rays()
    pixels = camera.project(np.dstack((rays, np.ones(rays.shape[:2])))).astype(np.float32)
    return pixels[..., 0].copy(), pixels[..., 1].copy()


def _scatter(
    view: NDArray[np.uint32],
    painted: NDArray[np.uint32],
    depth: DepthMap,
    standing: NDArray[np.bool_],
    grid: _Grid,
    maximum_height_m: float,
) -> None:
    """Put pixels into the cells in which they lie, the upper of two pixels over the lower."""
    # From the bottom row up, as the last assignment to a cell stays.
    pixels = np.flatnonzero(standing)[::-1]
    z = depth.depth_m.reshape(-1)[pixels]
    rays = depth.camera_model.rays().reshape(-1, 2)[pixels]
    x, y = rays[:, 0] * z, rays[:, 1] * z
    columns = np.floor(x / grid.metres_per_cell + grid.columns / 2)
    rows = np.floor(grid.rows - z / grid.metres_per_cell)
    # Written so that pixels without a ray, NaN, are left out.
    inside = (columns >= 0) & (columns < grid.columns) & (rows >= 0) & (rows < grid.rows)
    inside &= y > -maximum_height_m
    cells = rows[inside].astype(np.intp) * grid.columns + columns[inside].astype(np.intp)
    view.reshape(-1)[cells] = painted.reshape(-1)[pixels[inside]]


def _mark_objects(image: NDArray[np.uint8], detections: Detections, grid: _Grid) -> None:
    """Draw a disc where each object stands whose position is known."""
    radius = max(round(_MARK_RADIUS_M / grid.metres_per_cell), 2)
    colors = detections.labels.color_table_bgr()
    known = np.isfinite(detections.positions_m).all(axis=1)
    for class_id, (x, _, z) in zip(
        detections.class_ids[known], detections.positions_m[known], strict=True
    ):
        cell = grid.metres_to_cells @ (x, z, 1)
        if not (0 <= cell[0] < grid.columns and 0 <= cell[1] < grid.rows):
            continue
        center = tuple(int(v) for v in np.rint((cell[:2] - 0.5) * (1 << _SUBPIXEL_BITS)))
        for size, color in ((radius + 1, _MARK_RIM_BGR), (radius, colors[class_id].tolist())):
            cv2.circle(
                image,
                center,
                size << _SUBPIXEL_BITS,
                color,
                cv2.FILLED,
                cv2.LINE_AA,
                _SUBPIXEL_BITS,
            )
