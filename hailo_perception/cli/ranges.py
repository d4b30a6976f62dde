# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Options of the form A:B, and the lines that tell how far a long command is."""

from __future__ import annotations

from collections.abc import Callable
import math
import sys

from hailo_perception.core.errors import ConfigurationError

_PROGRESS_STEPS = 10


def frame_range(option: str, text: str | None) -> tuple[int | None, int | None]:
    """Read frame numbers A:B, of which either may be missing; ConfigurationError else."""
    first, separator, end = (text or ':').partition(':')
    try:
        if not separator:
            raise ValueError('no colon')
        return int(first) if first else None, int(end) if end else None
    except ValueError:
        raise ConfigurationError(
            f'{option} {text}: expected A:B, two frame numbers of which either may be missing'
        ) from None


def metre_range(option: str, text: str) -> tuple[float, float]:
    """Read metres A:B with 0 < A < B, both finite; ConfigurationError else."""
    try:
        near, far = (float(value) for value in text.split(':'))
    except ValueError:
        near, far = 0.0, 0.0
    if not 0 < near < far < math.inf:
        raise ConfigurationError(
            f'{option} {text}: expected A:B in metres with 0 < A < B, both finite, such as 3:60'
        )
    return near, far


def progress(count: int, what: str) -> Callable[[int], None]:
    """Make a listener that prints about _PROGRESS_STEPS lines."""
    step = -(-count // _PROGRESS_STEPS)

    def tell(done: int) -> None:
        if done % step == 0 or done == count:
            print(f'{done} of {count} {what}', file=sys.stderr, flush=True)

    return tell
