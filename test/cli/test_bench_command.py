# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""hailo-perception bench: options, JSON, exit status."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from hailo_perception.bench.kernels import KernelReport
from hailo_perception.cli import bench
from hailo_perception.cli.main import main
from hailo_perception.core.errors import ConfigurationError

SMALL = ('--input-side', '320', '--camera-size', '192x108')
KERNELS = ('kernels', '--samples', '1', '--codes', 'uint8', '--picture', '480x320', *SMALL)


def run(*options: str) -> int:
    parser = argparse.ArgumentParser()
    bench.add_parser(parser.add_subparsers(dest='command', required=True))
    return bench.run(parser.parse_args(['bench', *options]))


def test_kernels_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*KERNELS, '--only', 'masks', '--compiler', 'none-here', '--json', '-') == 0
    document = json.loads(capsys.readouterr().out)
    assert document['benchmark'] == 'kernels'
    assert document['machine']['cores'] >= 1
    assert document['machine']['libraries']['numpy']
    assert document['result']['goals'] == [], 'a part of a total meets no goal of it'
    (step,) = document['result']['steps']
    assert step['name'] == 'masks'
    assert step['timings']['numpy']['cpu_p10_ms'] > 0


def test_kernels_as_tables_and_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / 'result.json'
    assert run(*KERNELS, '--only', 'masks', '--compiler', 'none-here', '--json', str(path)) == 0
    assert 'masks' in capsys.readouterr().out
    assert json.loads(path.read_text())['result']['samples'] == 1


def test_different_results_end_with_status_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(KernelReport, 'agrees', property(lambda self: False))
    assert run(*KERNELS, '--only', 'masks', '--compiler', 'none-here') == 1


def test_the_pipeline(capsys: pytest.CaptureFixture[str]) -> None:
    options = ('--cameras', '2', '--rate', '20,10', '--duration', '0.3', '--settle', '0')
    assert run('pipeline', *options, '--device-latency', '1', *SMALL, '--json', '-') == 0
    result = json.loads(capsys.readouterr().out)['result']
    assert [camera['requested_hz'] for camera in result['cameras']] == [20, 10]
    assert '# of Missed Frames' in result['metrics']


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (('kernels', '--samples', '0'), 'at least 1'),
        (('kernels', '--picture', '1440'), 'like 1440x960'),
        (('kernels', '--camera-size', '0x10'), 'like 1440x960'),
        ((*KERNELS, '--only', 'nosuchstep', '--compiler', 'none-here'), 'there are .*masks'),
        (('ros', '--messages', ''), "no message ''; expected some of mask_480"),
        (('kernels', '--input-side', '31'), 'a multiple of 32, 32 or more, got 31'),
        (('pipeline', '--input-side', '0'), 'a multiple of 32, 32 or more, got 0'),
        (('pipeline', '--input-side', '-32'), 'a multiple of 32, 32 or more, got -32'),
        (('pipeline', '--rate', 'fast'), 'like 30 or 30,10,5'),
        (('pipeline', '--rate', '30,20'), '1 cameras need one number or as many'),
        (('pipeline', '--cameras', '9'), '1…8 cameras'),
        (('pipeline', '--stop-camera', '3'), 'the camera that stops'),
        (('device', '--model', 'nothing_like_it'), 'no model'),
        (('device', '--duration', '-1'), 'positive duration'),
        (('device', '--backend', 'abacus', '--duration', '1'), "no backend 'abacus'"),
    ],
)
def test_what_cannot_be(options: tuple[str, ...], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        run(*options)


@pytest.mark.parametrize('benchmark', ['kernels', 'pipeline', 'device', 'ros'])
def test_a_file_that_cannot_be_written_is_named_before_the_work(
    benchmark: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ConfigurationError, match='a file in a folder that is there'):
        run(benchmark, '--json', str(tmp_path))
    assert not capsys.readouterr().out


def test_it_is_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(['bench', '--help'])
    assert ended.value.code == 0
    assert 'kernels' in capsys.readouterr().out
