# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Saying what takes so long, while it does."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer

_PATIENCE_S = 3.0
"""After that somebody who watches wonders whether anything goes on."""


@contextmanager
def told_if_slow(
    tell: Callable[[str], object], sentence: str, patience_s: float = _PATIENCE_S
) -> Iterator[None]:
    """Tell the sentence, on a thread of its own, if what is done inside takes longer."""
    timer = Timer(patience_s, tell, (sentence,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
