# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""From a failure of the library to an error that says what happened and what to do."""

from __future__ import annotations

from pathlib import Path

from hailo_perception.backends.hailort import causes
from hailo_perception.backends.hailort import errors
from hailo_perception.backends.hailort.circumstances import Case
from hailo_perception.backends.hailort.circumstances import Circumstances
from hailo_perception.backends.hailort.circumstances import Stage
from hailo_perception.backends.hailort.status import failure_of
from hailo_perception.backends.hailort.status import Status
from hailo_perception.core.errors import HailoPerceptionError
from hailo_perception.models.files import file_problem
from hailo_perception.models.files import is_absent
from hailo_perception.models.files import is_lfs_pointer


def explain(
    error: BaseException, stage: Stage, circumstances: Circumstances
) -> HailoPerceptionError:
    """Turn whatever the library raised into the narrow error with its remedy.

    At Stage.RUN it is a DeviceError, else a DeviceError, HefError or
    OptionError. What is one of the package's errors already stays as it is.
    """
    if isinstance(error, HailoPerceptionError):
        return error
    failure = failure_of(error)
    diagnose = (
        _BY_STAGE[stage].get(failure.status) or _ANYWHERE.get(failure.status) or _LAST[stage]
    )
    explained = diagnose(Case(failure, stage, circumstances))
    explained.__cause__ = error
    return explained


def check_hef_file(hef: Path) -> None:
    """Raise the HefError of a file that cannot be one, before the library sees it."""
    problem = file_problem(hef)
    if problem is None:
        return
    if is_absent(hef):
        raise errors.HefMissingError(problem)
    if is_lfs_pointer(hef):
        raise errors.HefPointerError(problem)
    raise errors.HefUnreadableError(problem)


_STALLED = causes.simply(
    errors.DeviceStalledError,
    'the Hailo device gave no answer in time',
    'the network is loaded anew; if this comes back, look at cooling and power supply, and at '
    '"dmesg | grep hailo"',
)
_MEMORY = causes.simply(
    errors.DeviceMemoryError,
    'the memory for the Hailo device does not suffice',
    'run fewer networks, lower hailort_batch_size, or give the kernel more contiguous memory '
    '("cma=256M" on its command line)',
)
_SERVICE_LOST = causes.simply(
    errors.ServiceError,
    'the connection to the HailoRT service broke',
    'see "systemctl status hailort.service" and start it again',
)
_UNSUPPORTED_CHIP = causes.simply(
    errors.UnsupportedChipError,
    'the chip is not one that this HailoRT serves',
    'HailoRT 4.x serves Hailo-8 and Hailo-8L; a Hailo-10 or 15 needs 5.x, which this '
    'package does not use',
)
_NOT_ACTIVATED = causes.simply(
    errors.NotActivatedError,
    'the network is not active on the Hailo device',
    'another part of this process opened the device group without the scheduler: give '
    'it another hailort_group_id',
)

_ANYWHERE: dict[Status, causes.Cause] = {
    Status.OUT_OF_HOST_MEMORY: _MEMORY,
    Status.OUT_OF_DESCRIPTORS: _MEMORY,
    Status.OUT_OF_HOST_CMA_MEMORY: _MEMORY,
    Status.CANT_MEET_BUFFER_REQUIREMENTS: _MEMORY,
    Status.UNSUPPORTED_CONTROL_PROTOCOL_VERSION: causes.firmware_version,
    Status.UNSUPPORTED_FW_VERSION: causes.firmware_version,
    Status.DRIVER_OPERATION_FAILED: causes.driver_failed,
    Status.DRIVER_INVALID_RESPONSE: causes.driver_failed,
    Status.DRIVER_TIMEOUT: causes.driver_failed,
    Status.DRIVER_INTERRUPTED: causes.driver_failed,
    Status.DRIVER_WAIT_CANCELED: causes.driver_failed,
    Status.DRIVER_INVALID_IOCTL: causes.driver_version,
    Status.INVALID_DRIVER_VERSION: causes.driver_version,
    Status.COMMUNICATION_CLOSED: _SERVICE_LOST,
    Status.RPC_FAILED: _SERVICE_LOST,
    Status.INVALID_SERVICE_VERSION: causes.simply(
        errors.ServiceVersionError,
        'the HailoRT service and the library are of different versions',
        'install both of one version and restart hailort.service',
    ),
    Status.DRIVER_NOT_INSTALLED: causes.no_free_device,
    Status.DEVICE_IN_USE: causes.device_in_use,
    Status.OUT_OF_PHYSICAL_DEVICES: causes.no_free_device,
}

_BY_STAGE: dict[Stage, dict[Status, causes.Cause]] = {
    Stage.LOAD: {
        Status.OPEN_FILE_FAILURE: causes.unreadable_hef(
            errors.HefMissingError, 'put it there, or correct the path in the manifest'
        ),
        Status.FILE_OPERATION_FAILURE: causes.unreadable_hef(
            errors.HefUnreadableError, 'copy or download it again'
        ),
        Status.HEF_FILE_CORRUPTED: causes.corrupt_hef,
        Status.HEF_NOT_SUPPORTED: causes.not_supported_hef,
        # Libraries up to 4.20 have one status for all that is wrong with a HEF.
        Status.INVALID_HEF: causes.not_supported_hef,
        Status.NOT_FOUND: causes.unknown_network,
    },
    Stage.OPEN: {
        Status.INVALID_ARGUMENT: causes.unknown_device,
        Status.INVALID_OPERATION: causes.operation_refused_at_open,
        Status.INVALID_DEVICE_ARCHITECTURE: _UNSUPPORTED_CHIP,
        Status.NOT_SUPPORTED: _UNSUPPORTED_CHIP,
    },
    Stage.CONFIGURE: {
        Status.HEF_NOT_COMPATIBLE_WITH_DEVICE: causes.wrong_chip,
        Status.INVALID_HEF: causes.wrong_chip,
        Status.INVALID_OPERATION: causes.invalid_at_configure,
        Status.INVALID_ARGUMENT: causes.invalid_at_configure,
        Status.INTERNAL_FAILURE: causes.simply(
            errors.ConfigureError,
            'the device did not take the network',
            'on machines with pages of 16 KiB write "options hailo_pci '
            'force_desc_page_size=4096" into /etc/modprobe.d/hailo_pci.conf and reboot; else '
            'set HAILORT_LOGGER_PATH to a folder, start again and read hailort.log there',
        ),
    },
    Stage.RUN: {
        Status.TIMEOUT: _STALLED,
        Status.STREAM_ABORT: causes.simply(
            errors.InferenceAbortedError,
            'the frame was in flight when the Hailo device was stopped',
            'the network is loaded anew',
        ),
        Status.QUEUE_IS_FULL: causes.simply(
            errors.QueueFullError,
            'the Hailo device has no place for one more frame',
            'lower in_flight; the network is loaded anew',
        ),
        Status.STREAM_NOT_ACTIVATED: _NOT_ACTIVATED,
        Status.NETWORK_GROUP_NOT_ACTIVATED: _NOT_ACTIVATED,
        Status.DEVICE_IN_USE: causes.inference_failed,
        Status.OUT_OF_PHYSICAL_DEVICES: causes.inference_failed,
    },
}

_LAST: dict[Stage, causes.Cause] = {
    Stage.LOAD: lambda case: errors.HefError(
        f'{case.known.hef}: HailoRT cannot read it ({case.failure}); take another copy'
    ),
    Stage.OPEN: causes.not_configured,
    Stage.CONFIGURE: causes.not_configured,
    Stage.RUN: causes.inference_failed,
}
