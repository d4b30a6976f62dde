# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Which pictures are judged, and which objects in them."""

from __future__ import annotations

import numpy as np
import pytest

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.core.labels import LabelSet
from hailo_perception.evaluation.judge import sampled
from hailo_perception.evaluation.judge import true_boxes
from hailo_perception.evaluation.labelled import ANY_CLASS
from hailo_perception.evaluation.labelled import TrueObjects
from hailo_perception.evaluation.scenes import render_scene
from hailo_perception.evaluation.scenes import render_scenes
from hailo_perception.evaluation.scenes import SceneSet
from hailo_perception.scenes import OBJECT_LABELS


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


def objects_with(heights: list[float], visibilities: list[float], names: list[str]) -> TrueObjects:
    """Objects with boxes of these heights."""
    count = len(heights)
    boxes = np.zeros((count, 4), np.float32)
    boxes[:, 2], boxes[:, 3] = 20, heights
    return TrueObjects(
        xyxy=boxes,
        class_ids=np.array([OBJECT_LABELS.id_of(name) for name in names], np.int32),
        visibility=np.array(visibilities, np.float32),
        distance_m=np.ones(count, np.float32),
        is_ignored=np.zeros(count, bool),
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
    truth, is_judged = true_boxes(objects_with(heights, visibilities, names), labels, transform)
    assert truth.class_ids.tolist() == class_ids
    assert is_judged.tolist() == judged
    assert truth.xyxy.shape == (len(class_ids), 4)


def test_ignored_objects_are_there_but_not_judged_and_regions_are_apart() -> None:
    objects = objects_with([30, 30, 30], [1, 1, 1], ['car', 'car', 'person'])
    objects.is_ignored[1:] = True
    objects.class_ids[2] = ANY_CLASS
    truth, is_judged = true_boxes(objects, LabelSet.from_names('person', 'car'))
    assert truth.class_ids.tolist() == [1, 1]
    assert is_judged.tolist() == [True, False]


def test_without_a_transform_every_size_is_judged() -> None:
    _, is_judged = true_boxes(objects_with([1], [1], ['car']), LabelSet.from_names('car'))
    assert is_judged.tolist() == [True]


def test_maps_are_sampled_at_the_middle_of_the_coarser_pixels() -> None:
    values = np.arange(36).reshape(6, 6)
    assert sampled(values, (2, 3)).tolist() == [[7, 9, 11], [25, 27, 29]]
    assert sampled(values, (6, 6)).tolist() == values.tolist()
