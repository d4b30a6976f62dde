# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What each task is trained to make small, and how much each counts."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
import math

import torch
from torch import Tensor
from torch.nn import functional

from training.dataset import Batch
from training.description import ClassDescription
from training.description import DepthRange
from training.description import NetworkDescription
from training.targets import assign
from training.targets import box_overlap
from training.targets import decode_boxes
from training.targets import flatten
from training.targets import Grid
from training.targets import ignored_cells
from training.targets import make_grid

IGNORED = 255
NO_CLASS = -1
"""The id of a class that a network lacks; no pixel has it."""

LARGEST_LOG_RATIO = 1.5
"""Depths found more than e^1.5 times too far are drawn back no harder than at that ratio."""


def _usual_semantic() -> Mapping[str, float]:
    return {'sidewalk': 1.5, 'pole': 2.0, 'person': 1.5, 'vehicle': 1.2}


def _usual_lane() -> Mapping[str, float]:
    return {'white_line': 4.0, 'yellow_line': 4.0, 'road_marking': 4.0}


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part counts in the sum; chosen so that each is of the order of one.

    Classes go by name, so that networks may have others; one without an entry counts 1.
    """

    box: float = 5.0
    objectness: float = 1.0
    label: float = 1.0
    semantic: float = 2.0
    lane: float = 1.0
    lane_overlap: float = 1.0
    depth: float = 18.0
    depth_shape: float = 5.0
    sky_depth: float = 0.1
    semantic_classes: Mapping[str, float] = field(default_factory=_usual_semantic)
    lane_classes: Mapping[str, float] = field(default_factory=_usual_lane)


def multitask_loss(
    outputs: dict[str, Tensor],
    batch: Batch,
    description: NetworkDescription,
    weights: Weights = Weights(),
) -> dict[str, Tensor]:
    """Compute every task's loss, weighted, by name; their sum is what training reduces.

    ``outputs`` are the network's values before the last activation. NotImplementedError for
    YOLOX heads: training knows anchor heads only.
    """
    if description.decoupled:
        raise NotImplementedError(
            f'{description.name}: YOLOX heads can be built and exported, not trained here; '
            'train them with YOLOX itself and load its weights'
        )
    losses: dict[str, Tensor] = {}
    if description.detection:
        grid = make_grid(description.detection, batch.image.shape[3], batch.image.shape[2])
        heads = [outputs[f'detect_{s}'] for s in description.detection.strides]
        losses.update(detection_loss(flatten(heads, grid), batch, grid, weights))
    if description.semantic:
        x = outputs['semantic']
        by_class = class_weights(x, description.semantic_classes, weights.semantic_classes)
        losses['semantic'] = weights.semantic * functional.cross_entropy(
            x, batch.semantic, by_class, ignore_index=IGNORED
        )
    if description.lane:
        losses.update(lane_loss(outputs['lane'], batch.lane, description.lane_classes, weights))
    if description.depth and description.depth_range:
        names = [c.name for c in description.semantic_classes]
        sky = names.index('sky') if 'sky' in names else NO_CLASS
        losses.update(depth_loss(outputs['depth'], batch, description.depth_range, sky, weights))
    return losses


def detection_loss(x: Tensor, batch: Batch, grid: Grid, weights: Weights) -> dict[str, Tensor]:
    """CIoU of the boxes, BCE of objectness (target: the IoU) and of the classes.

    ``x`` (N, P, 5 + classes) before the sigmoid. All are sums over the batch divided by the
    number of answering predictions, as in YOLOX.
    """
    values = x.sigmoid()
    matched = assign(values.detach(), batch.objects, grid)
    count = max(len(matched.object), 1)
    own = x[matched.image, matched.prediction]
    boxes = decode_boxes(own[:, :4].sigmoid(), grid, matched.prediction)
    wanted = batch.objects.box[matched.object]
    overlap = box_overlap(boxes, wanted, complete=True)
    objectness = torch.zeros_like(x[..., 4])
    objectness[matched.image, matched.prediction] = overlap.detach().clamp(0, 1)
    counts = ~ignored_cells(batch.ignored.image, batch.ignored.box, grid, len(x))
    counts[matched.image, matched.prediction] = True
    per_cell = functional.binary_cross_entropy_with_logits(x[..., 4], objectness, reduction='none')
    label = functional.one_hot(batch.objects.label[matched.object], x.shape[2] - 5).to(x.dtype)
    return {
        'box': weights.box * (1 - overlap).sum() / count,
        'objectness': weights.objectness * (per_cell * counts).sum() / count,
        'label': weights.label
        * functional.binary_cross_entropy_with_logits(own[:, 5:], label, reduction='sum')
        / count,
    }


def class_weights(
    x: Tensor, classes: Sequence[ClassDescription], by_name: Mapping[str, float]
) -> Tensor:
    """Give the weight of each class, (C,) of the type of ``x``; 1 where no name tells it."""
    return x.new_tensor([by_name.get(c.name, 1.0) for c in classes])


def lane_loss(
    x: Tensor, target: Tensor, classes: Sequence[ClassDescription], weights: Weights
) -> dict[str, Tensor]:
    """Weighted cross-entropy, and 1 − Dice per marking class: lines are thin and rare."""
    by_class = class_weights(x, classes, weights.lane_classes)
    entropy = functional.cross_entropy(x, target, by_class, ignore_index=IGNORED)
    known = target != IGNORED
    likely = x.softmax(1) * known[:, None]
    truth = functional.one_hot(target * known, x.shape[1]).movedim(-1, 1) * known[:, None]
    both = (likely * truth).sum((0, 2, 3))[1:]
    either = (likely + truth).sum((0, 2, 3))[1:]
    present = truth.sum((0, 2, 3))[1:] > 0
    dice = 1 - (2 * both + 1) / (either + 1)
    overlap = (dice * present).sum() / present.sum().clamp(min=1)
    return {'lane': weights.lane * entropy, 'lane_overlap': weights.lane_overlap * overlap}


def depth_loss(
    x: Tensor, batch: Batch, depth_range: DepthRange, sky: int, weights: Weights
) -> dict[str, Tensor]:
    """The relative error, and the spread of the logarithm's within each picture (Eigen 2014).

    The relative error |d − t| / t is what is judged. Where an edge may be near or far it favours
    near, unlike the logarithm's: an obstacle is rather seen too close than overlooked.
    Every picture with known depth counts alike, whether a LiDAR knows some of its pixels or a
    scene all. The sky is drawn, weakly, to the far end, so that it falls outside the valid range.
    """
    value = x[:, 0].sigmoid()
    span = math.log(depth_range.maximum_m / depth_range.minimum_m)
    known = batch.depth.isfinite() & (batch.depth > 0)
    meters = torch.where(known, batch.depth, 1.0).clamp(
        depth_range.minimum_m, depth_range.maximum_m
    )
    error = (value - (meters / depth_range.minimum_m).log() / span) * known
    pixels = known.sum((1, 2)).clamp(min=1)
    mean = error.sum((1, 2)) / pixels
    spread = error.square().sum((1, 2)) / pixels - 0.85 * mean.square()
    far = batch.semantic == sky
    measured = known.any(2).any(1)
    # Of the size of the logarithm's error where that is small; its gradient stays bounded.
    ratio = span * error
    beyond = (ratio - LARGEST_LOG_RATIO).clamp(min=0) * math.exp(LARGEST_LOG_RATIO)
    relative = (ratio.clamp(max=LARGEST_LOG_RATIO).expm1().abs() + beyond) / span
    distance = (relative.sum((1, 2)) / pixels).sum() / measured.sum().clamp(min=1)
    sky_distance = ((1 - value) * far).sum() / far.sum().clamp(min=1)
    return {
        'depth': weights.depth * (distance + weights.sky_depth * sky_distance),
        'depth_shape': weights.depth_shape * ((spread.clamp(min=0) + 1e-6).sqrt() * measured).sum()
        / measured.sum().clamp(min=1),
    }
