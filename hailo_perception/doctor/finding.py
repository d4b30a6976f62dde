# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a check says: how grave it is, the fact, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Severity(str, Enum):
    """How much a fact matters."""

    OK = 'ok'
    WARNING = 'warning'
    """It works, but slower, later or less of it than it could."""
    ERROR = 'error'
    """Something that was installed or fitted cannot work."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the examination; ``check`` is its stable name within the group."""

    check: str
    severity: Severity
    fact: str
    remedy: str = ''


def ok(check: str, fact: str, advice: str = '') -> Finding:
    """State that all is well; advice is for those who want more."""
    return Finding(check, Severity.OK, fact, advice)


def warning(check: str, fact: str, remedy: str) -> Finding:
    """State what costs something."""
    return Finding(check, Severity.WARNING, fact, remedy)


def error(check: str, fact: str, remedy: str) -> Finding:
    """State what cannot work."""
    return Finding(check, Severity.ERROR, fact, remedy)
