# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What the library was asked for, and what is known about the machine when it fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from enum import Enum
from pathlib import Path

from hailo_perception.backends.hailort.host import Host
from hailo_perception.backends.hailort.host import THIS_HOST
from hailo_perception.backends.hailort.status import Failure

UNKNOWN = 'unknown'


class Stage(Enum):
    """What the library was asked for."""

    LOAD = 'reading the HEF'
    OPEN = 'opening the device'
    CONFIGURE = 'loading the network into the device'
    RUN = 'running the network'


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known when something fails; what costs a call is asked only then."""

    hef: Path
    library_version: str = UNKNOWN
    requested_ids: tuple[str, ...] = ()
    device_count: int = 1
    batch_size: int = 1
    is_multi_process: bool = False
    group_id: str = ''
    host: Host = THIS_HOST
    scan: Callable[[], tuple[str, ...]] = tuple
    read_device: Callable[[], tuple[str | None, str | None]] = lambda: (None, None)
    """Gives the device's architecture and firmware version."""

    def present_ids(self) -> tuple[str, ...]:
        """List the devices that the driver offers; none when even that question fails."""
        try:
            return self.scan()
        # Asking for details must never hide the failure that they are to explain.
        except Exception:
            return ()

    def architecture_and_firmware(self) -> tuple[str, str]:
        """Ask which chip is there and which firmware it runs."""
        try:
            architecture, firmware = self.read_device()
        except Exception:
            return UNKNOWN, UNKNOWN
        return architecture or UNKNOWN, firmware or UNKNOWN


@dataclass(frozen=True, slots=True)
class Case:
    """A failure, when it came, and under which circumstances."""

    failure: Failure
    stage: Stage
    known: Circumstances = field(repr=False)
