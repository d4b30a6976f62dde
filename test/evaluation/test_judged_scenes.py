# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Which pictures are judged, and which objects in them."""

from __future__ import annotations

import numpy as np
import pytest

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.core.labels import LabelSet
from hailo_perception.evaluation.judge import sampled
from hailo_perception.evaluation.judge import true_boxes
from hailo_perception.evaluation.scenes import render_scene
from hailo_perception.evaluation.scenes import render_scenes
from hailo_perception.evaluation.scenes import SceneSet
from hailo_perception.scenes import CameraToGround
from hailo_perception.scenes import OBJECT_LABELS
from hailo_perception.scenes import SceneFrame
from hailo_perception.scenes import SceneObjects


@pytest.mark.parametrize(
    ('count', 'width', 'height', 'message'),
    [
        (0, 960, 576, 'expected 1…100000 scenes, got 0'),
        (-1, 960, 576, 'got -1'),
        (100_001, 960, 576, 'are trained on'),
        (1, 31, 576, 'at least 32×32'),
        (1, 960, 0, 'at least 32×32'),
    ],
)
def test_impossible_sets(count: int, width: int, height: int, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        SceneSet(count, width, height)


def test_a_negative_number_of_workers_is_refused() -> None:
    with pytest.raises(ConfigurationError, match='workers'):
        next(render_scenes(SceneSet(1), -1))


def test_scenes_differ_and_come_again_the_same() -> None:
    first, second = render_scenes(SceneSet(2, 160, 96), 0)
    again = render_scene(1, 160, 96)
    assert first.image.shape == (96, 160, 3)
    assert (first.image != second.image).mean() > 0.3
    np.testing.assert_array_equal(second.image, again.image)
    np.testing.assert_array_equal(second.depth_m, again.depth_m)
    assert second.camera == again.camera and second.time_s == again.time_s


def scene_with(heights: list[float], visibilities: list[float], names: list[str]) -> SceneFrame:
    """A picture of 200×100 with boxes of these heights."""
    count = len(heights)
    boxes = np.zeros((count, 4), np.float32)
    boxes[:, 2], boxes[:, 3] = 20, heights
    return SceneFrame(
        image=np.zeros((100, 200, 3), np.uint8),
        depth_m=np.ones((100, 200), np.float32),
        semantic=np.zeros((100, 200), np.uint8),
        lane=np.zeros((100, 200), np.uint8),
        instances=np.zeros((100, 200), np.uint16),
        objects=SceneObjects(
            xyxy=boxes,
            class_ids=np.array([OBJECT_LABELS.id_of(name) for name in names], np.int32),
            visibility=np.array(visibilities, np.float32),
            position_m=np.zeros((count, 3), np.float32),
            distance_m=np.ones(count, np.float32),
        ),
        lane_lines=(),
        camera=CameraModel(200, 100, 100, 100, 100, 50),
        camera_to_ground=CameraToGround(1.4, 0, 0),
        time_s=0.0,
    )


@pytest.mark.parametrize(
    ('heights', 'visibilities', 'names', 'class_ids', 'judged'),
    [
        ([], [], [], [], []),
        ([16], [1.0], ['car'], [1], [True]),
        ([15.9], [1.0], ['car'], [1], [False]),
        ([16, 16], [0.31, 0.29], ['person', 'person'], [0, 0], [True, False]),
        # What the model has no class for is left out; order stays.
        ([16, 16, 8], [1, 1, 1], ['train', 'car', 'person'], [1, 0], [True, False]),
    ],
)
def test_true_boxes(
    heights: list[float],
    visibilities: list[float],
    names: list[str],
    class_ids: list[int],
    judged: list[bool],
) -> None:
    """Heights count in the network's input, which is half the picture's size."""
    transform = ImageTransform.stretch((200, 100), (100, 50))
    labels = LabelSet.from_names('person', 'car')
    truth, is_judged = true_boxes(scene_with(heights, visibilities, names), labels, transform)
    assert truth.class_ids.tolist() == class_ids
    assert is_judged.tolist() == judged
    assert truth.xyxy.shape == (len(class_ids), 4)


def test_maps_are_sampled_at_the_middle_of_the_coarser_pixels() -> None:
    values = np.arange(36).reshape(6, 6)
    assert sampled(values, (2, 3)).tolist() == [[7, 9, 11], [25, 27, 29]]
    assert sampled(values, (6, 6)).tolist() == values.tolist()
