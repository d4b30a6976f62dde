# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Messages for Autoware; those of its own packages where these are installed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip('rclpy')

from hailo_perception.core.errors import MissingDependencyError  # noqa: E402
from hailo_perception.core.frame import Header  # noqa: E402
from hailo_perception.core.labels import LabelSet  # noqa: E402
from hailo_perception.core.results import ClassMap  # noqa: E402
from hailo_perception.core.results import Detections  # noqa: E402
from hailo_perception.core.run_length import decode_runs  # noqa: E402
from hailo_perception.ros import autoware_messages  # noqa: E402
from hailo_perception.tasks.autoware_classes import AutowareClasses  # noqa: E402
from hailo_perception.tasks.autoware_classes import IGNORED  # noqa: E402

HEADER = Header(2_000_000_005, 'front')
CLASSES = AutowareClasses(
    Path('x.yaml'),
    objects={'car': 1, 'person': 7, 'sign': IGNORED},
    semantic={'road': 9, 'sky': 15},
)
LABELS = LabelSet.from_names('car', 'person', 'sign')
needs_messages = pytest.mark.skipif(
    not autoware_messages.IS_AVAILABLE, reason='needs tier4_perception_msgs'
)


def detections(*objects: tuple[tuple[float, float, float, float], int]) -> Detections:
    return Detections.without_positions(
        LABELS,
        np.array([box for box, _ in objects], np.float32).reshape(-1, 4),
        np.full(len(objects), 0.5, np.float32),
        np.array([class_id for _, class_id in objects], np.int32),
    )


@needs_messages
@pytest.mark.parametrize(
    ('objects', 'expected'),
    [
        ((), []),
        ((((10.6, 20, 30.2, 40), 1),), [(7, 10, 20, 21, 20)]),
        # Beyond the image of 100×50, and wholly outside.
        ((((-5, -1, 120, 70), 0), ((101, 0, 110, 9), 0)), [(1, 0, 0, 100, 50)]),
        ((((1, 1, 2, 2), 2), ((1, 1, 2, 2), 0)), [(1, 1, 1, 1, 1)]),
    ],
)
def test_objects(
    objects: tuple[tuple[tuple[float, float, float, float], int], ...],
    expected: list[tuple[int, int, int, int, int]],
) -> None:
    message = autoware_messages.to_autoware_objects(
        detections(*objects), CLASSES, (100, 50), HEADER
    )
    assert (message.header.frame_id, message.header.stamp.nanosec) == ('front', 5)
    found = []
    for each in message.feature_objects:
        roi = each.feature.roi
        (classification,) = each.object.classification
        assert classification.probability == 1
        assert each.object.existence_probability == 0.5
        found.append((classification.label, roi.x_offset, roi.y_offset, roi.width, roi.height))
    assert found == expected


def test_a_mask_holds_runs_and_says_mono8() -> None:
    ids = np.array([[0, 0, 0], [0, 1, 255]], np.uint8)
    message = autoware_messages.to_autoware_mask(
        ClassMap(LabelSet.from_names('road', 'sky'), ids), CLASSES, HEADER
    )
    assert (message.encoding, message.height, message.width, message.step) == ('mono8', 2, 3, 3)
    assert message.header.frame_id == 'front'
    assert len(message.data) == 3 * 5
    decoded = decode_runs(bytes(message.data), (3, 2))
    assert decoded.tolist() == [[9, 9, 9], [9, 15, 0]]


@pytest.mark.parametrize('is_available', [False, True])
def test_missing_messages_are_told(is_available: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autoware_messages, 'IS_AVAILABLE', is_available)
    if is_available:
        autoware_messages.require_messages()
        return
    with pytest.raises(MissingDependencyError, match=r'tier4_perception_msgs .* is not installed'):
        autoware_messages.require_messages()
