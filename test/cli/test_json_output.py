# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The option --json: what cannot be written is said before the work, and after it too."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hailo_perception.cli.json_output import check_json
from hailo_perception.cli.json_output import put_out
from hailo_perception.cli.json_output import STDOUT
from hailo_perception.cli.json_output import write_json
from hailo_perception.core.errors import ConfigurationError


@pytest.mark.parametrize('name', [None, STDOUT, 'new.json'])
def test_what_can_be_written_passes(
    name: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    check_json(name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize('name', ['.', 'nowhere/new.json'])
def test_what_cannot_is_named(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError, match='expected a file in a folder'):
        check_json(name)
    with pytest.raises(ConfigurationError, match='cannot be written'):
        write_json(name, '{}')


@pytest.mark.parametrize(('name', 'place'), [('new.json', '.'), ('old.json', 'old.json')])
def test_what_may_not_be_written_is_said_before_the_work(
    name: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path('old.json').write_text('{}')
    # Root, who runs some tests, may write everywhere.
    monkeypatch.setattr(os, 'access', lambda path, mode: mode != os.W_OK or str(path) != place)
    with pytest.raises(ConfigurationError, match=rf'{name}: expected .* but {place} cannot'):
        check_json(name)


def test_tables_are_kept_where_the_file_cannot_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ConfigurationError, match='cannot be written'):
        put_out(str(tmp_path), lambda: '{}', lambda: 'the tables')
    assert capsys.readouterr().out == 'the tables'


def test_the_text_goes_where_it_should(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_json(str(tmp_path / 'new.json'), '{}')
    write_json(STDOUT, '[]')
    assert (tmp_path / 'new.json').read_text() == '{}'
    assert capsys.readouterr().out == '[]'
