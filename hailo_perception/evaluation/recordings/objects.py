# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Labelled boxes as the true objects of a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import math

import numpy as np

from hailo_perception.evaluation.labelled import ANY_CLASS
from hailo_perception.evaluation.labelled import TrueObjects
from hailo_perception.evaluation.recordings.class_names import IGNORED
from hailo_perception.evaluation.recordings.cuboids import SeenCuboid
from hailo_perception.scenes import OBJECT_LABELS


@dataclass(frozen=True, slots=True)
class LabelledBox:
    """One box in edge coordinates; ``name`` is one of OBJECT_LABELS or IGNORED.

    An ignored box without a class of ours is a region for any class.
    """

    name: str
    xyxy: tuple[float, float, float, float]
    visibility: float = 1.0
    distance_m: float = math.nan
    is_ignored: bool = False

    @classmethod
    def of_cuboid(cls, name: str, seen: SeenCuboid) -> LabelledBox:
        """Label the visible part of a cuboid; one that nothing proves may be found or not."""
        return cls(name, seen.xyxy, seen.visibility, seen.distance_m, not seen.is_proven)


def true_objects(boxes: Sequence[LabelledBox], size: tuple[int, int]) -> TrueObjects:
    """Gather boxes, clipped to a picture (width, height); those outside are left out."""
    limits = np.tile(size, 2)
    xyxy = np.clip(np.array([box.xyxy for box in boxes], np.float32).reshape(-1, 4), 0, limits)
    is_inside = np.all(xyxy[:, 2:] > xyxy[:, :2], axis=1)
    shown = [boxes[i] for i in np.flatnonzero(is_inside).tolist()]
    ids = [ANY_CLASS if box.name == IGNORED else OBJECT_LABELS.id_of(box.name) for box in shown]
    return TrueObjects(
        xyxy=xyxy[is_inside].astype(np.float32),
        class_ids=np.array(ids, np.int32),
        visibility=np.array([box.visibility for box in shown], np.float32),
        distance_m=np.array([box.distance_m for box in shown], np.float32),
        is_ignored=np.array([box.is_ignored or box.name == IGNORED for box in shown], bool),
    )
