# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One picture and what is known to be true about it; what nobody labelled is None."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.labels import Label
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import LanePattern
from hailo_perception.scenes import LANE_LABELS
from hailo_perception.scenes import SceneFrame

ANY_CLASS = 255
"""Class id of a region in which nothing is judged, whatever is found there."""

MARKING = Label(len(LANE_LABELS), 'marking', (200, 200, 200))
"""Paint of which nobody knows the colour or the purpose."""
TRUE_LANE_LABELS = LabelSet((*LANE_LABELS.labels, MARKING))


@dataclass(frozen=True, slots=True)
class TrueObjects:
    """N objects of a picture.

    ``xyxy`` (N, 4) float32 are boxes about what is to be seen, in edge coordinates, clipped to
    the picture; ``class_ids`` (N,) int32 of OBJECT_LABELS, or ANY_CLASS; ``visibility`` (N,)
    float32 the share that nothing hides, 0…1; ``distance_m`` (N,) float32 along the optical
    axis, NaN where unknown; ``is_ignored`` (N,) bool for objects that may be found or not.
    """

    xyxy: NDArray[np.float32]
    class_ids: NDArray[np.int32]
    visibility: NDArray[np.float32]
    distance_m: NDArray[np.float32]
    is_ignored: NDArray[np.bool_]

    def __len__(self) -> int:
        """Count the objects."""
        return len(self.class_ids)

    @property
    def is_region(self) -> NDArray[np.bool_]:
        """Whether each is a region for any class, (N,)."""
        return self.class_ids == ANY_CLASS


@dataclass(frozen=True, slots=True)
class LidarPoints:
    """N points that a LiDAR measured, as a picture sees them.

    ``pixels`` (N, 2) float32 in centre coordinates, inside the picture; ``depth_m`` (N,) float32
    along the optical axis. Of a LiDAR with labels: ``class_ids`` (N,) uint8 of SEMANTIC_LABELS
    and ``lane_ids`` (N,) uint8 of TRUE_LANE_LABELS, 255 where a point has none of the classes.
    """

    pixels: NDArray[np.float32]
    depth_m: NDArray[np.float32]
    class_ids: NDArray[np.uint8] | None = None
    lane_ids: NDArray[np.uint8] | None = None

    def __len__(self) -> int:
        """Count the points."""
        return len(self.depth_m)


@dataclass(frozen=True, slots=True)
class TrueLine:
    """One painted line: ``class_id`` of TRUE_LANE_LABELS, ``pixels`` (N, 2) from near to far.

    The pixels are centre coordinates. ``pattern`` is UNKNOWN where nobody labelled it.
    """

    class_id: int
    pixels: NDArray[np.float32]
    pattern: LanePattern = LanePattern.UNKNOWN


@dataclass(frozen=True, slots=True)
class LabelledPicture:
    """A picture, ``image`` (H, W, 3) uint8 BGR, its camera if known, and its truth.

    ``name`` is unique in its data set and fit for a file's name. ``semantic`` (H, W) uint8 of
    SEMANTIC_LABELS and ``lane`` (H, W) uint8 of TRUE_LANE_LABELS are 255 where nothing is known;
    ``depth_m`` (H, W) float32 along the optical axis is NaN there.
    """

    name: str
    image: NDArray[np.uint8]
    camera: CameraModel | None = None
    objects: TrueObjects | None = None
    semantic: NDArray[np.uint8] | None = None
    lane: NDArray[np.uint8] | None = None
    lane_lines: tuple[TrueLine, ...] | None = None
    depth_m: NDArray[np.float32] | None = None
    lidar: LidarPoints | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        height, width = self.image.shape[:2]
        return width, height


def labelled_scene(seed: int, scene: SceneFrame) -> LabelledPicture:
    """Take a rendered scene, of which everything is known."""
    objects = scene.objects
    return LabelledPicture(
        name=f'scene_{seed:05}',
        image=scene.image,
        camera=scene.camera,
        objects=TrueObjects(
            objects.xyxy,
            objects.class_ids,
            objects.visibility,
            objects.distance_m,
            np.zeros(len(objects), bool),
        ),
        semantic=scene.semantic,
        lane=scene.lane,
        lane_lines=tuple(
            TrueLine(
                line.class_id,
                line.pixels,
                LanePattern.DASHED if line.gap_m > 0 else LanePattern.SOLID,
            )
            for line in scene.lane_lines
        ),
        depth_m=scene.depth_m,
    )
