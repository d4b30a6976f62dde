# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The files of a run: clouds, depth pictures, video, folders."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from hailo_perception.cli.demo.new_folder import make_results_folder
from hailo_perception.cli.demo.ply import to_ply
from hailo_perception.cli.demo.video import fitted
from hailo_perception.cli.demo.video import frame_rate_hz
from hailo_perception.cli.demo.video import LiveVideo
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.results import POINT_DTYPE

NOW = datetime(2026, 1, 2, 3, 4, 5)


def test_an_empty_cloud_is_a_valid_file() -> None:
    text = to_ply(np.zeros((0, 4), POINT_DTYPE)).decode('ascii')
    assert text.startswith('ply\nformat binary_little_endian 1.0\n')
    assert 'element vertex 0\n' in text
    assert text.endswith('end_header\n')


def test_a_cloud_keeps_what_is_known() -> None:
    points = np.zeros((2, 2), POINT_DTYPE)
    points['x'] = [[1, np.nan], [2, 3]]
    points['z'][1, 1] = np.inf
    points['rgb'] = 0x112233
    points['label'] = [[4, 5], [6, 7]]
    header, _, body = to_ply(points).partition(b'end_header\n')
    assert b'element vertex 2\n' in header
    vertices = np.frombuffer(body, np.dtype([('xyz', '<f4', 3), ('rgb', 'u1', 3), ('l', 'u1')]))
    assert vertices['xyz'].tolist() == [[1, 0, 0], [2, 0, 0]]
    assert vertices['rgb'].tolist() == [[0x11, 0x22, 0x33]] * 2
    assert vertices['l'].tolist() == [4, 6]


@pytest.mark.parametrize(
    ('stamps_s', 'expected_hz'),
    [
        ([], 10.0),
        ([3.0], 10.0),
        ([3.0, 3.0], 10.0),
        ([0.0, 0.1, 0.2, 5.0, 5.1], 10.0),
        ([0.0, 60.0], 1.0),
        ([0.0, 0.001], 60.0),
    ],
)
def test_the_rate_of_a_video(stamps_s: list[float], expected_hz: float) -> None:
    assert frame_rate_hz([round(each * 1e9) for each in stamps_s]) == expected_hz


@pytest.mark.parametrize(
    ('shape', 'size'), [((4, 8), (8, 4)), ((8, 8), (4, 4)), ((2, 9), (6, 8)), ((1, 999), (4, 4))]
)
def test_pictures_are_fitted_without_distortion(
    shape: tuple[int, int], size: tuple[int, int]
) -> None:
    image = np.full((*shape, 3), 200, np.uint8)
    result = fitted(image, size)
    assert result.shape == (size[1], size[0], 3)
    rows, columns = np.nonzero(result[..., 0])
    inner = (np.ptp(columns) + 1, np.ptp(rows) + 1)
    scale = min(size[0] / shape[1], size[1] / shape[0])
    assert inner == (max(round(shape[1] * scale), 1), max(round(shape[0] * scale), 1))


def frames_in(path: Path) -> int:
    capture = cv2.VideoCapture(str(path))
    count = 0
    while capture.read()[0]:
        count += 1
    capture.release()
    return count


def test_no_picture_no_video(tmp_path: Path) -> None:
    video = LiveVideo(tmp_path / 'overlay')
    video.close()
    assert video.path is None
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ('stamps_s', 'expected'),
    [
        ([0.0], 1),
        ([0.0, 0.1, 0.2], 3),
        ([0.1 * n for n in range(20)], 20),
        ([0.0, 0.1, 0.2, 0.3, 0.6, 0.7], 8),
        ([0.0, 0.1, 0.2, 100.0, 100.1], 5),
        ([5.0, 5.1, 5.2, 1.0, 1.1], 5),
    ],
    ids=['one', 'few', 'many', 'a pause is filled', 'silence is cut', 'back in time'],
)
def test_a_video_plays_at_the_speed_of_life(
    stamps_s: list[float], expected: int, tmp_path: Path
) -> None:
    video = LiveVideo(tmp_path / 'overlay')
    for index, stamp_s in enumerate(stamps_s):
        size = (48, 65) if index % 2 else (49, 64)
        video.add(round(stamp_s * 1e9), np.full((*size, 3), 99, np.uint8))
    video.close()
    assert video.path is not None
    assert frames_in(video.path) == expected


def test_every_run_has_a_folder_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    first, second = (make_results_folder(None, NOW) for _ in range(2))
    assert str(first) == 'hailo_perception_demo/2026-01-02_030405'
    assert str(second) == 'hailo_perception_demo/2026-01-02_030405_2'
    assert first.is_dir()
    assert second.is_dir()


def test_a_wished_folder_may_be_there_but_not_full(tmp_path: Path) -> None:
    assert make_results_folder(tmp_path / 'a' / 'b', NOW).is_dir()
    assert make_results_folder(tmp_path / 'a' / 'b', NOW).is_dir()
    mine = tmp_path / 'a' / 'mine.txt'
    mine.write_text('dear')
    with pytest.raises(ConfigurationError, match='has files in it'):
        make_results_folder(tmp_path / 'a', NOW)
    with pytest.raises(ConfigurationError, match='cannot make the folder'):
        make_results_folder(mine, NOW)
    assert mine.read_text() == 'dear'
