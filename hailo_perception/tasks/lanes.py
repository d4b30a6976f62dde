# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Lane lines as polylines, from the lane mask and, for metres, the depth map.

The mask's strokes are joined from near to far: a stroke continues the line whose far end points
at it, within an error that grows with the gap. So dashes become one line, on curves too, while
double lines stay two, and stop lines and specks start none.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.labels import LabelSet
from hailo_perception.core.labels import UNLABELLED
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import DepthMap
from hailo_perception.core.results import LaneLine
from hailo_perception.core.results import LaneLines
from hailo_perception.kernels import Kernels
from hailo_perception.kernels import load_kernels
from hailo_perception.kernels.lane_types import LineLimits
from hailo_perception.tasks.line_depth import locate_lines
from hailo_perception.tasks.settings import LaneSettings


def find_lane_lines(
    lane: ClassMap,
    depth: DepthMap | None,
    image_size: tuple[int, int],
    *,
    background: str | None,
    settings: LaneSettings,
    kernels: Kernels | None = None,
) -> LaneLines:
    """Find one polyline per painted line, from left to right where they reach the bottom.

    ``lane`` (H, W) covers the image of ``image_size`` (width, height) and may have any
    resolution; ``background`` is the class that means no line. Each line's ``pixels`` are image
    pixels in centre coordinates. Its score is the share of rows between both ends in which the
    mask shows the line: 1 for an unbroken line, less for a dashed one. Its ``points_m`` come
    from a robust fit of the depth along the line (see line_depth), NaN without depth.
    """
    height, width = lane.ids.shape
    if not lane.ids.size:
        return LaneLines(lane.labels, ())
    limits = LineLimits(
        longest_gap=settings.maximum_gap * height,
        minimum_length=settings.minimum_length * height,
        minimum_coverage=settings.minimum_score,
        maximum_lines=settings.maximum_lines,
        maximum_points=settings.maximum_points,
    )
    table = _line_table(lane.labels, {*settings.excluded_classes, background})
    lines = (kernels or load_kernels()).trace_lines(lane.ids, table, limits)
    pixels = (lines.points + 0.5) * np.divide(image_size, (width, height)) - 0.5
    offsets = lines.offsets.tolist()
    curves = [pixels[first:past] for first, past in zip(offsets, offsets[1:], strict=False)]
    points_m = locate_lines(curves, depth, image_size, kernels=kernels)
    return LaneLines(
        lane.labels,
        tuple(
            LaneLine(value - 1, coverage, curve.astype(np.float32), points)
            for value, coverage, curve, points in zip(
                lines.values.tolist(), lines.coverages.tolist(), curves, points_m, strict=True
            )
        ),
    )


def _line_table(labels: LabelSet, excluded: set[str | None]) -> NDArray[np.uint8]:
    """Map a class id to its id + 1 where the class is a line, else to 0: (256,) uint8."""
    table = np.zeros(256, np.uint8)
    for label in labels:
        if label.name not in excluded:
            table[label.id] = label.id + 1
    assert table[UNLABELLED] == 0
    return table
