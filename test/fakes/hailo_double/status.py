# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The status codes of libhailort that the document names, and how native code raises them."""

from __future__ import annotations

from enum import IntEnum

NATIVE_MODULE = 'hailo_platform.pyhailort._pyhailort'


class Status(IntEnum):
    """Codes of libhailort 4.23 (section 2); their C names carry the prefix HAILO_."""

    SUCCESS = 0
    INVALID_ARGUMENT = 2
    OUT_OF_HOST_MEMORY = 3
    TIMEOUT = 4
    INSUFFICIENT_BUFFER = 5
    INVALID_OPERATION = 6
    NOT_IMPLEMENTED = 7
    INTERNAL_FAILURE = 8
    OPEN_FILE_FAILURE = 13
    FILE_OPERATION_FAILURE = 14
    UNSUPPORTED_CONTROL_PROTOCOL_VERSION = 15
    UNSUPPORTED_FW_VERSION = 16
    FW_CONTROL_FAILURE = 18
    ETH_FAILURE = 19
    ETH_RECV_FAILURE = 21
    INVALID_FRAME = 25
    INVALID_HEF = 26
    DRIVER_OPERATION_FAILED = 36
    OUT_OF_DESCRIPTORS = 47
    UNSUPPORTED_OPCODE = 48
    NOT_FOUND = 61
    COMMUNICATION_CLOSED = 62
    STREAM_ABORT = 63
    DRIVER_NOT_INSTALLED = 64
    INVALID_PIPELINE = 68
    NETWORK_GROUP_NOT_ACTIVATED = 69
    STREAM_NOT_ACTIVATED = 72
    DEVICE_IN_USE = 73
    OUT_OF_PHYSICAL_DEVICES = 74
    INVALID_DEVICE_ARCHITECTURE = 75
    INVALID_DRIVER_VERSION = 76
    RPC_FAILED = 77
    INVALID_SERVICE_VERSION = 78
    NOT_SUPPORTED = 79
    OUT_OF_HOST_CMA_MEMORY = 81
    QUEUE_IS_FULL = 82
    CANT_MEET_BUFFER_REQUIREMENTS = 84
    DRIVER_INVALID_RESPONSE = 85
    DRIVER_INVALID_IOCTL = 86
    DRIVER_TIMEOUT = 87
    DRIVER_INTERRUPTED = 88
    DRIVER_WAIT_CANCELED = 90
    HEF_FILE_CORRUPTED = 91
    HEF_NOT_SUPPORTED = 92
    HEF_NOT_COMPATIBLE_WITH_DEVICE = 93


class HailoRTStatusException(Exception):
    """The native exception: its one argument is the code in digits (section 2)."""

    __module__ = NATIVE_MODULE


class HailoRTCustomException(Exception):
    """What native properties raise that do not apply to a stream (rule 15)."""

    __module__ = NATIVE_MODULE


class HailoRTException(Exception):
    """Native namesake of the Python class, unrelated to it (section 2)."""

    __module__ = NATIVE_MODULE


class ProcessDeath(BaseException):
    """Here the real library would have crashed or aborted the whole process."""


def failure(status: Status) -> HailoRTStatusException:
    """Make the exception that the native module raises for a status."""
    return HailoRTStatusException(str(int(status)))


def code_of(error: BaseException) -> int:
    """Read the code behind an exception of a call; it has no attribute for it (section 2)."""
    cause = error.__cause__
    assert isinstance(cause, HailoRTStatusException), f'{error!r} has no native cause'
    return int(cause.args[0])
