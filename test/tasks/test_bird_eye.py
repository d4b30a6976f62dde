# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.labels import Label
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import BirdEyeView
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import DepthMap
from hailo_perception.core.results import Detections
from hailo_perception.kernels import load_kernels
from hailo_perception.tasks.bird_eye import make_bird_eye
from hailo_perception.tasks.ground import find_ground_plane
from hailo_perception.tasks.settings import BirdEyeSettings

ROAD, WALL = (10, 20, 30), (0, 0, 200)
SEMANTIC = LabelSet((Label(0, 'road', ROAD[::-1]), Label(1, 'wall', WALL[::-1])))
LINE = (250, 250, 250)
LANE = LabelSet((Label(0, 'background'), Label(1, 'line', LINE[::-1])))
GREY, BLACK = (90, 90, 90), (0, 0, 0)
CAMERA = CameraModel(240, 144, 160, 160, 119.5, 60)
BARREL = replace(CAMERA, distortion_model='plumb_bob', distortion=(-0.2, 0.03, 0.0, 0.0))
FISHEYE = replace(CAMERA, distortion_model='equidistant', distortion=(0.01, 0.0, 0.0, 0.0))
HEIGHT_M = 1.5
SETTINGS = BirdEyeSettings(metres_per_cell=0.1, forward_range_m=30, lateral_range_m=10)


def ground(camera: CameraModel, slope_x: float = 0.0, slope_z: float = 0.0) -> np.ndarray:
    rays = camera.rays()
    down = rays[..., 1] - slope_x * rays[..., 0] - slope_z
    depth_m = np.where(down > 0.02, HEIGHT_M / np.where(down > 0, down, 1), np.nan)
    return depth_m.astype(np.float32)


def make(
    depth_m: np.ndarray,
    camera: CameraModel = CAMERA,
    semantic: np.ndarray | None = None,
    lane: np.ndarray | None = None,
    detections: Detections | None = None,
    settings: BirdEyeSettings = SETTINGS,
) -> BirdEyeView:
    return make_bird_eye(
        DepthMap(depth_m, camera),
        None if semantic is None else ClassMap(SEMANTIC, semantic),
        None if lane is None else ClassMap(LANE, lane),
        detections,
        lane_background='background',
        settings=settings,
    )


def cell(view: BirdEyeView, x: float, z: float) -> tuple[int, ...]:
    rows, columns = view.image.shape[:2]
    row = int(rows - z / view.metres_per_cell)
    return tuple(view.image[row, int(columns / 2 + x / view.metres_per_cell)].tolist())


def test_nothing_known() -> None:
    view = make(np.full((144, 240), np.nan, np.float32))
    assert view.image.shape == (300, 200, 3) and view.image.dtype == np.uint8
    assert not view.image.any()
    assert view.metres_per_cell == 0.1


@pytest.mark.parametrize(
    ('metres_per_cell', 'shape'), [(0.1, (300, 200, 3)), (0.25, (120, 80, 3)), (10, (3, 2, 3))]
)
def test_size(metres_per_cell: float, shape: tuple[int, ...]) -> None:
    settings = replace(SETTINGS, metres_per_cell=metres_per_cell)
    assert make(ground(CAMERA), settings=settings).image.shape == shape


@pytest.mark.parametrize('camera', [CAMERA, BARREL, FISHEYE])
@pytest.mark.parametrize(('slope_x', 'slope_z'), [(0, 0), (0.05, -0.03), (-0.02, 0.04)])
def test_a_plane_has_no_holes_and_its_labels_lie_where_they_are(
    camera: CameraModel, slope_x: float, slope_z: float
) -> None:
    depth_m = ground(camera, slope_x, slope_z)
    across = camera.rays()[..., 0] * depth_m
    lane = ((across > 1) & (across < 2)).astype(np.uint8)
    view = make(depth_m, camera, np.zeros((144, 240), np.uint8), lane)
    for z in np.arange(6, 20, 0.5):
        for x in np.arange(-3, 3.1, 0.25):
            # A pixel is up to z/160 m wide, and somewhat more at the rim of a lens.
            if min(abs(x - 1), abs(x - 2)) > z / 160 + 0.1:
                assert cell(view, x, z) == (LINE if 1 < x < 2 else ROAD), (x, z)


@pytest.mark.parametrize(
    'camera',
    [
        CAMERA,
        BARREL,
        FISHEYE,
        CameraModel(320, 180, 170, 170, 159.5, 89.5, 'plumb_bob', (-0.32, 0.12, 0, 0, -0.02)),
        CameraModel(320, 192, 153, 153, 159.5, 95.5, 'equidistant', (-0.02, 0.01, -0.005, 0.001)),
    ],
)
@pytest.mark.parametrize('kernels', ['numpy', 'numba'])
def test_all_that_a_lens_sees_of_the_ground_is_shown(camera: CameraModel, kernels: str) -> None:
    """Wide lenses look farther to the side than an ideal one of the same size."""
    if kernels == 'numba':
        pytest.importorskip('numba')
    depth = DepthMap(ground(camera), camera)
    view = make_bird_eye(
        depth,
        None,
        None,
        None,
        lane_background=None,
        settings=replace(SETTINGS, lateral_range_m=20),
        kernels=load_kernels(kernels),
    )
    rows, columns = view.image.shape[:2]
    z, x = np.meshgrid(30 - (np.arange(rows) + 0.5) / 10, (np.arange(columns) + 0.5) / 10 - 20)
    pixels = camera.project(np.stack((x, np.full(x.shape, HEIGHT_M), z), axis=-1))
    # Off the border, where rounding decides.
    with np.errstate(invalid='ignore'):
        is_seen = ((pixels > 0.5) & (pixels < np.array(camera.size) - 1.5)).all(axis=-1)
    assert is_seen.mean() > 0.1
    shown = view.image.any(axis=-1).T[is_seen & (z < 15)]
    # In the farthest corners a lens model has pixels without a ray.
    assert shown.mean() > 0.999


def test_a_lens_that_sees_too_much_is_cut_at_the_sides() -> None:
    camera = CameraModel(1200, 800, 420, 420, 599.5, 399.5, 'equidistant', (0.0, 0.0, 0.0, 0.0))
    view = make(ground(camera), camera)
    assert cell(view, 0, 10) == cell(view, 5, 4) == GREY
    assert cell(view, 9.9, 2) == BLACK


def test_without_maps_the_seen_is_grey() -> None:
    view = make(ground(CAMERA))
    assert cell(view, 0, 10) == GREY
    assert cell(view, -9.5, 3) == BLACK


def test_unlabelled_pixels_are_grey_and_maps_may_have_any_size() -> None:
    semantic = np.zeros((36, 60), np.uint8)
    semantic[:, 30:] = 255
    view = make(ground(CAMERA), semantic=semantic)
    assert (cell(view, -2, 10), cell(view, 2, 10)) == (ROAD, GREY)


def obstacle(bottom_m: float, top_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Put a wall 12 m ahead, 2 m wide to either side, before flat ground."""
    depth_m, semantic = ground(CAMERA), np.zeros((144, 240), np.uint8)
    x, y = 12 * CAMERA.rays()[..., 0], 12 * CAMERA.rays()[..., 1]
    wall = (abs(x) < 2) & (y < bottom_m) & (y > top_m)
    depth_m[wall], semantic[wall] = 12.0, 1
    return depth_m, semantic


def test_what_stands_on_the_ground_hides_what_is_behind_it() -> None:
    depth_m, semantic = obstacle(1.5, -1.0)
    view = make(depth_m, semantic=semantic)
    assert cell(view, 0, 10) == ROAD
    assert WALL in {cell(view, 0, z) for z in (11.9, 12.0, 12.1)}
    assert cell(view, 0, 20) == BLACK
    assert cell(view, 6, 20) == ROAD


MEASURED_ALONE = replace(SETTINGS, fill_ground=False)


@pytest.mark.parametrize('camera', [CAMERA, BARREL, FISHEYE])
def test_measured_pixels_alone(camera: CameraModel) -> None:
    """Every pixel is in its cell, and where none is there is nothing, not even ground."""
    # Of a slope, because whole rows of flat ground lie on the edges of cells.
    depth_m = ground(camera, 0.0131, 0.0071)
    across = camera.rays()[..., 0] * depth_m
    lane = ((across > 1) & (across < 2)).astype(np.uint8)
    semantic = np.zeros(depth_m.shape, np.uint8)
    view = make(depth_m, camera, semantic, lane, settings=MEASURED_ALONE)
    expected = np.zeros_like(view.image)
    # From the lower right to the upper left, as the last one written is seen.
    for row, column in reversed(list(np.ndindex(depth_m.shape))):
        z = float(depth_m[row, column])
        place = 300 - z * 10, 100 + float(across[row, column]) * 10
        if 0 <= place[0] < 300 and 0 <= place[1] < 200:
            expected[int(place[0]), int(place[1])] = LINE if lane[row, column] else ROAD
    # Rounding carries a few across an edge.
    assert (view.image != expected).any(axis=-1).mean() < 0.001
    holes = make(depth_m, camera, semantic, lane).image.any(axis=-1) & ~expected.any(axis=-1)
    assert holes.mean() > 0.2


def test_of_two_measured_pixels_the_upper_then_the_left_is_seen() -> None:
    settings = replace(MEASURED_ALONE, metres_per_cell=10)
    depth_m, semantic = np.full((144, 240), np.nan, np.float32), np.zeros((144, 240), np.uint8)
    depth_m[(100, 100, 101), (120, 121, 119)] = 15.0
    semantic[100, 120] = 1
    assert cell(make(depth_m, semantic=semantic, settings=settings), 0.1, 15) == WALL
    depth_m[50, 150], semantic[50, 150] = 15.0, 0
    assert cell(make(depth_m, semantic=semantic, settings=settings), 0.1, 15) == ROAD


def test_measured_pixels_that_hang_high_are_left_out() -> None:
    depth_m, semantic = obstacle(-2.6, -4.0)
    view = make(depth_m, semantic=semantic, settings=MEASURED_ALONE)
    assert WALL not in {tuple(color) for color in view.image.reshape(-1, 3).tolist()}
    higher = replace(MEASURED_ALONE, maximum_height_m=5.0)
    view = make(depth_m, semantic=semantic, settings=higher)
    assert WALL in {cell(view, 0, z) for z in (11.9, 12, 12.1)}


def test_what_hangs_high_is_left_out() -> None:
    depth_m, semantic = obstacle(-2.6, -4.0)
    assert WALL not in {cell(make(depth_m, semantic=semantic), 0, z) for z in (11.9, 12, 12.1)}
    settings = replace(SETTINGS, maximum_height_m=5.0)
    view = make(depth_m, semantic=semantic, settings=settings)
    assert WALL in {cell(view, 0, z) for z in (11.9, 12, 12.1)}


def test_objects_with_a_position_are_marked() -> None:
    labels = LabelSet((Label(3, 'car', (1, 2, 250)),))
    detections = Detections(
        labels,
        np.zeros((3, 4), np.float32),
        np.ones(3, np.float32),
        np.full(3, 3, np.int32),
        np.float32([10, np.nan, 99]),
        np.float32([[-2, 0.5, 10], [np.nan] * 3, [0, 0, 99]]),
    )
    view = make(ground(CAMERA), detections=detections)
    assert cell(view, -2, 10) == (250, 2, 1)
    assert (view.image == (250, 2, 1)).all(axis=-1).sum() < 150


def test_inputs_stay_as_they_are() -> None:
    depth_m, semantic = obstacle(1.5, -1.0)
    copies = depth_m.copy(), semantic.copy()
    make(depth_m, semantic=semantic, lane=semantic)
    np.testing.assert_array_equal(depth_m, copies[0])
    np.testing.assert_array_equal(semantic, copies[1])


@pytest.mark.parametrize('share_of_obstacles', [0.0, 0.4])
def test_find_ground_plane(share_of_obstacles: float) -> None:
    rng = np.random.default_rng(3)
    depth_m = ground(CAMERA, 0.03, -0.05) * rng.normal(1, 0.01, (144, 240))
    depth_m[:, : int(240 * share_of_obstacles)] = 4.0
    plane = find_ground_plane(DepthMap(depth_m.astype(np.float32), CAMERA))
    assert plane is not None
    assert plane.height_m == pytest.approx(HEIGHT_M, rel=0.02)
    assert (plane.slope_x, plane.slope_z) == pytest.approx((0.03, -0.05), abs=0.01)


@pytest.mark.parametrize(
    'depth_m',
    [
        np.full((144, 240), np.nan, np.float32),
        np.full((144, 240), 5.0, np.float32),
        np.random.default_rng(0).uniform(1, 100, (144, 240)).astype(np.float32),
        np.full((1, 1), 5.0, np.float32),
    ],
    ids=['unknown', 'wall', 'noise', 'one pixel'],
)
def test_no_ground_plane(depth_m: np.ndarray) -> None:
    camera = CAMERA.scaled(depth_m.shape[1], depth_m.shape[0])
    assert find_ground_plane(DepthMap(depth_m, camera)) is None
