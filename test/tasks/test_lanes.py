# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import DepthMap
from hailo_perception.core.results import LaneLines
from hailo_perception.tasks.lanes import find_lane_lines
from hailo_perception.tasks.settings import LaneSettings

LABELS = LabelSet.from_names('background', 'white_line', 'yellow_line', 'road_marking')
WHITE, YELLOW, MARKING = 1, 2, 3
CAMERA_HEIGHT_M = 1.5
LINE_WIDTH_M = 0.15
DASHED = (3.0, 6.0)
SIZES = [(240, 144), (480, 480), (480, 270)]


def camera_of(size: tuple[int, int]) -> CameraModel:
    width, height = size
    focal = 0.65 * width
    return CameraModel(width, height, focal, focal, (width - 1) / 2, 0.45 * height)


def on_ground(x: np.ndarray, z: np.ndarray) -> np.ndarray:
    return np.stack((x, np.full_like(z, CAMERA_HEIGHT_M), z), axis=-1)


def path_m(offset_m: float, curvature: float, z: np.ndarray) -> np.ndarray:
    return on_ground(offset_m + curvature * z * z / 2, z)


def paint(
    ids: np.ndarray,
    camera: CameraModel,
    class_id: int,
    offset_m: float,
    *,
    dashes: tuple[float, float] | None = None,
    curvature: float = 0.0,
    far_m: float = 60.0,
) -> None:
    """Paint a line of real width, 4 m to ``far_m`` ahead, as cv2 fills its outline."""
    length, gap = dashes or (far_m, 0.0)
    for start in np.arange(4.0, far_m, length + gap):
        z = np.linspace(start, min(start + length, far_m), 50)
        outline = np.concatenate(
            (
                path_m(offset_m - LINE_WIDTH_M / 2, curvature, z),
                path_m(offset_m + LINE_WIDTH_M / 2, curvature, z[::-1]),
            )
        )
        cv2.fillPoly(
            ids, [np.rint(camera.project(outline) * 256).astype(np.int32)], class_id, 8, 8
        )


def ground_depth(camera: CameraModel) -> DepthMap:
    down = camera.rays()[..., 1]
    depth_m = np.where(down > 0.012, CAMERA_HEIGHT_M / np.where(down > 0, down, 1), np.nan)
    return DepthMap(depth_m.astype(np.float32), camera)


def find(
    ids: np.ndarray,
    depth: DepthMap | None = None,
    image_size: tuple[int, int] | None = None,
    **settings: object,
) -> LaneLines:
    return find_lane_lines(
        ClassMap(LABELS, ids),
        depth,
        image_size or ids.shape[::-1],
        background='background',
        settings=LaneSettings(**settings),
    )


def distance_to_path(pixels: np.ndarray, path: np.ndarray) -> np.ndarray:
    starts, steps = path[:-1], np.diff(path, axis=0)
    along = np.einsum('nsk,sk->ns', pixels[:, None] - starts, steps) / (steps**2).sum(-1)
    nearest = starts + np.clip(along, 0, 1)[..., None] * steps
    return np.linalg.norm(pixels[:, None] - nearest, axis=-1).min(axis=1)


@pytest.mark.parametrize(
    'ids',
    [
        np.zeros((0, 0), np.uint8),
        np.zeros((144, 240), np.uint8),
        np.full((144, 240), 255, np.uint8),
        np.full((144, 240), MARKING, np.uint8),
        np.full((144, 240), WHITE, np.uint8),
    ],
    ids=['no pixels', 'background', 'unlabelled', 'markings', 'one class everywhere'],
)
def test_nothing_that_is_a_line(ids: np.ndarray) -> None:
    assert find(ids).lines == ()


@pytest.mark.parametrize('size', SIZES)
@pytest.mark.parametrize('curvature', [0.0, 0.004, -0.004])
@pytest.mark.parametrize('dashes', [None, DASHED])
@pytest.mark.parametrize('offset_m', [-4.5, -1.8, 1.8, 4.5])
def test_a_painted_line_is_recovered(
    size: tuple[int, int],
    curvature: float,
    dashes: tuple[float, float] | None,
    offset_m: float,
) -> None:
    camera = camera_of(size)
    ids = np.zeros(size[::-1], np.uint8)
    paint(ids, camera, WHITE, offset_m, dashes=dashes, curvature=curvature, far_m=30)
    (line,) = find(ids).lines
    path = camera.project(path_m(offset_m, curvature, np.linspace(2, 40, 200)))
    assert line.class_id == WHITE
    # OpenCV 4.5 fills one pixel less at the picture's edge, which moves the near end.
    assert distance_to_path(line.pixels, path).max() < 1.6
    assert (np.diff(line.pixels[:, 1]) < 0).all()
    painted_rows = np.flatnonzero(ids.any(axis=1))
    # Where the picture's side cuts the line, and of far dashes of one row, a little is lost.
    assert line.pixels[0, 1] >= painted_rows[-1] - size[1] / 20
    assert line.pixels[-1, 1] <= painted_rows[0] + size[1] / 20
    assert (line.score > 0.95) == (dashes is None)


@pytest.mark.parametrize('size', SIZES)
def test_several_lines_from_left_to_right(size: tuple[int, int]) -> None:
    camera = camera_of(size)
    ids = np.zeros(size[::-1], np.uint8)
    offsets = (-5.4, -1.8, 1.8, 5.4)
    for offset_m, dashes, class_id in zip(
        offsets, (None, DASHED, DASHED, None), (WHITE, WHITE, YELLOW, WHITE)
    ):
        paint(ids, camera, class_id, offset_m, dashes=dashes)
    result = find(ids, ground_depth(camera))
    assert [line.class_id for line in result.lines] == [WHITE, WHITE, YELLOW, WHITE]
    for line, offset_m in zip(result.lines, offsets):
        assert line.points_m[0, 0] == pytest.approx(offset_m, abs=0.15)


def test_double_lines_stay_two() -> None:
    camera = camera_of((480, 270))
    ids = np.zeros((270, 480), np.uint8)
    paint(ids, camera, YELLOW, 1.6)
    paint(ids, camera, YELLOW, 2.1)
    lines = find(ids).lines
    assert len(lines) == 2
    for line, offset_m in zip(lines, (1.6, 2.1)):
        path = camera.project(path_m(offset_m, 0.0, np.linspace(2, 80, 100)))
        assert distance_to_path(line.pixels, path).max() < 1.5


def test_merging_lines_come_apart() -> None:
    ids = np.zeros((100, 100), np.uint8)
    for x in (20, 80):
        cv2.line(ids, (x, 99), (50, 30), WHITE, 3)
    lines = find(ids).lines
    assert len(lines) == 2
    assert lines[0].pixels[0, 0] < 30 and lines[1].pixels[0, 0] > 70


def test_a_stop_line_is_none_and_does_not_cut_the_line_it_touches() -> None:
    ids = np.zeros((144, 240), np.uint8)
    cv2.line(ids, (60, 143), (110, 50), WHITE, 3)
    ids[90:96, 60:180] = WHITE
    (line,) = find(ids).lines
    assert line.pixels[0, 1] == 143
    assert line.pixels[-1, 1] < 55


def test_specks_are_not_lines() -> None:
    rng = np.random.default_rng(5)
    ids = np.zeros((144, 240), np.uint8)
    ids[rng.integers(0, 144, 30), rng.integers(0, 240, 30)] = WHITE
    assert find(ids).lines == ()


def test_a_line_among_specks() -> None:
    rng = np.random.default_rng(5)
    camera = camera_of((480, 270))
    ids = np.zeros((270, 480), np.uint8)
    ids[rng.integers(0, 270, 60), rng.integers(0, 480, 60)] = WHITE
    paint(ids, camera, WHITE, 1.8, dashes=DASHED)
    (line,) = find(ids).lines
    path = camera.project(path_m(1.8, 0.0, np.linspace(2, 80, 100)))
    assert distance_to_path(line.pixels, path).max() < 1.5


def test_noise_everywhere_costs_no_more_than_the_limit_of_lines() -> None:
    ids = np.random.default_rng(1).integers(0, 3, (480, 480)).astype(np.uint8)
    assert len(find(ids, maximum_lines=5).lines) <= 5


@pytest.mark.parametrize(
    ('settings', 'expected'),
    [
        ({}, [WHITE]),
        ({'excluded_classes': ()}, [WHITE, MARKING]),
        ({'excluded_classes': ('white_line', 'no_such_class')}, [MARKING]),
        ({'minimum_length': 0.9}, []),
        ({'maximum_lines': 1, 'excluded_classes': ()}, [WHITE]),
    ],
)
def test_settings_choose_lines(settings: dict, expected: list[int]) -> None:
    ids = np.zeros((100, 100), np.uint8)
    ids[30:95, 20:23] = WHITE
    ids[40:95, 70:73] = MARKING
    assert [line.class_id for line in find(ids, **settings).lines] == expected


@pytest.mark.parametrize('maximum_points', [2, 7, 500])
def test_number_of_points(maximum_points: int) -> None:
    ids = np.zeros((100, 100), np.uint8)
    ids[20:100, 50] = WHITE
    (line,) = find(ids, maximum_points=maximum_points).lines
    assert len(line.pixels) == len(line.points_m) == min(maximum_points, 80)
    np.testing.assert_array_equal(line.pixels[[0, -1]], [[50, 99], [50, 20]])


def test_pixels_are_those_of_the_image() -> None:
    ids = np.zeros((100, 100), np.uint8)
    ids[20:100, 50] = WHITE
    (line,) = find(ids, image_size=(400, 200)).lines
    # The centre of map pixel 50 is at the edge coordinate 50.5, 4 image pixels each.
    np.testing.assert_allclose(line.pixels[[0, -1]], [[201.5, 198.5], [201.5, 40.5]])


def test_without_depth_no_point_is_known() -> None:
    ids = np.zeros((100, 100), np.uint8)
    ids[20:100, 50] = WHITE
    (line,) = find(ids).lines
    assert np.isnan(line.points_m).all()
    assert line.points_m.dtype == line.pixels.dtype == np.float32


@pytest.mark.parametrize('curvature', [0.0, 0.004])
def test_points_lie_on_the_road(curvature: float) -> None:
    lane_camera, depth_camera = camera_of((480, 480)), camera_of((240, 144))
    depth_camera = replace(lane_camera.scaled(240, 144))
    ids = np.zeros((480, 480), np.uint8)
    paint(ids, lane_camera, WHITE, -1.8, curvature=curvature, far_m=30)
    noise = np.random.default_rng(2).normal(1, 0.05, (144, 240))
    depth = ground_depth(depth_camera)
    noisy = DepthMap((depth.depth_m * noise).astype(np.float32), depth_camera)
    (line,) = find(ids, noisy, (1920, 1080)).lines
    x, y, z = line.points_m.T
    assert z[0] == pytest.approx(4, rel=0.05) and (np.diff(z) > 0).all()
    near = z < 20
    np.testing.assert_allclose(y[near], CAMERA_HEIGHT_M, rtol=0.06)
    np.testing.assert_allclose(x[near], (-1.8 + curvature * z * z / 2)[near], atol=0.2)
