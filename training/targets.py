# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Which predictions of the anchor heads answer for which object.

Each object proposes itself to every anchor of similar size, in its own cell and in the two
neighbours nearest to its centre (the decode 2·t − ½ reaches there). Of these candidates the
cheapest few win, as many as their overlaps sum up to: the dynamic assignment of OTA (Ge et al.,
2021) within the candidates of YOLOv5, as YOLOv7 combines them.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from training.description import AnchorHead

LARGEST_RATIO = 4.0
"""An anchor is a candidate up to this ratio of sides: (2·t)² cannot exceed it."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Every prediction of all heads in one row: P = Σ anchors·cells.

    ``column``, ``row`` (P,) cell indices; ``stride`` (P,); ``anchor`` (P, 2) pixels.
    ``shapes`` per head: (offset in the row, anchors, rows, columns, stride).
    """

    column: Tensor
    row: Tensor
    stride: Tensor
    anchor: Tensor
    shapes: tuple[tuple[int, int, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Objects:
    """The objects of a batch: ``image`` (G,) index, ``label`` (G,), ``box`` (G, 4) xyxy pixels."""

    image: Tensor
    label: Tensor
    box: Tensor


@dataclass(frozen=True, slots=True)
class Assignment:
    """M predictions that answer for an object: ``image``, ``prediction``, ``object`` (M,)."""

    image: Tensor
    prediction: Tensor
    object: Tensor


def make_grid(head: AnchorHead, width: int, height: int) -> Grid:
    """Lay out the predictions for an input of ``width`` × ``height`` pixels."""
    columns, rows, strides, anchors, shapes = [], [], [], [], []
    offset = 0
    for stride, sizes in zip(head.strides, head.anchors):
        h, w = height // stride, width // stride
        index = torch.arange(len(sizes) * h * w)
        columns.append(index % w)
        rows.append(index // w % h)
        strides.append(torch.full((len(index),), stride))
        anchors.append(torch.tensor(sizes, dtype=torch.float32)[index // (w * h)])
        shapes.append((offset, len(sizes), h, w, stride))
        offset += len(index)
    return Grid(
        torch.cat(columns), torch.cat(rows), torch.cat(strides), torch.cat(anchors), tuple(shapes)
    )


def flatten(heads: list[Tensor], grid: Grid) -> Tensor:
    """Turn head outputs (N, A·C, H, W), finest first, into (N, P, C) in the grid's order."""
    parts = []
    for x, (_, anchors, h, w, _) in zip(heads, grid.shapes):
        parts.append(x.view(len(x), anchors, -1, h * w).transpose(2, 3).flatten(1, 2))
    return torch.cat(parts, 1)


def decode_boxes(values: Tensor, grid: Grid, prediction: Tensor) -> Tensor:
    """Turn sigmoid values (…, 4) of the predictions (…) into boxes xyxy in pixels."""
    stride = grid.stride[prediction][..., None]
    cell = torch.stack((grid.column[prediction], grid.row[prediction]), -1)
    center = (cell + 2 * values[..., :2] - 0.5) * stride
    half = 0.5 * grid.anchor[prediction] * (2 * values[..., 2:4]).square()
    return torch.cat((center - half, center + half), -1)


def find_candidates(box: Tensor, grid: Grid) -> tuple[Tensor, Tensor]:
    """List each object's candidates: prediction indices (G, K) and whether they count (G, K)."""
    center, size = (box[:, :2] + box[:, 2:]) / 2, box[:, 2:] - box[:, :2]
    indices, valid = [], []
    for offset, anchors, h, w, stride in grid.shapes:
        anchor = grid.anchor[offset : offset + anchors * h * w : h * w]
        ratio = size[:, None] / anchor
        fits = torch.maximum(ratio, 1 / ratio).amax(-1) < LARGEST_RATIO
        cell = center / stride
        own = cell.floor()
        toward = torch.where(cell - own < 0.5, -1.0, 1.0)
        horizontal, vertical = (
            toward * toward.new_tensor((1, 0)),
            toward * toward.new_tensor((0, 1)),
        )
        for step in (torch.zeros_like(own), horizontal, vertical):
            column, row = (own + step).long().unbind(-1)
            inside = (column >= 0) & (column < w) & (row >= 0) & (row < h)
            base = offset + row.clamp(0, h - 1) * w + column.clamp(0, w - 1)
            indices.append(base[:, None] + torch.arange(anchors, device=box.device) * h * w)
            valid.append(fits & inside[:, None])
    return torch.cat(indices, 1), torch.cat(valid, 1)


@torch.no_grad()
def assign(values: Tensor, objects: Objects, grid: Grid, most: int = 10) -> Assignment:
    """Choose the predictions for each object from the sigmoid values (N, P, 5 + classes).

    A prediction answers for one object at most: for the one it is cheapest for.
    """
    candidate, valid = find_candidates(objects.box, grid)
    if not len(candidate):
        none = candidate.new_zeros(0)
        return Assignment(none, none, none)
    chosen = values[objects.image[:, None], candidate]
    overlap = box_overlap(decode_boxes(chosen[..., :4], grid, candidate), objects.box[:, None])
    overlap = overlap.clamp(min=0) * valid
    score = chosen[..., 5:].gather(
        2, objects.label[:, None, None].expand(-1, candidate.shape[1], 1)
    )
    likely = (score[..., 0] * chosen[..., 4]).sqrt().clamp(1e-6, 1 - 1e-6)
    cost = -likely.log() - 3 * overlap.clamp(min=1e-6).log() + 1e6 * ~valid
    wanted = overlap.topk(min(most, overlap.shape[1]), 1).values.sum(1).int().clamp(min=1)
    rank = cost.argsort(1).argsort(1)
    taken = (rank < wanted[:, None]) & valid
    which, place = taken.nonzero(as_tuple=True)
    return _settle(objects.image[which], candidate[which, place], which, cost[which, place])


def _settle(image: Tensor, prediction: Tensor, which: Tensor, cost: Tensor) -> Assignment:
    """Keep, of several objects that took the same prediction, the cheapest."""
    order = cost.argsort(stable=True)
    image, prediction, which = image[order], prediction[order], which[order]
    key = image * (prediction.max() + 1 if len(prediction) else 1) + prediction
    by_key = key.argsort(stable=True)
    sorted_key = key[by_key]
    first = torch.ones_like(sorted_key, dtype=torch.bool)
    first[1:] = sorted_key[1:] != sorted_key[:-1]
    keep = by_key[first]
    return Assignment(image[keep], prediction[keep], which[keep])


def box_overlap(a: Tensor, b: Tensor, complete: bool = False) -> Tensor:
    """IoU of boxes xyxy (…, 4); ``complete``: less distance and shape terms (CIoU, Zheng 2020)."""
    low, high = torch.maximum(a[..., :2], b[..., :2]), torch.minimum(a[..., 2:], b[..., 2:])
    inter = (high - low).clamp(min=0).prod(-1)
    size_a, size_b = a[..., 2:] - a[..., :2], b[..., 2:] - b[..., :2]
    iou = inter / (size_a.prod(-1) + size_b.prod(-1) - inter + 1e-6)
    if not complete:
        return iou
    hull = torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])
    apart = (a[..., :2] + a[..., 2:] - b[..., :2] - b[..., 2:]).square().sum(-1) / 4
    angle_a = torch.atan(size_a[..., 0] / (size_a[..., 1] + 1e-6))
    angle_b = torch.atan(size_b[..., 0] / (size_b[..., 1] + 1e-6))
    shape = 4 / torch.pi**2 * (angle_a - angle_b).square()
    with torch.no_grad():
        weight = shape / (1 - iou + shape + 1e-6)
    return iou - apart / (hull.square().sum(-1) + 1e-6) - weight * shape


def ignored_cells(image: Tensor, box: Tensor, grid: Grid, images: int) -> Tensor:
    """Mark the predictions whose cell meets a box that is neither hit nor miss, (N, P) bool."""
    low = torch.stack((grid.column, grid.row), -1) * grid.stride[:, None]
    high = low + grid.stride[:, None]
    meets = ((low < box[:, None, 2:]) & (high > box[:, None, :2])).all(-1)
    result = torch.zeros((images, len(grid.stride)), dtype=torch.bool, device=box.device)
    for index, cells in zip(image.tolist(), meets):
        result[index] |= cells
    return result
