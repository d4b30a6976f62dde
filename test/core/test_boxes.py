# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from hailo_perception.core.boxes import pairwise_iou

NO_BOXES = np.zeros((0, 4), np.float32)


@pytest.mark.parametrize(
    ('a', 'b', 'expected'),
    [
        ([0, 0, 2, 2], [0, 0, 2, 2], 1),
        ([0, 0, 2, 2], [2, 0, 4, 2], 0),
        ([0, 0, 2, 2], [5, 5, 6, 6], 0),
        ([0, 0, 2, 2], [1, 0, 3, 2], 2 / 6),
        ([0, 0, 4, 4], [1, 1, 3, 3], 4 / 16),
        ([1, 1, 1, 1], [1, 1, 1, 1], 0),
    ],
)
def test_iou(a: list[float], b: list[float], expected: float) -> None:
    assert pairwise_iou(np.array([a]), np.array([b])) == pytest.approx(expected)


def test_iou_of_nothing_has_the_right_shape() -> None:
    assert pairwise_iou(NO_BOXES, np.ones((3, 4))).shape == (0, 3)
    assert pairwise_iou(np.ones((2, 4)), NO_BOXES).shape == (2, 0)
