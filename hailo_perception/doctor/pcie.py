# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The Hailo chips on the PCIe bus and the links to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
import posixpath
import re

from hailo_perception.doctor.board import Board
from hailo_perception.doctor.board import find_board
from hailo_perception.doctor.finding import error
from hailo_perception.doctor.finding import Finding
from hailo_perception.doctor.finding import ok
from hailo_perception.doctor.finding import warning
from hailo_perception.doctor.raspberry_pi import find_boot_settings
from hailo_perception.doctor.system import System
from hailo_perception.doctor.text import whole

_DEVICES = '/sys/bus/pci/devices'
_HAILO_VENDOR = '0x1e60'
_HAILO_8 = '0x2864'
_SPEED = re.compile(r'([0-9]{1,3}(?:\.[0-9])?) ?GT/s')
# Rate per lane in GT/s: PCIe generation, and MB/s after its encoding (8b/10b, then 128b/130b).
_GENERATIONS = {2.5: ('1.0', 250), 5.0: ('2.0', 500), 8.0: ('3.0', 984), 16.0: ('4.0', 1969)}
_MOST_LANES = 32
_CHIP_GTS = 8.0
_ENOUGH_MB_PER_S = 984


@dataclass(frozen=True, slots=True)
class Link:
    """One PCIe link: GT/s for each lane, and the number of lanes; None where not told."""

    speed_gts: float | None
    width: int | None

    @property
    def mb_per_s(self) -> int | None:
        """What the link carries in one direction; None where that is not known."""
        if self.speed_gts not in _GENERATIONS or self.width is None:
            return None
        return _GENERATIONS[self.speed_gts][1] * self.width

    def __str__(self) -> str:
        if self.mb_per_s is None or self.speed_gts is None:
            return 'PCIe link of unknown speed'
        return f'PCIe {_GENERATIONS[self.speed_gts][0]} x{self.width}, {self.mb_per_s} MB/s'


@dataclass(frozen=True, slots=True)
class HailoDevice:
    """A Hailo chip on the bus; ``driver`` is the kernel driver that holds it, empty if none."""

    address: str
    is_hailo_8: bool
    driver: str
    link: Link
    best: Link
    port: Link
    """What the slot could do at most."""


def find_hailo_devices(system: System) -> tuple[HailoDevice, ...]:
    """List the Hailo chips that the kernel sees."""
    found = []
    for address in system.entries(_DEVICES):
        folder = f'{_DEVICES}/{address}'
        if system.line(f'{folder}/vendor').lower() != _HAILO_VENDOR:
            continue
        port = posixpath.dirname(system.resolve(folder))
        found.append(
            HailoDevice(
                address,
                is_hailo_8=system.line(f'{folder}/device').lower() == _HAILO_8,
                driver=posixpath.basename(system.link(f'{folder}/driver')),
                link=_link(system, folder, 'current'),
                best=_link(system, folder, 'max'),
                port=_link(system, port, 'max'),
            )
        )
    return tuple(found)


def _link(system: System, folder: str, which: str) -> Link:
    speed = _SPEED.match(system.line(f'{folder}/{which}_link_speed'))
    width = whole(system.line(f'{folder}/{which}_link_width'))
    is_width = width is not None and 0 < width <= _MOST_LANES
    return Link(float(speed[1]) if speed else None, width if is_width else None)


def examine(system: System) -> Iterator[Finding]:
    """Look for the chip, then at how it is connected."""
    devices = find_hailo_devices(system)
    board = find_board(system)
    if not devices:
        yield _nothing(system, board)
    for device in devices:
        if not device.is_hailo_8:
            yield error(
                'chip',
                f'{device.address}: a Hailo chip of another family',
                'this package drives Hailo-8 and Hailo-8L; use one of these',
            )
            continue
        yield _chip(device)
        yield _connection(system, board, device)


def _nothing(system: System, board: Board) -> Finding:
    fact = 'no Hailo chip on the PCIe bus; networks run on the CPU'
    if not board.is_raspberry_pi_5:
        remedy = 'if one is fitted: power off, reseat it, look for 1e60 in lspci -n'
        return warning('chip', fact, remedy)
    settings = find_boot_settings(system)
    is_on = settings.parameters.get('pciex1', 'off') != 'off'
    enable = '' if is_on else f"add 'dtparam=pciex1' to {settings.file}, "
    remedy = f'if one is fitted: {enable}power off, reseat the ribbon cable at both ends'
    return warning('chip', fact, remedy)


def _chip(device: HailoDevice) -> Finding:
    if device.driver and not device.driver.startswith('hailo'):
        return error(
            'chip',
            f'{device.address}: the driver {device.driver} holds the Hailo chip',
            f'give it back (virtual machine?), or unbind it from {device.driver}',
        )
    return ok('chip', f'Hailo-8 or Hailo-8L at {device.address}')


def _connection(system: System, board: Board, device: HailoDevice) -> Finding:
    link, rate = device.link, device.link.mb_per_s
    if rate is None or link.speed_gts is None:
        return ok('link', str(link))
    if board.is_raspberry_pi_5:
        return _raspberry_pi_connection(system, link)
    if rate >= _ENOUGH_MB_PER_S:
        return ok('link', str(link))
    port = device.port.mb_per_s
    if port is not None and port <= rate:
        remedy = 'the slot gives no more: use one with PCIe 3.0 (M.2 key M), no USB adapter'
    else:
        remedy = 'power off and reseat the module; set the slot to Gen 3 in the BIOS; no adapter'
    return warning('link', f'{link}; the chip can {device.best}', remedy)


def _raspberry_pi_connection(system: System, link: Link) -> Finding:
    if link.speed_gts is None or link.speed_gts >= _CHIP_GTS:
        return ok('link', str(link))
    settings = find_boot_settings(system)
    fact = f'{link}; Gen 3 would carry {_GENERATIONS[_CHIP_GTS][1]} MB/s'
    if settings.parameters.get('pciex1_gen') == '3':
        remedy = 'Gen 3 is set: reboot if that is new, else reseat or shorten the ribbon cable'
        return warning('link', fact, remedy)
    return warning('link', fact, f"add 'dtparam=pciex1_gen=3' to {settings.file} and reboot")
