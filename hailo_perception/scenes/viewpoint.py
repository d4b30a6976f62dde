# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The camera on the vehicle: how it is mounted, and where it is at one moment."""

from __future__ import annotations

from dataclasses import dataclass
import math
from random import Random

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.camera_model import CameraModel


@dataclass(frozen=True, slots=True)
class MountedCamera:
    """A camera and its place on the vehicle.

    `pitch_rad` is positive when it looks down, `roll_rad` when its right side hangs lower,
    `yaw_rad` when it looks to the right; `offset_m` is its place right of the lane's middle.
    """

    model: CameraModel
    height_m: float = 1.4
    pitch_rad: float = 0.0
    roll_rad: float = 0.0
    yaw_rad: float = 0.0
    offset_m: float = 0.0

    def __post_init__(self) -> None:
        if not 0.2 <= self.height_m <= 10.0:
            raise ValueError(f'height_m must be between 0.2 and 10, got {self.height_m!r}')


def random_camera(width: int, height: int, random: Random | None = None) -> MountedCamera:
    """Draw a pinhole camera of 35 to 100 degrees horizontal view, mounted as dashcams are."""
    random = random or Random()
    view = math.radians(random.triangular(35.0, 100.0, 60.0))
    focal = 0.5 * width / math.tan(0.5 * view)
    pitch = random.gauss(0.015, 0.03)
    model = CameraModel(
        width=width,
        height=height,
        fx=focal,
        fy=focal * random.uniform(0.98, 1.02),
        cx=0.5 * (width - 1) + width * random.gauss(0.0, 0.02),
        cy=0.5 * (height - 1) + height * random.gauss(0.0, 0.05),
    )
    return MountedCamera(
        model=model,
        height_m=random.uniform(1.1, 2.2),
        pitch_rad=max(-0.06, min(0.14, pitch)),
        roll_rad=random.gauss(0.0, 0.008),
        yaw_rad=random.gauss(0.0, 0.02),
        offset_m=random.uniform(-0.35, 0.35),
    )


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """Where a camera is: world position and the rotation from world to optical axes."""

    position: NDArray[np.float64]  # (3,) metres
    rotation: NDArray[np.float64]  # (3, 3): optical = rotation @ (world - position)

    def to_optical(self, points: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return world points (..., 3) in the optical frame."""
        shifted = np.asarray(points, np.float32) - self.position.astype(np.float32)
        return np.asarray(shifted @ self.rotation.T.astype(np.float32), np.float32)


def viewpoint(
    camera: MountedCamera, x: float, y: float, ground_z: float, heading: float, slope_rad: float
) -> Viewpoint:
    """Return the camera's pose above the ground point (x, y) of a vehicle heading uphill."""
    course = heading + camera.yaw_rad
    climb = slope_rad - camera.pitch_rad
    forward = np.array(
        (math.sin(course) * math.cos(climb), math.cos(course) * math.cos(climb), math.sin(climb))
    )
    level = np.array((math.cos(course), -math.sin(course), 0.0))
    up = np.cross(level, forward)
    right = level * math.cos(camera.roll_rad) - up * math.sin(camera.roll_rad)
    down = -(up * math.cos(camera.roll_rad) + level * math.sin(camera.roll_rad))
    return Viewpoint(
        position=np.array((x, y, ground_z + camera.height_m / math.cos(slope_rad))),
        rotation=np.stack((right, down, forward)),
    )
