# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A stand-in of the vendor's hailo_platform 4.23 for machines without the real one.

It mirrors the API and nothing else; what it pretends is controlled through hailo_double.
"""

from __future__ import annotations

from hailo_platform.pyhailort._exceptions import (
    HailoCommunicationClosedException as HailoCommunicationClosedException,
)
from hailo_platform.pyhailort._exceptions import HailoRTException as HailoRTException
from hailo_platform.pyhailort._exceptions import (
    HailoRTStreamAbortedByUser as HailoRTStreamAbortedByUser,
)
from hailo_platform.pyhailort.pyhailort import AsyncInferJob as AsyncInferJob
from hailo_platform.pyhailort.pyhailort import AveragingFactor as AveragingFactor
from hailo_platform.pyhailort.pyhailort import ConfigureParams as ConfigureParams
from hailo_platform.pyhailort.pyhailort import Device as Device
from hailo_platform.pyhailort.pyhailort import DvmTypes as DvmTypes
from hailo_platform.pyhailort.pyhailort import Endianness as Endianness
from hailo_platform.pyhailort.pyhailort import EthernetDevice as EthernetDevice
from hailo_platform.pyhailort.pyhailort import FormatOrder as FormatOrder
from hailo_platform.pyhailort.pyhailort import FormatType as FormatType
from hailo_platform.pyhailort.pyhailort import HailoCpuId as HailoCpuId
from hailo_platform.pyhailort.pyhailort import HailoFormatFlags as HailoFormatFlags
from hailo_platform.pyhailort.pyhailort import HailoPowerMode as HailoPowerMode
from hailo_platform.pyhailort.pyhailort import HailoSchedulingAlgorithm as HailoSchedulingAlgorithm
from hailo_platform.pyhailort.pyhailort import HailoStreamDirection as HailoStreamDirection
from hailo_platform.pyhailort.pyhailort import HailoStreamInterface as HailoStreamInterface
from hailo_platform.pyhailort.pyhailort import HEF as HEF
from hailo_platform.pyhailort.pyhailort import InferVStreams as InferVStreams
from hailo_platform.pyhailort.pyhailort import InputVStreamParams as InputVStreamParams
from hailo_platform.pyhailort.pyhailort import InputVStreams as InputVStreams
from hailo_platform.pyhailort.pyhailort import MeasurementBufferIndex as MeasurementBufferIndex
from hailo_platform.pyhailort.pyhailort import OutputVStreamParams as OutputVStreamParams
from hailo_platform.pyhailort.pyhailort import OutputVStreams as OutputVStreams
from hailo_platform.pyhailort.pyhailort import PcieDevice as PcieDevice
from hailo_platform.pyhailort.pyhailort import PowerMeasurementTypes as PowerMeasurementTypes
from hailo_platform.pyhailort.pyhailort import SamplingPeriod as SamplingPeriod
from hailo_platform.pyhailort.pyhailort import UDPRateLimiter as UDPRateLimiter
from hailo_platform.pyhailort.pyhailort import VDevice as VDevice

__version__ = '4.23.0'
