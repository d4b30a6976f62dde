# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The kernels compiled by numba; what each computes is said in ``selection.Kernels``.

Without fast-math: both twins then round alike and find identical sets, and NaN stays NaN.
Without numba's own threads: its default layer aborts the process when two threads enter it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from hailo_perception.kernels import numpy_kernels
from hailo_perception.kernels.selection import Candidates
from hailo_perception.kernels.selection import lowest_score

_POINT_WORDS = 5


def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    options: dict[str, Any] = {'nogil': True, 'boundscheck': False, 'error_model': 'numpy'}
    try:
        compiled: Callable[..., Any] = numba.njit(cache=True, **options)(function)
    except RuntimeError:
        # Neither the package's folder nor the user's cache can be written: compile every time.
        compiled = numba.njit(**options)(function)
    return compiled


def find_candidates(
    grid: NDArray[Any], threshold_code: float, threshold: float, scale: float, zero_point: float
) -> Candidates:
    """See Kernels.find_candidates."""
    return Candidates(
        *_find_candidates(
            grid,
            grid.dtype.type(threshold_code),
            np.float32(threshold),
            np.float32(scale),
            np.float32(zero_point),
        )
    )


@_compiled
def _find_candidates(grid, threshold_code, threshold, scale, zero_point):  # type: ignore[no-untyped-def]
    rows, columns, anchors, features = grid.shape
    indices = np.empty(rows * columns * anchors, np.int64)
    count = 0
    non_finite = 0
    index = 0
    for row in range(rows):
        for column in range(columns):
            for anchor in range(anchors):
                objectness = grid[row, column, anchor, 4]
                if objectness >= threshold_code:
                    indices[count] = index
                    count += 1
                elif not np.isfinite(objectness):
                    non_finite += 1
                index += 1

    raw = np.empty((count, 4), np.float32)
    scores = np.empty(count, np.float32)
    classes = np.empty(count, np.int64)
    kept = 0
    for i in range(count):
        cell, anchor = divmod(indices[i], anchors)
        row, column = divmod(cell, columns)
        prediction = grid[row, column, anchor]
        best = prediction[5]
        best_class = 0
        finite = not np.isnan(best)
        for k in range(6, features):
            value = prediction[k]
            finite &= not np.isnan(value)
            if value > best:
                best = value
                best_class = k - 5
        objectness = (np.float32(prediction[4]) - zero_point) * scale
        score = objectness * ((np.float32(best) - zero_point) * scale)
        finite &= np.isfinite(score)
        for k in range(4):
            value = (np.float32(prediction[k]) - zero_point) * scale
            finite &= np.isfinite(value)
            raw[kept, k] = value
        if not finite:
            non_finite += 1
        elif score > threshold:
            indices[kept] = indices[i]
            scores[kept] = score
            classes[kept] = best_class
            kept += 1
    return indices[:kept].copy(), raw[:kept], scores[:kept], classes[:kept], non_finite


def suppress(
    boxes: NDArray[np.float32], groups: NDArray[np.int32], iou_threshold: float, maximum: int
) -> NDArray[np.int64]:
    """See Kernels.suppress."""
    kept: NDArray[np.int64] = _suppress(boxes, groups, np.float32(iou_threshold), maximum)
    return kept


@_compiled
def _suppress(boxes, groups, iou_threshold, maximum):  # type: ignore[no-untyped-def]
    nothing = np.float32(0)
    capacity = max(min(len(boxes), maximum), 0)
    kept = np.empty(capacity, np.int64)
    left = np.empty(capacity, np.float32)
    top = np.empty(capacity, np.float32)
    right = np.empty(capacity, np.float32)
    bottom = np.empty(capacity, np.float32)
    area = np.empty(capacity, np.float32)
    group = np.empty(capacity, np.int32)
    count = 0
    for i in range(len(boxes)):
        if count == capacity:
            break
        x0, y0, x1, y1 = boxes[i, 0], boxes[i, 1], boxes[i, 2], boxes[i, 3]
        own_area = (x1 - x0) * (y1 - y0)
        own_group = groups[i]
        # No early exit: the loop over all kept boxes is then one vectorised reduction.
        covered = 0
        for k in range(count):
            width = max(min(x1, right[k]) - max(x0, left[k]), nothing)
            height = max(min(y1, bottom[k]) - max(y0, top[k]), nothing)
            common = width * height
            union = own_area + area[k] - common
            covered |= (common > iou_threshold * union) & (group[k] == own_group)
        if not covered:
            kept[count] = i
            left[count], top[count], right[count], bottom[count] = x0, y0, x1, y1
            area[count] = own_area
            group[count] = own_group
            count += 1
    return kept[:count]


def look_up(codes: NDArray[Any], table: NDArray[np.float32]) -> NDArray[np.float32]:
    """See Kernels.look_up."""
    result = np.empty(codes.shape, np.float32)
    _look_up(codes, table, result)
    return result


@_compiled
def _look_up(codes, table, result):  # type: ignore[no-untyped-def]
    for row in range(codes.shape[0]):
        for column in range(codes.shape[1]):
            result[row, column] = table[codes[row, column]]


def best_class(scores: NDArray[Any]) -> NDArray[np.uint8]:
    """See Kernels.best_class."""
    if scores.strides[2] != scores.itemsize:
        # numpy's operations on whole planes are as fast as compiled ones.
        return numpy_kernels.best_class(scores)
    ids = np.empty(scores.shape[:2], np.uint8)
    _best_class(scores, *lowest_score(scores.dtype), ids)
    return ids


@_compiled
def _best_class(scores, lowest, id_of_lowest, ids):  # type: ignore[no-untyped-def]
    rows, columns, channels = scores.shape
    for row in range(rows):
        for column in range(columns):
            best = lowest
            best_id = id_of_lowest
            for channel in range(channels):
                value = scores[row, column, channel]
                better = value > best
                best = value if better else best
                best_id = np.uint8(channel) if better else best_id
            ids[row, column] = best_id


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
    shape = (*points.shape, _POINT_WORDS)
    _fill_points(
        points.view(np.float32).reshape(shape),
        points.view(np.uint32).reshape(shape),
        depth_m,
        rays,
        np.float32(range_m[0]),
        np.float32(range_m[1]),
        image,
        *image_pixels,
        red_channel,
        ids,
        *id_pixels,
    )


@_compiled
def _fill_points(  # type: ignore[no-untyped-def]
    floats,
    words,
    depth_m,
    rays,
    near,
    far,
    image,
    image_rows,
    image_columns,
    red,
    ids,
    id_rows,
    id_columns,
):
    blue = 2 - red
    for row in range(depth_m.shape[0]):
        image_row = image_rows[row]
        id_row = id_rows[row]
        for column in range(depth_m.shape[1]):
            z = depth_m[row, column]
            x = rays[row, column, 0]
            if not (near <= z <= far) or np.isnan(x):
                z = np.float32(np.nan)
            floats[row, column, 0] = x * z
            floats[row, column, 1] = rays[row, column, 1] * z
            floats[row, column, 2] = z
            pixel = image[image_row, image_columns[column]]
            words[row, column, 3] = (
                (np.uint32(pixel[red]) << 16) | (np.uint32(pixel[1]) << 8) | np.uint32(pixel[blue])
            )
            words[row, column, 4] = ids[id_row, id_columns[column]]
