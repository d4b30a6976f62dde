# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Average precision of boxes, as PASCAL VOC and COCO define it.

Within a class and picture, detections take truths in the order of their scores: each the free
truth that it overlaps most, if their IoU reaches the threshold. Truths that are not judged (too
small, too hidden) come after all others; a detection that takes one counts neither as a hit nor
as a false alarm. Any other detection without a truth is a false alarm.

Regions (crowds, what nobody labelled) are truths that are not judged either, with two
differences, as in COCO: they are never used up, and what counts is the share of the *detection*
that lies inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.boxes import pairwise_iou
from hailo_perception.core.boxes import share_inside
from hailo_perception.core.labels import LabelSet
from hailo_perception.evaluation.means import mean_of_known

IOU_THRESHOLDS = 0.5 + 0.05 * np.arange(10)
"""Those of COCO; the first alone is that of PASCAL VOC."""


@dataclass(frozen=True, slots=True)
class Boxes:
    """Boxes of one picture: ``xyxy`` (N, 4) in any pixels, and their ``class_ids`` (N,)."""

    xyxy: NDArray[Any]
    class_ids: NDArray[Any]


@dataclass(frozen=True, slots=True)
class ClassPrecision:
    """Average precision of one class, None without judged objects, and what it is made from."""

    ap50: float | None
    ap50_95: float | None
    objects: int
    detections: int


@dataclass(frozen=True, slots=True)
class DetectionResult:
    """Average precision of the classes, and the means over those that have objects."""

    map50: float | None
    map50_95: float | None
    classes: dict[str, ClassPrecision]


@dataclass(frozen=True, slots=True)
class Matches:
    """What became of D detections of one class: ``scores`` (D,), best first in each picture.

    ``is_hit`` and ``is_ignored`` (T, D) hold one row for each of the IOU_THRESHOLDS;
    ``objects`` counts the judged truths.
    """

    scores: NDArray[np.float64]
    is_hit: NDArray[np.bool_]
    is_ignored: NDArray[np.bool_]
    objects: int


def match_boxes(
    boxes: NDArray[Any],
    scores: NDArray[Any],
    truth: NDArray[Any],
    is_judged: NDArray[np.bool_],
    is_region: NDArray[np.bool_] | None = None,
) -> Matches:
    """Match one class's detections (D, 4), (D,) of a picture to its truths (G, 4), (G,).

    ``is_region`` (G,) marks the truths that are regions; none of them is judged.
    """
    if is_region is None:
        is_region = np.zeros(len(truth), bool)
    order = np.argsort(-np.asarray(scores), kind='stable')
    levels = len(IOU_THRESHOLDS)
    is_hit = np.zeros((levels, len(order)), bool)
    is_ignored = np.zeros_like(is_hit)
    is_free = np.ones((levels, len(truth)), bool)
    each_level = np.arange(levels)
    # IoU is at most 1: with 2 added, a judged truth comes before any that is not.
    bonus = 2.0 * is_judged
    ordered = np.asarray(boxes)[order]
    overlaps = pairwise_iou(ordered, truth)
    overlaps[:, is_region] = share_inside(ordered, np.asarray(truth)[is_region])
    for index, overlap in enumerate(overlaps if len(truth) else ()):
        is_reached = is_free & (overlap >= IOU_THRESHOLDS[:, None])
        rank = np.where(is_reached, overlap + bonus, -1.0)
        taken = rank.argmax(axis=1)
        is_taken = is_reached[each_level, taken]
        is_free[each_level[is_taken], taken[is_taken]] = is_region[taken[is_taken]]
        is_hit[:, index] = is_taken & is_judged[taken]
        is_ignored[:, index] = is_taken & ~is_judged[taken]
    return Matches(
        np.asarray(scores, np.float64)[order], is_hit, is_ignored, int(np.count_nonzero(is_judged))
    )


def average_precision(
    scores: NDArray[Any], is_hit: NDArray[np.bool_], objects: int
) -> float | None:
    """Find the area under the precision–recall curve of detections (D,); None without objects.

    The curve goes through every detection (no sampling at 11 or 101 recalls), and precision is
    the best at this or any higher recall: Everingham et al., The PASCAL VOC Challenge (2010
    onwards).
    """
    if not objects:
        return None
    hits = np.asarray(is_hit)[np.argsort(-np.asarray(scores), kind='stable')]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float(envelope[hits].sum() / objects)


class DetectionTally:
    """Gathers pictures, gives the average precision of each class."""

    def __init__(self, labels: LabelSet) -> None:
        self._matches: dict[int, list[Matches]] = {label.id: [] for label in labels}
        self._labels = labels

    def add(
        self,
        found: Boxes,
        scores: NDArray[Any],
        truth: Boxes,
        is_judged: NDArray[np.bool_],
        regions: NDArray[Any] | None = None,
    ) -> None:
        """Judge one picture; ``scores`` (N,) of what was found, ``is_judged`` (M,) of truth.

        Class ids are those of the labels; others are left out. In ``regions`` (R, 4) nothing
        is judged, whatever its class.
        """
        if regions is None:
            regions = np.zeros((0, 4), np.float32)
        for class_id, matches in self._matches.items():
            own, true = found.class_ids == class_id, truth.class_ids == class_id
            count = np.count_nonzero(true)
            matches.append(
                match_boxes(
                    found.xyxy[own],
                    scores[own],
                    np.concatenate((truth.xyxy[true], regions)),
                    np.append(is_judged[true], np.zeros(len(regions), bool)),
                    np.arange(count + len(regions)) >= count,
                )
            )

    def result(self) -> DetectionResult:
        """Compute the figures of all pictures so far."""
        classes = {label.name: _class_precision(self._matches[label.id]) for label in self._labels}
        return DetectionResult(
            map50=mean_of_known(found.ap50 for found in classes.values()),
            map50_95=mean_of_known(found.ap50_95 for found in classes.values()),
            classes=classes,
        )


def _class_precision(pictures: list[Matches]) -> ClassPrecision:
    objects = sum(picture.objects for picture in pictures)
    if not pictures:
        return ClassPrecision(None, None, objects, 0)
    scores = np.concatenate([picture.scores for picture in pictures])
    is_hit = np.concatenate([picture.is_hit for picture in pictures], axis=1)
    is_counted = ~np.concatenate([picture.is_ignored for picture in pictures], axis=1)
    precisions = [
        average_precision(scores[counted], hit[counted], objects)
        for hit, counted in zip(is_hit, is_counted, strict=True)
    ]
    return ClassPrecision(precisions[0], mean_of_known(precisions), objects, len(scores))
