# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The accelerators in the simulated machine, and what tests can do to them."""

from __future__ import annotations

from collections.abc import Callable
import fcntl
import os
from pathlib import Path
import threading
from types import SimpleNamespace
from typing import Any

from hailo_double.enums import DeviceArchitectureTypes
from hailo_double.status import Status

LOCKS_VARIABLE = 'HAILO_DOUBLE_LOCKS'
"""A folder of lock files: processes that share it exclude each other from the cards."""

_ACCEPTED = {
    'HAILO8': ('HAILO8', 'HAILO8R', 'HAILO8L'),
    'HAILO8L': ('HAILO8L',),
}


class Card:
    """One Hailo-8 or Hailo-8L. Attributes are switches; change them at any time.

    The board's texts are as those of an M.2 module; ``Card.ai_hat`` has none.
    """

    def __init__(
        self,
        device_id: str = '0000:01:00.0',
        architecture: str = 'HAILO8',
        *,
        firmware_version: str = '4.23.0',
    ) -> None:
        if architecture not in _ACCEPTED:
            raise ValueError(f'expected one of {list(_ACCEPTED)}, got {architecture}')
        self.device_id = device_id
        self.architecture = architecture
        self.firmware_version = firmware_version
        self.board_name = 'Hailo-8\0\0\0'
        self.serial_number = 'HLDDLBB000000001'
        self.part_number = 'HM218B1C2FAE'
        self.product_name = 'HAILO-8 AI ACC M.2 M KEY MODULE EXT TMP\0\0\0'
        self.temperature_c = (46.5, 47.25)
        self.power_w = 1.75
        self.clock_hz = 400_000_000
        self.has_current_monitoring = True
        self.power_refusal = Status.UNSUPPORTED_OPCODE
        self.is_throttling_protected = True
        self.throttling_level = -1
        self.overcurrent_interruptions = 0
        """How often a measurement switched the over-current protection off."""
        self.is_overcurrent_protected = True
        self.latency_s = 0.0
        # Reentrant, as a model that the garbage collector destroys comes back here.
        self._lock = threading.RLock()
        self._listeners: list[Callable[[], None]] = []
        self._notified: dict[Any, Callable[[object], None]] = {}
        self._occupant: str | None = None
        self._lock_file: int | None = None
        self._is_held = False
        self.is_paused = False
        self.is_hung = False
        self.is_present = True
        self.loss = Status.DRIVER_OPERATION_FAILED
        self.generation = 0
        """Counts how often the card came back; handles of an earlier one are dead."""

    @classmethod
    def ai_hat(cls, device_id: str = '0000:01:00.0', architecture: str = 'HAILO8') -> Card:
        """Make a Raspberry Pi AI HAT+: no board identity, no power measurement."""
        card = cls(device_id, architecture)
        card.serial_number = card.part_number = card.product_name = ''
        card.has_current_monitoring = False
        return card

    @property
    def architecture_type(self) -> DeviceArchitectureTypes:
        return DeviceArchitectureTypes[self.architecture]

    def accepts(self, hef_architecture: str) -> bool:
        """Tell whether a HEF for that chip runs here (rule 19)."""
        return hef_architecture in _ACCEPTED[self.architecture]

    def pause(self) -> None:
        """Hold every frame inside the chip until resume(); never times out."""
        self._change(is_paused=True)

    def resume(self) -> None:
        """Let the held frames go on."""
        self._change(is_paused=False)

    def hang(self) -> None:
        """Never answer again: the pipeline stalls and times out (rule 7)."""
        self._change(is_hung=True)

    def recover(self) -> None:
        """Answer again."""
        self._change(is_hung=False)

    def vanish(self, status: Status = Status.DRIVER_OPERATION_FAILED) -> None:
        """Leave the bus: frames in flight and later calls fail with the status."""
        self._change(is_present=False, loss=status)

    def come_back(self) -> None:
        """Return to the bus as a new device; what was opened before stays dead."""
        self._change(is_present=True, is_hung=False, generation=self.generation + 1)

    def occupy(self, service_group: str = '') -> None:
        """Let another process hold the card: alone, or through the service with that group."""
        self._occupant = service_group

    def vacate(self) -> None:
        """Let the other process release the card."""
        self._occupant = None

    def try_take(self, service_group: str | None = None) -> bool:
        """Hold the card for this process, with others only through the service's group."""
        if self._is_held or not self.is_present:
            return False
        if self._occupant is not None and (not self._occupant or self._occupant != service_group):
            return False
        if folder := os.environ.get(LOCKS_VARIABLE):
            self._lock_file = _try_lock(Path(folder), self.device_id, service_group is not None)
            self._is_held = self._lock_file is not None
        else:
            self._is_held = True
        return self._is_held

    def give_back(self) -> None:
        """Let others take the card."""
        self._is_held = False
        if self._lock_file is not None:
            os.close(self._lock_file)
            self._lock_file = None

    def on_notification(self, kind: Any, listener: Callable[[object], None] | None) -> None:
        """Set or remove what hears notifications of that kind."""
        with self._lock:
            self._notified.pop(kind, None)
            if listener is not None:
                self._notified[kind] = listener

    def notify(self, kind: Any, **body: object) -> None:
        """Send a notification, heard on a thread of the library; returns when it was handled.

        ``body`` are the fields of the notification's part of the body, such as
        ``previous_clock`` and ``current_clock``.
        """
        with self._lock:
            listener = self._notified.get(kind)
        if listener is not None:
            thread = threading.Thread(
                target=listener, args=(SimpleNamespace(**body),), name='hailort-notification'
            )
            thread.start()
            thread.join()

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` after each change."""
        with self._lock:
            self._listeners.append(listener)

    def unsubscribe(self, listener: Callable[[], None]) -> None:
        """Stop calling it."""
        with self._lock:
            self._listeners.remove(listener)

    def _change(self, **state: object) -> None:
        for name, value in state.items():
            setattr(self, name, value)
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener()


def _try_lock(folder: Path, device_id: str, is_shared: bool) -> int | None:
    descriptor = os.open(folder / f'{device_id}.lock', os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
