# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Which status of the device library an exception stands for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
import re


class Status(IntEnum):
    """Status codes that the backend tells apart; their numbers are those of HailoRT 4.x."""

    UNKNOWN = -1
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


_STATUS_OF_CLASS = {
    'HailoRTInvalidArgumentException': Status.INVALID_ARGUMENT,
    'HailoRTTimeout': Status.TIMEOUT,
    'HailoRTInvalidOperationException': Status.INVALID_OPERATION,
    'InvalidProtocolVersionException': Status.UNSUPPORTED_CONTROL_PROTOCOL_VERSION,
    'HailoRTFirmwareControlFailedException': Status.FW_CONTROL_FAILURE,
    'HailoRTEthException': Status.ETH_FAILURE,
    'UdpRecvError': Status.ETH_RECV_FAILURE,
    'HailoRTInvalidFrameException': Status.INVALID_FRAME,
    'HailoRTInvalidHEFException': Status.INVALID_HEF,
    'HailoRTDriverOperationFailedException': Status.DRIVER_OPERATION_FAILED,
    'HailoRTPCIeDriverException': Status.DRIVER_OPERATION_FAILED,
    'HailoRTUnsupportedOpcodeException': Status.UNSUPPORTED_OPCODE,
    'HailoRTNotFoundException': Status.NOT_FOUND,
    'HailoCommunicationClosedException': Status.COMMUNICATION_CLOSED,
    'HailoRTStreamAborted': Status.STREAM_ABORT,
    'HailoRTStreamAbortedByUser': Status.STREAM_ABORT,
    'HailoRTNetworkGroupNotActivatedException': Status.NETWORK_GROUP_NOT_ACTIVATED,
    'HailoRTHEFNotCompatibleWithDevice': Status.HEF_NOT_COMPATIBLE_WITH_DEVICE,
}
_GENERIC_MESSAGE = re.compile(r'error: (\d+) \((HAILO_\w+)\)')
_NO_DEVICE_MESSAGE = 'device not found'


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure of the library: its status, its number as given, and its own words."""

    status: Status
    code: int | None
    text: str

    def __str__(self) -> str:
        """Print number and name as the vendor's documents write them, and the text."""
        if self.code is None or f'error: {self.code} ' in self.text:
            return self.text
        name = '' if self.status is Status.UNKNOWN else f' HAILO_{self.status.name}'
        return f'status {self.code}{name}: {self.text}'


def failure_of(error: BaseException) -> Failure:
    """Classify an exception by its native cause, its message, its class, its argument.

    Exceptions from calls carry the number in their cause, those handed to a callback only in
    class or message, and a few calls raise the native exception itself.
    """
    code = _code_of(error)
    if code is None and _NO_DEVICE_MESSAGE in str(error):
        code = Status.OUT_OF_PHYSICAL_DEVICES.value
    status = Status(code) if code in set(Status) else Status.UNKNOWN
    return Failure(status, code, str(error) or type(error).__name__)


def _code_of(error: BaseException) -> int | None:
    for argument in (_first_argument(error.__cause__), _first_argument(error)):
        if argument.isdecimal():
            return int(argument)
    generic = _GENERIC_MESSAGE.search(str(error))
    if generic is not None:
        return int(generic.group(1))
    for base in type(error).__mro__:
        if base.__name__ in _STATUS_OF_CLASS:
            return _STATUS_OF_CLASS[base.__name__].value
    return None


def _first_argument(error: BaseException | None) -> str:
    return str(error.args[0]) if error is not None and error.args else ''
