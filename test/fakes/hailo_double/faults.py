# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Failures that a test plants, and what a program did against the document."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
import threading
from typing import Final
from typing import Literal

from hailo_double.status import failure
from hailo_double.status import Status

_sleep_with_gil = ctypes.PyDLL(None).usleep
HANG: Final = 'hang'
"""In place of a status: the frame never completes by itself."""

CONTROL_CALLS = frozenset(
    {
        'identify',
        'get_chip_temperature',
        'get_extended_device_information',
        'get_throttling_state',
        'set_throttling_state',
        '_get_health_information',
        'set_notification_callback',
        'remove_notification_callback',
        'power_measurement',
        'set_power_measurement',
        'start_power_measurement',
        'get_power_measurement',
        'stop_power_measurement',
    }
)
CALLS = CONTROL_CALLS | {
    'scan',
    'VDevice',
    'Device',
    'HEF',
    'create_infer_model',
    'configure',
    'activate',
    'wait_for_async_ready',
    'run_async',
    'completion',
    'release',
}
"""Where failures can be planted: native calls, and 'completion' for what a frame ends with."""

GIL_FREE_CALLS = frozenset({'wait_for_async_ready', 'run_async'})


@dataclass(slots=True)
class _Fault:
    status: Status | Literal['hang']
    skipped: int
    times: float


class Faults:
    """The failures planted for each call, in the order in which they come up."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._planted: dict[str, list[_Fault]] = {}

    def plant(
        self, call: str, status: int | Literal['hang'], *, after: int = 0, times: int | None = 1
    ) -> None:
        """Let ``call`` fail with a status after ``after`` good ones, ``times`` in a row.

        ``times`` None: from then on always. ValueError for a call or status that is not known.
        """
        if call not in CALLS:
            raise ValueError(f'expected one of {sorted(CALLS)}, got {call}')
        if status == HANG and call != 'completion':
            raise ValueError(f'only a completion can hang, not {call}')
        outcome: Status | Literal['hang'] = 'hang' if status == 'hang' else Status(status)
        fault = _Fault(outcome, after, float('inf') if times is None else times)
        with self._lock:
            self._planted.setdefault(call, []).append(fault)

    def clear(self) -> None:
        """Let everything succeed again."""
        with self._lock:
            self._planted.clear()

    def take(self, call: str) -> Status | Literal['hang'] | None:
        """Consume what is planted for this call; None: it succeeds."""
        with self._lock:
            planted = self._planted.get(call)
            if not planted:
                return None
            fault = planted[0]
            if fault.skipped:
                fault.skipped -= 1
                return None
            fault.times -= 1
            if not fault.times:
                planted.pop(0)
            return fault.status

    def check(self, call: str) -> None:
        """Raise what is planted for this call."""
        outcome = self.take(call)
        if isinstance(outcome, Status):
            raise failure(outcome)


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that the real library answers with a crash, a deadlock or wrong data."""

    rule: str
    text: str

    def __str__(self) -> str:
        return f'{self.rule}: {self.text}'


def hold_gil(seconds: float) -> None:
    """Block every Python thread, as native calls do that keep the GIL (rule 2)."""
    _sleep_with_gil(round(seconds * 1e6))
