# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Whole computers: what is said of the healthy ones and of their boards."""

from __future__ import annotations

from collections.abc import Callable
import os
from pathlib import Path
from typing import Any

from example_computers import DEVICE
from example_computers import PORT
import pytest

from hailo_perception.doctor import driver
from hailo_perception.doctor.finding import Finding
from hailo_perception.doctor.finding import Severity

OK, WARNING, ERROR = Severity.OK, Severity.WARNING, Severity.ERROR


def _all(sections: dict[str, list[Finding]]) -> list[Finding]:
    return [finding for findings in sections.values() for finding in findings]


@pytest.mark.parametrize('name', ['raspberry_pi_5', 'rock_5', 'x86_with_hailo'])
def test_a_healthy_computer_has_no_complaint(
    name: str, make_computer: Callable[[str], Any], tmp_path: Path
) -> None:
    sections = make_computer(name).examine(tmp_path)
    assert [finding for finding in _all(sections) if finding.severity is not OK] == []
    assert all(sections.values()) or name != 'raspberry_pi_5', 'a group has nothing to say'


def test_the_empty_computer_is_examined(
    make_computer: Callable[[str], Any], tmp_path: Path
) -> None:
    sections = make_computer('empty').examine(tmp_path)
    grave = {finding.check for finding in _all(sections) if finding.severity is ERROR}
    assert grave == {'numpy', 'cv2', 'yaml', 'onnxruntime', 'auto'}


def test_a_computer_without_hailo_and_ros_hears_nothing_of_their_details(
    make_computer: Callable[[str], Any], tmp_path: Path
) -> None:
    sections = make_computer('x86').examine(tmp_path)
    assert [sections[name] for name in ('driver', 'hailort', 'transport', 'cameras')] == [[]] * 4
    assert [finding.severity for finding in sections['pcie']] == [WARNING]
    assert [finding.severity for finding in sections['ros']] == [WARNING]


def test_every_complaint_has_a_remedy(
    make_computer: Callable[[str], Any], computer_names: tuple[str, ...], tmp_path: Path
) -> None:
    for name in computer_names:
        sections = make_computer(name).examine(tmp_path / name)
        lacking = [f for f in _all(sections) if f.severity is not OK and not f.remedy]
        assert lacking == []


@pytest.mark.parametrize(
    ('name', 'group', 'check', 'severity', 'fact', 'remedy'),
    [
        ('rock_5', 'cpu', 'cores', OK, 'fast cores 4-7, slow cores 0-3', 'taskset -c 4-7'),
        ('rock_5', 'pcie', 'link', OK, 'PCIe 3.0 x4, 3936 MB/s', ''),
        ('raspberry_pi_5', 'cpu', 'cores', OK, '4 cores, all alike', ''),
        ('raspberry_pi_5', 'machine', 'page_size', OK, '16 KiB', 'force_desc_page_size=4096'),
        ('raspberry_pi_5', 'hailort', 'chip', OK, 'HAILO8L, firmware 4.20.0 answers', ''),
        ('raspberry_pi_5', 'hailort', 'versions', OK, 'library = Python binding', ''),
        ('x86_with_hailo', 'cpu', 'governor', OK, 'powersave on cores 0-3', ''),
        ('x86_with_hailo', 'machine', 'board', OK, 'ASUSTeK NUC14', ''),
        ('container', 'machine', 'container', OK, 'Docker', '--device=/dev/hailo0'),
        ('container', 'driver', 'device', ERROR, 'in this container', '--device=/dev/hailo0'),
        ('container', 'transport', 'shared_memory', ERROR, '63 MiB of 64 MiB', '--ipc=host'),
    ],
)
def test_what_is_said_of_a_board(
    name: str,
    group: str,
    check: str,
    severity: Severity,
    fact: str,
    remedy: str,
    make_computer: Callable[[str], Any],
    tmp_path: Path,
) -> None:
    findings = make_computer(name).examine(tmp_path)[group]
    finding = next(finding for finding in findings if finding.check == check)
    assert finding.severity is severity
    assert fact in finding.fact
    assert remedy in finding.remedy


def test_a_shell_bound_to_the_fast_cores_is_left_alone(
    make_computer: Callable[[str], Any], tmp_path: Path
) -> None:
    computer = make_computer('rock_5')
    computer.files['/proc/self/status'] = 'Cpus_allowed_list:\t4-7\n'
    cores = next(f for f in computer.examine(tmp_path)['cpu'] if f.check == 'cores')
    assert 'bound to 4-7' in cores.fact
    assert cores.remedy == ''


def test_intels_fast_cores_are_told_by_their_own_list(
    make_computer: Callable[[str], Any], tmp_path: Path
) -> None:
    computer = make_computer('x86_with_hailo')
    computer.files |= {
        '/sys/devices/cpu_core/cpus': '0-1\n',
        '/sys/devices/cpu_atom/cpus': '2-3\n',
    }
    cores = next(f for f in computer.examine(tmp_path)['cpu'] if f.check == 'cores')
    assert 'fast cores 0-1, slow cores 2-3' in cores.fact


@pytest.mark.parametrize(
    ('port_speed', 'remedy'), [('2.5', 'the slot gives no more'), ('8.0', 'reseat')]
)
def test_a_slow_slot_is_told_from_a_bad_contact(
    port_speed: str, remedy: str, make_computer: Callable[[str], Any], tmp_path: Path
) -> None:
    computer = make_computer('x86_with_hailo')
    computer.files |= {
        f'{DEVICE}/current_link_speed': '2.5 GT/s PCIe\n',
        f'{DEVICE}/current_link_width': '1\n',
        f'{PORT}/max_link_speed': f'{port_speed} GT/s PCIe\n',
        f'{PORT}/max_link_width': '1\n',
    }
    link = next(f for f in computer.examine(tmp_path)['pcie'] if f.check == 'link')
    assert link.severity is WARNING
    assert 'PCIe 1.0 x1, 250 MB/s; the chip can PCIe 3.0 x4' in link.fact
    assert remedy in link.remedy


@pytest.mark.parametrize(
    ('kernel', 'is_warned'), [('6.8.0-51-generic', False), ('6.12.0-8-generic', True)]
)
def test_the_drivers_lock_fault_concerns_new_kernels_only(
    kernel: str, is_warned: bool, make_computer: Callable[[str], Any], tmp_path: Path
) -> None:
    computer = make_computer('x86_with_hailo')
    computer.files['/proc/sys/kernel/osrelease'] = kernel
    checks = [finding.check for finding in computer.examine(tmp_path)['driver']]
    assert ('module_lock' in checks) is is_warned


def test_a_group_that_may_open_the_device_is_named(
    make_computer: Callable[[str], Any], tmp_path: Path
) -> None:
    computer = make_computer('raspberry_pi_5')
    computer.forbidden = {'/dev/hailo0'}
    computer.modes['/dev/hailo0'] = 0o660
    group = 4711 if os.getuid() == 0 else os.getgid()
    computer.files['/etc/group'] = f'root:x:0:\nhailo:x:{group}:\n'
    system = computer.system(tmp_path)
    os.chown(tmp_path / 'dev' / 'hailo0', -1, group)
    device = next(f for f in driver.examine(system) if f.check == 'device')
    assert device.remedy == 'sudo usermod -aG hailo $USER, then log in again'
