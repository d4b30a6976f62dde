# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.results import DepthMap
from hailo_perception.tasks.line_depth import locate_lines

CAMERA = CameraModel(240, 144, 160, 160, 119.5, 60)
HEIGHT_M = 1.5


def ground() -> np.ndarray:
    down = CAMERA.rays()[..., 1]
    return np.where(down > 0.02, HEIGHT_M / np.where(down > 0, down, 1), np.nan).astype(np.float32)


def line_at(x: float, near_m: float = 4, far_m: float = 20, count: int = 20) -> np.ndarray:
    inverse = np.linspace(1 / near_m, 1 / far_m, count)
    return CAMERA.project(np.stack((np.full(count, x), np.full(count, HEIGHT_M), 1 / inverse), -1))


@pytest.mark.parametrize('depth', [None, DepthMap(ground(), CAMERA)])
def test_no_lines(depth: DepthMap | None) -> None:
    assert locate_lines([], depth, (240, 144)) == []


@pytest.mark.parametrize('depth_m', [None, np.full((144, 240), np.nan, np.float32)])
def test_unknown_depth(depth_m: np.ndarray | None) -> None:
    depth = None if depth_m is None else DepthMap(depth_m, CAMERA)
    (points,) = locate_lines([line_at(1.0)], depth, (240, 144))
    assert points.shape == (20, 3) and np.isnan(points).all()


def test_plane() -> None:
    near, far = locate_lines(
        [line_at(1.0), line_at(-2.0, 8, 15, 9)], DepthMap(ground(), CAMERA), (240, 144)
    )
    np.testing.assert_allclose(near[:, 0], 1.0, rtol=0.03)
    np.testing.assert_allclose(near[[0, -1], 2], (4, 20), rtol=0.03)
    np.testing.assert_allclose(far[[0, -1], 2], (8, 15), rtol=0.03)
    assert near.dtype == np.float32 and far.shape == (9, 3)


def test_an_obstacle_over_the_line_does_not_bend_it() -> None:
    depth_m = ground()
    line = line_at(0.0)
    rows = np.rint(line[:, 1]).astype(int)
    depth_m[rows[12] : rows[8]] = 3.0
    (points,) = locate_lines([line], DepthMap(depth_m, CAMERA), (240, 144))
    np.testing.assert_allclose(points[:, 2], 1 / np.linspace(1 / 4, 1 / 20, 20), rtol=0.05)


def test_depth_is_not_invented_far_beyond_what_is_known() -> None:
    depth_m = ground()
    line = line_at(0.0)
    depth_m[: int(line[:, 1].mean())] = np.nan
    (points,) = locate_lines([line], DepthMap(depth_m, CAMERA), (240, 144))
    assert np.isfinite(points[:9]).all() and np.isnan(points[12:]).all()


def test_points_lie_on_the_rays_of_a_distorted_camera() -> None:
    camera = CameraModel(240, 144, 160, 160, 119.5, 60, 'plumb_bob', (-0.3, 0.1, 0, 0))
    depth = DepthMap(np.full((144, 240), 5, np.float32), camera)
    line = np.array([[30.3, 140.0], [60.8, 100.4], [100.1, 70.9]])
    (points,) = locate_lines([line], depth, (240, 144))
    np.testing.assert_allclose(points[:, 2], 5, rtol=1e-3)
    np.testing.assert_allclose(camera.project(points), line, atol=0.05)
