# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One type for each thing that goes wrong between a user, a HEF file and a Hailo device."""

from __future__ import annotations

from hailo_perception.core.errors import BackendError
from hailo_perception.core.errors import Cause
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import ManifestError
from hailo_perception.core.errors import MissingDependencyError

# What is installed.


class RuntimeMissingError(MissingDependencyError):
    """The Python binding of HailoRT is not installed."""

    def __init__(self) -> None:
        """Name the package that brings the binding."""
        super().__init__(
            'hailo_platform',
            'to run a network on a Hailo device',
            'install HailoRT 4.18 to 4.23 and its Python wheel from the Hailo developer zone, on '
            'Raspberry Pi OS with "sudo apt install hailo-all"',
        )


class RuntimeUnusableError(ConfigurationError):
    """The Python binding is installed and does not work."""


class BindingVersionError(RuntimeUnusableError):
    """The Python binding and the library are of different versions."""


class OptionError(ConfigurationError):
    """An option of the backend cannot work with this library, network or device."""


class DeviceGroupError(OptionError):
    """Another user of the same device group in this process asked for other devices."""


# The network's file.


class HefError(ManifestError):
    """A HEF file cannot be used."""


class HefMissingError(HefError):
    """The file is not there."""


class HefUnreadableError(HefError):
    """The file is empty, a folder, or not readable."""


class HefPointerError(HefError):
    """The file is a Git LFS pointer."""


class HefCorruptError(HefError):
    """The file is truncated or damaged."""


class NotAHefError(HefError):
    """The file is something else."""


class HefVersionError(HefError):
    """The file was compiled for another generation of the library."""


class HefChipError(HefError):
    """The file was compiled for another chip."""


class HefNetworkError(HefError):
    """The file holds no network of that name, or several of which none was named."""


class HefStreamError(HefError):
    """An input or output of the network has a form that this package does not read."""


class HefChangedError(HefError):
    """The file was replaced by another network while the node runs."""


# The device and its driver.


class DeviceError(BackendError):
    """The device cannot run the network now; frames that were on their way are lost."""

    cause = Cause.DEVICE


class DriverMissingError(DeviceError):
    """No driver is loaded."""


class DeviceMissingError(DeviceError):
    """The driver finds no device."""


class UnknownDeviceError(DeviceError):
    """There is no device of the id that was asked for."""


class DeviceBusyError(DeviceError):
    """Another process or program part holds the device."""


class DevicePermissionError(DeviceError):
    """The user may not open the device."""


class DriverVersionError(DeviceError):
    """Driver and library are of different versions."""


class FirmwareVersionError(DeviceError):
    """Firmware and library are of different versions."""


class DriverError(DeviceError):
    """The driver failed."""


class UnsupportedChipError(DeviceError):
    """The chip is of another generation than this library serves."""


class ServiceError(DeviceError):
    """The multi-process service does not run, died, or is not part of this library."""


class ServiceVersionError(ServiceError):
    """The multi-process service is of another version than the library."""


class DeviceMemoryError(DeviceError):
    """The memory that the device reads and writes does not suffice."""


class ConfigureError(DeviceError):
    """The device did not take the network, for a reason that the library does not tell."""


# While frames run.


class DeviceStalledError(DeviceError):
    """The device gives no answer."""


class SharedDeviceLostError(DeviceError):
    """Another network cannot get the device back while this one, idle, holds what was lost."""


class InferenceAbortedError(DeviceError):
    """The frame was in flight when the device failed, or when the backend was closed."""


class InferenceFailedError(DeviceError):
    """The device reported an error for this frame."""


class QueueFullError(DeviceError):
    """The library has no place for one more frame."""


class NotActivatedError(DeviceError):
    """The network is configured and not active."""


class RecoveringError(DeviceError):
    """The device is being configured anew and takes no frame."""


class BoxListError(BackendError):
    """The network's list of boxes cannot be read."""

    cause = Cause.NETWORK_OUTPUT
