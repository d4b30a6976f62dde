# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a network loses when one group of channels is narrowed and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
import csv
import dataclasses
from dataclasses import dataclass
import math
from pathlib import Path

from training.network import MultitaskNetwork
from training.pruning.channels import ChannelGraph
from training.pruning.channels import PruningError
from training.pruning.surgery import choose_channels
from training.pruning.surgery import Group
from training.pruning.surgery import Means
from training.pruning.surgery import remove_channels
from training.pruning.surgery import weigh_channels

QUALITIES = ('map50', 'miou_semantic', 'miou_lane', 'depth_delta_1_25')
"""One figure per task, each 0…1 and better when higher; what a network lacks is left out."""

Judge = Callable[[MultitaskNetwork], dict[str, float]]
"""From a network to its validation figures."""


@dataclass(frozen=True, slots=True)
class Point:
    """A trial: ``group`` narrowed from ``width`` to ``kept`` channels.

    ``saved`` is the share of the network's multiply-accumulates that went, ``loss`` the share
    of its quality.
    """

    group: str
    width: int
    kept: int
    saved: float
    loss: float


def quality_loss(before: Mapping[str, float], after: Mapping[str, float]) -> float:
    """Give the mean share that QUALITIES lost; negative where they grew.

    Raises PruningError when ``before`` has no quality that could be lost.
    """
    measured = [name for name in QUALITIES if before.get(name, math.nan) > 0]
    if not measured:
        raise PruningError(
            f'none of {QUALITIES} is above zero on the validation scenes: expected a trained '
            'network and scenes with labels'
        )
    return sum(1 - after[name] / before[name] for name in measured) / len(measured)


def round_width(width: float, multiple: int, widest: int) -> int:
    """Give the nearest multiple, at least one, that is no wider than ``widest``."""
    return min(max(round(width / multiple), 1) * multiple, widest)


def measure_sensitivity(
    network: MultitaskNetwork,
    graph: ChannelGraph,
    groups: Sequence[Group],
    means: Means,
    judge: Judge,
    shares: Sequence[float],
    multiple: int,
    path: Path,
) -> list[Point]:
    """Narrow each group alone by each of the ``shares`` and judge what is left.

    Every point is appended to the table ``path`` at once; what stands there is not repeated.
    """
    points = read_points(path)
    done = {(point.group, point.kept) for point in points}
    weight, whole = weigh_channels(network, graph), graph.macs(graph.everything())
    before = judge(network)
    for group in groups:
        widths = {round_width(group.width * (1 - s), multiple, group.width) for s in shares}
        for width in sorted(widths - {group.width}, reverse=True):
            if (group.name, width) in done:
                continue
            kept = choose_channels(graph, weight, (group,), {group.name: width})
            loss = quality_loss(before, judge(remove_channels(network, graph, kept, means)))
            saved = 1 - graph.macs(kept) / whole
            points.append(Point(group.name, group.width, width, saved, loss))
            append_row(path, dataclasses.asdict(points[-1]))
    return points


def read_points(path: Path) -> list[Point]:
    """Read a table of points; none where there is no file yet."""
    if not path.exists():
        return []
    with path.open(newline='', encoding='utf-8') as file:
        return [
            Point(
                row['group'],
                int(row['width']),
                int(row['kept']),
                float(row['saved']),
                float(row['loss']),
            )
            for row in csv.DictReader(file)
        ]


def append_row(path: Path, row: Mapping[str, object]) -> None:
    """Append a row to a CSV file, and before the first one the head."""
    fresh = not path.exists()
    with path.open('a', newline='', encoding='utf-8') as file:
        writer = csv.DictWriter(file, list(row))
        if fresh:
            writer.writeheader()
        writer.writerow(
            {name: f'{v:.6g}' if isinstance(v, float) else v for name, v in row.items()}
        )
