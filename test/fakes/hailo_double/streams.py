# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a HEF says about each of its inputs and outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
import math
from typing import Any

import numpy as np

PLAIN_ORDERS = ('NHWC', 'FCR', 'F8CR')
"""Orders that all mean [H, W, C] without padding on the host (rule 13)."""
NMS_BY_CLASS = 'HAILO_NMS_BY_CLASS'
NMS_BY_SCORE = 'HAILO_NMS_BY_SCORE'
NMS_WITH_BYTE_MASK = 'HAILO_NMS_WITH_BYTE_MASK'
NMS_ORDERS = (NMS_BY_CLASS, NMS_BY_SCORE, NMS_WITH_BYTE_MASK)

_RANK = {**dict.fromkeys(PLAIN_ORDERS, 3), 'NHW': 2, 'NC': 1, **dict.fromkeys(NMS_ORDERS, 0)}


@dataclass(frozen=True, slots=True)
class Quantization:
    """real = (code − zero_point) · scale, for all values or for each feature (last axis).

    ``limits`` are the smallest and largest real value; None takes them from the codes' range.
    """

    zero_point: float | tuple[float, ...] = 0.0
    scale: float | tuple[float, ...] = 1.0
    limits: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        # JSON gives lists.
        for name in ('zero_point', 'scale', 'limits'):
            if isinstance(value := getattr(self, name), list):
                object.__setattr__(self, name, tuple(value))
        if np.ndim(self.zero_point) != np.ndim(self.scale):
            raise ValueError('zero_point and scale: expected two numbers or two sequences')

    @property
    def is_per_feature(self) -> bool:
        return isinstance(self.scale, tuple)

    @property
    def is_identity(self) -> bool:
        return self.zero_point == 0.0 and self.scale == 1.0


@dataclass(frozen=True, slots=True)
class Nms:
    """The non-maximum suppression compiled into a HEF, with its default thresholds.

    ``max_accumulated_mask_size`` bytes hold all masks; None: twice the input's pixels.
    """

    number_of_classes: int
    max_bboxes_per_class: int = 100
    max_bboxes_total: int = 300
    max_accumulated_mask_size: int | None = None
    score_threshold: float = 0.0
    iou_threshold: float = 1.0
    is_on_chip: bool = False


@dataclass(frozen=True, slots=True)
class Stream:
    """An input or output: name ('net/layer'), host shape, type and order on the device.

    ``dtype``: uint8 or uint16 codes, or float32 for what libhailort itself computes (NMS,
    softmax, boxes). ``class_count``: an argmax on the host; then the values are class ids.
    """

    name: str
    shape: tuple[int, ...] = ()
    dtype: str = 'uint8'
    order: str = 'NHWC'
    quantization: Quantization = field(default_factory=Quantization)
    nms: Nms | None = None
    class_count: int | None = None
    original_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (rank := _RANK.get(self.order)) is None:
            raise ValueError(f'{self.name}: expected an order of {list(_RANK)}, got {self.order}')
        if (self.order in NMS_ORDERS) != (self.nms is not None):
            raise ValueError(f'{self.name}: an NMS order and nms go together, got {self.order}')
        if len(self.shape) != rank:
            raise ValueError(f'{self.name}: {self.order} has {rank} axes, got {self.shape}')
        if self.dtype not in ('uint8', 'uint16', 'float32'):
            raise ValueError(f'{self.name}: expected uint8, uint16 or float32, got {self.dtype}')
        if self.nms is not None and self.dtype != 'float32':
            raise ValueError(f'{self.name}: the NMS gives float32, got {self.dtype}')
        if self.quantization.is_per_feature:
            features = self.shape[-1] if self.order != 'NHW' else 0
            lengths = {len(self.quantization.scale), len(self.quantization.zero_point)}  # type: ignore[arg-type]
            if lengths != {features}:
                raise ValueError(f'{self.name}: expected {features} features, got {lengths}')

    @property
    def is_class_ids(self) -> bool:
        """Whether values are class ids, which are cast but never dequantised (section 8)."""
        return self.class_count is not None or self.order == 'NHW'

    @property
    def largest_code(self) -> int:
        return int(np.iinfo(self.dtype).max)


@dataclass(frozen=True, slots=True)
class NetworkGroup:
    """A compiled network: its streams, and what the compiler estimated (0 = nothing)."""

    name: str
    inputs: tuple[Stream, ...]
    outputs: tuple[Stream, ...]
    is_multi_context: bool = False
    bottleneck_fps: float = 0.0

    def __post_init__(self) -> None:
        mask_bytes = 2 * math.prod(self.inputs[0].shape[:2])
        outputs = tuple(_with_mask_size(output, mask_bytes) for output in self.outputs)
        object.__setattr__(self, 'outputs', outputs)

    @property
    def streams(self) -> tuple[Stream, ...]:
        return self.inputs + self.outputs

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> NetworkGroup:
        streams = {
            direction: tuple(_stream_from_json(stream) for stream in values[direction])
            for direction in ('inputs', 'outputs')
        }
        return cls(**{**values, **streams})


def _with_mask_size(output: Stream, mask_bytes: int) -> Stream:
    if output.nms is None or output.nms.max_accumulated_mask_size is not None:
        return output
    return replace(output, nms=replace(output.nms, max_accumulated_mask_size=mask_bytes))


def _stream_from_json(values: Mapping[str, Any]) -> Stream:
    nms = values['nms']
    return Stream(
        **{
            **values,
            'shape': tuple(values['shape']),
            'original_names': tuple(values['original_names']),
            'quantization': Quantization(**values['quantization']),
            'nms': None if nms is None else Nms(**nms),
        }
    )
