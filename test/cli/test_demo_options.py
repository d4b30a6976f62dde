# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The demo's options: what they mean to the nodes, and what is refused."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pytest

from hailo_perception.cli.demo.inputs import check_inputs
from hailo_perception.cli.demo.options import add_options
from hailo_perception.cli.demo.options import camera_node_parameters
from hailo_perception.cli.demo.options import DemoOptions
from hailo_perception.cli.demo.options import perception_node_parameters
from hailo_perception.cli.demo.options import read_options
from hailo_perception.cli.demo.options import SourceKind
from hailo_perception.cli.demo.requirements import require_parts
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import MissingDependencyError


def parsed(*words: str) -> DemoOptions:
    parser = argparse.ArgumentParser()
    add_options(parser)
    return read_options(parser.parse_args(words))


def test_without_options_it_is_the_scene_for_a_while() -> None:
    options = parsed()
    assert options.kind is SourceKind.SCENE
    assert options.duration_s == 20
    assert options.output is None
    assert camera_node_parameters(options) == {
        'source': 'scene',
        'camera': 'front',
        'loop': True,
        'transport': 'both',
        'wait_for_subscribers': 2,
        'seed': 0,
    }
    assert perception_node_parameters(options) == {
        'cameras': ['front'],
        'stats_period_s': 0.5,
        'overlay.maximum_width': 960,
    }


@pytest.mark.parametrize(
    ('words', 'expected'),
    [
        (['--seed', '7'], {'seed': 7}),
        (['--rate', '4'], {'rate_hz': 4.0}),
        (['--width', '640', '--height', '360'], {'width': 640, 'height': 360}),
        (['--calibration', 'a.yaml'], {'calibration_file': 'a.yaml'}),
        (['--field-of-view', '90'], {'field_of_view_deg': 90.0}),
        (['--webcam', '2'], {'source': '/dev/video2', 'loop': True}),
        (['--no-record'], {'transport': 'raw', 'wait_for_subscribers': 1}),
    ],
)
def test_the_camera_node_is_told(words: list[str], expected: dict[str, Any]) -> None:
    parameters = camera_node_parameters(parsed(*words))
    assert {name: parameters[name] for name in expected} == expected


@pytest.mark.parametrize(
    ('words', 'expected'),
    [
        (['--model', 'm'], {'model': 'm'}),
        (['--backend', 'onnx'], {'backend': 'onnx'}),
        (['--topic', 'cam/image'], {'camera.front.image_topic': '/cam/image'}),
        (
            ['--topic', '/cam/image', '--camera-info-topic', '/info'],
            {'camera.front.camera_info_topic': '/info'},
        ),
    ],
)
def test_the_perception_node_is_told(words: list[str], expected: dict[str, Any]) -> None:
    parameters = perception_node_parameters(parsed(*words))
    assert {name: parameters[name] for name in expected} == expected


def test_files_play_once_to_their_end(tmp_path: Path) -> None:
    (tmp_path / 'a.mp4').touch()
    for words in (['--video', str(tmp_path / 'a.mp4')], ['--images', str(tmp_path)]):
        options = parsed(*words)
        assert options.duration_s is None
        assert camera_node_parameters(options)['loop'] is False
    assert parsed('--keep-running').duration_s is None
    assert parsed('--images', str(tmp_path), '--duration', '3').duration_s == 3


@pytest.mark.parametrize(
    ('topic', 'camera_info', 'image'),
    [
        ('/cam/image_raw', '/cam/camera_info', None),
        ('/cam/image_raw/compressed', '/cam/camera_info', '/cam/image_raw/compressed'),
        ('/image', '/camera_info', None),
    ],
)
def test_what_is_recorded_of_a_running_camera(
    topic: str, camera_info: str, image: str | None
) -> None:
    options = parsed('--topic', topic)
    assert options.recorded_camera_info_topic == camera_info
    assert options.recorded_image_topic == image


@pytest.mark.parametrize(
    ('words', 'told'),
    [
        (['--video', 'nowhere.mp4'], 'nowhere.mp4'),
        (['--images', 'nowhere'], 'nowhere: expected a folder of pictures, found nothing'),
        (['--images', __file__], 'expected a folder of pictures, found a file'),
        (['--width', '640'], '--height'),
        (['--camera-info-topic', '/info'], '--topic'),
        (['--topic', '/image', '--rate', '3'], '--rate'),
        (['--topic', '/image', '--field-of-view', '3'], '--field-of-view'),
    ],
)
def test_what_cannot_work_is_refused(words: list[str], told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        parsed(*words)


@pytest.mark.parametrize(
    'words',
    [
        ['--rate', '0'],
        ['--width', '0', '--height', '0'],
        ['--rate', 'inf'],
        ['--rate', 'nan'],
        ['--duration', '-1'],
        ['--webcam', '-1'],
        ['--webcam', 'x'],
        ['--topic', '/a', '--seed', '1'],
        ['--duration', '1', '--keep-running'],
        ['--no-record', '--rerun'],
    ],
)
def test_argparse_refuses(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        parsed(*words)
    assert exit_.value.code == 2
    assert 'error' in capsys.readouterr().err


@pytest.mark.parametrize(
    ('words', 'told'),
    [
        (['--model', 'lightnet_compat'], "no model 'lightnet_compat', did you mean"),
        (['--model', '/nowhere.yaml'], "no manifest at '/nowhere.yaml'"),
        (['--backend', 'tpu'], "no backend 'tpu'; expected one of auto, hailort, onnx, replay"),
        (['--calibration', '/nowhere.yaml'], 'cannot read the calibration /nowhere.yaml'),
    ],
)
def test_what_no_node_could_start_with_is_refused_before_one_starts(
    words: list[str], told: str
) -> None:
    check_inputs(parsed())
    check_inputs(parsed('--model', 'lightnet_compact', '--backend', 'onnx'))
    with pytest.raises(ConfigurationError, match=told):
        check_inputs(parsed(*words))


def test_rerun_is_asked_for_before_anything_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ('cli.demo.requirements', 'ros.requirements'):
        monkeypatch.setattr(
            f'hailo_perception.{module}.find_spec',
            lambda name: None if name == 'rerun' else name,
        )
    require_parts(parsed())
    with pytest.raises(MissingDependencyError, match="rerun-sdk .*pip install 'rerun-sdk>="):
        require_parts(parsed('--rerun'))
