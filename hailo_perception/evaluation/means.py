# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Means of figures of which some do not exist."""

from __future__ import annotations

from collections.abc import Iterable
import statistics


def mean_of_known(values: Iterable[float | None]) -> float | None:
    """Average the values that exist; None when none does."""
    known = [value for value in values if value is not None]
    return statistics.fmean(known) if known else None
