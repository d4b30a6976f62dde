# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What one rendered frame holds: the picture and its exact ground truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.camera_model import CameraModel


@dataclass(frozen=True, slots=True)
class SceneObjects:
    """N visible objects; pixels count as in the frame's instance picture.

    `xyxy` (N, 4) float32 is the box about the visible pixels in edge coordinates, `class_ids`
    (N,) int32 index OBJECT_LABELS, `visibility` (N,) float32 is visible pixels over those it
    would have inside the picture if nothing stood before it, `position_m` (N, 3) float32 its
    centre and `distance_m` (N,) float32 the median depth of its visible pixels.
    """

    xyxy: NDArray[np.float32]
    class_ids: NDArray[np.int32]
    visibility: NDArray[np.float32]
    position_m: NDArray[np.float32]
    distance_m: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.class_ids)


@dataclass(frozen=True, slots=True)
class CameraToGround:
    """The camera above the ground under the vehicle (angles as in MountedCamera)."""

    height_m: float
    pitch_rad: float
    roll_rad: float

    @property
    def ground_up(self) -> NDArray[np.float64]:
        """The ground's upward unit normal in the optical frame, (3,) float64.

        The ground is all points p with `ground_up . p == -height_m`.
        """
        sine, cosine = np.sin(self.pitch_rad), np.cos(self.pitch_rad)
        return np.array(
            (-cosine * np.sin(self.roll_rad), -cosine * np.cos(self.roll_rad), -sine)
        )


@dataclass(frozen=True, slots=True)
class SceneLaneLine:
    """One painted line along the road, hidden parts and gaps between dashes included.

    `class_id` indexes LANE_LABELS, `pixels` (N, 2) float32 are centre coordinates from near to
    far inside the picture, `points_m` (N, 3) float32 the same points in the optical frame.
    `dash_m` is the length of its dashes and `gap_m` that of what lies between them, 0 for a solid
    line.
    """

    class_id: int
    pixels: NDArray[np.float32]
    points_m: NDArray[np.float32]
    dash_m: float = 0.0
    gap_m: float = 0.0


@dataclass(frozen=True, slots=True)
class SceneFrame:
    """A rendered frame: everything is (H, W) of the camera and belongs to the pixel's own ray.

    `image` (H, W, 3) uint8 BGR; `depth_m` (H, W) float32 along the optical axis, NaN for sky and
    bonnet; `semantic` (H, W) uint8 of SEMANTIC_LABELS, 255 unlabelled; `lane` (H, W) uint8 of
    LANE_LABELS; `instances` (H, W) uint16, 0 none, i + 1 for object i.
    """

    image: NDArray[np.uint8]
    depth_m: NDArray[np.float32]
    semantic: NDArray[np.uint8]
    lane: NDArray[np.uint8]
    instances: NDArray[np.uint16]
    objects: SceneObjects
    lane_lines: tuple[SceneLaneLine, ...]
    camera: CameraModel
    camera_to_ground: CameraToGround
    time_s: float
