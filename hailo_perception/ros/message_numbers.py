# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""How many messages were sent and never came, by the numbers that a publisher gives them."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Hashable


class MessageNumbers:
    """Counts the gaps between the numbers of one publisher's messages.

    A message does not say whose it is, and every publisher counts for itself. So a gap is one only
    where the same publisher had the topic to itself before and after it.
    """

    def __init__(self, lone_publisher: Callable[[], Hashable | None]) -> None:
        """Begin; ``lone_publisher()`` names the only one at that moment, None where it is not.

        It is called where numbers do not follow one another, on the thread of the messages.
        """
        self._lone_publisher = lone_publisher
        self._last: int | None = None
        self._publisher: Hashable | None = None

    def missed_before(self, number: int | None) -> int:
        """Count what is missing before the message that just came; None is one without number."""
        last, self._last = self._last, number
        if number is None or (last is not None and number == last + 1):
            return 0
        before, self._publisher = self._publisher, self._lone_publisher()
        if last is None or before is None or before != self._publisher:
            return 0
        return max(number - last - 1, 0)

    def forget(self) -> None:
        """Count nothing before the next message; may be called by another thread."""
        self._last = None
