# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Calibration files as camera_calibration and the camera drivers write them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.errors import ConfigurationError


def load_calibration(path: Path) -> CameraModel:
    """Read a camera_info YAML file: image size, camera_matrix, distortion.

    ConfigurationError names the file and the missing or wrong key.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding='utf-8'))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f'cannot read the calibration {path}: {error}') from error
    except yaml.YAMLError as error:
        raise ConfigurationError(f'{path} is not YAML: {" ".join(str(error).split())}') from error
    if not isinstance(document, dict):
        raise ConfigurationError(f'{path}: expected the keys of a camera_info file')
    matrix = _numbers(path, document, 'camera_matrix', 9)
    distortion = _numbers(path, document, 'distortion_coefficients')
    return CameraModel(
        width=_value(path, document, 'image_width', int),
        height=_value(path, document, 'image_height', int),
        fx=matrix[0],
        fy=matrix[4],
        cx=matrix[2],
        cy=matrix[5],
        distortion_model=str(document.get('distortion_model', 'plumb_bob')),
        distortion=distortion if any(distortion) else (),
    )


def _value(path: Path, document: dict[str, Any], key: str, kind: type) -> Any:
    value = document.get(key)
    if not isinstance(value, kind):
        raise ConfigurationError(f'{path}: {key} must be {kind.__name__}, got {value!r}')
    return value


def _numbers(
    path: Path, document: dict[str, Any], key: str, count: int | None = None
) -> tuple[float, ...]:
    entry = document.get(key)
    data = entry.get('data') if isinstance(entry, dict) else None
    if (
        not isinstance(data, list)
        or not all(isinstance(number, int | float) for number in data)
        or (count is not None and len(data) != count)
    ):
        wanted = 'numbers' if count is None else f'{count} numbers'
        raise ConfigurationError(f'{path}: {key}.data must be a list of {wanted}, got {data!r}')
    return tuple(float(number) for number in data)
