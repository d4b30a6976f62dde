# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Device and its Control: what a card tells about itself, beside any VDevice (section 9)."""

from __future__ import annotations

from collections.abc import Callable
import sys
from types import TracebackType
from typing import Any
from typing import Concatenate
from typing import ParamSpec
from typing import TypeVar

from hailo_double import machine
from hailo_double.control import BoardInformation
from hailo_double.control import ExtendedDeviceInformation
from hailo_double.control import HealthInformation
from hailo_double.control import NativeDevice
from hailo_double.control import NotificationCallback
from hailo_double.control import PowerMeasurementData
from hailo_double.control import TemperatureInfo
from hailo_double.enums import AveragingFactor
from hailo_double.enums import DvmTypes
from hailo_double.enums import MeasurementBufferIndex
from hailo_double.enums import PowerMeasurementTypes
from hailo_double.enums import SamplingPeriod
from hailo_double.status import failure
from hailo_double.status import Status

from hailo_platform.pyhailort._exceptions import HailoRTException
from hailo_platform.pyhailort._exceptions import HailoRTInvalidOperationException
from hailo_platform.pyhailort._exceptions import translated

_MODULE = 'hailo_platform.pyhailort.pyhailort'
_Arguments = ParamSpec('_Arguments')
_Answer = TypeVar('_Answer')
_FIRST_BUFFER = MeasurementBufferIndex.MEASUREMENT_BUFFER_INDEX_0


class Control:
    """Questions and orders to the firmware of a card; each holds the GIL while it waits."""

    __module__ = _MODULE

    def __init__(self, device: Device) -> None:
        self._device = device

    def identify(self) -> BoardInformation:
        return self._ask(NativeDevice.identify)

    def get_chip_temperature(self) -> TemperatureInfo:
        return self._ask(NativeDevice.get_chip_temperature)

    def get_extended_device_information(self) -> ExtendedDeviceInformation:
        return self._ask(NativeDevice.get_extended_device_information)

    def get_throttling_state(self) -> bool:
        return self._ask(NativeDevice.get_throttling_state)

    def set_throttling_state(self, should_activate: bool) -> None:
        self._ask(NativeDevice.set_throttling_state, should_activate)

    def _get_health_information(self) -> HealthInformation:
        return self._ask(NativeDevice.get_health_information)

    def set_notification_callback(
        self, callback_func: NotificationCallback, notification_id: Any, opaque: Any
    ) -> None:
        self._ask(NativeDevice.set_notification_callback, callback_func, notification_id, opaque)

    def remove_notification_callback(self, notification_id: Any) -> None:
        self._ask(NativeDevice.remove_notification_callback, notification_id)

    def power_measurement(
        self, dvm: Any = DvmTypes.AUTO, measurement_type: Any = PowerMeasurementTypes.AUTO
    ) -> float:
        return self._ask(NativeDevice.power_measurement, dvm, measurement_type)

    def set_power_measurement(
        self,
        buffer_index: Any = _FIRST_BUFFER,
        dvm: Any = DvmTypes.AUTO,
        measurement_type: Any = PowerMeasurementTypes.AUTO,
    ) -> None:
        self._ask(NativeDevice.set_power_measurement, buffer_index, dvm, measurement_type)

    def start_power_measurement(
        self,
        averaging_factor: Any = AveragingFactor.AVERAGE_256,
        sampling_period: Any = SamplingPeriod.PERIOD_1100us,
    ) -> None:
        self._ask(NativeDevice.start_power_measurement, averaging_factor, sampling_period)

    def get_power_measurement(
        self, buffer_index: Any = _FIRST_BUFFER, should_clear: bool = True
    ) -> PowerMeasurementData:
        return self._ask(NativeDevice.get_power_measurement, buffer_index, should_clear)

    def stop_power_measurement(self) -> None:
        self._ask(NativeDevice.stop_power_measurement)

    def _ask(
        self,
        question: Callable[Concatenate[NativeDevice, _Arguments], _Answer],
        *arguments: _Arguments.args,
        **options: _Arguments.kwargs,
    ) -> _Answer:
        if self._device._device is None:
            raise HailoRTInvalidOperationException('The device has been released')
        with translated():
            return question(self._device._device, *arguments, **options)


class Device:
    """A handle on one card for control; its creation raises native exceptions (rule 16)."""

    __module__ = _MODULE
    _device: NativeDevice | None = None

    def __init__(self, device_id: str | None = None) -> None:
        here = machine.current()
        known = here.scan()
        if device_id is None and not known:
            raise HailoRTException('HailoRT device not found in the system')
        self._device_id = known[0] if device_id is None else device_id
        cards = {card.device_id: card for card in here.cards if card.device_id in known}
        if self._device_id not in cards:
            raise failure(Status.INVALID_ARGUMENT)
        self._device = NativeDevice(here, cards[self._device_id])
        self._control = Control(self)

    @classmethod
    def scan(cls) -> list[str]:
        with translated():
            here = machine.current()
            here.enter('scan')
            return here.scan()

    def __enter__(self) -> Device:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()

    def __del__(self) -> None:
        if not sys.is_finalizing():
            self.release()

    @property
    def device_id(self) -> str:
        return self._device_id

    @property
    def control(self) -> Control:
        return self._control

    def release(self) -> None:
        device, self._device = self._device, None
        if device is not None:
            device.release()

    def read_log(self, count: int, cpu_id: Any) -> bytes:
        """Return nothing: the simulated firmware writes no log."""
        if self._device is None:
            raise HailoRTInvalidOperationException('The device has been released')
        return b''


class PcieDevice(Device):
    """A card on PCIe, which all cards of the double are."""

    __module__ = _MODULE

    @staticmethod
    def scan_devices() -> list[str]:
        return Device.scan()
