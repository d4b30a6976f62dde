# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One message as it came from DDS, still serialised."""

from __future__ import annotations

from dataclasses import dataclass
import struct
from typing import Any

from rclpy.serialization import deserialize_message

from hailo_perception.cli.demo.topics import Topic
from hailo_perception.core.nanoseconds import SECOND_NS

_ENCAPSULATION_BYTES = 4
_LITTLE_ENDIAN = 0x01


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message's bytes, when they came, and what they are wanted for.

    ``stamp_ns`` is the image's own, None for a message without a header.
    """

    topic: Topic
    data: bytes
    received_ns: int
    stamp_ns: int | None
    is_recorded: bool
    is_pictured: bool

    def message(self) -> Any:
        """Decode the bytes."""
        return deserialize_message(self.data, self.topic.message_type)


def leading_stamp_ns(data: bytes) -> int:
    """Read the stamp of a serialised message that begins with a std_msgs/Header.

    Plain CDR: four bytes of encapsulation, the second of which tells the byte order (OMG DDSI-RTPS
    10.2), then seconds and nanoseconds.
    """
    order = '<' if data[1] & _LITTLE_ENDIAN else '>'
    seconds, nanoseconds = struct.unpack_from(f'{order}iI', data, _ENCAPSULATION_BYTES)
    return int(seconds * SECOND_NS + nanoseconds)
