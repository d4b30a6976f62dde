# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A sequence of PandaSet as convert_pandaset leaves it, made up."""

from __future__ import annotations

from pathlib import Path

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
