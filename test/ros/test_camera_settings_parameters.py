# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What is known of a camera is a group of parameters like any other."""

from __future__ import annotations

import pytest

pytest.importorskip('rclpy')

from hailo_perception.core.errors import ConfigurationError  # noqa: E402
from hailo_perception.ros.settings_parameters import group_of  # noqa: E402
from hailo_perception.ros.settings_parameters import group_parameters  # noqa: E402
from hailo_perception.tasks.camera_profile import CameraProfile  # noqa: E402
from hailo_perception.tasks.settings import CameraSettings  # noqa: E402

PREFIX = 'camera.front'
ROWS = group_parameters(PREFIX, CameraSettings())


def test_defaults() -> None:
    values = {row.name: row.default for row in ROWS}
    assert group_of(PREFIX, values, CameraSettings()) == CameraSettings()
    for row in ROWS:
        row.check(row.default)
        assert row.descriptor().description


def test_a_mounted_camera() -> None:
    values = {
        'camera.front.height_m': 1.5,
        'camera.front.own_vehicle_polygon': '0,1 2,3 4,5',
        'camera.rear.height_m': 9.0,
    }
    profile = CameraProfile.of(group_of(PREFIX, values, CameraSettings()))
    assert profile.ground is not None and profile.ground.height_m == 1.5
    assert profile.own_vehicle is not None


@pytest.mark.parametrize(
    ('name', 'value', 'complaint'),
    [
        ('depth_scale', 0.0, '0.01…100'),
        ('height_m', -1.0, '0…100 m'),
        ('own_vehicle_polygon', '1,2', 'three or more corners'),
        ('own_vehicle_mask', '/none.png', 'cannot be read'),
    ],
)
def test_what_cannot_be(name: str, value: object, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        CameraProfile.of(group_of(PREFIX, {f'{PREFIX}.{name}': value}, CameraSettings()))
