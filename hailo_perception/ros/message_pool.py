# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Parts of messages that are filled again for every frame: making them costs more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic
from typing import TypeVar

MessageT = TypeVar('MessageT')


class MessagePool(Generic[MessageT]):
    """As many messages of one kind as a frame ever needed."""

    def __init__(self, make: Callable[[], MessageT]) -> None:
        """Make more by ``make`` when they are needed."""
        self._make = make
        self._messages: list[MessageT] = []

    def take(self, count: int) -> list[MessageT]:
        """Give the first messages in a new list; they hold what they held before."""
        while len(self._messages) < count:
            self._messages.append(self._make())
        return self._messages[:count]
