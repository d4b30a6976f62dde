# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""How native functions take their arguments: the right type or a TypeError."""

from __future__ import annotations

import numbers
from typing import Any


def require_type(value: Any, kind: type) -> Any:
    """Take a value of that native type only."""
    if type(value) is not kind:
        raise TypeError(f'incompatible function arguments: expected {kind}, got {value!r}')
    return value


def require_int(value: Any, most: int = 0xFFFFFFFF) -> int:
    """Take an unsigned integer of at most that value."""
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise TypeError(f'incompatible function arguments: expected an int, got {value!r}')
    if not 0 <= int(value) <= most:
        raise TypeError(f'incompatible function arguments: expected 0..{most}, got {value}')
    return int(value)


def require_float(value: Any) -> float:
    """Take a real number."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f'incompatible function arguments: expected a float, got {value!r}')
    return float(value)
