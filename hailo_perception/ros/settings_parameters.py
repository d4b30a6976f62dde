# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The tasks' settings as run-time parameters: declared once, in the settings themselves."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import fields
from dataclasses import replace
import math
from typing import Any

from hailo_perception.ros.parameters import Parameter
from hailo_perception.tasks.settings import declaration_of
from hailo_perception.tasks.settings import PostprocessSettings


def settings_parameters(settings: PostprocessSettings) -> tuple[Parameter, ...]:
    """List a parameter for each setting, named group.setting, with the given values as default.

    A pair becomes an array of two numbers.
    """
    rows = []
    for group, name, value in _each_setting(settings):
        declaration = declaration_of(getattr(settings, group), name)
        is_array = isinstance(value, tuple)
        unit = f' [{declaration.unit}]' if declaration.unit else ''
        rows.append(
            Parameter(
                name=f'{group}.{name}',
                default=list(value) if is_array else value,
                description=f'{declaration.description}{unit}',
                minimum=_limit(declaration.minimum),
                maximum=_limit(declaration.maximum),
                read_only=False,
            )
        )
    return tuple(rows)


def settings_of(values: Mapping[str, Any], base: PostprocessSettings) -> PostprocessSettings:
    """Change a base by parameter values; ConfigurationError when a value is not legal.

    Values of other parameters are passed over.
    """
    groups = {}
    for group in fields(base):
        current = getattr(base, group.name)
        changes = {
            setting.name: _plain(values[key])
            for setting in fields(current)
            if (key := f'{group.name}.{setting.name}') in values
        }
        groups[group.name] = replace(current, **changes)
    return replace(base, **groups)


def _each_setting(settings: PostprocessSettings) -> Iterator[tuple[str, str, Any]]:
    for group in fields(settings):
        values = getattr(settings, group.name)
        for setting in fields(values):
            yield group.name, setting.name, getattr(values, setting.name)


def _limit(bound: float | None) -> float | None:
    """Drop an infinite bound, which parameter descriptors cannot express."""
    return bound if bound is not None and math.isfinite(bound) else None


def _plain(value: Any) -> Any:
    """Turn a parameter array into the tuple that settings hold."""
    return value if isinstance(value, bool | int | float | str) else tuple(value)
