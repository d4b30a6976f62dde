# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A list of cameras in a YAML file, as parameters of the perception node."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from hailo_perception.core.camera_name import CAMERA_NAME_RULE
from hailo_perception.core.camera_name import is_camera_name
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.nodes.camera_parameters import camera_parameters
from hailo_perception.nodes.camera_parameters import camera_settings_parameters
from hailo_perception.ros.parameters import Parameter
from hailo_perception.ros.parameters import ParameterError

_CAMERAS = 'cameras'
_NAME = 'name'


class CamerasFileError(ConfigurationError):
    """A cameras file is wrong; the message names file, key, what was expected and what came."""


def load_cameras(path: Path) -> dict[str, Any]:
    """Read a cameras file: node parameters by name.

    The file holds ``cameras``, a list; each entry has a ``name`` and any of the parameters
    ``camera.<name>.…`` of docs/parameters.md, without that prefix. CamerasFileError otherwise.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding='utf-8'))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = ' '.join(str(error).split())
        raise CamerasFileError(f'{path}: cannot be read as YAML: {reason}') from error
    if not isinstance(content, dict) or set(content) != {_CAMERAS}:
        found = sorted(map(str, content)) if isinstance(content, dict) else content
        raise CamerasFileError(f"{path}: expected the one key '{_CAMERAS}', got {found}")
    entries = content[_CAMERAS]
    if not isinstance(entries, list) or not entries:
        raise CamerasFileError(
            f'{path}: {_CAMERAS}: expected a list of one or more cameras, got {entries!r}'
        )
    parameters: dict[str, Any] = {_CAMERAS: []}
    for number, entry in enumerate(entries):
        where = f'{path}: {_CAMERAS}[{number}]'
        name = _name_of(entry, where)
        if name in parameters[_CAMERAS]:
            raise CamerasFileError(f"{where}.{_NAME}: '{name}' is the name of an earlier camera")
        parameters[_CAMERAS].append(name)
        parameters |= _parameters_of(name, entry, where)
    return parameters


def _name_of(entry: Any, where: str) -> str:
    if not isinstance(entry, dict):
        raise CamerasFileError(f"{where}: expected keys such as '{_NAME}: front', got {entry!r}")
    name = entry.get(_NAME)
    if not isinstance(name, str) or not is_camera_name(name):
        raise CamerasFileError(f'{where}.{_NAME}: expected {CAMERA_NAME_RULE}, got {name!r}')
    return name


def _parameters_of(camera: str, entry: Mapping[Any, Any], where: str) -> dict[str, Any]:
    prefix = f'camera.{camera}.'
    rows: dict[str, Parameter] = {
        row.name.removeprefix(prefix): row
        for row in (*camera_parameters(camera), *camera_settings_parameters(camera))
    }
    values = {}
    for key, value in entry.items():
        if key == _NAME:
            continue
        row = rows.get(key)
        if row is None:
            near = get_close_matches(str(key), rows, 1)
            hint = f"did you mean '{near[0]}'?" if near else f"expected some of {', '.join(rows)}"
            raise CamerasFileError(f'{where}.{key}: no such key; {hint}')
        number = float(value) if type(value) is int and isinstance(row.default, float) else value
        try:
            row.check(number)
        except ParameterError as error:
            raise CamerasFileError(f'{where}.{key}: {error}') from error
        values[row.name] = number
    return values
