# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Object detection in numpy and OpenCV; see ``selection.Kernels``."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.kernels.box_coding import BOX_CODINGS
from hailo_perception.kernels.box_coding import Priors
from hailo_perception.kernels.detection_types import Candidates
from hailo_perception.kernels.detection_types import HeadLayout


def find_candidates(
    heads: tuple[NDArray[Any], ...],
    first_codes: NDArray[Any],
    layout: HeadLayout,
    threshold: float,
) -> Candidates:
    """See Kernels.find_candidates."""
    passing = [_passing(*head) for head in zip(heads, first_codes, strict=True)]
    predictions = np.concatenate([found for _, found, _ in passing])
    numbers = np.repeat(np.arange(len(heads)), [len(found) for _, found, _ in passing])
    scales, zero_points = layout.scales[numbers], layout.zero_points[numbers]
    real = predictions[:, :5].astype(np.float32)
    classes = np.argmax(predictions[:, 5:], axis=1)
    best = predictions[np.arange(len(classes)), 5 + classes].astype(np.float32)
    # Infinite values of a float head may meet zeros and each other; they are counted below.
    with np.errstate(invalid='ignore', over='ignore'):
        real = (real - zero_points[:, None]) * scales[:, None]
        scores = real[:, 4] * ((best - zero_points) * scales)
    finite = np.isfinite(scores) & np.isfinite(real).all(axis=1)
    if predictions.dtype.kind == 'f':
        finite &= ~np.isnan(predictions[:, 5:]).any(axis=1)
    non_finite = sum(others for _, _, others in passing) + int(np.count_nonzero(~finite))
    kept = np.flatnonzero(finite & (scores > np.float32(threshold)))
    if layout.every_class:
        kept, classes, scores = _passing_classes(
            predictions[:, 5:], real[:, 4], scales, zero_points, kept, np.float32(threshold)
        )
    else:
        classes, scores = classes[kept], scores[kept]
    places, of_head = np.concatenate([places for places, _, _ in passing])[kept], numbers[kept]
    columns, anchors = np.array([head.shape[1:3] for head in heads]).T
    cells, anchor = np.divmod(places, anchors[of_head])
    rows, column = np.divmod(cells, columns[of_head])
    priors = Priors(
        cells=np.stack((column, rows), axis=1).astype(np.float32),
        strides=layout.strides[of_head],
        anchors=layout.anchors[(np.cumsum(anchors) - anchors)[of_head] + anchor],
    )
    boxes = BOX_CODINGS[layout.coding].decode(real[kept, :4], priors)
    return Candidates(boxes, scores, classes, non_finite)


def _passing_classes(
    codes: NDArray[Any],
    objectness: NDArray[np.float32],
    scales: NDArray[np.float32],
    zero_points: NDArray[np.float32],
    kept: NDArray[np.intp],
    threshold: np.float32,
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float32]]:
    """Find all classes that pass, of predictions whose best does: indices, classes, scores."""
    # A class may be as little as minus infinity, and meet an objectness of zero.
    with np.errstate(invalid='ignore', over='ignore'):
        real = (codes[kept].astype(np.float32) - zero_points[kept, None]) * scales[kept, None]
        scores = objectness[kept, None] * real
    places, classes = np.nonzero(scores > threshold)
    return kept[places], classes, scores[places, classes]


def _passing(
    head: NDArray[Any], first_code: np.generic
) -> tuple[NDArray[np.intp], NDArray[Any], int]:
    """Find what may be objects, places and predictions; count the other NaN and infinities."""
    predictions = head.reshape(-1, head.shape[3])
    # Values in one piece, and a plain number, which does not widen them, are compared faster.
    objectness = np.ascontiguousarray(predictions[:, 4])
    passing = objectness >= first_code.item()
    non_finite = 0
    if head.dtype.kind == 'f':
        non_finite = int(np.count_nonzero(~np.isfinite(objectness) & ~passing))
    places = np.flatnonzero(passing)
    return places, predictions[places], non_finite


def select_objects(
    found: Candidates,
    transform: ImageTransform,
    *,
    per_class: bool,
    iou_threshold: float,
    maximum: int,
) -> Candidates:
    """See Kernels.select_objects."""
    finite = np.isfinite(found.boxes).all(axis=1)
    # To the input first: what a broken head writes may exceed float32 in image pixels.
    extent = np.array(transform.input_size * 2, np.float32)
    boxes = transform.boxes_to_image(np.clip(found.boxes, 0, extent))
    kept = np.flatnonzero(finite & (boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1]))
    kept = kept[np.argsort(-found.scores[kept], kind='stable')]
    groups = found.classes[kept] if per_class else np.zeros(len(kept), np.int64)
    kept = kept[suppress(boxes[kept], groups, iou_threshold, maximum)]
    return Candidates(
        boxes[kept], found.scores[kept], found.classes[kept], int(np.count_nonzero(~finite))
    )


def suppress(
    boxes: NDArray[np.float32], groups: NDArray[Any], iou_threshold: float, maximum: int
) -> NDArray[np.int64]:
    """See Kernels.suppress."""
    if not len(boxes) or maximum <= 0:
        return np.empty(0, np.int64)
    corners = boxes.astype(np.float64)
    rectangles = np.concatenate((corners[:, :2], corners[:, 2:] - corners[:, :2]), axis=1)
    # Side by side instead of above each other, boxes of different groups never overlap.
    rectangles[:, 0] += groups * (corners[:, 2].max() - corners[:, 0].min() + 1)
    # Lists, because older releases of OpenCV take no arrays here.
    ranks = list(range(len(boxes), 0, -1))
    kept = cv2.dnn.NMSBoxes(rectangles.tolist(), ranks, 0.0, iou_threshold)
    return np.asarray(kept, np.int64).ravel()[:maximum]
