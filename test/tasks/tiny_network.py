# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A network of a few pixels with all four tasks, what it saw, and what is made of that."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import fields
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.frame import Frame
from hailo_perception.core.frame import Header
from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import Output
from hailo_perception.core.results import Perception
from hailo_perception.core.tensors import RawOutputs
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.models.binding import bind
from hailo_perception.models.binding import BoundModel
from hailo_perception.models.specification import DepthSpecification
from hailo_perception.models.specification import DetectionSpecification
from hailo_perception.models.specification import InputSpecification
from hailo_perception.models.specification import ModelManifest
from hailo_perception.models.specification import SegmentationSpecification
from hailo_perception.tasks.camera_profile import CameraProfile
from hailo_perception.tasks.postprocess import Postprocessor
from hailo_perception.tasks.settings import PostprocessSettings

OBJECTS = LabelSet.from_names('car', 'person')
SEMANTIC = LabelSet.from_names('road', 'car')
LANE = LabelSet.from_names('background', 'white_line')
INPUT_SIZE = (64, 48)
IMAGE_SIZE = (128, 96)
TRANSFORM = ImageTransform.stretch(IMAGE_SIZE, INPUT_SIZE)
CAMERA = CameraModel(*IMAGE_SIZE, 90, 90, 63.5, 47.5)
HEADER = Header(7, 'optical')
EVERYTHING = frozenset(Output)

TASKS = {
    'detection': DetectionSpecification(
        'yolo_new_coords', ('heads',), OBJECTS, anchors=(((16.0, 16.0),),)
    ),
    'semantic': SegmentationSpecification('scores', 'semantic', SEMANTIC, scores='logits'),
    'lane': SegmentationSpecification('argmax', 'lane', LANE, background='background'),
    'depth': DepthSpecification('linear', 'depth', 100.0),
}
INFOS = {
    'detection': TensorInfo('heads', (6, 8, 7), np.dtype(np.float32)),
    'semantic': TensorInfo('semantic', (24, 32, 2), np.dtype(np.float32)),
    'lane': TensorInfo('lane', (24, 32, 1), np.dtype(np.uint8)),
    'depth': TensorInfo('depth', (24, 32, 1), np.dtype(np.float32)),
}

_GIVEN = {'camera', 'header', 'image_size', 'camera_model', 'withheld'}


def model_with(*tasks: str) -> BoundModel:
    """Make the model with these tasks only."""
    manifest = ModelManifest(
        'tiny',
        Path('tiny.yaml'),
        {},
        InputSpecification(*INPUT_SIZE),
        **{task: TASKS[task] for task in tasks},
    )
    image = TensorInfo('image', (INPUT_SIZE[1], INPUT_SIZE[0], 3), np.dtype(np.uint8))
    return bind(manifest, (image,), tuple(INFOS[task] for task in tasks))


def model_whose(
    task: str, specification: Any = None, info: TensorInfo | None = None
) -> BoundModel:
    """Make the model with all tasks; one is specified otherwise, or comes as another tensor."""
    model = model_with(*TASKS)
    return replace(
        model,
        manifest=replace(model.manifest, **{task: specification or TASKS[task]}),
        **{task: info or INFOS[task]},
    )


def tensors() -> dict[str, np.ndarray]:
    """A car 20 m ahead in the middle, on a road with one line."""
    heads = np.zeros((6, 8, 7), np.float32)
    heads[3, 4] = (0.25, 0.25, 0.5, 0.5, 0.9, 1.0, 0.0)
    semantic = np.full((24, 32, 2), (2.0, 0.0), np.float32)
    lane = np.zeros((24, 32, 1), np.uint8)
    lane[12:, 8] = 1
    depth = np.full((24, 32, 1), 0.2, np.float32)
    return {'heads': heads, 'semantic': semantic, 'lane': lane, 'depth': depth}


def front_frame(camera_model: CameraModel | None = CAMERA) -> Frame:
    """Make a frame of the camera 'front'."""
    picture = np.zeros((*IMAGE_SIZE[::-1], 3), np.uint8)
    return Frame('front', HEADER, picture, 'bgr', camera_model)


def run(
    wanted: Set[Output],
    *,
    model: BoundModel | None = None,
    camera_model: CameraModel | None = CAMERA,
    settings: PostprocessSettings | None = None,
    profile: CameraProfile | None = None,
    **changed: np.ndarray,
) -> Perception:
    """Postprocess one frame, some of whose tensors are changed."""
    postprocessor = Postprocessor(model or model_with(*TASKS), settings)
    if profile is not None:
        postprocessor.profiles = {'front': profile}
    raw = RawOutputs({**tensors(), **changed}, release=lambda: pytest.fail('released'))
    return postprocessor.run(front_frame(camera_model), TRANSFORM, raw, frozenset(wanted))


def made(perception: Perception) -> set[str]:
    """Name the parts of a result that are there."""
    parts = {item.name for item in fields(Perception)} - _GIVEN
    return {part for part in parts if getattr(perception, part) is not None}
