# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A folder to carry to the machine that has the vendor's compiler, and back."""

from __future__ import annotations

from collections.abc import Sequence
import json
from pathlib import Path
import shlex
from textwrap import fill

from hailo_perception.toolchain import archive
from hailo_perception.toolchain.steps import LOG_FOLDER
from hailo_perception.toolchain.steps import Step
from hailo_perception.toolchain.vendor import PROGRAM
from hailo_perception.toolchain.vendor import WHERE
from hailo_perception.toolchain.vendor_steps import Build

SCRIPT_FILE = 'compile.sh'
CHECK_FILE = 'check_outputs.py'
EXPECTED_FILE = 'outputs.json'

_WIDTH = 98
_NO_REPORT = 'warning: the executable is whole, but has no report'
_SET = 'CALIBRATION_SET'
_HEAD = f"""#!/usr/bin/env bash
# Compiles the network of this folder with Hailo's Dataflow Compiler. Written by
# "hailo-perception compile"; needs the compiler, Python 3 and the calibration set, nothing else.
#   bash {SCRIPT_FILE} [CALIBRATION_SET.npy]
# A step whose file is there already is not repeated: remove the file to do it again.
set -euo pipefail
given=${{1:+$(realpath -m -- "$1")}}
cd "$(dirname "$0")"
mkdir -p {LOG_FOLDER}
{_SET}=${{given:-@set@}}
if [ ! -s "${_SET}" ]; then
    echo "no calibration set at ${_SET}; copy it here or name it: bash {SCRIPT_FILE} SET.npy" >&2
    exit 2
fi
{PROGRAM} --version

step() {{  # name, the file that it makes, command...
    local name=$1 made=$2
    shift 2
    if [ -s "$made" ]; then
        echo "$name: done before, $made is kept"
        return
    fi
    echo "$name: running; {LOG_FOLDER}/$name.log has its output"
    if ! "$@" > "{LOG_FOLDER}/$name.log" 2>&1 || [ ! -s "$made" ]; then
        rm -f "$made"
        tail -n 15 "{LOG_FOLDER}/$name.log" >&2
        echo "$name failed; the whole log is {LOG_FOLDER}/$name.log" >&2
        exit 1
    fi
}}

"""


def write_hand_over(script: Path, build: Build, *, corrects_script: bool) -> None:
    """Write the shell script, and beside it the check of the parser's outputs.

    Its commands are those that run here where the compiler is installed. With
    ``corrects_script`` the check writes the parser's numbers into the model script, else it
    only warns.
    """
    folder = script.parent
    expected = {end.name: {'shape': end.shape, 'is_wide': end.is_wide} for end in build.ends}
    (folder / EXPECTED_FILE).write_text(json.dumps(expected, indent=1) + '\n', encoding='utf-8')
    own_source = Path(archive.__file__).read_text(encoding='utf-8')
    (folder / CHECK_FILE).write_text(own_source, encoding='utf-8')
    script.write_text(_script(build, corrects_script), encoding='utf-8')
    script.chmod(0o755)


def instructions(script: Path, calibration: Path, command: Sequence[str]) -> str:
    """Say in full what to do where the compiler is not installed."""
    folder = script.parent
    there = shlex.quote(f'{folder.resolve().name}/{script.name}')
    return f"""All is prepared in {folder}, but the Dataflow Compiler ("{PROGRAM}") is not here.
{fill(f'To go on you need {WHERE}.', _WIDTH)}
  1. Copy the folder {folder} there, and {calibration} into it.
  2. There: bash {there}
     (parser, optimize, compiler, profiler: minutes to hours)
  3. Copy the folder back and repeat:
     {shlex.join(command)}
     It writes the manifest of the executable.
Or install this package beside the compiler (in its checkout: pip install '.[toolchain]') and
repeat the command there: it does all of it."""


def _script(build: Build, corrects_script: bool) -> str:
    check = (
        'python3', CHECK_FILE, *(('--correct',) if corrects_script else ()),
        build.files.parsed, EXPECTED_FILE, build.files.script,
    )  # fmt: skip
    steps = [
        _line(build.parse(), build),
        shlex.join(check),
        _line(build.optimize(), build),
        _line(build.compile(), build),
        # In a shell of its own, as a step ends the shell where it fails.
        f'({_line(build.profile(), build)}) || echo "{_NO_REPORT}" >&2',
        f'echo "done: $(pwd)/{build.files.executable}"',
    ]
    head = _HEAD.replace('@set@', shlex.quote(Path(build.calibration).name))
    return head + '\n'.join(steps) + '\n'


def _line(step: Step, build: Build) -> str:
    words = ' '.join(
        f'"${_SET}"' if word == build.calibration else shlex.quote(word)
        for word in (PROGRAM, *step.arguments)
    )
    line = f'step {step.name} {shlex.quote(step.makes[0])} {words}'
    if step.answer:
        line += f' <<< {shlex.quote(step.answer.strip())}'
    return line
