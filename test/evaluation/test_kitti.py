# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""KITTI's object benchmark and its raw drives, in a folder made up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from recording_layouts import built
from recording_layouts import first
from recording_layouts import kitti_object
from recording_layouts import kitti_raw
from recording_layouts import names_of
from recording_layouts import opened
from recording_layouts import picture
from recording_layouts import text

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import FrameError


def test_kitti_object(tmp_path: Path) -> None:
    found = first(built('kitti_object', tmp_path))
    assert found.name == '000007'
    assert names_of(found) == ['car', 'car', 'person', 'truck', 'any']
    assert found.objects.xyxy[0].tolist() == [2, 3, 12, 13]
    assert found.objects.is_ignored.tolist() == [False, False, False, True, True]
    assert (found.objects.visibility[:4] > 0.3).tolist() == [True, True, False, False]
    assert found.objects.distance_m[0] == 9.5
    assert found.camera.matrix.tolist() == [[20, 0, 19.5], [0, 20, 9.5], [0, 0, 1]]
    np.testing.assert_allclose(found.lidar.pixels, [(19.5, 9.5), (15.5, 8.5)], atol=1e-4)
    assert found.lidar.depth_m.tolist() == [10, 20]
    assert (found.semantic, found.lane, found.lane_lines, found.depth_m) == (None,) * 4


def test_kitti_object_without_labels_and_scans(tmp_path: Path) -> None:
    folder = kitti_object(tmp_path) / 'training'
    (folder / 'label_2/000007.txt').unlink()
    (folder / 'velodyne/000007.bin').unlink()
    found = first(opened('kitti_object', folder))
    assert found.objects is None and found.lidar is None and found.camera is not None


@pytest.mark.parametrize(
    ('file', 'content', 'message'),
    [
        ('label_2/000007.txt', 'Spaceship' + 14 * ' 0', "class 'Spaceship'"),
        ('label_2/000007.txt', 'Car 1 2 3', 'lines of 15 fields'),
        ('label_2/000007.txt', 'Car' + 14 * ' x', 'lines of 15 fields'),
        ('calib/000007.txt', 'P0: 1 2 3', 'the calibration lacks'),
        ('velodyne/000007.bin', 'abc', 'points of four'),
    ],
)
def test_kitti_object_with_broken_labels(
    file: str, content: str, message: str, tmp_path: Path
) -> None:
    recording = built('kitti_object', tmp_path)
    text(tmp_path / 'training' / file, content)
    if file.startswith('velodyne'):
        (tmp_path / 'training' / file).write_bytes(b'1234' * 5)
    with pytest.raises(FrameError, match=message):
        first(recording)


def test_kitti_raw(tmp_path: Path) -> None:
    found = first(built('kitti_raw', tmp_path))
    assert names_of(found) == ['car']
    # A body of 2 m ahead with its back at 9 m: about 4.4 pixels wide and high.
    left, top, right, bottom = found.objects.xyxy[0]
    assert (left + right) / 2 == pytest.approx(20, abs=0.2)
    assert 3.5 < right - left < 4.5 and 3 < bottom - top < 4.5
    assert found.lidar.depth_m.tolist() == [10, 20]
    assert not found.objects.is_ignored[0]


def test_kitti_raw_without_a_scan_judges_near_cuboids_only(tmp_path: Path) -> None:
    drive = kitti_raw(tmp_path)
    labels = drive / 'tracklet_labels.xml'
    near = labels.read_text()
    (drive / 'velodyne_points/data/0000000003.bin').unlink()
    assert first(opened('kitti_raw', drive)).objects.is_ignored.tolist() == [False]
    text(labels, near.replace('<tx>11</tx>', '<tx>30</tx>'))
    assert first(opened('kitti_raw', drive)).objects.is_ignored.tolist() == [True]


def test_kitti_raw_without_calibration_or_with_broken_tracklets(tmp_path: Path) -> None:
    drive = kitti_raw(tmp_path)
    text(drive / 'tracklet_labels.xml', '<tracklets>')
    with pytest.raises(ConfigurationError, match='no file of tracklets'):
        opened('kitti_raw', drive)
    (tmp_path / 'calib_velo_to_cam.txt').unlink()
    with pytest.raises(ConfigurationError, match='no calibration calib_velo_to_cam'):
        opened('kitti_raw', drive)


def test_kitti_raw_frames_outside_a_tracklet_have_no_object(tmp_path: Path) -> None:
    drive = kitti_raw(tmp_path)
    picture(drive / 'image_02/data/0000000004.png')
    assert names_of(opened('kitti_raw', drive).read(4)) == []
