# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""How wide each group may stay, so that a wanted share of the work goes at the least loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from training.pruning.channels import ChannelGraph
from training.pruning.channels import PruningError
from training.pruning.sensitivity import Point
from training.pruning.sensitivity import round_width
from training.pruning.surgery import choose_channels
from training.pruning.surgery import Group

HALVINGS = 30
"""How often the place in the order is bisected: to a millionth of a cut."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Narrowing ``group`` from ``wide`` to ``narrow``; ``price``: loss per share of MACs."""

    price: float
    saved: float
    group: str
    wide: int
    narrow: int


def list_cuts(points: Sequence[Point]) -> list[Cut]:
    """Order the measured cuts, the cheapest first; a group's second cut never precedes its first.

    A loss below zero or below that of a lesser cut is noise and counts as no further loss; of
    groups that cost nothing, the one that saves most comes first.
    """
    by_group: dict[str, list[Point]] = {}
    for point in points:
        by_group.setdefault(point.group, []).append(point)
    successions = sorted(
        (_cuts_of_group(trials) for trials in by_group.values()),
        key=lambda cuts: -sum(cut.saved for cut in cuts),
    )
    return sorted(chain.from_iterable(successions), key=lambda cut: cut.price)


def _cuts_of_group(trials: Sequence[Point]) -> list[Cut]:
    price = loss = saved = 0.0
    wide = trials[0].width
    cuts = []
    for trial in sorted(trials, key=lambda trial: -trial.kept):
        further = max(trial.loss - loss, 0.0)
        price = max(price, further / (trial.saved - saved))
        cuts.append(Cut(price, trial.saved - saved, trial.group, wide, trial.kept))
        wide, loss, saved = trial.kept, loss + further, trial.saved
    return cuts


def plan_widths(
    graph: ChannelGraph,
    weight: NDArray[np.float64],
    groups: Sequence[Group],
    points: Sequence[Point],
    most_macs: float,
    multiple: int,
) -> dict[str, int]:
    """Choose widths by group name with which the network needs at most ``most_macs``.

    The cheapest cuts are made whole, the last one in part, so a group is narrowed the more the
    less it costs. Raises PruningError when all measured cuts together do not suffice.
    """
    cuts = list_cuts(points)

    def widths_at(position: float) -> dict[str, int]:
        widths = {group.name: group.width for group in groups}
        for cut, part in zip(cuts, np.clip(position - np.arange(len(cuts)), 0, 1)):
            if part > 0:
                width = cut.wide - float(part) * (cut.wide - cut.narrow)
                widths[cut.group] = round_width(width, multiple, cut.wide)
        return widths

    def macs_at(position: float) -> int:
        return graph.macs(choose_channels(graph, weight, groups, widths_at(position)))

    low, high = 0.0, float(len(cuts))
    if macs_at(high) > most_macs:
        raise PruningError(
            f'{most_macs / 1e6:.1f} M multiply-accumulates are out of reach of one step: with '
            f'every measured cut {macs_at(high) / 1e6:.1f} M remain; make smaller steps or try '
            'larger shares'
        )
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if macs_at(middle) <= most_macs else (middle, high)
    return widths_at(high)
