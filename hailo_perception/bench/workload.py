# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What the benchmarks work on: a rendered street as the tensors that LightNet would give for it.

The scene's oracle writes one perfect prediction for each object. A real network gives a cloud of
weaker ones around it and weak noise everywhere else; both are added here from a fixed seed, so
that scanning, decoding and suppression have as much to do as with a camera.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.core.quantization import Quantization
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.models.binding import bind
from hailo_perception.models.binding import BoundModel
from hailo_perception.models.specification import DepthSpecification
from hailo_perception.models.specification import DetectionSpecification
from hailo_perception.models.specification import InputSpecification
from hailo_perception.models.specification import ModelManifest
from hailo_perception.models.specification import SegmentationSpecification
from hailo_perception.models.tier4 import ANCHORS_OF_960X960
from hailo_perception.models.tier4 import IOU_THRESHOLD
from hailo_perception.models.tier4 import MAXIMUM_DEPTH_M
from hailo_perception.models.tier4 import OBJECT_LABELS
from hailo_perception.models.tier4 import SCORE_THRESHOLD
from hailo_perception.models.tier4 import SEMANTIC_LABELS
from hailo_perception.scenes import DrivingScene
from hailo_perception.scenes import SceneFrame
from hailo_perception.scenes.labels import LANE_LABELS
from hailo_perception.scenes.oracle import encode_truth
from hailo_perception.scenes.oracle import Truth

SCENE_SEED = 7
"""A street with 51 objects that are big enough for the network, and six lane lines."""
SCENE_TIME_S = 12.0
HEADS = ('detect_8', 'detect_16', 'detect_32')
SEMANTIC, LANE, DEPTH = 'semantic', 'lane', 'depth'
MAP_STRIDE = 2
_LARGEST_STRIDE = 32
"""Input pixels per pixel of the masks and the depth map."""

_SMALLEST_OBJECT_PX = 6.0
"""In the network's input; smaller ones are not seen by a network of this kind."""
_COPIES = (6, 30)
"""Predictions around the smallest and around the biggest objects."""
_PLACE_JITTER = 0.05
_SIZE_JITTER = 0.08
_OBJECTNESS = (0.25, 1.0)
_CLASS_SCORE = (0.35, 1.0)
_NOISE_OBJECTNESS = 0.12
_NOISE_CLASS_SCORE = 0.3
_FEATURES = 5 + len(OBJECT_LABELS)


@dataclass(frozen=True, slots=True)
class WorkloadSize:
    """Side of the square network input, a multiple of 32, and (width, height) of the picture."""

    input_side: int = 960
    picture: tuple[int, int] = (1440, 960)

    def __post_init__(self) -> None:
        """Refuse a side that the network's strides do not divide with ConfigurationError."""
        if self.input_side < _LARGEST_STRIDE or self.input_side % _LARGEST_STRIDE:
            raise ConfigurationError(
                f'--input-side must be a multiple of {_LARGEST_STRIDE}, {_LARGEST_STRIDE} or '
                f'more, got {self.input_side}'
            )


FULL_SIZE = WorkloadSize()
"""TIER IV's: heads 120, 60 and 30 × 75 channels, masks and depth 480×480, picture 1440×960."""


@dataclass(frozen=True, slots=True)
class Workload:
    """One frame: the model, what its network gave, and the picture it was given for.

    ``tensors`` maps output names to (H, W, C) arrays; ``picture`` is (H, W, 3) BGR uint8;
    ``truth_boxes`` counts the objects that are to be found.
    """

    model: BoundModel
    tensors: Mapping[str, NDArray[Any]]
    transform: ImageTransform
    picture: NDArray[np.uint8]
    camera: CameraModel
    truth_boxes: int

    @property
    def manifest(self) -> ModelManifest:
        """The manifest of the model."""
        return self.model.manifest


def make_workload(code_type: str, size: WorkloadSize = FULL_SIZE) -> Workload:
    """Make the frame with heads and depth in ``uint8`` or ``uint16`` codes; masks are uint8."""
    dtype = np.dtype(code_type)
    frame = render_street(size.picture)
    manifest = lightnet_manifest(size.input_side)
    truth_boxes, real = _real_tensors(size)
    codes = Quantization(scale=1 / np.iinfo(dtype).max)
    infos, tensors = [], {}
    for info in _float_infos(size.input_side):
        if info.name in (SEMANTIC, LANE):
            infos.append(TensorInfo(info.name, info.shape, np.dtype(np.uint8)))
            tensors[info.name] = real[info.name].astype(np.uint8)
        else:
            infos.append(TensorInfo(info.name, info.shape, dtype, codes))
            tensors[info.name] = codes.quantize(real[info.name], dtype)
    image = TensorInfo('image', (size.input_side, size.input_side, 3), np.dtype(np.uint8))
    return Workload(
        model=bind(manifest, (image,), tuple(infos)),
        tensors=tensors,
        transform=ImageTransform.stretch(size.picture, manifest.input.size),
        picture=frame.image,
        camera=frame.camera,
        truth_boxes=truth_boxes,
    )


@lru_cache(maxsize=4)
def render_street(picture_size: tuple[int, int]) -> SceneFrame:
    """Render the street of the benchmarks, (width, height); always the same."""
    scene = DrivingScene(SCENE_SEED)
    return scene.render(SCENE_TIME_S, scene.random_camera(*picture_size))


def lightnet_manifest(input_side: int) -> ModelManifest:
    """Describe the multitask LightNet for a square input; it has no files."""
    return ModelManifest(
        name=f'lightnet_{input_side}',
        path=Path(f'lightnet_{input_side}.yaml'),
        files={},
        input=InputSpecification(input_side, input_side),
        detection=DetectionSpecification(
            decoder='yolo_new_coords',
            outputs=HEADS,
            labels=OBJECT_LABELS,
            anchors=ANCHORS_OF_960X960,
            score_threshold=SCORE_THRESHOLD,
            iou_threshold=IOU_THRESHOLD,
        ),
        semantic=SegmentationSpecification('argmax', SEMANTIC, SEMANTIC_LABELS),
        lane=SegmentationSpecification('argmax', LANE, LANE_LABELS, background='background'),
        depth=DepthSpecification('linear', DEPTH, MAXIMUM_DEPTH_M),
    )


def _float_infos(input_side: int) -> tuple[TensorInfo, ...]:
    real = np.dtype(np.float32)
    heads = [
        TensorInfo(name, (input_side // stride, input_side // stride, 5 * _FEATURES), real)
        for name, stride in zip(HEADS, (8, 16, 32), strict=True)
    ]
    side = input_side // MAP_STRIDE
    maps = [TensorInfo(name, (side, side, 1), real) for name in (SEMANTIC, LANE, DEPTH)]
    return (*heads, *maps)


@lru_cache(maxsize=2)
def _real_tensors(size: WorkloadSize) -> tuple[int, Mapping[str, NDArray[np.float32]]]:
    """Encode the street as real values; also tells how many objects are in it."""
    frame = render_street(size.picture)
    transform = ImageTransform.stretch(size.picture, (size.input_side, size.input_side))
    random = np.random.default_rng(SCENE_SEED)
    in_input = transform.boxes_to_input(frame.objects.xyxy)
    extent = (in_input[:, 2:] - in_input[:, :2]).min(axis=1)
    seen = extent >= _SMALLEST_OBJECT_PX
    boxes, class_ids = frame.objects.xyxy[seen], frame.objects.class_ids[seen]
    copies = np.clip(extent[seen] / 2, *_COPIES).astype(np.intp)
    tensors = encode_truth(
        Truth(
            boxes=_jittered(np.repeat(boxes, copies, axis=0), random),
            class_ids=np.repeat(class_ids, copies),
            semantic=frame.semantic,
            lane=frame.lane,
            depth_m=frame.depth_m,
        ),
        lightnet_manifest(size.input_side),
        _float_infos(size.input_side),
        transform,
    )
    for name in HEADS:
        tensors[name] = _weakened(tensors[name], random)
    return len(boxes), tensors


def _jittered(boxes: NDArray[np.float32], random: np.random.Generator) -> NDArray[np.float32]:
    """Move and resize boxes (N, 4) by a few per cent of their own size."""
    sizes = boxes[:, 2:] - boxes[:, :2]
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    centres = centres + sizes * random.normal(0, _PLACE_JITTER, sizes.shape)
    halves = sizes / 2 * np.exp(random.normal(0, _SIZE_JITTER, sizes.shape))
    return np.concatenate((centres - halves, centres + halves), axis=1).astype(np.float32)


def _weakened(head: NDArray[Any], random: np.random.Generator) -> NDArray[np.float32]:
    """Lower the certain predictions of a head to scores that vary; noise in all others."""
    grid = head.reshape(-1, _FEATURES)
    objects = grid[:, 4] > 0
    count = int(objects.sum())
    noise = random.random(grid.shape, np.float32)
    noise[:, 4] *= _NOISE_OBJECTNESS
    noise[:, 5:] *= _NOISE_CLASS_SCORE
    weak = grid[objects]
    weak[:, 4] = random.uniform(*_OBJECTNESS, count)
    weak[:, 5:] *= random.uniform(*_CLASS_SCORE, (count, 1))
    weak[:, 5:] = np.maximum(weak[:, 5:], noise[objects, 5:] / 2)
    noise[objects] = weak
    return noise.reshape(head.shape)
