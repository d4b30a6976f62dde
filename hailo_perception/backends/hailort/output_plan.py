# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""In which type an output is read, and how its buffer becomes what the tasks expect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.backends.hailort.box_lists import boxes_by_score
from hailo_perception.backends.hailort.box_lists import boxes_with_masks
from hailo_perception.backends.hailort.box_lists import COUNT_BYTES
from hailo_perception.backends.hailort.box_lists import packed_size
from hailo_perception.backends.hailort.box_lists import SCORE_RECORD
from hailo_perception.backends.hailort.errors import HefStreamError
from hailo_perception.backends.hailort.streams import BoxCapacity
from hailo_perception.backends.hailort.streams import CLASS_MAP_ORDER
from hailo_perception.backends.hailort.streams import HWC_ORDERS
from hailo_perception.backends.hailort.streams import NMS_BY_CLASS
from hailo_perception.backends.hailort.streams import NMS_BY_SCORE
from hailo_perception.backends.hailort.streams import NMS_ORDERS
from hailo_perception.backends.hailort.streams import NMS_WITH_BYTE_MASK
from hailo_perception.backends.hailort.streams import Stream
from hailo_perception.backends.hailort.streams import VECTOR_ORDER
from hailo_perception.core.errors import ManifestError
from hailo_perception.core.quantization import Quantization
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.models.binding import Claim

Read = Callable[[Any, NDArray[Any], NDArray[Any]], None]
"""Fills a tensor from an output's binding and its buffer: (binding, buffer, tensor)."""

_FALLBACK_BOXES_PER_CLASS = 100


@dataclass(frozen=True, slots=True)
class OutputPlan:
    """How one output is asked for and read.

    The device writes a buffer of ``buffer_shape`` and ``buffer_dtype`` for the stream of that
    name. Without ``read`` that buffer, reshaped, is the tensor that ``info`` describes; with it
    the tensor is another array. ``as_float`` asks the library to dequantise.
    """

    stream_name: str
    info: TensorInfo
    buffer_shape: tuple[int, ...]
    buffer_dtype: np.dtype[Any]
    as_float: bool = False
    read: Read | None = None


def plan_output(stream: Stream, claim: Claim | None, name: str) -> OutputPlan:
    """Decide how an output is read, under which name, for the manifest's claim on it.

    Codes stay codes, with their quantisation, where one scale serves all features; else only the
    library knows the scales and must give floats. Class ids are never dequantised.
    ManifestError when the claim cannot be served, HefStreamError for an order that has no arrays.
    """
    if stream.order in NMS_ORDERS:
        assert stream.boxes is not None
        return _BOX_PLANS[stream.order](stream, stream.boxes, name)
    shape = _host_shape(stream)
    if stream.order == CLASS_MAP_ORDER or (claim is not None and claim.is_class_ids):
        return _class_ids(stream, shape, claim, name)
    dtype = stream.dtype
    if dtype.kind != 'f' and not stream.quantization.is_known:
        return OutputPlan(
            stream.name,
            TensorInfo(name, shape, np.dtype(np.float32)),
            stream.shape,
            np.dtype(np.float32),
            as_float=True,
        )
    quantization = None
    if dtype.kind != 'f':
        quantization = Quantization(stream.quantization.scale, stream.quantization.zero_point)
    info = TensorInfo(name, shape, dtype, quantization)
    return OutputPlan(stream.name, info, stream.shape, dtype)


def _host_shape(stream: Stream) -> tuple[int, int, int]:
    axes = len(stream.shape)
    if stream.order in HWC_ORDERS and axes == 3:
        height, width, channels = stream.shape
        return height, width, channels
    if stream.order == CLASS_MAP_ORDER and axes == 2:
        height, width = stream.shape
        return height, width, 1
    if stream.order == VECTOR_ORDER and axes == 1:
        return 1, 1, stream.shape[0]
    known = ', '.join(sorted((*HWC_ORDERS, CLASS_MAP_ORDER, VECTOR_ORDER, *NMS_ORDERS)))
    raise HefStreamError(
        f'output {stream}: expected one of the orders {known} with its own number of axes; '
        'compile the network with such an output'
    )


def _class_ids(
    stream: Stream, shape: tuple[int, int, int], claim: Claim | None, name: str
) -> OutputPlan:
    if claim is not None and not claim.is_class_ids:
        raise ManifestError(
            f'{claim.key}: output {stream} holds class ids, which are not what the {claim.task} '
            'decoder reads; use the decoder argmax'
        )
    info = TensorInfo(name, shape, np.dtype(np.uint8))
    read = None if stream.dtype == info.dtype else _cast
    return OutputPlan(stream.name, info, stream.shape, stream.dtype, read=read)


def _cast(binding: Any, buffer: NDArray[Any], tensor: NDArray[Any]) -> None:
    np.copyto(tensor, buffer.reshape(tensor.shape), casting='unsafe')


def _by_class(stream: Stream, boxes: BoxCapacity, name: str) -> OutputPlan:
    # The suppression gives floats whatever the network's own type is.
    dtype = np.dtype(np.float32)
    info = TensorInfo(name, (1, 1, int(np.prod(stream.shape))), dtype)
    return OutputPlan(stream.name, info, stream.shape, dtype)


def _by_score(stream: Stream, boxes: BoxCapacity, name: str) -> OutputPlan:
    (size,) = stream.shape or (0,)
    # Any class may have all the boxes that the buffer has room for.
    total = max((size - COUNT_BYTES) // SCORE_RECORD.itemsize, 0)

    def read(binding: Any, buffer: NDArray[Any], tensor: NDArray[Any]) -> None:
        boxes_by_score(buffer, tensor.ravel(), boxes.classes)

    return _boxes_in_bytes(stream, name, packed_size(boxes.classes, total), read)


def _with_byte_mask(stream: Stream, boxes: BoxCapacity, name: str) -> OutputPlan:
    per_class = boxes.boxes_per_class or _FALLBACK_BOXES_PER_CLASS

    def read(binding: Any, buffer: NDArray[Any], tensor: NDArray[Any]) -> None:
        boxes_with_masks(binding.get_buffer(), tensor.ravel(), boxes.classes)

    return _boxes_in_bytes(stream, name, packed_size(boxes.classes, per_class), read)


def _boxes_in_bytes(stream: Stream, name: str, size: int, read: Read) -> OutputPlan:
    info = TensorInfo(name, (1, 1, size), np.dtype(np.float32))
    return OutputPlan(stream.name, info, stream.shape, np.dtype(np.uint8), read=read)


_BOX_PLANS: dict[str, Callable[[Stream, BoxCapacity, str], OutputPlan]] = {
    NMS_BY_CLASS: _by_class,
    NMS_BY_SCORE: _by_score,
    NMS_WITH_BYTE_MASK: _with_byte_mask,
}
