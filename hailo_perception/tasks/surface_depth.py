# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""How far away objects are by the depth of what fills their boxes."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.labels import LabelSet
from hailo_perception.core.labels import UNLABELLED
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import DepthMap
from hailo_perception.core.results import Detections
from hailo_perception.kernels import Kernels
from hailo_perception.kernels import load_kernels
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
_ANY = -1
"""In place of a class: every pixel counts."""
_NO_IDS = np.empty((0, 0), np.uint8)


def surface_depths(
    detections: Detections,
    depth: DepthMap,
    semantic: ClassMap | None,
    image_size: tuple[int, int],
    *,
    kernels: Kernels | None = None,
) -> NDArray[np.float64]:
    """Find the depth of each object's visible surface: (N,) metres along the optical axis.

    It is the 0.3-quantile of the depth of the pixels that belong to the object: those in the box
    whose semantic class is the object's (by name or member), or where these are too few the
    central half of the box. NaN where fewer than three of these pixels have a depth. Boxes are
    in pixels of the image with ``image_size`` (width, height), which both maps cover whole.
    """
    depth_m = depth.depth_m
    ids = _NO_IDS if semantic is None else resized_ids(semantic.ids, depth_m.shape)
    map_size = np.array(depth_m.shape[::-1], np.float64)
    boxes = detections.xyxy.astype(np.float64) * np.tile(map_size / image_size, 2)
    margins = (boxes[:, 2:] - boxes[:, :2]) * (1 - CENTRAL_SHARE) / 2
    centres = np.concatenate((boxes[:, :2] + margins, boxes[:, 2:] - margins), axis=1)

    def quantiles(regions: NDArray[np.float64], own_ids: NDArray[np.intp]) -> NDArray[np.float64]:
        return (kernels or load_kernels()).window_depths(
            depth_m, ids, _windows(regions, depth_m.shape), own_ids, DEPTH_QUANTILE, MINIMUM_PIXELS
        ).astype(np.float64)

    depths_m = np.full(len(boxes), np.nan)
    own_ids = _semantic_ids(detections, semantic)
    of_a_class = own_ids != _ANY
    depths_m[of_a_class] = quantiles(boxes[of_a_class], own_ids[of_a_class])
    unknown = np.isnan(depths_m)
    if unknown.any():
        depths_m[unknown] = quantiles(centres[unknown], np.full_like(own_ids[unknown], _ANY))
    return depths_m


def _semantic_ids(detections: Detections, semantic: ClassMap | None) -> NDArray[np.intp]:
    """Give the class of each object in the class map; _ANY where it has none there."""
    if semantic is None:
        return np.full(len(detections), _ANY)
    return _class_table(semantic.labels, detections.labels)[detections.class_ids]


@lru_cache(maxsize=8)
def _class_table(semantic: LabelSet, objects: LabelSet) -> NDArray[np.intp]:
    table = semantic.translation_from(objects).astype(np.intp)
    table[table == UNLABELLED] = _ANY
    table.flags.writeable = False
    return table


def _windows(boxes: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.intp]:
    """Rows and columns of the pixels whose centres each box contains, at least one: (N, 6)."""
    lengths = np.array(shape[1::-1])
    first = np.clip(np.ceil(boxes[:, :2] - 0.5), 0, lengths - 1)
    end = np.minimum(np.ceil(boxes[:, 2:] - 0.5), lengths)
    middle = np.clip((boxes[:, :2] + boxes[:, 2:]) // 2, 0, lengths - 1)
    is_empty = end <= first
    first = np.where(is_empty, middle, first).astype(np.intp)
    end = np.where(is_empty, middle + 1, end).astype(np.intp)
    steps = -(-(end - first) // MAXIMUM_SAMPLES)
    return np.stack((first, end, steps), axis=-1)[:, ::-1].reshape(-1, 6)
