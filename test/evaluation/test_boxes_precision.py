# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Average precision: by hand, and as pycocotools computes it."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest

from hailo_perception.core.labels import LabelSet
from hailo_perception.evaluation.detection import average_precision
from hailo_perception.evaluation.detection import Boxes
from hailo_perception.evaluation.detection import DetectionTally
from hailo_perception.evaluation.detection import IOU_THRESHOLDS
from hailo_perception.evaluation.detection import match_boxes

NO_BOXES = np.zeros((0, 4), np.float32)
LABELS = LabelSet.from_names('car', 'person')


@pytest.mark.parametrize(
    ('scores', 'hits', 'objects', 'expected'),
    [
        ([], [], 0, None),
        ([0.9], [False], 0, None),
        ([], [], 3, 0.0),
        ([0.9], [True], 1, 1.0),
        ([0.9], [False], 1, 0.0),
        ([0.9, 0.8], [True, True], 4, 0.5),
        # Precision 1, then 2/3: (1 + 2/3) / 2.
        ([0.9, 0.8, 0.7], [True, False, True], 2, 5 / 6),
        # The order of scores counts, not that of the list.
        ([0.7, 0.9, 0.8], [True, True, False], 2, 5 / 6),
        # Precision 1/2 at the first hit rises to 2/3 at the second, which holds for both.
        ([0.9, 0.8, 0.7], [False, True, True], 2, 2 / 3),
        # What comes after the last hit changes nothing.
        ([0.9, 0.8, 0.7], [True, False, False], 1, 1.0),
    ],
)
def test_average_precision(
    scores: list[float], hits: list[bool], objects: int, expected: float | None
) -> None:
    found = average_precision(np.array(scores), np.array(hits, bool), objects)
    assert found == (None if expected is None else pytest.approx(expected))


def matched(
    boxes: list[list[float]], truth: list[list[float]], judged: list[bool]
) -> tuple[list[bool], list[bool]]:
    """Match at IoU 0.5, best score first; says which detections are hits and which ignored."""
    matches = match_boxes(
        np.array(boxes, np.float32).reshape(-1, 4),
        np.linspace(0.9, 0.1, len(boxes)),
        np.array(truth, np.float32).reshape(-1, 4),
        np.array(judged, bool),
    )
    assert matches.objects == sum(judged)
    assert matches.is_hit.shape == (len(IOU_THRESHOLDS), len(boxes))
    return matches.is_hit[0].tolist(), matches.is_ignored[0].tolist()


SQUARE = [0, 0, 10, 10]
BESIDE = [2, 0, 12, 10]  # IoU 2/3 with SQUARE
FAR = [50, 50, 60, 60]


@pytest.mark.parametrize(
    ('boxes', 'truth', 'judged', 'hits', 'ignored'),
    [
        ([], [], [], [], []),
        ([SQUARE], [], [], [False], [False]),
        ([], [SQUARE], [True], [], []),
        ([SQUARE], [SQUARE], [True], [True], [False]),
        ([FAR], [SQUARE], [True], [False], [False]),
        # A truth is found once; the second detection of it is a false alarm.
        ([SQUARE, BESIDE], [SQUARE], [True], [True, False], [False, False]),
        # The second takes what the first left.
        ([SQUARE, SQUARE], [SQUARE, BESIDE], [True, True], [True, True], [False, False]),
        # Not judged: neither right nor wrong, but only for one detection.
        ([SQUARE], [SQUARE], [False], [False], [True]),
        ([SQUARE, SQUARE], [SQUARE], [False], [False, False], [True, False]),
        # A judged truth goes before one that is not, though it fits less.
        ([SQUARE], [SQUARE, BESIDE], [False, True], [True], [False]),
        ([SQUARE, SQUARE], [SQUARE, BESIDE], [False, True], [True, False], [False, True]),
    ],
)
def test_matching(
    boxes: list[list[float]],
    truth: list[list[float]],
    judged: list[bool],
    hits: list[bool],
    ignored: list[bool],
) -> None:
    assert matched(boxes, truth, judged) == (hits, ignored)


def test_thresholds_from_half_to_nineteen_twentieths() -> None:
    """IoU 2/3 passes 0.5, 0.55, 0.6 and 0.65."""
    matches = match_boxes(np.array([BESIDE]), np.ones(1), np.array([SQUARE]), np.ones(1, bool))
    assert matches.is_hit[:, 0].tolist() == [True] * 4 + [False] * 6


@pytest.mark.parametrize(
    ('boxes', 'truth', 'regions', 'hits', 'ignored'),
    [
        ([], [], [SQUARE], [], []),
        # A region is never used up, and a detection in it may be much smaller.
        ([SQUARE, [1, 1, 3, 3]], [], [SQUARE], [False, False], [True, True]),
        # Half of it has to be inside.
        ([[5, 0, 15, 10], [6, 0, 16, 10]], [], [SQUARE], [False, False], [True, False]),
        ([SQUARE], [SQUARE], [SQUARE], [True], [False]),
        ([SQUARE, SQUARE], [SQUARE], [SQUARE], [True, False], [False, True]),
    ],
)
def test_regions(
    boxes: list[list[float]],
    truth: list[list[float]],
    regions: list[list[float]],
    hits: list[bool],
    ignored: list[bool],
) -> None:
    matches = match_boxes(
        np.array(boxes, np.float32).reshape(-1, 4),
        np.linspace(0.9, 0.1, len(boxes)),
        np.array([*truth, *regions], np.float32).reshape(-1, 4),
        np.array([True] * len(truth) + [False] * len(regions)),
        np.array([False] * len(truth) + [True] * len(regions)),
    )
    assert matches.objects == len(truth)
    assert matches.is_hit[0].tolist() == hits
    assert matches.is_ignored[0].tolist() == ignored


def boxes_of(*rows: list[float], ids: tuple[int, ...] = ()) -> Boxes:
    return Boxes(np.array(rows, np.float32).reshape(-1, 4), np.array(ids, np.int32))


def test_a_tally_without_pictures_knows_nothing() -> None:
    result = DetectionTally(LABELS).result()
    assert result.map50 is None and result.map50_95 is None
    assert [row.ap50 for row in result.classes.values()] == [None, None]


def test_classes_without_objects_are_not_in_the_mean() -> None:
    tally = DetectionTally(LABELS)
    found = boxes_of(SQUARE, FAR, ids=(0, 1))
    tally.add(found, np.array([0.9, 0.8]), boxes_of(SQUARE, ids=(0,)), np.ones(1, bool))
    result = tally.result()
    assert result.map50 == 1.0 == result.classes['car'].ap50
    assert result.classes['person'].ap50 is None
    assert (result.classes['person'].objects, result.classes['person'].detections) == (0, 1)


def test_another_class_is_no_hit() -> None:
    tally = DetectionTally(LABELS)
    tally.add(boxes_of(SQUARE, ids=(1,)), np.ones(1), boxes_of(SQUARE, ids=(0,)), np.ones(1, bool))
    assert tally.result().classes['car'].ap50 == 0.0


def test_scores_are_compared_across_pictures() -> None:
    """A false alarm in one picture comes before the hit in another: precision 1/2."""
    tally = DetectionTally(LABELS)
    truth, nothing = boxes_of(SQUARE, ids=(0,)), boxes_of()
    tally.add(boxes_of(SQUARE, ids=(0,)), np.array([0.5]), truth, np.ones(1, bool))
    tally.add(boxes_of(FAR, ids=(0,)), np.array([0.6]), nothing, np.ones(0, bool))
    assert tally.result().classes['car'].ap50 == 0.5


@pytest.mark.parametrize('seed', range(6))
def test_pycocotools_agrees(seed: int) -> None:
    """Random boxes in 12 pictures, the small true ones not judged (COCO's areaRng).

    Each picture has a region, which is a crowd of both classes.
    """
    coco = pytest.importorskip('pycocotools.coco')
    evaluation = pytest.importorskip('pycocotools.cocoeval')
    random = np.random.default_rng(seed)
    least_area = 400.0
    tally = DetectionTally(LABELS)
    true_rows, found_rows, objects = [], [], np.zeros(2, int)
    for picture in range(1, 13):
        truth, truth_ids = random_boxes(random, random.integers(0, 9), 5.0)
        found, found_ids = random_boxes(random, random.integers(0, 6), 21.0)
        near = random.integers(0, len(truth), 3 * len(truth)) if len(truth) else []
        moved = truth[near] + random.normal(0, 2.5, (len(near), 4))
        is_large = ((moved[:, 2:] - moved[:, :2]) > np.sqrt(least_area)).all(axis=1)
        found = np.concatenate((found, moved[is_large]))
        found_ids = np.concatenate((found_ids, truth_ids[near][is_large]))
        scores = random.random(len(found))
        is_judged = (truth[:, 2:] - truth[:, :2]).prod(axis=1) >= least_area
        objects += np.bincount(truth_ids[is_judged], minlength=2)
        regions, _ = random_boxes(random, 1, 50.0)
        tally.add(Boxes(found, found_ids), scores, Boxes(truth, truth_ids), is_judged, regions)
        for class_id in (0, 1):
            true_rows.append(
                coco_row(picture, regions[0], class_id, id=len(true_rows) + 1, iscrowd=1)
            )
        for box, class_id in zip(truth, truth_ids):
            true_rows.append(coco_row(picture, box, class_id, id=len(true_rows) + 1, iscrowd=0))
        for box, class_id, score in zip(found, found_ids, scores):
            found_rows.append(coco_row(picture, box, class_id, score=float(score)))
    with contextlib.redirect_stdout(io.StringIO()):
        database = coco.COCO()
        database.dataset = {
            'info': {},
            'images': [{'id': picture} for picture in range(1, 13)],
            'categories': [{'id': 1}, {'id': 2}],
            'annotations': true_rows,
        }
        database.createIndex()
        judge = evaluation.COCOeval(database, database.loadRes(found_rows), 'bbox')
        judge.params.areaRng = [[least_area, 1e10]]
        judge.params.areaRngLbl = ['judged']
        judge.params.maxDets = [1000]
        judge.evaluate()
    result = tally.result()
    for class_id, row in enumerate(result.classes.values()):
        assert row.objects == objects[class_id] > 0
        # In the middle of each step of recall, COCO's sampled curve is the exact one.
        judge.params.recThrs = (np.arange(row.objects) + 0.5) / row.objects
        with contextlib.redirect_stdout(io.StringIO()):
            judge.accumulate()
        precision = judge.eval['precision'][:, :, class_id, 0, 0]
        assert 0.05 < row.ap50 < 0.999
        assert row.ap50 == pytest.approx(precision[0].mean(), abs=1e-9)
        assert row.ap50_95 == pytest.approx(precision.mean(), abs=1e-9)


def random_boxes(
    random: np.random.Generator, count: int, least_side: float
) -> tuple[np.ndarray, np.ndarray]:
    low = random.uniform(0, 300, (count, 2))
    sides = random.uniform(least_side, 60, (count, 2))
    return np.concatenate((low, low + sides), axis=1), random.integers(0, 2, count)


def coco_row(picture: int, box: np.ndarray, class_id: int, **more: object) -> dict[str, object]:
    x, y, right, bottom = (float(value) for value in box)
    row = {'image_id': picture, 'category_id': int(class_id) + 1, **more}
    return {**row, 'bbox': [x, y, right - x, bottom - y], 'area': (right - x) * (bottom - y)}
