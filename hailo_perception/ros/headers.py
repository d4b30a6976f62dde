# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Headers between ROS messages and the package's values, without losing a nanosecond."""

from __future__ import annotations

import struct
from typing import NamedTuple

from builtin_interfaces.msg import Time
import numpy as np
from numpy.typing import NDArray
from std_msgs.msg import Header as HeaderMessage

from hailo_perception.core.frame import Header
from hailo_perception.core.nanoseconds import SECOND_NS
from hailo_perception.ros.cdr import CdrText
from hailo_perception.ros.cdr import ENCAPSULATION

_STAMP = struct.Struct('iI')


def from_message(message: HeaderMessage) -> Header:
    """Take stamp and frame_id out of a message's header."""
    stamp = message.stamp
    return Header(stamp.sec * SECOND_NS + stamp.nanosec, message.frame_id)


def to_time(stamp_ns: int) -> Time:
    """Make a stamp message of nanoseconds."""
    seconds, nanoseconds = divmod(stamp_ns, SECOND_NS)
    return Time(sec=seconds, nanosec=nanoseconds)


def fill(message: HeaderMessage, header: Header) -> None:
    """Make a message's header the identical one, in place."""
    message.stamp.sec, message.stamp.nanosec = divmod(header.stamp_ns, SECOND_NS)
    message.frame_id = header.frame_id


def stamp_serialized(message: NDArray[np.uint8], stamp_ns: int) -> None:
    """Give a serialised message that begins with a header another stamp, in place."""
    _STAMP.pack_into(message, len(ENCAPSULATION), *divmod(stamp_ns, SECOND_NS))


def to_message(header: Header) -> HeaderMessage:
    """Make the identical header for an output."""
    return HeaderMessage(stamp=to_time(header.stamp_ns), frame_id=header.frame_id)


class HeaderFields(NamedTuple):
    """A header as a part of ``CdrWriter.fields``."""

    layout: str
    values: tuple[int, int, int, bytes]

    @classmethod
    def of(cls, header: Header) -> HeaderFields:
        """Lay out a std_msgs/Header."""
        frame_id = CdrText.of(header.frame_id)
        seconds, nanoseconds = divmod(header.stamp_ns, SECOND_NS)
        return cls(f'iI{frame_id.layout}', (seconds, nanoseconds, *frame_id.values))
