# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Messages as the bytes that travel, for those that have many small parts or a large one.

Whoever publishes a message object pays for each of its parts four times: it is made, filled, read
by rclpy and written by the middleware. Bytes are written once, whole arrays at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
import struct
import sys
from typing import Any
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.message_room import memory_around
from hailo_perception.core.message_room import ROOM_BEFORE
from hailo_perception.core.message_room import ROOM_BEHIND

ENCAPSULATION = b'\x00\x01\x00\x00' if sys.byteorder == 'little' else b'\x00\x00\x00\x00'
"""What every message begins with: that it is plain CDR, and its byte order."""

_MOST_ALIGNED = 8


@lru_cache(maxsize=1024)
def _struct(layout: str, begin: int) -> struct.Struct:
    """Compile a layout; struct aligns as CDR does, if it begins where the fields do.

    struct's own cache holds a hundred, and texts of all lengths begin anywhere.
    """
    return struct.Struct(f'{begin}x{layout}')


class CdrText(NamedTuple):
    """A text as a part of ``CdrWriter.fields``: its length with the closing zero, and itself."""

    layout: str
    values: tuple[int, bytes]

    @classmethod
    @lru_cache(maxsize=4096)
    def of(cls, text: str) -> CdrText:
        """Encode a text; the same few hundred come again and again."""
        encoded = text.encode()
        # struct fills up with zeros.
        return cls(f'I{len(encoded) + 1}s', (len(encoded) + 1, encoded))


class CdrWriter:
    """Writes the fields of a message in their order: plain CDR, in this computer's byte order.

    CDR is OMG's Common Data Representation (DDS-XTypes, XCDR version 1), which every middleware of
    ROS 2 takes and gives as serialised messages. A field is aligned to its own size, counted from
    the end of the four bytes that say the byte order; a text has its length before it, a sequence
    its count.
    """

    def __init__(self) -> None:
        """Begin a message."""
        self._bytes = bytearray(ENCAPSULATION)

    def fields(self, layout: str, *values: Any) -> None:
        """Write numbers and texts: their layout in the letters of ``struct``, and their values."""
        begin = (len(self._bytes) - len(ENCAPSULATION)) % _MOST_ALIGNED
        self._bytes += _struct(layout, begin).pack(*values)[begin:]

    def sequence(self, letter: str, elements: NDArray[Any]) -> None:
        """Write a sequence of numbers (N,), or (N, M) of messages of M numbers of one type."""
        self.fields('I', len(elements))
        if elements.size:
            self.fields(f'0{letter}')
            self._bytes += np.ascontiguousarray(elements, letter).data.cast('B')

    def records(self, *parts: NDArray[Any] | Sequence[bytes]) -> None:
        """Write messages one after another, each of one row (N, M) or entry (N,) of all parts.

        All parts are of fields of four bytes, or filled up to whole ones.
        """
        rows = (
            part if isinstance(part, Sequence) else _bytes_of_rows(part) for part in parts
        )
        self.fields('0I')
        self._bytes += b''.join(chain.from_iterable(zip(*rows, strict=True)))

    def finish(self) -> bytes:
        """Give the message, for ``publish_message``."""
        return bytes(self._bytes)


def _bytes_of_rows(numbers: NDArray[Any]) -> list[bytes]:
    """See each row (M,) of (N, M) numbers as bytes."""
    content = numbers.tobytes()
    size = len(content) // max(len(numbers), 1)
    return [content[first : first + size] for first in range(0, len(content), size or 1)]


class ReusedCdr:
    """A serialised message with one large field, whose other fields are the last one's again.

    An array that was made with room around it becomes the message where it lies; any other is
    copied into the same memory again and again. ``publish_message`` has read a message when it
    returns, so one is enough for a publisher.
    """

    def __init__(self) -> None:
        """Own no memory yet."""
        self._fields: tuple[Any, ...] | None = None
        self._before = self._memory = np.empty(0, np.uint8)

    def fill(
        self,
        data: NDArray[Any],
        fields: tuple[Any, ...],
        write_before: Callable[[CdrWriter], None],
        after: bytes = b'',
    ) -> NDArray[np.uint8]:
        """Write an array of any shape as a sequence of bytes, and fields of one byte after it.

        ``write_before`` writes the fields before it. They follow from ``fields`` and are written
        anew where these differ from the last time's, or the array's size does. The message is
        valid until the next call, and until the same array is made a message again.
        """
        fields = *fields, data.nbytes
        if fields != self._fields:
            writer = CdrWriter()
            write_before(writer)
            writer.fields('I', data.nbytes)
            self._before, self._fields = np.frombuffer(writer.finish(), np.uint8), fields
        start, end = self._before.size, self._before.size + data.nbytes
        memory = memory_around(data)
        if memory is not None and start <= ROOM_BEFORE and len(after) <= ROOM_BEHIND:
            message = memory[ROOM_BEFORE - start : ROOM_BEFORE + data.nbytes + len(after)]
        else:
            message = self._own_memory(end + len(after))
            # As plain bytes: numpy copies structures field by field.
            message[start:end] = np.ascontiguousarray(data).reshape(-1).view(np.uint8)
        message[:start] = self._before
        message[end:] = np.frombuffer(after, np.uint8)
        return message

    def _own_memory(self, size: int) -> NDArray[np.uint8]:
        if self._memory.size != size:
            self._memory = np.empty(size, np.uint8)
        return self._memory
