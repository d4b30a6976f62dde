# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Native value types that describe streams; read-only and picklable (section 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hailo_double.enums import FormatFlags
from hailo_double.status import HailoRTCustomException
from hailo_double.status import NATIVE_MODULE


@dataclass(frozen=True, slots=True)
class QuantInfo:
    """real = (code − qp_zp) · qp_scale; four zeros mean invalid (rule 10)."""

    qp_zp: float = 0.0
    qp_scale: float = 0.0
    limvals_min: float = 0.0
    limvals_max: float = 0.0


def is_qp_valid(quantization: QuantInfo) -> bool:
    """Tell whether the four fields are more than the zeros of a per-feature quantisation."""
    return quantization != QuantInfo()


@dataclass(slots=True)
class HailoFormat:
    """Type, order and flags of a stream; a copy, so a change changes nothing else."""

    type: Any
    order: Any
    flags: Any = FormatFlags.NONE


@dataclass(frozen=True, slots=True)
class NmsShape:
    """Size of an NMS output; the total over all classes is not exposed in Python."""

    number_of_classes: int
    max_bboxes_per_class: int
    max_accumulated_mask_size: int


@dataclass(frozen=True, slots=True)
class _Dimensions:
    """What a native stream knows of its size; None where the property raises."""

    shape: tuple[int, ...] | None
    nms_shape: NmsShape | None


class VStreamInfo:
    """An input or output as the host sees it."""

    __module__ = NATIVE_MODULE
    __slots__ = ('_dimensions', '_values')

    def __init__(
        self,
        *,
        name: str,
        network_name: str,
        direction: Any,
        format: HailoFormat,
        quant_info: QuantInfo,
        shape: tuple[int, ...] | None,
        nms_shape: NmsShape | None,
    ) -> None:
        """``shape`` None: an order that has none; ``nms_shape`` None: not an NMS output."""
        self._values = (name, network_name, direction, format, quant_info)
        self._dimensions = _Dimensions(shape, nms_shape)

    @property
    def name(self) -> str:
        return self._values[0]

    @property
    def network_name(self) -> str:
        return self._values[1]

    @property
    def direction(self) -> Any:
        return self._values[2]

    @property
    def format(self) -> HailoFormat:
        original = self._values[3]
        return HailoFormat(original.type, original.order, original.flags)

    @property
    def quant_info(self) -> QuantInfo:
        return self._values[4]

    @property
    def shape(self) -> tuple[int, ...]:
        if self._dimensions.shape is None:
            raise HailoRTCustomException('Format order has no shape')
        return self._dimensions.shape

    @property
    def nms_shape(self) -> NmsShape:
        if self._dimensions.nms_shape is None:
            raise HailoRTCustomException('nms_shape is available only for NMS format orders')
        return self._dimensions.nms_shape

    def __repr__(self) -> str:
        return f'VStreamInfo("{self.name}")'


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """An input or output as the device sees it: padded."""

    name: str
    direction: Any
    shape: tuple[int, ...]
    format: HailoFormat
    data_bytes: int
    sys_index: int
    quant_info: QuantInfo
