# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""hailo-perception plan: options, outputs, errors."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import pytest

from hailo_perception.backends.recording import save_recording
from hailo_perception.cli import plan
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
def model(tmp_path: Path) -> str:
    """A recorded network, whose streams are known and whose arithmetic is not."""
    info = TensorInfo('map', (16, 16, 1), np.dtype(np.uint8))
    save_recording(tmp_path / 'flat_earth.npz', (info,), [{'map': np.zeros(info.shape, np.uint8)}])
    path = tmp_path / 'flat_earth.yaml'
    path.write_text(MANIFEST)
    return str(path)


def run(*options: str) -> int:
    parser = argparse.ArgumentParser()
    plan.add_parser(parser.add_subparsers(dest='command', required=True))
    return plan.run(parser.parse_args(['plan', *options]))


def test_all_boards_with_a_hailo(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run('--model', model) == 0
    printed = capsys.readouterr().out
    for words in ('flat_earth on a Hailo-8:', 'raspberry_pi_5', 'rock_5b', 'x86', '3,072', '256'):
        assert words in printed
    assert 'jetson' not in printed


def test_one_board_with_its_notes(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run('--model', model, '--board', 'rock_5b', '--chip', 'hailo8l') == 0
    printed = capsys.readouterr().out
    assert 'Hailo-8L' in printed and 'taskset' in printed
    assert 'raspberry' not in printed


def test_a_board_without_a_hailo_needs_no_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert run('--board', 'jetson_orin', '--model', 'nowhere') == 0
    assert 'Orin NX GPU 7.6 ms' in capsys.readouterr().out


def test_a_board_without_a_hailo_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run('--board', 'coral', '--json', '-') == 0
    content = json.loads(capsys.readouterr().out)
    assert (content['board']['name'], content['board']['links']) == ('coral', [])
    assert content['board']['published']


def test_a_link_of_ones_own(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run('--model', model, '--link', '2x4', '--efficiency', '1', '--json', '-') == 0
    (link,) = json.loads(capsys.readouterr().out)['links']
    assert link['payload_bytes_per_s'] == 2e9
    assert link['bound_fps']['one'] == pytest.approx(2e9 / 3072)
    assert link['verdict'] == 'unknown'


def test_json_in_a_file(model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / 'plan.json'
    assert run('--model', model, '--json', str(file), '--cameras', '2', '--rate', '15') == 0
    assert 'nothing was measured' in capsys.readouterr().out
    content = json.loads(file.read_text(encoding='utf-8'))
    assert content['demand'] == {'cameras': 2, 'rate_hz': 15.0}


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (('--board', 'abacus'), "no board 'abacus'"),
        (('--link', 'usb'), 'GENERATIONxLANES'),
        (('--model', 'nowhere'), "no model 'nowhere'"),
        (('--cameras', '0'), '1 camera or more'),
        (('--rate', '0'), 'above 0 Hz'),
        (('--efficiency', '0'), 'above 0 and at most 1'),
        (('--output-bits', '12'), '8 or 16 bits'),
        (('--json', '/nowhere/plan.json'), 'cannot be written'),
    ],
)
def test_user_errors(model: str, options: tuple[str, ...], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        run('--model', model, *options)
