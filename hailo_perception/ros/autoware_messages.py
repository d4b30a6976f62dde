# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Objects and masks as Autoware's camera fusion takes them; its messages where installed."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
from sensor_msgs.msg import Image
from sensor_msgs.msg import RegionOfInterest

from hailo_perception.core.errors import MissingDependencyError
from hailo_perception.core.frame import Header
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import Detections
from hailo_perception.core.run_length import encode_runs
from hailo_perception.ros import headers
from hailo_perception.ros.images import fill_bytes
from hailo_perception.tasks.autoware_classes import AutowareClasses
from hailo_perception.tasks.autoware_classes import IGNORED

IS_AVAILABLE = all(
    find_spec(package) is not None
    for package in ('tier4_perception_msgs', 'autoware_perception_msgs')
)

if IS_AVAILABLE:
    from autoware_perception_msgs.msg import DetectedObject
    from autoware_perception_msgs.msg import ObjectClassification
    from tier4_perception_msgs.msg import DetectedObjectsWithFeature as DetectedObjectsWithFeature
    from tier4_perception_msgs.msg import DetectedObjectWithFeature
    from tier4_perception_msgs.msg import Feature


def require_messages() -> None:
    """MissingDependencyError names the packages when they are not installed."""
    if not IS_AVAILABLE:
        raise MissingDependencyError(
            'tier4_perception_msgs',
            'for autoware/objects',
            'build tier4_perception_msgs and autoware_perception_msgs in your workspace (they '
            "come with Autoware) and source it, or leave 'autoware/objects' out of the outputs",
        )


def to_autoware_objects(
    detections: Detections, classes: AutowareClasses, image_size: tuple[int, int], header: Header
) -> DetectedObjectsWithFeature:
    """List the objects with whole-pixel regions inside the image of (width, height).

    The existence probability is the score, the classification is certain; objects of ignored
    classes and those outside the image are left out.
    """
    labels = classes.object_table(detections.labels)[detections.class_ids]
    corners = np.concatenate(
        (np.floor(detections.xyxy[:, :2]), np.ceil(detections.xyxy[:, 2:])), axis=1
    )
    corners = np.clip(corners, 0, np.tile(image_size, 2)).astype(np.int64)
    sizes = corners[:, 2:] - corners[:, :2]
    told = (labels != IGNORED) & (sizes > 0).all(axis=1)
    return DetectedObjectsWithFeature(
        header=headers.to_message(header),
        feature_objects=[
            DetectedObjectWithFeature(
                object=DetectedObject(
                    existence_probability=score,
                    classification=[ObjectClassification(label=label, probability=1.0)],
                ),
                feature=Feature(
                    roi=RegionOfInterest(x_offset=left, y_offset=top, width=width, height=height)
                ),
            )
            for label, score, (left, top, _, _), (width, height) in zip(
                labels[told].tolist(),
                detections.scores[told].tolist(),
                corners[told].tolist(),
                sizes[told].tolist(),
                strict=True,
            )
        ],
    )


def to_autoware_mask(semantic: ClassMap, classes: AutowareClasses, header: Header) -> Image:
    """Encode a class map as Autoware's tensorrt_yolox does: runs in an image that says mono8.

    Height, width and step are the mask's; the data are RUN_DTYPE, not pixels.
    """
    ids = classes.mask_table(semantic.labels)[semantic.ids]
    message = Image(
        header=headers.to_message(header),
        height=ids.shape[0],
        width=ids.shape[1],
        encoding='mono8',
        step=ids.shape[1],
    )
    fill_bytes(message, encode_runs(ids))
    return message
