# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""All outputs of one frame, published as the perception node does it, for ``bench ros``."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.frame import Header
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.message_room import empty_with_room
from hailo_perception.core.results import BirdEyeView
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import DepthMap
from hailo_perception.core.results import Detections
from hailo_perception.core.results import LaneLine
from hailo_perception.core.results import LaneLines
from hailo_perception.core.results import Output
from hailo_perception.core.results import Perception
from hailo_perception.core.results import POINT_DTYPE
from hailo_perception.core.results import PointCloud
from hailo_perception.tasks.settings import OverlaySettings
from hailo_perception.tasks.settings import PointCloudSettings

CAMERA = 'front'
IMAGE_SIZE = (1440, 960)
MAP_SIDE_PX = 480
BIRD_EYE_SIZE = (400, 600)
_OBJECTS = 50
_LANES = 4
_LANE_POINTS = 32
_FRAME_ID = 'front_optical_frame'


@dataclass(frozen=True, slots=True)
class FrameSizes:
    """Sizes of what is published of a frame, as the node's parameters set them."""

    overlay: tuple[int, int]
    cloud_side_px: int

    @classmethod
    def with_settings(cls, overlay_width: int, stride: int) -> FrameSizes:
        """Follow ``overlay.maximum_width`` and ``point_cloud.stride``."""
        width = min(overlay_width, IMAGE_SIZE[0])
        overlay = (width, width * IMAGE_SIZE[1] // IMAGE_SIZE[0])
        return cls(overlay, math.ceil(MAP_SIDE_PX / stride))

    @property
    def byte_count(self) -> int:
        """Bytes of all pictures, maps and the cloud with its labels, without the JPEG."""
        map_bytes = 1 + 1 + np.dtype(np.float32).itemsize + 3
        picture_bytes = sum(3 * math.prod(size) for size in (self.overlay, BIRD_EYE_SIZE))
        cloud_bytes = (POINT_DTYPE.itemsize + 1) * self.cloud_side_px**2
        return picture_bytes + map_bytes * MAP_SIDE_PX**2 + cloud_bytes


BY_DEFAULT = FrameSizes.with_settings(
    OverlaySettings().maximum_width,
    PointCloudSettings().stride_for((MAP_SIDE_PX, MAP_SIDE_PX)),
)
FULL = FrameSizes.with_settings(IMAGE_SIZE[0], 1)


class FrameSender:
    """Publishes made-up results in the sizes of TIER IV's network again and again."""

    def __init__(self, sizes: FrameSizes, node: Any) -> None:
        """Make the results up, and create their topics under the node's name."""
        from hailo_perception.bench.workload import lightnet_manifest
        from hailo_perception.ros import camera_info
        from hailo_perception.ros.frame_messages import OutputOptions
        from hailo_perception.ros.publishers import CameraPublishers

        manifest = lightnet_manifest(2 * MAP_SIDE_PX)
        made = _make_up(sizes, manifest.detection, manifest.semantic, manifest.lane)
        self._perception = replace(
            made, calibration=camera_info.to_message(_camera(IMAGE_SIZE), made.header)
        )
        self._awaited = _published_outputs().keys()
        self._publishers = CameraPublishers(
            node,
            CAMERA,
            manifest,
            outputs=frozenset(self._awaited),
            options=OutputOptions(),
        )

    def is_awaited(self) -> bool:
        """Tell whether every output has a subscriber."""
        return self._publishers.wanted() == self._awaited

    def send(self, stamp_ns: int) -> None:
        """Publish all outputs with this stamp."""
        self._publishers.publish(replace(self._perception, header=Header(stamp_ns, _FRAME_ID)))

    def close(self) -> None:
        """Remove the topics."""
        self._publishers.destroy()


def frame_topics(node_name: str) -> dict[str, type]:
    """Name the topics of all outputs of a frame and their types."""
    return {
        f'{node_name}/{CAMERA}/{name}': message_type
        for topics in _published_outputs().values()
        for name, message_type in topics.items()
    }


def _published_outputs() -> dict[Output, dict[str, type]]:
    """Leave out what TIER IV's network does not give: it gives class ids and no scores."""
    from hailo_perception.ros.absent_outputs import CONFIDENCES
    from hailo_perception.ros.frame_messages import output_topics

    return {
        output: topics for output, topics in output_topics().items() if output not in CONFIDENCES
    }


def _make_up(sizes: FrameSizes, detection: Any, semantic: Any, lane: Any) -> Perception:
    random = np.random.default_rng(0)
    side = (MAP_SIDE_PX, MAP_SIDE_PX)
    points = _placed(np.zeros((sizes.cloud_side_px, sizes.cloud_side_px), POINT_DTYPE))
    points['z'] = random.uniform(1, 100, points.shape)
    return Perception(
        camera=CAMERA,
        header=Header(0, _FRAME_ID),
        image_size=IMAGE_SIZE,
        camera_model=_camera(IMAGE_SIZE),
        detections=_objects(detection.labels, random),
        semantic=ClassMap(semantic.labels, _placed(random.integers(0, 9, side, np.uint8))),
        lane=ClassMap(lane.labels, _placed(random.integers(0, 4, side, np.uint8))),
        lane_lines=LaneLines(lane.labels, tuple(_line(random) for _ in range(_LANES))),
        depth=DepthMap(
            _placed(random.uniform(1, 100, side).astype(np.float32)), _camera(side)
        ),
        depth_color=_picture(side, random),
        point_cloud=PointCloud(points),
        bird_eye=BirdEyeView(_picture(BIRD_EYE_SIZE, random), 0.1),
        overlay=_picture(sizes.overlay, random),
    )


def _camera(size: tuple[int, int]) -> CameraModel:
    return CameraModel(*size, size[0], size[0], size[0] / 2, size[1] / 2)


def _objects(labels: LabelSet, random: np.random.Generator) -> Detections:
    corners = random.uniform(0, 900, (_OBJECTS, 2))
    positions_m = random.uniform(1, 50, (_OBJECTS, 3)).astype(np.float32)
    return replace(
        Detections.without_positions(
            labels,
            np.concatenate((corners, corners + 40), axis=1).astype(np.float32),
            np.linspace(0.9, 0.3, _OBJECTS, dtype=np.float32),
            random.integers(0, len(labels), _OBJECTS, np.int32),
        ),
        positions_m=positions_m,
        distances_m=np.linalg.norm(positions_m, axis=1).astype(np.float32),
    )


def _line(random: np.random.Generator) -> LaneLine:
    return LaneLine(
        class_id=1,
        score=0.8,
        pixels=random.uniform(0, 900, (_LANE_POINTS, 2)).astype(np.float32),
        points_m=random.uniform(1, 50, (_LANE_POINTS, 3)).astype(np.float32),
    )


def _picture(size: tuple[int, int], random: np.random.Generator) -> NDArray[np.uint8]:
    """Make a picture that a JPEG has about as much to do with as with a street."""
    patches = random.integers(30, 220, (60, 90, 3), np.uint8)
    noise = random.integers(0, 16, (size[1], size[0], 3), np.uint8)
    return _placed(cv2.resize(patches, size, interpolation=cv2.INTER_CUBIC) // 2 + noise)


def _placed(array: NDArray[Any]) -> NDArray[Any]:
    """Copy an array to where the pipeline makes them: with room for a message's fields."""
    placed = empty_with_room(array.shape, array.dtype)
    placed[...] = array
    return placed
