# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Who may import whom: downwards only, and nothing optional below the ROS layer."""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import cache
from pathlib import Path
import subprocess
import sys

import pytest

_PACKAGE = 'hailo_perception'
_ROOT = Path(__file__).resolve().parents[1]

# From the bottom up: a part imports itself and parts of lower levels.
_LEVELS = (
    ('core',),
    ('kernels', 'models'),
    ('tasks', 'backends', 'vision'),
    ('anonymization',),
    # The scene's oracle turns tasks around, so it stands above them.
    ('pipeline', 'scenes'),
    ('evaluation', 'bench'),
    ('toolchain', 'calibration'),
    # Plans count the arithmetic of what the toolchain reads.
    ('planning',),
    ('msg',),
    ('ros',),
    ('doctor',),
    ('nodes', 'cli'),
)
_LEVEL_OF = {part: level for level, parts in enumerate(_LEVELS) for part in parts}
_WITHOUT_ROS = tuple(part for parts in _LEVELS[:8] for part in parts)

_OPTIONAL = (
    'rclpy',
    'cv_bridge',
    'message_filters',
    'vision_msgs',
    'hailo_platform',
    'onnxruntime',
    'numba',
    'simplejpeg',
    'mcap',
    'onnx',
    'trackers',
    'supervision',
)
# Modules that are nothing but their optional dependency's adapter, themselves imported lazily.
_ADAPTERS = {
    f'{_PACKAGE}.kernels.compilation': 'numba',
    f'{_PACKAGE}.kernels.numba_kernels': f'{_PACKAGE}.kernels.compilation.compiled',
}
_ROS_MODULES = (
    'rclpy',
    'cv_bridge',
    'message_filters',
    'rcl_interfaces',
    'builtin_interfaces',
    'tf2_ros',
    'ament_index_python',
)
_IN_ONE_FILE_ONLY = (
    'hailo_platform',
    'onnxruntime',
    'numba',
    'simplejpeg',
    'cv_bridge',
    'trackers',
    'supervision',
    'tf2_ros',
    'tf2_msgs',
)


def _sources() -> list[Path]:
    generated = _ROOT / _PACKAGE / 'msg'
    return [
        path for path in sorted((_ROOT / _PACKAGE).rglob('*.py')) if generated not in path.parents
    ]


@cache
def _imported(path: Path) -> tuple[str, ...]:
    """List the full names of the modules that a file imports, at the top or inside functions."""
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'), str(path))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f'{path}: relative import in line {node.lineno}'
            names += [f'{node.module}.{alias.name}' for alias in node.names]
    return tuple(names)


def _part(module: str) -> str | None:
    names = module.split('.')
    return names[1] if names[0] == _PACKAGE and len(names) > 1 else None


_SOURCES = _sources()
_each_source = pytest.mark.parametrize(
    'path', _SOURCES, ids=[str(path.relative_to(_ROOT / _PACKAGE)) for path in _SOURCES]
)


def _own_part(path: Path) -> str | None:
    parts = path.relative_to(_ROOT / _PACKAGE).parts
    return parts[0] if len(parts) > 1 else None


def test_the_sources_are_found() -> None:
    assert any(path.name == 'image_transform.py' for path in _SOURCES)


@_each_source
def test_imports_go_down_only(path: Path) -> None:
    part = _own_part(path)
    if part is None:
        assert not [name for name in _imported(path) if _part(name) in _LEVEL_OF]
        return
    assert part in _LEVEL_OF, f'the folder {part} has no place in the layers'
    upwards = [
        name
        for name in _imported(path)
        if (other := _part(name)) is not None
        and other != part
        and other in _LEVEL_OF
        and _LEVEL_OF[other] >= _LEVEL_OF[part]
    ]
    assert not upwards, f'{part} (level {_LEVEL_OF[part]}) must not import {upwards}'


@_each_source
def test_nothing_below_ros_knows_ros(path: Path) -> None:
    if _own_part(path) not in _WITHOUT_ROS:
        return
    found = [
        name
        for name in _imported(path)
        if (top := name.split('.')[0]) in _ROS_MODULES or top.endswith('_msgs')
    ]
    assert not found


@pytest.mark.parametrize('path', [path for path in _SOURCES if _own_part(path) == 'core'])
def test_core_needs_numpy_only(path: Path) -> None:
    allowed = {*sys.stdlib_module_names, 'numpy', _PACKAGE}
    assert not [name for name in _imported(path) if name.split('.')[0] not in allowed]


def test_each_optional_dependency_is_imported_in_one_place() -> None:
    places: dict[str, set[str]] = defaultdict(set)
    for path in _SOURCES:
        for name in _imported(path):
            places[name.split('.')[0]].add(str(path.relative_to(_ROOT)))
    scattered = {name: places[name] for name in _IN_ONE_FILE_ONLY if len(places[name]) > 1}
    assert not scattered


_IMPORT_ALL = """
import importlib
import pkgutil
import sys

package, optional, parts, adapters = sys.argv[1], *(text.split(',') for text in sys.argv[2:])


class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] in optional:
            raise ModuleNotFoundError(f'No module named {name!r}', name=name)


sys.meta_path.insert(0, Absent())
count = 0
root = importlib.import_module(package)
for part in pkgutil.iter_modules(root.__path__, package + '.'):
    if part.name.split('.')[1] not in parts:
        continue
    folder = importlib.import_module(part.name)
    count += 1
    for module in pkgutil.walk_packages(folder.__path__, part.name + '.'):
        if module.name not in adapters:
            importlib.import_module(module.name)
        count += 1
print(count)
"""


@pytest.mark.parametrize(('module', 'dependency'), _ADAPTERS.items())
def test_adapters_import_their_dependency(module: str, dependency: str) -> None:
    path = _ROOT.joinpath(*module.split('.')).with_suffix('.py')
    assert dependency in set(_imported(path))


def test_everything_below_ros_imports_without_optional_dependencies() -> None:
    """In a fresh interpreter in which each optional module is as good as not installed."""
    done = subprocess.run(
        [
            sys.executable,
            '-c',
            _IMPORT_ALL,
            _PACKAGE,
            ','.join(_OPTIONAL),
            ','.join(_WITHOUT_ROS),
            ','.join(_ADAPTERS),
        ],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    below_ros = [path for path in _SOURCES if _own_part(path) in _WITHOUT_ROS]
    assert int(done.stdout) == len(below_ros), 'a folder lacks its __init__.py'
