# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The rendered scene: determinism, exact ground truth, every condition, odd sizes."""

from __future__ import annotations

from dataclasses import fields
from dataclasses import replace

import numpy as np
import pytest

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.scenes import DrivingScene
from hailo_perception.scenes import LANE_LABELS
from hailo_perception.scenes import MountedCamera
from hailo_perception.scenes import OBJECT_LABELS
from hailo_perception.scenes import SceneConditions
from hailo_perception.scenes import SceneFrame
from hailo_perception.scenes import SEMANTIC_LABELS
from hailo_perception.scenes.conditions import DAYTIMES
from hailo_perception.scenes.conditions import ROAD_KINDS
from hailo_perception.scenes.conditions import WEATHERS

ROAD, SKY, UNLABELLED = 0, 10, 255
EMPTY = SceneConditions(
    kind='rural', traffic=0.0, people=0.0, scenery=0.0, curviness=0.0, hilliness=0.0, flaws=0.0
)
BUSY = SceneConditions(kind='city', traffic=1.0, people=1.0, curviness=1.0, hilliness=1.0)
WIDTH, HEIGHT = 320, 192


def pinhole(width: int = WIDTH, height: int = HEIGHT, focal: float = 220.0) -> CameraModel:
    return CameraModel(width, height, focal, focal, (width - 1) / 2, (height - 1) / 2)


def mounted(model: CameraModel | None = None, **mounting: float) -> MountedCamera:
    return MountedCamera(model or pinhole(), **mounting)


def points_of(frame: SceneFrame) -> np.ndarray:
    rays = frame.camera.rays()
    directions = np.concatenate((rays, np.ones((*rays.shape[:2], 1))), axis=2)
    return directions * frame.depth_m[..., None]


@pytest.fixture(scope='module')
def busy_scene() -> DrivingScene:
    return DrivingScene(5, BUSY)


@pytest.fixture(scope='module')
def busy(busy_scene: DrivingScene) -> SceneFrame:
    return busy_scene.render(3.0, mounted())


def test_empty_road_has_no_objects_and_a_flat_exact_ground():
    camera = mounted(height_m=1.5, pitch_rad=0.03, roll_rad=0.02, yaw_rad=0.05)
    frame = DrivingScene(1, EMPTY).render(0.0, camera)
    assert len(frame.objects) == 0
    assert not frame.instances.any()
    assert set(np.unique(frame.semantic)) <= {ROAD, 1, 9, SKY}
    ground = np.isfinite(frame.depth_m)
    up = frame.camera_to_ground.ground_up
    distance = points_of(frame)[ground] @ up
    assert ground.sum() > 1000
    np.testing.assert_allclose(distance, -frame.camera_to_ground.height_m, atol=1e-3)


def test_sky_is_where_depth_is_missing():
    frame = DrivingScene(1, EMPTY).render(0.0, mounted())
    np.testing.assert_array_equal(frame.semantic == SKY, np.isnan(frame.depth_m))


@pytest.mark.parametrize('kind', ROAD_KINDS)
def test_hilly_road_pixels_lie_on_the_road_surface(kind):
    conditions = SceneConditions(kind=kind, curviness=1.0, hilliness=1.0)
    scene = DrivingScene(2, conditions)
    frame = scene.render(4.0, mounted(height_m=1.6))
    x, y, z, heading = scene.ego_position(4.0)
    slope = np.arctan(scene.course.slope(y) * np.cos(heading))
    forward = np.array((np.sin(heading) * np.cos(slope), np.cos(heading) * np.cos(slope),
                        np.sin(slope)))  # fmt: skip
    right = np.array((np.cos(heading), -np.sin(heading), 0.0))
    axes = np.stack((right, -np.cross(right, forward), forward))
    world = points_of(frame)[(frame.semantic == ROAD) & (frame.depth_m < 400.0)] @ axes
    world += (x, y, z + 1.6 / np.cos(slope))
    assert len(world) > 1000
    np.testing.assert_allclose(scene.course.height(world[:, 1]), world[:, 2], atol=1e-3)


def test_same_seed_same_pixels_in_any_order():
    first, second = DrivingScene(7), DrivingScene(7)
    camera = first.random_camera(WIDTH, HEIGHT)
    assert camera == second.random_camera(WIDTH, HEIGHT)
    second.render(900.0, camera)
    second.render(0.0, camera)
    a, b = first.render(2.5, camera), second.render(2.5, camera)
    for name in ('image', 'depth_m', 'semantic', 'lane', 'instances'):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name), err_msg=name)
    for field in fields(a.objects):
        one, other = getattr(a.objects, field.name), getattr(b.objects, field.name)
        np.testing.assert_array_equal(one, other, err_msg=field.name)


def test_other_seed_other_world():
    camera = mounted()
    a, b = (DrivingScene(seed, BUSY).render(1.0, camera) for seed in (1, 2))
    assert (a.semantic != b.semantic).mean() > 0.1


def test_boxes_are_the_extents_of_the_instances(busy):
    assert len(busy.objects) > 5
    assert busy.instances.max() == len(busy.objects)
    for k, box in enumerate(busy.objects.xyxy):
        rows, columns = np.nonzero(busy.instances == k + 1)
        extent = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
        np.testing.assert_array_equal(box, extent)


def test_objects_describe_their_pixels(busy):
    semantic_of = {
        'car': {13}, 'bus': {15}, 'person': {11}, 'bike': {18}, 'truck': {14}, 'motor': {17},
        'rider': {12}, 'traffic_sign': {7, UNLABELLED}, 'traffic_light': {6},
    }  # fmt: skip
    objects = busy.objects
    for k, class_id in enumerate(objects.class_ids):
        pixels = busy.instances == k + 1
        assert set(np.unique(busy.semantic[pixels])) <= semantic_of[OBJECT_LABELS[class_id].name]
        assert objects.distance_m[k] == np.median(busy.depth_m[pixels])
    assert np.all((objects.visibility > 0.0) & (objects.visibility <= 1.0))


def test_unhidden_objects_project_into_their_boxes(busy):
    objects = busy.objects
    width, height = busy.camera.size
    box = objects.xyxy
    inside = (box[:, 0] > 1) & (box[:, 1] > 1) & (box[:, 2] < width - 1) & (box[:, 3] < height - 1)
    whole = inside & (objects.visibility > 0.99) & (box[:, 2] - box[:, 0] > 4)
    assert whole.sum() >= 3
    at = busy.camera.project(objects.position_m[whole]) + 0.5
    assert np.all((at >= box[whole, :2]) & (at <= box[whole, 2:]))
    reach = np.abs(objects.position_m[whole, 2] - objects.distance_m[whole])
    assert np.all(reach < 9.0)


def test_hidden_objects_are_less_visible(busy):
    assert busy.objects.visibility.min() < 0.9


@pytest.mark.parametrize(
    ('kind', 'weather', 'daytime'),
    [
        (kind, weather, DAYTIMES[(i + j) % len(DAYTIMES)])
        for i, kind in enumerate(ROAD_KINDS)
        for j, weather in enumerate(WEATHERS)
    ],
)
def test_every_condition_renders_valid_labels(kind, weather, daytime):
    conditions = SceneConditions(kind=kind, weather=weather, daytime=daytime, bonnet=True)
    scene = DrivingScene(3, replace(conditions, scenery=0.5, traffic=0.3))
    frame = scene.render(1.0, mounted(pinhole(160, 96, 110.0)))
    assert frame.image.shape == (96, 160, 3) and frame.image.dtype == np.uint8
    assert frame.image.std() > 2.0
    assert all(i in SEMANTIC_LABELS for i in np.unique(frame.semantic) if i != UNLABELLED)
    assert all(i in LANE_LABELS for i in np.unique(frame.lane))
    assert np.all(frame.lane[frame.semantic != ROAD] == 0)
    known = frame.depth_m[np.isfinite(frame.depth_m)]
    assert known.min() > 0.0
    assert np.isnan(frame.depth_m[frame.semantic == SKY]).all()


def test_bonnet_is_unlabelled_and_without_depth():
    conditions = replace(BUSY, bonnet=True)
    with_bonnet = DrivingScene(4, conditions).render(1.0, mounted())
    without = DrivingScene(4, BUSY).render(1.0, mounted())
    hidden = np.isfinite(without.depth_m) & np.isnan(with_bonnet.depth_m)
    assert hidden[-1].all() and not hidden[: HEIGHT // 2].any()
    assert np.all(with_bonnet.semantic[hidden] == UNLABELLED)
    assert not with_bonnet.instances[hidden].any() and not with_bonnet.lane[hidden].any()
    np.testing.assert_array_equal(with_bonnet.depth_m[~hidden], without.depth_m[~hidden])


@pytest.mark.parametrize('size', [(1, 1), (2, 3), (17, 5), (5, 33), (101, 67)])
def test_odd_sizes(size, busy_scene):
    width, height = size
    frame = busy_scene.render(3.0, mounted(pinhole(width, height, width)))
    assert frame.image.shape == (height, width, 3)
    assert frame.depth_m.shape == frame.semantic.shape == frame.lane.shape == (height, width)


@pytest.mark.parametrize('pitch_rad', [-1.2, 1.2])
def test_looking_at_nothing_but_sky_or_ground(pitch_rad):
    frame = DrivingScene(8, EMPTY).render(0.0, mounted(pitch_rad=pitch_rad))
    assert np.isnan(frame.depth_m).all() == (pitch_rad < 0.0)
    assert np.isfinite(frame.depth_m).all() == (pitch_rad > 0.0)


@pytest.mark.parametrize(
    ('model', 'distortion'),
    [
        ('plumb_bob', (-0.25, 0.08, 0.001, -0.001, 0.0)),
        ('rational_polynomial', (0.3, 0.02, 0.0005, 0.0003, 0.001, 0.6, 0.05, 0.003)),
        ('equidistant', (-0.01, 0.003, -0.001, 0.0)),
    ],
)
def test_distorted_camera_sees_the_same_world(model, distortion, busy_scene):
    ideal = pinhole(480, 288, 230.0)
    lens = CameraModel(320, 192, 210.0, 210.0, 160.0, 95.0, model, distortion)
    straight, bent = (busy_scene.render(3.0, mounted(m, height_m=1.5)) for m in (ideal, lens))
    rays = lens.rays()
    at = ideal.project(np.concatenate((rays, np.ones((*rays.shape[:2], 1))), axis=2))
    inside = np.all((at >= 0) & (at <= (479, 287)), axis=2)
    column, row = np.round(at[inside]).astype(int).T
    same = bent.semantic[inside] == straight.semantic[row, column]
    assert same.mean() > 0.93
    ground = same & (bent.semantic[inside] == ROAD)
    world = points_of(bent)[inside][ground]
    near = world[:, 2] < 15.0
    ratio = world[near, 2] / straight.depth_m[row, column][ground][near]
    assert abs(np.median(ratio) - 1.0) < 0.01
    for k, box in enumerate(bent.objects.xyxy):
        rows, columns = np.nonzero(bent.instances == k + 1)
        assert tuple(box) == (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)


def test_distorted_ground_is_exact():
    lens = CameraModel(320, 192, 150.0, 150.0, 160.0, 95.0, 'equidistant', (0.02, 0.0, 0.0, 0.0))
    frame = DrivingScene(1, EMPTY).render(0.0, mounted(lens, height_m=1.3, pitch_rad=0.1))
    ground = np.isfinite(frame.depth_m)
    distance = points_of(frame)[ground] @ frame.camera_to_ground.ground_up
    assert ground.sum() > 1000
    np.testing.assert_allclose(distance, -1.3, atol=1e-3)


def test_ego_vehicle_moves_by_its_speed():
    scene = DrivingScene(10, replace(BUSY, speed_mps=14.0))
    places = np.array([scene.ego_position(t)[:2] for t in np.arange(0.0, 20.0, 0.1)])
    steps = np.hypot(*np.diff(places, axis=0).T)
    np.testing.assert_allclose(steps, 1.4, rtol=0.02)


def test_video_is_smooth():
    scene = DrivingScene(11, replace(EMPTY, kind='highway', speed_mps=25.0))
    frames = [scene.render(t, mounted()) for t in (2.0, 2.04)]
    both = np.isfinite(frames[0].depth_m) & np.isfinite(frames[1].depth_m)
    change = np.abs(frames[0].depth_m - frames[1].depth_m)[both]
    assert np.median(change) < 0.05
    assert (frames[0].semantic != frames[1].semantic).mean() < 0.01


def test_drives_on_for_an_hour(busy_scene):
    frame = busy_scene.render(3600.0, mounted())
    assert (frame.semantic == ROAD).mean() > 0.1
    assert len(frame.objects) > 3


def test_lane_lines_lie_on_labelled_pixels():
    scene = DrivingScene(13, replace(EMPTY, kind='highway'))
    frame = scene.render(1.0, mounted(height_m=1.6))
    assert frame.lane_lines
    solid = {round(line.offset_m, 6) for line in scene.layout.lines if not line.period_m}
    checked = 0
    for line, painted in zip(frame.lane_lines, scene.layout.lines):
        np.testing.assert_allclose(frame.camera.project(line.points_m), line.pixels, atol=1e-3)
        np.testing.assert_allclose(
            line.points_m @ frame.camera_to_ground.ground_up, -1.6, atol=1e-3
        )
        if round(painted.offset_m, 6) not in solid or len(frame.lane_lines) != len(
            scene.layout.lines
        ):
            continue
        near = (line.points_m[:, 2] < 25.0) & (np.abs(line.points_m[:, 0]) < 6.0)
        if not near.any():
            continue
        column, row = np.round(line.pixels[near]).astype(int).T
        column, row = column.clip(0, WIDTH - 1), row.clip(0, HEIGHT - 1)
        assert (frame.lane[row, column] == line.class_id).mean() > 0.8
        checked += near.sum()
    assert checked > 5


def test_supersampling_leaves_labels_and_size():
    scene = DrivingScene(14, replace(BUSY, flaws=0.0))
    plain, fine = (scene.render(1.0, mounted(), supersample=s) for s in (1.0, 2.0))
    np.testing.assert_array_equal(plain.semantic, fine.semantic)
    np.testing.assert_array_equal(plain.depth_m, fine.depth_m)
    assert fine.image.shape == plain.image.shape
    difference = np.abs(fine.image.astype(float) - plain.image)
    assert 0.0 < difference.mean() < 12.0


@pytest.mark.parametrize(
    'wrong',
    [
        {'kind': 'sea'}, {'weather': 'hail'}, {'daytime': 'noon'}, {'traffic': 1.5},
        {'people': -0.1}, {'speed_mps': 100.0}, {'flaws': float('nan')},
    ],
)  # fmt: skip
def test_wrong_conditions_are_named(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        SceneConditions(**wrong)


@pytest.mark.parametrize(
    ('time_s', 'supersample', 'named'),
    [(-1.0, 1.0, 'time_s'), (float('nan'), 1.0, 'time_s'), (0.0, 0.5, 'supersample')],
)
def test_wrong_arguments_are_named(time_s, supersample, named):
    with pytest.raises(ValueError, match=named):
        DrivingScene(1, EMPTY).render(time_s, mounted(), supersample=supersample)


def test_camera_in_the_ground_is_refused():
    with pytest.raises(ValueError, match='height_m'):
        MountedCamera(pinhole(), height_m=0.0)


def test_random_cameras_vary_and_fit():
    cameras = [DrivingScene(seed, EMPTY).random_camera(640, 384) for seed in range(40)]
    views = [np.degrees(2 * np.arctan(320 / camera.model.fx)) for camera in cameras]
    assert 34.0 < min(views) < 50.0 and 75.0 < max(views) < 101.0
    assert all(1.1 <= camera.height_m <= 2.2 for camera in cameras)
