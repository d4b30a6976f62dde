# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The command: output, statuses, time limits, and that it needs nothing but Python."""

from __future__ import annotations

import ast
from collections.abc import Callable
from collections.abc import Iterable
import io
import json
import os
from pathlib import Path
import subprocess
import sys
from threading import Event
from typing import Any

import pytest

import hailo_perception
from hailo_perception.cli import doctor
from hailo_perception.cli import main
from hailo_perception.doctor import GROUPS
from hailo_perception.doctor import report
from hailo_perception.doctor.commands import run_command
from hailo_perception.doctor.examination import examine
from hailo_perception.doctor.examination import load_groups
from hailo_perception.doctor.examination import Section
from hailo_perception.doctor.finding import error
from hailo_perception.doctor.finding import Finding
from hailo_perception.doctor.finding import ok
from hailo_perception.doctor.finding import Severity
from hailo_perception.doctor.finding import warning
from hailo_perception.doctor.python import PythonInstallation
from hailo_perception.doctor.system import System

PACKAGE = Path(hailo_perception.__file__).parent
DOCS = PACKAGE.parent / 'docs' / 'doctor.md'
FINDINGS = (
    ok('board', 'a board'),
    warning('link', 'slow', 'do this'),
    error('module', 'absent', 'sudo modprobe hailo_pci'),
)


@pytest.fixture
def examined(monkeypatch: pytest.MonkeyPatch) -> Callable[[Iterable[Finding]], None]:
    """Let the command find these things, whatever computer it runs on."""

    def find(findings: Iterable[Finding]) -> None:
        monkeypatch.setattr(
            'hailo_perception.doctor.examination.load_groups',
            lambda names: {'machine': lambda system: list(findings)},
        )

    return find


@pytest.mark.parametrize(
    ('findings', 'status', 'told'),
    [
        ((), 0, 'no errors, no warnings, 0 ok: all is well'),
        (FINDINGS[:1], 0, 'no errors, no warnings, 1 ok: all is well'),
        (FINDINGS[:2], 0, 'no errors, 1 warning, 1 ok: it can run'),
        (FINDINGS, 1, '1 error, 1 warning, 1 ok: repair the errors first'),
    ],
)
def test_the_last_line_sums_up(
    findings: tuple[Finding, ...],
    status: int,
    told: str,
    examined: Callable[[Iterable[Finding]], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    examined(findings)
    assert main.main(['doctor']) == status
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].startswith(told)
    assert len([line for line in lines if line.startswith('  ')]) == len(findings)


def test_a_line_holds_severity_fact_and_remedy(
    examined: Callable[[Iterable[Finding]], None], capsys: pytest.CaptureFixture[str]
) -> None:
    examined(FINDINGS)
    doctor.main([])
    output = capsys.readouterr().out
    assert '  warning  link: slow -> do this\n' in output
    assert '\33' not in output


def test_json_holds_the_same(
    examined: Callable[[Iterable[Finding]], None], capsys: pytest.CaptureFixture[str]
) -> None:
    examined(FINDINGS)
    assert doctor.main(['--json']) == 1
    document = json.loads(capsys.readouterr().out)
    assert document['status'] == 1
    assert document['findings'][2] == {
        'group': 'machine',
        'check': 'module',
        'severity': 'error',
        'fact': 'absent',
        'remedy': 'sudo modprobe hailo_pci',
    }


class _Terminal(io.TextIOWrapper):
    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding='ascii')

    def isatty(self) -> bool:
        return True

    def text(self) -> str:
        self.flush()
        self.seek(0)
        return self.read()


@pytest.mark.parametrize(
    ('arguments', 'environment', 'is_coloured'),
    [([], {}, True), (['--no-color'], {}, False), ([], {'NO_COLOR': '1'}, False)],
)
def test_only_a_terminal_gets_colours(
    arguments: list[str],
    environment: dict[str, str],
    is_coloured: bool,
    examined: Callable[[Iterable[Finding]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    examined(FINDINGS)
    terminal = _Terminal()
    monkeypatch.setattr(sys, 'stdout', terminal)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    doctor.main(arguments)
    assert ('\33[31merror' in terminal.text()) is is_coloured


def test_a_terminal_without_the_letters_gets_them_escaped(
    examined: Callable[[Iterable[Finding]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    examined([ok('board', 'Büchse \udcff')])
    terminal = _Terminal()
    monkeypatch.setattr(sys, 'stdout', terminal)
    assert doctor.main([]) == 0
    assert 'B\\xfcchse' in terminal.text()


def test_a_narrow_terminal_gets_broken_lines_with_whole_words() -> None:
    section = Section('ros', (warning('profile', 'word ' * 30, f'export {"x" * 70}'),))
    lines = report.section_lines(section, color=False, width=60)
    assert len(lines) > 4
    assert any('x' * 70 in line for line in lines)
    assert all(len(line) <= 60 or 'x' * 70 in line for line in lines)


def test_only_one_group(capsys: pytest.CaptureFixture[str]) -> None:
    doctor.main(['--json', '--only', 'cpu', '--only', 'machine'])
    groups = [row['group'] for row in json.loads(capsys.readouterr().out)['findings']]
    assert set(groups) == {'machine', 'cpu'}
    assert groups[0] == 'machine'


def test_an_unknown_group_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        doctor.main(['--only', 'gpu'])
    assert exit_.value.code == 2
    assert 'transport' in capsys.readouterr().err


def test_a_failing_group_is_told_and_keeps_what_it_found() -> None:
    def fail(system: System) -> Iterable[Finding]:
        yield FINDINGS[0]
        raise KeyError('surprise')

    sections = list(examine(System(), {'cpu': fail, 'ros': lambda system: FINDINGS[:1]}))
    assert [section.group for section in sections] == ['cpu', 'ros']
    assert sections[0].findings[0] == FINDINGS[0]
    assert sections[0].findings[1].severity is Severity.ERROR
    assert "KeyError: 'surprise'" in sections[0].findings[1].fact
    assert sections[1].findings == FINDINGS[:1]


def test_a_hanging_group_does_not_hold_up_the_others() -> None:
    release = Event()

    def hang(system: System) -> Iterable[Finding]:
        release.wait()
        return ()

    groups = {'driver': hang, 'ros': lambda system: FINDINGS[:1]}
    sections = list(examine(System(), groups, deadline_s=1.0))
    release.set()
    assert 'hangs' in sections[0].findings[0].fact
    assert sections[1].findings == FINDINGS[:1]


@pytest.mark.parametrize(
    ('command', 'timeout_s', 'status', 'output', 'obstacle'),
    [
        (('no-such-command-here',), 9.0, None, '', 'not installed'),
        ((sys.executable, '-c', 'print("x"); raise SystemExit(3)'), 60.0, 3, 'x', ''),
        ((sys.executable, '-c', 'import os; os.write(1, b"\\xff")'), 60.0, 0, '\ufffd', ''),
        (('sleep', '600'), 0.05, None, '', 'no answer in 0.05 s'),
        (('a\0b',), 1.0, None, '', 'embedded null byte'),
    ],
)
def test_commands(
    command: tuple[str, ...], timeout_s: float, status: int | None, output: str, obstacle: str
) -> None:
    answer = run_command(command, timeout_s)
    assert (answer.status, answer.output.strip(), answer.obstacle) == (status, output, obstacle)
    assert answer.succeeded is (status == 0)


def test_this_computer_is_examined_without_the_slow_groups() -> None:
    groups = load_groups(name for name in GROUPS if name not in ('inference', 'cameras'))
    for section in examine(System(), groups, deadline_s=60):
        assert 'examination' not in [finding.check for finding in section.findings]


def test_this_python() -> None:
    python = PythonInstallation()
    assert python.has('json')
    assert not python.has('no_such_module')
    assert not python.has('no_such_package.module')
    assert python.version_of('pytest') == pytest.__version__
    assert python.version_of('no-such-distribution') is None


_NOTHING_INSTALLED = """
import importlib, pkgutil, sys


class StandardLibraryOnly:
    def find_spec(self, name, path=None, target=None):
        top = name.split('.')[0]
        if top != 'hailo_perception' and top not in sys.stdlib_module_names:
            raise ModuleNotFoundError(name)


sys.meta_path.insert(0, StandardLibraryOnly())
import hailo_perception.doctor as package
for module in pkgutil.iter_modules(package.__path__):
    if not module.name.endswith('_probe'):
        importlib.import_module('hailo_perception.doctor.' + module.name)
from hailo_perception.cli import doctor
raise SystemExit(doctor.main(['--only', 'machine', '--only', 'parts', '--only', 'ros']))
"""


def test_python_alone_is_enough() -> None:
    done = subprocess.run(
        [sys.executable, '-S', '-c', _NOTHING_INSTALLED],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={'PYTHONPATH': str(PACKAGE.parent), 'PATH': os.environ.get('PATH', '')},
    )
    assert done.returncode == 1, done.stderr
    assert 'error    numpy: not installed' in done.stdout
    assert 'examination' not in done.stdout


def _checks_in_the_source() -> set[str]:
    """Collect the names of the checks: the first argument of what makes a finding."""
    names = set()
    for path in (PACKAGE / 'doctor').glob('*.py'):
        for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ('ok', 'warning', 'error', 'make', '_compiled')
            ):
                name = node.args[1 if node.func.id == '_compiled' else 0]
                if isinstance(name, ast.Constant):
                    names.add(name.value)
    return names


def test_every_check_is_documented() -> None:
    if not DOCS.is_file():
        pytest.skip('the documentation is not installed')
    text = DOCS.read_text(encoding='utf-8')
    checks = _checks_in_the_source()
    assert len(checks) > 30
    assert [name for name in sorted(checks) if f'| `{name}` |' not in text] == []
    assert [name for name in GROUPS if f'## {name}' not in text] == []


def test_the_modules_of_the_groups_have_an_examination() -> None:
    examinations: dict[str, Any] = load_groups()
    assert tuple(examinations) == GROUPS
    assert all(callable(examination) for examination in examinations.values())
