# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The tasks' settings as run-time parameters: declared once, in the settings themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from dataclasses import replace
import math
from typing import Any
from typing import TypeVar

from hailo_perception.ros.parameters import Parameter
from hailo_perception.tasks.settings import declaration_of

Group = TypeVar('Group')
Settings = TypeVar('Settings')


def settings_parameters(settings: Any) -> tuple[Parameter, ...]:
    """List a parameter for each setting, named group.setting, with the given values as default.

    ``settings`` is a dataclass of such groups, e.g. PostprocessSettings.
    """
    return tuple(
        row
        for group in fields(settings)
        for row in group_parameters(group.name, getattr(settings, group.name))
    )


def settings_of(values: Mapping[str, Any], base: Settings) -> Settings:
    """Change a dataclass of groups by parameter values; ConfigurationError for an illegal one.

    All values are taken together, so of two that are legal only together each is. Values of
    other parameters are passed over.
    """
    groups = {
        group.name: group_of(group.name, values, getattr(base, group.name))
        for group in fields(base)  # type: ignore[arg-type]
    }
    return replace(base, **groups)  # type: ignore[type-var]


def group_parameters(
    prefix: str, group: Any, *, read_only: bool = False
) -> tuple[Parameter, ...]:
    """List a parameter for each field of one settings object, named prefix.field.

    A pair becomes an array of two numbers.
    """
    rows = []
    for item in fields(group):
        declaration = declaration_of(group, item.name)
        value = getattr(group, item.name)
        rows.append(
            Parameter(
                name=f'{prefix}.{item.name}',
                default=list(value) if isinstance(value, tuple) else value,
                description=declaration.description,
                minimum=_limit(declaration.minimum),
                maximum=_limit(declaration.maximum),
                choices=declaration.choices,
                read_only=read_only,
                unit=declaration.unit,
            )
        )
    return tuple(rows)


def group_of(prefix: str, values: Mapping[str, Any], base: Group) -> Group:
    """Change one settings object by parameter values named prefix.field.

    ConfigurationError names the parameter where its own value is not legal, the fields where
    several are not together.
    """
    for row in group_parameters(prefix, base):
        if row.name in values:
            row.check(values[row.name])
    changes = {
        item.name: _plain(values[key])
        for item in fields(base)  # type: ignore[arg-type]
        if (key := f'{prefix}.{item.name}') in values
    }
    return replace(base, **changes)  # type: ignore[type-var]


def _limit(bound: float | None) -> float | None:
    """Drop an infinite bound, which parameter descriptors cannot express."""
    return bound if bound is not None and math.isfinite(bound) else None


def _plain(value: Any) -> Any:
    """Turn a parameter array into the tuple that settings hold."""
    return value if isinstance(value, bool | int | float | str) else tuple(value)
