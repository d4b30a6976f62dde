# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""How far away objects are by the depth of what fills their boxes."""

from __future__ import annotations

from collections.abc import Iterator
import math

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.labels import UNLABELLED
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import DepthMap
from hailo_perception.core.results import Detections
from hailo_perception.kernels.sampling import resized_ids

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
    depth_m = depth.depth_m
    map_size = np.array(depth_m.shape[::-1], np.float64)
    boxes = detections.xyxy.astype(np.float64) * np.tile(map_size / image_size, 2)
    margins = (boxes[:, 2:] - boxes[:, :2]) * (1 - CENTRAL_SHARE) / 2
    centres = np.concatenate((boxes[:, :2] + margins, boxes[:, 2:] - margins), axis=1)
    own_ids = _semantic_ids(detections, semantic)
    ids = None if semantic is None else resized_ids(semantic.ids, depth_m.shape)
    depths_m = np.full(len(boxes), np.nan)
    for number, (box, centre, own_id) in enumerate(
        zip(_sampled(boxes, depth_m.shape), _sampled(centres, depth_m.shape), own_ids, strict=True)
    ):
        if ids is not None and own_id != UNLABELLED:
            depths_m[number] = _robust_depth(depth_m[box][ids[box] == own_id])
        if math.isnan(depths_m[number]):
            depths_m[number] = _robust_depth(depth_m[centre])
    return depths_m


def _semantic_ids(detections: Detections, semantic: ClassMap | None) -> list[int]:
    """Give the class of each object in the class map; UNLABELLED where it has none there."""
    if semantic is None:
        return [UNLABELLED] * len(detections)
    table = semantic.labels.translation_from(detections.labels).tolist()
    return [
        table[class_id] if table[class_id] in semantic.labels else UNLABELLED
        for class_id in detections.class_ids.tolist()
    ]


def _sampled(boxes: NDArray[np.float64], shape: tuple[int, ...]) -> Iterator[tuple[slice, slice]]:
    """Rows and columns of the pixels whose centres each box contains, at least one each."""
    lengths = np.array(shape[1::-1])
    first = np.clip(np.ceil(boxes[:, :2] - 0.5), 0, lengths - 1)
    end = np.minimum(np.ceil(boxes[:, 2:] - 0.5), lengths)
    middle = np.clip((boxes[:, :2] + boxes[:, 2:]) // 2, 0, lengths - 1)
    is_empty = end <= first
    first = np.where(is_empty, middle, first).astype(np.intp)
    end = np.where(is_empty, middle + 1, end).astype(np.intp)
    strides = -(-(end - first) // MAXIMUM_SAMPLES)
    for (x0, y0), (x1, y1), (x_stride, y_stride) in zip(
        first.tolist(), end.tolist(), strides.tolist(), strict=True
    ):
        yield slice(y0, y1, y_stride), slice(x0, x1, x_stride)


def _robust_depth(depth_m: NDArray[np.float32]) -> float:
    # NaN alone differs from itself.
    known = depth_m[depth_m == depth_m]
    if len(known) < MINIMUM_PIXELS:
        return math.nan
    rank = int(DEPTH_QUANTILE * (len(known) - 1))
    known.partition(rank)
    return float(known[rank])
