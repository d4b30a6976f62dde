# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The figures are those of their definitions, on cases counted by hand."""

import numpy as np
import pytest

from training.figures import confusion
from training.figures import DepthTally
from training.figures import overlap_per_class
from training.figures import PrecisionTally
from training.validate import suppress


def boxes(*values):
    return np.array(values, np.float32).reshape(-1, 4)


A, B, FAR = (0, 0, 10, 10), (20, 0, 30, 10), (50, 50, 60, 60)


@pytest.mark.parametrize(
    'found, scores, truth, judged, precision',
    [
        ([], [], [A], [True], 0.0),
        ([A], [0.9], [A], [True], 1.0),
        ([A, B], [0.9, 0.8], [A, B], [True, True], 1.0),
        ([A, FAR], [0.5, 0.9], [A], [True], 0.5),
        ([A, FAR], [0.9, 0.5], [A], [True], 1.0),
        ([A, A], [0.9, 0.8], [A, B], [True, True], 0.5),
        ([A, B], [0.8, 0.9], [A, B], [True, False], 1.0),
    ],
    ids=[
        'nothing found', 'found', 'both found', 'false first', 'false last', 'twice', 'not judged',
    ],
)  # fmt: skip
def test_average_precision(found, scores, truth, judged, precision):
    tally = PrecisionTally()
    tally.add(boxes(*found), np.array(scores, np.float32), boxes(*truth), np.array(judged, bool))
    assert tally.average_precision() == pytest.approx(precision)


def test_a_class_without_objects_has_no_precision():
    tally = PrecisionTally()
    tally.add(boxes(A), np.array([0.9], np.float32), boxes(), np.zeros(0, bool))
    assert np.isnan(tally.average_precision())


def test_overlap_leaves_unlabelled_pixels_out():
    truth = np.array([[0, 0, 1, 255]], np.uint8)
    found = np.array([[0, 1, 1, 0]], np.uint8)
    overlap = overlap_per_class(confusion(truth, found, 3))
    np.testing.assert_allclose(overlap, [0.5, 0.5, np.nan])


def test_depth_error_counts_known_near_pixels_only():
    tally = DepthTally()
    truth = np.array([10, 20, 100, np.nan], np.float32)
    tally.add(np.array([11, 30, 1, 1], np.float32), truth)
    assert tally.absolute_relative() == pytest.approx(0.3)
    assert tally.delta() == 0.5


def test_suppression_keeps_the_best_of_each_place():
    assert suppress(boxes()).tolist() == []
    assert suppress(boxes(A, (1, 0, 11, 10), B)).tolist() == [0, 2]
