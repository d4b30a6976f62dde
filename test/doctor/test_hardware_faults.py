# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Faults of the machine, of the chip and of what drives it."""

from __future__ import annotations

from collections.abc import Callable

from computer_changes import answers
from computer_changes import Change
from computer_changes import files
from computer_changes import gone
from computer_changes import having
from computer_changes import together
from example_computers import DEVICE
from example_computers import IDENTIFY
from example_computers import KERNEL
from example_computers import PACKAGES
import pytest

from hailo_perception.doctor.commands import Answer
from hailo_perception.doctor.finding import Severity

OK, WARNING, ERROR = Severity.OK, Severity.WARNING, Severity.ERROR
CPU0 = '/sys/devices/system/cpu/cpu0'

# A change to the healthy Raspberry Pi 5; group, check, severity; parts of fact and remedy.
FAULTS = {
    'a 32-bit system': (
        having(is_64_bit=False), 'machine', 'system', ERROR, '32 bits', '64-bit edition'),
    'memory is short': (
        files({'/proc/meminfo': 'MemTotal: 2000000 kB\nMemAvailable: 900000 kB\n'}),
        'machine', 'memory', WARNING, '878.9 MiB of 1.907 GiB', 'swap'),
    'memory is gone': (
        files({'/proc/meminfo': 'MemTotal: 2000000 kB\nMemAvailable: 90000 kB\n'}),
        'machine', 'memory', ERROR, 'free', 'swap'),
    'memory is limited for the container': (
        files({'/sys/fs/cgroup/memory.max': '536870912', '/sys/fs/cgroup/memory.current': '0'}),
        'machine', 'memory', WARNING, '512 MiB of 512 MiB', 'swap'),
    'the clock stays low': (
        files({f'{CPU0}/cpufreq/scaling_governor': 'powersave\n'}),
        'cpu', 'governor', WARNING, 'ondemand on cores 1-3, powersave on cores 0', 'performance'),
    'hot': (
        files({'/sys/class/thermal/thermal_zone0/temp': '84100\n'}),
        'heat', 'temperature', WARNING, '84 C (cpu-thermal)', 'fan'),
    'under-voltage now': (
        answers(('vcgencmd', 'get_throttled'), Answer(0, 'throttled=0x50005\n')),
        'heat', 'power_supply', ERROR, 'right now', '27 W'),
    'under-voltage before': (
        answers(('vcgencmd', 'get_throttled'), Answer(0, 'throttled=0x50000\n')),
        'heat', 'power_supply', WARNING, 'since the start', '27 W'),
    'throttled now': (
        answers(('vcgencmd', 'get_throttled'), Answer(0, 'throttled=0xe0008\n')),
        'heat', 'power_supply', WARNING, 'right now', 'fan'),
    'under-voltage, no vcgencmd': (
        together(
            lambda computer: computer.without_command('vcgencmd'),
            files({
                '/sys/class/hwmon/hwmon1/name': 'rpi_volt\n',
                '/sys/class/hwmon/hwmon1/in0_lcrit_alarm': '1\n',
            }),
        ),
        'heat', 'power_supply', ERROR, 'right now', '27 W'),
    'no chip': (
        gone('/sys/bus/pci/devices', '/sys/module', '/dev/hailo0'),
        'pcie', 'chip', WARNING, 'no Hailo chip', 'ribbon cable'),
    'no chip, and PCIe is off': (
        together(
            gone('/sys/bus/pci/devices', '/sys/module', '/dev/hailo0'),
            files({'/boot/firmware/config.txt': '#dtparam=pciex1\n'}),
        ),
        'pcie', 'chip', WARNING, 'no Hailo chip', "'dtparam=pciex1' to /boot/firmware/config.txt"),
    'a Hailo-10H': (
        files({f'{DEVICE}/device': '0x45c4\n'}),
        'pcie', 'chip', ERROR, 'another family', 'Hailo-8'),
    'given to a virtual machine': (
        lambda computer: computer.links.update({f'{DEVICE}/driver': '../drivers/vfio-pci'}),
        'pcie', 'chip', ERROR, 'vfio-pci', 'unbind'),
    'Gen 2, Gen 3 not set': (
        files({
            f'{DEVICE}/current_link_speed': '5.0 GT/s PCIe\n',
            '/boot/firmware/config.txt': 'dtparam=pciex1\n[pi4]\ndtparam=pciex1_gen=3\n',
        }),
        'pcie', 'link', WARNING, 'PCIe 2.0 x1, 500 MB/s; Gen 3 would carry 984 MB/s',
        "add 'dtparam=pciex1_gen=3' to /boot/firmware/config.txt and reboot"),
    'Gen 2, the older place of the file': (
        together(
            gone('/boot/firmware/config.txt'),
            files({f'{DEVICE}/current_link_speed': '5.0 GT/s', '/boot/config.txt': '\n'}),
        ),
        'pcie', 'link', WARNING, '500 MB/s', '/boot/config.txt'),
    'Gen 2 although Gen 3 is set': (
        files({f'{DEVICE}/current_link_speed': '5.0 GT/s PCIe\n'}),
        'pcie', 'link', WARNING, 'PCIe 2.0 x1', 'reseat'),
    'no driver': (
        gone('/sys/module', '/lib/modules', '/dev/hailo0'),
        'driver', 'module', ERROR, 'not installed', 'sudo apt install hailo-all'),
    'driver of the former kernel': (
        together(
            gone('/sys/module', '/lib/modules', '/dev/hailo0'),
            files({'/lib/modules/6.6.31/updates/dkms/hailo_pci.ko': ''}),
        ),
        'driver', 'module', ERROR, f'built for kernel 6.6.31, but {KERNEL}', 'dkms autoinstall'),
    'driver not loaded': (
        gone('/sys/module', '/dev/hailo0'),
        'driver', 'module', ERROR, 'not loaded', 'sudo modprobe hailo_pci'),
    'driver blacklisted': (
        together(
            gone('/sys/module', '/dev/hailo0'),
            files({'/etc/modprobe.d/no.conf': '# x\nblacklist  hailo-pci\n'}),
        ),
        'driver', 'module', ERROR, 'blacklisted in /etc/modprobe.d/no.conf', 'remove the line'),
    'Secure Boot': (
        together(
            gone('/sys/module', '/dev/hailo0'),
            files({'/sys/firmware/efi/efivars/SecureBoot-8be4': b'\6\0\0\0\1'}),
        ),
        'driver', 'module', ERROR, 'Secure Boot', 'mokutil'),
    'no firmware, chip down': (
        gone('/lib/firmware', '/dev/hailo0'),
        'driver', 'firmware_file', ERROR, '/lib/firmware/hailo/hailo8_fw.bin', 'hailo-all'),
    'no firmware file, chip up': (
        gone('/lib/firmware'), 'driver', 'firmware_file', WARNING, 'hailo8_fw.bin', 'hailo-all'),
    'firmware cut off': (
        files({'/lib/firmware/hailo/hailo8_fw.bin': ''}),
        'driver', 'firmware_file', ERROR, 'is empty', '--reinstall'),
    'no udev rule': (
        gone('/lib/udev'), 'driver', 'udev_rule', WARNING, 'no udev rule', 'MODE="0666"'),
    'chip did not come up': (
        gone('/dev/hailo0'), 'driver', 'device', ERROR, 'no /dev/hailo0', 'power off'),
    'node closed to this user': (
        having(forbidden={'/dev/hailo0'}, modes={'/dev/hailo0': 0o600}),
        'driver', 'device', ERROR, '-rw-------', 'MODE="0666"'),
    'device in use': (
        lambda computer: (
            computer.links.update({'/proc/4711/fd/9': '/dev/hailo0'}),
            computer.files.update({'/proc/4711/comm': 'frigate\n'}),
        ),
        'driver', 'device_in_use', WARNING, 'frigate (4711)', 'stop that one'),
    'device held by the service': (
        lambda computer: (
            computer.links.update({'/proc/471/fd/9': '/dev/hailo0'}),
            computer.files.update({'/proc/471/comm': 'hailort_service\n'}),
        ),
        'driver', 'service', WARNING, 'service', 'systemctl disable --now hailort.service'),
    'no device class': (
        gone('/sys/class/hailo_chardev'),
        'driver', 'device_class', ERROR, '/sys/class/hailo_chardev', 'modprobe -r'),
    'no library': (
        gone('/usr/lib/libhailort'), 'hailort', 'library', ERROR, 'not installed', 'hailo-all'),
    'two libraries': (
        files({'/usr/local/lib/libhailort.so.4.17.0': 'elf'}),
        'hailort', 'library', WARNING, '4.17.0', 'ldconfig'),
    'library for Hailo-10H': (
        together(gone('/usr/lib/libhailort'), files({'/usr/lib/libhailort.so.5.1.1': 'elf'})),
        'hailort', 'library', ERROR, '5.1.1', '4.x'),
    'library too old': (
        together(gone('/usr/lib/libhailort'), files({'/usr/lib/libhailort.so.4.17.0': 'elf'})),
        'hailort', 'library', ERROR, 'older than 4.18.0', 'hailo-all'),
    'no binding': (
        gone(f'{PACKAGES}/hailo_platform', 'hailo_platform', 'hailort'),
        'hailort', 'binding', ERROR, 'no Python module', 'python3-hailort'),
    'binding outside the venv': (
        gone('hailo_platform'), 'hailort', 'binding', ERROR, 'for the system',
        '--system-site-packages'),
    'binding for another Python': (
        having(python_version=(3, 11)), 'hailort', 'binding', ERROR, 'for Python 3.12', 'cp311'),
    'binding damaged': (
        gone(f'{PACKAGES}/hailo_platform/pyhailort'),
        'hailort', 'binding', WARNING, 'incomplete', 'python3-hailort'),
    'chip silent': (
        answers(IDENTIFY, Answer(1, '', '[HailoRT] [error] CHECK failed - no answer\n[x] y\n')),
        'hailort', 'chip', ERROR, 'CHECK failed - no answer', 'power off'),
    'chip hangs': (
        answers(IDENTIFY, Answer(obstacle='no answer in 4 s')),
        'hailort', 'chip', ERROR, 'no answer in 4 s', 'power off'),
    'driver and library differ': (
        files({'/sys/module/hailo_pci/version': '4.19.0\n'}),
        'hailort', 'versions', ERROR, 'driver 4.19.0, library 4.20.0', 'full-upgrade'),
    'binding and library differ': (
        files({f'{PACKAGES}/hailo_platform/__init__.py': "__version__ = '4.18.0'\n"}),
        'hailort', 'versions', ERROR, 'Python binding 4.18.0', 'hailo-all'),
    'firmware differs': (
        answers(IDENTIFY, Answer(0, 'Firmware Version: 4.21.0\nDevice Architecture: HAILO8\n')),
        'hailort', 'versions', WARNING, 'firmware 4.21.0', 'hailo-all'),
    'packages displace each other': (
        files({'/var/lib/dpkg/status': ''.join(
            f'Package: {name}\nStatus: install ok installed\n\n'
            for name in ('bash', 'hailort', 'h10-hailort')
        )}),
        'hailort', 'packages', ERROR, 'displace', 'apt remove h10-hailort'),
    'numpy 2': (
        lambda computer: computer.versions.update(numpy='2.1.0'),
        'hailort', 'numpy', WARNING, '2.1.0', "'numpy<2'"),
    'log folder closed': (
        having(forbidden={'/home/ada'}), 'hailort', 'log_folder', WARNING, '/home/ada/.hailo',
        'HAILORT_LOGGER_PATH=NONE'),
}


@pytest.mark.parametrize('fault', FAULTS.values(), ids=FAULTS)
def test_a_fault_is_found(
    fault: tuple[Change, str, str, Severity, str, str], check_fault: Callable[..., None]
) -> None:
    check_fault(*fault)
