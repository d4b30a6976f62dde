# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Keeping regions covered for a while after they were last found: detections blink."""

from __future__ import annotations

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


class RegionHold:
    """Remembers the regions of one camera; for one thread.

    Time is that of the images' stamps. When it goes back (a bag loops, a clock is set), ages stay
    as they were: nothing is uncovered by it, and what is held goes when its time has passed.
    """

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._regions = NO_REGIONS
        self._ages_s: NDArray[np.float64] = np.empty(0)
        self._stamp_ns: int | None = None

    def keep(self, found: Regions, stamp_ns: int, settings: HoldSettings) -> Regions:
        """Give the regions found now and, grown with their age, those that are not found again.

        A region found now takes the place of one held region at most, the one that it overlaps
        most, so that of two people who cross none is uncovered by the other. What has moved too
        far since it was last seen is covered in both places until its time has passed.
        """
        elapsed_s = 0.0
        if self._stamp_ns is not None:
            elapsed_s = to_seconds(max(stamp_ns - self._stamp_ns, 0))
        self._stamp_ns = stamp_ns
        ages_s = self._ages_s + elapsed_s
        is_held = (ages_s <= settings.time_s) & ~_found_again(self._regions, found)
        held, ages_s = self._regions[is_held], ages_s[is_held]
        self._regions = np.concatenate((np.asarray(found, np.float32), held))
        self._ages_s = np.concatenate((np.zeros(len(found)), ages_s))
        return grown(self._regions, settings.growth * self._ages_s)


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
