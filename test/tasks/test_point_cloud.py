# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The point cloud lies where the camera saw it and has the pixels' colours and labels."""

import numpy as np
import pytest

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import DepthMap
from hailo_perception.core.results import POINT_DTYPE
from hailo_perception.kernels import load_kernels
from hailo_perception.tasks.point_cloud import make_point_cloud

LABELS = LabelSet.from_names('road', 'car', 'sky')
CAMERAS = {
    'pinhole': CameraModel(64, 48, 50.0, 52.0, 30.0, 25.0),
    'plumb_bob': CameraModel(
        64, 48, 50.0, 52.0, 30.0, 25.0, 'plumb_bob', (-0.2, 0.03, 1e-3, 0, 0)
    ),
    'equidistant': CameraModel(64, 48, 30.0, 31.0, 30.0, 25.0, 'equidistant', (0.02, 0, 0, 0)),
}


def random_scene(camera=CAMERAS['pinhole'], image_size=(128, 96)):
    rng = np.random.default_rng(2)
    depth_m = rng.uniform(1, 80, (camera.height, camera.width)).astype(np.float32)
    depth_m[rng.random(depth_m.shape) < 0.1] = np.nan
    image = rng.integers(0, 256, (image_size[1], image_size[0], 3), np.uint8)
    return DepthMap(depth_m, camera), image


def coordinates(points):
    return np.stack([points[name] for name in 'xyz'], axis=-1)


@pytest.mark.parametrize('kernels', ['numpy', 'auto'])
@pytest.mark.parametrize('camera', CAMERAS)
@pytest.mark.parametrize('stride', [1, 3])
def test_points_project_back_on_their_pixels(kernels, camera, stride):
    depth, image = random_scene(CAMERAS[camera])
    cloud = make_point_cloud(
        depth, image, 'bgr', None, stride=stride, kernels=load_kernels(kernels)
    )
    assert cloud.is_organised
    assert cloud.points.dtype == POINT_DTYPE
    rows, columns = np.mgrid[:48:stride, :64:stride]
    pixels = depth.camera_model.project(coordinates(cloud.points))
    known = ~np.isnan(cloud.points['z'])
    expected = np.stack((columns, rows), axis=-1)
    assert known.sum() > 0.5 * known.size
    assert np.abs(pixels - expected)[known].max() < 0.01
    np.testing.assert_array_equal(
        cloud.points['z'][known], depth.depth_m[::stride, ::stride][known]
    )


@pytest.mark.parametrize('kernels', ['numpy', 'auto'])
@pytest.mark.parametrize('color_order', ['bgr', 'rgb'])
def test_colours_are_those_under_the_points(kernels, color_order):
    depth, image = random_scene()
    cloud = make_point_cloud(depth, image, color_order, None, kernels=load_kernels(kernels))
    # Twice the depth map's resolution: the centre of its pixel i is the edge of pixel 2·i + 1.
    seen = image[1::2, 1::2].astype(np.uint32)
    red, blue = (2, 0) if color_order == 'bgr' else (0, 2)
    packed = seen[..., red] << 16 | seen[..., 1] << 8 | seen[..., blue]
    np.testing.assert_array_equal(cloud.points['rgb'], packed)


@pytest.mark.parametrize('kernels', ['numpy', 'auto'])
def test_labels_of_a_coarser_map(kernels):
    depth, image = random_scene()
    ids = np.random.default_rng(0).integers(0, 3, (24, 32), np.uint8)
    cloud = make_point_cloud(
        depth, image, 'bgr', ClassMap(LABELS, ids), kernels=load_kernels(kernels)
    )
    np.testing.assert_array_equal(cloud.points['label'], ids.repeat(2, axis=0).repeat(2, axis=1))


def test_without_map_points_are_unlabelled():
    depth, image = random_scene()
    assert (make_point_cloud(depth, image, 'bgr', None).points['label'] == 255).all()


@pytest.mark.parametrize('kernels', ['numpy', 'auto'])
@pytest.mark.parametrize('range_m', [None, (10.0, 40.0)])
def test_unknown_points_are_nan_and_a_dense_cloud_has_none(kernels, range_m):
    depth, image = random_scene()
    depth.depth_m[0, 0] = np.inf
    options = {'range_m': range_m, 'kernels': load_kernels(kernels)}
    organised = make_point_cloud(depth, image, 'bgr', None, **options).points
    near, far = range_m or (0, 1e30)
    known = (depth.depth_m >= near) & (depth.depth_m <= far)
    assert (np.isfinite(coordinates(organised)).all(axis=-1) == known).all()
    assert np.isnan(coordinates(organised)[~known]).all()

    dense = make_point_cloud(depth, image, 'bgr', None, dense=True, **options)
    assert not dense.is_organised
    np.testing.assert_array_equal(dense.points, organised[known])


@pytest.mark.parametrize('kernels', ['numpy', 'auto'])
def test_points_are_written_into_a_message(kernels):
    depth, image = random_scene()
    data = bytearray(16 * 22 * POINT_DTYPE.itemsize)
    out = np.frombuffer(data, POINT_DTYPE).reshape(16, 22)
    options = {'stride': 3, 'kernels': load_kernels(kernels)}
    assert make_point_cloud(depth, image, 'bgr', None, out=out, **options).points is out
    assert bytes(data) == make_point_cloud(depth, image, 'bgr', None, **options).points.tobytes()


def test_nothing_known():
    depth = DepthMap(np.full((48, 64), np.nan, np.float32), CAMERAS['pinhole'])
    image = np.zeros((48, 64, 3), np.uint8)
    assert make_point_cloud(depth, image, 'bgr', None, dense=True).points.shape == (0,)
    assert np.isnan(make_point_cloud(depth, image, 'bgr', None).points['x']).all()


def test_pixels_without_a_ray_are_unknown():
    camera = CameraModel(64, 48, 10.0, 10.0, 30.0, 25.0, 'plumb_bob', (-0.3, 0.0, 0, 0))
    depth = DepthMap(np.full((48, 64), 5.0, np.float32), camera)
    points = make_point_cloud(depth, np.zeros((48, 64, 3), np.uint8), 'bgr', None).points
    lost = np.isnan(camera.rays()[..., 0])
    assert lost.any()
    assert (np.isnan(points['z']) == lost).all()
