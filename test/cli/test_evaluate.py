# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""hailo-perception evaluate: options, outputs, errors."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from hailo_perception.backends.recording import save_recording
from hailo_perception.cli import evaluate
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.tensors import TensorInfo

MANIFEST = """
manifest_version: 1
name: flat_earth
files: {replay: flat_earth.npz}
input: {width: 32, height: 32}
tasks:
  semantic: {decoder: argmax, output: map, classes: [road, sky]}
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A network that sees sky in the upper half and road in the lower, whatever there is."""
    ids = np.repeat(np.array([1, 0], np.uint8), 8)[:, None, None] * np.ones((1, 16, 1), np.uint8)
    info = TensorInfo('map', (16, 16, 1), np.dtype(np.uint8))
    save_recording(tmp_path / 'flat_earth.npz', (info,), [{'map': ids}])
    path = tmp_path / 'flat_earth.yaml'
    path.write_text(MANIFEST)
    return path


def run(*options: str) -> int:
    parser = argparse.ArgumentParser()
    evaluate.add_parser(parser.add_subparsers(dest='command', required=True))
    return evaluate.run(parser.parse_args(['evaluate', *options]))


def small(model: Path, *options: str) -> tuple[str, ...]:
    return (
        '--model', str(model), '--scenes', '2', '--width', '64', '--height', '64',
        '--workers', '0', *options,
    )  # fmt: skip


def test_tables_on_stdout_progress_on_stderr(
    model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*small(model)) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith('flat_earth on 2 rendered scenes of 64×64\n')
    assert 'true pixels' in printed.out
    assert '2 of 2 scenes' in printed.err
    assert 'replay' in printed.err


def test_a_dash_leaves_stdout_to_json(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*small(model, '--json', '-')) == 0
    content = json.loads(capsys.readouterr().out)
    assert content['model'] == 'flat_earth'
    assert content['detection'] is None
    assert 0.2 < content['semantic']['classes']['sky']['iou'] < 1


def test_json_in_a_file_beside_the_tables(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / 'report.json'
    assert run(*small(model, '--json', str(file))) == 0
    assert json.loads(file.read_text(encoding='utf-8'))['scenes']['count'] == 2
    assert 'true pixels' in capsys.readouterr().out


def test_pictures(model: Path, tmp_path: Path) -> None:
    folder = tmp_path / 'pictures'
    assert run(*small(model, '--images-out', str(folder), '--images-count', '1')) == 0
    assert [path.name for path in folder.iterdir()] == ['scene_00000.png']


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (('--scenes', '0'), 'expected 1…100000 scenes'),
        (('--width', '0'), 'at least 32×32'),
        (('--workers', '-1'), 'workers'),
        (('--model', 'nowhere'), "no model 'nowhere'"),
        (('--backend', 'abacus'), "no backend 'abacus'"),
        (('--json', '/nowhere/report.json'), 'in a folder that is there'),
        (('--json', '/'), 'expected a file'),
        (('--images-out', 'pictures', '--images-count', '0'), '1 picture or more'),
    ],
)
def test_user_errors_come_before_the_work(
    model: Path, options: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        run(*small(model, *options))
    assert 'scenes\n' not in capsys.readouterr().err


@pytest.fixture
def camvid(tmp_path: Path) -> Path:
    """Three pictures of sky above road, of which the second has no labels."""
    folder = tmp_path / 'camvid'
    labels = np.full((64, 64, 3), 128, np.uint8)
    labels[32:] = (128, 64, 128)
    for name in ('701_StillsRaw_full', 'LabeledApproved_full'):
        (folder / name).mkdir(parents=True)
    for name in 'abc':
        cv2.imwrite(str(folder / '701_StillsRaw_full' / f'{name}.png'), labels)
        cv2.imwrite(str(folder / 'LabeledApproved_full' / f'{name}_L.png'), labels)
    (folder / 'LabeledApproved_full' / 'b_L.png').unlink()
    return folder


def test_a_recording(
    model: Path, camvid: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ('--model', str(model), '--dataset', 'camvid', '--data', str(camvid))
    shown = tmp_path / 'pictures'
    assert run(*options, '--images-out', str(shown), '--json', '-') == 0
    printed = capsys.readouterr()
    content = json.loads(printed.out)
    assert content['recording'] == {
        'dataset': 'camvid', 'origin': '701_StillsRaw_full', 'pictures': 2
    }  # fmt: skip
    assert content['semantic']['miou'] == 1.0 and content['lane'] is None
    assert content['withheld'] == {
        'no label map NAME_L.png or NAME.png in LabeledApproved_full': 1
    }
    assert sorted(path.name for path in shown.iterdir()) == ['a.png', 'c.png']
    assert 'b is not judged: no label map' in printed.err
    assert '3 of 3 pictures' in printed.err
    assert run(*options, '--frames', '2:', '--json', '-') == 0
    assert json.loads(capsys.readouterr().out)['recording']['pictures'] == 1


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (('--data', 'x'), '--data is of recorded data sets'),
        (('--split', 'val'), '--split is of recorded data sets'),
        (('--dataset', 'camvid'), 'needs its folder: --data DIR'),
        (('--dataset', 'waymo'), "no data set 'waymo'"),
        (('--dataset', 'waymo', '--data', 'x'), "no data set 'waymo'"),
        (('--dataset', 'camvid', '--data', 'nowhere'), 'no folder nowhere'),
        (('--dataset', 'camvid', '--data', '{}', '--frames', '7'), 'expected A:B, two frame'),
        (('--dataset', 'camvid', '--data', '{}', '--frames', 'a:b'), 'expected A:B, two frame'),
        (('--dataset', 'camvid', '--data', '{}', '--frames', '7:'), 'no frame of camvid'),
        (('--dataset', 'camvid', '--data', '{}', '--camera', 'c'), '--camera: the data set'),
        (('--dataset', 'camvid', '--data', '{}', '--depth-range', '9:3'), '0 < A < B'),
        (('--depth-range', '3'), '0 < A < B'),
        (('--depth-range', '1:inf'), '0 < A < B, both finite'),
        (('--dataset', 'camvid', '--data', '{}', '--frames', '1:2'), 'no picture can be judged'),
    ],
)
def test_user_errors_of_recordings(
    model: Path, camvid: Path, options: tuple[str, ...], message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        run('--model', str(model), *(option.format(camvid) for option in options))
