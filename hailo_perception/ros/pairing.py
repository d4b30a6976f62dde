# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Images beside the calibrations of their time, by stamp."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Generic
from typing import Literal
from typing import TypeVar

PairingName = Literal['latest', 'exact', 'approximate']

Image = TypeVar('Image')
Calibration = TypeVar('Calibration')


@dataclass(frozen=True, slots=True)
class PairingRule:
    """Which calibration goes with an image.

    ``latest``: the one that came last, whatever its stamp. ``exact``: the one of the same stamp.
    ``approximate``: the nearest that is there, at most ``tolerance_s`` apart.
    """

    name: PairingName = 'latest'
    tolerance_s: float = 0.02

    @property
    def by_stamp(self) -> bool:
        """Whether an image may have to wait for its calibration."""
        return self.name != 'latest'

    @property
    def tolerance_ns(self) -> int:
        """How far stamps may be apart, nanoseconds."""
        return round(self.tolerance_s * 1e9) if self.name == 'approximate' else 0


class StampPairing(Generic[Image, Calibration]):
    """Pairs two streams by stamp, each image once and in the order in which images came.

    message_filters would do the same, but drops what finds no partner without a word; here
    every call returns how many images will not come out any more. An image is paired as soon as
    a calibration near enough is there; it does not wait for a nearer one.
    """

    def __init__(self, tolerance_ns: int, capacity: int = 10) -> None:
        """Keep at most ``capacity`` messages of each stream waiting."""
        self._tolerance_ns = tolerance_ns
        self._images: deque[tuple[int, Image]] = deque()
        self._calibrations: deque[tuple[int, Calibration]] = deque(maxlen=capacity)
        self._capacity = capacity

    @property
    def waiting(self) -> int:
        """How many images wait for their calibration."""
        return len(self._images)

    def put_image(
        self, stamp_ns: int, image: Image
    ) -> tuple[tuple[Image, Calibration] | None, int]:
        """Give the image's pair if it is there, and the number of images given up."""
        unpaired = self._forget_later_than(stamp_ns)
        calibration = self._nearest(stamp_ns)
        if calibration is not None:
            return (image, calibration), unpaired + self.clear()
        self._images.append((stamp_ns, image))
        if len(self._images) > self._capacity:
            self._images.popleft()
            unpaired += 1
        return None, unpaired

    def put_calibration(
        self, stamp_ns: int, calibration: Calibration
    ) -> tuple[tuple[Image, Calibration] | None, int]:
        """Give the newest image that waited for it, and the number of images given up."""
        self._calibrations.append((stamp_ns, calibration))
        for index in reversed(range(len(self._images))):
            image_stamp_ns, image = self._images[index]
            if abs(image_stamp_ns - stamp_ns) <= self._tolerance_ns:
                for _ in range(index + 1):
                    self._images.popleft()
                return (image, calibration), index
        return None, 0

    def clear(self) -> int:
        """Give up all images that wait, and tell how many."""
        given_up = len(self._images)
        self._images.clear()
        return given_up

    def _nearest(self, stamp_ns: int) -> Calibration | None:
        near = [
            (abs(stamp_ns - other_ns), -index, calibration)
            for index, (other_ns, calibration) in enumerate(self._calibrations)
            if abs(stamp_ns - other_ns) <= self._tolerance_ns
        ]
        return min(near, key=lambda each: each[:2])[2] if near else None

    def _forget_later_than(self, stamp_ns: int) -> int:
        """Give up images that wait with later stamps: a bag started over."""
        if not self._images or self._images[-1][0] <= stamp_ns:
            return 0
        return self.clear()
