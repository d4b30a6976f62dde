# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""hailo-perception calibrate-depth: sources, outputs, errors."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml

from hailo_perception.backends.recording import save_recording
from hailo_perception.cli import calibrate_depth
from hailo_perception.cli import main
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import MissingDependencyError
from hailo_perception.core.tensors import TensorInfo

MANIFEST = """
manifest_version: 1
name: ramp
files: {replay: ramp.npz}
input: {width: 64, height: 48}
tasks:
  depth: {decoder: linear, output: depth, maximum_m: 100.0}
  detection:
    decoder: yolox
    outputs: [boxes]
    classes: [car, person]
"""
SIZE = (64, 48)
FOCAL_PX = 50.0


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A network that sees a depth of 1 m more in each column, and one car, whatever there is."""
    depth = np.broadcast_to(np.arange(1, 65, dtype=np.float32) / 100, (48, 64))[..., None]
    boxes = np.full((1, 62, 7), -20.0, np.float32)
    # The cell at column 2, row 3 of the grid of stride 8: a car of 16×16 px about (20, 28).
    boxes[0, 3 * 8 + 2] = (0.5, 0.5, np.log(2), np.log(2), 5.0, 5.0, -5.0)
    infos = (
        TensorInfo('depth', (48, 64, 1), np.dtype(np.float32)),
        TensorInfo('boxes', (1, 62, 7), np.dtype(np.float32)),
    )
    save_recording(tmp_path / 'ramp.npz', infos, [{'depth': depth, 'boxes': boxes}])
    path = tmp_path / 'ramp.yaml'
    path.write_text(MANIFEST)
    return path


@pytest.fixture
def calibration(tmp_path: Path) -> Path:
    path = tmp_path / 'camera.yaml'
    matrix = [FOCAL_PX, 0, 31.5, 0, FOCAL_PX, 23.5, 0, 0, 1]
    path.write_text(
        yaml.safe_dump(
            {
                'image_width': SIZE[0],
                'image_height': SIZE[1],
                'camera_matrix': {'data': matrix},
                'distortion_coefficients': {'data': [0, 0, 0, 0, 0]},
            }
        )
    )
    cv2.imwrite(str(tmp_path / 'picture.png'), np.zeros((*SIZE[::-1], 3), np.uint8))
    return path


def run(*options: object) -> int:
    parser = argparse.ArgumentParser()
    calibrate_depth.add_parser(parser.add_subparsers(dest='command', required=True))
    return calibrate_depth.run(parser.parse_args(['calibrate-depth', *map(str, options)]))


def measured_pixels(folder: Path, scale: float, columns: list[int]) -> Path:
    """Distances that say that the network's depth of column + 1 needs a scale."""
    path = folder / 'measured.csv'
    lines = ['image,x_px,y_px,distance_m']
    for column in columns:
        ray = np.array(((column - 31.5) / FOCAL_PX, (24 - 23.5) / FOCAL_PX, 1))
        distance_m = scale * (column + 1) * np.linalg.norm(ray)
        lines.append(f'picture.png,{column},24,{distance_m}')
    path.write_text('\n'.join(lines) + '\n')
    return path


def test_measured_pixels(
    model: Path, calibration: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pixels = measured_pixels(tmp_path, 1.25, [4, 8, 15, 30, 50])
    fit = tmp_path / 'fit.json'
    assert run('--model', model, '--backend', 'replay', '--pixels', pixels,
               '--calibration', calibration, '--camera', 'rear', '--json', fit) == 0  # fmt: skip
    printed = capsys.readouterr().out
    assert 'camera.rear.depth_scale: 1.2500' in printed
    assert 'camera.rear.depth_offset_m: 0.000' in printed
    document = json.loads(fit.read_text())
    assert document['parameters']['camera.rear.depth_scale'] == pytest.approx(1.25, rel=1e-4)
    assert document['pairs'] == 5


def test_a_fit_that_no_parameter_can_hold(
    model: Path, calibration: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pixels = measured_pixels(tmp_path, 1.25, [4, 8, 15, 30, 50])
    with pytest.raises(ConfigurationError, match='correct these depths: depth_scale .* got 112.5'):
        run('--model', model, '--backend', 'replay', '--pixels', pixels,
            '--calibration', calibration, '--present-scale', '90')  # fmt: skip
    assert capsys.readouterr().out == ''


def test_json_in_place_of_the_tables(
    model: Path, calibration: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pixels = measured_pixels(tmp_path, 1.0, [4, 8, 15])
    run('--model', model, '--backend', 'replay', '--pixels', pixels, '--calibration', calibration,
        '--json', '-')  # fmt: skip
    assert json.loads(capsys.readouterr().out)['scale'] == pytest.approx(1.0)


def test_a_single_object_is_too_little(model: Path, calibration: Path, tmp_path: Path) -> None:
    """The car is found and matched, but one distance tells no scale."""
    with pytest.raises(ConfigurationError, match='3 measured depths or more, got 1 with'):
        run('--model', model, '--backend', 'replay', '--image', tmp_path / 'picture.png',
            '--measured', 'car:25', '--calibration', calibration)  # fmt: skip


def test_an_object_that_is_not_found(model: Path, calibration: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match='1 of person measured, 0 found .*car 19'):
        run('--model', model, '--backend', 'replay', '--image', tmp_path / 'picture.png',
            '--measured', 'person:25', '--calibration', calibration)  # fmt: skip


@pytest.mark.parametrize(
    ('options', 'complaint'),
    [
        ((), 'one of --dataset, --measured, --pixels, --lidar-topic; got none'),
        (('--dataset', 'pandaset', '--pixels', 'a.csv'), 'got 2 of them'),
        (('--dataset', 'pandaset'), 'needs its folder: --data DIR'),
        (('--dataset', 'scenes'), "'scenes' with LiDAR; those are kitti_object, kitti_raw, pand"),
        (('--dataset', 'camvid'), "no data set 'camvid' with LiDAR"),
        (('--measured', 'car:5'), '--measured needs --image FILE and --calibration FILE'),
        (('--pixels', 'a.csv'), '--pixels needs --calibration FILE'),
        (('--pixels', 'a.csv', '--calibration', 'none'), 'a.csv cannot be read'),
        (('--lidar-topic', '/l', '--scans', '0'), '--scans must be 1 or more'),
        (('--range', '5'), '--range 5: expected A:B'),
        (('--present-scale', 'nan'), 'depth_scale must be within 0.01…100, got nan'),
        (('--present-scale', '0'), '--present-scale, .*: depth_scale must be within'),
        (('--present-scale', '-1'), 'depth_scale must be within'),
        (('--present-offset', 'inf'), 'depth_offset_m must be within -100…100, got inf'),
        (('--camera', 'front left'), '--camera front left: expected a letter, then'),
        (('--camera', ''), 'expected a letter, then'),
    ],
)
def test_wrong_options(options: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        run(*options)


def test_a_picture_of_another_size(model: Path, calibration: Path, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / 'picture.png'), np.zeros((10, 10, 3), np.uint8))
    with pytest.raises(ConfigurationError, match='is 10×10, the calibration is for 64×48'):
        run('--model', model, '--backend', 'replay', '--calibration', calibration,
            '--pixels', measured_pixels(tmp_path, 1.0, [1, 2, 3]))  # fmt: skip


def test_it_is_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(['calibrate-depth']) == main.EXIT_USER_ERROR
    assert capsys.readouterr().err.startswith('hailo-perception calibrate-depth: the distances')


def test_without_tf2_the_option_that_replaces_it_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip('rclpy')
    monkeypatch.setattr('hailo_perception.ros.transforms.find_spec', lambda name: None)
    with pytest.raises(MissingDependencyError, match='--lidar-pose') as caught:
        run('--lidar-topic', '/nowhere', '--timeout', '0.3')
    assert 'height_m' not in str(caught.value)


def test_a_lidar_that_is_not_there() -> None:
    pytest.importorskip('rclpy')
    with pytest.raises(ConfigurationError, match='no depth and no camera_info and no lidar'):
        run('--lidar-topic', '/nowhere', '--timeout', '0.3', '--lidar-pose', *'0000001')
