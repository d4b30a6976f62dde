# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A calibrated camera: pixels to rays and back, at any resolution of the same image."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.distortion import check_distortion
from hailo_perception.core.distortion import distort
from hailo_perception.core.distortion import undistort
from hailo_perception.core.errors import CameraInfoError

TABLES_OF_CAMERAS = 32
"""Of how many cameras tables of one kind are kept. With one camera more, each table would be the
one unused for longest when its turn comes, and all of them would be made anew for every frame."""


@dataclass(frozen=True, slots=True)
class CameraModel:
    """Intrinsics and distortion of one image size.

    Focal lengths and the principal point are pixels in centre coordinates (pixel i's centre is
    at i), as in sensor_msgs/CameraInfo and OpenCV. For a rectified image the distortion is
    empty. The optical frame is REP 103's: x right, y down, z forward.
    """

    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float
    distortion_model: str = 'plumb_bob'
    distortion: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be a camera with CameraInfoError."""
        if self.width <= 0 or self.height <= 0:
            raise CameraInfoError(
                f'a camera image has at least 1×1 pixels, got {self.width}×{self.height}'
            )
        intrinsics = (self.fx, self.fy, self.cx, self.cy)
        if not np.all(np.isfinite(intrinsics)) or self.fx <= 0 or self.fy <= 0:
            raise CameraInfoError(
                f'focal lengths must be positive and the principal point finite, got fx={self.fx} '
                f'fy={self.fy} cx={self.cx} cy={self.cy}; is the camera calibrated?'
            )
        check_distortion(self.distortion_model, self.distortion)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.width, self.height

    @property
    def is_pinhole(self) -> bool:
        """Whether straight lines stay straight."""
        return self.distortion_model != 'equidistant' and not any(self.distortion)

    @property
    def matrix(self) -> NDArray[np.float64]:
        """The intrinsic matrix K, (3, 3) float64."""
        return np.array(((self.fx, 0, self.cx), (0, self.fy, self.cy), (0, 0, 1)), np.float64)

    def scaled(self, width: int, height: int) -> CameraModel:
        """Describe the same camera for its whole image resized to another size.

        Edges scale linearly, so centres shift by half a pixel: c' = (c + ½)·s − ½.
        """
        return _scaled(self, width, height)

    def straightened(self, low: tuple[float, float], high: tuple[float, float]) -> CameraModel:
        """Give the ideal lens, of equal focal lengths, that sees what this one sees.

        As far as from one ray (x/z, y/z) to another, which bound what a very wide lens needs;
        with a pixel more on each side.
        """
        rays = self.rays().reshape(-1, 2)
        focal = np.array((self.fx, self.fy))
        first = np.maximum(np.nanmin(rays, axis=0), low)
        last = np.minimum(np.nanmax(rays, axis=0), high)
        width, height = (np.ceil((last - first) * focal) + 3).astype(int).tolist()
        cx, cy = (1.0 - first * focal).tolist()
        return CameraModel(width, height, self.fx, self.fy, cx, cy)

    def project(self, points: NDArray[Any]) -> NDArray[np.float64]:
        """Project points (…, 3) in metres to pixel centre coordinates (…, 2).

        NaN for points that are not in front of the camera, or so far to the side that the lens
        model does not hold there.
        """
        points = np.asarray(points, np.float64)
        depth = np.where(points[..., 2:] > 0, points[..., 2:], np.nan)
        ideal = points[..., :2] / depth
        lens = distort(ideal, self.distortion_model, self.distortion)
        return lens * (self.fx, self.fy) + (self.cx, self.cy)

    def unproject(self, pixels: NDArray[Any]) -> NDArray[np.float64]:
        """Find the rays (x/z, y/z) of pixels (…, 2) in centre coordinates; NaN where none is."""
        lens = (np.asarray(pixels, np.float64) - (self.cx, self.cy)) / (self.fx, self.fy)
        return undistort(lens, self.distortion_model, self.distortion)

    def ray_changes(self, pixels: NDArray[Any]) -> NDArray[np.float64]:
        """Tell how rays (x/z, y/z) change with their pixels (…, 2): (…, ray, pixel), by half each.

        NaN where a lens has no ray on both sides.
        """
        pixels = np.asarray(pixels, np.float64)
        if self.is_pinhole:
            same = np.diag((1 / self.fx, 1 / self.fy))
            return np.broadcast_to(same, (*pixels.shape, 2))
        # By one pixel in either direction: the axis before the last counts the directions.
        halves = np.eye(2) / 2
        around = pixels[..., None, :]
        changes = self.unproject(around + halves) - self.unproject(around - halves)
        return np.swapaxes(changes, -1, -2)

    def rays(self) -> NDArray[np.float32]:
        """Tabulate (x/z, y/z) of every pixel centre: (height, width, 2) float32, read-only.

        A point at depth z along the optical axis is (ray_x·z, ray_y·z, z). NaN where the lens
        model has no ray. The table is kept for the cameras used last.
        """
        return _ray_table(self)

    def ray_planes(self, stride: int = 1) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Tabulate x/z and y/z of every ``stride``-th pixel: (h, w) float32 each, read-only.

        Without distortion one depends on the column alone, the other on the row: (1, w), (h, 1).
        """
        return _ray_planes(self, stride)


@lru_cache(maxsize=2 * TABLES_OF_CAMERAS)
def _ray_table(camera: CameraModel) -> NDArray[np.float32]:
    columns, rows = np.meshgrid(np.arange(camera.width), np.arange(camera.height))
    table = camera.unproject(np.stack((columns, rows), axis=-1)).astype(np.float32)
    table.flags.writeable = False
    return table


@lru_cache(maxsize=2 * TABLES_OF_CAMERAS)
def _ray_planes(
    camera: CameraModel, stride: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    rays = camera.rays()[::stride, ::stride]
    x, y = (rays[:1, :, 0], rays[:, :1, 1]) if camera.is_pinhole else np.moveaxis(rays, 2, 0)
    planes = x.copy(), y.copy()
    for plane in planes:
        plane.flags.writeable = False
    return planes


@lru_cache(maxsize=TABLES_OF_CAMERAS)
def _scaled(camera: CameraModel, width: int, height: int) -> CameraModel:
    x, y = width / camera.width, height / camera.height
    return replace(
        camera,
        width=width,
        height=height,
        fx=camera.fx * x,
        fy=camera.fy * y,
        cx=(camera.cx + 0.5) * x - 0.5,
        cy=(camera.cy + 0.5) * y - 0.5,
    )
