# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One waiting value for each camera, or one waiting set of all; a newer one replaces it."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping
from typing import Generic
from typing import TypeVar

T = TypeVar('T')


class Mailbox(Generic[T]):
    """One slot for each camera. Not locked: its owner's lock guards it.

    Values come one by one, or as sets that stay together: a set of which one value was taken is
    emptied before the next set shows, and until then the next one waits behind it.
    """

    def __init__(self) -> None:
        """Start with nothing waiting."""
        self._waiting: dict[str, T] = {}
        self._next_set: dict[str, T] = {}
        self._is_begun = False

    @property
    def holds_whole_set(self) -> bool:
        """Whether a set waits of which nothing was taken yet."""
        return bool(self._next_set or (self._waiting and not self._is_begun))

    def put(self, camera: str, value: T) -> T | None:
        """Let a value wait and return the one that it replaced, None when there was none."""
        replaced = self._waiting.get(camera)
        self._waiting[camera] = value
        return replaced

    def put_set(self, values: Mapping[str, T]) -> Mapping[str, T]:
        """Let a set wait and return the one that it replaced, empty when there was none."""
        if self._is_begun:
            replaced, self._next_set = self._next_set, dict(values)
        else:
            replaced, self._waiting = self._waiting, dict(values)
        return replaced

    def take(self, camera: str) -> T:
        """Take the value of a camera out, to be used; KeyError when nothing waits."""
        value = self._waiting.pop(camera)
        self._is_begun = True
        self._turn_page()
        return value

    def discard(self, camera: str) -> T:
        """Take the value of a camera out, not to be used; KeyError when nothing waits."""
        value = self._waiting.pop(camera)
        self._turn_page()
        return value

    def _turn_page(self) -> None:
        if not self._waiting:
            self._waiting, self._next_set = self._next_set, {}
            self._is_begun = False

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
