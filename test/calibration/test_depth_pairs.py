# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""LiDAR points and tape-measured things find their depth in the map."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hailo_perception.calibration.depth_fit import CalibrationError
from hailo_perception.calibration.depth_pairs import pairs_of_scan
from hailo_perception.calibration.measured import MeasuredObject
from hailo_perception.calibration.measured import MeasuredPixel
from hailo_perception.calibration.measured import pairs_of_objects
from hailo_perception.calibration.measured import pairs_of_pixels
from hailo_perception.calibration.measured import read_measured_pixels
from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import DepthMap
from hailo_perception.core.results import Detections
from hailo_perception.core.rigid_transform import OPTICAL_IN_BODY
from hailo_perception.core.rigid_transform import RigidTransform

CAMERA = CameraModel(640, 480, 500.0, 500.0, 319.5, 239.5)
SIZE = (160, 120)
LIDAR_IN_CAMERA = OPTICAL_IN_BODY.inverse() @ RigidTransform((0.0, 0.0, 0.5))
"""A LiDAR half a metre above the camera, x forward."""


def depth_map(depth_m: float = 10.0) -> DepthMap:
    return DepthMap(np.full(SIZE[::-1], depth_m, np.float32), CAMERA.scaled(*SIZE))


@pytest.mark.parametrize('count', [0, 50])
def test_a_wall_before_a_lidar(count: int) -> None:
    """A wall 8 m ahead, of which the network says 10."""
    across, up = np.random.default_rng(0).uniform((-3, -3), (3, 2), (count, 2)).T
    wall = np.column_stack((np.full(count, 8.0), across, up))
    found = pairs_of_scan(depth_map(), wall, LIDAR_IN_CAMERA)
    assert len(found) == count
    np.testing.assert_allclose(found.true_m, 8.0, rtol=1e-6)
    np.testing.assert_allclose(found.found_m, 10.0)


def test_points_that_do_not_count() -> None:
    depth = depth_map()
    depth.depth_m[:, :80] = np.nan
    points = np.array(
        (
            (8.0, -1, 0),
            (8.0, 1, 0),  # the map knows no depth there
            (-8.0, 0, 0),  # behind the camera
            (8.0, 60, 0),  # beside the image
            (np.nan, 0, 0),
        ),
        np.float32,
    )
    assert pairs_of_scan(depth, points, LIDAR_IN_CAMERA).true_m.tolist() == [8.0]


def test_what_a_nearer_thing_hides_does_not_count() -> None:
    points = np.array(((5.0, -0.02, -0.5), (20.0, 0.0, -0.5)))
    found = pairs_of_scan(depth_map(), points, LIDAR_IN_CAMERA)
    np.testing.assert_allclose(found.true_m, [5.0], rtol=1e-6)


@pytest.mark.parametrize('text', ['car', 'car:', ':5', 'car:0', 'car:-3', 'car:nan', 'car:5m'])
def test_a_wrong_measured_object(text: str) -> None:
    with pytest.raises(CalibrationError, match='CLASS:METRES, such as car:12.5'):
        MeasuredObject.parse(text)


def test_a_measured_object() -> None:
    assert MeasuredObject.parse('a:b:12.5') == MeasuredObject('a:b', 12.5)


def test_a_distance_is_along_the_ray_and_a_depth_along_the_axis() -> None:
    pixels = [MeasuredPixel(319.5, 239.5, 9.0), MeasuredPixel(619.5, 639.5 - 400, 9.0)]
    found = pairs_of_pixels(depth_map(), pixels, CAMERA)
    np.testing.assert_allclose(found.true_m, [9.0, 9 / np.sqrt(1 + 0.6**2)])
    np.testing.assert_allclose(found.found_m, 10.0)


@pytest.mark.parametrize('place', [(-1, 5), (640, 5), (5, -1), (5, 480)])
def test_a_pixel_outside(place: tuple[int, int]) -> None:
    with pytest.raises(CalibrationError, match='outside the image of 640×480'):
        pairs_of_pixels(depth_map(), [MeasuredPixel(*place, 5.0)], CAMERA)


LABELS = LabelSet.from_names('car', 'person')


def detections(*objects: tuple[int, float]) -> tuple[Detections, DepthMap]:
    """Objects (class, depth) side by side, each filling its box."""
    depth = depth_map(np.nan)
    boxes = []
    for index, (_, depth_m) in enumerate(objects):
        boxes.append((100 * index, 200, 100 * index + 80, 280))
        depth.depth_m[50:70, 25 * index : 25 * index + 20] = depth_m
    count = len(objects)
    return (
        Detections.without_positions(
            LABELS,
            np.reshape(boxes, (-1, 4)),
            np.ones(count),
            [class_id for class_id, _ in objects],
        ),
        depth,
    )


def test_no_objects() -> None:
    found, depth = detections()
    assert len(pairs_of_objects(found, depth, None, [], CAMERA)) == 0
    with pytest.raises(CalibrationError, match=r'1 of car measured, 0 found .*\(found: nothing\)'):
        pairs_of_objects(found, depth, None, [MeasuredObject('car', 5.0)], CAMERA)


def test_objects_are_matched_by_nearness() -> None:
    found, depth = detections((0, 30.0), (1, 7.0), (0, 12.0))
    measured = [MeasuredObject('car', 10.0), MeasuredObject('car', 25.0)]
    matched = pairs_of_objects(found, depth, None, measured, CAMERA)
    np.testing.assert_allclose(matched.found_m, [12.0, 30.0])
    rays = CAMERA.unproject(np.array(((239.5, 239.5), (39.5, 239.5))))
    lengths = np.sqrt(1 + (rays**2).sum(axis=1))
    np.testing.assert_allclose(matched.true_m, [10.0, 25.0] / lengths)


def test_more_found_than_measured() -> None:
    found, depth = detections((0, 30.0), (0, 12.0))
    with pytest.raises(CalibrationError, match='1 of car measured, 2 found.*car 3'):
        pairs_of_objects(found, depth, None, [MeasuredObject('car', 10.0)], CAMERA)


def csv_file(folder: Path, text: str) -> Path:
    path = folder / 'measured.csv'
    path.write_text(text, encoding='utf-8')
    return path


def test_pixels_from_a_file(tmp_path: Path) -> None:
    path = csv_file(
        tmp_path, 'image,x_px,y_px,distance_m\na.jpg,10,20,5.5\nb.jpg, 1, 2, 3\na.jpg,30,40,7\n'
    )
    assert read_measured_pixels(path) == {
        tmp_path / 'a.jpg': [MeasuredPixel(10, 20, 5.5), MeasuredPixel(30, 40, 7)],
        tmp_path / 'b.jpg': [MeasuredPixel(1, 2, 3)],
    }


@pytest.mark.parametrize(
    ('text', 'complaint'),
    [
        ('', 'no measured pixel'),
        ('image,x_px,y_px,distance_m\n', 'no measured pixel'),
        ('image,x_px,y_px\na.jpg,1,2\n', 'line 2: expected image,x_px,y_px,distance_m'),
        ('image,x_px,y_px,distance_m\na.jpg,1,2,3\na.jpg,1,2,far\n', 'line 3'),
        ('image,x_px,y_px,distance_m\na.jpg,1,2,0\n', 'a distance above 0, got a.jpg,1,2,0'),
        ('image,x_px,y_px,distance_m\n,1,2,3\n', 'line 2'),
    ],
)
def test_a_wrong_file(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(CalibrationError, match=complaint):
        read_measured_pixels(csv_file(tmp_path, text))


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(CalibrationError, match='cannot be read'):
        read_measured_pixels(tmp_path / 'none.csv')
