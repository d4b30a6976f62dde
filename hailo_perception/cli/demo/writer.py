# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One thread that writes, behind a queue that never blocks who fills it."""

from __future__ import annotations

from collections import Counter
from collections import deque
from collections.abc import Callable
from collections.abc import Mapping
from threading import Condition
from threading import Thread

from hailo_perception.cli.demo.arrival import Arrival

_LARGEST_QUEUE_BYTES = 96 * 1024 * 1024


class BackgroundWriter:
    """Hands arrivals to ``write`` on a thread of its own, in their order.

    The queue is bounded by its bytes. What does not fit is dropped and counted by topic. When
    ``write`` raises, the thread ends and ``error`` holds what it raised.
    """

    def __init__(
        self, write: Callable[[Arrival], None], capacity_bytes: int = _LARGEST_QUEUE_BYTES
    ) -> None:
        """Start the thread."""
        self._write = write
        self._capacity_bytes = capacity_bytes
        self._waiting: deque[Arrival] = deque()
        self._waiting_bytes = 0
        self._changed = Condition()
        self._is_closing = False
        self._dropped: Counter[str] = Counter()
        self.error: Exception | None = None
        self._thread = Thread(target=self._run, name='demo.writer', daemon=True)
        self._thread.start()

    @property
    def dropped(self) -> Mapping[str, int]:
        """Messages that were not written, by topic."""
        with self._changed:
            return dict(self._dropped)

    @property
    def waiting_bytes(self) -> int:
        """How much waits to be written."""
        return self._waiting_bytes

    def put(self, arrival: Arrival) -> None:
        """Queue an arrival, or count it as dropped when there is no room."""
        with self._changed:
            is_full = self._waiting_bytes + len(arrival.data) > self._capacity_bytes
            if self._is_closing or self.error or (is_full and self._waiting):
                self._dropped[arrival.topic.name] += 1
                return
            self._waiting.append(arrival)
            self._waiting_bytes += len(arrival.data)
            self._changed.notify()

    def finish(self) -> None:
        """Take nothing more; the thread ends when the queue is empty."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()

    def abandon(self) -> None:
        """Drop what waits, counted; the thread ends after the message in hand."""
        with self._changed:
            self._is_closing = True
            self._drop_all()
            self._changed.notify()

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread's end; returns whether it came."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (arrival := self._next()) is not None:
            try:
                self._write(arrival)
            except Exception as error:
                with self._changed:
                    self.error = error
                    self._dropped[arrival.topic.name] += 1
                    self._drop_all()
                return

    def _next(self) -> Arrival | None:
        with self._changed:
            while not self._waiting and not self._is_closing:
                self._changed.wait()
            if not self._waiting:
                return None
            arrival = self._waiting.popleft()
            self._waiting_bytes -= len(arrival.data)
            return arrival

    def _drop_all(self) -> None:
        self._dropped.update(arrival.topic.name for arrival in self._waiting)
        self._waiting.clear()
        self._waiting_bytes = 0
