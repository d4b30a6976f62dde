# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One real picture to one training sample: true labels where there are some, teachers elsewhere.

What nobody knows stays unlabelled: 255 in the maps, NaN in the depth, visibility 0 for objects
that may be found or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from hailo_perception.evaluation.labelled import ANY_CLASS
from hailo_perception.evaluation.labelled import TrueObjects
from hailo_perception.scenes import OBJECT_LABELS
from training.dataset import LABEL_STRIDE
from training.dataset import Sample
from training.description import NetworkDescription
from training.export import output_names
from training.targets import make_grid
from training.teachers import ObjectTeacher
from training.teachers import RoadTeacher
from training.teachers import Seen
from training.validate import find_objects
from training.validate import predict_with_onnx

SIZE = (960, 540)
"""Width and height to which every picture is brought."""

UNKNOWN = 255

SURE_ROAD = 0.6
SURE_GROUND = 0.7
SURE_BACKGROUND = 0.7
SURE_VEHICLE = 0.4
SURE_MARKING, NO_MARKING = 0.5, 0.15
"""Shares of a teacher, or of the network itself, from which on its word is taken."""

SURE_OBJECT = 0.35
"""From this score on a teacher's object is taught; below it may be found or not."""

OWN_SCORE = 0.15
KNOWN_OVERLAP = 0.3
BONNET_FROM = 0.85
"""Below this share of the height the picture may show the own bonnet, which has no class."""

YELLOW_HUES, YELLOW_SATURATION = (14, 36), 70
LINE, STOP_LINE, OTHER_MARKING = 8, 9, 10
"""PandaSet's point classes that say what a marking is."""

CUBOID_CLASSES = frozenset(('car', 'bus', 'truck', 'person', 'rider', 'bike', 'motor'))
UNTAUGHT_CLASSES = frozenset(('traffic_sign', 'traffic_light'))
"""Classes of which cuboids know nothing, and teachers not enough."""


@dataclass(frozen=True, slots=True)
class Points:
    """LiDAR points of a picture at SIZE: pixel indices, metres, classes ours and PandaSet's."""

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    depth_m: NDArray[np.float32]
    semantic: NDArray[np.uint8]
    label: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Picture:
    """A real picture (H, W, 3) BGR at SIZE with what its data set knows."""

    image: NDArray[np.uint8]
    fx: float = float('nan')
    points: Points | None = None
    objects: TrueObjects | None = None


class Labeller:
    """Labels pictures with a data set's truth, two teachers, and the network's own opinion.

    Its own opinion only decides between classes that the others leave open: what is neither
    road nor in an object's box may be sky or wall, but no vehicle.
    """

    def __init__(self, description: NetworkDescription, teachers: Path, weights: Path) -> None:
        self._description = description
        self._objects = ObjectTeacher(teachers / 'yolox_nano.onnx')
        self._road = RoadTeacher(teachers / 'road-segmentation-adas-0001_fp32.xml')
        self._own = predict_with_onnx(weights, output_names(description))
        assert description.detection is not None
        self._grid = make_grid(description.detection, description.width, description.height)
        self._names = [c.name for c in description.detection_classes]
        self._semantic = [c.name for c in description.semantic_classes]
        self._lane = [c.name for c in description.lane_classes]

    def __call__(self, picture: Picture) -> Sample:
        """Give the picture as a training sample."""
        image = picture.image
        shares = self._road(image)
        own = self._own(self._input(image))
        seen = with_riders(self._objects(image))
        boxes, labels, visibility = self._boxes(picture, seen, own)
        heaven = open_sky(image.shape[0] // LABEL_STRIDE, image.shape[1] // LABEL_STRIDE, picture)
        semantic = self._semantic_map(shares, own['semantic'][0].numpy(), boxes, labels, heaven)
        lane = self._lane_map(image, shares, picture.points)
        depth = np.full(semantic.shape, np.nan, np.float32)
        points = picture.points
        if points is not None:
            known = points.semantic != UNKNOWN
            semantic[points.row[known], points.column[known]] = points.semantic[known]
            # Of several points in a cell the nearest is what the camera sees.
            order = np.argsort(-points.depth_m)
            depth[points.row[order], points.column[order]] = points.depth_m[order]
        return Sample(
            image=np.ascontiguousarray(image[..., ::-1]),
            semantic=semantic,
            lane=lane,
            depth_m=depth,
            boxes=boxes,
            labels=labels,
            visibility=visibility,
            fx=picture.fx if np.isfinite(picture.fx) else 0.8 * image.shape[1],
        )

    def _input(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        size = (self._description.width, self._description.height)
        small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        return np.ascontiguousarray(small[..., ::-1])

    def _boxes(
        self, picture: Picture, seen: Seen, own: dict[str, Tensor]
    ) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.float32]]:
        """Join true objects, seen objects of the classes that nobody labelled, and doubts."""
        boxes: list[NDArray[np.float32]] = []
        labels: list[int] = []
        visibility: list[float] = []

        def add(box: NDArray[np.float32], label: int, share: float) -> None:
            boxes.append(box)
            labels.append(label)
            visibility.append(share)

        truth = picture.objects
        labelled: frozenset[str] = frozenset()
        if truth is not None:
            labelled = CUBOID_CLASSES
            for box, class_id, share, ignored in zip(
                truth.xyxy, truth.class_ids, truth.visibility, truth.is_ignored
            ):
                name = None if class_id == ANY_CLASS else OBJECT_LABELS.name_of(int(class_id))
                known = name in self._names and not ignored
                label = self._names.index(str(name)) if name in self._names else 0
                add(box, label, float(share) if known else 0.0)
        for box, score, name in zip(seen.boxes, seen.scores, seen.names):
            if name not in labelled:
                add(box, self._names.index(name), 1.0 if score >= SURE_OBJECT else 0.0)
        scale = np.array(
            (SIZE[0] / self._description.width, SIZE[1] / self._description.height), np.float32
        )
        found, scores, classes = find_objects(own, self._description, self._grid)
        taken = np.array(boxes, np.float32).reshape(-1, 4)
        for box, score, label in zip(found * np.tile(scale, 2), scores, classes):
            # Teachers know no traffic signs; what the network takes for one stays open.
            unlabelled = self._names[label] in UNTAUGHT_CLASSES
            if unlabelled and score >= OWN_SCORE and not _meets(box, taken):
                add(box, int(label), 0.0)
        return (
            np.array(boxes, np.float32).reshape(-1, 4),
            np.array(labels, np.int64),
            np.array(visibility, np.float32),
        )

    def _semantic_map(
        self,
        shares: NDArray[np.float32],
        scores: NDArray[np.float32],
        boxes: NDArray[np.float32],
        labels: NDArray[np.int64],
        open_sky: NDArray[np.bool_],
    ) -> NDArray[np.uint8]:
        small = shares[::LABEL_STRIDE, ::LABEL_STRIDE]
        rows, columns = small.shape[:2]
        likely = np.exp(scores - scores.max(0))
        likely = np.stack([cv2.resize(c, (columns, rows)) for c in likely / likely.sum(0)])
        index = {name: i for i, name in enumerate(self._semantic)}
        in_vehicle, in_box = (np.zeros((rows, columns), bool) for _ in range(2))
        for box, label in zip(boxes, labels):
            left, top, right, bottom = np.round(box / LABEL_STRIDE).astype(int)
            area = (slice(max(top, 0), bottom + 1), slice(max(left, 0), right + 1))
            in_box[area] = True
            if self._names[label] in ('car', 'bus', 'truck'):
                in_vehicle[area] = True
        road = small[..., RoadTeacher.ROAD] + small[..., RoadTeacher.MARKING]
        ground = small[..., RoadTeacher.BACKGROUND] > SURE_GROUND
        result = np.full((rows, columns), UNKNOWN, np.uint8)

        # What is neither road nor object: the network chooses among the rest.
        rest = likely.copy()
        for name in ('road', 'vehicle', 'person'):
            rest[index[name]] = 0
        highest = np.argmax((road > SURE_ROAD).any(1))
        rest[index['sky'], highest:] = 0
        rest[index['sky']] *= open_sky
        total = rest.sum(0)
        best = rest.argmax(0).astype(np.uint8)
        sure = (total > 0.3) & (rest.max(0) > SURE_BACKGROUND * np.maximum(total, 1e-6))
        sure[round(BONNET_FROM * rows) :] = False
        sure &= ground & ~in_box
        result[sure] = best[sure]
        result[(road > SURE_ROAD) & ~in_vehicle] = index['road']
        vehicle = in_vehicle & (likely[index['vehicle']] > SURE_VEHICLE)
        result[vehicle] = index['vehicle']
        return result

    def _lane_map(
        self, image: NDArray[np.uint8], shares: NDArray[np.float32], points: Points | None
    ) -> NDArray[np.uint8]:
        small = shares[::LABEL_STRIDE, ::LABEL_STRIDE]
        colors = cv2.cvtColor(image[::LABEL_STRIDE, ::LABEL_STRIDE], cv2.COLOR_BGR2HSV)
        marking = small[..., RoadTeacher.MARKING]
        result = np.full(marking.shape, UNKNOWN, np.uint8)
        result[marking < NO_MARKING] = self._lane.index('background')
        painted = (marking > SURE_MARKING).astype(np.uint8)
        count, parts, boxes, _ = cv2.connectedComponentsWithStats(painted)
        votes = np.zeros((count, 2), np.int64)
        if points is not None:
            part = parts[points.row, points.column]
            np.add.at(votes[:, 0], part[points.label == LINE], 1)
            np.add.at(votes[:, 1], part[np.isin(points.label, (STOP_LINE, OTHER_MARKING))], 1)
        for i in range(1, count):
            inside = parts == i
            hue, saturation, _ = np.median(colors[inside], axis=0)
            yellow = YELLOW_HUES[0] <= hue <= YELLOW_HUES[1] and saturation >= YELLOW_SATURATION
            _, _, wide, high, _ = boxes[i]
            crossing = wide > 4 * high and wide > 0.15 * marking.shape[1]
            name = 'yellow_line' if yellow else 'white_line'
            if votes[i, 1] > votes[i, 0] or (crossing and votes[i, 0] == 0):
                name = 'road_marking'
            result[inside] = self._lane.index(name)
        return result


def open_sky(rows: int, columns: int, picture: Picture) -> NDArray[np.bool_]:
    """Tell where sky may be: not below a point that a LiDAR hit, nor just beside one."""
    highest = np.full(columns, rows)
    if picture.points is not None:
        np.minimum.at(highest, picture.points.column, picture.points.row)
        highest = cv2.erode(highest.astype(np.float32)[None], np.ones((1, 13)))[0].astype(int)
    return np.asarray(np.arange(rows)[:, None] < highest)


def with_riders(seen: Seen) -> Seen:
    """Call a person above a bicycle or motorcycle a rider, as this package's classes do."""
    cycles = seen.boxes[[name in ('bike', 'motor') for name in seen.names]]
    names = []
    for box, name in zip(seen.boxes, seen.names):
        middle = (box[0] + box[2]) / 2
        above = (
            (cycles[:, 0] < middle)
            & (middle < cycles[:, 2])
            & (box[3] > cycles[:, 1])
            & (box[1] < cycles[:, 1])
        )
        names.append('rider' if name == 'person' and above.any() else name)
    return Seen(seen.boxes, seen.scores, tuple(names))


def _meets(box: NDArray[np.float32], others: NDArray[np.float32]) -> bool:
    low = np.maximum(box[:2], others[:, :2])
    high = np.minimum(box[2:], others[:, 2:])
    both = np.clip(high - low, 0, None).prod(1)
    return bool((both > KNOWN_OVERLAP * float((box[2:] - box[:2]).prod())).any())
