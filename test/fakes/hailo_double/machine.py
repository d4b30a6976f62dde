# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The simulated computer: its cards, driver and library, planted failures, and misuse seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
import gc
import os
from pathlib import Path
import runpy
import signal
import sys
import threading
import time
from typing import Any
from typing import Literal

from hailo_double.cards import Card
from hailo_double.faults import CALLS
from hailo_double.faults import Faults
from hailo_double.faults import GIL_FREE_CALLS
from hailo_double.faults import hold_gil
from hailo_double.faults import Violation
from hailo_double.hef_file import HefContent
from hailo_double.hef_file import read_hef
from hailo_double.status import failure
from hailo_double.status import HailoRTStatusException
from hailo_double.status import ProcessDeath
from hailo_double.status import Status

CARDS_VARIABLE = 'HAILO_DOUBLE_CARDS'
"""Chips of a process's own machine, such as HAILO8 or HAILO8,HAILO8L; unset: no card."""
SETUP_VARIABLE = 'HAILO_DOUBLE_SETUP'
"""A Python file that such a process runs first; its global ``machine`` is the machine."""

_LEVELS = ('info', 'warning', 'error', 'critical')
_HEF_STATUSES = (
    Status.HEF_FILE_CORRUPTED,
    Status.HEF_NOT_SUPPORTED,
    Status.HEF_NOT_COMPATIBLE_WITH_DEVICE,
)


class Machine:
    """Everything that the double pretends: attributes are switches, ``plant`` adds failures.

    A program that crashes, deadlocks or corrupts data with the real library is found in
    ``violations``; ``installed`` raises them at its end.
    """

    def __init__(
        self,
        *cards: Card,
        library_version: str = '4.23.0',
        driver_version: str | None = None,
        has_service: bool = False,
    ) -> None:
        """``driver_version`` None: the library's; '': no driver is installed."""
        self.cards = list(cards)
        self.library_version = library_version
        self.driver_version = library_version if driver_version is None else driver_version
        self.may_open_device = True
        self.has_service = has_service
        """Whether the library was built with the multi-process service."""
        self.service_version = library_version
        self.is_service_running = True
        self.pipeline_timeout_s = 10.0
        """After this long without an answer of the chip, a pipeline shuts down."""
        self.durations_s: dict[str, float] = {}
        """How long a call blocks."""
        self.faults = Faults()
        self.messages: list[str] = []
        """What libhailort wrote to its log and to stderr."""
        self.log_folders: tuple[Path, ...] | None = None
        """Where hailort.log would have been written; None before the first call."""
        self.opened: Counter[str] = Counter()
        """How many VDevice, Device and ConfiguredInferModel are open."""
        self.shared_devices: dict[str, Any] = {}
        """The native devices of this process by the group_id of their VDevices."""
        self._violations: list[Violation] = []
        self._lock = threading.RLock()

    def plant(
        self, call: str, status: int | Literal['hang'], *, after: int = 0, times: int | None = 1
    ) -> None:
        """See Faults.plant."""
        self.faults.plant(call, status, after=after, times=times)

    def slow_down(self, call: str, seconds: float) -> None:
        """Let a call block that long; most hold the GIL all the while (rule 2)."""
        if call not in CALLS:
            raise ValueError(f'expected one of {sorted(CALLS)}, got {call}')
        self.durations_s[call] = seconds

    def enter(self, call: str) -> None:
        """Begin a native call: what it costs, and what was planted for it."""
        if self.log_folders is None:
            self.log_folders = _log_folders()
        if seconds := self.durations_s.get(call):
            (time.sleep if call in GIL_FREE_CALLS else hold_gil)(seconds)
        try:
            self.faults.check(call)
        except HailoRTStatusException as error:
            self.log('error', f'CHECK_SUCCESS failed in {call} with status={error.args[0]}')
            raise

    def log(self, level: Literal['warning', 'error'], text: str) -> None:
        """Write a line as libhailort does."""
        message = f'[HailoRT] [{level}] {text}'
        self.messages.append(message)
        least = os.environ.get('HAILORT_CONSOLE_LOGGER_LEVEL', 'warning')
        if _LEVELS.index(level) >= _LEVELS.index(least):
            print(message, file=sys.stderr)

    def scan(self) -> list[str]:
        """List the cards that the driver knows, in use or not."""
        if not self.driver_version:
            return []
        return [card.device_id for card in self.cards if card.is_present]

    def check_driver(self) -> None:
        """Open the device node and compare versions (section 2)."""
        if not self.may_open_device:
            self.log('error', 'Failed to open device file /dev/hailo0 with error 13')
            raise failure(Status.DRIVER_OPERATION_FAILED)
        if self.driver_version != self.library_version:
            self.log(
                'error',
                f'Driver version ({self.driver_version}) is different from library version '
                f'({self.library_version})',
            )
            raise failure(Status.INVALID_DRIVER_VERSION)

    def read_hef(self, source: str | bytes) -> HefContent:
        """Parse a HEF; before 4.21 each of its errors was 26."""
        try:
            return read_hef(source)
        except HailoRTStatusException as error:
            status = self.hef_status(Status(int(error.args[0])))
            self.log('error', f'Failed parsing HEF file, status={int(status)}')
            raise failure(status) from error
        except ProcessDeath as death:
            self.report('rule 24', str(death))
            raise

    def hef_status(self, status: Status) -> Status:
        """Give the status that this version has for what is wrong with a HEF (section 12)."""
        is_old = version_of(self.library_version) < (4, 21)
        return Status.INVALID_HEF if is_old and status in _HEF_STATUSES else status

    def report(self, rule: str, text: str) -> None:
        """Note what the program did against the document."""
        with self._lock:
            self._violations.append(Violation(rule, text))

    def die(self, rule: str, text: str) -> None:
        """Note and raise what kills the process with the real library."""
        self.report(rule, text)
        raise ProcessDeath(f'{rule}: {text}')

    def take_violations(self) -> list[Violation]:
        """Return and forget the violations so far, for a test that provokes them."""
        with self._lock:
            taken, self._violations = self._violations, []
        return taken

    def count(self, kind: str, change: int) -> None:
        """Count what is open."""
        with self._lock:
            self.opened[kind] += change

    def check(self) -> None:
        """Raise AssertionError for violations and for what is still open."""
        if self.opened.total():
            # Garbage in cycles, such as the traceback of a caught error, is no leak.
            gc.collect()
        found = [str(violation) for violation in self.take_violations()]
        found += [f'{count} {kind} still open' for kind, count in self.opened.items() if count]
        assert not found, 'against the document: ' + '; '.join(found)


def version_of(text: str) -> tuple[int, ...]:
    """Read '4.23.0'."""
    return tuple(int(part) for part in text.split('.'))


def current() -> Machine:
    """Return the machine in which this process runs."""
    if not _installed:
        _installed.append(_from_environment())
    return _installed[-1]


@contextmanager
def installed(machine: Machine) -> Iterator[Machine]:
    """Let the process run in ``machine``; at the end raises what it did wrong."""
    current()
    # Opening a Device leaves a mark on its thread, which later tests must not see.
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    _installed.append(machine)
    try:
        yield machine
    finally:
        _installed.remove(machine)
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
    machine.check()


# The real library's state is the computer's, hence global as well; this is the only place.
_installed: list[Machine] = []


def _from_environment() -> Machine:
    chips = [chip for chip in os.environ.get(CARDS_VARIABLE, '').split(',') if chip]
    machine = Machine(
        *(Card(f'0000:{slot:02d}:00.0', chip) for slot, chip in enumerate(chips, start=1))
    )
    if path := os.environ.get(SETUP_VARIABLE):
        runpy.run_path(path, {'machine': machine})
    return machine


def _log_folders() -> tuple[Path, ...]:
    folder = os.environ.get('HAILORT_LOGGER_PATH')
    if folder == 'NONE':
        return ()
    return (Path(folder),) if folder else (Path.cwd(), Path.home() / '.hailo' / 'hailort')
