# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Objects from the tensors of detection heads."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.core.results import Detections
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.kernels import Kernels
from hailo_perception.kernels import load_kernels
from hailo_perception.models.specification import DetectionSpecification
from hailo_perception.tasks.detection_heads import head_reader

MAXIMUM_OBJECTS = 300


class DetectionDecoder:
    """Decodes the heads of one network; may be used by several threads at once.

    ``infos`` describe the tensors in the order of ``specification.outputs``; ``input_size`` is
    the network's (width, height). With ``every_class`` one prediction may be several objects, one
    of each class that passes. ConfigurationError when shapes, anchors and labels do not fit.
    """

    def __init__(
        self,
        specification: DetectionSpecification,
        infos: Sequence[TensorInfo],
        input_size: tuple[int, int],
        *,
        every_class: bool = False,
        kernels: Kernels | None = None,
    ) -> None:
        self._specification = specification
        self._kernels = kernels or load_kernels()
        self._reader = head_reader(
            specification, infos, input_size, self._kernels, every_class=every_class
        )
        self._class_ids = np.array([label.id for label in specification.labels], np.int32)

    def decode(
        self,
        tensors: Mapping[str, NDArray[Any]],
        transform: ImageTransform,
        *,
        score_threshold: float | None = None,
        iou_threshold: float | None = None,
        maximum_objects: int = MAXIMUM_OBJECTS,
    ) -> tuple[Detections, int]:
        """Find the objects of one frame, the best first, equals in the heads' order.

        Boxes are clipped to the image; what has no area in it is dropped. Thresholds left out
        are the specification's. The second value counts the candidates that were thrown away
        because they were NaN or infinite. NetworkOutputError for missing or misshapen tensors.
        """
        if score_threshold is None:
            score_threshold = self._specification.score_threshold
        if iou_threshold is None:
            iou_threshold = self._specification.iou_threshold
        found = self._reader.read(tensors, score_threshold)
        objects = self._kernels.select_objects(
            found,
            transform,
            per_class=self._specification.nms == 'per_class',
            iou_threshold=iou_threshold,
            maximum=maximum_objects,
        )
        detections = Detections.without_positions(
            self._specification.labels,
            objects.boxes,
            # A quantised 1 may lie a step above it.
            np.minimum(objects.scores, 1),
            self._class_ids[objects.classes],
        )
        return detections, found.non_finite + objects.non_finite
