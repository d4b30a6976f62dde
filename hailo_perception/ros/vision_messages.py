# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""vision_msgs, where installed: the same objects and labels for every tool that speaks it."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Literal

import numpy as np

from hailo_perception.core.frame import Header
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import Detections
from hailo_perception.models.specification import ModelManifest
from hailo_perception.ros import headers

ClassIdFormat = Literal['name', 'id']

IS_AVAILABLE = find_spec('vision_msgs') is not None

if IS_AVAILABLE:
    from vision_msgs.msg import BoundingBox2D
    from vision_msgs.msg import Detection2D
    from vision_msgs.msg import Detection2DArray as Detection2DArray
    from vision_msgs.msg import LabelInfo as LabelInfo
    from vision_msgs.msg import ObjectHypothesis
    from vision_msgs.msg import ObjectHypothesisWithPose
    from vision_msgs.msg import VisionClass
    from vision_msgs.msg import VisionInfo as VisionInfo


def to_detection_array(
    detections: Detections, header: Header, class_id_format: ClassIdFormat = 'name'
) -> Detection2DArray:
    """List the objects; boxes in image pixels, class_id is the class's name or number.

    Positions are in the optical frame, whatever the nodes' target frame, because boxes are in its
    image; NaN, with a covariance of zeros, where unknown. The id is that of the object's track,
    empty where it has none.
    """
    track_ids = detections.track_ids
    covariances_m2 = np.zeros((len(detections), 6, 6))
    if detections.position_covariances_m2 is not None:
        known = np.isfinite(detections.position_covariances_m2).all(axis=(1, 2))
        covariances_m2[known, :3, :3] = detections.position_covariances_m2[known]
    message_header = headers.to_message(header)
    message = Detection2DArray(header=message_header)
    for box, class_id, score, position, covariance_m2, track_id in zip(
        detections.xyxy.tolist(),
        detections.class_ids.tolist(),
        detections.scores.tolist(),
        detections.positions_m.tolist(),
        covariances_m2.reshape(-1, 36),
        [0] * len(detections) if track_ids is None else track_ids.tolist(),
        strict=True,
    ):
        bounding_box = BoundingBox2D(size_x=box[2] - box[0], size_y=box[3] - box[1])
        bounding_box.center.position.x = (box[0] + box[2]) / 2
        bounding_box.center.position.y = (box[1] + box[3]) / 2
        hypothesis = ObjectHypothesisWithPose(
            hypothesis=ObjectHypothesis(
                class_id=str(class_id)
                if class_id_format == 'id'
                else detections.labels.name_of(class_id),
                score=score,
            )
        )
        place = hypothesis.pose.pose.position
        place.x, place.y, place.z = position
        hypothesis.pose.covariance = covariance_m2
        message.detections.append(
            Detection2D(
                header=message_header,
                results=[hypothesis],
                bbox=bounding_box,
                id=str(track_id) if track_id else '',
            )
        )
    return message


def to_label_info(labels: LabelSet, header: Header, threshold: float = 0.0) -> LabelInfo:
    """Name the class ids of a mask or of detections."""
    return LabelInfo(
        header=headers.to_message(header),
        class_map=[VisionClass(class_id=label.id, class_name=label.name) for label in labels],
        threshold=threshold,
    )


def to_vision_info(manifest: ModelManifest, version: int, header: Header) -> VisionInfo:
    """Say which model the results come from, and which file describes its classes.

    ``version`` rises with every change of the model.
    """
    return VisionInfo(
        header=headers.to_message(header),
        method=manifest.name,
        database_location=str(manifest.path),
        database_version=version,
    )
