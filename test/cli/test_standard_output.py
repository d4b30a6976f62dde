# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Output that the terminal's encoding lacks, a closed or full one, and a reader that went away."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
import subprocess
import sys

import pytest

from hailo_perception.cli.json_output import put_out
from hailo_perception.cli.standard_output import EXIT_USER_ERROR
from hailo_perception.cli.standard_output import with_output

PROGRAMS = ('hailo_perception.cli.main doctor', 'hailo_perception.cli.doctor')
FULL = Path('/dev/full')


def shell(command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ['bash', '-o', 'pipefail', '-c', f'{sys.executable} -m {command}'],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize('program', ['plan --board coral', '--help', 'evaluate --help'])
def test_letters_that_the_terminal_lacks_are_escaped(program: str) -> None:
    done = shell(f'hailo_perception.cli.main {program}', PYTHONIOENCODING='ascii')
    assert (done.returncode, done.stderr) == (0, '')
    assert done.stdout.isascii() and done.stdout


def test_json_stays_json_without_the_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    bytes_ = io.BytesIO()
    monkeypatch.setattr(sys, 'stdout', io.TextIOWrapper(bytes_, encoding='ascii'))
    text = json.dumps({'model': 'für 9 °C 😀'}, ensure_ascii=False)
    assert with_output('it', lambda: put_out('-', lambda: text, str) or 0) == 0
    assert json.loads(bytes_.getvalue()) == {'model': 'für 9 °C 😀'}


def test_the_file_is_written_before_the_tables(tmp_path: Path) -> None:
    def fail() -> str:
        raise BrokenPipeError

    file = tmp_path / 'result.json'
    with pytest.raises(BrokenPipeError):
        put_out(str(file), lambda: '{}', fail)
    assert file.read_text(encoding='utf-8') == '{}'


@pytest.mark.skipif(not FULL.exists(), reason='the system has no /dev/full')
@pytest.mark.parametrize('options', ['--only machine', '--help'])
@pytest.mark.parametrize('program', PROGRAMS)
def test_a_full_output_is_one_line(program: str, options: str) -> None:
    done = shell(f'{program} {options} > {FULL}')
    assert done.returncode == EXIT_USER_ERROR
    assert done.stderr.count('\n') == 1
    assert 'standard output: No space left on device' in done.stderr


@pytest.mark.parametrize('closed', ['>&-', '2>&-', '>&- 2>&-'])
@pytest.mark.parametrize('program', PROGRAMS)
def test_a_closed_output_is_no_error(program: str, closed: str) -> None:
    done = shell(f'{program} --only machine {closed}')
    assert done.returncode in (0, 1)
    assert 'Traceback' not in done.stderr


def test_other_errors_of_the_system_are_not_blamed_on_the_output() -> None:
    def run() -> int:
        raise FileNotFoundError('not expected')

    with pytest.raises(FileNotFoundError):
        with_output('it', run)


@pytest.mark.parametrize('program', PROGRAMS)
def test_a_reader_that_went_away_is_not_told(program: str) -> None:
    done = shell(f'{program} --only machine --only cpu | true')
    assert done.returncode == EXIT_USER_ERROR
    assert done.stderr == ''
