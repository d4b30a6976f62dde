# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The native enums, which behave as those of pybind11 do (section 1)."""

from __future__ import annotations

from enum import IntEnum
from typing import Any
from typing import ClassVar

from hailo_double.status import NATIVE_MODULE


class NativeEnum:
    """A pybind11 enum: hashable, equal only to its own type, with int() but no arithmetic."""

    __module__ = NATIVE_MODULE
    __members__: ClassVar[dict[str, Any]]

    def __init__(self, value: int) -> None:
        """Make the member of a value; ValueError where there is none."""
        names = [name for name, member in self.__members__.items() if int(member) == value]
        if not names:
            raise ValueError(f'{value} is not a value of {type(self).__name__}')
        self.__dict__.update(name=names[0], value=value)

    name: str
    value: int

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"can't set attribute '{name}'")

    def __int__(self) -> int:
        return self.value

    __index__ = __int__

    def __hash__(self) -> int:
        return hash(self.value)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.value == other.value

    def __str__(self) -> str:
        return f'{type(self).__name__}.{self.name}'

    def __repr__(self) -> str:
        return f'<{self}: {self.value}>'

    def __reduce__(self) -> tuple[type, tuple[int]]:
        return type(self), (self.value,)


def native_enum(type_name: str, members: dict[str, int]) -> Any:
    """Make a native enum class of these members."""
    kind: Any = type(type_name, (NativeEnum,), {'__module__': NATIVE_MODULE, '__members__': {}})
    for name, value in members.items():
        member = object.__new__(kind)
        member.__dict__.update(name=name, value=value)
        kind.__members__[name] = member
        setattr(kind, name, member)
    return kind


def _numbered(*names: str) -> dict[str, int]:
    return {name: value for value, name in enumerate(names)}


_AUTO = 0x7FFFFFFF

FormatType = native_enum('FormatType', _numbered('AUTO', 'UINT8', 'UINT16', 'FLOAT32'))
FormatOrder = native_enum(
    'FormatOrder',
    {
        'AUTO': 0,
        'NHWC': 1,
        'NHCW': 2,
        'FCR': 3,
        'F8CR': 4,
        'NHW': 5,
        'NC': 6,
        'BAYER_RGB': 7,
        '12_BIT_BAYER_RGB': 8,
        'RGB888': 10,
        'NCHW': 11,
        'YUY2': 12,
        'NV12': 13,
        'NV21': 14,
        'YYUV': 15,
        'YYVU': 16,
        'RGB4': 17,
        'I420': 18,
        'YYYYUV': 19,
        'HAILO_NMS_WITH_BYTE_MASK': 20,
        'HAILO_NMS_ON_CHIP': 21,
        'HAILO_NMS_BY_CLASS': 22,
        'HAILO_NMS_BY_SCORE': 23,
    },
)
FormatFlags = native_enum('FormatFlags', {'NONE': 0, 'TRANSPOSED': 2})
PowerMode = native_enum('PowerMode', _numbered('PERFORMANCE', 'ULTRA_PERFORMANCE'))
SchedulingAlgorithm = native_enum('SchedulingAlgorithm', _numbered('NONE', 'ROUND_ROBIN'))
StreamDirection = native_enum('StreamDirection', _numbered('H2D', 'D2H'))
StreamInterface = native_enum('StreamInterface', _numbered('PCIe', 'ETH', 'MIPI', 'INTEGRATED'))
CpuId = native_enum('CpuId', _numbered('CPU0', 'CPU1'))
Endianness = native_enum('Endianness', _numbered('BIG_ENDIAN', 'LITTLE_ENDIAN'))
LatencyMeasurementFlags = native_enum(
    'LatencyMeasurementFlags', _numbered('NONE', 'MEASURE', 'CLEAR_AFTER_GET')
)
DvmTypes = native_enum(
    'DvmTypes',
    {
        **_numbered(
            'VDD_CORE',
            'VDD_IO',
            'MIPI_AVDD',
            'MIPI_AVDD_H',
            'USB_AVDD_IO',
            'VDD_TOP',
            'USB_AVDD_IO_HV',
            'AVDD_H',
            'SDIO_VDD_IO',
            'OVERCURRENT_PROTECTION',
        ),
        'AUTO': _AUTO,
    },
)
PowerMeasurementTypes = native_enum(
    'PowerMeasurementTypes',
    {**_numbered('SHUNT_VOLTAGE', 'BUS_VOLTAGE', 'POWER', 'CURRENT'), 'AUTO': _AUTO},
)
SamplingPeriod = native_enum(
    'SamplingPeriod',
    _numbered(*(f'PERIOD_{us}us' for us in (140, 204, 332, 588, 1100, 2116, 4156, 8244))),
)
AveragingFactor = native_enum(
    'AveragingFactor',
    _numbered(*(f'AVERAGE_{count}' for count in (1, 4, 16, 64, 128, 256, 512, 1024))),
)
MeasurementBufferIndex = native_enum(
    'MeasurementBufferIndex',
    _numbered(*(f'MEASUREMENT_BUFFER_INDEX_{index}' for index in range(4))),
)
NotificationId = native_enum(
    'NotificationId',
    _numbered(
        'ETHERNET_RX_ERROR',
        'HEALTH_MONITOR_TEMPERATURE_ALARM',
        'HEALTH_MONITOR_DATAFLOW_SHUTDOWN',
        'HEALTH_MONITOR_OVERCURRENT_ALARM',
        'LCU_ECC_CORRECTABLE_ERROR',
        'LCU_ECC_UNCORRECTABLE_ERROR',
        'CPU_ECC_ERROR',
        'CPU_ECC_FATAL',
        'DEBUG',
        'CONTEXT_SWITCH_BREAKPOINT_REACHED',
        'HEALTH_MONITOR_CLOCK_CHANGED_EVENT',
    ),
)


class DeviceArchitectureTypes(IntEnum):
    """The chips; str() is the bare name."""

    HAILO8_A0 = 0
    HAILO8 = 1
    HAILO8L = 2
    HAILO15H = 3
    HAILO15L = 4
    HAILO15M = 5
    HAILO10H = 6

    def __str__(self) -> str:
        return self.name
