# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""LiDAR points as a camera beside the LiDAR sees them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.evaluation.labelled import LidarPoints

_NEAREST_M = 0.5
_CELL = 1 / 300
"""Cells in which points hide each other, as a share of the picture's width."""
_HIDING_SHARE = 0.7
"""A point hides those behind it in its surroundings that are farther than 1/0.7 of its depth.

The ground near the horizon grows by less from one cell to the next as far as it is judged.
"""


def project_points(
    points_m: NDArray[np.floating], to_camera: NDArray[np.float64], camera: CameraModel
) -> LidarPoints:
    """Project points (N, 3) of a LiDAR into a picture; ``to_camera`` (4, 4) carries them there.

    Points behind what the camera sees, which the LiDAR saw from where it is, are left out.
    """
    in_camera = points_m.astype(np.float64) @ to_camera[:3, :3].T + to_camera[:3, 3]
    in_camera = in_camera[in_camera[:, 2] > _NEAREST_M]
    pixels = camera.project(in_camera)
    # NaN, where the lens has no pixel for a ray, fails the comparisons.
    with np.errstate(invalid='ignore'):
        is_inside = ((pixels >= -0.5) & (pixels < np.array(camera.size) - 0.5)).all(axis=1)
    pixels, depth_m = pixels[is_inside], in_camera[is_inside, 2]
    is_seen = seen_points(pixels, depth_m, camera.size)
    return LidarPoints(pixels[is_seen].astype(np.float32), depth_m[is_seen].astype(np.float32))


def seen_points(
    pixels: NDArray[np.floating], depth_m: NDArray[np.floating], size: tuple[int, int]
) -> NDArray[np.bool_]:
    """Tell which points (N, 2), (N,) have no much nearer one in their surroundings: (N,).

    Those are the 3×3 cells of _CELL about the point's own.
    """
    cell_px = max(_CELL * size[0], 1.0)
    columns, rows = (int(length / cell_px) + 3 for length in size)
    # A border of one cell all around.
    column, row = ((pixels + 0.5) / cell_px).astype(int).T + 1
    nearest_m = np.full((rows, columns), np.inf)
    np.minimum.at(nearest_m, (row, column), depth_m)
    around_m = np.min(
        [nearest_m[row + i, column + j] for i in (-1, 0, 1) for j in (-1, 0, 1)],
        axis=0,
        initial=np.inf,
    )
    return np.asarray(around_m >= _HIDING_SHARE * depth_m)
