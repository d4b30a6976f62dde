# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The ground as the camera's mounting says it lies, and what stands on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.rigid_transform import OPTICAL_IN_BODY
from hailo_perception.core.rigid_transform import RigidTransform


class GroundError(ConfigurationError):
    """A camera cannot stand over the ground as it is said to."""


@dataclass(frozen=True, slots=True)
class MountedGround:
    """The plane ``down`` · p = ``height_m`` in the optical frame.

    ``down`` is the unit vector at right angles to the ground that points into it; ``height_m``
    is the camera's height above the ground.
    """

    down: tuple[float, float, float]
    height_m: float

    @classmethod
    def below_camera(
        cls, height_m: float, pitch_rad: float = 0.0, roll_rad: float = 0.0
    ) -> MountedGround:
        """Take height and angles of the mounting (REP 103).

        ``pitch_rad`` is positive where the camera looks down, ``roll_rad`` where it leans to
        the right. GroundError when the camera is not above the ground.
        """
        body = RigidTransform.from_roll_pitch_yaw((0.0, 0.0, height_m), roll_rad, pitch_rad, 0.0)
        return cls.from_pose(body @ OPTICAL_IN_BODY)

    @classmethod
    def from_pose(cls, optical_in_base: RigidTransform) -> MountedGround:
        """Take the pose of the optical frame in a frame whose plane z = 0 is the ground.

        GroundError when the camera is not above it.
        """
        height_m = optical_in_base.translation_m[2]
        if not height_m > 0:
            raise GroundError(
                f'the camera must stand above the ground, got a height of {height_m:g} m; use a '
                'base frame on the ground, such as base_footprint'
            )
        x, y, z = (-optical_in_base.rotation[2]).tolist()
        return cls((x, y, z), height_m)

    def depth_of(self, rays: NDArray[Any]) -> NDArray[np.float64]:
        """Find where rays (…, 2), x/z and y/z, meet the ground: depth (…) in metres.

        NaN for rays that never do: those to the horizon and above.
        """
        steepness = self._steepness(np.asarray(rays, np.float64))
        return np.divide(
            self.height_m, steepness, out=np.full(steepness.shape, np.nan), where=steepness > 0
        )

    def depth_deviation(
        self,
        rays: NDArray[Any],
        *,
        ray_deviation: NDArray[Any],
        pitch_deviation_rad: float,
        height_deviation: float,
    ) -> NDArray[np.float64]:
        """Propagate errors to the depth on the ground: its standard deviation (…) in metres.

        ``ray_deviation`` (…) is that of a ray's y/z, ``height_deviation`` a share of the height;
        the three are taken as independent, and small. NaN where a ray has no ground.
        """
        rays = np.asarray(rays, np.float64)
        depth_m = self.depth_of(rays)
        _, down_y, down_z = self.down
        # z = height / (down · ray), so dz = −z² / height · d(down · ray).
        sensitivity = depth_m**2 / self.height_m
        by_ray = sensitivity * down_y * ray_deviation
        # A turn about the optical frame's x axis carries (y, z) of down to (−z, y).
        by_pitch = sensitivity * (down_y - down_z * rays[..., 1]) * pitch_deviation_rad
        deviation: NDArray[np.float64] = np.sqrt(
            by_ray**2 + by_pitch**2 + (depth_m * height_deviation) ** 2
        )
        return deviation

    def _steepness(self, rays: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give down · (x, y, 1): how fast a ray comes down to the ground, per metre of depth."""
        steepness: NDArray[np.float64] = rays @ self.down[:2] + self.down[2]
        return steepness
