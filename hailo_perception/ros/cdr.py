# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Messages as the bytes that travel, for those that have many small parts.

Whoever publishes a message object pays for each of its parts four times: it is made, filled, read
by rclpy and written by the middleware. Bytes are written once, whole arrays at a time.
"""

from __future__ import annotations

from functools import lru_cache
import struct
import sys
from typing import Any
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_ENCAPSULATION = b'\x00\x01\x00\x00' if sys.byteorder == 'little' else b'\x00\x00\x00\x00'
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
    def of(cls, text: str) -> CdrText:
        """Encode a text."""
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
        self._bytes = bytearray(_ENCAPSULATION)

    def fields(self, layout: str, *values: Any) -> None:
        """Write numbers and texts: their layout in the letters of ``struct``, and their values."""
        begin = (len(self._bytes) - len(_ENCAPSULATION)) % _MOST_ALIGNED
        self._bytes += _struct(layout, begin).pack(*values)[begin:]

    def sequence(self, letter: str, elements: NDArray[Any]) -> None:
        """Write a sequence of numbers (N,), or (N, M) of messages of M numbers of one type."""
        self.fields('I', len(elements))
        if elements.size:
            self.fields(f'0{letter}')
            self._bytes += np.ascontiguousarray(elements, letter).data.cast('B')

    def finish(self) -> bytes:
        """Give the message, for ``Publisher.publish``."""
        return bytes(self._bytes)
