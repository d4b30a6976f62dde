# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Pictures to look at: what a model found, above the truth."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import Detections
from hailo_perception.evaluation.judge import true_boxes
from hailo_perception.models.specification import ModelManifest
from hailo_perception.models.specification import SegmentationSpecification
from hailo_perception.scenes import LANE_LABELS
from hailo_perception.scenes import SceneFrame
from hailo_perception.scenes import SEMANTIC_LABELS
from hailo_perception.tasks.overlay import draw_overlay
from hailo_perception.tasks.settings import OverlaySettings


def draw_truth(
    scene: SceneFrame, manifest: ModelManifest, transform: ImageTransform
) -> NDArray[np.uint8]:
    """Draw a scene's truth in a model's classes and colours, (H, W, 3) BGR.

    Of the objects only the judged ones are drawn.
    """
    detections = None
    if manifest.detection is not None:
        truth, is_judged = true_boxes(scene, manifest.detection.labels, transform)
        detections = Detections.without_positions(
            manifest.detection.labels,
            truth.xyxy[is_judged],
            np.ones(np.count_nonzero(is_judged), np.float32),
            truth.class_ids[is_judged].astype(np.int32),
        )
    return draw_overlay(
        scene.image,
        'bgr',
        semantic=_class_map(manifest.semantic, SEMANTIC_LABELS, scene.semantic),
        lane=_class_map(manifest.lane, LANE_LABELS, scene.lane),
        lane_background=manifest.lane.background if manifest.lane else None,
        lane_lines=None,
        detections=detections,
        settings=OverlaySettings(),
    )


def write_comparison(
    folder: Path, seed: int, found: NDArray[np.uint8], truth: NDArray[np.uint8]
) -> None:
    """Write what was found above the truth, (H, W, 3) BGR each, as a PNG named by the seed.

    The folder is made where it is not there; ConfigurationError when nothing can be written.
    """
    _, data = cv2.imencode('.png', np.concatenate((found, truth)))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f'scene_{seed:05}.png').write_bytes(data)
    except OSError as error:
        raise ConfigurationError(f'a picture cannot be written: {error}') from error


def _class_map(
    specification: SegmentationSpecification | None, labels: LabelSet, ids: NDArray[np.uint8]
) -> ClassMap | None:
    if specification is None:
        return None
    return ClassMap(specification.labels, specification.labels.translation_from(labels)[ids])
