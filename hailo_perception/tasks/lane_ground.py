# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Lane lines in metres where nobody knows the depth: on the ground below a mounted camera."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.results import LaneLine
from hailo_perception.core.results import LaneLines
from hailo_perception.tasks.ground_plane import MountedGround

_FARTHEST_M = 100.0
"""Beyond it a degree of pitch, which every hump gives, is more than the distance itself."""


def lines_on_ground(lines: LaneLines, camera: CameraModel, ground: MountedGround) -> LaneLines:
    """Place the vertices of lines where their rays meet the ground; NaN where they do not.

    ``camera`` is that of the image whose pixels the lines are in.
    """
    return replace(lines, lines=tuple(_on_ground(line, camera, ground) for line in lines.lines))


def _on_ground(line: LaneLine, camera: CameraModel, ground: MountedGround) -> LaneLine:
    rays = camera.unproject(line.pixels)
    depth_m = ground.depth_of(rays)
    depth_m[depth_m > _FARTHEST_M] = np.nan
    points = np.column_stack((rays * depth_m[:, None], depth_m))
    points[np.isnan(points).any(axis=1)] = np.nan
    return replace(line, points_m=points.astype(np.float32))
