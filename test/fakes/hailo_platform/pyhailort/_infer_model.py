# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""InferModel and its streams (section 5)."""

from __future__ import annotations

import os
from typing import Any

from hailo_double.host_stream import InferStreamSettings
from hailo_double.status import failure
from hailo_double.status import Status
from hailo_double.values import HailoFormat
from hailo_double.values import QuantInfo
from hailo_double.vdevice import NativeInferModel

from hailo_platform.pyhailort._configured_infer_model import ConfiguredInferModel
from hailo_platform.pyhailort._exceptions import HailoRTException
from hailo_platform.pyhailort._exceptions import translated
from hailo_platform.pyhailort._hef import HEF

_MODULE = 'hailo_platform.pyhailort.pyhailort'


class InferModel:
    """A network before it is configured; all settings come before configure()."""

    __module__ = _MODULE

    class InferStream:
        """An input or output; a fresh wrapper around state that all of them share."""

        def __init__(self, infer_stream: InferStreamSettings) -> None:
            self._infer_stream = infer_stream

        @property
        def name(self) -> str:
            return self._infer_stream.name

        @property
        def shape(self) -> list[int]:
            return self._infer_stream.shape

        @property
        def format(self) -> HailoFormat:
            return self._infer_stream.format

        @property
        def quant_infos(self) -> list[QuantInfo]:
            return self._infer_stream.quant_infos

        @property
        def is_nms(self) -> bool:
            return self._infer_stream.is_nms

        def set_format_type(self, type: Any) -> None:
            self._infer_stream.set_format_type(type)

        def set_format_order(self, order: Any) -> None:
            self._infer_stream.set_format_order(order)

        def set_nms_score_threshold(self, threshold: float) -> None:
            self._infer_stream.set_nms_score_threshold(threshold)

        def set_nms_iou_threshold(self, threshold: float) -> None:
            self._infer_stream.set_nms_iou_threshold(threshold)

        def set_nms_max_proposals_per_class(self, max_proposals_per_class: int) -> None:
            self._infer_stream.set_nms_max_proposals_per_class(max_proposals_per_class)

        def set_nms_max_accumulated_mask_size(self, max_accumulated_mask_size: int) -> None:
            self._infer_stream.set_nms_max_accumulated_mask_size(max_accumulated_mask_size)

    def __init__(self, infer_model: NativeInferModel, hef_source: str | bytes) -> None:
        self._infer_model = infer_model
        self._hef_source = hef_source
        self._hef: HEF | None = None
        self._creation_pid = os.getpid()

    @property
    def hef(self) -> HEF:
        """Parse the HEF again, once."""
        if self._hef is None:
            self._hef = HEF(self._hef_source)
        return self._hef

    @property
    def inputs(self) -> list[InferModel.InferStream]:
        return [self.InferStream(stream) for stream in self._infer_model.inputs]

    @property
    def outputs(self) -> list[InferModel.InferStream]:
        return [self.InferStream(stream) for stream in self._infer_model.outputs]

    @property
    def input_names(self) -> list[str]:
        return [stream.name for stream in self._infer_model.inputs]

    @property
    def output_names(self) -> list[str]:
        return [stream.name for stream in self._infer_model.outputs]

    def input(self, name: str = '') -> InferModel.InferStream:
        return _named(self.inputs, name)

    def output(self, name: str = '') -> InferModel.InferStream:
        return _named(self.outputs, name)

    def set_batch_size(self, batch_size: int) -> None:
        self._infer_model.set_batch_size(batch_size)

    def set_power_mode(self, power_mode: Any) -> None:
        self._infer_model.set_power_mode(power_mode)

    def configure(self) -> ConfiguredInferModel:
        if os.getpid() != self._creation_pid:
            raise HailoRTException('InferModel was created in another process')
        with translated():
            return ConfiguredInferModel(self._infer_model.configure(), lambda: self.hef)


def _named(streams: list[InferModel.InferStream], name: str) -> InferModel.InferStream:
    with translated():
        if not name and len(streams) > 1:
            raise failure(Status.INVALID_OPERATION)
        for stream in streams:
            if name in ('', stream.name):
                return stream
        raise failure(Status.NOT_FOUND)
