# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Compiled code that a frame in which nothing is seen does not reach."""

from __future__ import annotations

import numpy as np

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import DepthMap
from hailo_perception.core.results import Detections
from hailo_perception.core.results import LaneLine
from hailo_perception.core.results import LaneLines
from hailo_perception.tasks.bird_eye import make_bird_eye
from hailo_perception.tasks.lane_pattern import with_patterns
from hailo_perception.tasks.line_depth import locate_lines
from hailo_perception.tasks.settings import BirdEyeSettings
from hailo_perception.tasks.surface_depth import surface_depths

_SIZE = (8, 6)
_WALL_M = 5.0


def warm_up_for_contents() -> None:
    """Have compiled what waits for an object or a line in front of the camera, or ground below it.

    Else the first one that ever comes would stop the pipeline for seconds.
    """
    width, height = _SIZE
    camera = CameraModel(width, height, width, width, width / 2, height / 2)
    depth = DepthMap(np.full((height, width), _WALL_M, np.float32), camera)
    detections = Detections.without_positions(
        LabelSet.from_names('object'),
        np.array([[0, 0, width, height]], np.float32),
        np.ones(1, np.float32),
        np.zeros(1, np.int32),
    )
    surface_depths(detections, depth, None, _SIZE)
    # The top view of what stands alone, and of ground.
    fall = camera.rays()[..., 1]
    ground_m = np.divide(1, fall, out=np.full(fall.shape, np.nan, np.float32), where=fall > 0)
    for seen in (depth, DepthMap(ground_m, camera)):
        make_bird_eye(seen, None, None, None, lane_background=None, settings=BirdEyeSettings())
    lane = ClassMap(detections.labels, np.zeros((height, width), np.uint8))
    curve = np.array(((1.0, 4.0), (1.0, 1.0)))
    (points_m,) = locate_lines([curve], depth, _SIZE)
    line = LaneLine(0, 1.0, curve.astype(np.float32), points_m)
    with_patterns(LaneLines(lane.labels, (line,)), lane, None, _SIZE)
