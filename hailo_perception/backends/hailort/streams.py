# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What the library says of a network's inputs and outputs, as plain values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
import math
from typing import Any

import numpy as np

from hailo_perception.backends.hailort.errors import HefStreamError

HWC_ORDERS = frozenset({'NHWC', 'FCR', 'F8CR'})
"""Names of one and the same host layout, [H, W, C] without padding."""
CLASS_MAP_ORDER = 'NHW'
VECTOR_ORDER = 'NC'
NMS_BY_CLASS = 'HAILO_NMS_BY_CLASS'
NMS_BY_SCORE = 'HAILO_NMS_BY_SCORE'
NMS_WITH_BYTE_MASK = 'HAILO_NMS_WITH_BYTE_MASK'
_OLD_NMS_BY_CLASS = 'HAILO_NMS'
NMS_ORDERS = frozenset({NMS_BY_CLASS, NMS_BY_SCORE, NMS_WITH_BYTE_MASK})

NMS_RECORD = 5
"""y_min, x_min, y_max, x_max, score."""

DTYPES: dict[str, np.dtype[Any]] = {
    'UINT8': np.dtype(np.uint8),
    'UINT16': np.dtype(np.uint16),
    'FLOAT32': np.dtype(np.float32),
}


@dataclass(frozen=True, slots=True)
class StreamQuantization:
    """The library's four numbers; all of them zero mean "one scale for each feature"."""

    zero_point: float
    scale: float
    low: float
    high: float

    @property
    def is_known(self) -> bool:
        """Whether one scale serves all features."""
        return self.scale > 0 and math.isfinite(self.scale) and math.isfinite(self.zero_point)


@dataclass(frozen=True, slots=True)
class BoxCapacity:
    """How many boxes an output with suppression inside may give."""

    classes: int
    boxes_per_class: int


@dataclass(frozen=True, slots=True)
class Stream:
    """One input or output: host order and type by the library's names without their prefix.

    ``shape`` is the host array's: (H, W, C), (H, W), (C,), a flat count of values for boxes by
    class, a count of bytes for the other box orders, () where only an opened device knows it.
    """

    name: str
    order: str
    type_name: str
    shape: tuple[int, ...]
    quantization: StreamQuantization
    boxes: BoxCapacity | None = None
    original_names: tuple[str, ...] = ()

    @property
    def aliases(self) -> tuple[str, ...]:
        """Other names of the stream: without the network's, and those before it was compiled."""
        return (self.name.partition('/')[2], *self.original_names)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The element's type; HefStreamError for one that no array has."""
        if self.type_name not in DTYPES:
            raise HefStreamError(
                f"stream '{self.name}': expected the type {', '.join(DTYPES)}, found "
                f'{self.type_name}; this version of HailoRT is not known to this package'
            )
        return DTYPES[self.type_name]

    def __str__(self) -> str:
        """Print as name[H×W×C ORDER TYPE]."""
        shape = '×'.join(map(str, self.shape)) or '?'
        return f'{self.name}[{shape} {self.order} {self.type_name}]'


def stream_of_hef(info: Any, original_names: Iterable[str] = ()) -> Stream:
    """Describe a stream from the HEF alone, without a device."""
    order = _order(info.format)
    boxes = _boxes(info, order)
    if boxes is None:
        shape = tuple(int(length) for length in info.shape)
    elif order == NMS_BY_CLASS:
        shape = (boxes.classes * (1 + NMS_RECORD * boxes.boxes_per_class),)
    else:
        # Asking these for their shape raises.
        shape = ()
    return Stream(
        info.name,
        order,
        _name(info.format.type),
        shape,
        _quantization(info.quant_info),
        boxes,
        tuple(original_names),
    )


def stream_of_model(stream: Any, info: Any, original_names: Iterable[str] = ()) -> Stream:
    """Describe a stream of an opened model; ``info`` is the HEF's own description of it."""
    order = _order(stream.format)
    (quantization, *_) = stream.quant_infos
    return Stream(
        name=stream.name,
        order=order,
        type_name=_name(stream.format.type),
        shape=tuple(int(length) for length in stream.shape),
        quantization=_quantization(quantization),
        boxes=_boxes(info, order),
        original_names=tuple(original_names),
    )


def _name(value: Any) -> str:
    return str(value).rsplit('.', maxsplit=1)[-1]


def _order(stream_format: Any) -> str:
    name = _name(stream_format.order)
    return NMS_BY_CLASS if name == _OLD_NMS_BY_CLASS else name


def _boxes(info: Any, order: str) -> BoxCapacity | None:
    # nms_shape raises on all other streams, even for hasattr.
    if order not in NMS_ORDERS:
        return None
    shape = info.nms_shape
    return BoxCapacity(int(shape.number_of_classes), int(shape.max_bboxes_per_class))


def _quantization(info: Any) -> StreamQuantization:
    return StreamQuantization(
        float(info.qp_zp), float(info.qp_scale), float(info.limvals_min), float(info.limvals_max)
    )
