# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The Docker image and the systemd unit name only what exists.

Neither is built or started here: that takes a Docker engine and an installed ROS 2.
"""

from __future__ import annotations

import configparser
import json
from pathlib import Path
import re
import shlex
import shutil
import subprocess

import pytest

from hailo_perception.nodes.exit_status import EXIT_CONFIGURATION

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


def console_scripts() -> set[str]:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(CHECKOUT / 'setup.cfg')
    scripts = parser['options.entry_points']['console_scripts'].split('\n')
    return {script.split(' = ')[0] for script in scripts if script}


def test_the_image_runs_a_node_with_a_file_where_the_build_puts_them() -> None:
    """As process 1: what does not pass SIGTERM on is killed by ``docker stop``."""
    program, *arguments = json.loads(instructions('CMD')[-1])
    [build] = [line for line in instructions('RUN') if 'colcon build' in line]
    prefix = re.search(r'--merge-install --install-base (\S+)', build)
    assert prefix is not None
    folder, _, name = program.rpartition('/')
    assert folder == f'{prefix[1]}/lib/hailo_perception'
    assert name in console_scripts()
    assert arguments[:-1] == ['--ros-args', '--params-file']
    share = Path(prefix[1], 'share', 'hailo_perception')
    assert (CHECKOUT / Path(arguments[-1]).relative_to(share)).is_file()


def test_the_unit_runs_a_node_with_the_file_that_the_page_installs() -> None:
    """``ros2 launch`` would end with status 0 whatever becomes of its node."""
    found = re.search(
        r'exec ros2 run hailo_perception (\S+) --ros-args --params-file (\S+)\'$',
        unit()['Service']['ExecStart'],
    )
    assert found is not None
    assert found[1] in console_scripts()
    page = (CHECKOUT / 'docs' / 'distributions.md').read_text()
    installed = re.search(rf'install -D (\S+) {re.escape(found[2])}\n', page)
    assert installed is not None
    assert (CHECKOUT / installed[1]).is_file()


def test_the_unit_starts_a_node_again_unless_its_configuration_is_wrong() -> None:
    service = unit()['Service']
    assert service['Restart'] == 'on-failure'
    assert service['RestartPreventExitStatus'] == str(EXIT_CONFIGURATION)


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
