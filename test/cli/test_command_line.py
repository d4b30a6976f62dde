# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The frame of the command line: help, errors, statuses."""

from __future__ import annotations

from argparse import Namespace
import subprocess
import sys
from types import SimpleNamespace

import pytest

from hailo_perception import __version__
from hailo_perception.cli import demo
from hailo_perception.cli import main
from hailo_perception.cli.standard_output import EXIT_INTERRUPTED
from hailo_perception.cli.standard_output import EXIT_USER_ERROR
from hailo_perception.core.errors import ConfigurationError


def test_no_command_is_an_error_that_lists_them(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main.main([])
    assert exit_.value.code == EXIT_USER_ERROR
    assert 'COMMAND' in capsys.readouterr().err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main.main(['--version'])
    assert exit_.value.code == 0
    assert capsys.readouterr().out.strip() == __version__


def test_help_needs_nothing_heavy() -> None:
    script = (
        'import sys\nfrom hailo_perception.cli.main import main\n'
        'try:\n    main(["--help"])\nexcept SystemExit as end:\n    assert end.code == 0\n'
        'heavy = {"numpy", "cv2", "rclpy", "onnxruntime", "mcap", "rich"}\n'
        'print(sorted(heavy & set(sys.modules)))'
    )
    done = subprocess.run(
        [sys.executable, '-c', script], capture_output=True, text=True, timeout=60, check=True
    )
    assert 'demo' in done.stdout
    assert done.stdout.splitlines()[-1] == '[]'


@pytest.mark.parametrize(
    ('error', 'status', 'told'),
    [
        (ConfigurationError('no such thing'), EXIT_USER_ERROR, 'demo: no such thing'),
        (KeyboardInterrupt(), EXIT_INTERRUPTED, ''),
    ],
)
def test_errors_end_without_a_traceback(
    error: BaseException,
    status: int,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def run(arguments: Namespace) -> int:
        raise error

    command = SimpleNamespace(add_parser=demo.add_parser, run=run)
    monkeypatch.setattr(main, 'import_module', lambda name: command)
    monkeypatch.setattr(main, 'COMMANDS', ('demo',))
    assert main.main(['demo']) == status
    assert told in capsys.readouterr().err


def test_a_missing_part_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr('hailo_perception.ros.requirements.find_spec', lambda name: None)
    assert main.main(['demo']) == EXIT_USER_ERROR
    told = capsys.readouterr().err
    assert told.startswith('hailo-perception demo: rclpy is needed')
    assert told.count('\n') == 1
