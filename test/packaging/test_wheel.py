# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The wheel that pip builds where there is no ROS: whole without the messages, and saying so."""

from __future__ import annotations

from importlib.util import find_spec
import os
from pathlib import Path
import shutil
import subprocess
import sys
from zipfile import ZipFile

import pytest

CHECKOUT = Path(__file__).parents[2]
BUILD_INPUTS = (
    'build_support', 'config', 'hailo_perception', 'launch', 'msg', 'resource', 'rviz',
    'LICENSE', 'MANIFEST.in', 'README.md', 'package.xml', 'pyproject.toml', 'setup.cfg',
    'setup.py',
)
# Builds as pip does, with the message generators out of Python's sight.
NO_ROS = """
import sys
sys.modules['rosidl_adapter'] = None
from setuptools.build_meta import build_wheel
build_wheel(sys.argv[1])
"""


@pytest.fixture(scope='module')
def source_tree(tmp_path_factory) -> Path:
    if find_spec('wheel') is None and find_spec('setuptools.command.bdist_wheel') is None:
        pytest.skip('this setuptools builds no wheels; 70.1 and newer do')
    tree = tmp_path_factory.mktemp('source')
    ignore = shutil.ignore_patterns('__pycache__', '*.so', 'msg/*.py')
    for name in BUILD_INPUTS:
        if (CHECKOUT / name).is_dir():
            shutil.copytree(CHECKOUT / name, tree / name, ignore=ignore)
        elif (CHECKOUT / name).exists():
            shutil.copyfile(CHECKOUT / name, tree / name)
    return tree


def build(tree: Path, output: Path, messages: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, 'HAILO_PERCEPTION_MESSAGES': messages}
    environment.pop('AMENT_PREFIX_PATH', None)
    return subprocess.run(
        [sys.executable, '-c', NO_ROS, str(output)],
        cwd=tree, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )


@pytest.fixture(scope='module')
def pure_wheel(source_tree, tmp_path_factory) -> tuple[ZipFile, str]:
    output = tmp_path_factory.mktemp('wheel')
    result = build(source_tree, output, 'auto')
    assert result.returncode == 0, result.stderr
    (path,) = output.glob('*.whl')
    return ZipFile(path), result.stderr


def test_wheel_without_ros_fits_every_machine(pure_wheel):
    wheel, _ = pure_wheel
    assert Path(wheel.filename).name.endswith('-py3-none-any.whl')
    assert not [name for name in wheel.namelist() if name.endswith('.so')]
    assert not [name for name in wheel.namelist() if name.startswith('hailo_perception/msg/')]


def test_build_without_ros_says_what_is_left_out(pure_wheel):
    _, output = pure_wheel
    assert 'LEFT OUT' in output
    assert '--no-build-isolation' in output


def test_wheel_holds_every_module_and_model(pure_wheel):
    wheel, _ = pure_wheel
    sources = {
        path.relative_to(CHECKOUT).as_posix()
        for pattern in ('**/*.py', 'models/packaged/*.yaml', 'models/packaged/*.onnx')
        for path in (CHECKOUT / 'hailo_perception').glob(pattern)
        if not path.is_relative_to(CHECKOUT / 'hailo_perception' / 'msg')
    }
    assert sorted(sources - set(wheel.namelist())) == []


@pytest.mark.parametrize('folder', ['config', 'launch', 'msg', 'rviz'])
def test_wheel_holds_the_shared_files(pure_wheel, folder):
    wheel, _ = pure_wheel
    shared = {name.partition('/data/share/hailo_perception/')[2] for name in wheel.namelist()}
    sources = {
        path.relative_to(CHECKOUT).as_posix()
        for path in (CHECKOUT / folder).rglob('*')
        if path.is_file() and path.suffix != '.pyc'
    }
    assert sorted(sources - shared) == []


def test_wheel_holds_nothing_else(pure_wheel):
    wheel, _ = pure_wheel
    tops = {name.split('/')[0].removesuffix('.dist-info') for name in wheel.namelist()}
    assert {top for top in tops if not top.startswith('hailo_perception')} == set()


def test_required_messages_fail_without_ros(source_tree, tmp_path):
    result = build(source_tree, tmp_path, 'require')
    assert result.returncode != 0
    assert 'LEFT OUT' in result.stderr


def test_unknown_wish_is_refused(source_tree, tmp_path):
    result = build(source_tree, tmp_path, 'perhaps')
    assert result.returncode != 0
    assert "auto, require or skip, but is 'perhaps'" in result.stderr
