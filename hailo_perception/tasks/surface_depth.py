# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""How far away objects are by the depth of what fills their boxes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import DepthMap
from hailo_perception.core.results import Detections
from hailo_perception.kernels.sampling import nearest_pixels

DEPTH_QUANTILE = 0.3
"""Of an object's depth values: below the median, because what does not belong to the object but
lies within its pixels (background at its rim, the next car of the queue) mostly lies behind it."""
CENTRAL_SHARE = 0.5
"""Width and height of the part of a box that is taken for the object where no class map helps."""
MINIMUM_PIXELS = 3
"""With fewer known depth pixels an object's depth stays unknown."""
MAXIMUM_SAMPLES = 32
"""Per axis; bigger boxes are sampled at a stride, which keeps the cost of near objects down."""


def surface_depths(
    detections: Detections,
    depth: DepthMap,
    semantic: ClassMap | None,
    image_size: tuple[int, int],
) -> NDArray[np.float64]:
    """Find the depth of each object's visible surface: (N,) metres along the optical axis.

    It is the 0.3-quantile of the depth of the pixels that belong to the object: those in the box
    whose semantic class is the object's (by name or member), or where these are too few the
    central half of the box. NaN where fewer than three of these pixels have a depth. Boxes are
    in pixels of the image with ``image_size`` (width, height), which both maps cover whole.
    """
    map_size = np.array(depth.depth_m.shape[::-1], np.float64)
    boxes = detections.xyxy * np.tile(map_size / image_size, 2)
    surfaces = _SurfaceDepth(depth.depth_m, semantic, detections.labels)
    return np.array(
        [
            surfaces.of_box(box, int(class_id))
            for box, class_id in zip(boxes, detections.class_ids, strict=True)
        ],
        np.float64,
    )


class _SurfaceDepth:
    """The depth of one frame, asked box by box."""

    def __init__(
        self, depth_m: NDArray[np.float32], semantic: ClassMap | None, labels: LabelSet
    ) -> None:
        self._depth_m = depth_m
        self._ids = None if semantic is None else semantic.ids
        self._semantic_id = {}
        if semantic is not None:
            height, width = depth_m.shape
            self._rows = nearest_pixels(height, semantic.ids.shape[0])
            self._columns = nearest_pixels(width, semantic.ids.shape[1])
            table = semantic.labels.translation_from(labels)
            self._semantic_id = {
                label.id: table[label.id] for label in labels if table[label.id] in semantic.labels
            }

    def of_box(self, box: NDArray[np.float64], class_id: int) -> float:
        """Depth of an object's visible surface in metres, NaN where unknown; box in map pixels."""
        if self._ids is not None and class_id in self._semantic_id:
            rows, columns = self._sampled(box)
            ids = self._ids[self._rows[rows][:, None], self._columns[columns]]
            own = self._depth_m[rows, columns][ids == self._semantic_id[class_id]]
            depth_m = _robust_depth(own)
            if not np.isnan(depth_m):
                return depth_m
        margin = (box[2:] - box[:2]) * (1 - CENTRAL_SHARE) / 2
        rows, columns = self._sampled(np.concatenate((box[:2] + margin, box[2:] - margin)))
        return _robust_depth(self._depth_m[rows, columns].ravel())

    def _sampled(self, box: NDArray[np.float64]) -> tuple[slice, slice]:
        """Rows and columns of the pixels whose centres a box contains, at least one each."""
        slices = []
        for axis, length in ((1, self._depth_m.shape[0]), (0, self._depth_m.shape[1])):
            first = min(max(int(np.ceil(box[axis] - 0.5)), 0), length - 1)
            end = min(int(np.ceil(box[axis + 2] - 0.5)), length)
            if end <= first:
                first = min(max(int((box[axis] + box[axis + 2]) / 2), 0), length - 1)
                end = first + 1
            slices.append(slice(first, end, -(-(end - first) // MAXIMUM_SAMPLES)))
        return slices[0], slices[1]


def _robust_depth(depth_m: NDArray[np.float32]) -> float:
    known = depth_m[~np.isnan(depth_m)]
    if len(known) < MINIMUM_PIXELS:
        return np.nan
    rank = int(DEPTH_QUANTILE * (len(known) - 1))
    return float(np.partition(known, rank)[rank])
