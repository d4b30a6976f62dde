# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Whether a lane line is painted solid or dashed: paint and gaps along it, in metres."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import accumulate
import math
from statistics import median
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.labels import LabelSet
from hailo_perception.core.labels import UNLABELLED
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import LaneLines
from hailo_perception.core.results import LanePattern
from hailo_perception.kernels import Kernels
from hailo_perception.kernels import load_kernels
from hailo_perception.kernels.line_types import PaintLimits
from hailo_perception.kernels.line_types import Stretches

_LIMITS = PaintLimits(
    # A far line is one pixel wide. Columns alone, as dashes end at right angles to the road, and
    # so in one row.
    beside_px=1,
    # So near to a line another mark, such as a zebra's stripe, is part of what crosses it.
    crossing_px=8,
    # What is shorter is a hole in the mask: dashes have gaps of 1 m (towns) to 12 m (motorways).
    shortest_gap_px=2,
    shortest_gap_m=0.8,
    # With more of something else than road nobody knows what is behind it.
    most_hidden=0.2,
    # Where a pixel covers more of the line gaps may not show, and paint proves nothing.
    finest_m_per_px=0.75,
)

_SOLID_M = 9.0
"""Paint without a gap for so long is no dash: the longest are 8 m (Japan's expressways)."""

_LEAST_GAP_TO_DASH = 0.3
"""Gaps shorter than this share of the dashes are wear: those of warning lines are half of one."""

_DASHES_WITHOUT_METRES = 3
"""So many strokes are dashes where nothing tells how long they are."""

_ROAD = 'road'


class _Stretch(NamedTuple):
    """A piece of a line, all paint or all gap; what is fine is where a gap would show."""

    is_paint: bool
    length_px: int
    length_m: float
    fine_m: float


def with_patterns(
    lines: LaneLines,
    lane: ClassMap,
    semantic: ClassMap | None,
    image_size: tuple[int, int],
    *,
    other_marks: Collection[str] = (),
    kernels: Kernels | None = None,
) -> LaneLines:
    """Tell of each line whether it is solid or dashed, UNKNOWN where too little is seen.

    ``lane`` is the map that the lines were found in, ``image_size`` (width, height) that of the
    image whose pixels they are in. Along a line the map shows paint, or a gap where it does not;
    a gap where ``semantic`` sees something else than road is no gap but something in the way, and
    one beside ``other_marks``, classes of the lane map, is a crossing, which interrupts all lines.
    Lengths come from the lines' ``points_m``; where these are unknown three even strokes are
    dashes, and nothing is solid.
    """
    if not lines.lines or not lane.ids.size:
        return lines
    pixels = np.concatenate([line.pixels for line in lines.lines])
    offsets = accumulate((len(line.pixels) for line in lines.lines), initial=0)
    stretches = (kernels or load_kernels()).cut_lines(
        (pixels + 0.5) * np.divide(lane.ids.shape[::-1], image_size) - 0.5,
        np.concatenate([line.points_m for line in lines.lines]),
        np.array(list(offsets)),
        np.array([line.class_id for line in lines.lines]),
        lane.ids,
        lane.ids if semantic is None else semantic.ids,
        (_crossing(lane.labels, other_marks), _hiding(semantic)),
        _LIMITS,
    )
    return replace(
        lines,
        lines=tuple(
            replace(line, pattern=_judge(each))
            for line, each in zip(lines.lines, _by_line(stretches, len(lines.lines)), strict=True)
        ),
    )


def _judge(stretches: list[_Stretch]) -> LanePattern:
    dashes = [each for each in stretches if each.is_paint]
    gaps = [each for each in stretches if not each.is_paint]
    # Far away several dashes may look like one.
    longest_m = max((each.fine_m for each in dashes), default=0.0)
    if longest_m >= _SOLID_M:
        return LanePattern.SOLID
    if not gaps:
        return LanePattern.UNKNOWN
    if all(math.isfinite(each.length_m) for each in gaps):
        gap, dash = median(each.length_m for each in gaps), longest_m
    elif len(dashes) >= _DASHES_WITHOUT_METRES:
        # The picture or the distance cuts the outer ones.
        gap = median(each.length_px for each in gaps)
        dash = median(each.length_px for each in dashes[1:-1])
    else:
        return LanePattern.UNKNOWN
    return LanePattern.DASHED if gap >= _LEAST_GAP_TO_DASH * dash else LanePattern.UNKNOWN


def _by_line(stretches: Stretches, line_count: int) -> list[list[_Stretch]]:
    found: list[list[_Stretch]] = [[] for _ in range(line_count)]
    for line, *stretch in zip(*(column.tolist() for column in stretches), strict=True):
        found[line].append(_Stretch(*stretch))
    return found


def _crossing(labels: LabelSet, other_marks: Collection[str]) -> NDArray[np.bool_]:
    """Tell of each id of the lane map whether lines end beside it: (256,)."""
    crossing = np.zeros(256, bool)
    crossing[[label.id for label in labels if label.name in other_marks]] = True
    return crossing


def _hiding(semantic: ClassMap | None) -> NDArray[np.bool_]:
    """Tell of each id of the semantic map whether lines are hidden below it: (256,)."""
    if semantic is None or _ROAD not in semantic.labels.names:
        return np.zeros(256, bool)
    hiding = np.ones(256, bool)
    hiding[[semantic.labels.id_of(_ROAD), UNLABELLED]] = False
    return hiding
