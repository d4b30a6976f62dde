# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""How long to be quiet about what was told: longer each time while it comes again and again."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

_QUIET_S = 5.0
_LONGEST_QUIET_S = 320.0
_FORGETTING = 12
"""In quiet times. With few of them what comes at a beat, as the jump of a looped bag of half a
minute does, would be new each time."""


@dataclass(slots=True)
class _Told:
    """When something was told, when it last happened, and how long to be quiet."""

    at_s: float
    last_s: float
    quiet_s: float = _QUIET_S

    @classmethod
    def after(cls, before: _Told | None, now_s: float) -> _Told:
        if before is None or now_s - before.last_s > _FORGETTING * before.quiet_s:
            return cls(now_s, now_s)
        return cls(now_s, now_s, min(2 * before.quiet_s, _LONGEST_QUIET_S))


class QuietTimes:
    """Decides for each kind of line whether it may be told; one thread at a time.

    The first repetition may come five seconds after the first line, the next after ten, … and
    after five minutes at last. What has not happened for twelve times as long is new.
    """

    def __init__(self) -> None:
        """Nothing was told yet."""
        self._told: dict[Hashable, _Told] = {}

    def may_tell(self, kind: Hashable, now_s: float) -> bool:
        """Tell whether a line of this kind may come now, and take it that it does."""
        told = self._told.get(kind)
        if told is not None and now_s - told.at_s < told.quiet_s:
            told.last_s = now_s
            return False
        self._told[kind] = _Told.after(told, now_s)
        return True
