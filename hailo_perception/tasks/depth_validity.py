# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Where a depth map says something of the world: not in the sky, not on the own vehicle."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import DepthMap
from hailo_perception.kernels.sampling import nearest_pixels
from hailo_perception.tasks.own_vehicle import OwnVehicle

SKY = 'sky'


def forget_sky(depth: DepthMap, semantic: ClassMap) -> None:
    """Make the depth NaN, in place, where the class is sky; labels without sky change nothing."""
    sky_ids = [label.id for label in semantic.labels if SKY in (label.name, *label.members)]
    if not sky_ids:
        return
    ids, depth_m = semantic.ids, depth.depth_m
    if ids.shape != depth_m.shape:
        rows = nearest_pixels(depth_m.shape[0], ids.shape[0])
        columns = nearest_pixels(depth_m.shape[1], ids.shape[1])
        ids = ids[rows[:, None], columns]
    for sky_id in sky_ids:
        _forget(depth_m, ids == sky_id)


def forget_own_vehicle(depth: DepthMap, vehicle: OwnVehicle, image_size: tuple[int, int]) -> None:
    """Make the depth NaN, in place, where the image (width, height) shows the own vehicle."""
    height, width = depth.depth_m.shape
    _forget(depth.depth_m, vehicle.mask((width, height), image_size))


def _forget(depth_m: NDArray[np.float32], where: NDArray[np.bool_]) -> None:
    # numpy's own assignment by a mask takes seven times as long.
    cv2.copyTo(_unknown(depth_m.shape), where.view(np.uint8), depth_m)


@lru_cache(maxsize=8)
def _unknown(shape: tuple[int, ...]) -> NDArray[np.float32]:
    return np.full(shape, np.nan, np.float32)
