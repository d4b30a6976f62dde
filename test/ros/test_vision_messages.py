# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""vision_msgs, where it is installed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip('rclpy')
pytest.importorskip('vision_msgs')

from hailo_perception.core.frame import Header  # noqa: E402
from hailo_perception.core.labels import LabelSet  # noqa: E402
from hailo_perception.core.results import Detections  # noqa: E402
from hailo_perception.models.catalog import find_model  # noqa: E402
from hailo_perception.models.manifest import load_manifest  # noqa: E402
from hailo_perception.ros import vision_messages  # noqa: E402

HEADER = Header(2_000_000_005, 'front')
LABELS = LabelSet.from_names('car', 'bus')


@pytest.mark.parametrize('count', [0, 2])
def test_to_detection_array(count: int) -> None:
    """Boxes become centre and size; the class is its name; every header is the image's."""
    boxes = np.array(((1, 2, 11, 22), (5, 5, 6, 7)), np.float32)[:count]
    detections = Detections.without_positions(
        LABELS, boxes, np.full(count, 0.5, np.float32), np.ones(count, np.int32)
    )
    message = vision_messages.to_detection_array(detections, HEADER)
    assert message.header.stamp.nanosec == 5
    assert len(message.detections) == count
    for detection in message.detections[:1]:
        center = detection.bbox.center.position
        assert (center.x, center.y) == (6, 12)
        assert (detection.bbox.size_x, detection.bbox.size_y) == (10, 20)
        assert detection.results[0].hypothesis.class_id == 'bus'
        assert detection.header == message.header


@pytest.mark.parametrize(('class_id_format', 'expected'), [('name', 'bus'), ('id', '1')])
def test_a_class_has_a_name_or_a_number(class_id_format: str, expected: str) -> None:
    boxes = np.zeros((1, 4), np.float32)
    detections = Detections.without_positions(LABELS, boxes, np.ones(1), np.array([1]))
    (found,) = vision_messages.to_detection_array(detections, HEADER, class_id_format).detections
    assert found.results[0].hypothesis.class_id == expected


def test_a_position_has_its_covariance() -> None:
    """Row by row among those of the rotation; zeros where the position is not known."""
    covariance = np.arange(9, dtype=np.float32).reshape(3, 3)
    detections = replace(
        Detections.without_positions(LABELS, np.zeros((2, 4)), np.ones(2), np.zeros(2)),
        positions_m=np.array(((1, 2, 3), (np.nan,) * 3), np.float32),
        position_covariances_m2=np.stack((covariance, np.full((3, 3), np.nan, np.float32))),
    )
    message = vision_messages.to_detection_array(detections, HEADER)
    known, unknown = (each.results[0].pose for each in message.detections)
    assert (known.pose.position.x, known.pose.position.z) == (1, 3)
    np.testing.assert_array_equal(known.covariance.reshape(6, 6)[:3, :3], covariance)
    assert known.covariance.sum() == covariance.sum()
    assert np.isnan(unknown.pose.position.z) and not unknown.covariance.any()


def test_to_label_info() -> None:
    """Every class is named."""
    message = vision_messages.to_label_info(LABELS, HEADER, threshold=0.25)
    assert [(c.class_id, c.class_name) for c in message.class_map] == [(0, 'car'), (1, 'bus')]
    assert message.threshold == 0.25


def test_a_track_is_the_id() -> None:
    """Objects without a track have an empty id."""
    detections = replace(
        Detections.without_positions(LABELS, np.zeros((2, 4)), np.ones(2), np.zeros(2)),
        track_ids=np.array((7, 0)),
    )
    message = vision_messages.to_detection_array(detections, HEADER)
    assert [detection.id for detection in message.detections] == ['7', '']


def test_to_vision_info() -> None:
    """The model is named, and the file that describes its classes."""
    manifest = load_manifest(find_model('lightnet_compact'))
    message = vision_messages.to_vision_info(manifest, 3, HEADER)
    assert message.method == 'lightnet_compact'
    assert message.database_location.endswith('lightnet_compact.yaml')
    assert message.database_version == 3
    assert message.header.stamp.nanosec == 5
