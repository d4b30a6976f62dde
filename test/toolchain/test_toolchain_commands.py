# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""hailo-perception calibrate and compile: options, what is printed, exit status."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from typing import get_args

import cv2
import numpy as np
import pytest

from hailo_perception.cli.calibrate import DEFAULT_COUNT
from hailo_perception.cli.compile import ARCHITECTURES
from hailo_perception.cli.compile import EXIT_NOT_COMPILED
from hailo_perception.cli.main import EXIT_USER_ERROR
from hailo_perception.cli.main import main
from hailo_perception.models.specification import ModelManifest
from hailo_perception.toolchain import calibration
from hailo_perception.toolchain.vendor import Architecture


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / 'pictures'
    path.mkdir()
    for shade in range(40):
        cv2.imwrite(str(path / f'{shade:03}.png'), np.full((30, 50, 3), 5 * shade, np.uint8))
    (path / '017.png').write_bytes(b'no picture')
    return path


def test_the_help_says_what_the_toolchain_does() -> None:
    assert ARCHITECTURES == get_args(Architecture)
    assert DEFAULT_COUNT == calibration.DEFAULT_COUNT


def calibrate(source: Path, model: ModelManifest, output: Path, *options: str) -> int:
    return main(
        ['calibrate', str(source), '--model', str(model.path), '--output', str(output), *options]
    )


def test_from_pictures_to_an_executable(
    folder: Path,
    model: ModelManifest,
    tmp_path: Path,
    fake_compiler: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:
    output = tmp_path / 'calibration.npy'
    assert calibrate(folder, model, output, '--count', '35', '--uint8') == 0
    printed = capsys.readouterr()
    assert f'{output}: 35×16×32×3 uint8' in printed.out
    assert 'has the chip do it, so do not normalise the set' in printed.out
    assert '35 of 35 pictures' in printed.err
    assert 'warning: left out as not readable, 1: 017.png' in printed.err

    arguments = [
        'compile', str(model.path), '--calibration', str(output), '--hw-arch', 'hailo8',
        '--output', str(tmp_path / 'out'),
    ]  # fmt: skip
    assert main(arguments) == 0
    printed = capsys.readouterr()
    assert f'executable: {tmp_path}/out/tiny.hef' in printed.out
    assert f'manifest:   {tmp_path}/out/tiny.yaml' in printed.out
    assert 'optimize: running' in printed.err


def test_few_pictures_are_a_warning(
    folder: Path, model: ModelManifest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibrate(folder, model, tmp_path / 'a.npy', '--count', '8') == 0
    assert 'TIER IV measured a loss of more than 1 %' in capsys.readouterr().err


def test_a_set_is_not_overwritten_by_accident(
    folder: Path, model: ModelManifest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / 'a.npy'
    output.write_bytes(b'precious')
    assert calibrate(folder, model, output, '--count', '2') == EXIT_USER_ERROR
    assert '--overwrite replaces it' in capsys.readouterr().err
    assert output.read_bytes() == b'precious'
    assert calibrate(folder, model, output, '--count', '2', '--overwrite') == 0
    assert np.load(output).shape == (2, 16, 32, 3)


def test_a_foreign_file_in_the_place_of_the_description_is_kept(
    folder: Path, model: ModelManifest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    foreign = tmp_path / 'a.json'
    foreign.write_text('precious')
    assert calibrate(folder, model, tmp_path / 'a.npy', '--count', '2') == EXIT_USER_ERROR
    assert f'{foreign} is there already; --overwrite replaces it' in capsys.readouterr().err
    assert foreign.read_text() == 'precious'
    assert not (tmp_path / 'a.npy').exists()


def test_an_empty_folder_is_one_line(
    model: ModelManifest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / 'empty').mkdir()
    assert calibrate(tmp_path / 'empty', model, tmp_path / 'a.npy') == EXIT_USER_ERROR
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith('hailo-perception calibrate: no pictures in')


def test_a_letterboxed_input_is_aligned_as_in_a_node(
    folder: Path, model: ModelManifest, tmp_path: Path
) -> None:
    letterboxed = model.path.with_name('letterboxed.yaml')
    letterboxed.write_text(model.path.read_text().replace('scale:', 'resize: letterbox, scale:'))
    output = tmp_path / 'a.npy'
    arguments = ['calibrate', str(folder), '--model', str(letterboxed), '--output', str(output)]
    assert main([*arguments, '--count', '1']) == 0
    rows = np.load(output)[0, :, :, 0]
    # 50×30 pictures in 32×16 are 27 pixels wide, on maps of stride 2 they are 26.
    assert int((rows[0] == 114).sum()) == 32 - 26


def test_without_the_compiler_it_says_what_to_do(
    model: ModelManifest,
    calibration_set: Path,
    tmp_path: Path,
    no_vendor: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = [
        'compile', str(model.path), '--calibration', str(calibration_set),
        '--hw-arch', 'hailo8r', '--output', str(tmp_path / 'out'),
        '--onnx', str(model.files['onnx']), '--optimization-level', '1',
        '--allow-operator', 'Sin',
    ]  # fmt: skip
    assert main(arguments) == EXIT_NOT_COMPILED
    printed = ' '.join(capsys.readouterr().out.split())
    assert 'x86_64 Linux' in printed and 'Python 3.10' in printed
    assert 'bash out/compile.sh' in printed
    assert f'hailo-perception {" ".join(arguments)}' in printed
    assert (tmp_path / 'out' / 'compile.sh').exists()


@pytest.mark.parametrize(
    ('output', 'expected'), [('.', 'bash here/compile.sh'), ('ü x', "bash 'ü x/compile.sh'")]
)
def test_the_script_is_named_as_a_shell_takes_it(
    output: str,
    expected: str,
    model: ModelManifest,
    calibration_set: Path,
    tmp_path: Path,
    no_vendor: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / 'here').mkdir()
    monkeypatch.chdir(tmp_path / 'here')
    arguments = [
        'compile', str(model.path), '--calibration', str(calibration_set),
        '--hw-arch', 'hailo8', '--output', output,
    ]  # fmt: skip
    assert main(arguments) == EXIT_NOT_COMPILED
    assert f'There: {expected}\n' in capsys.readouterr().out


def test_misfits_are_listed(
    model: ModelManifest,
    tmp_path: Path,
    no_vendor: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = [
        'compile', str(model.path), '--calibration', str(tmp_path / 'none.npy'),
        '--hw-arch', 'hailo8', '--output', str(tmp_path / 'out'),
    ]  # fmt: skip
    assert main(arguments) == EXIT_USER_ERROR
    error = capsys.readouterr().err
    assert 'tiny.yaml: not ready to compile:\n  1. calibration set' in error
    assert 'Traceback' not in error


def test_unknown_chips_are_refused(
    model: ModelManifest, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(
            ['compile', str(model.path), '--calibration', 'a', '--hw-arch', 'hailo15', '--output',
             'o']
        )  # fmt: skip
    assert 'hailo8l' in capsys.readouterr().err
