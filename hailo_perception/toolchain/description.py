# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The note beside a calibration set that says which network's input it was made for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.models.specification import InputSpecification

DESCRIPTION_VERSION = 1


def description_file(array_file: Path) -> Path:
    """Name the note of a set."""
    return array_file.with_suffix('.json')


def describe_input(input: InputSpecification) -> dict[str, Any]:
    """List what changes the pixels of a prepared picture, and nothing else."""
    described: dict[str, Any] = {
        'width': input.width,
        'height': input.height,
        'color_order': input.color_order,
        'resize': input.resize,
        'interpolation': input.interpolation,
    }
    if input.resize == 'letterbox':
        described |= {'anchor': input.anchor, 'padding_value': input.padding_value}
    return described


def read_described_input(array_file: Path) -> dict[str, Any] | None:
    """Read what a set was made for; None without a note, ConfigurationError for a broken one."""
    path = description_file(array_file)
    if not path.exists():
        return None
    try:
        content = json.loads(path.read_text(encoding='utf-8'))
        version, described = content['description_version'], content['input']
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(
            f'{path}: expected the note that "hailo-perception calibrate" writes beside a set, '
            f'found something else ({error!r}); make the set again or remove the note'
        ) from error
    if version != DESCRIPTION_VERSION or not isinstance(described, dict):
        raise ConfigurationError(
            f'{path}: expected description_version {DESCRIPTION_VERSION}, found {version}; make '
            'the set again'
        )
    return described
