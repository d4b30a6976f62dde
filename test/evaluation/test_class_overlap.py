# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Overlap of class maps, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from hailo_perception.core.labels import Label
from hailo_perception.core.labels import LabelSet
from hailo_perception.evaluation.segmentation import count_pixels
from hailo_perception.evaluation.segmentation import iou_of_classes
from hailo_perception.evaluation.segmentation import SegmentationTally

LABELS = LabelSet.from_names('nothing', 'road', 'sky')


@pytest.mark.parametrize(
    ('truth', 'found', 'counts', 'iou'),
    [
        ([], [], [[0, 0, 0], [0, 0, 0]], [None, None]),
        ([0, 1], [0, 1], [[1, 0, 0], [0, 1, 0]], [1, 1]),
        ([0, 1], [1, 0], [[0, 1, 0], [1, 0, 0]], [0, 0]),
        ([0, 0, 1], [0, 1, 1], [[1, 1, 0], [0, 1, 0]], [0.5, 0.5]),
        # No class in the truth is left out; no class found is a miss.
        ([2, 2, 0], [0, 1, 0], [[1, 0, 0], [0, 0, 0]], [1, None]),
        ([0, 0, 1], [0, 2, 2], [[1, 0, 1], [0, 0, 1]], [0.5, 0]),
        # A class that is found and nowhere true has no IoU, but costs the true one.
        ([0, 0], [0, 1], [[1, 1, 0], [0, 0, 0]], [0.5, None]),
    ],
)
def test_counts_and_iou(
    truth: list[int], found: list[int], counts: list[list[int]], iou: list[float | None]
) -> None:
    counted = count_pixels(np.array(truth, int), np.array(found, int), 2)
    assert counted.tolist() == counts
    assert iou_of_classes(counted) == iou


def test_a_tally_without_pictures_knows_nothing() -> None:
    result = SegmentationTally(LABELS).result()
    assert result.miou is None and result.pixel_accuracy is None
    assert {row.iou for row in result.classes.values()} == {None}


def test_pictures_add_up_and_the_background_is_not_in_the_mean() -> None:
    tally = SegmentationTally(LABELS, 'nothing')
    tally.add(np.array([[0, 1]], np.uint8), np.array([[0, 1]], np.uint8))
    tally.add(np.array([[1, 2, 255]], np.uint8), np.array([[0, 2, 2]], np.uint8))
    result = tally.result()
    assert {name: row.iou for name, row in result.classes.items()} == {
        'nothing': 0.5, 'road': 0.5, 'sky': 1.0
    }  # fmt: skip
    assert result.classes['road'].pixels == 2
    assert result.miou == 0.75
    assert result.pixel_accuracy == 0.75


def test_ids_need_not_begin_at_zero() -> None:
    tally = SegmentationTally(LabelSet((Label(7, 'road'), Label(3, 'sky'))))
    tally.add(np.array([7, 7, 3, 0], np.uint8), np.array([7, 3, 3, 7], np.uint8))
    result = tally.result()
    assert (result.classes['road'].iou, result.classes['sky'].iou) == (0.5, 0.5)


def test_a_found_id_that_is_no_class_is_a_miss() -> None:
    tally = SegmentationTally(LABELS)
    tally.add(np.array([1, 1], np.uint8), np.array([1, 255], np.uint8))
    assert tally.result().classes['road'].iou == 0.5


@pytest.mark.parametrize('seed', range(3))
def test_torchmetrics_agrees(seed: int) -> None:
    """Random maps of three classes; a fourth value is no class in the truth."""
    torch = pytest.importorskip('torch')
    classification = pytest.importorskip('torchmetrics.classification')
    random = np.random.default_rng(seed)
    truth = random.integers(0, 4, (4, 20, 30)).astype(np.uint8)
    found = np.where(random.random(truth.shape) < 0.6, truth % 3, random.integers(0, 3)).astype(
        np.uint8
    )
    tally = SegmentationTally(LABELS)
    metric = classification.MulticlassJaccardIndex(3, average=None, ignore_index=3)
    for true_map, found_map in zip(truth, found, strict=True):
        tally.add(true_map, found_map)
        metric.update(
            torch.from_numpy(found_map.astype(np.int64))[None],
            torch.from_numpy(true_map.astype(np.int64))[None],
        )
    result = tally.result()
    own = [row.iou for row in result.classes.values()]
    assert own == pytest.approx(metric.compute().tolist(), abs=1e-6)
    assert result.miou == pytest.approx(float(metric.compute().mean()), abs=1e-6)
