# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""How a parsed HEF describes its streams to Python (section 3)."""

from __future__ import annotations

import numpy as np

from hailo_double.enums import FormatOrder
from hailo_double.enums import StreamDirection
from hailo_double.host_stream import TYPE_OF
from hailo_double.quantization import quant_info
from hailo_double.streams import NetworkGroup
from hailo_double.streams import NMS_BY_CLASS
from hailo_double.streams import Stream
from hailo_double.values import HailoFormat
from hailo_double.values import NmsShape
from hailo_double.values import StreamInfo
from hailo_double.values import VStreamInfo

_ALIGNMENT = 8


def vstream_info(group: NetworkGroup, stream: Stream) -> VStreamInfo:
    """Describe a stream as the host sees it."""
    shape: tuple[int, ...] | None = stream.shape
    nms_shape = None
    if (nms := stream.nms) is not None:
        is_by_class = stream.order == NMS_BY_CLASS
        shape = (nms.number_of_classes, 5, nms.max_bboxes_per_class) if is_by_class else None
        assert nms.max_accumulated_mask_size is not None
        nms_shape = NmsShape(
            nms.number_of_classes, nms.max_bboxes_per_class, nms.max_accumulated_mask_size
        )
    return VStreamInfo(
        name=stream.name,
        network_name=f'{group.name}/{group.name}',
        direction=_direction(group, stream),
        format=_format(stream),
        quant_info=quant_info(stream),
        shape=shape,
        nms_shape=nms_shape,
    )


def stream_info(group: NetworkGroup, stream: Stream) -> StreamInfo:
    """Describe a stream as the device sees it: width and channels padded to 8."""
    shape = stream.shape
    if stream in group.outputs and len(shape) == 3:
        height, width, channels = shape
        shape = (height, _padded(width), _padded(channels))
    return StreamInfo(
        name=stream.name,
        direction=_direction(group, stream),
        shape=shape,
        format=_format(stream),
        data_bytes=np.dtype(stream.dtype).itemsize,
        sys_index=group.streams.index(stream),
        quant_info=quant_info(stream),
    )


def _direction(group: NetworkGroup, stream: Stream) -> object:
    return StreamDirection.H2D if stream in group.inputs else StreamDirection.D2H


def _format(stream: Stream) -> HailoFormat:
    return HailoFormat(TYPE_OF[stream.dtype], getattr(FormatOrder, stream.order))


def _padded(length: int) -> int:
    return -(-length // _ALIGNMENT) * _ALIGNMENT
