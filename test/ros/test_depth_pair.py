# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""depth/image and depth/camera_info as depth_image_proc uses them: with P, without distortion."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip('rclpy')

from sensor_msgs.msg import CameraInfo  # noqa: E402

from hailo_perception.core.frame import Header  # noqa: E402
from hailo_perception.core.results import DepthMap  # noqa: E402
from hailo_perception.ros.camera_info import scaled_message  # noqa: E402
from hailo_perception.ros.camera_info import to_camera_model  # noqa: E402
from hailo_perception.ros.images import to_message  # noqa: E402
from hailo_perception.ros.results import to_millimetres  # noqa: E402
from hailo_perception.tasks.point_cloud import make_point_cloud  # noqa: E402

HEADER = Header(2_000_000_005, 'front')
IMAGE_SIZE = (128, 96)
MAP_SIZE = (32, 16)
# The rectified camera of P differs from the raw one of K, as calibrators make it.
CALIBRATION = CameraInfo(
    width=IMAGE_SIZE[0],
    height=IMAGE_SIZE[1],
    distortion_model='plumb_bob',
    d=[-0.2, 0.05, 0.0, 0.0, 0.0],
    k=[100.0, 0.0, 63.0, 0.0, 101.0, 47.0, 0.0, 0.0, 1.0],
    r=[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0],
    p=[90.0, 0.0, 64.5, 0.0, 0.0, 92.0, 48.5, 0.0, 0.0, 0.0, 1.0, 0.0],
)
METRES_OF = {'32FC1': 1.0, '16UC1': 0.001}


@pytest.mark.parametrize('encoding', METRES_OF)
def test_the_points_of_depth_image_proc_are_ours(encoding: str) -> None:
    rng = np.random.default_rng(1)
    # Whole millimetres, which both encodings hold.
    depth_m = rng.integers(1_000, 60_000, MAP_SIZE[::-1]).astype(np.float32) / 1000
    model = to_camera_model(CALIBRATION, rectified=True).scaled(*MAP_SIZE)
    picture = np.zeros((*IMAGE_SIZE[::-1], 3), np.uint8)
    ours = make_point_cloud(DepthMap(depth_m, model), picture, 'bgr', None).points

    image = to_message(depth_m if encoding == '32FC1' else to_millimetres(depth_m), HEADER)
    info = scaled_message(CALIBRATION, MAP_SIZE, HEADER)
    assert image.encoding == encoding
    assert (image.width, image.height) == (info.width, info.height) == MAP_SIZE
    assert image.header == info.header

    values = np.frombuffer(image.data, np.float32 if encoding == '32FC1' else np.uint16)
    z_m = values.reshape(image.height, image.width) * METRES_OF[encoding]
    v, u = np.mgrid[: image.height, : image.width]
    fx, _, cx, _, _, fy, cy, *_ = info.p
    np.testing.assert_allclose(ours['z'], z_m, rtol=1e-6)
    np.testing.assert_allclose(ours['x'], (u - cx) * z_m / fx, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(ours['y'], (v - cy) * z_m / fy, rtol=1e-4, atol=1e-4)
