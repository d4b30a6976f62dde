# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Overlap of class maps: a confusion matrix, and intersection over union of each class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.labels import LabelSet
from hailo_perception.evaluation.means import mean_of_known


@dataclass(frozen=True, slots=True)
class ClassOverlap:
    """Intersection over union of one class, None without true pixels, and how many there are."""

    iou: float | None
    pixels: int


@dataclass(frozen=True, slots=True)
class SegmentationResult:
    """Overlap of the classes, their mean (``miou``), and the share of pixels that are right.

    The mean is over the classes that have true pixels, without the background.
    """

    miou: float | None
    pixel_accuracy: float | None
    classes: dict[str, ClassOverlap]


def count_pixels(
    truth: NDArray[np.integer], found: NDArray[np.integer], class_count: int
) -> NDArray[np.int64]:
    """Count pixels by true class (row) and found class (column): (C, C + 1).

    Both maps have one shape and values 0…C, where C is no class: left out where it is the
    truth, in the last column where it was found.
    """
    is_known = truth < class_count
    pairs = truth[is_known].astype(np.int64) * (class_count + 1) + found[is_known]
    counts = np.bincount(pairs, minlength=class_count * (class_count + 1))
    return counts.reshape(class_count, class_count + 1)


def iou_of_classes(counts: NDArray[np.int64]) -> list[float | None]:
    """Divide intersection by union for each class of a matrix (C, C + 1) of ``count_pixels``.

    None for a class without true pixels; where it was found, it counts against the true class.
    """
    true, found = counts.sum(axis=1), counts.sum(axis=0)[:-1]
    both = np.diagonal(counts)
    return [
        float(both[i] / (true[i] + found[i] - both[i])) if true[i] else None
        for i in range(len(counts))
    ]


class SegmentationTally:
    """Gathers pictures, gives the overlap of each class."""

    def __init__(self, labels: LabelSet, background: str | None = None) -> None:
        """Prepare for a label set; ``background`` is the class that is not in the mean."""
        count = len(labels)
        self._labels = labels
        self._background = background
        self._index_of = np.full(256, count, np.int64)
        for index, label in enumerate(labels):
            self._index_of[label.id] = index
        self._counts = np.zeros((count, count + 1), np.int64)

    def add(self, truth: NDArray[np.uint8], found: NDArray[np.uint8]) -> None:
        """Judge one picture: two maps (H, W) of the labels' ids; 255 and others are no class."""
        self._counts += count_pixels(
            self._index_of[truth], self._index_of[found], len(self._labels)
        )

    def result(self) -> SegmentationResult:
        """Compute the figures of all pictures so far."""
        total = int(self._counts.sum())
        classes = {
            name: ClassOverlap(iou, int(pixels))
            for name, iou, pixels in zip(
                self._labels.names,
                iou_of_classes(self._counts),
                self._counts.sum(axis=1),
                strict=True,
            )
        }
        return SegmentationResult(
            miou=mean_of_known(
                found.iou for name, found in classes.items() if name != self._background
            ),
            pixel_accuracy=float(np.trace(self._counts) / total) if total else None,
            classes=classes,
        )
