# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Publishing bytes while Python's other threads go on.

``Publisher.publish`` of rclpy copies serialised messages twice and holds the interpreter's lock
until the middleware has them: a millisecond for each megabyte, in which nothing else is computed.
The function of rcl that it calls needs neither, and its interface has been the same since 2019.
"""

from __future__ import annotations

from collections.abc import Callable
import ctypes
from functools import cache
from typing import Any

import numpy as np
from rclpy.publisher import Publisher

from hailo_perception.core.errors import Cause
from hailo_perception.core.errors import FrameError

_LONGEST_ERROR_BYTES = 1024


class PublishingError(FrameError):
    """The middleware refused a message."""

    cause = Cause.PUBLISH


class _Allocator(ctypes.Structure):
    """rcutils_allocator_t: unused where somebody else owns the bytes."""

    _fields_ = [
        (name, ctypes.c_void_p)
        for name in ('allocate', 'deallocate', 'reallocate', 'zero_allocate', 'state')
    ]


class _SerializedMessage(ctypes.Structure):
    """rcl_serialized_message_t, which is rcutils_uint8_array_t."""

    _fields_ = [
        ('buffer', ctypes.c_void_p),
        ('buffer_length', ctypes.c_size_t),
        ('buffer_capacity', ctypes.c_size_t),
        ('allocator', _Allocator),
    ]


class _ErrorString(ctypes.Structure):
    """rcutils_error_string_t."""

    _fields_ = [('str', ctypes.c_char * _LONGEST_ERROR_BYTES)]


def publish_message(publisher: Publisher, message: Any) -> None:
    """Publish a message object, or a serialised one without holding the interpreter's lock.

    The message has been read when this returns. PublishingError, or what rclpy raises, when it is
    refused, as all are once ROS has ended.
    """
    if not isinstance(message, (bytes, np.ndarray)):
        publisher.publish(message)
        return
    publish = _publish_function()
    if publish is None or not hasattr(publisher.handle, 'pointer'):
        publisher.publish(bytes(message))
        return
    content = np.frombuffer(message, np.uint8)
    serialized = _SerializedMessage(content.ctypes.data, content.size, content.size)
    # Nobody can destroy the publisher meanwhile.
    with publisher.handle:
        if publish(publisher.handle.pointer, ctypes.byref(serialized), None) != 0:
            raise PublishingError(f'{publisher.topic_name}: {_take_error()}')


@cache
def _publish_function() -> Callable[..., int] | None:
    """Find rcl's function; None where its library has another name than on Linux."""
    try:
        publish = ctypes.CDLL('librcl.so').rcl_publish_serialized_message
    except (OSError, AttributeError):
        return None
    publish.argtypes = (ctypes.c_void_p, ctypes.POINTER(_SerializedMessage), ctypes.c_void_p)
    publish.restype = ctypes.c_int
    return publish


def _take_error() -> str:
    """Read what rcl notes for each thread, and let it note the next."""
    library = ctypes.CDLL('librcutils.so')
    library.rcutils_get_error_string.restype = _ErrorString
    found: bytes = library.rcutils_get_error_string().str
    library.rcutils_reset_error()
    return found.decode(errors='replace')
