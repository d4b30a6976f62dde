# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a user may set about the Hailo device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args
from typing import Literal

from hailo_perception.core.errors import ConfigurationError

PowerMode = Literal['performance', 'ultra_performance']

MAX_BATCH_SIZE = 63
"""More the library does not configure."""
MIN_HEALTH_PERIOD_S = 1.0
"""Each question stops every thread of the process while the firmware answers."""

_PATIENCE = (
    'frame_timeout_s',
    'first_retry_s',
    'longest_retry_s',
    'abort_timeout_s',
    'release_timeout_s',
)


@dataclass(frozen=True, slots=True)
class HailortOptions:
    """Device, sharing, speed and patience.

    ``device_ids`` as PCIe addresses, empty for any ``device_count`` devices. Networks opened in
    one process with the same ``group_id`` and devices share them; ``multi_process_service``
    shares them with other processes too. ``network_group`` names one network of a HEF that holds
    several. ``batch_size`` frames run in one burst; each is still submitted by itself.

    A frame without an answer after ``frame_timeout_s`` counts as a hang. The first attempt to
    bring a failed device back comes after ``first_retry_s``, each further one after twice that
    time, at most ``longest_retry_s``. Frames that an abort does not bring back within
    ``abort_timeout_s`` are given up; the library itself waits ten seconds for the device.
    ``close`` waits at most ``frame_timeout_s`` for frames and ``release_timeout_s`` for the
    device. Temperatures are read every ``health_period_s``, power,
    where the board can measure it, every ``power_period_s``; 0 switches either off.
    """

    device_ids: tuple[str, ...] = ()
    device_count: int = 1
    group_id: str = 'hailo_perception'
    multi_process_service: bool = False
    network_group: str = ''
    batch_size: int = 1
    power_mode: PowerMode = 'performance'
    frame_timeout_s: float = 5.0
    first_retry_s: float = 0.1
    longest_retry_s: float = 10.0
    abort_timeout_s: float = 12.0
    release_timeout_s: float = 5.0
    health_period_s: float = 1.0
    power_period_s: float = 10.0

    def __post_init__(self) -> None:
        """Raise ConfigurationError for what no device could do."""
        if not 1 <= self.batch_size <= MAX_BATCH_SIZE:
            raise ConfigurationError(
                f'batch_size must be 1…{MAX_BATCH_SIZE}, got {self.batch_size}'
            )
        if self.device_count < 1:
            raise ConfigurationError(f'device_count must be at least 1, got {self.device_count}')
        if not all(self.device_ids):
            raise ConfigurationError(f'device_ids must not be empty texts, got {self.device_ids}')
        if not self.group_id:
            raise ConfigurationError('group_id must not be empty')
        if self.power_mode not in get_args(PowerMode):
            raise ConfigurationError(
                f'power_mode must be {" or ".join(get_args(PowerMode))}, got {self.power_mode!r}'
            )
        for name in _PATIENCE:
            if not getattr(self, name) > 0:
                raise ConfigurationError(f'{name} must be above 0, got {getattr(self, name)}')
        for name in ('health_period_s', 'power_period_s'):
            if getattr(self, name) != 0 and not getattr(self, name) >= MIN_HEALTH_PERIOD_S:
                raise ConfigurationError(
                    f'{name} must be 0 or at least {MIN_HEALTH_PERIOD_S:g}, got '
                    f'{getattr(self, name)}'
                )

    def retry_delay_s(self, failures: int) -> float:
        """Wait this long after so many failures in a row."""
        # Beyond some doublings only the bound counts, and floats would overflow.
        doublings = min(max(failures - 1, 0), 30)
        return min(self.first_retry_s * 2.0**doublings, self.longest_retry_s)


DEFAULTS = HailortOptions()
