# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The depth of what fills a box."""

from __future__ import annotations

import numpy as np
import pytest

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.labels import Label
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import DepthMap
from hailo_perception.core.results import Detections
from hailo_perception.tasks.surface_depth import surface_depths

OBJECTS = LabelSet.from_names('car', 'person', 'drone')
SEMANTIC = LabelSet((Label(0, 'road'), Label(4, 'vehicle', members=('car',)), Label(5, 'person')))
IMAGE_SIZE = (128, 96)
CAMERA = CameraModel(64, 48, 50.0, 50.0, 31.5, 23.5)
BACKGROUND_M = 60.0


def scene() -> tuple[DepthMap, ClassMap]:
    """Background, and at depth 10 m what fills the image's box 20…60 by 40…80 in its left half."""
    depth_m = np.full((48, 64), BACKGROUND_M, np.float32)
    depth_m[20:40, 10:20] = 10.0
    ids = np.zeros((96, 128), np.uint8)
    ids[40:80, 20:40] = 4
    return DepthMap(depth_m, CAMERA), ClassMap(SEMANTIC, ids)


def depths_of(
    *boxes: tuple[float, ...],
    depth: DepthMap,
    semantic: ClassMap | None = None,
    class_id: int = 0,
) -> list[float]:
    count = len(boxes)
    detections = Detections.without_positions(
        OBJECTS, np.reshape(boxes, (-1, 4)), np.ones(count), np.full(count, class_id)
    )
    return surface_depths(detections, depth, semantic, IMAGE_SIZE).tolist()


def test_no_objects() -> None:
    assert depths_of(depth=scene()[0]) == []


@pytest.mark.parametrize(
    ('box', 'class_id', 'expected_m'),
    [
        pytest.param((20, 40, 60, 80), 0, 10.0, id='own class in the left half'),
        pytest.param((20, 40, 40, 80), 0, 10.0, id='own class fills the box'),
        pytest.param((0, 40, 30, 80), 0, 10.0, id='own class at the rim'),
        pytest.param((0, 40, 50, 80), 1, 10.0, id='no own pixel: the centre'),
        pytest.param((16, 36, 44, 84), 2, 10.0, id='class unknown to the map: the centre'),
        pytest.param((80, 0, 120, 40), 0, BACKGROUND_M, id='elsewhere'),
        pytest.param((-50, -50, 500, 500), 0, 10.0, id='larger than the image'),
    ],
)
def test_own_pixels_count(box: tuple[float, ...], class_id: int, expected_m: float) -> None:
    depth, semantic = scene()
    assert depths_of(box, depth=depth, semantic=semantic, class_id=class_id) == [expected_m]


def test_without_map_the_centre_counts() -> None:
    assert depths_of((14, 30, 46, 90), depth=scene()[0]) == [10.0]


def test_minority_of_background_does_not_count() -> None:
    depth, semantic = scene()
    depth.depth_m[20:32, 10:20] = BACKGROUND_M
    assert depths_of((20, 40, 40, 80), depth=depth, semantic=semantic) == [10.0]


def test_too_few_known_pixels() -> None:
    depth, semantic = scene()
    depth.depth_m[:] = np.nan
    depth.depth_m[30, 14:16] = 10.0
    boxes = (20, 40, 40, 80), (80, 0, 120, 40)
    assert np.isnan(depths_of(*boxes, depth=depth, semantic=semantic)).all()


def test_box_smaller_than_a_depth_pixel_is_unknown() -> None:
    assert np.isnan(depths_of((100.2, 50.2, 100.4, 50.4), depth=scene()[0])).all()


def test_large_boxes_are_sampled_alike() -> None:
    depth_m = np.full((480, 640), BACKGROUND_M, np.float32)
    depth_m[100:400, 100:500] = 10.0
    depth = DepthMap(depth_m, CAMERA.scaled(640, 480))
    assert depths_of((20, 20, 100, 80), depth=depth) == [10.0]
