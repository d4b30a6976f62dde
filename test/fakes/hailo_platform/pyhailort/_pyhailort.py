# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The native module's names; the double has its natives in hailo_double."""

from __future__ import annotations

from hailo_double.control import NativeDevice as Device
from hailo_double.enums import AveragingFactor as AveragingFactor
from hailo_double.enums import CpuId as CpuId
from hailo_double.enums import DvmTypes as DvmTypes
from hailo_double.enums import Endianness as Endianness
from hailo_double.enums import FormatFlags as FormatFlags
from hailo_double.enums import FormatOrder as FormatOrder
from hailo_double.enums import FormatType as FormatType
from hailo_double.enums import LatencyMeasurementFlags as LatencyMeasurementFlags
from hailo_double.enums import MeasurementBufferIndex as MeasurementBufferIndex
from hailo_double.enums import NotificationId as NotificationId
from hailo_double.enums import PowerMeasurementTypes as PowerMeasurementTypes
from hailo_double.enums import PowerMode as PowerMode
from hailo_double.enums import SamplingPeriod as SamplingPeriod
from hailo_double.enums import SchedulingAlgorithm as SchedulingAlgorithm
from hailo_double.enums import StreamDirection as StreamDirection
from hailo_double.enums import StreamInterface as StreamInterface
from hailo_double.status import HailoRTCustomException as HailoRTCustomException
from hailo_double.status import HailoRTException as HailoRTException
from hailo_double.status import HailoRTStatusException as HailoRTStatusException
from hailo_double.values import HailoFormat as HailoFormat
from hailo_double.values import is_qp_valid as is_qp_valid
from hailo_double.values import NmsShape as NmsShape
from hailo_double.values import QuantInfo as QuantInfo
from hailo_double.values import StreamInfo as StreamInfo
from hailo_double.values import VStreamInfo as VStreamInfo
from hailo_double.vdevice import NativeVDevice as VDevice
from hailo_double.vdevice import VDeviceParams as VDeviceParams

__all__ = ['Device', 'VDevice']
__version__ = '4.23.0'
