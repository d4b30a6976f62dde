# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The installed package: what launch, rviz, the ament index and the shell look for is in place."""

from __future__ import annotations

from configparser import ConfigParser
from importlib.metadata import distribution
from importlib.metadata import PackageNotFoundError
import os
from pathlib import Path
import re
import sys

import pytest

CHECKOUT = Path(__file__).parents[2]
MARKER = Path('share', 'ament_index', 'resource_index', 'packages', 'hailo_perception')


def installation_prefix() -> Path | None:
    """Return the colcon install space or the environment that holds the package, if any."""
    overlays = [Path(path) for path in os.environ.get('AMENT_PREFIX_PATH', '').split(':') if path]
    return next((path for path in [*overlays, Path(sys.prefix)] if (path / MARKER).exists()), None)


@pytest.fixture(scope='module')
def prefix() -> Path:
    found = installation_prefix()
    if found is None:
        pytest.skip('hailo_perception is not installed; scripts/test installs it')
    return found


@pytest.mark.parametrize('folder', ['config', 'launch', 'msg', 'rviz'])
def test_shared_files_are_installed(prefix, folder):
    sources = [
        path.relative_to(CHECKOUT)
        for path in (CHECKOUT / folder).rglob('*')
        if path.is_file() and path.suffix != '.pyc'
    ]
    share = prefix / 'share' / 'hailo_perception'
    assert [str(path) for path in sources if not (share / path).is_file()] == []


def test_manifest_is_installed(prefix):
    installed = prefix / 'share' / 'hailo_perception' / 'package.xml'
    assert installed.read_bytes() == (CHECKOUT / 'package.xml').read_bytes()


def test_executables_are_installed(prefix):
    config = ConfigParser()
    config.read(CHECKOUT / 'setup.cfg', encoding='utf-8')
    lines = config['options.entry_points']['console_scripts'].strip().splitlines()
    colcon_folder = prefix / 'lib' / 'hailo_perception'
    folder = colcon_folder if colcon_folder.is_dir() else prefix / 'bin'
    for name in (line.split(' = ')[0] for line in lines):
        assert os.access(folder / name, os.X_OK), folder / name


def test_distribution_names_what_pip_needs():
    try:
        installed = distribution('hailo-perception')
    except PackageNotFoundError:
        pytest.skip('hailo_perception is not installed')
    if installed.read_text('INSTALLER') is None:
        pytest.skip('hailo_perception was installed by colcon, which writes no requirements')
    assert {'demo', 'jazzy', 'jpeg', 'numba', 'onnx', 'rerun', 'test'} <= set(
        installed.metadata.get_all('Provides-Extra')
    )
    assert installed.metadata['Requires-Python'] == '>=3.10'
    jazzy = [line for line in installed.requires or [] if re.search('extra == .jazzy', line)]
    assert any(line.startswith('ros-jazzy-rclpy') for line in jazzy)
