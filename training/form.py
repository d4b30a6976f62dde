# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Frozen dataclasses from plain YAML values and back, checked all the way down."""

from __future__ import annotations

import dataclasses
import types
from typing import Any
from typing import get_args
from typing import get_origin
from typing import get_type_hints
from typing import Literal
from typing import TypeVar
from typing import Union

T = TypeVar('T')


class DescriptionError(ValueError):
    """A description that does not fit its form; names the place, the expected and the found."""


def build(kind: type[T], content: Any, where: str) -> T:
    """Make a dataclass from a mapping, checking keys and types all the way down.

    Raises DescriptionError naming the place within ``where``.
    """
    if not isinstance(content, dict):
        raise DescriptionError(f'{where}: expected a mapping, got {content!r}')
    fields = {f.name: f for f in dataclasses.fields(kind)}  # type: ignore[arg-type]
    unknown = sorted(set(content) - set(fields))
    if unknown:
        raise DescriptionError(f'{where}: unknown keys {unknown}; known are {sorted(fields)}')
    missing = [
        name
        for name, f in fields.items()
        if f.default is dataclasses.MISSING and name not in content
    ]
    if missing:
        raise DescriptionError(f'{where}: missing keys {missing}')
    hints = get_type_hints(kind)
    return kind(
        **{key: _convert(hints[key], value, f'{where}: {key}') for key, value in content.items()}
    )


def plain(value: Any) -> Any:
    """Turn a dataclass back into the mappings and lists that ``build`` reads."""
    if dataclasses.is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    return [plain(item) for item in value] if isinstance(value, tuple) else value


def _convert(hint: Any, value: Any, where: str) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        if value is None:
            return None
        return _convert(next(a for a in arguments if a is not type(None)), value, where)
    if origin is tuple:
        return _convert_tuple(arguments, value, where)
    if origin is Literal:
        if value not in arguments:
            raise DescriptionError(f'{where}: expected one of {arguments}, got {value!r}')
        return value
    if dataclasses.is_dataclass(hint):
        return build(hint, value, where)  # type: ignore[arg-type]
    accepted = (int, float) if hint is float else (hint,)
    if isinstance(value, bool) or not isinstance(value, accepted):
        raise DescriptionError(f'{where}: expected {hint.__name__}, got {value!r}')
    return hint(value)


def _convert_tuple(arguments: tuple[Any, ...], value: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise DescriptionError(f'{where}: expected a list, got {value!r}')
    if arguments[-1] is Ellipsis:
        arguments = (arguments[0],) * len(value)
    if len(value) != len(arguments):
        raise DescriptionError(f'{where}: expected {len(arguments)} values, got {len(value)}')
    return tuple(_convert(a, v, f'{where}[{i}]') for i, (a, v) in enumerate(zip(arguments, value)))
