# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Message definitions as MCAP's ros2msg schemas, written from the message classes themselves.

The classes are what serialises the recorded bytes, so the text fits them wherever the interface
packages keep their .msg files, and whether or not these were installed at all.
"""

from __future__ import annotations

from importlib import import_module
import re
from typing import Any

_SEPARATOR = '=' * 80
_PRIMITIVES = {
    'boolean': 'bool',
    'octet': 'byte',
    'char': 'char',
    'float': 'float32',
    'double': 'float64',
    'string': 'string',
    'wstring': 'wstring',
    **{f'{sign}int{bits}': f'{sign}int{bits}' for sign in ('', 'u') for bits in (8, 16, 32, 64)},
}
_SEQUENCE = re.compile(r'sequence<(?P<item>.+?)(?:, *(?P<bound>\d+))?>\Z')
_ARRAY = re.compile(r'(?P<item>.+)\[(?P<size>\d+)\]\Z')
_BOUNDED_STRING = re.compile(r'(?P<kind>w?string)<(?P<bound>\d+)>\Z')


def type_name(message_type: Any) -> str:
    """Name a message class as ROS does: package/msg/Name."""
    package = message_type.__module__.partition('.')[0]
    return f'{package}/msg/{message_type.__name__}'


def schema_text(message_type: Any) -> str:
    """Define a message class and everything that it contains, in MCAP's ros2msg form.

    https://mcap.dev/spec/registry#ros2msg: the definition, then each dependency after a line of
    80 equals signs and its name.
    """
    fields, dependencies = _definition(message_type)
    parts = [fields]
    waiting = list(dependencies)
    done = set()
    while waiting:
        name = waiting.pop(0)
        if name in done:
            continue
        done.add(name)
        fields, dependencies = _definition(_class_of(name))
        parts.append(f'{_SEPARATOR}\nMSG: {name}\n{fields}')
        waiting += dependencies
    return ''.join(parts)


def field_type(idl: str) -> tuple[str, str]:
    """Translate an IDL type of a message class to .msg: the item's type, and the array suffix.

    ``sequence<double, 3>`` becomes ``float64`` and ``[<=3]``.
    """
    if match := _SEQUENCE.match(idl):
        bound = f'<={match["bound"]}' if match['bound'] else ''
        return _item_type(match['item']), f'[{bound}]'
    if match := _ARRAY.match(idl):
        return _item_type(match['item']), f'[{match["size"]}]'
    return _item_type(idl), ''


def _item_type(idl: str) -> str:
    if match := _BOUNDED_STRING.match(idl):
        return f'{match["kind"]}<={match["bound"]}'
    return _PRIMITIVES.get(idl, idl)


def _definition(message_type: Any) -> tuple[str, list[str]]:
    lines, dependencies = [], []
    for name, idl in message_type.get_fields_and_field_types().items():
        item, suffix = field_type(idl)
        lines.append(f'{item}{suffix} {name}\n')
        if '/' in item:
            dependencies.append(item)
    return ''.join(lines), dependencies


def _class_of(name: str) -> Any:
    package, _, message = name.partition('/')
    return getattr(import_module(f'{package}.msg'), message)
