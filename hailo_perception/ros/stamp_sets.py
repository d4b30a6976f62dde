# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Images of several cameras that were taken at the same instant, by stamp."""

from __future__ import annotations

from collections import Counter
from collections import deque
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from itertools import chain
from typing import Generic
from typing import Literal
from typing import TypeVar

TogetherName = Literal['none', 'exact', 'approximate']

T = TypeVar('T')


@dataclass(frozen=True, slots=True)
class TogetherRule:
    """Whether cameras are processed as sets, and what a set is.

    ``exact``: images of the same stamp. ``approximate``: of stamps at most ``slop_s`` apart.
    A camera that was silent for ``gone_after_s`` is no longer waited for.
    """

    name: TogetherName = 'none'
    slop_s: float = 0.02
    gone_after_s: float = 1.0

    @property
    def is_on(self) -> bool:
        """Whether images wait for those of other cameras at all."""
        return self.name != 'none'

    @property
    def slop_ns(self) -> int:
        """How far the stamps of a set may be apart, nanoseconds."""
        return round(self.slop_s * 1e9) if self.name == 'approximate' else 0


@dataclass(frozen=True, slots=True)
class SetStep(Generic[T]):
    """What an image brought about.

    ``complete`` is the set that it completed, by camera, empty where it waits; ``lost`` counts by
    camera the images that will be in no set any more.
    """

    complete: Mapping[str, T] = field(default_factory=dict)
    lost: Mapping[str, int] = field(default_factory=dict)


class StampSets(Generic[T]):
    """Collects one image of each living camera, each image once.

    As in StampPairing an image goes as soon as a set is there, and every image that finds none is
    counted, which message_filters would drop without a word. The last to come decides: of all
    sets that it completes the one of the least spread is taken, and what waited for longer than
    its members is given up. Nothing waits for a camera that is gone: it belongs to no set until
    it sends again. A time in which nobody sends makes nobody gone.
    """

    def __init__(
        self, cameras: Iterable[str], rule: TogetherRule, now_s: float, capacity: int = 4
    ) -> None:
        """Wait for every camera at first; keep at most ``capacity`` images of each waiting."""
        self._slop_ns = rule.slop_ns
        self._gone_after_s = rule.gone_after_s
        self._capacity = capacity
        self._waiting: dict[str, deque[tuple[int, T]]] = {camera: deque() for camera in cameras}
        self._latest_s = dict.fromkeys(self._waiting, now_s)

    def gone(self, now_s: float) -> frozenset[str]:
        """Name the cameras that are not waited for."""
        return frozenset(
            camera
            for camera, latest_s in self._latest_s.items()
            if now_s - latest_s >= self._gone_after_s
        )

    def clear(self) -> Mapping[str, int]:
        """Give up all that waits; counts it by camera."""
        lost = {camera: len(waiting) for camera, waiting in self._waiting.items() if waiting}
        for waiting in self._waiting.values():
            waiting.clear()
        return lost

    def put(self, camera: str, stamp_ns: int, image: T, now_s: float) -> SetStep[T]:
        """Add an image to those that wait; ``now_s`` of a steady clock."""
        if now_s - max(self._latest_s.values()) >= self._gone_after_s:
            self._latest_s = dict.fromkeys(self._latest_s, now_s)
        self._latest_s[camera] = now_s
        lost: Counter[str] = Counter()
        own = self._waiting[camera]
        if own and own[-1][0] > stamp_ns:
            # A bag started over.
            lost[camera] += len(own)
            own.clear()
        own.append((stamp_ns, image))
        if len(own) > self._capacity:
            own.popleft()
            lost[camera] += 1
        gone = self.gone(now_s)
        chosen = self._least_spread(camera, stamp_ns, gone)
        if not chosen:
            return SetStep(lost=lost)
        complete = {name: self._take_out(name, chosen[name], lost) for name in chosen}
        for name in gone:
            lost[name] += len(self._waiting[name])
            self._waiting[name].clear()
        return SetStep(complete, +lost)

    def _least_spread(
        self, camera: str, stamp_ns: int, gone: frozenset[str]
    ) -> Mapping[str, int]:
        """Choose a stamp of each living camera, in their order; empty when one has none near."""
        near = {
            name: [stamp_ns]
            if name == camera
            else [each for each, _ in waiting if abs(each - stamp_ns) <= self._slop_ns]
            for name, waiting in self._waiting.items()
            if name not in gone
        }
        # The earliest of a set is one of these; then each camera's next one is the nearest to it.
        sets = [
            {
                name: min((each for each in stamps if each >= earliest), default=None)
                for name, stamps in near.items()
            }
            for earliest in sorted(set(chain(*near.values())), reverse=True)
            if earliest <= stamp_ns
        ]
        complete = [
            {name: stamp for name, stamp in each.items() if stamp is not None}
            for each in sets
            if None not in each.values()
        ]
        return min(
            (each for each in complete if _spread(each) <= self._slop_ns),
            key=_spread,
            default={},
        )

    def _take_out(self, camera: str, stamp_ns: int, lost: Counter[str]) -> T:
        """Take an image out, and give up those of its camera that came before it."""
        waiting = self._waiting[camera]
        while True:
            found_ns, image = waiting.popleft()
            if found_ns == stamp_ns:
                return image
            lost[camera] += 1


def _spread(stamps_ns: Mapping[str, int]) -> int:
    return max(stamps_ns.values()) - min(stamps_ns.values())
