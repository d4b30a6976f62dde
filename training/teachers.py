# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Networks that label pictures which nobody has labelled; their licences allow training.

A teacher sees better than the network in training because it is larger or looks closer (tile by
tile), and it is only asked for what it is good at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.kernels.selection import load_kernels

YOLOX_STRIDES = (8, 16, 32)
LOWEST_SCORE = 0.1
OVERLAP_REMOVED = 0.5
MOST_OBJECTS = 200
PADDING = 114.0

COCO_NAMES = {
    0: 'person', 1: 'bike', 2: 'car', 3: 'motor', 5: 'bus', 7: 'truck', 9: 'traffic_light',
    11: 'traffic_sign',
}  # fmt: skip
"""The classes of COCO that matter on a road, in this package's words."""

VEHICLES = (2, 5, 7)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a teacher saw: ``boxes`` (N, 4) xyxy edges in pixels, ``scores`` and ``names`` (N,)."""

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    names: tuple[str, ...]


class ObjectTeacher:
    """YOLOX trained on COCO, looking at the whole picture and at overlapping tiles of it."""

    def __init__(self, path: Path) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(path), options, ['CPUExecutionProvider']
        )
        source = self._session.get_inputs()[0]
        self._input, self._side = source.name, int(source.shape[2])

    def __call__(self, image: NDArray[np.uint8]) -> Seen:
        """Find the objects of a picture (H, W, 3) BGR."""
        rows, columns = image.shape[:2]
        boxes, scores, labels = [], [], []
        for left, top, right, bottom in tiles(columns, rows):
            found, score, label = self._look(image[top:bottom, left:right])
            whole = found + np.array((left, top, left, top), np.float32)
            keep = ~_is_cut(whole, (left, top, right, bottom), (columns, rows))
            boxes.append(whole[keep])
            scores.append(score[keep])
            labels.append(label[keep])
        box, score, label = map(np.concatenate, (boxes, scores, labels))
        order = np.argsort(-score, kind='stable')
        box, score, label = box[order], score[order], label[order]
        # One vehicle is one thing, whatever the teacher calls it in each tile.
        groups = np.where(np.isin(label, VEHICLES), VEHICLES[0], label).astype(np.int32)
        kept = load_kernels().suppress(
            np.ascontiguousarray(box), groups, OVERLAP_REMOVED, MOST_OBJECTS
        )
        names = tuple(COCO_NAMES[int(i)] for i in label[kept])
        return Seen(box[kept], score[kept], names)

    def _look(self, tile: NDArray[np.uint8]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        rows, columns = tile.shape[:2]
        scale = self._side / max(rows, columns)
        size = (round(columns * scale), round(rows * scale))
        padded = np.full((self._side, self._side, 3), PADDING, np.float32)
        padded[: size[1], : size[0]] = cv2.resize(tile, size, interpolation=cv2.INTER_AREA)
        values = self._session.run(None, {self._input: padded.transpose(2, 0, 1)[None]})[0][0]
        cells = np.concatenate([_cells(self._side, stride) for stride in YOLOX_STRIDES])
        center = (values[:, :2] + cells[:, :2]) * cells[:, 2:]
        half = np.exp(values[:, 2:4]) * cells[:, 2:] / 2
        known = np.array(list(COCO_NAMES))
        likely = values[:, 4:5] * values[:, 5 + known]
        score = likely.max(1)
        keep = score >= LOWEST_SCORE
        boxes = np.concatenate((center - half, center + half), 1)[keep] / scale
        boxes = np.clip(boxes, 0, (columns, rows) * 2)
        return boxes.astype(np.float32), score[keep], known[likely.argmax(1)][keep]


def tiles(columns: int, rows: int) -> Iterator[tuple[int, int, int, int]]:
    """Give the whole picture, then 4 × 2 overlapping tiles: left, top, right, bottom."""
    yield 0, 0, columns, rows
    wide, high = columns * 2 // 5, min(rows, max(rows * 3 // 5, columns * 2 // 5))
    for top in sorted({0, rows - high}):
        for left in np.linspace(0, columns - wide, 4).astype(int).tolist():
            yield left, top, left + wide, top + high


def _cells(side: int, stride: int) -> NDArray[np.float32]:
    """Give column, row and stride of each cell of a grid, row by row."""
    row, column = np.divmod(np.arange((side // stride) ** 2), side // stride)
    return np.stack((column, row, np.full_like(row, stride)), 1).astype(np.float32)


def _is_cut(
    boxes: NDArray[np.float32], tile: tuple[int, int, int, int], size: tuple[int, int]
) -> NDArray[np.bool_]:
    """Tell which boxes end at an edge of the tile that is no edge of the picture."""
    margin = 0.02 * (tile[2] - tile[0])
    cut = np.zeros(len(boxes), bool)
    for side, (at, end) in enumerate(zip(tile, (0, 0, *size))):
        if at != end:
            cut |= np.abs(boxes[:, side] - at) < margin
    return cut


class RoadTeacher:
    """Intel's road-segmentation-adas-0001: the shares of background, road, kerb and marking."""

    BACKGROUND, ROAD, KERB, MARKING = range(4)

    def __init__(self, path: Path) -> None:
        import openvino

        self._network = openvino.compile_model(str(path), 'CPU', {'INFERENCE_NUM_THREADS': 1})
        self._size = tuple(self._network.inputs[0].shape)[:1:-1]

    def __call__(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Give the shares (H, W, 4), within 0…1, of a picture (H, W, 3) BGR."""
        small = cv2.resize(image, self._size, interpolation=cv2.INTER_AREA)
        shares = self._network(small.transpose(2, 0, 1)[None].astype(np.float32))[0][0]
        size = image.shape[1::-1]
        return np.asarray(cv2.resize(np.ascontiguousarray(shares.transpose(1, 2, 0)), size))
