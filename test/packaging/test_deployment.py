# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The Docker image and the systemd unit name only what exists.

Neither is built or started here: that takes a Docker engine and an installed ROS 2.
"""

from __future__ import annotations

import configparser
from pathlib import Path
import re
import shlex
import shutil
import subprocess

import pytest

CHECKOUT = Path(__file__).parents[2]
DEPLOY = CHECKOUT / 'deploy'
UNIT = DEPLOY / 'hailo-perception.service'


def instructions(name: str) -> list[str]:
    """List the arguments of one kind of instruction, continuation lines joined."""
    text = (DEPLOY / 'Dockerfile').read_text().replace('\\\n', ' ')
    return [line.split(maxsplit=1)[1] for line in text.splitlines() if line.startswith(name)]


def unit() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(UNIT)
    return parser


def test_the_image_copies_what_is_there() -> None:
    copies = [shlex.split(line) for line in instructions('COPY') if '--from=' not in line]
    assert copies
    for *sources, _ in copies:
        for source in sources:
            assert (CHECKOUT / source).exists(), source


def test_what_the_image_needs_is_not_ignored() -> None:
    ignored = {
        line
        for line in (CHECKOUT / '.dockerignore').read_text().splitlines()
        if line and not line.startswith('#')
    }
    needed = {'package.xml', 'CMakeLists.txt', 'msg', 'hailo_perception', 'launch', 'config'}
    assert not ignored & (needed | {'deploy'})


@pytest.mark.parametrize(
    'command',
    [' '.join(re.findall(r'"([^"]*)"', instructions('CMD')[-1])), unit()['Service']['ExecStart']],
    ids=['image', 'unit'],
)
def test_it_launches_a_file_of_ours_with_arguments_it_has(command: str) -> None:
    found = re.search(r'ros2 launch hailo_perception (\S+)(.*)', command)
    assert found is not None
    launch_file = CHECKOUT / 'launch' / found[1]
    parts = CHECKOUT / 'hailo_perception' / 'nodes' / 'launch_parts.py'
    declared = launch_file.read_text() + parts.read_text()
    for argument in re.findall(r'(\w+):=', found[2]):
        assert f"'{argument}'" in declared, argument


def test_the_entrypoint_is_a_script() -> None:
    assert (DEPLOY / 'entrypoint').stat().st_mode & 0o111
    subprocess.run(['bash', '-n', str(DEPLOY / 'entrypoint')], check=True)


def test_the_unit_ends_the_node_as_ctrl_c_does() -> None:
    service = unit()['Service']
    assert service['KillSignal'] == 'SIGINT'
    assert 'exec ros2' in service['ExecStart'], 'else the shell gets the signal, not the launch'


@pytest.mark.skipif(shutil.which('systemd-analyze') is None, reason='no systemd here')
def test_systemd_has_nothing_to_complain_about() -> None:
    result = subprocess.run(
        ['systemd-analyze', 'verify', str(UNIT)], capture_output=True, text=True, timeout=60
    )
    complaints = [line for line in result.stderr.splitlines() if UNIT.name in line]
    assert not complaints
