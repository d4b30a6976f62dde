# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The Python exceptions and how native statuses become them (section 2)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from hailo_double.status import HailoRTStatusException
from hailo_double.status import Status

__all__ = [
    'HailoCommunicationClosedException',
    'HailoRTDriverOperationFailedException',
    'HailoRTEthException',
    'HailoRTException',
    'HailoRTFirmwareControlFailedException',
    'HailoRTHEFNotCompatibleWithDevice',
    'HailoRTInvalidArgumentException',
    'HailoRTInvalidFrameException',
    'HailoRTInvalidHEFException',
    'HailoRTInvalidOperationException',
    'HailoRTNetworkGroupNotActivatedException',
    'HailoRTNotFoundException',
    'HailoRTPCIeDriverException',
    'HailoRTStreamAborted',
    'HailoRTStreamAbortedByUser',
    'HailoRTTimeout',
    'HailoRTUnsupportedOpcodeException',
    'HailoStatusInvalidValueException',
    'InvalidProtocolVersionException',
    'UdpRecvError',
]

_MODULE = 'hailo_platform.pyhailort.pyhailort'


class HailoRTException(Exception):
    """A status without a class of its own, and the base of those that have one."""

    __module__ = _MODULE


class HailoStatusInvalidValueException(Exception):
    """A status that this binding does not know."""

    __module__ = _MODULE


def _kind(name: str) -> type[HailoRTException]:
    return type(name, (HailoRTException,), {'__module__': _MODULE})


HailoRTInvalidArgumentException = _kind('HailoRTInvalidArgumentException')
HailoRTTimeout = _kind('HailoRTTimeout')
HailoRTInvalidOperationException = _kind('HailoRTInvalidOperationException')
InvalidProtocolVersionException = _kind('InvalidProtocolVersionException')
HailoRTFirmwareControlFailedException = _kind('HailoRTFirmwareControlFailedException')
HailoRTEthException = _kind('HailoRTEthException')
UdpRecvError = _kind('UdpRecvError')
HailoRTInvalidFrameException = _kind('HailoRTInvalidFrameException')
HailoRTInvalidHEFException = _kind('HailoRTInvalidHEFException')
HailoRTDriverOperationFailedException = _kind('HailoRTDriverOperationFailedException')
HailoRTPCIeDriverException = HailoRTDriverOperationFailedException
HailoRTUnsupportedOpcodeException = _kind('HailoRTUnsupportedOpcodeException')
HailoRTNotFoundException = _kind('HailoRTNotFoundException')
HailoCommunicationClosedException = _kind('HailoCommunicationClosedException')
HailoRTStreamAborted = _kind('HailoRTStreamAborted')
HailoRTStreamAbortedByUser = _kind('HailoRTStreamAbortedByUser')
HailoRTNetworkGroupNotActivatedException = _kind('HailoRTNetworkGroupNotActivatedException')
HailoRTHEFNotCompatibleWithDevice = _kind('HailoRTHEFNotCompatibleWithDevice')

_SEE_LOG = 'See hailort.log for more information'
_MEANING: dict[Status, tuple[type[HailoRTException], str]] = {
    Status.INVALID_ARGUMENT: (HailoRTInvalidArgumentException, f'Invalid argument. {_SEE_LOG}'),
    Status.TIMEOUT: (
        HailoRTTimeout,
        'Received a timeout - hailort has failed because a timeout had occurred',
    ),
    Status.INVALID_OPERATION: (HailoRTInvalidOperationException, f'Invalid operation. {_SEE_LOG}'),
    Status.UNSUPPORTED_CONTROL_PROTOCOL_VERSION: (
        InvalidProtocolVersionException,
        'HailoRT has failed because an invalid protocol version was received from device',
    ),
    Status.FW_CONTROL_FAILURE: (
        HailoRTFirmwareControlFailedException,
        'libhailort control operation failed',
    ),
    Status.INVALID_FRAME: (HailoRTInvalidFrameException, 'An invalid frame was received'),
    Status.INVALID_HEF: (HailoRTInvalidHEFException, f'Invalid HEF. {_SEE_LOG}'),
    Status.DRIVER_OPERATION_FAILED: (
        HailoRTDriverOperationFailedException,
        "Failure in hailort driver ioctl. run 'dmesg | grep hailo' for more information",
    ),
    Status.UNSUPPORTED_OPCODE: (
        HailoRTUnsupportedOpcodeException,
        'HailoRT has failed because an unsupported opcode was sent to device',
    ),
    Status.NOT_FOUND: (HailoRTNotFoundException, f'Item not found. {_SEE_LOG}'),
    Status.COMMUNICATION_CLOSED: (
        HailoCommunicationClosedException,
        'Communication closed failure. Check server-client connection',
    ),
    Status.STREAM_ABORT: (HailoRTStreamAborted, 'Stream was aborted'),
    Status.NETWORK_GROUP_NOT_ACTIVATED: (
        HailoRTNetworkGroupNotActivatedException,
        'Network group is not activated',
    ),
    Status.HEF_NOT_COMPATIBLE_WITH_DEVICE: (
        HailoRTHEFNotCompatibleWithDevice,
        f'HEF file is not compatible with device. {_SEE_LOG}',
    ),
    Status.ETH_FAILURE: (HailoRTEthException, 'Ethernet failure'),
    Status.ETH_RECV_FAILURE: (UdpRecvError, 'Failed in ethernet receive'),
}


def exception_of(status: Status) -> HailoRTException:
    """Make the exception of a status, without a cause, as callbacks get it."""
    kind, message = _MEANING.get(
        status,
        (
            HailoRTException,
            f'libhailort failed with error: {int(status)} (HAILO_{status.name})',
        ),
    )
    return kind(message)


@contextmanager
def translated() -> Iterator[None]:
    """Turn native statuses into the exceptions that calls raise, with the native one as cause."""
    try:
        yield
    except HailoRTStatusException as error:
        raise exception_of(Status(int(error.args[0]))) from error
