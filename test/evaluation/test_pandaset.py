# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A sequence of PandaSet as convert_pandaset leaves it, made up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from recording_layouts import BACKGROUND
from recording_layouts import built
from recording_layouts import CAR
from recording_layouts import first
from recording_layouts import MARKING
from recording_layouts import names_of
from recording_layouts import opened
from recording_layouts import pandaset
from recording_layouts import ROAD
from recording_layouts import text

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import FrameError

KEYS = ('u', 'v', 'depth_cm', 'label')


def test_pandaset(tmp_path: Path) -> None:
    found = first(built('pandaset', tmp_path))
    assert found.name == 'front_camera_05'
    assert names_of(found) == ['car', 'car', 'any']
    # Measured, hidden or too far to know, of no class of ours.
    assert found.objects.is_ignored.tolist() == [False, True, True]
    left, _, right, _ = found.objects.xyxy[0]
    assert (left + right) / 2 == pytest.approx(20, abs=0.2)
    assert found.objects.distance_m[0] == pytest.approx(9.5)
    assert found.lidar.class_ids.tolist() == [CAR, ROAD]
    assert found.lidar.lane_ids.tolist() == [BACKGROUND, MARKING]


def test_pandaset_without_cuboids_has_no_objects(tmp_path: Path) -> None:
    folder = pandaset(tmp_path)
    (folder / 'cuboids_json/05.json').unlink()
    assert first(opened('pandaset', folder)).objects is None
    (folder / 'front_camera/lidar/05.npz').unlink()
    assert first(opened('pandaset', folder)).lidar is None


@pytest.mark.parametrize(
    ('file', 'content', 'error', 'message'),
    [
        ('front_camera/poses.json', '[', ConfigurationError, 'cannot be read as JSON'),
        ('front_camera/poses.json', '[]', FrameError, 'the pose of the camera'),
        ('front_camera/intrinsics.json', '{"fx": 1}', ConfigurationError, 'fx, fy, cx and cy'),
        ('front_camera/lidar/05.npz', 'x', FrameError, 'no .npz'),
        ('cuboids_json/05.json', '[{"label": "Ufo"}]', FrameError, 'broken'),
    ],
)
def test_pandaset_with_broken_files(
    file: str, content: str, error: type[Exception], message: str, tmp_path: Path
) -> None:
    text(pandaset(tmp_path) / file, content)
    with pytest.raises(error, match=message):
        first(opened('pandaset', tmp_path))


def flipped(content: bytes) -> bytes:
    place = content.index(b'NUMPY') + 1
    return content[:place] + b'\xff' + content[place + 1 :]


@pytest.mark.parametrize(
    'broken', [lambda content: b'', lambda content: content[: len(content) // 2], flipped]
)
def test_pandaset_with_broken_points(
    broken: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    path = pandaset(tmp_path) / 'front_camera/lidar/05.npz'
    path.write_bytes(broken(path.read_bytes()))
    with pytest.raises(FrameError, match='the LiDAR points are no .npz of u, v, depth_cm, label'):
        first(opened('pandaset', tmp_path))


@pytest.mark.parametrize(
    ('arrays', 'message'),
    [
        ({'u': np.array([19])}, r'expected lists of one length, found u \(1,\), v \(2,\)'),
        ({'depth_cm': np.array([950])}, 'expected lists of one length'),
        ({key: np.zeros((1, 2), int) for key in KEYS}, 'expected lists of one length'),
        ({'label': np.array([13.0, 8.0])}, 'of labels whole ones, found label of float64'),
        ({'u': np.array(['1', '2'])}, 'expected numbers.*found u of <U1'),
        ({'label': np.array([13, 300])}, 'expected label from 0 to below 256'),
        ({'label': np.array([-1, 8])}, 'expected label from 0 to below 256'),
        ({'u': np.array([np.nan, 5])}, 'expected u from -0.5 to below 39.5'),
        ({'u': np.array([40, 5])}, 'expected u from -0.5 to below 39.5'),
        ({'v': np.array([9, 20])}, 'expected v from -0.5 to below 19.5'),
        ({'depth_cm': np.array([np.inf, 5])}, 'expected depth_cm from 0'),
    ],
)
def test_pandaset_with_points_that_no_picture_has(
    arrays: dict[str, np.ndarray], message: str, tmp_path: Path
) -> None:
    path = pandaset(tmp_path) / 'front_camera/lidar/05.npz'
    with np.load(path) as content:
        whole = dict(content)
    np.savez(path, **{**whole, **arrays})
    with pytest.raises(FrameError, match=message):
        first(opened('pandaset', tmp_path))


def test_pandaset_with_points_of_other_types(tmp_path: Path) -> None:
    path = pandaset(tmp_path) / 'front_camera/lidar/05.npz'
    before = first(opened('pandaset', tmp_path)).lidar
    with np.load(path) as content:
        other = {key: content[key].astype(np.uint64 if key == 'label' else float) for key in KEYS}
    np.savez(path, **other)
    after = first(opened('pandaset', tmp_path)).lidar
    np.testing.assert_array_equal(after.pixels, before.pixels)
    np.testing.assert_array_equal(after.lane_ids, before.lane_ids)
    assert after.depth_m.dtype == np.float32
