# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What is known of one camera beside its lens: its depth error, its mounting, its own vehicle."""

from __future__ import annotations

from dataclasses import dataclass

from hailo_perception.tasks.ground_plane import MountedGround
from hailo_perception.tasks.own_vehicle import OwnVehicle
from hailo_perception.tasks.settings import CameraSettings


@dataclass(frozen=True, slots=True)
class CameraProfile:
    """One camera's CameraSettings, read and ready.

    The corrected depth is ``depth_scale`` · depth + ``depth_offset_m``; None is not known.
    """

    depth_scale: float = 1.0
    depth_offset_m: float = 0.0
    ground: MountedGround | None = None
    own_vehicle: OwnVehicle | None = None

    @classmethod
    def of(cls, settings: CameraSettings) -> CameraProfile:
        """Read what the settings name; OwnVehicleError or GroundError when that cannot be."""
        ground = None
        if settings.height_m > 0:
            ground = MountedGround.below_camera(
                settings.height_m, settings.pitch_rad, settings.roll_rad
            )
        return cls(
            settings.depth_scale,
            settings.depth_offset_m,
            ground,
            OwnVehicle.read(settings.own_vehicle_mask, settings.own_vehicle_polygon),
        )
