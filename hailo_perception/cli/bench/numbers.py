# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Numbers in the options of the benchmarks: sizes, and one value for each camera."""

from __future__ import annotations

from hailo_perception.core.errors import ConfigurationError


def read_size(option: str, text: str) -> tuple[int, int]:
    """Read width and height in pixels; ConfigurationError shows an example."""
    width, _, height = text.lower().partition('x')
    if not (width.isdecimal() and height.isdecimal() and int(width) > 0 and int(height) > 0):
        raise ConfigurationError(f'{option} must be like 1440x960, got {text!r}')
    return int(width), int(height)


def read_of_each(option: str, text: str, cameras: int) -> tuple[float, ...]:
    """Read a number for every camera, or one for all of them."""
    values = read_numbers(option, text)
    if len(values) == 1:
        return values * cameras
    if len(values) != cameras:
        raise ConfigurationError(
            f'{option}: {cameras} cameras need one number or as many, got {text!r}'
        )
    return values


def read_numbers(option: str, text: str) -> tuple[float, ...]:
    """Read numbers separated by commas; ConfigurationError shows an example."""
    try:
        return tuple(float(part) for part in text.split(','))
    except ValueError:
        raise ConfigurationError(f'{option} must be like 30 or 30,10,5, got {text!r}') from None


def to_whole(option: str, value: float) -> int:
    """Take a number that counts or names something; ConfigurationError for a fraction."""
    if not value.is_integer():
        raise ConfigurationError(f'{option} takes whole numbers, got {value:g}')
    return int(value)
