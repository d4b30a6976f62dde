# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The Python layer under the names of the real one (section 1)."""

from __future__ import annotations

from hailo_double.control import BoardInformation as BoardInformation
from hailo_double.control import ExtendedDeviceInformation as ExtendedDeviceInformation
from hailo_double.control import HailoFirmwareVersion as HailoFirmwareVersion
from hailo_double.control import PowerMeasurementData as PowerMeasurementData
from hailo_double.control import TemperatureInfo as TemperatureInfo
from hailo_double.enums import AveragingFactor as AveragingFactor
from hailo_double.enums import DeviceArchitectureTypes as DeviceArchitectureTypes
from hailo_double.enums import DvmTypes as DvmTypes
from hailo_double.enums import Endianness as Endianness
from hailo_double.enums import FormatOrder as FormatOrder
from hailo_double.enums import FormatType as FormatType
from hailo_double.enums import MeasurementBufferIndex as MeasurementBufferIndex
from hailo_double.enums import NotificationId as NotificationId
from hailo_double.enums import PowerMeasurementTypes as PowerMeasurementTypes
from hailo_double.enums import SamplingPeriod as SamplingPeriod

from hailo_platform.pyhailort import _pyhailort as _pyhailort
from hailo_platform.pyhailort._bindings import Detection as Detection
from hailo_platform.pyhailort._bindings import DetectionWithByteMask as DetectionWithByteMask
from hailo_platform.pyhailort._configured_infer_model import (
    AsyncInferCompletionInfo as AsyncInferCompletionInfo,
)
from hailo_platform.pyhailort._configured_infer_model import AsyncInferJob as AsyncInferJob
from hailo_platform.pyhailort._configured_infer_model import (
    ConfiguredInferModel as ConfiguredInferModel,
)
from hailo_platform.pyhailort._device import Control as Control
from hailo_platform.pyhailort._device import Device as Device
from hailo_platform.pyhailort._device import PcieDevice as PcieDevice
from hailo_platform.pyhailort._enums import HailoCpuId as HailoCpuId
from hailo_platform.pyhailort._enums import HailoFormatFlags as HailoFormatFlags
from hailo_platform.pyhailort._enums import HailoPowerMode as HailoPowerMode
from hailo_platform.pyhailort._enums import HailoSchedulingAlgorithm as HailoSchedulingAlgorithm
from hailo_platform.pyhailort._enums import HailoStreamDirection as HailoStreamDirection
from hailo_platform.pyhailort._enums import HailoStreamInterface as HailoStreamInterface
from hailo_platform.pyhailort._exceptions import *  # noqa: F403
from hailo_platform.pyhailort._hef import HEF as HEF
from hailo_platform.pyhailort._infer_model import InferModel as InferModel
from hailo_platform.pyhailort._legacy import ConfiguredNetwork as ConfiguredNetwork
from hailo_platform.pyhailort._legacy import ConfigureParams as ConfigureParams
from hailo_platform.pyhailort._legacy import InferVStreams as InferVStreams
from hailo_platform.pyhailort._legacy import InputVStreamParams as InputVStreamParams
from hailo_platform.pyhailort._legacy import OutputVStreamParams as OutputVStreamParams
from hailo_platform.pyhailort._refused import EthernetDevice as EthernetDevice
from hailo_platform.pyhailort._refused import InputVStreams as InputVStreams
from hailo_platform.pyhailort._refused import OutputVStreams as OutputVStreams
from hailo_platform.pyhailort._refused import UDPRateLimiter as UDPRateLimiter
from hailo_platform.pyhailort._transform_utils import (
    HailoRTTransformUtils as HailoRTTransformUtils,
)
from hailo_platform.pyhailort._vdevice import VDevice as VDevice
