# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The kernels in numpy and OpenCV; what each computes is said in ``selection.Kernels``."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.kernels.selection import Candidates
from hailo_perception.kernels.selection import lowest_score

_WITHOUT_ALPHA = np.uint32(0x00FFFFFF)


def find_candidates(
    grid: NDArray[Any], threshold_code: float, threshold: float, scale: float, zero_point: float
) -> Candidates:
    """See Kernels.find_candidates."""
    objectness = grid[..., 4]
    passing = objectness >= grid.dtype.type(threshold_code)
    non_finite = 0
    if grid.dtype.kind == 'f':
        non_finite = int(np.count_nonzero(~np.isfinite(objectness) & ~passing))
    cells = np.nonzero(passing)
    predictions = grid[cells]
    classes = np.argmax(predictions[:, 5:], axis=1)
    real = predictions[:, :5].astype(np.float32)
    best = np.take_along_axis(predictions[:, 5:], classes[:, None], axis=1)[:, 0]
    # Infinite values of a float head may meet zeros and each other here; they are counted below.
    with np.errstate(invalid='ignore', over='ignore'):
        real = (real - np.float32(zero_point)) * np.float32(scale)
        best = (best.astype(np.float32) - np.float32(zero_point)) * np.float32(scale)
        scores = real[:, 4] * best
    finite = np.isfinite(scores) & np.isfinite(real).all(axis=1)
    if grid.dtype.kind == 'f':
        finite &= ~np.isnan(predictions[:, 5:]).any(axis=1)
    kept = finite & (scores > np.float32(threshold))
    return Candidates(
        indices=np.ravel_multi_index(cells, grid.shape[:3])[kept],
        raw=real[kept, :4],
        scores=scores[kept],
        classes=classes[kept],
        non_finite=non_finite + int(np.count_nonzero(~finite)),
    )


def suppress(
    boxes: NDArray[np.float32], groups: NDArray[np.int32], iou_threshold: float, maximum: int
) -> NDArray[np.int64]:
    """See Kernels.suppress."""
    if not len(boxes) or maximum <= 0:
        return np.empty(0, np.int64)
    corners = boxes.astype(np.float64)
    rectangles = np.concatenate((corners[:, :2], corners[:, 2:] - corners[:, :2]), axis=1)
    # Side by side instead of above each other, boxes of different groups never overlap.
    rectangles[:, 0] += groups * (corners[:, 2].max() - corners[:, 0].min() + 1)
    ranks = range(len(boxes), 0, -1)
    # Lists, because older releases of OpenCV take no arrays here.
    kept = cv2.dnn.NMSBoxes(rectangles.tolist(), ranks, 0.0, iou_threshold)
    return np.asarray(kept, np.int64).ravel()[:maximum]


def look_up(codes: NDArray[Any], table: NDArray[np.float32]) -> NDArray[np.float32]:
    """See Kernels.look_up."""
    return np.take(table, codes)


def best_class(scores: NDArray[Any]) -> NDArray[np.uint8]:
    """See Kernels.best_class."""
    planes = np.moveaxis(scores, 2, 0)
    if scores.strides[2] == scores.itemsize:
        # OpenCV transposes several times as fast as numpy walks through strided planes.
        rows, columns, channels = scores.shape
        planes = cv2.transpose(scores.reshape(-1, channels)).reshape(channels, rows, columns)
    lowest, id_of_lowest = lowest_score(scores.dtype)
    best = np.full(scores.shape[:2], lowest)
    # One more than the id, which only ever grows; 0 wraps round to 255 in the end.
    successor = np.full(scores.shape[:2], (int(id_of_lowest) + 1) % 256, np.uint8)
    for channel, plane in enumerate(planes, start=1):
        np.maximum(successor, (plane > best) * np.uint8(channel), out=successor)
        np.fmax(best, plane, out=best)
    return successor - np.uint8(1)


def fill_points(
    points: NDArray[np.void],
    depth_m: NDArray[np.float32],
    rays: NDArray[np.float32],
    range_m: tuple[float, float],
    image: NDArray[np.uint8],
    image_pixels: tuple[NDArray[np.intp], NDArray[np.intp]],
    red_channel: int,
    ids: NDArray[np.uint8],
    id_pixels: tuple[NDArray[np.intp], NDArray[np.intp]],
) -> None:
    """See Kernels.fill_points."""
    near, far = map(np.float32, range_m)
    unknown = ~((depth_m >= near) & (depth_m <= far)) | np.isnan(rays[..., 0])
    z = depth_m.copy()
    z[unknown] = np.nan
    # In words of four bytes, picking columns is several times as fast as in pixels of three.
    to_words = cv2.COLOR_BGR2BGRA if red_channel == 2 else cv2.COLOR_RGB2BGRA
    colors = cv2.cvtColor(image[image_pixels[0]], to_words).view(np.uint32)[..., 0]
    words = (
        np.take(colors, image_pixels[1], axis=1) & _WITHOUT_ALPHA,
        np.take(ids[id_pixels[0]], id_pixels[1], axis=1).astype(np.uint32),
    )
    # A depth near the end of float32 may have no x or y in it.
    with np.errstate(over='ignore'):
        planes = (rays[..., 0] * z, rays[..., 1] * z, z)
    # One interleaving pass over all five words is three times as fast as five strided ones.
    cv2.merge(
        [*planes, *(word.view(np.float32) for word in words)],
        points.view(np.float32).reshape(*points.shape, 5),
    )
