# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Flat polygons on the ground: markings, patches, puddles, and cast shadows."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hailo_perception.scenes.mesh import Colour
from hailo_perception.scenes.mesh import MAX_VERTICES

Flat = tuple[float, float]


@dataclass(frozen=True, slots=True)
class GroundPaint:
    """K convex polygons on the ground, later ones on top of earlier ones.

    `strength` is how much of the ground's own colour is covered (0..1), `lane` the lane class.
    """

    vertices: NDArray[np.float32]  # (K, MAX_VERTICES, 3) the last vertex repeated
    count: NDArray[np.int32]  # (K,)
    colour: NDArray[np.float32]  # (K, 3)
    strength: NDArray[np.float32]  # (K,)
    lane: NDArray[np.uint8]  # (K,)

    def __len__(self) -> int:
        return len(self.count)


class PaintBuilder:
    """Collects flat polygons; `build` turns them into a GroundPaint."""

    def __init__(self) -> None:
        self._rows: list[tuple[object, ...]] = []

    def polygon(
        self,
        points: Sequence[tuple[float, float, float]],
        colour: Colour = (0.0, 0.0, 0.0),
        strength: float = 1.0,
        lane: int = 0,
    ) -> None:
        """Add one convex polygon of 3 to MAX_VERTICES world points (x, y, z)."""
        points = list(points)
        padding = MAX_VERTICES - len(points)
        self._rows.append(
            (points + points[-1:] * padding, len(points), colour, strength, lane)
        )

    def build(self) -> GroundPaint:
        """Return everything added so far as arrays."""
        columns = list(zip(*self._rows)) if self._rows else [()] * 5
        return GroundPaint(
            vertices=np.array(columns[0], np.float32).reshape(-1, MAX_VERTICES, 3),
            count=np.array(columns[1], np.int32),
            colour=np.array(columns[2], np.float32).reshape(-1, 3),
            strength=np.array(columns[3], np.float32),
            lane=np.array(columns[4], np.uint8),
        )


def merge_paint(paints: Iterable[GroundPaint]) -> GroundPaint:
    """Return the polygons of all, in order."""
    parts = [PaintBuilder().build(), *paints]
    return GroundPaint(
        vertices=np.concatenate([part.vertices for part in parts]),
        count=np.concatenate([part.count for part in parts]),
        colour=np.concatenate([part.colour for part in parts]),
        strength=np.concatenate([part.strength for part in parts]),
        lane=np.concatenate([part.lane for part in parts]),
    )


def shadow_outline(footprint: Sequence[Flat], reach: Flat) -> list[Flat]:
    """Return the convex outline of a footprint swept by `reach`: an upright body's shadow."""
    swept = [*footprint, *((x + reach[0], y + reach[1]) for x, y in footprint)]
    return _hull(swept)[:MAX_VERTICES]


def _hull(points: Sequence[Flat]) -> list[Flat]:
    """Return the convex hull (Andrew's monotone chain)."""
    ordered = sorted(set(points))
    chains: list[list[Flat]] = []
    for run in (ordered, ordered[::-1]):
        chain: list[Flat] = []
        for p in run:
            while len(chain) >= 2 and _turn(chain[-2], chain[-1], p) <= 0.0:
                chain.pop()
            chain.append(p)
        chains.append(chain[:-1])
    return chains[0] + chains[1]


def _turn(a: Flat, b: Flat, c: Flat) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
