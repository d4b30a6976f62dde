# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Depth images and LiDAR clouds of running nodes, read and brought together by their stamps."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from rclpy.node import Node
from rclpy.qos import QoSProfile
from rclpy.qos import ReliabilityPolicy
from sensor_msgs.msg import CameraInfo
from sensor_msgs.msg import Image
from sensor_msgs.msg import PointCloud2
from sensor_msgs.msg import PointField

from hailo_perception.calibration.depth_pairs import DepthPairs
from hailo_perception.calibration.depth_pairs import pairs_of_scan
from hailo_perception.core.errors import CameraInfoError
from hailo_perception.core.errors import Cause
from hailo_perception.core.errors import EncodingError
from hailo_perception.core.errors import FrameError
from hailo_perception.core.frame import Header
from hailo_perception.core.results import DepthMap
from hailo_perception.core.rigid_transform import RigidTransform
from hailo_perception.ros import camera_info
from hailo_perception.ros import headers
from hailo_perception.ros.pairing import StampPairing
from hailo_perception.ros.transforms import Transforms

TOLERANCE_S = 0.05
"""How far the stamps of a scan and a depth image may be apart: half of a LiDAR's usual turn."""
KEPT_IMAGES = 30
_INPUT = QoSProfile(depth=5, reliability=ReliabilityPolicy.BEST_EFFORT)
_FLOATS = {PointField.FLOAT32: 'f4', PointField.FLOAT64: 'f8'}
_DEPTH_UNITS = {'32FC1': ('f4', 1.0), '16UC1': ('u2', 1e-3)}


class PointCloudError(FrameError):
    """A cloud's message does not hold points."""

    cause = Cause.TRANSPORT


def read_depth(image: Image, info: CameraInfo, *, rectified: bool) -> DepthMap:
    """Read a depth image, 32FC1 metres or 16UC1 millimetres, and its calibration.

    EncodingError for another encoding or a wrong size of the data, CameraInfoError for a
    calibration of another size.
    """
    if image.encoding not in _DEPTH_UNITS:
        raise EncodingError(f'a depth image is 32FC1 or 16UC1, got {image.encoding}')
    code, metres = _DEPTH_UNITS[image.encoding]
    dtype = np.dtype(code).newbyteorder('>' if image.is_bigendian else '<')
    row_bytes = image.width * dtype.itemsize
    if image.step < row_bytes or len(image.data) < image.step * image.height:
        raise EncodingError(
            f'{image.width}×{image.height} {image.encoding} with step {image.step} does not fit '
            f'into {len(image.data)} bytes'
        )
    rows = np.frombuffer(image.data, np.uint8, image.step * image.height)
    rows = rows.reshape(image.height, image.step)[:, :row_bytes]
    values = np.ascontiguousarray(rows).view(dtype).astype(np.float32)
    camera = camera_info.to_camera_model(info, rectified=rectified)
    if camera.size != (image.width, image.height):
        raise CameraInfoError(
            f'the depth image is {image.width}×{image.height}, its camera_info '
            f'{camera.width}×{camera.height}'
        )
    depth_m = values * np.float32(metres)
    depth_m[values == 0] = np.nan
    return DepthMap(depth_m, camera)


def read_points(cloud: PointCloud2) -> NDArray[np.float64]:
    """Read the positions of a cloud's points: (N, 3); PointCloudError when it has none."""
    fields = {field.name: field for field in cloud.fields}
    wrong = [
        name for name in 'xyz' if name not in fields or fields[name].datatype not in _FLOATS
    ]
    if wrong:
        raise PointCloudError(
            f'a LiDAR cloud has x, y and z as FLOAT32 or FLOAT64; {", ".join(wrong)} is not so '
            f'(fields: {", ".join(fields) or "none"})'
        )
    row_bytes = cloud.width * cloud.point_step
    if cloud.row_step < row_bytes or len(cloud.data) < cloud.row_step * cloud.height:
        raise PointCloudError(
            f'{cloud.width}×{cloud.height} points of {cloud.point_step} bytes with row step '
            f'{cloud.row_step} do not fit into {len(cloud.data)} bytes'
        )
    order = '>' if cloud.is_bigendian else '<'
    layout = np.dtype(
        {
            'names': list('xyz'),
            'formats': [order + _FLOATS[fields[name].datatype] for name in 'xyz'],
            'offsets': [fields[name].offset for name in 'xyz'],
            'itemsize': cloud.point_step,
        }
    )
    rows = np.frombuffer(cloud.data, np.uint8, cloud.row_step * cloud.height)
    rows = rows.reshape(cloud.height, cloud.row_step)[:, :row_bytes]
    points = np.ascontiguousarray(rows).reshape(-1).view(layout)
    return np.stack([points[name].astype(np.float64) for name in 'xyz'], axis=-1)


class MeasuredDepth:
    """Collects, scan after scan, the depths found and measured where a LiDAR looks too."""

    def __init__(
        self,
        node: Node,
        depth_topic: str,
        lidar_topic: str,
        *,
        rectified: bool,
        lidar_pose: RigidTransform | None = None,
        transforms: Transforms | None = None,
        report: Callable[[str], None],
    ) -> None:
        """Subscribe to the depth image, the camera_info beside it, and the cloud.

        The LiDAR's pose in the camera's optical frame is the given one, or asked of
        ``transforms`` for each scan. ``report`` hears of every scan that cannot be used.
        """
        self.depth_topic: str = node.resolve_topic_name(depth_topic)
        self.lidar_topic: str = node.resolve_topic_name(lidar_topic)
        self.parts: list[DepthPairs] = []
        self.seen = dict.fromkeys(('depth', 'camera_info', 'lidar'), 0)
        self._rectified = rectified
        self._lidar_pose = lidar_pose
        self._transforms = transforms
        self._report = report
        self._info: CameraInfo | None = None
        self._pairing: StampPairing[PointCloud2, tuple[Header, Image]] = StampPairing(
            round(TOLERANCE_S * 1e9), KEPT_IMAGES
        )
        info_topic = self.depth_topic.rpartition('/')[0] + '/camera_info'
        node.create_subscription(CameraInfo, info_topic, self._take_info, _INPUT)
        node.create_subscription(Image, self.depth_topic, self._take_depth, _INPUT)
        node.create_subscription(PointCloud2, self.lidar_topic, self._take_scan, _INPUT)

    def waiting_for(self) -> str:
        """Say what has not come yet; empty when all that is needed has."""
        missing = [name for name, count in self.seen.items() if not count]
        if missing:
            return f'no {" and no ".join(missing)} on {self.depth_topic} and {self.lidar_topic}'
        if not self.parts:
            return (
                f'no scan within {TOLERANCE_S:g} s of a depth image, with a known pose and points '
                'in the picture'
            )
        return ''

    def _take_info(self, message: CameraInfo) -> None:
        self.seen['camera_info'] += 1
        self._info = message

    def _take_depth(self, message: Image) -> None:
        self.seen['depth'] += 1
        header = headers.from_message(message.header)
        pair, _ = self._pairing.put_calibration(header.stamp_ns, (header, message))
        self._use(pair)

    def _take_scan(self, message: PointCloud2) -> None:
        self.seen['lidar'] += 1
        stamp_ns = headers.from_message(message.header).stamp_ns
        pair, _ = self._pairing.put_image(stamp_ns, message)
        self._use(pair)

    def _use(self, pair: tuple[PointCloud2, tuple[Header, Image]] | None) -> None:
        if pair is None or self._info is None:
            return
        scan, (header, image) = pair
        try:
            depth = read_depth(image, self._info, rectified=self._rectified)
            pose = self._pose_of(headers.from_message(scan.header), header)
            pairs = pairs_of_scan(depth, read_points(scan), pose)
        except FrameError as error:
            self._report(str(error))
            return
        if len(pairs):
            self.parts.append(pairs)

    def _pose_of(self, scan: Header, image: Header) -> RigidTransform:
        if self._lidar_pose is not None or self._transforms is None:
            return self._lidar_pose or RigidTransform()
        return self._transforms.look_up(
            image.frame_id, scan.frame_id, image.stamp_ns, tolerance_s=TOLERANCE_S
        )
