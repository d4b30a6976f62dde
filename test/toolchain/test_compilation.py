# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The whole way with a stand-in for the vendor's program: order, resumption, every failure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.models.binding import bind
from hailo_perception.models.manifest import load_manifest
from hailo_perception.toolchain.checks import UnfitForCompilation
from hailo_perception.toolchain.compilation import Compilation
from hailo_perception.toolchain.compilation import CompilationTask
from hailo_perception.toolchain.compilation import compile_model
from hailo_perception.toolchain.vendor import ToolchainError

STEPS = ['parser', 'optimize', 'compiler', 'profiler']
HEF_OUTPUTS = """Architecture HEF was compiled for: HAILO8L
Network group name: tiny, Single Context
    Network name: tiny/tiny
        VStream infos:
            Input  tiny/input_layer1 UINT8, NHWC(16x32x3)
            Output tiny/conv11 {boxes}, NHWC(2x4x7)
            Output tiny/conv12 UINT16, FCR(8x16x1)
            Output tiny/argmax3 UINT8, NHW(8x16)
"""


class Listener:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def __call__(self, line: str) -> None:
        self.lines.append(line)


def compiled(task: CompilationTask) -> Compilation:
    return compile_model(task, lambda line: None)


def failure(task: CompilationTask) -> str:
    with pytest.raises(ToolchainError) as caught:
        compiled(task)
    return str(caught.value)


def test_all_steps_in_order_with_their_arguments(
    task: CompilationTask, fake_compiler: Any
) -> None:
    result = compiled(task)
    assert fake_compiler.steps == STEPS
    assert {call['cwd'] for call in fake_compiler.calls} == {str(task.output)}
    parser, optimize, compiler, profiler = (call['arguments'] for call in fake_compiler.calls)
    assert parser == [
        'parser', 'onnx', 'tiny.onnx', '--net-name', 'tiny', '--har-path', 'tiny.har',
        '--hw-arch', 'hailo8l', '--start-node-names', 'image',
        '--end-node-names', 'boxes', 'depth', 'semantic/argmax',
    ]  # fmt: skip
    assert optimize == [
        'optimize', 'tiny.har', '--hw-arch', 'hailo8l', '--calib-set-path', str(task.calibration),
        '--model-script', 'tiny.alls', '--output-har-path', 'tiny_optimized.har',
    ]  # fmt: skip
    assert compiler == [
        'compiler', 'tiny_optimized.har', '--hw-arch', 'hailo8l',
        '--model-script', 'tiny_compile.alls', '--output-dir', '.',
        '--output-har-path', 'tiny_compiled.har',
    ]  # fmt: skip
    assert profiler == ['profiler', 'tiny_compiled.har', '--out-path', 'tiny_profile.html']
    assert fake_compiler.calls[0]['asked'] == 'n\n', 'the parser must not cut the heads elsewhere'
    assert result.executable == task.output / 'tiny.hef'
    assert 'doing optimize' in (task.output / 'logs' / 'optimize.log').read_text()


def test_the_manifest_of_the_executable(task: CompilationTask, fake_compiler: Any) -> None:
    result = compiled(task)
    assert result.manifest is not None
    hef = load_manifest(result.manifest)
    assert hef.files == {'hef': task.output / 'tiny.hef'}
    assert hef.detection is not None and hef.detection.outputs == ('tiny/conv11',)
    assert hef.detection.anchors == (((4.0, 4.0),),)
    assert hef.depth is not None and hef.depth.output == 'tiny/conv12'
    assert hef.semantic is not None and hef.semantic.output == 'tiny/argmax3'
    assert (hef.semantic.decoder, hef.semantic.scores) == ('argmax', None)
    assert hef.input == task.manifest.input
    assert hef.metrics == {}, 'nobody measured the compiled network'
    assert 'hailo8l by the Dataflow Compiler 3.33.0' in hef.description
    byte, word = np.dtype(np.uint8), np.dtype(np.uint16)
    bound = bind(
        hef,
        (TensorInfo('tiny/input_layer1', (16, 32, 3), byte),),
        (
            TensorInfo('tiny/conv11', (2, 4, 7), word),
            TensorInfo('tiny/conv12', (8, 16, 1), word),
            TensorInfo('tiny/argmax3', (8, 16, 1), byte),
        ),
    )
    assert bound.left_over == ()


def test_the_model_script(task: CompilationTask, fake_compiler: Any) -> None:
    compiled(replace(task, optimization_level=2))
    text = (task.output / 'tiny.alls').read_text()
    assert text.isascii()
    commands = [line for line in text.splitlines() if line and not line.startswith('#')]
    assert commands == [
        'normalization1 = normalization([0.0, 0.0, 0.0], [255.0, 255.0, 255.0])',
        'model_optimization_config(calibration, calibset_size=40)',
        'model_optimization_flavor(optimization_level=2)',
        'quantization_param([output_layer1, output_layer2], precision_mode=a16_w16)',
        'performance_param(compiler_optimization_level=max)',
    ]
    assert 'output_layer3 = semantic/argmax' in text
    last = (task.output / 'tiny_compile.alls').read_text()
    assert last == 'performance_param(compiler_optimization_level=max)\n'


def test_a_script_of_ones_own(task: CompilationTask, fake_compiler: Any, tmp_path: Path) -> None:
    own = tmp_path / 'own.alls'
    own.write_text('model_optimization_flavor(optimization_level=0)\n')
    compiled(replace(task, model_script=own))
    assert (task.output / 'tiny.alls').read_text() == own.read_text()
    own.unlink()
    own.write_bytes(b'\xff\xd8 a picture')
    with pytest.raises(ConfigurationError, match=r'--model-script: .*own\.alls cannot be read as'):
        compiled(replace(task, model_script=own))
    own.unlink()
    with pytest.raises(ConfigurationError, match=r'--model-script: .*own\.alls does not'):
        compiled(replace(task, model_script=own))


def test_the_script_follows_the_numbering_of_the_parser(
    task: CompilationTask, fake_compiler: Any
) -> None:
    fake_compiler.set(archive='reversed.har')
    result = compiled(task)
    text = (task.output / 'tiny.alls').read_text()
    assert 'quantization_param([output_layer3, output_layer2], precision_mode' in text
    assert result.manifest is not None
    hef = load_manifest(result.manifest)
    assert hef.semantic is not None and hef.semantic.output == 'tiny/argmax1'
    assert hef.detection is not None and hef.detection.outputs == ('tiny/conv13',)


def test_what_is_done_is_not_repeated(task: CompilationTask, fake_compiler: Any) -> None:
    compiled(task)
    listener = Listener()
    compile_model(task, listener)
    assert fake_compiler.steps == STEPS
    assert len([line for line in listener.lines if 'done before, kept' in line]) == len(STEPS)


def test_it_goes_on_after_a_failure(task: CompilationTask, fake_compiler: Any) -> None:
    fake_compiler.set(fail='compiler')
    failure(task)
    fake_compiler.set()
    assert compiled(task).executable is not None
    assert fake_compiler.steps == ['parser', 'optimize', 'compiler', 'compiler', 'profiler']


@pytest.mark.parametrize(
    ('change', 'repeated'),
    [
        ('calibration', STEPS[1:]),
        ('level', STEPS[1:]),
        ('network', STEPS),
        ('version', STEPS),
        ('removed', STEPS[2:]),
        ('record', STEPS),
    ],
)
def test_what_changed_is_done_again(
    task: CompilationTask,
    fake_compiler: Any,
    make_network: Callable[..., Path],
    change: str,
    repeated: list[str],
) -> None:
    compiled(task)
    if change == 'calibration':
        pixels = np.load(task.calibration)
        np.save(task.calibration, pixels[::-1])
    elif change == 'level':
        task = replace(task, optimization_level=0)
    elif change == 'network':
        make_network(operators=('Relu',))
    elif change == 'version':
        fake_compiler.set(version='Hailo Dataflow Compiler v3.31.0')
    elif change == 'removed':
        (task.output / 'tiny.hef').unlink()
    else:
        (task.output / 'steps.json').write_text('{"parser": ')
    compiled(task)
    # The archives of the stand-in are the same each time, so that what only reads them is kept.
    again = fake_compiler.steps[len(STEPS) :]
    assert again[0] == repeated[0]
    assert set(again) <= set(repeated)


@pytest.mark.parametrize('step', STEPS[:-1])
def test_a_failing_step_is_quoted(task: CompilationTask, fake_compiler: Any, step: str) -> None:
    fake_compiler.set(fail=step, status=7)
    text = failure(task)
    assert f'hailo {step} ended with status 7' in text
    assert 'no valid partition' in text
    assert f'logs/{step}.log' in text
    assert fake_compiler.steps[-1] == step
    assert not (task.output / 'tiny.yaml').exists()


@pytest.mark.parametrize(
    ('step', 'file'),
    zip(STEPS, ['tiny.har', 'tiny_optimized.har', 'tiny.hef']),
)
def test_a_missing_file_is_named(
    task: CompilationTask, fake_compiler: Any, step: str, file: str
) -> None:
    fake_compiler.set(omit=step)
    text = failure(task)
    assert f'hailo {step} ended well, but wrote no ' in text
    assert file in text


@pytest.mark.parametrize('trouble', ['fail', 'omit'])
def test_a_missing_report_is_a_warning(
    task: CompilationTask, fake_compiler: Any, trouble: str
) -> None:
    fake_compiler.set(**{trouble: 'profiler'})
    result = compiled(task)
    assert result.manifest is not None and result.manifest.exists()
    assert result.warnings[0].startswith('the executable is whole, but has no report: hailo prof')


def test_a_leftover_of_a_broken_run_is_no_result(
    task: CompilationTask, fake_compiler: Any
) -> None:
    task.output.mkdir()
    (task.output / 'tiny.hef').write_bytes(b'half an execu')
    fake_compiler.set(omit='compiler')
    assert 'wrote no tiny.hef' in failure(task)


@pytest.mark.parametrize(
    ('settings', 'expected'),
    [
        ({'version': 'Hailo Dataflow Compiler v5.3.0'}, 'the Hailo-8 family needs 3.x'),
        ({'version': 'HailoRT-CLI version 4.23.0'}, 'may be the program of HailoRT alone'),
        ({'version': '', 'version_status': 1}, 'got status 1'),
        ({'version': 'DFC Version: 3.33.0', 'version_status': 2}, 'got status 2'),
    ],
)
def test_wrong_versions(
    task: CompilationTask, fake_compiler: Any, settings: dict[str, Any], expected: str
) -> None:
    fake_compiler.set(**settings)
    assert expected in failure(task)
    assert fake_compiler.steps == []


def test_a_program_that_cannot_run(task: CompilationTask, fake_compiler: Any) -> None:
    fake_compiler.program.write_text('#!/nowhere/python\n')
    assert 'hailo --version does not run' in failure(task)


def test_a_foreign_archive_is_refused(task: CompilationTask, fake_compiler: Any) -> None:
    compiled(task)
    (task.output / 'tiny.har').write_bytes(b'no tar file at all')
    assert 'expected a Hailo archive' in failure(task)


def test_nothing_is_written_for_an_unfit_model(
    task: CompilationTask, fake_compiler: Any, make_network: Callable[..., Path]
) -> None:
    make_network(operators=('Sin',))
    with pytest.raises(UnfitForCompilation):
        compiled(task)
    assert not task.output.exists()
    assert fake_compiler.steps == []


@pytest.mark.parametrize('place', ['the model', 'a file'])
def test_output_folders_that_would_do_harm(
    task: CompilationTask, fake_compiler: Any, place: str
) -> None:
    output = task.manifest.path.parent if place == 'the model' else task.calibration
    with pytest.raises(ConfigurationError, match='--output .*: expected a folder'):
        compiled(replace(task, output=output))
    assert fake_compiler.steps == []


@pytest.mark.parametrize(
    ('boxes', 'expected'), [('UINT16', []), ('UINT8', ['tiny/conv11 (boxes) is UINT8'])]
)
def test_a_silent_fall_back_to_8_bits_is_noticed(
    task: CompilationTask, fake_compiler: Any, no_vendor: Path, boxes: str, expected: list[str]
) -> None:
    tool = no_vendor / 'hailortcli'
    tool.write_text(f'#!/bin/sh\ncat <<END\n{HEF_OUTPUTS.format(boxes=boxes)}END\n')
    tool.chmod(0o755)
    warnings = compiled(task).warnings
    assert [w[: len(e)] for w, e in zip(warnings, expected, strict=True)] == expected


@pytest.mark.parametrize(
    ('script', 'expected'),
    [
        ('#!/bin/sh\necho broken >&2\nexit 3\n', 'ended with status 3: broken'),
        ('#!/bin/sh\necho nothing\n', 'has no output tiny/conv11'),
        ('#!/nowhere/sh\n', 'does not run'),
    ],
)
def test_a_look_at_the_executable_that_fails(
    task: CompilationTask, fake_compiler: Any, no_vendor: Path, script: str, expected: str
) -> None:
    tool = no_vendor / 'hailortcli'
    tool.write_text(script)
    tool.chmod(0o755)
    result = compiled(task)
    assert result.manifest is not None
    assert expected in result.warnings[0]


def test_without_the_tool_that_is_a_warning(task: CompilationTask, fake_compiler: Any) -> None:
    (warning,) = compiled(task).warnings
    assert 'hailortcli is not here' in warning
