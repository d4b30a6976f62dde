# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""How boxes overlap: (N, 4) x_min y_min x_max y_max in edge coordinates."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def pairwise_iou(a: NDArray[Any], b: NDArray[Any]) -> NDArray[np.float64]:
    """Divide intersection by union of boxes (N, 4) and (M, 4): (N, M).

    0 for two boxes without area.
    """
    intersection = _intersections(a, b)
    return _shares(intersection, _areas(a)[:, None] + _areas(b)[None] - intersection)


def share_inside(a: NDArray[Any], b: NDArray[Any]) -> NDArray[np.float64]:
    """Find what share of each box (N, 4) lies in each region (M, 4): (N, M)."""
    intersection = _intersections(a, b)
    return _shares(intersection, np.broadcast_to(_areas(a)[:, None], intersection.shape))


def _intersections(a: NDArray[Any], b: NDArray[Any]) -> NDArray[np.float64]:
    a, b = np.asarray(a, np.float64)[:, None], np.asarray(b, np.float64)[None]
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    return np.asarray(np.clip(sides, 0, None).prod(axis=-1))


def _areas(boxes: NDArray[Any]) -> NDArray[np.float64]:
    boxes = np.asarray(boxes, np.float64)
    return np.asarray((boxes[..., 2:] - boxes[..., :2]).prod(axis=-1))


def _shares(parts: NDArray[np.float64], wholes: NDArray[np.float64]) -> NDArray[np.float64]:
    shares = np.zeros(parts.shape, np.float64)
    np.divide(parts, wholes, out=shares, where=wholes > 0)
    return shares
