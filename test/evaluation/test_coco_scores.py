# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""COCO's scores: what goes into pycocotools, and how they stand to our own figures."""

from __future__ import annotations

import numpy as np
import pytest

from hailo_perception.core.labels import LabelSet
from hailo_perception.evaluation import coco
from hailo_perception.evaluation.coco import CocoTally
from hailo_perception.evaluation.detection import Boxes
from hailo_perception.evaluation.detection import DetectionTally

pytest.importorskip('pycocotools')

LABELS = LabelSet.from_names('car', 'person')
NO_REGIONS = np.zeros((0, 4), np.float32)


def boxes(*rows: tuple[float, ...]) -> Boxes:
    """Boxes from rows of four corners and a class."""
    values = np.array(rows, np.float32).reshape(-1, 5)
    return Boxes(values[:, :4], values[:, 4].astype(np.int32))


def result_of(
    found: Boxes, truth: Boxes, judged: list[bool], regions: np.ndarray = NO_REGIONS
) -> coco.CocoResult:
    tally = CocoTally(LABELS)
    scores = np.linspace(0.9, 0.1, len(found.class_ids))
    tally.add(found, scores, truth, np.array(judged, bool), regions)
    return tally.result()


CAR = (10.0, 10.0, 60.0, 60.0, 0.0)
BESIDE = (200.0, 10.0, 260.0, 60.0, 0.0)


def test_pycocotools_is_seen() -> None:
    assert coco.is_installed()


def test_a_tally_without_pictures_knows_nothing() -> None:
    result = CocoTally(LABELS).result()
    assert (result.ap, result.ap50, result.ar_100) == (None, None, None)
    assert result.classes['car'].ap is None


@pytest.mark.parametrize(
    ('found', 'truth', 'judged', 'ap50'),
    [
        (boxes(), boxes(CAR), [True], 0.0),
        (boxes(CAR), boxes(CAR), [True], 1.0),
        (boxes(BESIDE, CAR), boxes(CAR), [True], 0.5),
        # Found, but need not be.
        (boxes(BESIDE, CAR), boxes(CAR, BESIDE), [True, False], 1.0),
        (boxes(CAR), boxes(CAR), [False], None),
    ],
)
def test_scores(found: Boxes, truth: Boxes, judged: list[bool], ap50: float | None) -> None:
    result = result_of(found, truth, judged)
    assert result.ap50 == (None if ap50 is None else pytest.approx(ap50, abs=0.01))
    assert result.classes['car'].ap50 == result.ap50
    assert result.classes['person'].ap is None


def test_nothing_is_a_false_alarm_in_a_region() -> None:
    region = np.array([[190, 0, 300, 100]], np.float32)
    assert result_of(boxes(BESIDE, CAR), boxes(CAR), [True]).ap50 < 0.6
    assert result_of(boxes(BESIDE, CAR), boxes(CAR), [True], region).ap50 == pytest.approx(1.0)


def test_sizes() -> None:
    """50 pixels square is medium; nothing is large."""
    result = result_of(boxes(CAR), boxes(CAR), [True])
    assert (result.ap_small, result.ap_large, result.ar_small) == (None, None, None)
    assert [result.ap_medium, result.ap75, result.ar_1] == pytest.approx([1.0, 1.0, 1.0])


def test_close_to_our_own_precision_which_is_not_sampled() -> None:
    random = np.random.default_rng(5)
    own, sampled = DetectionTally(LABELS), CocoTally(LABELS)
    for _ in range(20):
        low = random.uniform(0, 300, (12, 2))
        truth = Boxes(
            np.concatenate((low, low + random.uniform(20, 60, (12, 2))), axis=1),
            random.integers(0, 2, 12),
        )
        found = Boxes(truth.xyxy + random.normal(0, 3, (12, 4)), truth.class_ids)
        scores, judged = random.random(12), random.random(12) < 0.8
        for tally in (own, sampled):
            tally.add(found, scores, truth, judged, NO_REGIONS)
    exact, result = own.result(), sampled.result()
    assert result.ap50 == pytest.approx(exact.map50, abs=0.01)
    assert result.ap == pytest.approx(exact.map50_95, abs=0.01)
    for name in LABELS.names:
        assert result.classes[name].ap == pytest.approx(exact.classes[name].ap50_95, abs=0.015)
