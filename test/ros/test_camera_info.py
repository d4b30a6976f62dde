# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Calibration messages to camera models and back."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np
import pytest

pytest.importorskip('rclpy')

from rclpy.serialization import deserialize_message  # noqa: E402
from sensor_msgs.msg import CameraInfo  # noqa: E402
from sensor_msgs.msg import RegionOfInterest  # noqa: E402

from hailo_perception.core.camera_model import CameraModel  # noqa: E402
from hailo_perception.core.errors import CameraInfoError  # noqa: E402
from hailo_perception.core.frame import Header  # noqa: E402
from hailo_perception.ros import camera_info  # noqa: E402
from hailo_perception.ros import headers  # noqa: E402

HEADER = Header(7, 'camera')
K = [500.0, 0.0, 319.5, 0.0, 510.0, 239.5, 0.0, 0.0, 1.0]
P = [450.0, 0.0, 310.0, -45.0, 0.0, 460.0, 230.0, 0.0, 0.0, 0.0, 1.0, 0.0]
D = [-0.2, 0.05, 0.001, -0.001, 0.01]


def message(**changes: Any) -> CameraInfo:
    """Make a complete calibration with some fields changed."""
    fields = {
        'width': 640,
        'height': 480,
        'distortion_model': 'plumb_bob',
        'd': D,
        'k': K,
        'p': P,
        'r': np.eye(3).reshape(-1),
    }
    return CameraInfo(**(fields | changes))


@pytest.mark.parametrize(
    ('changes', 'complaint'),
    [
        ({'width': 0}, 'size 0×480'),
        ({'k': [0.0] * 9}, 'is the camera calibrated'),
        ({'k': [np.nan, *K[1:]]}, 'fx=nan'),
        ({'distortion_model': 'mystery'}, "'mystery' is not supported"),
        ({'d': [0.1, 0.2, 0.3]}, 'got 3'),
        ({'d': [np.inf] * 5}, 'finite'),
    ],
)
def test_impossible_calibration(changes: dict[str, Any], complaint: str) -> None:
    """What cannot be a camera is refused with what was wrong."""
    with pytest.raises(CameraInfoError, match=complaint):
        camera_info.to_camera_model(message(**changes), rectified=False)


@pytest.mark.parametrize(
    ('changes', 'rectified', 'expected'),
    [
        ({}, False, CameraModel(640, 480, 500, 510, 319.5, 239.5, 'plumb_bob', tuple(D))),
        ({}, True, CameraModel(640, 480, 450, 460, 310, 230)),
        ({'p': [0.0] * 12}, True, CameraModel(640, 480, 500, 510, 319.5, 239.5)),
        ({'d': [], 'distortion_model': ''}, False, CameraModel(640, 480, 500, 510, 319.5, 239.5)),
        ({'d': [0.0] * 14}, False, CameraModel(640, 480, 500, 510, 319.5, 239.5)),
        (
            {'binning_x': 2, 'binning_y': 2, 'd': []},
            False,
            CameraModel(320, 240, 250, 255, 159.5, 119.5),
        ),
        (
            {'roi': RegionOfInterest(x_offset=100, y_offset=50, width=320, height=200), 'd': []},
            False,
            CameraModel(320, 200, 500, 510, 219.5, 189.5),
        ),
    ],
)
def test_to_camera_model(
    changes: dict[str, Any], rectified: bool, expected: CameraModel
) -> None:
    """K and D describe a raw image, P a rectified one; region and binning are applied."""
    assert camera_info.to_camera_model(message(**changes), rectified=rectified) == expected


@pytest.mark.parametrize('size', [(640, 480), (160, 120), (240, 144)])
def test_a_reused_message_is_as_a_new_one(size: tuple[int, int]) -> None:
    reused = camera_info.ReusedCameraInfo()
    other = message()
    other.k[0] *= 2
    first = message()
    for calibration, stamp_ns in ((first, 1), (first, 2), (other, 3), (first, 4)):
        header = Header(stamp_ns, 'front')
        for each in (size, (32, 24), size):
            expected = camera_info.scaled_message(calibration, each, header)
            written = reused.fill(calibration, each, header)
            assert deserialize_message(written.tobytes(), CameraInfo) == expected


def test_a_calibration_that_is_passed_on_keeps_all_but_its_header() -> None:
    reused = camera_info.ReusedCameraInfo()
    calibration = message(header=headers.to_message(HEADER))
    calibration.binning_x, calibration.roi.x_offset = 2, 3
    for stamp_ns, frame_id in ((1, 'front'), (2, 'front'), (3, 'rear')):
        header = Header(stamp_ns, frame_id)
        written = reused.fill(calibration, None, header)
        expected = deepcopy(calibration)
        expected.header = headers.to_message(header)
        assert deserialize_message(written.tobytes(), CameraInfo) == expected
    assert calibration.header == headers.to_message(HEADER)


def test_a_reused_message_of_another_frame() -> None:
    reused, calibration = camera_info.ReusedCameraInfo(), message()
    for frame_id in ('front', 'rear', ''):
        written = reused.fill(calibration, (64, 48), Header(1, frame_id))
        assert deserialize_message(written.tobytes(), CameraInfo).header.frame_id == frame_id


@pytest.mark.parametrize('size', [(640, 480), (160, 120), (240, 144)])
def test_scaled_message_agrees_with_the_scaled_model(size: tuple[int, int]) -> None:
    """A consumer that reads the scaled message has the camera that the depth was made with."""
    scaled = camera_info.scaled_message(message(), size, HEADER)
    model = camera_info.to_camera_model(message(), rectified=False)
    assert camera_info.to_camera_model(scaled, rectified=False) == model.scaled(*size)
    assert list(scaled.d) == D
    assert (scaled.header.stamp.nanosec, scaled.header.frame_id) == (7, 'camera')
    assert scaled.p[3] == pytest.approx(P[3] * size[0] / 640)


def test_a_projection_of_zeros_becomes_that_of_the_matrix() -> None:
    """What projects by P alone sees the camera that the depth was made with."""
    bare = message(p=[0.0] * 12, r=[0.0] * 9, d=[])
    scaled = camera_info.scaled_message(bare, (160, 120), HEADER)
    k = np.reshape(scaled.k, (3, 3))
    np.testing.assert_array_equal(np.reshape(scaled.p, (3, 4)), np.c_[k, np.zeros(3)])
    np.testing.assert_array_equal(np.reshape(scaled.r, (3, 3)), np.eye(3))
    model = camera_info.to_camera_model(bare, rectified=False).scaled(160, 120)
    assert camera_info.to_camera_model(scaled, rectified=True) == model


def test_round_trip() -> None:
    """A model survives its own message."""
    model = CameraModel(640, 384, 400, 401, 320, 190, 'equidistant', (0.1, 0.0, 0.0, 0.01))
    sent = camera_info.to_message(model, HEADER)
    assert camera_info.to_camera_model(sent, rectified=False) == model
