# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The native device: a card's firmware and its answers (section 9)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
import signal
from types import SimpleNamespace
from typing import Any

from hailo_double.arguments import require_type
from hailo_double.cards import Card
from hailo_double.enums import AveragingFactor
from hailo_double.enums import DeviceArchitectureTypes
from hailo_double.enums import DvmTypes
from hailo_double.enums import MeasurementBufferIndex
from hailo_double.enums import NotificationId
from hailo_double.enums import PowerMeasurementTypes
from hailo_double.enums import SamplingPeriod
from hailo_double.machine import Machine
from hailo_double.machine import version_of
from hailo_double.status import failure
from hailo_double.status import Status

NotificationCallback = Callable[[int, Any, Any], None]

_SAMPLING_US = (140, 204, 332, 588, 1100, 2116, 4156, 8244)
_AVERAGED = (1, 4, 16, 64, 128, 256, 512, 1024)
_SUPPLY_V = 3.3
_MILLI = 1000.0
_BODY_OF = {
    'HEALTH_MONITOR_TEMPERATURE_ALARM': 'health_monitor_temperature_alarm_notification',
    'HEALTH_MONITOR_DATAFLOW_SHUTDOWN': 'health_monitor_dataflow_shutdown_notification',
    'HEALTH_MONITOR_OVERCURRENT_ALARM': 'health_monitor_overcurrent_alarm_notification',
    'HEALTH_MONITOR_CLOCK_CHANGED_EVENT': 'health_monitor_clock_changed_notification',
}


@dataclass(frozen=True, slots=True)
class HailoFirmwareVersion:
    """Version of the firmware; its text has more than the three numbers."""

    major: int
    minor: int
    revision: int

    def __str__(self) -> str:
        numbers = f'{self.major}.{self.minor}.{self.revision}'
        return f'{numbers} (release,app,extended context switch buffer)'


@dataclass(frozen=True, slots=True)
class BoardInformation:
    """What a board says about itself; texts may be empty or padded with NUL."""

    protocol_version: int
    firmware_version: HailoFirmwareVersion
    logger_version: int
    board_name: str
    is_release: bool
    device_architecture: DeviceArchitectureTypes
    serial_number: str
    part_number: str
    product_name: str


@dataclass(frozen=True, slots=True)
class TemperatureInfo:
    """Both sensors in °C."""

    ts0_temperature: float
    ts1_temperature: float
    sample_count: int


@dataclass(frozen=True, slots=True)
class SupportedFeatures:
    """What the board has."""

    ethernet: bool
    mipi: bool
    pcie: bool
    current_monitoring: bool
    mdio: bool


@dataclass(frozen=True, slots=True)
class ExtendedDeviceInformation:
    """More about the board; the clock is in Hz."""

    neural_network_core_clock_rate: int
    supported_features: SupportedFeatures
    boot_source: str
    lcs: int
    soc_id: bytes
    unit_level_tracking_id: bytes
    eth_mac_address: bytes
    soc_pm_values: bytes
    gpio_mask: int


@dataclass(frozen=True, slots=True)
class HealthInformation:
    """Zones are 0 green, 1 orange, 2 red; throttling level −1 means none."""

    current_overcurrent_zone: int
    current_temperature_zone: int
    current_temperature_throttling_level: int
    requested_temperature_clock_freq: int


@dataclass(frozen=True, slots=True)
class PowerMeasurementData:
    """A running measurement: W, or mV and mA."""

    average_value: float
    min_value: float
    max_value: float
    average_time_value_milliseconds: float
    total_number_of_samples: int


class NativeDevice:
    """A handle for control only; others, and a VDevice, may be open beside it."""

    def __init__(self, machine: Machine, card: Card) -> None:
        """Open the driver and identify; blocks SIGWINCH in this thread as the real one does."""
        machine.enter('Device')
        machine.check_driver()
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGWINCH})
        self.card = card
        self._machine = machine
        self._generation = card.generation
        self._is_released = False
        self._measurements: dict[int, tuple[Any, Any]] = {}
        self._sampling: tuple[int, int] | None = None
        self._notified: set[Any] = set()
        if version_of(card.firmware_version) != version_of(machine.library_version):
            machine.log(
                'warning',
                f'Unsupported firmware operation. Host: {machine.library_version}, '
                f'Device: {card.firmware_version}',
            )
        machine.count('Device', 1)

    def release(self) -> None:
        if self._is_released:
            return
        self._is_released = True
        for kind in self._notified:
            self.card.on_notification(kind, None)
        self._machine.count('Device', -1)

    def identify(self) -> BoardInformation:
        self._enter('identify', needs_same_version=False)
        card = self.card
        return BoardInformation(
            protocol_version=2,
            firmware_version=HailoFirmwareVersion(*version_of(card.firmware_version)),
            logger_version=0,
            board_name=card.board_name,
            is_release=True,
            device_architecture=card.architecture_type,
            serial_number=card.serial_number,
            part_number=card.part_number,
            product_name=card.product_name,
        )

    def get_chip_temperature(self) -> TemperatureInfo:
        self._enter('get_chip_temperature')
        first, second = self.card.temperature_c
        return TemperatureInfo(float(first), float(second), 1)

    def get_extended_device_information(self) -> ExtendedDeviceInformation:
        self._enter('get_extended_device_information')
        return ExtendedDeviceInformation(
            neural_network_core_clock_rate=self.card.clock_hz,
            supported_features=SupportedFeatures(
                ethernet=False,
                mipi=False,
                pcie=True,
                current_monitoring=self.card.has_current_monitoring,
                mdio=False,
            ),
            boot_source='PCIE',
            lcs=3,
            soc_id=bytes(32),
            unit_level_tracking_id=bytes(12),
            eth_mac_address=bytes(6),
            soc_pm_values=bytes(24),
            gpio_mask=0,
        )

    def get_throttling_state(self) -> bool:
        """Tell whether the protection is switched on, not whether it throttles now."""
        self._enter('get_throttling_state')
        return self.card.is_throttling_protected

    def set_throttling_state(self, should_activate: bool) -> None:
        self._enter('set_throttling_state')
        self.card.is_throttling_protected = require_type(should_activate, bool)

    def get_health_information(self) -> HealthInformation:
        self._enter('_get_health_information')
        level = self.card.throttling_level
        return HealthInformation(
            current_overcurrent_zone=0,
            current_temperature_zone=0 if level < 0 else 1,
            current_temperature_throttling_level=level,
            requested_temperature_clock_freq=self.card.clock_hz,
        )

    def set_notification_callback(
        self, callback: NotificationCallback, kind: Any, opaque: Any
    ) -> None:
        """Call back on a thread of the library, where an exception is the end (section 9)."""
        self._enter('set_notification_callback')
        require_type(kind, NotificationId)

        def on_notification(body: object) -> None:
            part = _BODY_OF.get(kind.name, 'body')
            notification = SimpleNamespace(id=kind, body=SimpleNamespace(**{part: body}))
            try:
                callback(id(self), notification, opaque)
            except BaseException as error:
                self._machine.report('section 9', f'a notification callback raised {error!r}')

        self.card.on_notification(kind, on_notification)
        self._notified.add(kind)

    def remove_notification_callback(self, kind: Any) -> None:
        self._enter('remove_notification_callback')
        if require_type(kind, NotificationId) not in self._notified:
            raise failure(Status.INVALID_ARGUMENT)
        self.card.on_notification(kind, None)
        self._notified.remove(kind)

    def power_measurement(self, dvm: Any, kind: Any) -> float:
        """Measure once, without over-current protection for that moment on an M.2 board."""
        self._enter('power_measurement')
        self._require_power_monitor(dvm, kind)
        self._interrupt_protection(dvm)
        self.card.is_overcurrent_protected = True
        return self._measure(kind)

    def set_power_measurement(self, index: Any, dvm: Any, kind: Any) -> None:
        self._enter('set_power_measurement')
        self._require_power_monitor(dvm, kind)
        self._measurements[int(require_type(index, MeasurementBufferIndex))] = (dvm, kind)

    def start_power_measurement(self, averaging_factor: Any, sampling_period: Any) -> None:
        self._enter('start_power_measurement')
        averaged = _AVERAGED[int(require_type(averaging_factor, AveragingFactor))]
        period_us = _SAMPLING_US[int(require_type(sampling_period, SamplingPeriod))]
        if not self._measurements:
            raise failure(Status.FW_CONTROL_FAILURE)
        for dvm, _ in self._measurements.values():
            self._interrupt_protection(dvm)
        self._sampling = (averaged, period_us)

    def get_power_measurement(self, index: Any, should_clear: bool) -> PowerMeasurementData:
        self._enter('get_power_measurement')
        place = int(require_type(index, MeasurementBufferIndex))
        require_type(should_clear, bool)
        if self._sampling is None or place not in self._measurements:
            raise failure(Status.FW_CONTROL_FAILURE)
        averaged, period_us = self._sampling
        value = self._measure(self._measurements[place][1])
        return PowerMeasurementData(value, value, value, averaged * period_us / _MILLI, averaged)

    def stop_power_measurement(self) -> None:
        self._enter('stop_power_measurement')
        self._sampling = None
        self.card.is_overcurrent_protected = True

    def _enter(self, call: str, *, needs_same_version: bool = True) -> None:
        self._machine.enter(call)
        if not self.card.is_present or self.card.generation != self._generation:
            raise failure(self.card.loss)
        firmware, library = self.card.firmware_version, self._machine.library_version
        if needs_same_version and version_of(firmware) != version_of(library):
            raise failure(Status.UNSUPPORTED_FW_VERSION)

    def _require_power_monitor(self, dvm: Any, kind: Any) -> None:
        require_type(dvm, DvmTypes)
        require_type(kind, PowerMeasurementTypes)
        if not (self.card.has_current_monitoring or 'EVB' in self.card.product_name):
            raise failure(self.card.power_refusal)

    def _interrupt_protection(self, dvm: Any) -> None:
        if dvm in (DvmTypes.AUTO, DvmTypes.OVERCURRENT_PROTECTION):
            self._machine.log('warning', 'the overcurrent protection is disabled for measuring')
            self.card.overcurrent_interruptions += 1
            self.card.is_overcurrent_protected = False

    def _measure(self, kind: Any) -> float:
        current_ma = self.card.power_w / _SUPPLY_V * _MILLI
        values = {'BUS_VOLTAGE': _SUPPLY_V * _MILLI, 'CURRENT': current_ma, 'SHUNT_VOLTAGE': 1.0}
        return float(values.get(kind.name, self.card.power_w))
