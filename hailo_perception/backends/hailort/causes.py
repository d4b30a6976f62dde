# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One function for each cause of a failure: the fact with its numbers, and the remedy."""

from __future__ import annotations

from collections.abc import Callable

from hailo_perception.backends.hailort import errors
from hailo_perception.backends.hailort.circumstances import Case
from hailo_perception.backends.hailort.circumstances import Stage
from hailo_perception.backends.hailort.circumstances import UNKNOWN
from hailo_perception.backends.hailort.host import compiled_architecture
from hailo_perception.backends.hailort.host import Host
from hailo_perception.core.errors import HailoPerceptionError

HEF_MAGIC = b'\x01HEF'

Cause = Callable[[Case], HailoPerceptionError]


def simply(kind: type[HailoPerceptionError], fact: str, remedy: str) -> Cause:
    """Make a diagnosis that needs nothing but the failure's own words."""
    return lambda case: kind(f'{fact} ({case.failure}); {remedy}')


def no_device(host: Host) -> errors.DeviceError:
    """Say why the library finds no device at all."""
    if not host.is_driver_loaded:
        return errors.DriverMissingError(
            'no Hailo device: the kernel module hailo_pci is not loaded; install the HailoRT '
            'PCIe driver and reboot (Raspberry Pi OS: "sudo apt install hailo-all"), in a '
            'container load it on the host'
        )
    if not host.device_nodes:
        return errors.DeviceMissingError(
            'no Hailo device: the driver is loaded and found none; check that "lspci | grep '
            'Hailo" shows it, its seat and its power supply, and that PCIe is switched on; in a '
            'container pass --device /dev/hailo0'
        )
    return errors.DeviceMissingError(
        f'no Hailo device: {host.device_nodes[0].name} is there and the library does not see '
        'it; in a container mount /sys/class/hailo_chardev too, else look at "dmesg | grep '
        'hailo" and reboot'
    )


def no_free_device(case: Case) -> HailoPerceptionError:
    """Tell no driver, no device, too few and a busy one apart: the library does not."""
    present, wanted = case.known.present_ids(), case.known.device_count
    if not present:
        return no_device(case.known.host)
    if len(present) < wanted:
        return errors.DeviceMissingError(
            f'{wanted} Hailo devices were asked for, there is {", ".join(present)}; ask for fewer'
        )
    return device_in_use(case, present)


def device_in_use(case: Case, present: tuple[str, ...] = ()) -> HailoPerceptionError:
    """Say which device another process holds."""
    ids = ', '.join(case.known.requested_ids or present or case.known.present_ids())
    return errors.DeviceBusyError(
        f'the Hailo device {ids or "asked for"} is in use by another process; end that one '
        '("sudo fuser -v /dev/hailo0" names it), run several networks in one process, or let the '
        'HailoRT service share the device: hailort_multi_process_service in every process'
    )


def unknown_device(case: Case) -> HailoPerceptionError:
    """Say which devices there are in place of those asked for."""
    if not case.known.requested_ids:
        return not_configured(case)
    present = ', '.join(case.known.present_ids()) or 'none'
    return errors.UnknownDeviceError(
        f'no Hailo device {", ".join(case.known.requested_ids)}; devices that are there: '
        f'{present}; correct hailort_devices or leave it empty'
    )


def operation_refused_at_open(case: Case) -> HailoPerceptionError:
    """Tell a service that is missing from a group that is taken."""
    if case.known.is_multi_process:
        return errors.ServiceError(
            f'HailoRT cannot use its multi-process service ({case.failure}): the library was '
            'built without it, or the service does not run; "sudo systemctl enable --now '
            'hailort.service", or switch hailort_multi_process_service off'
        )
    return errors.DeviceGroupError(
        f"the device group '{case.known.group_id}' is open in this process with other devices "
        f'({case.failure}); give each set of devices its own hailort_group_id'
    )


def driver_failed(case: Case) -> HailoPerceptionError:
    """Tell a device without permission from a driver in trouble."""
    forbidden = case.known.host.forbidden_nodes
    if forbidden and case.stage is Stage.OPEN:
        return errors.DevicePermissionError(
            f'{forbidden[0]} may not be opened by this user; install the udev rule of the '
            'HailoRT driver (60-hailofw.rules) and plug the device again or reboot, in a '
            'container run it with --device and the group of the file'
        )
    return errors.DriverError(
        f'the Hailo driver failed ({case.failure}); look at "dmesg | grep hailo"; if it does '
        'not recover, power-cycle the machine'
    )


def driver_version(case: Case) -> HailoPerceptionError:
    """Say both versions."""
    driver = case.known.host.driver_version or UNKNOWN
    return errors.DriverVersionError(
        f'the Hailo driver is version {driver}, the library {case.known.library_version}: both '
        f'must be the same ({case.failure}); install driver, library and Python binding of one '
        'version, then reboot'
    )


def firmware_version(case: Case) -> HailoPerceptionError:
    """Say both versions."""
    _, firmware = case.known.architecture_and_firmware()
    return errors.FirmwareVersionError(
        f'the Hailo firmware is version {firmware}, the library {case.known.library_version}: '
        f'both must be the same ({case.failure}); install the driver package of that version, '
        'which brings /lib/firmware/hailo/hailo8_fw.bin, then power-cycle the machine'
    )


def wrong_chip(case: Case) -> HailoPerceptionError:
    """Say both chips."""
    architecture, _ = case.known.architecture_and_firmware()
    compiled = compiled_architecture(case.known.hef) or 'another chip'
    return errors.HefChipError(
        f'{case.known.hef}: compiled for {compiled}, the device is {architecture} '
        f'({case.failure}); take the HEF for this chip: a Hailo-8L runs only those compiled for '
        'hailo8l, a Hailo-8 runs both'
    )


def not_supported_hef(case: Case) -> HailoPerceptionError:
    """Tell a HEF of another generation from a file that is none."""
    hef = case.known.hef
    try:
        with hef.open('rb') as stream:
            start = stream.read(len(HEF_MAGIC))
    except OSError:
        start = b''
    if start != HEF_MAGIC:
        return errors.NotAHefError(
            f'{hef}: not a HEF ({case.failure}); name the file that the Dataflow Compiler wrote, '
            'or download it again'
        )
    return errors.HefVersionError(
        f'{hef}: compiled by a version of the Dataflow Compiler that HailoRT '
        f'{case.known.library_version} does not read: too old or too new ({case.failure}); '
        'compile it again, or install the HailoRT that belongs to it'
    )


def corrupt_hef(case: Case) -> HailoPerceptionError:
    """Say what to compare."""
    return errors.HefCorruptError(
        f'{case.known.hef}: truncated or damaged ({case.failure}); copy or download it again and '
        'compare its size and checksum with the original'
    )


def unreadable_hef(kind: type[errors.HefError], remedy: str) -> Cause:
    """Make a cause of a kind for files that the library cannot read."""
    return lambda case: kind(f'{case.known.hef}: cannot be read ({case.failure}); {remedy}')


def unknown_network(case: Case) -> HailoPerceptionError:
    """Say how to find the names."""
    return errors.HefNetworkError(
        f'{case.known.hef}: holds no network of that name ({case.failure}); "hailo-perception '
        'inspect" lists what is in it'
    )


def invalid_at_configure(case: Case) -> HailoPerceptionError:
    """Blame the batch where there is one."""
    if case.known.batch_size == 1:
        return not_configured(case)
    return errors.OptionError(
        f'the device takes no batch of {case.known.batch_size} of this network '
        f'({case.failure}); lower hailort_batch_size'
    )


def not_configured(case: Case) -> HailoPerceptionError:
    """Say how to get the log, the only place that tells more."""
    return errors.ConfigureError(
        f'{case.stage.value} failed ({case.failure}); set HAILORT_LOGGER_PATH to a folder and '
        'HAILORT_CONSOLE_LOGGER_LEVEL=info, start again and read hailort.log there'
    )


def inference_failed(case: Case) -> HailoPerceptionError:
    """Say that one frame is lost."""
    return errors.InferenceFailedError(
        f'the Hailo device failed on this frame ({case.failure}); the network is loaded anew'
    )
