# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One picture's truth in the words of a model, held against what the model found."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.labels import UNLABELLED
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import LaneLines
from hailo_perception.core.results import Perception
from hailo_perception.evaluation import coco
from hailo_perception.evaluation import tusimple
from hailo_perception.evaluation.depth import DepthResult
from hailo_perception.evaluation.depth import DepthTally
from hailo_perception.evaluation.depth import JUDGED_RANGE_M
from hailo_perception.evaluation.detection import Boxes
from hailo_perception.evaluation.detection import DetectionResult
from hailo_perception.evaluation.detection import DetectionTally
from hailo_perception.evaluation.labelled import LabelledPicture
from hailo_perception.evaluation.labelled import LidarPoints
from hailo_perception.evaluation.labelled import MARKING
from hailo_perception.evaluation.labelled import TRUE_LANE_LABELS
from hailo_perception.evaluation.labelled import TrueLine
from hailo_perception.evaluation.labelled import TrueObjects
from hailo_perception.evaluation.lane_lines import columns_at
from hailo_perception.evaluation.lane_lines import is_line_judged
from hailo_perception.evaluation.lane_lines import LaneLineResult
from hailo_perception.evaluation.lane_lines import LaneLineTally
from hailo_perception.evaluation.lane_lines import rows_of
from hailo_perception.evaluation.pseudo_lidar import PseudoLidarTally
from hailo_perception.evaluation.pseudo_lidar import RangeError
from hailo_perception.evaluation.segmentation import SegmentationResult
from hailo_perception.evaluation.segmentation import SegmentationTally
from hailo_perception.kernels.sampling import nearest_pixels
from hailo_perception.models.specification import ModelManifest
from hailo_perception.models.specification import SegmentationSpecification
from hailo_perception.scenes import OBJECT_LABELS
from hailo_perception.scenes import SEMANTIC_LABELS

Value = TypeVar('Value', bound=np.generic)

LEAST_HEIGHT_PX = 8.0
"""Height of a judged object in the network's input: one cell of the finest usual grid."""
LEAST_VISIBILITY = 0.3

PAINT_LABELS = LabelSet.from_names('background', 'marking')
"""Lane classes without regard to colour and purpose."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The figures; None for what the model does not have or no picture has the truth of.

    ``pictures`` counts, for each kind of truth, those in which it was judged; ``withheld``, by
    the reason, what could not be made of a picture. ``coco`` is also None without pycocotools.
    """

    detection: DetectionResult | None
    coco: coco.CocoResult | None
    semantic: SegmentationResult | None
    lane: SegmentationResult | None
    marking: SegmentationResult | None
    lane_lines: LaneLineResult | None
    tusimple: tusimple.TuSimpleResult | None
    depth: DepthResult | None
    pseudo_lidar: tuple[RangeError, ...] | None
    pictures: dict[str, int]
    withheld: dict[str, int]


class Judge:
    """Compares picture after picture."""

    def __init__(
        self, manifest: ModelManifest, depth_range_m: tuple[float, float] = JUDGED_RANGE_M
    ) -> None:
        """Prepare for a model; ``depth_range_m`` are the true depths that are judged."""
        detection, semantic, lane = manifest.detection, manifest.semantic, manifest.lane
        self._detection = DetectionTally(detection.labels) if detection else None
        has_coco = detection is not None and coco.is_installed()
        self._coco = coco.CocoTally(detection.labels) if detection and has_coco else None
        self._semantic = _segmentation_tally(semantic)
        self._lane = _segmentation_tally(lane)
        self._paint_of = _paint_table(lane)
        self._paint = SegmentationTally(PAINT_LABELS, PAINT_LABELS.names[0])
        self._lane_lines = LaneLineTally()
        self._tusimple = tusimple.TuSimpleTally()
        self._depth = DepthTally(depth_range_m) if manifest.depth else None
        self._pseudo_lidar = PseudoLidarTally()
        self._pictures: Counter[str] = Counter()
        self.withheld: Counter[str] = Counter()
        """What could not be made of the pictures, by the reason."""

    def add(self, picture: LabelledPicture, found: Perception, transform: ImageTransform) -> None:
        """Judge one picture; ``transform`` is that of the picture into the network's input."""
        self.withheld.update(message for _, message in found.withheld)
        self._add_objects(picture, found, transform)
        self._add_semantic(picture, found)
        self._add_lane(picture, found)
        self._add_lane_lines(picture, found)
        self._add_depth(picture, found)

    def result(self) -> Judgement:
        """Compute the figures of all pictures so far."""
        judged = self._pictures
        has_depth = judged['depth'] or judged['depth at LiDAR points']
        has_lane = judged['lane'] or judged['lane at LiDAR points']
        has_semantic = judged['semantic'] or judged['semantic at LiDAR points']
        return Judgement(
            detection=(
                self._detection.result() if self._detection and judged['objects'] else None
            ),
            coco=self._coco.result() if self._coco and judged['objects'] else None,
            semantic=self._semantic.result() if self._semantic and has_semantic else None,
            lane=self._lane.result() if self._lane and has_lane else None,
            marking=self._paint.result() if self._paint_of is not None and has_lane else None,
            lane_lines=self._lane_lines.result() if judged['lane lines'] else None,
            tusimple=self._tusimple.result() if judged['lane lines'] else None,
            depth=self._depth.result() if self._depth and has_depth else None,
            pseudo_lidar=self._pseudo_lidar.result() if has_depth else None,
            pictures=dict(judged),
            withheld=dict(self.withheld),
        )

    def _add_objects(
        self, picture: LabelledPicture, found: Perception, transform: ImageTransform
    ) -> None:
        objects, detections = picture.objects, found.detections
        if self._detection is None or objects is None or detections is None:
            return
        self._pictures['objects'] += 1
        boxes, scores = Boxes(detections.xyxy, detections.class_ids), detections.scores
        truth, is_judged = true_boxes(objects, detections.labels, transform)
        regions = objects.xyxy[objects.is_region]
        self._detection.add(boxes, scores, truth, is_judged, regions)
        if self._coco is not None:
            of_any_size, is_shown = true_boxes(objects, detections.labels)
            self._coco.add(boxes, scores, of_any_size, is_shown, regions)

    def _add_semantic(self, picture: LabelledPicture, found: Perception) -> None:
        if self._semantic is None or found.semantic is None:
            return
        labels, lidar = found.semantic.labels, picture.lidar
        if picture.semantic is not None:
            self._pictures['semantic'] += 1
            truth = true_classes(picture.semantic, SEMANTIC_LABELS, found.semantic)
            self._semantic.add(truth, found.semantic.ids)
        elif lidar is not None and lidar.class_ids is not None:
            self._pictures['semantic at LiDAR points'] += 1
            truth = labels.translation_from(SEMANTIC_LABELS)[lidar.class_ids]
            self._semantic.add(truth, at_points(found.semantic.ids, lidar, picture.size))

    def _add_lane(self, picture: LabelledPicture, found: Perception) -> None:
        if self._lane is None or found.lane is None:
            return
        lidar = picture.lidar
        if picture.lane is not None:
            self._pictures['lane'] += 1
            truth, ids = sampled(picture.lane, found.lane.ids.shape), found.lane.ids
        elif lidar is not None and lidar.lane_ids is not None:
            self._pictures['lane at LiDAR points'] += 1
            truth, ids = lidar.lane_ids, at_points(found.lane.ids, lidar, picture.size)
        else:
            return
        self._lane.add(found.lane.labels.translation_from(TRUE_LANE_LABELS)[truth], ids)
        if self._paint_of is not None:
            self._paint.add(_TRUE_PAINT[truth], self._paint_of[ids])

    def _add_lane_lines(self, picture: LabelledPicture, found: Perception) -> None:
        if self._lane is None or picture.lane_lines is None or found.lane_lines is None:
            return
        self._pictures['lane lines'] += 1
        width, height = picture.size
        labels = found.lane_lines.labels
        rows = rows_of(height)
        truth, is_judged = true_columns(picture, labels, rows)
        self._lane_lines.add(
            found_columns(found.lane_lines, rows),
            truth,
            is_judged,
            width,
            found_patterns=[line.pattern for line in found.lane_lines.lines],
            true_patterns=[line.pattern for line in known_lines(picture, labels)],
        )
        rows = tusimple.rows_of(height)
        truth, _ = true_columns(picture, labels, rows)
        self._tusimple.add(found_columns(found.lane_lines, rows), truth, is_judged, rows, width)

    def _add_depth(self, picture: LabelledPicture, found: Perception) -> None:
        if self._depth is None or found.depth is None:
            return
        found_m, camera = found.depth.depth_m, picture.camera
        if picture.depth_m is not None:
            self._pictures['depth'] += 1
            true_m = sampled(picture.depth_m, found_m.shape)
            pixels = None
        elif picture.lidar is not None:
            self._pictures['depth at LiDAR points'] += 1
            found_m = at_points(found_m, picture.lidar, picture.size)
            true_m, pixels = picture.lidar.depth_m, picture.lidar.pixels
        else:
            return
        self._depth.add(true_m, found_m)
        if camera is None:
            return
        if pixels is None:
            rays: NDArray[np.floating] = camera.scaled(*found_m.shape[::-1]).rays()
        else:
            rays = camera.unproject(pixels)
        self._pseudo_lidar.add(true_m, found_m, np.sqrt(1 + np.sum(rays**2, axis=-1)))


def true_boxes(
    objects: TrueObjects, labels: LabelSet, transform: ImageTransform | None = None
) -> tuple[Boxes, NDArray[np.bool_]]:
    """Translate the true objects to a model's classes, and tell which are judged.

    These are not ignored, LEAST_VISIBILITY visible and, when there is a transform, at least
    LEAST_HEIGHT_PX high in the network's input. Regions and objects for which the model has no
    class are left out.
    """
    class_ids = labels.translation_from(OBJECT_LABELS)[objects.class_ids]
    is_known = (class_ids != UNLABELLED) & ~objects.is_region
    is_judged = (objects.visibility >= LEAST_VISIBILITY) & ~objects.is_ignored
    if transform is not None:
        in_input = transform.boxes_to_input(objects.xyxy)
        is_judged &= in_input[:, 3] - in_input[:, 1] >= LEAST_HEIGHT_PX
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


def at_points(
    values: NDArray[Value], points: LidarPoints, size: tuple[int, int]
) -> NDArray[Value]:
    """Look a map (h, w) of a picture of a size (width, height) up at N points: (N,)."""
    extent = np.array(values.shape[::-1])
    cells = ((points.pixels + 0.5) * (extent / np.array(size))).astype(np.intp)
    column, row = np.clip(cells, 0, extent - 1).T
    return values[row, column]


def found_columns(lines: LaneLines, rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give where the found lines cross the rows (R,): (F, R), NaN beyond their ends."""
    return np.array([columns_at(line.pixels, rows) for line in lines.lines]).reshape(-1, len(rows))


def known_lines(picture: LabelledPicture, labels: LabelSet) -> list[TrueLine]:
    """List the true lines of paints for which a model has a class."""
    is_known = labels.translation_from(TRUE_LANE_LABELS) != UNLABELLED
    is_known[MARKING.id] = True
    return [line for line in picture.lane_lines or () if is_known[line.class_id]]


def true_columns(
    picture: LabelledPicture, labels: LabelSet, rows: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Give where the true lines cross the rows (R,), and which are judged: (T, R), (T,).

    Lines of a paint for which the model has no class are left out.
    """
    height = picture.size[1]
    known = known_lines(picture, labels)
    judging_rows = rows_of(height)
    is_judged = [
        is_line_judged(
            columns_at(line.pixels, judging_rows),
            judging_rows,
            None if picture.lane is None else picture.lane == line.class_id,
        )
        for line in known
    ]
    columns = [columns_at(line.pixels, rows) for line in known]
    return np.array(columns).reshape(-1, len(rows)), np.array(is_judged, bool)


_TRUE_PAINT = np.minimum(np.arange(256), 1).astype(np.uint8)
_TRUE_PAINT[len(TRUE_LANE_LABELS) :] = UNLABELLED


def _paint_table(lane: SegmentationSpecification | None) -> NDArray[np.uint8] | None:
    """Map a model's lane ids to those of PAINT_LABELS; None when it has no background."""
    if lane is None or lane.background is None:
        return None
    table = np.ones(256, np.uint8)
    table[lane.labels.id_of(lane.background)] = 0
    table[UNLABELLED] = UNLABELLED
    return table


def _segmentation_tally(
    specification: SegmentationSpecification | None,
) -> SegmentationTally | None:
    if specification is None:
        return None
    return SegmentationTally(specification.labels, specification.background)
