# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One waiting value for each camera; a newer one replaces it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic
from typing import TypeVar

T = TypeVar('T')


class Mailbox(Generic[T]):
    """One slot for each camera. Not locked: its owner's lock guards it."""

    def __init__(self) -> None:
        """Start with nothing waiting."""
        self._waiting: dict[str, T] = {}

    def put(self, camera: str, value: T) -> T | None:
        """Let a value wait and return the one that it replaced, None when there was none."""
        replaced = self._waiting.get(camera)
        self._waiting[camera] = value
        return replaced

    def take(self, camera: str) -> T:
        """Take the value of a camera out; KeyError when nothing waits."""
        return self._waiting.pop(camera)

    def peek(self, camera: str) -> T:
        """Look at the value of a camera; KeyError when nothing waits."""
        return self._waiting[camera]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the cameras that have something waiting, longest waiting slot first."""
        return iter(self._waiting)

    def __len__(self) -> int:
        """Count the cameras that have something waiting."""
        return len(self._waiting)

    def __contains__(self, camera: object) -> bool:
        """Tell whether a camera has something waiting."""
        return camera in self._waiting
