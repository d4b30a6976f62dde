# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Distances and positions of boxes."""

import numpy as np
import pytest

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.labels import Label
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import DepthMap
from hailo_perception.core.results import Detections
from hailo_perception.tasks.positions import with_positions

OBJECTS = LabelSet.from_names('car', 'person', 'drone')
SEMANTIC = LabelSet((Label(0, 'road'), Label(4, 'vehicle', members=('car',)), Label(5, 'person')))
IMAGE_SIZE = (128, 96)
CAMERA = CameraModel(64, 48, 50.0, 50.0, 31.5, 23.5)
BACKGROUND_M = 60.0


def scene():
    """Background, and at depth 10 m what fills the image's box 20…60 by 40…80 in its left half."""
    depth_m = np.full((48, 64), BACKGROUND_M, np.float32)
    depth_m[20:40, 10:20] = 10.0
    ids = np.zeros((96, 128), np.uint8)
    ids[40:80, 20:40] = 4
    return DepthMap(depth_m, CAMERA), ClassMap(SEMANTIC, ids)


def objects(*boxes, class_id=0):
    count = len(boxes)
    return Detections.without_positions(
        OBJECTS, np.reshape(boxes, (-1, 4)), np.ones(count), np.full(count, class_id)
    )


def test_nothing():
    depth, semantic = scene()
    assert len(with_positions(objects(), depth, semantic, IMAGE_SIZE)) == 0


def test_own_pixels_count_where_a_map_tells_them():
    depth, semantic = scene()
    found = with_positions(objects((20, 40, 60, 80)), depth, semantic, IMAGE_SIZE)
    x, y = (20 - 0.5 - 31.5) / 50, (30 - 0.5 - 23.5) / 50
    np.testing.assert_allclose(found.positions_m, [[10 * x, 10 * y, 10]], rtol=1e-5)
    np.testing.assert_allclose(found.distances_m, [10 * np.sqrt(1 + x * x + y * y)], rtol=1e-5)
    assert found.positions_m.dtype == found.distances_m.dtype == np.float32


@pytest.mark.parametrize(
    ('box', 'class_id', 'expected_m'),
    [
        pytest.param((20, 40, 40, 80), 0, 10.0, id='own class fills the box'),
        pytest.param((0, 40, 30, 80), 0, 10.0, id='own class at the rim'),
        pytest.param((0, 40, 50, 80), 1, 10.0, id='no own pixel: the centre'),
        pytest.param((16, 36, 44, 84), 2, 10.0, id='class unknown to the map: the centre'),
        pytest.param((80, 0, 120, 40), 0, BACKGROUND_M, id='elsewhere'),
        pytest.param((-50, -50, 500, 500), 0, 10.0, id='larger than the image'),
    ],
)
def test_surface_depth(box, class_id, expected_m):
    depth, semantic = scene()
    found = with_positions(objects(box, class_id=class_id), depth, semantic, IMAGE_SIZE)
    np.testing.assert_allclose(found.positions_m[:, 2], [expected_m])


def test_without_map_the_centre_counts():
    depth, _ = scene()
    found = with_positions(objects((14, 30, 46, 90)), depth, None, IMAGE_SIZE)
    np.testing.assert_allclose(found.positions_m[0, 2], 10.0)


def test_minority_of_background_does_not_count():
    depth, semantic = scene()
    depth.depth_m[20:32, 10:20] = BACKGROUND_M
    found = with_positions(objects((20, 40, 40, 80)), depth, semantic, IMAGE_SIZE)
    np.testing.assert_allclose(found.positions_m[0, 2], 10.0)


def test_unknown_depth():
    depth, semantic = scene()
    depth.depth_m[:] = np.nan
    depth.depth_m[30, 14:16] = 10.0
    found = with_positions(
        objects((20, 40, 40, 80), (80, 0, 120, 40)), depth, semantic, IMAGE_SIZE
    )
    assert np.isnan(found.positions_m).all() and np.isnan(found.distances_m).all()


def test_box_smaller_than_a_depth_pixel_is_unknown():
    depth, _ = scene()
    found = with_positions(objects((100.2, 50.2, 100.4, 50.4)), depth, None, IMAGE_SIZE)
    assert np.isnan(found.distances_m).all()


def test_large_boxes_are_sampled_alike():
    depth_m = np.full((480, 640), BACKGROUND_M, np.float32)
    depth_m[100:400, 100:500] = 10.0
    depth = DepthMap(depth_m, CAMERA.scaled(640, 480))
    found = with_positions(objects((20, 20, 100, 80)), depth, None, IMAGE_SIZE)
    np.testing.assert_allclose(found.positions_m[0, 2], 10.0)


def test_position_lies_on_the_distorted_ray():
    camera = CameraModel(64, 48, 50.0, 50.0, 31.5, 23.5, 'plumb_bob', (-0.2, 0.02, 0, 0))
    depth = DepthMap(np.full((48, 64), 7.0, np.float32), camera)
    found = with_positions(objects((0, 0, 20, 20)), depth, None, IMAGE_SIZE)
    np.testing.assert_allclose(camera.project(found.positions_m), [[4.5, 4.5]], atol=1e-3)
