# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Reading the small text formats of /proc, /sys and command outputs; garbage reads as absent."""

from __future__ import annotations

from collections.abc import Iterable
import re

_WHOLE = re.compile(r'-?[0-9]{1,15}\Z')
_MOST_CORES = 4096
_VERSION = re.compile(r'(?<![0-9.])([0-9]{1,5})\.([0-9]{1,5})(?:\.([0-9]{1,5}))?')

Version = tuple[int, int, int]


def whole(text: str) -> int | None:
    """Read a whole number of at most 15 digits."""
    text = text.strip()
    return int(text) if _WHOLE.match(text) else None


def version_in(text: str | None) -> Version | None:
    """Find the first version number, ``4.20`` or ``4.20.1``, in a text."""
    found = _VERSION.search(text or '')
    return (int(found[1]), int(found[2]), int(found[3] or 0)) if found else None


def written(version: Version) -> str:
    """Write a version with its dots."""
    return '.'.join(map(str, version))


def numbers(text: str) -> tuple[int, ...]:
    """Read a kernel list such as ``0-3,6``; empty where it is not one."""
    found: set[int] = set()
    for part in text.split(',') if text.strip() else ():
        first, dash, last = part.partition('-')
        start, end = whole(first), whole(last) if dash else whole(first)
        if start is None or end is None or not 0 <= start <= end < _MOST_CORES:
            return ()
        found.update(range(start, end + 1))
    return tuple(sorted(found))


def ranges(values: Iterable[int]) -> str:
    """Write whole numbers as the kernel and taskset do: ``0-3,6``."""
    runs: list[list[int]] = []
    for value in sorted(set(values)):
        if runs and value == runs[-1][-1] + 1:
            runs[-1][1:] = [value]
        else:
            runs.append([value])
    return ','.join('-'.join(map(str, run)) for run in runs)


def field_of(text: str | None, name: str) -> str:
    """Find ``name: value`` in a text of such lines; empty where it is missing."""
    for line in (text or '').splitlines():
        key, colon, value = line.partition(':')
        if colon and key.strip().lower() == name.lower():
            return value.replace('\0', ' ').strip()
    return ''


def amount(size: int) -> str:
    """Write a number of bytes in the unit that fits."""
    for unit, factor in (('GiB', 1 << 30), ('MiB', 1 << 20), ('KiB', 1 << 10)):
        if size >= factor:
            return f'{size / factor:.4g} {unit}'
    return f'{size} bytes'
