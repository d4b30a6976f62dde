# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a camera's profile changes: its depth, its own vehicle, and the ground below it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tiny_network import CAMERA
from tiny_network import EVERYTHING
from tiny_network import front_frame
from tiny_network import model_with
from tiny_network import run
from tiny_network import TASKS
from tiny_network import tensors
from tiny_network import TRANSFORM

from hailo_perception.core import camera_model
from hailo_perception.core.distortion import undistort
from hailo_perception.core.errors import Cause
from hailo_perception.core.results import LanePattern
from hailo_perception.core.results import Output
from hailo_perception.core.tensors import RawOutputs
from hailo_perception.tasks.camera_profile import CameraProfile
from hailo_perception.tasks.ground_plane import MountedGround
from hailo_perception.tasks.own_vehicle import OwnVehicle
from hailo_perception.tasks.postprocess import Postprocessor
from hailo_perception.tasks.settings import DepthSettings
from hailo_perception.tasks.settings import PostprocessSettings

GROUND = MountedGround.below_camera(1.5, 0.2)


def test_a_camera_corrects_its_own_depth_after_the_common_correction() -> None:
    settings = PostprocessSettings(depth=DepthSettings(scale=2.0, offset_m=1.0))
    profile = CameraProfile(depth_scale=0.5, depth_offset_m=-3.0)
    perception = run({Output.DEPTH}, settings=settings, profile=profile)
    np.testing.assert_allclose(perception.depth.depth_m, (20 * 2 + 1) * 0.5 - 3, rtol=1e-5)


def test_another_cameras_profile_does_not_count() -> None:
    postprocessor = Postprocessor(model_with(*TASKS))
    postprocessor.profiles = {'rear': CameraProfile(depth_scale=3.0)}
    raw = RawOutputs(tensors())
    found = postprocessor.run(front_frame(), TRANSFORM, raw, frozenset({Output.DEPTH}))
    np.testing.assert_allclose(found.depth.depth_m, 20, rtol=1e-5)


def test_a_dozen_lenses_have_their_tables_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    counts: list[int] = []

    def counted(points: np.ndarray, *lens: object) -> np.ndarray:
        counts.append(points.size)
        return undistort(points, *lens)

    monkeypatch.setattr(camera_model, 'undistort', counted)
    lenses = [replace(CAMERA, fx=90.0 + i, distortion=(-0.1,) + (0.0,) * 4) for i in range(12)]
    whole_map = CAMERA.width * CAMERA.height // 16
    for expected in (len(lenses), 0):
        counts.clear()
        for lens in lenses:
            assert run(EVERYTHING, camera_model=lens).bird_eye is not None
        assert sum(count >= whole_map for count in counts) == expected


def test_the_own_vehicle_has_neither_depth_nor_points_nor_objects() -> None:
    everywhere = OwnVehicle.read('', '0,0 128,0 128,96 0,96')
    perception = run(EVERYTHING, profile=CameraProfile(own_vehicle=everywhere))
    assert np.isnan(perception.depth.depth_m).all()
    assert np.isnan(perception.point_cloud.points['z']).all()
    assert len(perception.detections) == 0
    corner = OwnVehicle.read('', '0,90 10,90 10,96 0,96')
    perception = run(EVERYTHING, profile=CameraProfile(own_vehicle=corner))
    assert np.isnan(perception.depth.depth_m[23, 0]) and len(perception.detections) == 1


def test_without_a_depth_task_the_ground_tells_positions() -> None:
    model = model_with('detection')
    perception = run({Output.OBJECTS}, model=model, profile=CameraProfile(ground=GROUND))
    assert perception.withheld == ()
    assert np.isfinite(perception.detections.position_covariances_m2).all()
    # The car's box is 16 px of the input high around the row 24: its foot is on the row 32 of 48.
    ray = np.array((0, (32 * 2 - 0.5 - CAMERA.cy) / CAMERA.fy))
    assert perception.detections.positions_m[0, 2] == pytest.approx(GROUND.depth_of(ray))


def test_the_ground_needs_a_calibration_too_and_says_so_once() -> None:
    for tasks in (('detection',), tuple(TASKS)):
        perception = run(
            {Output.OBJECTS},
            model=model_with(*tasks),
            camera_model=None,
            profile=CameraProfile(ground=GROUND),
        )
        ((cause, sentence),) = perception.withheld
        assert cause is Cause.CAMERA_INFO and 'no distances in objects' in sentence
        assert len(perception.detections) == 1


def test_without_depth_the_ground_tells_where_lane_lines_are() -> None:
    model = model_with('lane')
    profile = CameraProfile(ground=GROUND)
    perception = run({Output.LANES}, model=model, profile=profile)
    assert perception.withheld == ()
    (line,) = perception.lane_lines.lines
    rays = CAMERA.unproject(line.pixels)
    np.testing.assert_allclose(line.points_m[:, 2], GROUND.depth_of(rays), rtol=1e-4)
    # Not even nine metres of it are seen.
    assert line.pattern is LanePattern.UNKNOWN
    perception = run({Output.LANES}, model=model, profile=profile, camera_model=None)
    ((cause, sentence),) = perception.withheld
    assert cause is Cause.CAMERA_INFO and 'no distances in lanes' in sentence
    assert np.isnan(perception.lane_lines.lines[0].points_m).all()
