# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Manifests for TIER IV's LightNet executables, which carry none.

Their programs tell outputs apart by rule: a name that contains ``/argmax`` is a class map, the
first one semantic and the later ones lanes; of the rest, one channel is depth and more are
detection heads. Sources: the published network configurations and the demo's defaults.
"""

from __future__ import annotations

from pathlib import Path

from hailo_perception.core.cityscapes import TRAINING_CLASSES
from hailo_perception.core.errors import ManifestError
from hailo_perception.core.labels import Label
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.models.binding import BOX_CHANNELS
from hailo_perception.models.specification import DepthSpecification
from hailo_perception.models.specification import DetectionSpecification
from hailo_perception.models.specification import InputSpecification
from hailo_perception.models.specification import ModelManifest
from hailo_perception.models.specification import SegmentationSpecification

Anchors = tuple[tuple[tuple[float, float], ...], ...]

CLASS_MAP_MARK = '/argmax'
SCORE_THRESHOLD = 0.2
IOU_THRESHOLD = 0.45
MAXIMUM_DEPTH_M = 120.0

ANCHORS_OF_960X960: Anchors = (
    ((10, 14), (22, 22), (15, 49), (35, 36), (56, 52)),
    ((38, 106), (92, 73), (114, 118), (102, 264), (201, 143)),
    ((272, 232), (415, 278), (274, 476), (522, 616), (968, 730)),
)
"""Five for each scale, (width, height) in input pixels: the multitask network of the demo."""

ANCHORS_OF_1280X960: Anchors = (
    ((7, 14), (17, 21), (11, 38)),
    ((31, 40), (21, 84), (57, 69)),
    ((87, 130), (148, 198), (215, 337)),
)
"""Three for each scale, (width, height) in input pixels: the published detection network."""

_PUBLISHED: tuple[tuple[tuple[int, int], Anchors], ...] = (
    ((960, 960), ANCHORS_OF_960X960),
    ((1280, 960), ANCHORS_OF_1280X960),
)
"""Input (width, height) and anchors of the networks that are published."""

_HEAD_COUNT = 3
"""One for each scale."""

_INPUT_OF_PIXELS = 'image'
"""What training.export calls the input of a network that divides by 255 itself."""

OBJECT_LABELS = LabelSet(
    (
        Label(0, 'car', (0, 0, 142)),
        Label(1, 'bus', (0, 60, 100)),
        Label(2, 'person', (220, 20, 60)),
        Label(3, 'bike', (119, 11, 32)),
        Label(4, 'truck', (0, 0, 70)),
        Label(5, 'motor', (0, 0, 230)),
        Label(6, 'train', (0, 80, 100)),
        Label(7, 'rider', (255, 0, 0)),
        Label(8, 'traffic_sign', (220, 220, 0)),
        Label(9, 'traffic_light', (250, 170, 30)),
    )
)
"""BDD100K's classes in the order of these networks."""

SEMANTIC_LABELS = LabelSet((*TRAINING_CLASSES, Label(19, 'void', (0, 0, 0))))
"""Cityscapes' training classes and colours, and one class for the rest."""

LANE_LABELS = LabelSet(
    (
        Label(0, 'background', (0, 0, 0)),
        Label(1, 'lane_line', (255, 255, 0)),
        Label(2, 'lane_line_other', (0, 255, 255)),
    )
)
"""The demo's lane map has three classes, whose meaning is not published: names are ours."""


def propose_manifest(
    path: str | Path,
    files: dict[str, Path],
    inputs: tuple[TensorInfo, ...],
    outputs: tuple[TensorInfo, ...],
    *,
    object_labels: LabelSet = OBJECT_LABELS,
    semantic_labels: LabelSet = SEMANTIC_LABELS,
    lane_labels: LabelSet = LANE_LABELS,
) -> ModelManifest:
    """Describe a LightNet executable by TIER IV's rule, ready for write_manifest.

    Class maps after the first two stay unused. Class lists, depth range, scale of the input
    and anchors, scaled to the size of the input, are those of the published networks and cannot
    be read from the executable: look them over. An input called ``image`` takes pixels, as
    training.export writes it. The focal length of training is not published, so depth is not
    adapted to the camera.
    ManifestError when the outputs cannot come from such a network.
    """
    path = Path(path)
    if len(inputs) != 1:
        raise ManifestError(f'{path}: a LightNet has one input, found {len(inputs)}')
    class_maps = [info for info in outputs if CLASS_MAP_MARK in info.name]
    others = [info for info in outputs if CLASS_MAP_MARK not in info.name]
    depths = [info for info in others if info.channels == 1]
    heads = sorted(
        (info for info in others if info.channels != 1),
        key=lambda info: info.width * info.height,
        reverse=True,
    )
    if len(depths) > 1:
        raise ManifestError(
            f'{path}: a LightNet has one depth map, found {", ".join(map(str, depths))}'
        )
    if not outputs:
        raise ManifestError(f'{path}: the network has no outputs')
    (image,) = inputs
    size = image.width, image.height
    published_size, anchors = _published(path, heads, object_labels) if heads else (size, ())
    # TIER IV's executable divides by 255 itself; their ONNX file is fed with the quotient.
    scale = 1.0 if image.name == _INPUT_OF_PIXELS else 255.0
    return ModelManifest(
        name=path.stem,
        path=path,
        files=dict(files),
        input=InputSpecification(*size, interpolation='nearest', scale=(scale, scale, scale)),
        detection=_detection(heads, object_labels, _scaled(anchors, published_size, size)),
        semantic=_class_map(class_maps, 0, semantic_labels),
        lane=_class_map(class_maps, 1, lane_labels, lane_labels.labels[0].name),
        depth=DepthSpecification('linear', depths[0].name, MAXIMUM_DEPTH_M) if depths else None,
        description='Proposed from the outputs of a TIER IV LightNet'
        + _scaling(published_size, size)
        + '; no file tells classes, anchors, the range of depth and the scale of the input: '
        'look them over.',
    )


def _published(
    path: Path, heads: list[TensorInfo], labels: LabelSet
) -> tuple[tuple[int, int], Anchors]:
    """Find the published network that has such heads, finest first: its size and anchors."""
    per_anchor = BOX_CHANNELS + len(labels)
    for size, anchors in _PUBLISHED:
        if [head.channels for head in heads] == [len(scale) * per_anchor for scale in anchors]:
            return size, anchors
    advice = 'pass the object labels of this network'
    if len(heads) != _HEAD_COUNT:
        advice = (
            'if scores of a class map are among them, export it as ids, with '
            f'{CLASS_MAP_MARK} in its name (training.export --class-maps argmax), or write the '
            'manifest by hand'
        )
    raise ManifestError(
        f'{path}: expected three detection heads of {5 * per_anchor} or {3 * per_anchor} channels '
        f'(5 or 3 anchors × ({BOX_CHANNELS} + {len(labels)} classes)), found '
        f'{", ".join(map(str, heads))}; {advice}'
    )


def _detection(
    heads: list[TensorInfo], labels: LabelSet, anchors: Anchors
) -> DetectionSpecification | None:
    if not heads:
        return None
    return DetectionSpecification(
        decoder='yolo_new_coords',
        outputs=tuple(head.name for head in heads),
        labels=labels,
        anchors=anchors,
        score_threshold=SCORE_THRESHOLD,
        iou_threshold=IOU_THRESHOLD,
    )


def _scaled(anchors: Anchors, origin: tuple[int, int], size: tuple[int, int]) -> Anchors:
    if size == origin:
        return anchors
    x, y = size[0] / origin[0], size[1] / origin[1]
    return tuple(
        tuple((round(width * x, 1), round(height * y, 1)) for width, height in scale)
        for scale in anchors
    )


def _scaling(origin: tuple[int, int], size: tuple[int, int]) -> str:
    if size == origin:
        return ''
    return f', whose anchors for {origin[0]}×{origin[1]} are scaled to {size[0]}×{size[1]}'


def _class_map(
    class_maps: list[TensorInfo], index: int, labels: LabelSet, background: str | None = None
) -> SegmentationSpecification | None:
    if index >= len(class_maps):
        return None
    return SegmentationSpecification('argmax', class_maps[index].name, labels, background)
