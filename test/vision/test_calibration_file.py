# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Calibration files of camera_calibration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.errors import CameraInfoError
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.vision.calibration_file import load_calibration

COMPLETE: dict[str, Any] = {
    'image_width': 640,
    'image_height': 480,
    'camera_name': 'front',
    'distortion_model': 'plumb_bob',
    'camera_matrix': {'rows': 3, 'cols': 3, 'data': [500, 0, 320, 0, 501, 240, 0, 0, 1]},
    'distortion_coefficients': {'rows': 1, 'cols': 5, 'data': [-0.1, 0.02, 0, 0, 0]},
}


def _write(folder: Path, changes: dict[str, Any]) -> Path:
    path = folder / 'camera.yaml'
    path.write_text(yaml.safe_dump(COMPLETE | changes))
    return path


def test_empty_file(tmp_path: Path) -> None:
    path = tmp_path / 'camera.yaml'
    path.write_text('')
    with pytest.raises(ConfigurationError, match='expected the keys'):
        load_calibration(path)


@pytest.mark.parametrize(
    ('content', 'complaint'),
    [(b'a: [1,\nb: 2\n', 'is not YAML: while parsing'), (b'\xff\xd8\xff', 'cannot read')],
    ids=['no-yaml', 'a-picture'],
)
def test_another_file_is_refused_in_one_line(
    content: bytes, complaint: str, tmp_path: Path
) -> None:
    path = tmp_path / 'camera.yaml'
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=complaint) as refusal:
        load_calibration(path)
    assert str(path) in str(refusal.value)
    assert '\n' not in str(refusal.value)


def test_complete_file(tmp_path: Path) -> None:
    assert load_calibration(_write(tmp_path, {})) == CameraModel(
        640, 480, 500, 501, 320, 240, 'plumb_bob', (-0.1, 0.02, 0, 0, 0)
    )


def test_zero_distortion_is_none(tmp_path: Path) -> None:
    path = _write(tmp_path, {'distortion_coefficients': {'data': [0, 0, 0, 0, 0]}})
    assert load_calibration(path).is_pinhole


@pytest.mark.parametrize(
    ('changes', 'error', 'complaint'),
    [
        ({'image_width': 'wide'}, ConfigurationError, 'image_width must be int'),
        ({'camera_matrix': None}, ConfigurationError, r'camera_matrix\.data'),
        ({'camera_matrix': {'data': [1, 2]}}, ConfigurationError, '9 numbers'),
        ({'camera_matrix': {'data': [0] * 9}}, CameraInfoError, 'calibrated'),
        ({'distortion_model': 'mystery'}, CameraInfoError, 'mystery'),
    ],
)
def test_wrong_file(
    changes: dict[str, Any], error: type[Exception], complaint: str, tmp_path: Path
) -> None:
    with pytest.raises(error, match=complaint):
        load_calibration(_write(tmp_path, changes))


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match='cannot read the calibration'):
        load_calibration(tmp_path / 'nowhere.yaml')
