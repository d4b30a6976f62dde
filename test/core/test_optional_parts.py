# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What brings a missing part is a command that works as it stands, wherever it is read."""

from __future__ import annotations

from configparser import ConfigParser
from pathlib import Path
import re
import shlex

import pytest

from hailo_perception.core.optional_parts import pip_command
from hailo_perception.core.optional_parts import pip_install
from hailo_perception.core.optional_parts import requirements_of

CHECKOUT = Path(__file__).parents[2]
MODULES = ('mcap', 'numba', 'onnx', 'onnxruntime', 'rerun', 'rich', 'trackers')
OWN_NAME = re.compile(r'pip install .*hailo[-_]perception', re.IGNORECASE)


@pytest.mark.parametrize('module', MODULES)
def test_a_command_names_packages_that_an_extra_names_too(module: str) -> None:
    config = ConfigParser()
    config.read(CHECKOUT / 'setup.cfg', encoding='utf-8')
    known = ' '.join(config['options.extras_require'].values()).split()
    for requirement in requirements_of(module):
        assert any(line.startswith(requirement) for line in known), requirement


def test_a_shell_hands_each_requirement_over_as_it_is() -> None:
    assert pip_install('onnxruntime', 'rich') == 'pip install onnxruntime rich'
    assert pip_install('trackers') == "pip install 'trackers>=2.6' 'opencv-python<5'"
    command = pip_command(['.[jazzy]', 'numpy<2'], '--user')
    assert shlex.split(command) == ['pip', 'install', '--user', '.[jazzy]', 'numpy<2']
    assert "'.[jazzy]'" in command


def test_nothing_tells_to_install_this_package_by_its_name() -> None:
    """It is in no index, and in a ROS workspace pip takes it for installed, without extras."""
    texts = [
        *(CHECKOUT / 'hailo_perception').rglob('*.py'),
        *(CHECKOUT / 'docs').rglob('*.md'),
        CHECKOUT / 'README.md',
    ]
    assert [path.name for path in texts if OWN_NAME.search(path.read_text('utf-8'))] == []
