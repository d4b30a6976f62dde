# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Depth images and clouds become pairs, read from messages and over DDS."""

from __future__ import annotations

from collections.abc import Iterator
import time

import numpy as np
import pytest

rclpy = pytest.importorskip('rclpy')

from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402
from sensor_msgs.msg import CameraInfo  # noqa: E402
from sensor_msgs.msg import Image  # noqa: E402
from sensor_msgs.msg import PointCloud2  # noqa: E402
from sensor_msgs.msg import PointField  # noqa: E402

from hailo_perception.core.camera_model import CameraModel  # noqa: E402
from hailo_perception.core.errors import CameraInfoError  # noqa: E402
from hailo_perception.core.errors import EncodingError  # noqa: E402
from hailo_perception.core.frame import Header  # noqa: E402
from hailo_perception.core.rigid_transform import OPTICAL_IN_BODY  # noqa: E402
from hailo_perception.core.rigid_transform import RigidTransform  # noqa: E402
from hailo_perception.core.transform_tree import TransformError  # noqa: E402
from hailo_perception.ros import camera_info  # noqa: E402
from hailo_perception.ros import headers  # noqa: E402
from hailo_perception.ros import images  # noqa: E402
from hailo_perception.ros.measured_depth import MeasuredDepth  # noqa: E402
from hailo_perception.ros.measured_depth import PointCloudError  # noqa: E402
from hailo_perception.ros.measured_depth import read_depth  # noqa: E402
from hailo_perception.ros.measured_depth import read_points  # noqa: E402

GUARD_S = 20.0
CAMERA = CameraModel(64, 48, 50.0, 50.0, 31.5, 23.5)
HEADER = Header(5_000_000_000, 'front_optical')
INFO = camera_info.to_message(CAMERA, HEADER)
LIDAR_POSE = OPTICAL_IN_BODY.inverse()


def depth_message(depth_m: np.ndarray, encoding: str = '32FC1', header: Header = HEADER) -> Image:
    if encoding == '16UC1':
        depth_m = (np.nan_to_num(depth_m) * 1000).astype(np.uint16)
    return images.to_message(depth_m, header, encoding)


def cloud_message(
    points: np.ndarray, kind: int = PointField.FLOAT32, *, stamp_ns: int = HEADER.stamp_ns
) -> PointCloud2:
    """Points with an intensity before them and padding behind each row."""
    code = {PointField.FLOAT32: '<f4', PointField.FLOAT64: '<f8'}[kind]
    layout = np.dtype([('intensity', '<f4'), ('x', code), ('y', code), ('z', code)])
    structured = np.zeros(len(points), layout)
    for index, name in enumerate('xyz'):
        structured[name] = points[:, index]
    kinds = {'intensity': PointField.FLOAT32, 'x': kind, 'y': kind, 'z': kind}
    message = PointCloud2(
        header=headers.to_message(Header(stamp_ns, 'lidar')),
        height=1,
        width=len(points),
        fields=[
            PointField(name=name, offset=layout.fields[name][1], datatype=kinds[name], count=1)
            for name in layout.names
        ],
        point_step=layout.itemsize,
        row_step=layout.itemsize * len(points) + 8,
    )
    message.data.frombytes(structured.tobytes() + bytes(8))
    return message


@pytest.mark.parametrize('encoding', ['32FC1', '16UC1'])
def test_read_depth(encoding: str) -> None:
    depth_m = np.full((48, 64), 12.5, np.float32)
    depth_m[0] = np.nan
    depth = read_depth(depth_message(depth_m, encoding), INFO, rectified=False)
    np.testing.assert_allclose(depth.depth_m, depth_m, rtol=1e-6)
    assert depth.camera_model == CAMERA and depth.depth_m.dtype == np.float32


def test_a_picture_is_no_depth() -> None:
    picture = images.to_message(np.zeros((48, 64), np.uint8), HEADER)
    with pytest.raises(EncodingError, match='32FC1 or 16UC1, got mono8'):
        read_depth(picture, INFO, rectified=False)


def test_a_depth_that_is_cut() -> None:
    message = depth_message(np.ones((48, 64), np.float32))
    message.data = message.data[:-4]
    with pytest.raises(EncodingError, match='does not fit into 12284 bytes'):
        read_depth(message, INFO, rectified=False)


def test_a_calibration_of_another_size() -> None:
    info = camera_info.to_message(CAMERA.scaled(32, 24), HEADER)
    with pytest.raises(CameraInfoError, match='64×48, its camera_info 32×24'):
        read_depth(depth_message(np.ones((48, 64), np.float32)), info, rectified=False)


@pytest.mark.parametrize('kind', [PointField.FLOAT32, PointField.FLOAT64])
@pytest.mark.parametrize('count', [0, 1, 100])
def test_read_points(kind: int, count: int) -> None:
    points = np.random.default_rng(0).uniform(-50, 50, (count, 3))
    np.testing.assert_allclose(read_points(cloud_message(points, kind)), points, rtol=1e-6)


def test_a_cloud_without_places() -> None:
    with pytest.raises(PointCloudError, match=r'x, y, z is not so \(fields: none\)'):
        read_points(PointCloud2())
    message = cloud_message(np.ones((2, 3)))
    message.fields[1].datatype = PointField.INT16
    with pytest.raises(PointCloudError, match='x is not so .fields: intensity, x, y, z'):
        read_points(message)


def test_a_cloud_that_is_cut() -> None:
    message = cloud_message(np.ones((2, 3)))
    message.data = message.data[:-1]
    with pytest.raises(PointCloudError, match='do not fit into 39 bytes'):
        read_points(message)


@pytest.fixture
def node() -> Iterator[Node]:
    context = rclpy.Context()
    rclpy.init(context=context)
    node = rclpy.create_node('calibration', context=context)
    yield node
    node.destroy_node()
    context.try_shutdown()


class NoTransforms:
    """Knows nothing."""

    def look_up(
        self, target: str, source: str, stamp_ns: int, *, tolerance_s: float = 0.0
    ) -> RigidTransform:
        raise TransformError(f"no transform from '{source}' to '{target}'")

    def destroy(self) -> None:
        """Nothing to do."""


def wall() -> np.ndarray:
    """A wall 8 m before the LiDAR."""
    across, up = np.meshgrid(np.linspace(-3, 3, 20), np.linspace(-2, 2, 20))
    return np.column_stack((np.full(400, 8.0), across.ravel(), up.ravel()))


@pytest.mark.parametrize('transforms', [None, NoTransforms()])
def test_over_the_middleware(node: Node, transforms: NoTransforms | None) -> None:
    """Depth says 10 m, the LiDAR 8 m; a scan of another time has no partner."""
    reports: list[str] = []
    measured = MeasuredDepth(
        node,
        'depth/image',
        'lidar/points',
        rectified=False,
        lidar_pose=LIDAR_POSE if transforms is None else None,
        transforms=transforms,
        report=reports.append,
    )
    assert 'no depth and no camera_info and no lidar on /depth/image' in measured.waiting_for()
    depth = node.create_publisher(Image, 'depth/image', 10)
    info = node.create_publisher(CameraInfo, 'depth/camera_info', 10)
    lidar = node.create_publisher(PointCloud2, 'lidar/points', 10)
    executor = SingleThreadedExecutor(context=node.context)
    executor.add_node(node)
    end_s = time.monotonic() + GUARD_S
    while not measured.parts and not reports and time.monotonic() < end_s:
        info.publish(INFO)
        depth.publish(depth_message(np.full((48, 64), 10.0, np.float32)))
        lidar.publish(cloud_message(wall(), stamp_ns=HEADER.stamp_ns - 10**9))
        lidar.publish(cloud_message(wall(), stamp_ns=HEADER.stamp_ns + 10_000_000))
        for _ in range(8):
            executor.spin_once(timeout_sec=0.02)
    executor.shutdown()
    if transforms is not None:
        assert reports[0] == "no transform from 'lidar' to 'front_optical'"
        assert 'with a known pose' in measured.waiting_for()
        return
    assert measured.parts and measured.waiting_for() == '' and not reports
    assert len(measured.parts[0]) > 100
    np.testing.assert_allclose(measured.parts[0].found_m, 10.0)
    np.testing.assert_allclose(measured.parts[0].true_m, 8.0, rtol=1e-5)
