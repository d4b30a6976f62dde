# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A network's depth beside what was measured: over a recording, or in single pictures."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from hailo_perception.calibration.depth_fit import CalibrationError
from hailo_perception.calibration.depth_pairs import DepthPairs
from hailo_perception.calibration.depth_pairs import pairs_at_points
from hailo_perception.calibration.measured import MeasuredObject
from hailo_perception.calibration.measured import MeasuredPixel
from hailo_perception.calibration.measured import pairs_of_objects
from hailo_perception.calibration.measured import pairs_of_pixels
from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.results import DepthMap
from hailo_perception.core.results import Detections
from hailo_perception.core.results import Perception
from hailo_perception.evaluation.labelled import LabelledPicture
from hailo_perception.evaluation.network import Network
from hailo_perception.evaluation.recordings.recording import Recording
from hailo_perception.evaluation.source import pictures_of
from hailo_perception.evaluation.source import UnreadablePicture
from hailo_perception.vision.picture_file import AS_THE_SENSOR_HAS_IT


def pairs_of_recording(
    network: Network,
    recording: Recording,
    *,
    on_picture: Callable[[int], None] = lambda done: None,
    on_unreadable: Callable[[UnreadablePicture], None] = lambda picture: None,
) -> DepthPairs:
    """Run the network over the pictures that a LiDAR measured too, one after the other."""
    parts = []
    for done, picture in enumerate(pictures_of(recording, 0), 1):
        if isinstance(picture, UnreadablePicture):
            on_unreadable(picture)
        elif picture.lidar is not None:
            depth = _depth_of(network.perceive(picture)[0])
            parts.append(pairs_at_points(depth, picture.lidar, picture.size))
        on_picture(done)
    if not parts:
        raise CalibrationError(
            f'{recording.dataset} {recording.origin} has no picture with LiDAR points; choose '
            'another data set, camera or other frames'
        )
    return DepthPairs.joined(parts)


def pairs_of_measured_pixels(
    network: Network, pixels: Mapping[Path, Sequence[MeasuredPixel]], camera: CameraModel
) -> DepthPairs:
    """Run the network on each picture and look its depth up at the measured pixels."""
    return DepthPairs.joined(
        pairs_of_pixels(_depth_of(_perceive(network, path, camera)), measured, camera)
        for path, measured in pixels.items()
    )


def pairs_of_measured_objects(
    network: Network,
    path: Path,
    measured: Sequence[MeasuredObject],
    camera: CameraModel,
    *,
    score_threshold: float,
) -> DepthPairs:
    """Run the network on a picture and match its objects to the measured ones."""
    found = _perceive(network, path, camera)
    if found.detections is None:
        raise CalibrationError('the model finds no objects; give measured pixels instead')
    is_sure = found.detections.scores >= score_threshold
    detections = Detections.without_positions(
        found.detections.labels,
        found.detections.xyxy[is_sure],
        found.detections.scores[is_sure],
        found.detections.class_ids[is_sure],
    )
    return pairs_of_objects(detections, _depth_of(found), found.semantic, measured, camera)


def _perceive(network: Network, path: Path, camera: CameraModel) -> Perception:
    try:
        data = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError as error:
        raise CalibrationError(f'the picture {path} cannot be read: {error}') from error
    image = cv2.imdecode(data, AS_THE_SENSOR_HAS_IT) if len(data) else None
    if image is None:
        raise CalibrationError(f'{path} is no picture')
    picture = LabelledPicture(path.stem, np.asarray(image, np.uint8), camera)
    if picture.size != camera.size:
        raise CalibrationError(
            f'{path} is {picture.size[0]}×{picture.size[1]}, the calibration is for '
            f"{camera.width}×{camera.height}; give the calibration of the pictures' size"
        )
    return network.perceive(picture)[0]


def _depth_of(found: Perception) -> DepthMap:
    if found.depth is None:
        reasons = '; '.join(sentence for _, sentence in found.withheld)
        raise CalibrationError(f'the network gives no depth: {reasons or "the model has none"}')
    return found.depth
