# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What either of two threads may compute, whichever comes first."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Generic
from typing import TypeVar

ValueT = TypeVar('ValueT')


class Once(Generic[ValueT]):
    """A value that the first who asks computes, while others wait for it.

    What computing raises comes out, and who asks next computes again.
    """

    def __init__(self, compute: Callable[[], ValueT]) -> None:
        """Compute nothing yet."""
        self._compute = compute
        self._lock = Lock()
        self._found: tuple[ValueT] | None = None

    def __call__(self) -> ValueT:
        """Give the value."""
        with self._lock:
            if self._found is None:
                self._found = (self._compute(),)
            return self._found[0]
