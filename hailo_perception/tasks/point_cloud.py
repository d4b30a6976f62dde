# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The pseudo-LiDAR cloud: every pixel of the depth map as a coloured, labelled point."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.frame import ColorOrder
from hailo_perception.core.labels import UNLABELLED
from hailo_perception.core.message_room import empty_with_room
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import DepthMap
from hailo_perception.core.results import POINT_DTYPE
from hailo_perception.core.results import PointCloud
from hailo_perception.kernels import Kernels
from hailo_perception.kernels import load_kernels
from hailo_perception.kernels.sampling import nearest_pixels

_ANY_RANGE_M = (0.0, float(np.finfo(np.float32).max))
_NO_LABELS = np.full((1, 1), UNLABELLED, np.uint8)


def make_point_cloud(
    depth: DepthMap,
    image: NDArray[np.uint8],
    color_order: ColorOrder,
    semantic: ClassMap | None,
    *,
    stride: int = 1,
    range_m: tuple[float, float] | None = None,
    dense: bool = False,
    out: NDArray[np.void] | None = None,
    kernels: Kernels | None = None,
) -> PointCloud:
    """Project every ``stride``-th pixel of the depth map in both axes into space.

    A point lies on the ray of its depth pixel's centre, distorted lenses included; colour and
    label are those of the image pixel and of the class-map pixel under that centre, at whatever
    resolution these have (255 without a map). ``range_m`` limits the depth along the optical
    axis; both ends belong to it. Organised, unknown points have NaN in x, y, z; ``dense`` leaves
    them out. ``image`` is (H, W, 3) uint8 in ``color_order``. The points are written into ``out``,
    (⌈H/stride⌉, ⌈W/stride⌉) of POINT_DTYPE and C-contiguous, where it is given; a dense cloud
    is then still an array of its own.
    """
    depth_m = depth.depth_m[::stride, ::stride]
    ids = _NO_LABELS if semantic is None else semantic.ids
    points = empty_with_room(depth_m.shape, POINT_DTYPE) if out is None else out
    (kernels or load_kernels()).fill_points(
        points,
        depth_m,
        depth.camera_model.ray_planes(stride),
        range_m or _ANY_RANGE_M,
        image,
        _pixels_below(depth.depth_m, image, stride),
        2 if color_order == 'bgr' else 0,
        ids,
        _pixels_below(depth.depth_m, ids, stride),
    )
    if dense:
        # As plain bytes: numpy picks structures field by field.
        known = ~np.isnan(points['z'])
        points = points.view(f'V{POINT_DTYPE.itemsize}')[known].view(POINT_DTYPE)
    return PointCloud(points)


def _pixels_below(
    depth_m: NDArray[np.float32], source: NDArray[np.uint8], stride: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    rows, columns = (
        nearest_pixels(depth_m.shape[axis], source.shape[axis], stride) for axis in (0, 1)
    )
    return rows, columns
