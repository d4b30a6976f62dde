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
from hailo_perception.core.results import LaneLine
from hailo_perception.core.results import LaneLines
from hailo_perception.evaluation.judge import true_boxes
from hailo_perception.evaluation.labelled import LabelledPicture
from hailo_perception.evaluation.labelled import LidarPoints
from hailo_perception.evaluation.labelled import TRUE_LANE_LABELS
from hailo_perception.models.specification import ModelManifest
from hailo_perception.models.specification import SegmentationSpecification
from hailo_perception.scenes import SEMANTIC_LABELS
from hailo_perception.tasks.overlay import draw_overlay
from hailo_perception.tasks.overlay import make_backdrop
from hailo_perception.tasks.settings import OverlaySettings

_POINT_PX = 2
_NEAREST_M = 2.0
_FARTHEST_M = 80.0
"""Distances at the two ends of the colours of LiDAR points, a logarithmic scale."""


def draw_truth(
    picture: LabelledPicture, manifest: ModelManifest, transform: ImageTransform
) -> NDArray[np.uint8]:
    """Draw what is true of a picture in a model's classes and colours, (h, w, 3) BGR.

    Of the objects only the judged ones are drawn. LiDAR points have the colour of their class,
    or of their distance where they have none.
    """
    detections = None
    if manifest.detection is not None and picture.objects is not None:
        truth, is_judged = true_boxes(picture.objects, manifest.detection.labels, transform)
        detections = Detections.without_positions(
            manifest.detection.labels,
            truth.xyxy[is_judged],
            np.ones(np.count_nonzero(is_judged), np.float32),
            truth.class_ids[is_judged].astype(np.int32),
        )
    image = picture.image
    if picture.lidar is not None:
        image = _with_points(image, picture.lidar, manifest.semantic)
    settings = OverlaySettings()
    return draw_overlay(
        make_backdrop(image, 'bgr', settings.maximum_width),
        semantic=_class_map(manifest.semantic, SEMANTIC_LABELS, picture.semantic),
        lane=_class_map(manifest.lane, TRUE_LANE_LABELS, picture.lane),
        lane_background=manifest.lane.background if manifest.lane else None,
        lane_lines=_lines_without_mask(picture),
        detections=detections,
        settings=settings,
        image_size=(image.shape[1], image.shape[0]),
    )


def write_comparison(
    folder: Path, name: str, found: NDArray[np.uint8], truth: NDArray[np.uint8]
) -> None:
    """Write what was found above the truth, (H, W, 3) BGR each, as NAME.png.

    The folder is made where it is not there; ConfigurationError when nothing can be written.
    """
    _, data = cv2.imencode('.png', np.concatenate((found, truth)))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f'{name}.png').write_bytes(data)
    except OSError as error:
        raise ConfigurationError(f'a picture cannot be written: {error}') from error


def _with_points(
    image: NDArray[np.uint8], lidar: LidarPoints, semantic: SegmentationSpecification | None
) -> NDArray[np.uint8]:
    """Draw LiDAR points into a copy of a picture (H, W, 3)."""
    share = np.log(np.maximum(lidar.depth_m, _NEAREST_M) / _NEAREST_M)
    share /= np.log(_FARTHEST_M / _NEAREST_M)
    ramp = np.asarray(255 * (1 - np.clip(share, 0, 1)), np.uint8)[:, None]
    colors = cv2.applyColorMap(ramp, cv2.COLORMAP_TURBO)[:, 0]
    if semantic is not None and lidar.class_ids is not None:
        ids = semantic.labels.translation_from(SEMANTIC_LABELS)[lidar.class_ids]
        is_known = np.array([class_id in semantic.labels for class_id in range(256)])[ids]
        colors[is_known] = semantic.labels.color_table_bgr()[ids[is_known]]
    drawn = image.copy()
    for (x, y), color in zip(lidar.pixels.tolist(), colors.tolist(), strict=True):
        cv2.circle(drawn, (round(x), round(y)), _POINT_PX, color, cv2.FILLED)
    return drawn


def _lines_without_mask(picture: LabelledPicture) -> LaneLines | None:
    """Give the true lines where no mask shows them."""
    if picture.lane is not None or picture.lane_lines is None:
        return None
    return LaneLines(
        TRUE_LANE_LABELS,
        tuple(
            LaneLine(
                class_id=line.class_id,
                score=1.0,
                pixels=line.pixels,
                points_m=np.full((len(line.pixels), 3), np.nan, np.float32),
            )
            for line in picture.lane_lines
        ),
    )


def _class_map(
    specification: SegmentationSpecification | None,
    labels: LabelSet,
    ids: NDArray[np.uint8] | None,
) -> ClassMap | None:
    if specification is None or ids is None:
        return None
    return ClassMap(specification.labels, specification.labels.translation_from(labels)[ids])
