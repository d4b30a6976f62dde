# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The course of the road: an endless plan curve and a vertical profile made of planar strips.

World axes are x east, y north, z up, in metres. The road runs roughly north: its centre line is
`x = centre(y)` and the height of the whole ground is a function of y alone, linear between
vertices `STRIP_M` apart. The lateral offset d of a point (positive to the right, looking north)
is `(x - centre(y)) * cos(heading(y))`.
"""

from __future__ import annotations

import math
from random import Random

import numpy as np
from numpy.typing import NDArray

from hailo_perception.scenes.conditions import SceneConditions

STRIP_M = 5.0
_ARC_STEP_M = 4.0
_SHAPES = {
    # steepest heading (rad), shortest wave (m), steepest slope, shortest wave of the profile (m)
    'city': (0.14, 330.0, 0.030, 240.0),
    'suburb': (0.28, 190.0, 0.045, 170.0),
    'highway': (0.22, 700.0, 0.030, 420.0),
    'rural': (0.32, 230.0, 0.055, 170.0),
}


class RoadCourse:
    """Centre line and height of an endless road as sums of a few sine waves."""

    def __init__(self, seed: int, conditions: SceneConditions) -> None:
        random = Random(f'{seed}/course')
        heading, wave_m, slope, profile_wave_m = _SHAPES[conditions.kind]
        self._plan = _waves(random, math.tan(heading) * conditions.curviness, wave_m)
        self._profile = _waves(random, slope * conditions.hilliness, profile_wave_m)
        self._arc_m = np.zeros(1)

    def centre(self, y: NDArray[np.floating] | float) -> NDArray[np.float64]:
        """Return the centre line's x for each y, metres."""
        return _sum(self._plan, y)

    def heading(self, y: NDArray[np.floating] | float) -> NDArray[np.float64]:
        """Return the road's direction for each y, radians clockwise from north."""
        return np.arctan(_derivative(self._plan, y))

    def height(self, y: NDArray[np.floating] | float) -> NDArray[np.float64]:
        """Return the ground's z for each y, metres: linear between the vertices of the profile."""
        cell = np.asarray(y, np.float64) / STRIP_M
        low = np.floor(cell)
        below = _sum(self._profile, low * STRIP_M)
        above = _sum(self._profile, (low + 1.0) * STRIP_M)
        return below + (above - below) * (cell - low)

    def slope(self, y: NDArray[np.floating] | float, base_m: float = 3.0) -> NDArray[np.float64]:
        """Return the ground's mean slope dz/dy over `base_m` metres about each y."""
        y = np.asarray(y, np.float64)
        return (self.height(y + base_m / 2) - self.height(y - base_m / 2)) / base_m

    def x_at(
        self, y: NDArray[np.floating] | float, offset_m: NDArray[np.floating] | float
    ) -> NDArray[np.float64]:
        """Return x of the points with lateral offset `offset_m` at each y."""
        return self.centre(y) + np.asarray(offset_m) / np.cos(self.heading(y))

    def y_at(self, arc_m: NDArray[np.floating] | float) -> NDArray[np.float64]:
        """Return y of the centre line's points `arc_m` metres along it (any sign)."""
        arc = np.asarray(arc_m, np.float64)
        reach = float(np.abs(arc).max(initial=0.0)) + 2 * _ARC_STEP_M
        forward, backward = self._arcs(reach)
        knots = np.arange(len(forward)) * _ARC_STEP_M
        ahead, behind = np.interp(arc, forward, knots), np.interp(-arc, backward, knots)
        return np.asarray(np.where(arc >= 0.0, ahead, -behind))

    def _arcs(self, reach_m: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        if self._arc_m.ndim != 2 or self._arc_m[:, -1].min() < reach_m:
            count = int(2.0 * reach_m / _ARC_STEP_M) + 512
            middles = (np.arange(count) + 0.5) * _ARC_STEP_M
            both = np.stack((middles, -middles))
            steps = np.hypot(1.0, _derivative(self._plan, both)) * _ARC_STEP_M
            self._arc_m = np.pad(np.cumsum(steps, axis=1), ((0, 0), (1, 0)))
        return self._arc_m[0], self._arc_m[1]


def _waves(random: Random, steepest: float, shortest_m: float) -> NDArray[np.float64]:
    """Draw rows of (amplitude, angular frequency, phase) whose slopes add up to `steepest`."""
    shares = [random.uniform(0.3, 1.0) for _ in range(3)]
    rows = []
    for share in shares:
        frequency = 2.0 * math.pi / (shortest_m * random.uniform(1.0, 3.5))
        slope = steepest * share / sum(shares)
        rows.append((slope / frequency, frequency, random.uniform(0.0, 2.0 * math.pi)))
    return np.array(rows)


def _sum(waves: NDArray[np.float64], y: NDArray[np.floating] | float) -> NDArray[np.float64]:
    amplitude, frequency, phase = waves.T
    angle = np.asarray(y, np.float64)[..., None] * frequency + phase
    return np.asarray((amplitude * (np.sin(angle) - np.sin(phase))).sum(axis=-1))


def _derivative(
    waves: NDArray[np.float64], y: NDArray[np.floating] | float
) -> NDArray[np.float64]:
    amplitude, frequency, phase = waves.T
    angle = np.asarray(y, np.float64)[..., None] * frequency + phase
    return np.asarray((amplitude * frequency * np.cos(angle)).sum(axis=-1))
