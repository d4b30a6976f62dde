# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What the text of a launch argument stands for; what it cannot is refused before anything starts.

Each raises ConfigurationError with what was expected and what came.
"""

from __future__ import annotations

import math
from pathlib import Path

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.models.catalog import find_model


def existing_file(path: str) -> str:
    """Take the path of a file that is there."""
    if not Path(path).is_file():
        raise ConfigurationError(f"expected the path of a file, got '{path}'")
    return path


def known_model(model: str) -> str:
    """Take the name of a packaged model, or the path of a manifest that is there."""
    find_model(model)
    return model


def whole_number(value: str) -> int:
    """Take a whole number."""
    try:
        return int(value)
    except ValueError as error:
        raise ConfigurationError(f"expected a whole number, got '{value}'") from error


def number(value: str) -> float:
    """Take a number that is finite."""
    try:
        read = float(value)
    except ValueError:
        read = math.nan
    if not math.isfinite(read):
        raise ConfigurationError(f"expected a number, got '{value}'")
    return read
