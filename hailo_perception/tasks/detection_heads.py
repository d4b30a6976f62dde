# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The forms in which networks give detections, each read into candidates in input pixels."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from typing import NamedTuple
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import NetworkOutputError
from hailo_perception.core.quantization import Quantization
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.kernels import Kernels
from hailo_perception.kernels.box_coding import BOX_CODINGS
from hailo_perception.kernels.box_coding import BoxCoding
from hailo_perception.kernels.box_coding import Priors
from hailo_perception.kernels.selection import Candidates
from hailo_perception.models.specification import DetectionSpecification
from hailo_perception.models.specification import YOLOX_STRIDES
from hailo_perception.tasks.output_tensor import quantization_of
from hailo_perception.tasks.output_tensor import require_dtype
from hailo_perception.tasks.output_tensor import tensor_of

_BOX_FEATURES = 5
"""Four box values and the objectness stand before the class scores."""


class HeadCandidates(NamedTuple):
    """Candidates of all heads, before suppression.

    ``boxes`` (N, 4) float32 input pixels, not clipped, possibly infinite; ``scores`` (N,)
    float32; ``classes`` (N,) int64 class channels; ``non_finite`` predictions thrown away.
    """

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    classes: NDArray[np.int64]
    non_finite: int


class HeadReader(Protocol):
    """Reads one form of detection output."""

    def read(self, tensors: Mapping[str, NDArray[Any]], score_threshold: float) -> HeadCandidates:
        """Read what scores above the threshold."""


def head_reader(
    specification: DetectionSpecification,
    infos: Sequence[TensorInfo],
    input_size: tuple[int, int],
    kernels: Kernels,
) -> HeadReader:
    """Make the reader for a specification; ConfigurationError when its outputs do not fit it."""
    if not infos:
        raise ConfigurationError('a detection decoder needs at least one output tensor')
    if specification.decoder == 'hailo_nms':
        if len(infos) != 1:
            raise ConfigurationError(f'hailo_nms has one output, got {", ".join(map(str, infos))}')
        require_dtype(infos[0], 'float32')
        return _NmsBufferReader(infos[0], len(specification.labels), input_size)
    return _GridReader(
        tuple(detection_grids(specification, infos, input_size)),
        BOX_CODINGS[specification.decoder],
        kernels,
    )


@dataclass(frozen=True, slots=True)
class DetectionGrid:
    """A tensor of raw predictions: how it is seen as a grid, and what its boxes refer to.

    ``shape`` is (rows, columns, anchors, features).
    """

    info: TensorInfo
    shape: tuple[int, int, int, int]
    priors: Priors


def detection_grids(
    specification: DetectionSpecification,
    infos: Sequence[TensorInfo],
    input_size: tuple[int, int],
) -> list[DetectionGrid]:
    """Lay out the heads of ``yolo_new_coords`` and ``yolox``; ConfigurationError if impossible."""
    flattened = _flattened_yolox_priors(input_size)
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
            grids.append(DetectionGrid(info, (len(flattened), 1, 1, features), flattened))
        elif is_flat and len(infos) == 1:
            raise ConfigurationError(
                f'output {info} must have {len(flattened)} predictions for an input of '
                f'{input_size[0]}×{input_size[1]} and strides {YOLOX_STRIDES}'
            )
        else:
            shape = (info.height, info.width, count, features)
            priors = Priors.of_grid((info.width, info.height), input_size, anchors)
            grids.append(DetectionGrid(info, shape, priors))
    return grids


def _flattened_yolox_priors(input_size: tuple[int, int]) -> Priors:
    width, height = input_size
    return Priors.joined(
        Priors.of_grid((max(width // stride, 1), max(height // stride, 1)), input_size)
        for stride in YOLOX_STRIDES
    )


@lru_cache(maxsize=128)
def first_passing_code(quantization: Quantization, dtype: np.dtype[Any], threshold: float) -> int:
    """Find the least code whose real value is not below a threshold; one past the last if none.

    Found by dequantising every code, so that comparing codes decides exactly as comparing real
    values would.
    """
    return int(
        np.searchsorted(quantization.real_of_every_code(dtype), np.float32(threshold), side='left')
    )


class _GridReader:
    """Predictions on grids: scans the codes, decodes only what passes."""

    def __init__(
        self, grids: tuple[DetectionGrid, ...], coding: BoxCoding, kernels: Kernels
    ) -> None:
        self._grids = grids
        self._coding = coding
        self._kernels = kernels
        self._priors = Priors.joined(grid.priors for grid in grids)
        lengths = [len(grid.priors) for grid in grids]
        self._first_priors = np.cumsum([0, *lengths[:-1]])

    def read(self, tensors: Mapping[str, NDArray[Any]], score_threshold: float) -> HeadCandidates:
        parts = [self._scan(grid, tensors, score_threshold) for grid in self._grids]
        # One decoding for all heads: its cost is the number of numpy calls, not of candidates.
        priors = np.concatenate(
            [part.indices + first for part, first in zip(parts, self._first_priors, strict=True)]
        )
        raw = np.concatenate([part.raw for part in parts])
        return HeadCandidates(
            boxes=self._coding.decode(raw, self._priors.take(priors)),
            scores=np.concatenate([part.scores for part in parts]),
            classes=np.concatenate([part.classes for part in parts]),
            non_finite=sum(part.non_finite for part in parts),
        )

    def _scan(
        self, grid: DetectionGrid, tensors: Mapping[str, NDArray[Any]], threshold: float
    ) -> Candidates:
        tensor = tensor_of(tensors, grid.info).reshape(grid.shape)
        quantization = quantization_of(grid.info)
        threshold_code = threshold
        if tensor.dtype.kind != 'f':
            threshold_code = first_passing_code(quantization, tensor.dtype, threshold)
            if threshold_code > np.iinfo(tensor.dtype).max:
                return Candidates.none()
        return self._kernels.find_candidates(
            tensor, threshold_code, threshold, quantization.scale, quantization.zero_point
        )


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

    def read(self, tensors: Mapping[str, NDArray[Any]], score_threshold: float) -> HeadCandidates:
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
        return HeadCandidates(
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
