# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Stamps count whole nanoseconds, everything else reckons in seconds: the way between them."""

from __future__ import annotations

SECOND_NS = 1_000_000_000
"""One second: what whole nanoseconds are multiplied with and divided by, without losing one."""


def to_seconds(time_ns: int) -> float:
    """Give nanoseconds in seconds: of a time since 1970, to a quarter of a microsecond."""
    return time_ns / SECOND_NS


def to_nanoseconds(time_s: float) -> int:
    """Give seconds in whole nanoseconds, the nearest ones."""
    return round(time_s * SECOND_NS)
