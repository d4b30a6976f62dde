# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A stream in the format that the user chose: settings, their validation, buffer sizes."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
import math
from typing import Any

import numpy as np

from hailo_double import nms as nms_layouts
from hailo_double.arguments import require_float
from hailo_double.arguments import require_int
from hailo_double.arguments import require_type
from hailo_double.enums import FormatOrder
from hailo_double.enums import FormatType
from hailo_double.quantization import quant_info
from hailo_double.status import failure
from hailo_double.status import NATIVE_MODULE
from hailo_double.status import Status
from hailo_double.streams import Nms
from hailo_double.streams import NMS_BY_CLASS
from hailo_double.streams import NMS_BY_SCORE
from hailo_double.streams import NMS_WITH_BYTE_MASK
from hailo_double.streams import PLAIN_ORDERS
from hailo_double.streams import Stream
from hailo_double.values import HailoFormat
from hailo_double.values import QuantInfo

TYPE_OF = {
    'uint8': FormatType.UINT8,
    'uint16': FormatType.UINT16,
    'float32': FormatType.FLOAT32,
}
_DTYPE_OF = {kind: np.dtype(name) for name, kind in TYPE_OF.items()}
_INPUT_TYPES = {'uint8': ('UINT8', 'FLOAT32'), 'uint16': ('UINT8', 'UINT16', 'FLOAT32')}
_OUTPUT_TYPES = {
    'uint8': ('UINT8', 'UINT16', 'FLOAT32'),
    'uint16': ('UINT16', 'FLOAT32'),
    'float32': ('FLOAT32',),
}
_MOST_UINT8_CLASSES = 255


@dataclass(frozen=True, slots=True)
class HostStream:
    """A validated stream of a configured model: what the user's buffers hold."""

    stream: Stream
    dtype: np.dtype[Any]
    order: str
    nms: Nms | None

    @property
    def name(self) -> str:
        return self.stream.name

    @property
    def is_bytes(self) -> bool:
        """Whether its buffer must be uint8, whatever it holds."""
        return self.order in (NMS_BY_SCORE, NMS_WITH_BYTE_MASK)

    @property
    def frame_bytes(self) -> int:
        itemsize = 1 if self.is_bytes else self.dtype.itemsize
        return math.prod(host_shape(self.stream, self.order, self.nms)) * itemsize

    @property
    def device_bytes(self) -> int:
        """Bytes of a frame as the device sends it, which decide the length of its queue."""
        if self.nms is not None:
            return self.frame_bytes
        return math.prod(self.stream.shape) * np.dtype(self.stream.dtype).itemsize


def host_shape(stream: Stream, order: str, nms: Nms | None) -> list[int]:
    """Give the shape of a host buffer: flat for NMS, never padded otherwise."""
    if nms is None:
        return list(stream.shape)
    return [nms_layouts.elements(nms, order)]


class InferStreamSettings:
    """The native stream of an InferModel; setters only record, freeze() judges (section 5)."""

    __module__ = NATIVE_MODULE

    def __init__(self, stream: Stream, *, is_input: bool) -> None:
        self.stream = stream
        self.is_input = is_input
        self._type = TYPE_OF[stream.dtype]
        self._order = getattr(FormatOrder, stream.order)
        self._nms_changes: dict[str, float | int] = {}

    @property
    def name(self) -> str:
        return self.stream.name

    @property
    def shape(self) -> list[int]:
        return host_shape(self.stream, self._order.name, self._nms())

    @property
    def format(self) -> HailoFormat:
        return HailoFormat(self._type, self._order)

    @property
    def quant_infos(self) -> list[QuantInfo]:
        return [quant_info(self.stream)]

    @property
    def is_nms(self) -> bool:
        return self.stream.nms is not None

    def set_format_type(self, kind: Any) -> None:
        self._type = require_type(kind, FormatType)

    def set_format_order(self, order: Any) -> None:
        self._order = require_type(order, FormatOrder)

    def set_nms_score_threshold(self, threshold: float) -> None:
        self._nms_changes['score_threshold'] = require_float(threshold)

    def set_nms_iou_threshold(self, threshold: float) -> None:
        self._nms_changes['iou_threshold'] = require_float(threshold)

    def set_nms_max_proposals_per_class(self, count: int) -> None:
        self._nms_changes['max_bboxes_per_class'] = require_int(count)

    def set_nms_max_proposals_total(self, count: int) -> None:
        self._nms_changes['max_bboxes_total'] = require_int(count)

    def set_nms_max_accumulated_mask_size(self, size: int) -> None:
        self._nms_changes['max_accumulated_mask_size'] = require_int(size)

    def freeze(self) -> HostStream:
        """Judge the settings as configure() does."""
        self._check_nms_changes()
        types = (_INPUT_TYPES if self.is_input else _OUTPUT_TYPES)[self.stream.dtype]
        order = self._order.name
        if self._type.name not in types or order not in self._possible_orders():
            raise failure(Status.INVALID_ARGUMENT)
        classes = self.stream.class_count
        if classes is not None and classes > _MOST_UINT8_CLASSES and self._type.name == 'UINT8':
            raise failure(Status.INVALID_ARGUMENT)
        return HostStream(self.stream, _DTYPE_OF[self._type], order, self._nms())

    def _nms(self) -> Nms | None:
        nms = self.stream.nms
        return None if nms is None else replace(nms, **self._nms_changes)  # type: ignore[arg-type]

    def _check_nms_changes(self) -> None:
        if not self._nms_changes:
            return
        if self.is_input:
            raise failure(Status.INVALID_OPERATION)
        order = self._order.name
        is_on_cpu = self.stream.nms is not None and not self.stream.nms.is_on_chip
        if (
            not is_on_cpu
            or (order == NMS_BY_SCORE and 'max_bboxes_per_class' in self._nms_changes)
            or (order != NMS_BY_SCORE and 'max_bboxes_total' in self._nms_changes)
            or (order != NMS_WITH_BYTE_MASK and 'max_accumulated_mask_size' in self._nms_changes)
        ):
            raise failure(Status.INVALID_ARGUMENT)

    def _possible_orders(self) -> tuple[str, ...]:
        if self.stream.order in PLAIN_ORDERS:
            return PLAIN_ORDERS
        if self.stream.order in (NMS_BY_CLASS, NMS_BY_SCORE):
            return (NMS_BY_CLASS, NMS_BY_SCORE)
        return (self.stream.order,)
