# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Bindings: which arrays a frame reads and fills (sections 6 and 8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hailo_double import nms as nms_layouts
from hailo_double.chip import Buffers
from hailo_double.chip import Chip
from hailo_double.host_stream import HostStream
from hailo_double.status import failure
from hailo_double.status import Status
from hailo_double.streams import NMS_BY_CLASS
from hailo_double.streams import NMS_BY_SCORE
import numpy as np
from numpy.typing import NDArray

from hailo_platform.pyhailort._exceptions import HailoRTException
from hailo_platform.pyhailort._exceptions import translated

_MODULE = 'hailo_platform.pyhailort.pyhailort'


@dataclass(frozen=True)
class Detection:
    """A box of an output by score, normalised 0..1 to the input."""

    y_min: float
    x_min: float
    y_max: float
    x_max: float
    score: float
    class_id: int


@dataclass(frozen=True)
class DetectionWithByteMask(Detection):
    """A box with its mask: flat, 0 or 1, in pixels of the input."""

    mask: NDArray[np.uint8]


Detection.__module__ = DetectionWithByteMask.__module__ = _MODULE


class Bindings:
    """The arrays of one frame; may be used again when its job is done."""

    __module__ = _MODULE

    class InferStream:
        """The array of one stream."""

        def __init__(self, host: HostStream, arrays: dict[str, NDArray[Any]]) -> None:
            self._host = host
            self._arrays = arrays

        def set_buffer(self, buffer: NDArray[Any]) -> None:
            """Take an array; its dtype and shape are not looked at, its size only in run_async."""
            if not buffer.flags.c_contiguous:
                raise HailoRTException('Buffer must be C_CONTIGUOUS')
            if self._host.is_bytes and buffer.dtype != np.uint8:
                raise HailoRTException(
                    f'Buffer must be of type uint8 for {self._host.order} format order'
                )
            if not buffer.flags.writeable:
                raise ValueError('array is not writeable')
            self._arrays[self._host.name] = buffer

        def get_buffer(self, tf_format: bool | None = False) -> Any:
            """Return the very array, or what an NMS output holds; None: the array in any case."""
            with translated():
                if self._host.name not in self._arrays:
                    raise failure(Status.INVALID_OPERATION)
            buffer = self._arrays[self._host.name]
            nms = self._host.nms
            if nms is None or tf_format is None:
                return buffer
            if self._host.order == NMS_BY_CLASS:
                if buffer.dtype != np.float32:
                    raise ValueError(f'expected a float32 buffer, got {buffer.dtype}')
                classes = nms.number_of_classes
                found = nms_layouts.unpack_by_class(buffer.reshape(-1), classes)
                return _tf_format(found, nms.max_bboxes_per_class) if tf_format else found
            if self._host.order == NMS_BY_SCORE:
                if tf_format:
                    raise HailoRTException('tf_format is not supported for HAILO_NMS_BY_SCORE')
                return [_detection(r) for r in nms_layouts.unpack_by_score(buffer.reshape(-1))]
            if tf_format:
                # As the binding does in 4.20–4.23: a bug there.
                return None
            return [
                DetectionWithByteMask(**vars(_detection(record)), mask=mask)
                for record, mask in nms_layouts.unpack_masks(buffer.reshape(-1))
            ]

    def __init__(self, chip: Chip) -> None:
        self._chip = chip
        self._buffers = Buffers()

    def input(self, name: str = '') -> Bindings.InferStream:
        return self._stream(self._chip.inputs, name, self._buffers.inputs)

    def output(self, name: str = '') -> Bindings.InferStream:
        return self._stream(self._chip.outputs, name, self._buffers.outputs)

    def _stream(
        self, streams: dict[str, HostStream], name: str, arrays: dict[str, NDArray[Any]]
    ) -> Bindings.InferStream:
        with translated():
            if not name and len(streams) > 1:
                raise failure(Status.INVALID_OPERATION)
            name = name or next(iter(streams))
            if name not in streams:
                raise failure(Status.NOT_FOUND)
        return self.InferStream(streams[name], arrays)


def _tf_format(found: list[NDArray[Any]], most: int) -> NDArray[np.float32]:
    """Lay the boxes of all classes out as (classes, 5, most), padded with zeros."""
    boxes = np.zeros((len(found), nms_layouts.BOX_VALUES, most), np.float32)
    for place, of_class in zip(boxes, found):
        place[:, : len(of_class)] = of_class.T
    return boxes


def _detection(record: np.void) -> Detection:
    y_min, x_min, y_max, x_max = record['box'].tolist()
    score, class_id = float(record['score']), int(record['class_id'])
    return Detection(y_min, x_min, y_max, x_max, score, class_id)
