# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A camera's settings, read."""

from __future__ import annotations

from dataclasses import fields
from dataclasses import replace

import pytest

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.tasks.camera_profile import CameraProfile
from hailo_perception.tasks.ground_plane import MountedGround
from hailo_perception.tasks.settings import CameraSettings
from hailo_perception.tasks.settings import declaration_of


def test_nothing_known() -> None:
    assert CameraProfile.of(CameraSettings()) == CameraProfile()


def test_everything_known() -> None:
    profile = CameraProfile.of(
        CameraSettings(
            depth_scale=1.5,
            depth_offset_m=-0.5,
            height_m=1.2,
            pitch_rad=0.1,
            roll_rad=0.05,
            own_vehicle_polygon='0,1 2,3 4,5',
        )
    )
    assert (profile.depth_scale, profile.depth_offset_m) == (1.5, -0.5)
    assert profile.ground == MountedGround.below_camera(1.2, 0.1, 0.05)
    assert profile.own_vehicle is not None and len(profile.own_vehicle.polygon_px) == 3


@pytest.mark.parametrize('name', [item.name for item in fields(CameraSettings)])
def test_every_setting_is_declared_and_checked(name: str) -> None:
    assert declaration_of(CameraSettings, name).description
    with pytest.raises(ConfigurationError, match=name):
        replace(CameraSettings(), **{name: object()})
