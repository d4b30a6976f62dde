# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Lane lines on the ground below a camera that stands and leans as it is said to."""

from __future__ import annotations

import numpy as np
import pytest

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import LaneLine
from hailo_perception.core.results import LaneLines
from hailo_perception.tasks.ground_plane import MountedGround
from hailo_perception.tasks.lane_ground import lines_on_ground

LABELS = LabelSet.from_names('background', 'white_line')
PINHOLE = CameraModel(640, 384, 400, 400, 319.5, 191.5)
WIDE = CameraModel(640, 384, 400, 400, 319.5, 191.5, 'plumb_bob', (-0.2, 0.05, 0.0, 0.0, 0.0))


def lines_of(*pixels: np.ndarray) -> LaneLines:
    return LaneLines(
        LABELS,
        tuple(
            LaneLine(1, 1.0, each.astype(np.float32), np.full((len(each), 3), np.nan, np.float32))
            for each in pixels
        ),
    )


def test_no_lines() -> None:
    ground = MountedGround.below_camera(1.5)
    assert lines_on_ground(LaneLines(LABELS, ()), PINHOLE, ground).lines == ()


@pytest.mark.parametrize('camera', [PINHOLE, WIDE], ids=['pinhole', 'distorted'])
@pytest.mark.parametrize('angles', [(0.0, 0.0), (0.1, 0.0), (-0.05, 0.04)])
def test_points_on_the_ground_are_found_again(
    camera: CameraModel, angles: tuple[float, float]
) -> None:
    ground = MountedGround.below_camera(1.4, *angles)
    x, z = np.array([-2.0, -1.9, -1.5, 0.5]), np.array([5.0, 8.0, 20.0, 60.0])
    # down · (x, y, z) = height.
    y = (ground.height_m - ground.down[0] * x - ground.down[2] * z) / ground.down[1]
    points = np.stack((x, y, z), axis=-1)
    (line,) = lines_on_ground(lines_of(camera.project(points)), camera, ground).lines
    np.testing.assert_allclose(line.points_m, points, rtol=2e-3, atol=2e-3)
    assert line.points_m.dtype == np.float32


def test_what_is_not_on_the_ground_or_too_far_to_tell_stays_unknown() -> None:
    pixels = np.array([(320, 300), (320, 191), (320, 100), (320, 193)])
    ground = MountedGround.below_camera(1.5)
    (line,) = lines_on_ground(lines_of(pixels), PINHOLE, ground).lines
    assert np.isnan(line.points_m).any(axis=1).tolist() == [False, True, True, True]
    assert np.isnan(line.points_m[1:]).all()
