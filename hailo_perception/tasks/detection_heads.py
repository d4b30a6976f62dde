# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The forms in which networks give detections, each read into candidates in input pixels."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import NetworkOutputError
from hailo_perception.core.quantization import Quantization
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.kernels import Kernels
from hailo_perception.kernels.box_coding import Priors
from hailo_perception.kernels.detection_types import Candidates
from hailo_perception.kernels.detection_types import HeadLayout
from hailo_perception.models.specification import DetectionSpecification
from hailo_perception.models.specification import YOLOX_STRIDES
from hailo_perception.tasks.output_tensor import quantization_of
from hailo_perception.tasks.output_tensor import require_dtype
from hailo_perception.tasks.output_tensor import tensor_of

_BOX_FEATURES = 5
"""Four box values and the objectness stand before the class scores."""


class HeadReader(Protocol):
    """Reads one form of detection output."""

    def read(self, tensors: Mapping[str, NDArray[Any]], score_threshold: float) -> Candidates:
        """Read what scores above the threshold: boxes in input pixels, not clipped."""


def head_reader(
    specification: DetectionSpecification,
    infos: Sequence[TensorInfo],
    input_size: tuple[int, int],
    kernels: Kernels,
    *,
    every_class: bool = False,
) -> HeadReader:
    """Make the reader for a specification; ConfigurationError when its outputs do not fit it.

    With ``every_class`` a prediction is an object for each class that passes.
    """
    if not infos:
        raise ConfigurationError('a detection decoder needs at least one output tensor')
    if specification.decoder == 'hailo_nms':
        if len(infos) != 1:
            raise ConfigurationError(f'hailo_nms has one output, got {", ".join(map(str, infos))}')
        require_dtype(infos[0], 'float32')
        return _NmsBufferReader(infos[0], len(specification.labels), input_size)
    return _GridReader(
        detection_grids(specification, infos, input_size),
        specification.decoder,
        input_size,
        kernels,
        every_class=every_class,
    )


@dataclass(frozen=True, slots=True)
class DetectionGrid:
    """A tensor of raw predictions: how it is seen as a grid, and what its boxes refer to.

    ``shape`` is (rows, columns, anchors, features). ``levels`` are the (columns, rows) of the
    grids that a tensor holds one after another, each cell a row of it. ``anchors`` (width,
    height) in input pixels are those of each cell, none where a cell is its own anchor.
    """

    info: TensorInfo
    shape: tuple[int, int, int, int]
    priors: Priors
    levels: tuple[tuple[int, int], ...]
    anchors: tuple[tuple[float, float], ...] = ()


def detection_grids(
    specification: DetectionSpecification,
    infos: Sequence[TensorInfo],
    input_size: tuple[int, int],
) -> list[DetectionGrid]:
    """Lay out the heads of ``yolo_new_coords`` and ``yolox``; ConfigurationError if impossible."""
    levels = tuple(
        (max(input_size[0] // stride, 1), max(input_size[1] // stride, 1))
        for stride in YOLOX_STRIDES
    )
    flattened = Priors.joined(Priors.of_grid(level, input_size) for level in levels)
    grids = []
    for number, info in enumerate(infos):
        require_dtype(info, 'uint8', 'uint16', 'float32')
        features = _BOX_FEATURES + len(specification.labels)
        anchors: tuple[tuple[float, float], ...] = ()
        if specification.decoder == 'yolo_new_coords':
            if len(specification.anchors) != len(infos):
                raise ConfigurationError(
                    f'{len(infos)} detection outputs need as many rows of anchors, got '
                    f'{len(specification.anchors)}'
                )
            anchors = specification.anchors[number]
        count = len(anchors) or 1
        if info.channels != count * features:
            raise ConfigurationError(
                f'output {info} must have {count * features} channels: {count} anchors × '
                f'(5 + {len(specification.labels)} classes); do anchors and labels belong to it?'
            )
        is_flat = specification.decoder == 'yolox' and 1 in info.shape[:2]
        if is_flat and info.height * info.width == len(flattened):
            grids.append(DetectionGrid(info, (len(flattened), 1, 1, features), flattened, levels))
        elif is_flat and len(infos) == 1:
            raise ConfigurationError(
                f'output {info} must have {len(flattened)} predictions for an input of '
                f'{input_size[0]}×{input_size[1]} and strides {YOLOX_STRIDES}'
            )
        else:
            shape = (info.height, info.width, count, features)
            size = (info.width, info.height)
            priors = Priors.of_grid(size, input_size, anchors)
            grids.append(DetectionGrid(info, shape, priors, (size,), anchors))
    return grids


@lru_cache(maxsize=128)
def first_passing_code(quantization: Quantization, dtype: np.dtype[Any], threshold: float) -> int:
    """Find the least code whose real value is not below a threshold; one past the last if none.

    Found by dequantising every code, so that comparing codes decides exactly as comparing real
    values would.
    """
    return int(
        np.searchsorted(quantization.real_of_every_code(dtype), np.float32(threshold), side='left')
    )


@dataclass(frozen=True, slots=True)
class _Head:
    """One grid of predictions: those of its tensor from ``start`` on."""

    info: TensorInfo
    start: int
    shape: tuple[int, int, int, int]
    anchors: tuple[tuple[float, float], ...]

    @property
    def quantization(self) -> Quantization:
        return quantization_of(self.info)

    def view(self, tensors: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
        tensor = tensor_of(tensors, self.info)
        rows, columns, _, features = self.shape
        if rows * columns == self.info.height * self.info.width:
            return tensor.reshape(self.shape)
        predictions = tensor.reshape(-1, features)[self.start : self.start + rows * columns]
        return predictions.reshape(self.shape)

    def first_code(self, threshold: float) -> float:
        """Find the least code that may be an object; one past the last if none may."""
        if self.info.dtype.kind == 'f':
            return threshold
        return first_passing_code(self.quantization, self.info.dtype, threshold)


def _heads_of(grid: DetectionGrid) -> Iterator[_Head]:
    start = 0
    for columns, rows in grid.levels:
        yield _Head(grid.info, start, (rows, columns, *grid.shape[2:]), grid.anchors)
        start += rows * columns


class _GridReader:
    """Predictions on grids: scans the codes, decodes only what passes."""

    def __init__(
        self,
        grids: Sequence[DetectionGrid],
        coding: str,
        input_size: tuple[int, int],
        kernels: Kernels,
        *,
        every_class: bool,
    ) -> None:
        self._kernels = kernels
        self._heads = tuple(head for grid in grids for head in _heads_of(grid))
        strides = [
            (input_size[0] / head.shape[1], input_size[1] / head.shape[0]) for head in self._heads
        ]
        sizes = [
            size
            for head, stride in zip(self._heads, strides, strict=True)
            for size in head.anchors or (stride,)
        ]
        self._layout = HeadLayout(
            coding=coding,
            scales=np.array([head.quantization.scale for head in self._heads], np.float32),
            zero_points=np.array(
                [head.quantization.zero_point for head in self._heads], np.float32
            ),
            strides=np.array(strides, np.float32),
            anchors=np.array(sizes, np.float32),
            every_class=every_class,
        )
        has_values = any(head.info.dtype.kind == 'f' for head in self._heads)
        self._code_type = np.float32 if has_values else np.int64
        self._first_codes = lru_cache(maxsize=4)(self._find_first_codes)

    def read(self, tensors: Mapping[str, NDArray[Any]], score_threshold: float) -> Candidates:
        return self._kernels.find_candidates(
            tuple(head.view(tensors) for head in self._heads),
            self._first_codes(score_threshold),
            self._layout,
            score_threshold,
        )

    def _find_first_codes(self, score_threshold: float) -> NDArray[Any]:
        codes = [head.first_code(score_threshold) for head in self._heads]
        return np.array(codes, self._code_type)


class _NmsBufferReader:
    """HailoRT's HAILO_NMS_BY_CLASS buffer, flat and packed.

    For each class a count, then so many (y_min, x_min, y_max, x_max, score), normalised to the
    input; what follows the last class is undefined.
    """

    def __init__(self, info: TensorInfo, class_count: int, input_size: tuple[int, int]) -> None:
        self._info = info
        self._class_count = class_count
        width, height = input_size
        self._extent = np.array((height, width, height, width), np.float32)

    def read(self, tensors: Mapping[str, NDArray[Any]], score_threshold: float) -> Candidates:
        buffer = tensor_of(tensors, self._info).ravel()
        records, classes = [np.empty((0, 5), np.float32)], [np.empty(0, np.int64)]
        position = 0
        for number in range(self._class_count):
            count = self._count(buffer, position, number)
            end = position + 1 + 5 * count
            records.append(buffer[position + 1 : end].reshape(-1, 5))
            classes.append(np.full(count, number))
            position = end
        record = np.concatenate(records)
        finite = np.isfinite(record).all(axis=1)
        kept = finite & (record[:, 4] > np.float32(score_threshold))
        with np.errstate(over='ignore', invalid='ignore'):
            boxes = (record[kept, :4] * self._extent)[:, (1, 0, 3, 2)]
        return Candidates(
            boxes, record[kept, 4], np.concatenate(classes)[kept], int(np.sum(~finite))
        )

    def _count(self, buffer: NDArray[np.float32], position: int, number: int) -> int:
        room = max(len(buffer) - position - 1, -1) // 5
        count = float(buffer[position]) if room >= 0 else np.nan
        if not (0 <= count <= room and count == int(count)):
            raise NetworkOutputError(
                f'output {self._info}: the count of class {number} must be a whole number within '
                f'0…{max(room, 0)}, got {count}; are there {self._class_count} classes?'
            )
        return int(count)
