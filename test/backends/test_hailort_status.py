# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

"""Which status an exception stands for, in each way that the library has to say it."""

import logging
from types import SimpleNamespace

import pytest

from hailo_perception.backends.hailort.session import _Completion
from hailo_perception.backends.hailort.status import failure_of
from hailo_perception.backends.hailort.status import Status


def library_error(name, *arguments, cause=None):
    """Make an exception of a class of that name, as the library's are known by name only."""
    error = type(name, (Exception,), {})(*arguments)
    error.__cause__ = cause
    return error


NATIVE_93 = library_error('HailoRTStatusException', '93')


@pytest.mark.parametrize(
    ('error', 'status', 'text'),
    [
        (ValueError(), Status.UNKNOWN, 'ValueError'),
        (ValueError('array is not writeable'), Status.UNKNOWN, 'array is not writeable'),
        (
            library_error('HailoRTException', 'libhailort failed with error: 74 (HAILO_OUT_OF)'),
            Status.OUT_OF_PHYSICAL_DEVICES,
            'libhailort failed with error: 74 (HAILO_OUT_OF)',
        ),
        (
            library_error('HailoRTHEFNotCompatibleWithDevice', 'HEF file is', cause=NATIVE_93),
            Status.HEF_NOT_COMPATIBLE_WITH_DEVICE,
            'status 93 HAILO_HEF_NOT_COMPATIBLE_WITH_DEVICE: HEF file is',
        ),
        (
            library_error('HailoRTException', 'message of a later version', cause=NATIVE_93),
            Status.HEF_NOT_COMPATIBLE_WITH_DEVICE,
            'status 93 HAILO_HEF_NOT_COMPATIBLE_WITH_DEVICE: message of a later version',
        ),
        (
            library_error('HailoRTTimeout', 'Received a timeout'),
            Status.TIMEOUT,
            'status 4 HAILO_TIMEOUT: Received a timeout',
        ),
        (
            library_error('HailoRTStreamAbortedByUser', 'Stream was aborted'),
            Status.STREAM_ABORT,
            'status 63 HAILO_STREAM_ABORT: Stream was aborted',
        ),
        (NATIVE_93, Status.HEF_NOT_COMPATIBLE_WITH_DEVICE, 'status 93 HAILO_HEF_NOT_COMP'),
        (
            library_error('HailoRTException', 'HailoRT device not found in the system'),
            Status.OUT_OF_PHYSICAL_DEVICES,
            'HailoRT device not found in the system',
        ),
        (
            library_error('HailoRTException', 'libhailort failed with error: 97 (HAILO_NEW)'),
            Status.UNKNOWN,
            'libhailort failed with error: 97 (HAILO_NEW)',
        ),
    ],
)
def test_failure_of(error, status, text):
    failure = failure_of(error)
    assert failure.status is status
    assert text in str(failure)


class BrokenInfo:
    @property
    def exception(self):
        raise SystemExit('no information')


@pytest.mark.parametrize('error', [RuntimeError, KeyboardInterrupt, SystemExit])
def test_nothing_escapes_a_completion(caplog, error):
    """What leaves the library's callback ends the process."""

    def broken(failure):
        raise error('broken')

    with caplog.at_level(logging.ERROR):
        _Completion(broken)(completion_info=SimpleNamespace(exception=None))
    assert 'broken' in caplog.text


def test_completion_that_cannot_be_asked_is_a_failure():
    failures = []
    _Completion(failures.append)(completion_info=BrokenInfo())
    (failure,) = failures
    assert isinstance(failure, SystemExit)
