# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Tables of plain text, and values as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from dataclasses import is_dataclass
from enum import Enum
import json
import math
from typing import Any

NOTHING = '–'


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Align columns: the first to the left, the others to the right."""
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    lines = [
        '  '.join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (head, ['─' * width for width in widths], *rows)
    ]
    return '\n'.join(lines)


def number(value: float | None, digits: int = 2, unit: str = '') -> str:
    """Write a number, or a dash where there is none."""
    if value is None or math.isnan(value):
        return NOTHING
    return f'{value:.{digits}f}{unit}'


def to_json(benchmark: str, machine: object, result: object) -> str:
    """Write a result with the machine that it belongs to; NaN and infinity become null."""
    document = {
        'benchmark': benchmark,
        'machine': plain_values(machine),
        'result': plain_values(result),
    }
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + '\n'


def plain_values(value: Any) -> Any:
    """Turn dataclasses with their properties, mappings and sequences into what JSON knows."""
    if is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in fields(value)]
        names += [
            name for name, member in vars(type(value)).items() if isinstance(member, property)
        ]
        return {name: plain_values(getattr(value, name)) for name in names}
    if isinstance(value, dict):
        return {_key(key): plain_values(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_values(each) for each in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return value


def _key(key: Any) -> str:
    return str(key.value if isinstance(key, Enum) else key)
