# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Keeping regions covered for a while after they were last found: detections blink."""

from __future__ import annotations

from collections.abc import Callable
import time

import numpy as np
from numpy.typing import NDArray

from hailo_perception.anonymization.regions import grown
from hailo_perception.anonymization.regions import NO_REGIONS
from hailo_perception.anonymization.regions import Regions
from hailo_perception.anonymization.settings import HoldSettings
from hailo_perception.core.boxes import pairwise_iou
from hailo_perception.core.nanoseconds import to_seconds

_SAME_OVERLAP = 0.2
"""Intersection over union from which a region is taken for the next sight of a held one."""
_SAME_SHAPE = 0.005
"""Sides of a resized picture are whole numbers, often even ones, so its shape is not quite the
same: that of 854x480, of 1920x1080, differs by a thousandth. More is a crop, padding or a turn."""


class RegionHold:
    """Remembers the regions of one camera; for one thread.

    Time is that of the images' stamps and that of a clock, and a region goes when it has passed by
    both: where a bag plays fast, or the clock that stamps is set forward, the stamps alone would
    uncover too early. Stamps that stand still or go back (images without stamps, a bag that loops)
    tell nothing; for such an image the clock stands in for them, so that nothing stays for ever.

    In a picture of another size and the same shape a region is held where it is when the picture
    is resized. In one of another shape (cropped, padded, stretched, turned) it may be anywhere:
    all of the picture is covered until the time of all that was held has passed. A crop of the
    same shape cannot be told from a resized picture, and is taken for one.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Remember nothing yet; the clock tells seconds and never goes back."""
        self._clock = clock
        self._regions = NO_REGIONS
        self._ages_s: NDArray[np.float64] = np.empty((0, 2))
        """By the stamps and by the clock."""
        self._last: tuple[int, float] | None = None
        self._image_size: tuple[int, int] | None = None

    def keep(
        self, found: Regions, stamp_ns: int, image_size: tuple[int, int], settings: HoldSettings
    ) -> Regions:
        """Give the regions found now and, grown with their age, those that are not found again.

        All are in the pixels of an image of this (width, height), and may reach beyond it.
        A region found now takes the place of one held region at most, the one that it overlaps
        most, so that of two people who cross none is uncovered by the other. What has moved too
        far since it was last seen is covered in both places until its time has passed.
        """
        held, ages_s = self._regions, self._ages_s + self._elapsed_s(stamp_ns)
        old_size = self._image_size or image_size
        if old_size != image_size:
            held, ages_s = _placed(held, ages_s, old_size, image_size)
        self._image_size = image_size
        is_held = (ages_s.min(axis=1) <= settings.time_s) & ~_found_again(held, found)
        self._regions = np.concatenate((np.asarray(found, np.float32), held[is_held]))
        self._ages_s = np.concatenate((np.zeros((len(found), 2)), ages_s[is_held]))
        # People move by the time of the stamps. When that leaps, nobody has gone far.
        moved_s = np.minimum(self._ages_s[:, 0], settings.time_s)
        return grown(self._regions, settings.growth * moved_s)

    def _elapsed_s(self, stamp_ns: int) -> tuple[float, float]:
        """Tell the time since the last image, by the stamps and by the clock."""
        now_s = self._clock()
        last_stamp_ns, last_s = self._last or (stamp_ns, now_s)
        self._last = stamp_ns, now_s
        passed_s = now_s - last_s
        if stamp_ns > last_stamp_ns:
            return to_seconds(stamp_ns - last_stamp_ns), passed_s
        return passed_s, passed_s


def _placed(
    held: Regions,
    ages_s: NDArray[np.float64],
    old_size: tuple[int, int],
    new_size: tuple[int, int],
) -> tuple[Regions, NDArray[np.float64]]:
    """Place held regions (N, 4) with their ages (N, 2) in a picture of another (width, height).

    Edges may lie between pixels: whoever covers rounds outwards. In a picture of another shape one
    region, as young as the youngest, stands for all of them. It reaches so far beyond the picture
    that no found region overlaps it enough to take its place.
    """
    scales = np.divide(new_size, old_size)
    if abs(scales[0] / scales[1] - 1) <= _SAME_SHAPE:
        return np.asarray(held * np.tile(scales, 2), np.float32), ages_s
    if not len(held):
        return held, ages_s
    everything = np.array([[0, 0, *new_size]], np.float32)
    return grown(everything, 1.0), ages_s.min(axis=0, keepdims=True)


def _found_again(held: Regions, found: Regions) -> NDArray[np.bool_]:
    """Match held and found regions one to one, the greatest overlap first; (len(held),)."""
    again = np.zeros(len(held), bool)
    if not len(held) or not len(found):
        return again
    overlaps = pairwise_iou(held, found)
    is_taken = np.zeros(len(found), bool)
    pairs = np.argwhere(overlaps >= _SAME_OVERLAP)
    order = np.argsort(-overlaps[pairs[:, 0], pairs[:, 1]], kind='stable')
    for row, column in pairs[order].tolist():
        if not again[row] and not is_taken[column]:
            again[row] = is_taken[column] = True
    return again
