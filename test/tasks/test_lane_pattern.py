# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Solid and dashed lines told apart: painted with known strokes, and in rendered scenes."""

from __future__ import annotations

from collections import Counter

import cv2
import numpy as np
import pytest

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import DepthMap
from hailo_perception.core.results import LaneLine
from hailo_perception.core.results import LaneLines
from hailo_perception.core.results import LanePattern
from hailo_perception.evaluation.lane_lines import columns_at
from hailo_perception.evaluation.lane_lines import match_lines
from hailo_perception.evaluation.lane_lines import rows_of
from hailo_perception.evaluation.scenes import render_scene
from hailo_perception.kernels.sampling import resized_ids
from hailo_perception.scenes import LANE_LABELS
from hailo_perception.scenes import SEMANTIC_LABELS
from hailo_perception.tasks.ground_plane import MountedGround
from hailo_perception.tasks.lane_ground import lines_on_ground
from hailo_perception.tasks.lane_pattern import with_patterns
from hailo_perception.tasks.lanes import find_lane_lines
from hailo_perception.tasks.settings import LaneSettings

LABELS = LabelSet.from_names('background', 'white_line', 'yellow_line', 'zebra')
ROAD = LabelSet.from_names('road', 'vehicle')
WHITE, YELLOW, ZEBRA = 1, 2, 3
SIZE = (320, 192)
HEIGHT_M = 1.5
CAMERA = CameraModel(*SIZE, 200, 200, 159.5, 80)
GROUND = MountedGround.below_camera(HEIGHT_M)
UNKNOWN, SOLID, DASHED = LanePattern


def paint(ids: np.ndarray, offset_m: float, *strokes: tuple[float, float]) -> None:
    """Paint strokes of a line 0.2 m wide, from and to metres ahead."""
    for near_m, far_m in strokes:
        corners = [
            (offset_m + side, HEIGHT_M, z)
            for z, side in ((near_m, -0.1), (near_m, 0.1), (far_m, 0.1), (far_m, -0.1))
        ]
        outline = np.rint(CAMERA.project(np.array(corners)) * 256).astype(np.int32)
        cv2.fillPoly(ids, [outline], WHITE, cv2.LINE_8, 8)


def strokes(dash_m: float, gap_m: float, begin_m: float = 4.0) -> list[tuple[float, float]]:
    starts = np.arange(begin_m, 40.0, dash_m + gap_m)
    return [(start, start + dash_m) for start in starts.tolist()]


def line_at(offset_m: float, far_m: float = 40.0) -> LaneLine:
    """A line found exactly where it is painted, from the picture's lower edge on."""
    z = np.geomspace(3.0, far_m, 32)
    points = np.stack((np.full_like(z, offset_m), np.full_like(z, HEIGHT_M), z), axis=-1)
    return LaneLine(WHITE, 1.0, CAMERA.project(points).astype(np.float32), points.astype('f4'))


def judge(
    ids: np.ndarray,
    *lines: LaneLine,
    semantic: ClassMap | None = None,
    image_size: tuple[int, int] = SIZE,
) -> list[LanePattern]:
    found = with_patterns(
        LaneLines(LABELS, lines),
        ClassMap(LABELS, ids),
        semantic,
        image_size,
        other_marks=('zebra', 'not a class'),
    )
    return [line.pattern for line in found.lines]


def empty() -> np.ndarray:
    return np.zeros(SIZE[::-1], np.uint8)


def test_no_lines() -> None:
    assert judge(empty()) == []
    assert judge(np.zeros((0, 0), np.uint8)) == []


@pytest.mark.parametrize('offset_m', [-1.7, 0.0, 1.7, 3.0])
@pytest.mark.parametrize(
    ('painted', 'expected'),
    [
        ([], UNKNOWN),
        ([(3, 40)], SOLID),
        ([(3, 14)], SOLID),
        ([(3, 9)], UNKNOWN),
        (strokes(3, 6), DASHED),
        (strokes(3, 9), DASHED),
        (strokes(6, 12), DASHED),
        (strokes(6, 3), DASHED),
        (strokes(1.5, 3), DASHED),
        ([(3, 5), (9, 12)], DASHED),
        ([(3, 8), (8.5, 14)], SOLID),
        ([(3, 10), (11.5, 14)], UNKNOWN),
        ([(20, 40)], UNKNOWN),
    ],
    ids=['nothing', 'solid', 'solid-near', 'short', '3-6', '3-9', '6-12', 'warning', 'town',
         'one-gap', 'hole', 'worn', 'too-far'],
)
def test_painted_lines(
    painted: list[tuple[float, float]], expected: LanePattern, offset_m: float
) -> None:
    ids = empty()
    paint(ids, offset_m, *painted)
    assert judge(ids, line_at(offset_m)) == [expected]


def test_each_line_is_judged_on_its_own() -> None:
    ids = empty()
    for offset_m, painted in ((-1.7, [(3, 40)]), (0.3, strokes(3, 6)), (1.7, [(3, 7)])):
        paint(ids, offset_m, *painted)
    lines = [line_at(offset_m) for offset_m in (-1.7, 0.3, 1.7)]
    assert judge(ids, *lines) == [SOLID, DASHED, UNKNOWN]


@pytest.mark.parametrize(('in_the_way', 'expected'), [(0, DASHED), (1, UNKNOWN), (255, DASHED)])
def test_a_gap_behind_a_car_is_none(in_the_way: int, expected: LanePattern) -> None:
    ids = empty()
    paint(ids, 0.0, (3, 6), (10, 13))
    seen = empty()
    seen[90:130] = in_the_way
    assert judge(ids, line_at(0.0), semantic=ClassMap(ROAD, seen)) == [expected]
    # Half the resolution of the lane map, and a model that knows no road.
    assert judge(ids, line_at(0.0), semantic=ClassMap(ROAD, seen[::2, ::2])) == [expected]
    other = LabelSet.from_names('floor', 'vehicle')
    assert judge(ids, line_at(0.0), semantic=ClassMap(other, seen)) == [DASHED]


def test_a_gap_at_a_zebra_is_none() -> None:
    ids = empty()
    paint(ids, 0.0, (3, 6), (10, 13))
    ids[100:128, 165:170] = ZEBRA
    assert judge(ids, line_at(0.0)) == [UNKNOWN]


def test_a_line_of_another_class_is_no_paint() -> None:
    ids = empty()
    paint(ids, 0.0, (3, 40))
    ids[ids == WHITE] = YELLOW
    assert judge(ids, line_at(0.0)) == [UNKNOWN]


@pytest.mark.parametrize(
    ('painted', 'expected'),
    [([(3, 40)], UNKNOWN), (strokes(3, 6), DASHED), ([(3, 6), (10, 13)], UNKNOWN)],
)
def test_without_metres_only_three_strokes_tell(
    painted: list[tuple[float, float]], expected: LanePattern
) -> None:
    ids = empty()
    paint(ids, 0.0, *painted)
    line = line_at(0.0)
    bare = LaneLine(WHITE, 1.0, line.pixels, np.full_like(line.points_m, np.nan))
    assert judge(ids, bare) == [expected]
    # The ground below the camera gives the metres that the depth did not.
    placed = lines_on_ground(LaneLines(LABELS, (bare,)), CAMERA, GROUND).lines[0]
    assert judge(ids, placed) == judge(ids, line)


def test_metres_that_begin_farther_on_are_enough() -> None:
    """The own bonnet has no depth: what lies beyond it is measured all the same."""
    ids = empty()
    paint(ids, 0.0, (3, 40))
    line = line_at(0.0)
    line.points_m[:5] = np.nan
    assert judge(ids, line) == [SOLID]


def test_a_map_of_another_resolution() -> None:
    ids = empty()
    paint(ids, 0.0, *strokes(3, 6))
    line = line_at(0.0)
    large = LaneLine(WHITE, 1.0, (line.pixels + 0.5) * 4 - 0.5, line.points_m)
    assert judge(ids, large, image_size=(4 * SIZE[0], 4 * SIZE[1])) == [DASHED]


def test_vertices_at_one_place_and_outside_the_picture() -> None:
    line = line_at(0.0)
    pixels, points_m = np.repeat(line.pixels, 2, axis=0), np.repeat(line.points_m, 2, axis=0)
    ids = empty()
    paint(ids, 0.0, (3, 40))
    assert judge(ids, LaneLine(WHITE, 1.0, pixels, points_m)) == [SOLID]
    one = LaneLine(WHITE, 1.0, line.pixels[:1], line.points_m[:1])
    outside = LaneLine(WHITE, 1.0, line.pixels + 1000, line.points_m)
    assert judge(ids, one, outside, one) == [UNKNOWN] * 3


def test_rendered_scenes() -> None:
    """Of the lines of rendered roads most are told, and hardly one of these wrongly."""
    told: Counter[bool] = Counter()
    rows = rows_of(384)
    for seed in range(20):
        scene = render_scene(seed, 640, 384)
        lane, semantic = (resized_ids(each, (192, 320)) for each in (scene.lane, scene.semantic))
        depth_m = scene.depth_m[::2, ::2]
        found = find_lane_lines(
            ClassMap(LANE_LABELS, lane),
            DepthMap(depth_m, scene.camera.scaled(320, 192)),
            (640, 384),
            background='background',
            settings=LaneSettings(),
        )
        judged = with_patterns(
            found,
            ClassMap(LANE_LABELS, lane),
            ClassMap(SEMANTIC_LABELS, semantic),
            (640, 384),
            other_marks=('road_marking',),
        )
        columns, true = (
            np.array([columns_at(line.pixels, rows) for line in lines]).reshape(-1, len(rows))
            for lines in (judged.lines, scene.lane_lines)
        )
        for mine, other, _ in match_lines(columns, true, 640):
            truth = DASHED if scene.lane_lines[other].gap_m else SOLID
            pattern = judged.lines[mine].pattern
            if pattern is not UNKNOWN:
                told[pattern is truth] += 1
    assert told[True] >= 24
    assert told[False] <= 0.08 * told[True]
