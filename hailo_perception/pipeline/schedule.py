# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Several cameras before one device: whose images are let in, and who is next."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping

from hailo_perception.pipeline.camera_schedule import CameraSchedule
from hailo_perception.pipeline.camera_schedule import UNLIMITED
from hailo_perception.pipeline.rate_limit import RateLimit
from hailo_perception.pipeline.turns import FairTurns

_LONGEST_AGE_S = 60.0


class Schedule:
    """The settings of all cameras at work. Not locked: its owner's lock guards it.

    A camera without settings is unlimited: as many turns as the others, nothing is stale.
    """

    def __init__(self, cameras: Mapping[str, CameraSchedule]) -> None:
        """Start with no turn given."""
        self._cameras = dict(cameras)
        self._turns = FairTurns({name: each.priority for name, each in cameras.items()})
        self._limits = {
            name: RateLimit(each.rate_hz) for name, each in cameras.items() if each.rate_hz > 0
        }

    def admits(self, camera: str, now_s: float) -> bool:
        """Tell whether an image may begin to wait for a turn; if so, it is counted."""
        limit = self._limits.get(camera)
        return limit is None or limit.admits(now_s)

    def admits_all(self, cameras: Iterable[str], now_s: float) -> bool:
        """Tell whether images of some cameras may begin to wait together; if so, all are counted.

        Where one may not, none is counted: cameras whose limits are out of step, because one of
        them was away for a while, would otherwise never be let in together again.
        """
        limits = [self._limits[camera] for camera in cameras if camera in self._limits]
        return all(limit.is_due(now_s) for limit in limits) and all(
            [limit.admits(now_s) for limit in limits]
        )

    def is_stale(self, camera: str, age_s: float) -> bool:
        """Tell whether an image of this age is too old to be worth a turn."""
        stale_after_s = self._cameras.get(camera, UNLIMITED).stale_after_s
        return 0 < stale_after_s < age_s

    def next_turn(self, waiting: Collection[str]) -> str:
        """Tell who of the waiting cameras ``choose`` would choose."""
        return self._turns.first(waiting)

    def choose(self, waiting: Collection[str]) -> str:
        """Give the next turn to one of the waiting cameras; there is at least one."""
        return self._turns.next(waiting)


def stamp_age_s(stamp_ns: int, now_ns: int) -> float:
    """Tell how old a stamp is by the clock that it may be of; 0 when it cannot be of that clock.

    A camera with a clock of its own, or a bag played long after it was recorded, is known by
    stamps that lie in the future or more than a minute back: they say nothing about the age.
    """
    age_s = (now_ns - stamp_ns) * 1e-9
    return age_s if 0 <= age_s <= _LONGEST_AGE_S else 0.0
