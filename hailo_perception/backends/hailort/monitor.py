# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What the devices tell about themselves: who they are, how hot, how much power."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import replace
import logging
import math
import signal
import time
from typing import Any

from hailo_perception.backends.base import DeviceHealth
from hailo_perception.backends.hailort.host import Host
from hailo_perception.backends.hailort.host import THIS_HOST
from hailo_perception.backends.hailort.options import HailortOptions
from hailo_perception.backends.hailort.runtime import Runtime
from hailo_perception.backends.hailort.status import failure_of
from hailo_perception.backends.hailort.status import Status

_LONGEST_SILENCE_S = 60.0
_NO_THROTTLING = -1
_CANNOT_MEASURE = frozenset({Status.UNSUPPORTED_OPCODE, Status.FW_CONTROL_FAILURE})
_PADDING = ' \t\n\0'

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Identity:
    """What does not change while a device is open."""

    board: str
    architecture: str | None
    firmware_version: str | None
    can_measure_power: bool


class Monitor:
    """Asks the open devices now and then; all of it on the thread that keeps the device.

    A question may hold every thread of the process for a second when the firmware is silent: so
    after an answer that did not come the next question waits twice as long.
    """

    def __init__(
        self,
        runtime: Runtime,
        options: HailortOptions,
        host: Host = THIS_HOST,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Know the versions at least; devices follow with ``watch``."""
        self._runtime = runtime
        self._options = options
        self._clock = clock
        self._devices: list[tuple[Any, Identity]] = []
        self._powerless: set[str] = set()
        self._unmeasured: set[str] = set()
        self.has_answered = False
        """Whether the devices that are watched now ever told their temperature."""
        self.silences = 0
        """How many questions in a row were left without an answer."""
        self._next_s = math.inf
        self._next_power_s = -math.inf
        self.health = DeviceHealth(
            device='Hailo device',
            driver_version=host.driver_version,
            library_version=runtime.version,
        )

    @property
    def wait_s(self) -> float:
        """Time until the next question, infinite when there is none to ask."""
        return max(self._next_s - self._clock(), 0.0)

    def watch(self, device_ids: Iterable[str]) -> None:
        """Ask these devices from now on, in place of earlier ones, and at once."""
        self.release()
        for device_id in device_ids:
            try:
                with _same_signals():
                    device = self._runtime.open_device(device_id)
            except Exception as error:
                _logger.warning('the Hailo device %s tells nothing: %s', device_id, error)
                continue
            self._devices.append((device, _identify(device.control)))
        identities = [identity for _, identity in self._devices]
        ids = ', '.join(device_ids)
        board = identities[0].board if identities else 'Hailo device'
        self.health = replace(
            self.health,
            device=f'{board} {ids}'.strip(),
            device_id=ids or None,
            architecture=_common(identity.architecture for identity in identities),
            firmware_version=_common(identity.firmware_version for identity in identities),
            temperature_c=None,
            temperatures_c=(),
            power_w=None,
            is_throttling=None,
        )
        self.silences, self.has_answered = 0, False
        if self._options.health_period_s and self._devices:
            self._ask()

    def poll(self) -> None:
        """Ask anew if it is time."""
        if self.wait_s <= 0:
            self._ask()

    def release(self) -> None:
        """Close the devices; what changes is unknown from now on."""
        for device, _ in self._devices:
            try:
                device.release()
            except Exception as error:
                _logger.warning('the Hailo device was not released cleanly: %s', error)
        self._devices.clear()
        self._next_s = math.inf
        self.health = replace(
            self.health, temperature_c=None, temperatures_c=(), power_w=None, is_throttling=None
        )

    def _ask(self) -> None:
        try:
            temperatures = tuple(
                reading
                for device, _ in self._devices
                for reading in _temperatures(device.control.get_chip_temperature())
            )
        except Exception as error:
            if not self.silences:
                _logger.warning('the Hailo device does not tell its temperature: %s', error)
            self.silences += 1
            temperatures, power_w, is_throttling = (), None, None
        else:
            self.silences, self.has_answered = 0, True
            power_w = self._power()
            is_throttling = _any_known(_is_throttling(device) for device, _ in self._devices)
        self.health = replace(
            self.health,
            temperature_c=max(temperatures, default=None),
            temperatures_c=temperatures,
            power_w=power_w,
            is_throttling=is_throttling,
        )
        period_s = self._options.health_period_s * 2.0 ** min(self.silences, 10)
        self._next_s = self._clock() + min(
            period_s, max(_LONGEST_SILENCE_S, self._options.health_period_s)
        )

    def _power(self) -> float | None:
        """Add up the power of the boards that can measure it; keep the last between measures."""
        able = [
            device
            for device, identity in self._devices
            if identity.can_measure_power and device.device_id not in self._powerless
        ]
        if not able or not self._options.power_period_s:
            return None
        if self._clock() < self._next_power_s:
            return self.health.power_w
        self._next_power_s = self._clock() + self._options.power_period_s
        readings = []
        unmeasured = set()
        for device in able:
            try:
                readings.append(float(device.control.power_measurement()))
            except Exception as error:
                unmeasured.add(device.device_id)
                # A board that cannot is never asked again: each trial costs and is logged.
                if failure_of(error).status in _CANNOT_MEASURE:
                    self._powerless.add(device.device_id)
                if device.device_id not in self._unmeasured:
                    _logger.warning(
                        'the Hailo device %s does not measure its power: %s',
                        device.device_id,
                        error,
                    )
        self._unmeasured = unmeasured
        known = [reading for reading in readings if math.isfinite(reading)]
        return sum(known) if known else None


def _identify(control: Any) -> Identity:
    """Ask who a device is; what it does not tell is unknown."""
    try:
        board = control.identify()
        name = str(board.board_name).strip(_PADDING)
        product = str(board.product_name).strip(_PADDING)
        architecture: str | None = str(board.device_architecture).rsplit('.', maxsplit=1)[-1]
        firmware: str | None = str(board.firmware_version).strip(_PADDING)
    except Exception as error:
        _logger.warning('the Hailo device does not say who it is: %s', error)
        name, product, architecture, firmware = 'Hailo device', '', None, None
    try:
        features = control.get_extended_device_information().supported_features
        has_meter = bool(features.current_monitoring)
    except Exception as error:
        _logger.warning('the Hailo device does not say what it can: %s', error)
        has_meter = False
    return Identity(name or 'Hailo device', architecture, firmware, has_meter or 'EVB' in product)


def read_identity(runtime: Runtime) -> tuple[str | None, str | None]:
    """Ask the first device for its architecture and firmware version."""
    with _same_signals():
        device = runtime.open_device()
    try:
        identity = _identify(device.control)
    finally:
        device.release()
    return identity.architecture, identity.firmware_version


@contextmanager
def _same_signals() -> Iterator[None]:
    """Undo that opening a device blocks a signal, of resized terminals, in its thread."""
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)


def _temperatures(info: Any) -> tuple[float, ...]:
    readings = (float(info.ts0_temperature), float(info.ts1_temperature))
    return tuple(reading for reading in readings if math.isfinite(reading))


def _is_throttling(device: Any) -> bool | None:
    """Tell whether the chip runs slower because it is hot; None where the library hides it.

    ``get_throttling_state`` tells something else: whether it may.
    """
    try:
        level = device.control._get_health_information().current_temperature_throttling_level
        return int(level) != _NO_THROTTLING
    # The question is not part of the public interface.
    except Exception:
        return None


def _any_known(answers: Iterable[bool | None]) -> bool | None:
    known = [answer for answer in answers if answer is not None]
    return any(known) if known else None


def _common(values: Iterable[str | None]) -> str | None:
    known = dict.fromkeys(value for value in values if value is not None)
    return ', '.join(known) or None
