# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Which computer this is, as far as a remedy depends on it."""

from __future__ import annotations

from dataclasses import dataclass

from hailo_perception.doctor.system import System

_DEVICE_TREE = ('/proc/device-tree', '/sys/firmware/devicetree/base')
_BCM2712 = 'brcm,bcm2712'
_RK3588 = 'rockchip,rk3588'
_CONTAINER_MARKS = {'/.dockerenv': 'Docker', '/run/.containerenv': 'Podman'}
_CONTAINER_GROUPS = {
    'docker': 'Docker',
    'kubepods': 'Kubernetes',
    'libpod': 'Podman',
    'lxc': 'LXC',
}


@dataclass(frozen=True, slots=True)
class Board:
    """A name for people, and the families that have remedies of their own."""

    name: str
    is_raspberry_pi: bool = False
    is_raspberry_pi_5: bool = False
    is_rk3588: bool = False


def find_board(system: System) -> Board:
    """Read the device tree on ARM, the firmware's tables on x86."""
    for folder in _DEVICE_TREE:
        model = system.line(f'{folder}/model')
        compatible = (system.read(f'{folder}/compatible') or '').split('\0')
        if model or any(compatible):
            is_pi_5 = _BCM2712 in compatible
            return Board(
                model or next(filter(None, compatible)),
                is_raspberry_pi=is_pi_5 or model.startswith('Raspberry Pi'),
                is_raspberry_pi_5=is_pi_5,
                is_rk3588=any(name.startswith(_RK3588) for name in compatible),
            )
    table = '/sys/class/dmi/id'
    names = (system.line(f'{table}/sys_vendor'), system.line(f'{table}/product_name'))
    return Board(' '.join(filter(None, names)) or 'a board without a name')


def find_container(system: System) -> str:
    """Name what this process is contained in; empty on the computer itself."""
    for mark, name in _CONTAINER_MARKS.items():
        if system.exists(mark):
            return name
    groups = system.read('/proc/1/cgroup') or ''
    for part, name in _CONTAINER_GROUPS.items():
        if part in groups:
            return name
    return system.environment.get('container', '')


def kernel_release(system: System) -> str:
    """Read the release of the running kernel."""
    return system.line('/proc/sys/kernel/osrelease')
