# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One scene's truth in the words of a model, held against what the model found."""

from __future__ import annotations

from collections import Counter
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.labels import UNLABELLED
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import LaneLines
from hailo_perception.core.results import Perception
from hailo_perception.evaluation.depth import DepthTally
from hailo_perception.evaluation.detection import Boxes
from hailo_perception.evaluation.detection import DetectionTally
from hailo_perception.evaluation.lane_lines import columns_at
from hailo_perception.evaluation.lane_lines import is_line_judged
from hailo_perception.evaluation.lane_lines import LaneLineTally
from hailo_perception.evaluation.lane_lines import rows_of
from hailo_perception.evaluation.segmentation import SegmentationTally
from hailo_perception.kernels.sampling import nearest_pixels
from hailo_perception.models.specification import ModelManifest
from hailo_perception.models.specification import SegmentationSpecification
from hailo_perception.scenes import LANE_LABELS
from hailo_perception.scenes import OBJECT_LABELS
from hailo_perception.scenes import SceneFrame
from hailo_perception.scenes import SEMANTIC_LABELS

Value = TypeVar('Value', bound=np.generic)

LEAST_HEIGHT_PX = 8.0
"""Height of a judged object in the network's input: one cell of the finest usual grid."""
LEAST_VISIBILITY = 0.3


class Judge:
    """Compares scene after scene; tallies of tasks that the model does not have are None."""

    def __init__(self, manifest: ModelManifest) -> None:
        detection, lane = manifest.detection, manifest.lane
        self.detection = DetectionTally(detection.labels) if detection else None
        self.semantic = _segmentation_tally(manifest.semantic)
        self.lane = _segmentation_tally(lane)
        self.lane_lines = LaneLineTally() if lane else None
        self.depth = DepthTally() if manifest.depth else None
        self.withheld: Counter[str] = Counter()
        """What could not be made of the scenes, by the reason."""

    def add(self, scene: SceneFrame, found: Perception, transform: ImageTransform) -> None:
        """Judge one scene; ``transform`` is that of its picture into the network's input."""
        self.withheld.update(message for _, message in found.withheld)
        if self.detection is not None and found.detections is not None:
            truth, is_judged = true_boxes(scene, found.detections.labels, transform)
            boxes = Boxes(found.detections.xyxy, found.detections.class_ids)
            self.detection.add(boxes, found.detections.scores, truth, is_judged)
        if self.semantic is not None and found.semantic is not None:
            truth_map = true_classes(scene.semantic, SEMANTIC_LABELS, found.semantic)
            self.semantic.add(truth_map, found.semantic.ids)
        if self.lane is not None and found.lane is not None:
            truth_map = true_classes(scene.lane, LANE_LABELS, found.lane)
            self.lane.add(truth_map, found.lane.ids)
        if self.lane_lines is not None and found.lane_lines is not None:
            self.lane_lines.add(
                found_columns(found.lane_lines, scene.camera.height),
                *true_columns(scene, found.lane_lines.labels),
                scene.camera.width,
            )
        if self.depth is not None and found.depth is not None:
            depth_m = found.depth.depth_m
            self.depth.add(sampled(scene.depth_m, depth_m.shape), depth_m)


def true_boxes(
    scene: SceneFrame, labels: LabelSet, transform: ImageTransform
) -> tuple[Boxes, NDArray[np.bool_]]:
    """Translate a scene's objects to a model's classes, and tell which are judged.

    These are LEAST_HEIGHT_PX high in the network's input and LEAST_VISIBILITY visible. Objects
    for which the model has no class are left out.
    """
    objects = scene.objects
    class_ids = labels.translation_from(OBJECT_LABELS)[objects.class_ids]
    is_known = class_ids != UNLABELLED
    in_input = transform.boxes_to_input(objects.xyxy)
    is_judged = (in_input[:, 3] - in_input[:, 1] >= LEAST_HEIGHT_PX) & (
        objects.visibility >= LEAST_VISIBILITY
    )
    return Boxes(objects.xyxy[is_known], class_ids[is_known]), is_judged[is_known]


def true_classes(truth: NDArray[np.uint8], labels: LabelSet, found: ClassMap) -> NDArray[np.uint8]:
    """Translate a map (H, W) to the classes and the resolution of what was found; 255 unknown."""
    return np.take(found.labels.translation_from(labels), sampled(truth, found.ids.shape))


def sampled(values: NDArray[Value], shape: tuple[int, ...]) -> NDArray[Value]:
    """Sample (H, W) at the centres of the pixels of a map of another shape (h, w)."""
    return values[
        nearest_pixels(shape[0], values.shape[0])[:, None],
        nearest_pixels(shape[1], values.shape[1]),
    ]


def found_columns(lines: LaneLines, height: int) -> NDArray[np.float64]:
    """Give where the found lines cross the rows of a picture: (F, R), NaN beyond their ends."""
    rows = rows_of(height)
    return np.array([columns_at(line.pixels, rows) for line in lines.lines]).reshape(-1, len(rows))


def true_columns(
    scene: SceneFrame, labels: LabelSet
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Give where the true lines cross the rows, and which are judged: (T, R), (T,).

    Lines of a paint for which the model has no class are left out.
    """
    rows = rows_of(scene.camera.height)
    class_ids = labels.translation_from(LANE_LABELS)
    known = [line for line in scene.lane_lines if class_ids[line.class_id] != UNLABELLED]
    columns = [columns_at(line.pixels, rows) for line in known]
    is_judged = [
        is_line_judged(own, rows, scene.lane == line.class_id)
        for own, line in zip(columns, known, strict=True)
    ]
    return np.array(columns).reshape(-1, len(rows)), np.array(is_judged, bool)


def _segmentation_tally(
    specification: SegmentationSpecification | None,
) -> SegmentationTally | None:
    if specification is None:
        return None
    return SegmentationTally(specification.labels, specification.background)
