# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The top view of the labels: where the pixels of an image lie around the camera.

The ground is looked up cell by cell through its plane, so that it has no holes; what does not
lie on it (cars, walls, hills) is put pixel by pixel on top of it. Where no plane is found or
wanted, all pixels are put so.
"""

from __future__ import annotations

from dataclasses import astuple
from dataclasses import dataclass
from functools import lru_cache
import math

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.camera_model import TABLES_OF_CAMERAS
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.message_room import empty_with_room
from hailo_perception.core.results import BirdEyeView
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import DepthMap
from hailo_perception.core.results import Detections
from hailo_perception.kernels import Kernels
from hailo_perception.kernels import load_kernels
from hailo_perception.kernels.plane_limits import CellView
from hailo_perception.kernels.sampling import resized_ids
from hailo_perception.tasks.ground import find_ground_plane
from hailo_perception.tasks.ground import GroundPlane
from hailo_perception.tasks.settings import BirdEyeSettings

_GROUND_TOLERANCE = 0.1
_GROUND_TOLERANCE_M = 0.3
"""A pixel lies on the ground when its depth is the plane's within both together."""

_UNLABELLED_RGB = (90, 90, 90)
"""Of cells that are seen and have no class; unseen cells are black."""

_WIDEST_RAYS = (6.0, 5.0, 4.0, 3.0, 2.5, 2.0, 1.5, 1.0)
_HIGHEST_RAY = -1.0
"""How far from the axis, x/z and y/z, ground is looked for through a lens that is not ideal.

Where the picture would be too large, less far to the side.
"""
_MOST_PIXELS = 1 << 22
"""Sixteen megabytes of indices, found with the first frame, in a second or less on an x86 core."""

_NO_LENS = np.empty(0, np.uint32)
"""Of a camera whose pixels lie where an ideal lens shows them."""

_MARK_RADIUS_M = 0.5
_MARK_RIM_BGR = (255, 255, 255)


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
    kernels: Kernels | None = None,
) -> BirdEyeView:
    """Draw the labels as seen from above, along the optical frame's y axis.

    A cell shows the lane class, else the semantic class, of the pixel that lies there; dark
    grey where neither is known; black where nothing is seen. Objects whose position is known
    are marked with their class colour. Class maps may have any resolution; all cover the image.
    """
    kernels = kernels or load_kernels()
    grid = _Grid.of(settings)
    plane = find_ground_plane(depth, kernels) if settings.fill_ground else None
    camera, shape = depth.camera_model, depth.depth_m.shape
    pixels = depth.depth_m, camera.ray_planes(), _ids(semantic, shape), _ids(lane, shape)
    limits = 1 / grid.metres_per_cell, -settings.maximum_height_m
    cells = np.empty((grid.rows, grid.columns), np.uint16)
    if plane is None:
        ground, straight, lens = np.empty(0, np.uint16), camera, _NO_LENS
        kernels.place_all_pixels(*pixels, *limits, cells)
    else:
        ground = np.empty(depth.depth_m.size + 1, np.uint16)
        straight, lens = _straightened(camera)
        tolerance = _GROUND_TOLERANCE * plane.height_m, _GROUND_TOLERANCE_M
        kernels.place_pixels(*pixels, astuple(plane), tolerance, *limits, ground, cells)
    colors = _pair_colors(
        semantic.labels if semantic else None, lane.labels if lane else None, lane_background
    )
    image = empty_with_room((grid.rows, grid.columns, 3), np.uint8)
    view = _view_of_cells(plane, straight, grid.metres_per_cell)
    kernels.show_cells(ground, straight.size, lens, view, colors, cells, image)
    if detections is not None:
        _mark_objects(image, detections, grid)
    return BirdEyeView(image, grid.metres_per_cell)


def _ids(classes: ClassMap | None, shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Bring the ids of a class map to the depth map's shape; zeros in place of no map."""
    if classes is None:
        return np.zeros(shape, np.uint8)
    return resized_ids(classes.ids, shape)


@lru_cache(maxsize=8)
def _pair_colors(
    semantic: LabelSet | None, lane: LabelSet | None, lane_background: str | None
) -> NDArray[np.uint32]:
    """Tabulate 0x00RRGGBB by semantic id + 256 · lane id, (65536,); black for the unseen."""
    things = np.full(256, _packed(_UNLABELLED_RGB), np.uint32)
    for label in semantic or ():
        things[label.id] = _packed(label.color_rgb)
    colors = np.tile(things, (256, 1))
    for label in lane or ():
        if label.name != lane_background:
            colors[label.id] = _packed(label.color_rgb)
    colors[-1, -1] = 0
    colors.flags.writeable = False
    return colors.reshape(-1)


def _packed(color_rgb: tuple[int, int, int]) -> int:
    return int.from_bytes(bytes(color_rgb), 'big')


@lru_cache(maxsize=TABLES_OF_CAMERAS)
def _straightened(camera: CameraModel) -> tuple[CameraModel, NDArray[np.uint32]]:
    """Give an ideal lens that sees the same ground, and where its pixels are seen: (h·w + 1,).

    Indices of the camera's pixels, H·W where it sees none, and at the end. The camera itself, and
    no indices, where its lens is ideal. At the edges a lens may look far farther to the side than
    an ideal one of its size.
    """
    if camera.is_pinhole:
        return camera, _NO_LENS
    for widest in _WIDEST_RAYS:
        straight = camera.straightened((-widest, _HIGHEST_RAY), (widest, widest))
        if straight.width * straight.height <= _MOST_PIXELS:
            break
    nowhere = camera.width * camera.height
    indices = np.full(straight.width * straight.height + 1, nowhere, np.uint32)
    rays = np.ones((straight.width, 3))
    rays[:, 0] = (np.arange(straight.width) - straight.cx) / straight.fx
    # Row by row, because all of them at once would need some hundred megabytes for a moment.
    for row, of_row in enumerate(indices[:-1].reshape(straight.height, straight.width)):
        rays[:, 1] = (row - straight.cy) / straight.fy
        x, y = np.rint(camera.project(rays)).T
        # Comparisons with NaN are False: what the lens does not show is nowhere.
        seen = (x >= 0) & (x < camera.width) & (y >= 0) & (y < camera.height)
        of_row[seen] = (y * camera.width + x)[seen]
    return straight, indices


def _view_of_cells(
    plane: GroundPlane | None, camera: CameraModel, metres_per_cell: float
) -> CellView:
    lens = camera.fx, camera.fy, camera.cx, camera.cy
    ground = (plane.height_m, plane.slope_x, plane.slope_z) if plane else (math.nan, 0.0, 0.0)
    return CellView(*lens, *ground, metres_per_cell)


def _mark_objects(image: NDArray[np.uint8], detections: Detections, grid: _Grid) -> None:
    """Draw a disc where each object stands whose position is known."""
    radius = max(round(_MARK_RADIUS_M / grid.metres_per_cell), 2)
    colors = detections.labels.color_table_bgr()[detections.class_ids]
    on_ground = np.ones((len(detections), 3))
    on_ground[:, :2] = detections.positions_m[:, (0, 2)]
    columns, rows, _ = grid.metres_to_cells @ on_ground.T
    # Comparisons with NaN are False: what stands nowhere has no mark.
    seen = (columns >= 0) & (columns < grid.columns) & (rows >= 0) & (rows < grid.rows)
    centers = np.floor(np.stack((columns, rows), axis=-1)[seen]).astype(int).tolist()
    for center, color in zip(centers, colors[seen].tolist(), strict=True):
        # Smooth rims between cells would take three times as long.
        cv2.circle(image, center, radius + 1, _MARK_RIM_BGR, cv2.FILLED)
        cv2.circle(image, center, radius, color, cv2.FILLED)
