# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Where one frame stands in another: a rotation and a translation."""

from __future__ import annotations

from dataclasses import dataclass
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.errors import HailoPerceptionError

_LEAST_NORM = 1e-6
_NEARLY_PARALLEL = 0.9995
"""Cosine beyond which the arc between two rotations is so short that its chord will do."""


class RotationError(HailoPerceptionError, ValueError):
    """A quaternion is not finite or has no length, so it turns nothing."""


@dataclass(frozen=True, slots=True)
class RigidTransform:
    """Carries points of a child frame to its parent: p_parent = R · p_child + t.

    ``quaternion`` is (x, y, z, w) of unit length, as in geometry_msgs; ``translation_m`` is
    where the child's origin stands in the parent. One that is read as "a in b" carries points
    given in a to b.
    """

    translation_m: tuple[float, float, float] = (0.0, 0.0, 0.0)
    quaternion: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 1.0)

    def __post_init__(self) -> None:
        """Bring the quaternion to unit length; RotationError when that is not possible."""
        norm = math.hypot(*self.quaternion)
        if not math.isfinite(norm) or norm < _LEAST_NORM:
            raise RotationError(
                f'a rotation is a quaternion x y z w of length 1, got {self.quaternion}; '
                'no rotation is 0 0 0 1'
            )
        if not all(map(math.isfinite, self.translation_m)):
            raise RotationError(f'a translation must be finite, got {self.translation_m}')
        x, y, z, w = (part / norm for part in self.quaternion)
        object.__setattr__(self, 'quaternion', (x, y, z, w))

    @classmethod
    def from_roll_pitch_yaw(
        cls,
        translation_m: tuple[float, float, float],
        roll_rad: float,
        pitch_rad: float,
        yaw_rad: float,
    ) -> RigidTransform:
        """Turn about the parent's fixed x, then y, then z axis, as in URDF (REP 103)."""
        turns = ((0, roll_rad), (1, pitch_rad), (2, yaw_rad))
        rotation = cls()
        for axis, angle_rad in turns:
            parts = [0.0, 0.0, 0.0]
            parts[axis] = math.sin(angle_rad / 2)
            turn = cls(quaternion=(parts[0], parts[1], parts[2], math.cos(angle_rad / 2)))
            rotation = turn @ rotation
        return cls(translation_m, rotation.quaternion)

    @property
    def rotation(self) -> NDArray[np.float64]:
        """The rotation matrix R, (3, 3) float64."""
        x, y, z, w = self.quaternion
        return np.array(
            (
                (1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)),
                (2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)),
                (2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)),
            )
        )

    def apply(self, points: NDArray[Any]) -> NDArray[np.float64]:
        """Carry points (…, 3) from the child to the parent; NaN stays NaN."""
        moved: NDArray[np.float64] = (
            np.asarray(points, np.float64) @ self.rotation.T + self.translation_m
        )
        return moved

    def turn_covariances(self, covariances: NDArray[Any]) -> NDArray[np.float64]:
        """Carry covariances of points (…, 3, 3) from the child to the parent: R · C · Rᵀ."""
        rotation = self.rotation
        turned: NDArray[np.float64] = rotation @ np.asarray(covariances, np.float64) @ rotation.T
        return turned

    def inverse(self) -> RigidTransform:
        """Carry points of the parent to the child."""
        x, y, z, w = self.quaternion
        back = RigidTransform(quaternion=(-x, -y, -z, w))
        shift = (-back.apply(np.array(self.translation_m))).tolist()
        return RigidTransform((shift[0], shift[1], shift[2]), back.quaternion)

    def __matmul__(self, other: RigidTransform) -> RigidTransform:
        """Apply the other first: (a in b) after (c in a) is (c in b)."""
        x1, y1, z1, w1 = self.quaternion
        x2, y2, z2, w2 = other.quaternion
        moved = self.apply(np.array(other.translation_m)).tolist()
        return RigidTransform(
            (moved[0], moved[1], moved[2]),
            (
                w1 * x2 + x1 * w2 + y1 * z2 - z1 * y2,
                w1 * y2 - x1 * z2 + y1 * w2 + z1 * x2,
                w1 * z2 + x1 * y2 - y1 * x2 + z1 * w2,
                w1 * w2 - x1 * x2 - y1 * y2 - z1 * z2,
            ),
        )

    def towards(self, other: RigidTransform, share: float) -> RigidTransform:
        """Go a share (0…1) of the way to another pose, at constant speed and turning rate.

        The rotation follows the shorter arc (Shoemake's slerp, 1985).
        """
        start, end = np.array(self.quaternion), np.array(other.quaternion)
        cosine = float(start @ end)
        if cosine < 0:
            end, cosine = -end, -cosine
        if cosine > _NEARLY_PARALLEL:
            weights = (1 - share, share)
        else:
            angle_rad = math.acos(cosine)
            weights = (
                math.sin((1 - share) * angle_rad) / math.sin(angle_rad),
                math.sin(share * angle_rad) / math.sin(angle_rad),
            )
        x, y, z, w = (weights[0] * start + weights[1] * end).tolist()
        first, last = np.array(self.translation_m), np.array(other.translation_m)
        place = ((1 - share) * first + share * last).tolist()
        return RigidTransform((place[0], place[1], place[2]), (x, y, z, w))


OPTICAL_IN_BODY = RigidTransform(quaternion=(-0.5, 0.5, -0.5, 0.5))
"""A camera's optical frame (x right, y down, z forward) in a body frame at the same place
(x forward, y left, z up), REP 103."""
