# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a model manifest says, as values: the network's input, its tasks, its files."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import Literal

from hailo_perception.core.frame import ColorOrder
from hailo_perception.core.image_transform import Anchor
from hailo_perception.core.image_transform import ResizeMode
from hailo_perception.core.labels import LabelSet

Interpolation = Literal['nearest', 'linear', 'area']
DetectionDecoder = Literal['yolo_new_coords', 'yolox', 'hailo_nms']
SegmentationDecoder = Literal['argmax', 'scores']
ScoreKind = Literal['logits', 'probabilities']
DepthDecoder = Literal['linear', 'inverse', 'logarithmic']
NonMaximumSuppression = Literal['class_agnostic', 'per_class']


YOLOX_STRIDES = (8, 16, 32)
"""Input pixels per cell of YOLOX's grids, in the order of its flattened output."""


@dataclass(frozen=True, slots=True)
class InputSpecification:
    """How an image becomes the network's input.

    The network sees (pixel − mean) / scale per channel, in ``color_order``; a backend whose
    executable normalises on the device takes the pixels as they are.
    """

    width: int
    height: int
    color_order: ColorOrder = 'rgb'
    resize: ResizeMode = 'stretch'
    anchor: Anchor = 'center'
    interpolation: Interpolation = 'linear'
    padding_value: int = 114
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    scale: tuple[float, float, float] = (1.0, 1.0, 1.0)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.width, self.height


@dataclass(frozen=True, slots=True)
class DetectionSpecification:
    """Detection heads and how they are decoded.

    ``outputs`` are tensor names, finest stride first; ``anchors`` (width, height) in input
    pixels, one tuple per output (``yolo_new_coords`` only).
    """

    decoder: DetectionDecoder
    outputs: tuple[str, ...]
    labels: LabelSet
    anchors: tuple[tuple[tuple[float, float], ...], ...] = ()
    score_threshold: float = 0.3
    iou_threshold: float = 0.45
    nms: NonMaximumSuppression = 'class_agnostic'


@dataclass(frozen=True, slots=True)
class SegmentationSpecification:
    """A class map: ids from the device (``argmax``) or scores per class (argmax on the host).

    ``background`` is the class that means "nothing here" (lane maps), None for a map that
    labels every pixel. ``scores`` says what the scores are: their softmax is a probability, or
    they are probabilities; None where nobody said, and then how sure a class is stays unknown.
    """

    decoder: SegmentationDecoder
    output: str
    labels: LabelSet
    background: str | None = None
    scores: ScoreKind | None = None


@dataclass(frozen=True, slots=True)
class DepthSpecification:
    """How a value v within 0…1 becomes metres along the optical axis.

    ``linear``: v·maximum_m. ``inverse``: 1 / (1/maximum_m + v·(1/minimum_m − 1/maximum_m)).
    ``logarithmic``: minimum_m·(maximum_m/minimum_m)^v.
    The result is multiplied by f / ``focal_length_px``, f being the camera's horizontal focal
    length in network-input pixels: a network learns size in pixels, not metres. None switches
    that off. What lies outside ``valid_range_m`` before it is unknown, as the network cannot tell.
    """

    decoder: DepthDecoder
    output: str
    maximum_m: float
    minimum_m: float = 0.0
    focal_length_px: float | None = None
    valid_range_m: tuple[float, float] = (0.5, 120.0)


@dataclass(frozen=True, slots=True)
class ModelManifest:
    """One model: its files, input and tasks; a task it does not have is None."""

    name: str
    path: Path
    files: dict[str, Path]
    input: InputSpecification
    detection: DetectionSpecification | None = None
    semantic: SegmentationSpecification | None = None
    lane: SegmentationSpecification | None = None
    depth: DepthSpecification | None = None
    description: str = ''
    licence: str = ''
    attribution: str = ''
    metrics: dict[str, float] = field(default_factory=dict)
