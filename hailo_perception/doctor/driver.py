# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Between the chip and HailoRT: kernel module, firmware file, udev rule, device node."""

from __future__ import annotations

from collections.abc import Iterator

from hailo_perception.doctor.board import Board
from hailo_perception.doctor.board import find_board
from hailo_perception.doctor.board import find_container
from hailo_perception.doctor.board import kernel_release
from hailo_perception.doctor.device_node import device_nodes
from hailo_perception.doctor.device_node import examine_node
from hailo_perception.doctor.finding import error
from hailo_perception.doctor.finding import Finding
from hailo_perception.doctor.finding import ok
from hailo_perception.doctor.finding import warning
from hailo_perception.doctor.kernel_module import built_for_releases
from hailo_perception.doctor.kernel_module import forbidding_file
from hailo_perception.doctor.kernel_module import is_loaded
from hailo_perception.doctor.kernel_module import is_secure_boot
from hailo_perception.doctor.kernel_module import loaded_version
from hailo_perception.doctor.kernel_module import MODULE
from hailo_perception.doctor.pcie import find_hailo_devices
from hailo_perception.doctor.system import System
from hailo_perception.doctor.text import version_in
from hailo_perception.doctor.text import written

INSTALL_ON_PI = 'sudo apt install hailo-all && sudo reboot'
INSTALL_ELSEWHERE = (
    'install driver and runtime of one HailoRT 4.x release from hailo.ai/developer-zone '
    '(hailort-pcie-driver and hailort), then reboot'
)
_FIRMWARE_FOLDERS = (
    '/lib/firmware/updates/hailo',
    '/lib/firmware/hailo',
    '/usr/lib/firmware/hailo',
)
_FIRMWARE_FILES = ('hailo8_fw.bin', 'hailo8_fw.bin.xz', 'hailo8_fw.bin.zst')
_RULE_FOLDERS = ('/etc/udev/rules.d', '/lib/udev/rules.d', '/usr/lib/udev/rules.d')
_DEVICE_CLASS = '/sys/class/hailo_chardev'
# Without mmap_read_lock around find_vma, up to this driver from this kernel on.
_LAST_FRAGILE_DRIVER = (4, 23, 0)
_FIRST_STRICT_KERNEL = (6, 12, 0)
_LOG = 'sudo dmesg | grep -i hailo'


def installation(board: Board) -> str:
    """Say how the vendor's software comes onto this board."""
    return INSTALL_ON_PI if board.is_raspberry_pi else INSTALL_ELSEWHERE


def examine(system: System) -> Iterator[Finding]:
    """Follow the way of the firmware from the disk to a device that answers."""
    has_chip = any(device.is_hailo_8 for device in find_hailo_devices(system))
    nodes = device_nodes(system)
    if not has_chip and not nodes and not is_loaded(system):
        return
    container = find_container(system)
    if is_loaded(system):
        yield from _loaded(system)
    else:
        yield _not_loaded(system, container)
    if not container:
        yield from _firmware(system, has_node=bool(nodes))
        yield _udev_rule(system)
    if nodes:
        for node in nodes:
            yield from examine_node(system, node)
        yield from _device_class(system)
    elif has_chip and is_loaded(system):
        yield _no_node(container)


def _loaded(system: System) -> Iterator[Finding]:
    version = loaded_version(system)
    name = f'{MODULE} {written(version)}' if version else f'{MODULE}, version unknown'
    yield ok('module', f'{name} is loaded')
    kernel = version_in(kernel_release(system))
    is_fragile = version is not None and version <= _LAST_FRAGILE_DRIVER
    if is_fragile and kernel is not None and kernel >= _FIRST_STRICT_KERNEL:
        # Raspberry Pi's kernels carry the repair.
        if not find_board(system).is_raspberry_pi:
            yield warning(
                'module_lock',
                f'{name} may stop answering after hours on kernel {written(kernel)}',
                'if frames time out for good, reboot; a driver with hailort-drivers PR 44, or a '
                'kernel before 6.12, cures it',
            )


def _not_loaded(system: System, container: str) -> Finding:
    if container:
        return error(
            'module', f'{MODULE} is not loaded', 'install and load the driver outside, on the host'
        )
    release = kernel_release(system)
    releases = built_for_releases(system)
    if release in releases:
        return _present_but_not_loaded(system)
    if releases:
        return error(
            'module',
            f'{MODULE} is built for kernel {", ".join(releases)}, but {release} is running',
            'reboot; if it stays: sudo apt install linux-headers-$(uname -r) && '
            'sudo dkms autoinstall',
        )
    return error('module', f'{MODULE} is not installed', installation(find_board(system)))


def _present_but_not_loaded(system: System) -> Finding:
    file = forbidding_file(system)
    if file:
        return error(
            'module',
            f'{MODULE} is blacklisted in {file}',
            f'remove the line, then: sudo modprobe {MODULE}',
        )
    if is_secure_boot(system):
        return error(
            'module',
            f'{MODULE} is installed but not loaded, and Secure Boot refuses unsigned modules',
            f'sign it (mokutil --import), or switch Secure Boot off; sudo modprobe {MODULE}',
        )
    return error(
        'module',
        f'{MODULE} is installed but not loaded',
        f'sudo modprobe {MODULE}; if that fails: {_LOG}',
    )


def _firmware(system: System, *, has_node: bool) -> Iterator[Finding]:
    for folder in _FIRMWARE_FOLDERS:
        for name in _FIRMWARE_FILES:
            status = system.status(f'{folder}/{name}')
            if status is None:
                continue
            if status.st_size == 0:
                yield error(
                    'firmware_file', f'{folder}/{name} is empty', _again(find_board(system))
                )
            else:
                yield ok('firmware_file', f'{folder}/{name}')
            return
    make = warning if has_node else error
    yield make(
        'firmware_file',
        f'no {_FIRMWARE_FOLDERS[1]}/{_FIRMWARE_FILES[0]}, which the driver sends to the chip',
        installation(find_board(system)),
    )


def _again(board: Board) -> str:
    if board.is_raspberry_pi:
        return 'sudo apt install --reinstall hailofw && sudo reboot'
    return 'install the driver package again, then reboot'


def _udev_rule(system: System) -> Finding:
    for folder in _RULE_FOLDERS:
        for name in system.entries(folder):
            if 'hailo' in name and name.endswith('.rules'):
                return ok('udev_rule', f'{folder}/{name}')
    return warning(
        'udev_rule',
        'no udev rule for Hailo: only root may be allowed to open the device',
        'echo \'SUBSYSTEM=="hailo_chardev", MODE="0666"\' | sudo tee '
        '/etc/udev/rules.d/51-hailo-udev.rules, and reboot',
    )


def _device_class(system: System) -> Iterator[Finding]:
    if not system.entries(_DEVICE_CLASS):
        yield error(
            'device_class',
            f'{_DEVICE_CLASS} is empty, and HailoRT looks for devices there',
            'in a container mount /sys; else load the driver again: '
            f'sudo modprobe -r {MODULE} && sudo modprobe {MODULE}',
        )


def _no_node(container: str) -> Finding:
    if container:
        return error(
            'device',
            'no /dev/hailo0 in this container',
            'start it with --device=/dev/hailo0',
        )
    return error(
        'device',
        'the driver is loaded, but there is no /dev/hailo0: the chip did not come up',
        f'{_LOG}; power off (not only reboot) and on again; check firmware and seat',
    )
