# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What the package finds in a frame: plain arrays in image pixels and metres."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from enum import Enum
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.errors import Cause
from hailo_perception.core.frame import Header
from hailo_perception.core.labels import LabelSet


class Output(str, Enum):
    """The products that can be asked for, one by one; values are the topic names."""

    OBJECTS = 'objects'
    DETECTIONS = 'detections'
    SEMANTIC_MASK = 'semantic/mask'
    SEMANTIC_CONFIDENCE = 'semantic/confidence'
    LANE_MASK = 'lane/mask'
    LANES = 'lanes'
    DEPTH = 'depth/image'
    DEPTH_COLOR = 'depth/color'
    POINTS = 'points'
    POINT_LABELS = 'points/mask'
    POINT_CONFIDENCE = 'points/confidence'
    BIRD_EYE = 'bird_eye'
    MARKERS = 'markers'
    OVERLAY = 'overlay'
    OVERLAY_COMPRESSED = 'overlay/compressed'
    ANNOTATIONS = 'annotations'
    AUTOWARE_OBJECTS = 'autoware/objects'
    AUTOWARE_MASK = 'autoware/mask'


POINT_PADDING = '_'
POINT_DTYPE = np.dtype(
    [
        ('x', '<f4'),
        ('y', '<f4'),
        ('z', '<f4'),
        ('rgb', '<u4'),
        ('label', 'u1'),
        (POINT_PADDING, 'u1', (3,)),
    ]
)
"""One cloud point, 20 bytes: metres in the optical frame, 0x00RRGGBB, semantic class id."""


@dataclass(frozen=True, slots=True)
class Detections:
    """Objects found in one image.

    ``xyxy`` (N, 4) float32 x_min y_min x_max y_max in image pixels, edge coordinates;
    ``scores`` (N,) float32 within 0…1; ``class_ids`` (N,) int32 of ``labels``;
    ``distances_m`` (N,) float32 straight-line distance from the camera, NaN where unknown;
    ``positions_m`` (N, 3) float32 in the optical frame, NaN where unknown;
    ``position_covariances_m2`` (N, 3, 3) float32 in the same frame, NaN where unknown, None
    where nobody estimated any; ``track_ids`` (N,) int64 from 1 on, 0 for an object that belongs
    to no track (yet), None where nobody tracks.
    """

    labels: LabelSet
    xyxy: NDArray[np.float32]
    scores: NDArray[np.float32]
    class_ids: NDArray[np.int32]
    distances_m: NDArray[np.float32]
    positions_m: NDArray[np.float32]
    position_covariances_m2: NDArray[np.float32] | None = None
    track_ids: NDArray[np.int64] | None = None

    @classmethod
    def without_positions(
        cls,
        labels: LabelSet,
        xyxy: NDArray[np.float32],
        scores: NDArray[np.float32],
        class_ids: NDArray[np.int32],
    ) -> Detections:
        """Make detections whose distances and positions are not known (yet)."""
        count = len(scores)
        return cls(
            labels=labels,
            xyxy=np.asarray(xyxy, np.float32).reshape(-1, 4),
            scores=np.asarray(scores, np.float32),
            class_ids=np.asarray(class_ids, np.int32),
            distances_m=np.full(count, np.nan, np.float32),
            positions_m=np.full((count, 3), np.nan, np.float32),
        )

    def __len__(self) -> int:
        """Count the objects."""
        return len(self.scores)


@dataclass(frozen=True, slots=True)
class ClassMap:
    """Class ids of an image that ``ids`` covers whole, (H, W) uint8, at its own resolution."""

    labels: LabelSet
    ids: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class DepthMap:
    """Depth along the optical axis, (H, W) float32 metres, NaN where unknown (REP 118).

    The map covers the whole image at its own resolution; ``camera_model`` is the camera's for
    exactly this resolution.
    """

    depth_m: NDArray[np.float32]
    camera_model: CameraModel


class LanePattern(IntEnum):
    """How a lane line is painted; UNKNOWN where too little of it is seen to tell."""

    UNKNOWN = 0
    SOLID = 1
    DASHED = 2


@dataclass(frozen=True, slots=True)
class LaneLine:
    """One lane line from near to far.

    ``pixels`` (N, 2) float32 image pixels in centre coordinates; ``points_m`` (N, 3) float32
    metres in the optical frame, NaN where the depth is unknown.
    """

    class_id: int
    score: float
    pixels: NDArray[np.float32]
    points_m: NDArray[np.float32]
    pattern: LanePattern = LanePattern.UNKNOWN


@dataclass(frozen=True, slots=True)
class LaneLines:
    """The lane lines of an image, from left to right at the bottom."""

    labels: LabelSet
    lines: tuple[LaneLine, ...]


@dataclass(frozen=True, slots=True)
class PointCloud:
    """A pseudo-LiDAR cloud, structured array of POINT_DTYPE in the image's optical frame.

    (H, W) when organised as the depth map, then NaN in x, y, z where unknown; (N,) when dense.
    """

    points: NDArray[np.void]

    @property
    def is_organised(self) -> bool:
        """Whether points keep the image's rows and columns."""
        return self.points.ndim == 2


@dataclass(frozen=True, slots=True)
class BirdEyeView:
    """A top view, ``image`` (H, W, 3) BGR uint8: forward is up, the camera at bottom centre."""

    image: NDArray[np.uint8]
    metres_per_cell: float


@dataclass(frozen=True, slots=True)
class Perception:
    """All that was found in one frame; what nobody asked for or could be known is None.

    ``semantic_confidence``, as large as ``semantic``, and ``point_confidence``, as the cloud or
    (1, N) for a dense one, are uint8: how sure each class is, 255 = certain, 0 = unlabelled.
    ``depth_color`` (H, W, 3) BGR uint8 shows the depth to people.
    ``calibration`` is what the camera model was read from, see CameraImage.
    ``withheld`` says why something asked for is missing: cause and a sentence for the user.
    """

    camera: str
    header: Header
    image_size: tuple[int, int]
    camera_model: CameraModel | None = None
    calibration: object = None
    detections: Detections | None = None
    semantic: ClassMap | None = None
    semantic_confidence: NDArray[np.uint8] | None = None
    lane: ClassMap | None = None
    lane_lines: LaneLines | None = None
    depth: DepthMap | None = None
    depth_color: NDArray[np.uint8] | None = None
    point_cloud: PointCloud | None = None
    point_confidence: NDArray[np.uint8] | None = None
    bird_eye: BirdEyeView | None = None
    overlay: NDArray[np.uint8] | None = None
    withheld: tuple[tuple[Cause, str], ...] = field(default=())
