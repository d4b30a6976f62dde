# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The folder for another machine: made ready without the compiler, run there, come back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
import json
from pathlib import Path
import re
import subprocess
from typing import Any

import numpy as np
import onnx
import pytest

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.models.manifest import load_manifest
from hailo_perception.toolchain.compilation import Compilation
from hailo_perception.toolchain.compilation import CompilationTask
from hailo_perception.toolchain.compilation import compile_model


def run_command(task: CompilationTask) -> Compilation:
    return compile_model(task, lambda line: None)


def run_script(script: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ['bash', str(script), *arguments],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def carry(task: CompilationTask) -> None:
    (task.output / task.calibration.name).write_bytes(task.calibration.read_bytes())


def test_the_folder_is_made_ready(task: CompilationTask, no_vendor: Path) -> None:
    result = run_command(task)
    assert result.executable is None and result.manifest is None
    assert {path.name for path in task.output.iterdir()} == {
        'tiny.onnx', 'tiny.alls', 'tiny_compile.alls', 'compile.sh', 'check_outputs.py',
        'outputs.json', 'made_for.json',
    }  # fmt: skip


def test_the_script_does_what_the_command_does(
    task: CompilationTask, no_vendor: Path, request: pytest.FixtureRequest
) -> None:
    script = run_command(task).script
    carry(task)
    vendor = request.getfixturevalue('fake_compiler')
    assert run_script(script).returncode == 0
    by_script = [call['arguments'] for call in vendor.calls]
    assert [call['asked'] for call in vendor.calls][0] == 'n\n'
    assert run_script(script).returncode == 0
    assert len(vendor.calls) == len(by_script), 'what is there is not made again'
    run_command(replace(task, output=task.output.parent / 'again'))
    by_command = [call['arguments'] for call in vendor.calls[len(by_script) :]]
    place = by_command[1].index('--calib-set-path') + 1
    by_command[1][place] = Path(by_command[1][place]).name
    assert by_script == by_command


@pytest.mark.parametrize('has_compiler', [False, True])
def test_a_folder_that_came_back_gets_its_manifest(
    task: CompilationTask, no_vendor: Path, request: pytest.FixtureRequest, has_compiler: bool
) -> None:
    script = run_command(task).script
    carry(task)
    vendor = request.getfixturevalue('fake_compiler')
    assert run_script(script).returncode == 0
    by_script = vendor.calls
    if not has_compiler:
        vendor.program.unlink()
    result = run_command(task)
    assert vendor.calls == by_script, 'hours of compiling are not repeated'
    assert result.manifest is not None
    hef = load_manifest(result.manifest)
    assert hef.depth is not None and hef.depth.output == 'tiny/conv12'
    assert hef.description == 'Compiled for hailo8l.'


def test_the_script_follows_the_numbering_of_the_parser(
    task: CompilationTask, no_vendor: Path, request: pytest.FixtureRequest
) -> None:
    script = run_command(task).script
    carry(task)
    vendor = request.getfixturevalue('fake_compiler')
    vendor.set(archive='reversed.har')
    done = run_script(script)
    assert done.returncode == 0, done.stderr
    corrected = (task.output / 'tiny.alls').read_text()
    assert run_command(task).manifest is not None
    assert (task.output / 'tiny.alls').read_text() == corrected, 'it made the executable'
    again = replace(task, output=task.output.parent / 'again')
    run_command(again)
    assert (again.output / 'tiny.alls').read_text() == corrected, 'as the command has it'


@pytest.mark.parametrize(
    ('wide', 'warned'), [('output_layer3, output_layer2', False), ('output_layer1', True)]
)
def test_a_script_of_ones_own_stays_and_is_compared(
    task: CompilationTask,
    no_vendor: Path,
    fake_compiler: Any,
    wide: str,
    warned: bool,
) -> None:
    own = task.output.parent / 'own.alls'
    own.write_text(f'quantization_param([{wide}], precision_mode=a16_w16)\n')
    task = replace(task, model_script=own)
    fake_compiler.set(archive='reversed.har')
    told: list[str] = []
    compile_model(task, told.append)
    warning = 'expected 16 bits for output_layer3 = boxes, output_layer2 = depth, found'
    assert any(warning in line for line in told) == warned
    for made in task.output.glob('*.h*'):
        made.unlink()
    carry(task)
    done = run_script(task.output / 'compile.sh')
    assert done.returncode == 0, done.stderr
    assert (warning in done.stderr) == warned
    assert (task.output / 'tiny.alls').read_text() == own.read_text()


def with_other_architecture(task: CompilationTask) -> CompilationTask:
    return replace(task, architecture='hailo8')


def with_other_set(task: CompilationTask) -> CompilationTask:
    pictures = np.load(task.calibration)
    pictures[0, 0, 0] = 7
    np.save(task.calibration, pictures)
    return task


def with_other_network(task: CompilationTask) -> CompilationTask:
    path = task.manifest.path.with_name('tiny.onnx')
    network = onnx.load(str(path))
    weights = onnx.numpy_helper.to_array(network.graph.initializer[0])
    network.graph.initializer[0].CopyFrom(onnx.numpy_helper.from_array(2 * weights, 'boxes_w'))
    onnx.save(network, str(path))
    return task


def with_other_script(task: CompilationTask) -> CompilationTask:
    return replace(task, optimization_level=1)


@pytest.mark.parametrize(
    ('is_whole', 'has_compiler'), [(False, False), (True, False), (True, True)]
)
@pytest.mark.parametrize(
    ('change', 'expected'),
    [
        (with_other_architecture, 'architecture'),
        (with_other_set, 'calibration set'),
        (with_other_network, 'network'),
        (with_other_script, 'model script'),
    ],
)
def test_what_was_compiled_for_something_else_is_refused(
    task: CompilationTask,
    no_vendor: Path,
    request: pytest.FixtureRequest,
    change: Callable[[CompilationTask], CompilationTask],
    expected: str,
    is_whole: bool,
    has_compiler: bool,
) -> None:
    script = run_command(task).script
    carry(task)
    vendor = request.getfixturevalue('fake_compiler')
    if not is_whole:
        vendor.set(fail='optimize')
    run_script(script)
    if not has_compiler:
        vendor.program.unlink()
    before = {path: path.read_bytes() for path in task.output.iterdir() if path.is_file()}
    refusal = f'made for another {expected}: tiny.har.*; remove'
    with pytest.raises(ConfigurationError, match=refusal):
        run_command(change(task))
    assert all(path.read_bytes() == content for path, content in before.items())


def test_what_was_compiled_for_an_unknown_purpose_is_refused(
    task: CompilationTask, no_vendor: Path
) -> None:
    run_command(task)
    (task.output / 'made_for.json').unlink()
    (task.output / 'tiny.har').write_bytes(b'parsed')
    with pytest.raises(ConfigurationError, match='tiny.har: nobody knows what for; remove'):
        run_command(task)


def test_a_folder_without_made_files_is_made_ready_for_something_else(
    task: CompilationTask, no_vendor: Path
) -> None:
    run_command(task)
    run_command(with_other_architecture(task))
    assert '--hw-arch hailo8 ' in (task.output / 'compile.sh').read_text()


@pytest.mark.parametrize(
    ('settings', 'expected'),
    [
        ({'fail': 'optimize'}, 'optimize failed; the whole log is logs/optimize.log'),
        ({'omit': 'compiler'}, 'compiler failed'),
        ({'archive': 'other.har'}, 'did the parser cut the network elsewhere'),
    ],
)
def test_the_script_stops_at_a_failure(
    task: CompilationTask,
    no_vendor: Path,
    request: pytest.FixtureRequest,
    settings: dict[str, Any],
    expected: str,
) -> None:
    script = run_command(task).script
    carry(task)
    vendor = request.getfixturevalue('fake_compiler')
    vendor.set(**settings)
    done = run_script(script)
    assert done.returncode == 1
    assert expected in done.stderr
    assert 'profiler' not in vendor.steps


def test_the_script_is_done_without_a_report(
    task: CompilationTask, no_vendor: Path, request: pytest.FixtureRequest
) -> None:
    script = run_command(task).script
    carry(task)
    request.getfixturevalue('fake_compiler').set(fail='profiler')
    done = run_script(script)
    assert done.returncode == 0
    assert done.stdout.endswith('tiny.hef\n')
    assert 'warning: the executable is whole, but has no report' in done.stderr
    assert 'profiler failed; the whole log is logs/profiler.log' in done.stderr


def test_the_script_takes_a_set_from_where_it_is_called(
    task: CompilationTask,
    no_vendor: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    script = run_command(task).script
    vendor = request.getfixturevalue('fake_compiler')
    elsewhere = task.calibration.parent / 'sets'
    elsewhere.mkdir()
    task.calibration.rename(elsewhere / 'my set.npy')
    monkeypatch.chdir(elsewhere)
    done = run_script(script, 'my set.npy')
    assert done.returncode == 0, done.stderr
    optimize = vendor.calls[1]['arguments']
    given = optimize[optimize.index('--calib-set-path') + 1]
    assert Path(given).samefile(elsewhere / 'my set.npy')


def test_the_script_asks_for_its_set(task: CompilationTask, fake_compiler: Any) -> None:
    script = run_command(task).script
    done = run_script(script)
    assert done.returncode == 2
    assert re.search(r'no calibration set at set\.npy', done.stderr)


def test_expected_outputs_are_written_for_the_check(
    task: CompilationTask, no_vendor: Path
) -> None:
    run_command(task)
    expected = json.loads((task.output / 'outputs.json').read_text())
    assert expected['semantic/argmax'] == {'shape': [8, 16, 1], 'is_wide': False}
    assert expected['depth'] == {'shape': [8, 16, 1], 'is_wide': True}
