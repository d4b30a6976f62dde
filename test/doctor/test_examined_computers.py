# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Whole computers, in good health and with each fault."""

from __future__ import annotations

from collections.abc import Callable
import json
import os
from pathlib import Path
from typing import Any

import pytest

from hailo_perception.doctor import driver
from hailo_perception.doctor.commands import Answer
from hailo_perception.doctor.finding import Finding
from hailo_perception.doctor.finding import Severity
from hailo_perception.doctor.system import Space

OK, WARNING, ERROR = Severity.OK, Severity.WARNING, Severity.ERROR
PYTHON = '/usr/bin/python3'
INFERENCE = (PYTHON, '-m', 'hailo_perception.doctor.inference_probe')
CAMERAS = (PYTHON, '-m', 'hailo_perception.doctor.camera_probe')
IDENTIFY = ('hailortcli', 'fw-control', 'identify')
PACKAGES = '/usr/lib/python3/dist-packages'
KERNEL = '6.6.51+rpt-rpi-2712'
DEVICE = '/sys/devices/platform/pcie/pci0001:00/0001:00:00.0/0001:01:00.0'
PORT = '/sys/devices/platform/pcie/pci0001:00/0001:00:00.0'
MODULE = f'/lib/modules/{KERNEL}/kernel/drivers/media/pci/hailo/hailo_pci.ko.xz'
CPU0 = '/sys/devices/system/cpu/cpu0'
RCLPY = '/opt/ros/jazzy/lib/python3.12/site-packages/rclpy'


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


def _files(files: dict[str, str | bytes]) -> Callable[[Any], None]:
    return lambda computer: computer.files.update(files)


def _gone(*names: str) -> Callable[[Any], None]:
    def change(computer: Any) -> None:
        computer.remove(*names)
        for name in names:
            computer.modes.pop(name, None)

    return change


def _shell(**variables: str) -> Callable[[Any], None]:
    return lambda computer: computer.environment.update(variables)


def _answers(command: tuple[str, ...], answer: Answer) -> Callable[[Any], None]:
    return lambda computer: computer.answers.update({command: answer})


def _set(**attributes: Any) -> Callable[[Any], None]:
    def change(computer: Any) -> None:
        for name, value in attributes.items():
            setattr(computer, name, value)

    return change


def _both(*changes: Callable[[Any], None]) -> Callable[[Any], None]:
    def change(computer: Any) -> None:
        for single in changes:
            single(computer)

    return change


def _topics(*topics: dict[str, object]) -> Callable[[Any], None]:
    return lambda computer: computer.publish(*topics)


def _image(name: str, reliability: str = 'reliable', publishers: int = 1) -> dict[str, object]:
    publisher = {'node': '/usb_cam', 'reliability': reliability, 'durability': 'volatile'}
    return {
        'name': name,
        'type': 'sensor_msgs/msg/Image',
        'publishers': [publisher] * publishers,
    }


_INFO = {**_image('/front/camera_info'), 'type': 'sensor_msgs/msg/CameraInfo'}
_NO_PROFILE = _shell(FASTRTPS_DEFAULT_PROFILES_FILE='')

# A change to the healthy Raspberry Pi 5; group, check, severity; parts of fact and remedy.
FAULTS = {
    'a 32-bit system': (
        _set(is_64_bit=False), 'machine', 'system', ERROR, '32 bits', '64-bit edition'),
    'memory is short': (
        _files({'/proc/meminfo': 'MemTotal: 2000000 kB\nMemAvailable: 900000 kB\n'}),
        'machine', 'memory', WARNING, '878.9 MiB of 1.907 GiB', 'swap'),
    'memory is gone': (
        _files({'/proc/meminfo': 'MemTotal: 2000000 kB\nMemAvailable: 90000 kB\n'}),
        'machine', 'memory', ERROR, 'free', 'swap'),
    'memory is limited for the container': (
        _files({'/sys/fs/cgroup/memory.max': '536870912', '/sys/fs/cgroup/memory.current': '0'}),
        'machine', 'memory', WARNING, '512 MiB of 512 MiB', 'swap'),
    'the clock stays low': (
        _files({f'{CPU0}/cpufreq/scaling_governor': 'powersave\n'}),
        'cpu', 'governor', WARNING, 'ondemand on cores 1-3, powersave on cores 0', 'performance'),
    'hot': (
        _files({'/sys/class/thermal/thermal_zone0/temp': '84100\n'}),
        'heat', 'temperature', WARNING, '84 C (cpu-thermal)', 'fan'),
    'under-voltage now': (
        _answers(('vcgencmd', 'get_throttled'), Answer(0, 'throttled=0x50005\n')),
        'heat', 'power_supply', ERROR, 'right now', '27 W'),
    'under-voltage before': (
        _answers(('vcgencmd', 'get_throttled'), Answer(0, 'throttled=0x50000\n')),
        'heat', 'power_supply', WARNING, 'since the start', '27 W'),
    'throttled now': (
        _answers(('vcgencmd', 'get_throttled'), Answer(0, 'throttled=0xe0008\n')),
        'heat', 'power_supply', WARNING, 'right now', 'fan'),
    'under-voltage, no vcgencmd': (
        _both(
            lambda computer: computer.without_command('vcgencmd'),
            _files({
                '/sys/class/hwmon/hwmon1/name': 'rpi_volt\n',
                '/sys/class/hwmon/hwmon1/in0_lcrit_alarm': '1\n',
            }),
        ),
        'heat', 'power_supply', ERROR, 'right now', '27 W'),
    'no chip': (
        _gone('/sys/bus/pci/devices', '/sys/module', '/dev/hailo0'),
        'pcie', 'chip', WARNING, 'no Hailo chip', 'ribbon cable'),
    'no chip, and PCIe is off': (
        _both(
            _gone('/sys/bus/pci/devices', '/sys/module', '/dev/hailo0'),
            _files({'/boot/firmware/config.txt': '#dtparam=pciex1\n'}),
        ),
        'pcie', 'chip', WARNING, 'no Hailo chip', "'dtparam=pciex1' to /boot/firmware/config.txt"),
    'a Hailo-10H': (
        _files({f'{DEVICE}/device': '0x45c4\n'}),
        'pcie', 'chip', ERROR, 'another family', 'Hailo-8'),
    'given to a virtual machine': (
        lambda computer: computer.links.update({f'{DEVICE}/driver': '../drivers/vfio-pci'}),
        'pcie', 'chip', ERROR, 'vfio-pci', 'unbind'),
    'Gen 2, Gen 3 not set': (
        _files({
            f'{DEVICE}/current_link_speed': '5.0 GT/s PCIe\n',
            '/boot/firmware/config.txt': 'dtparam=pciex1\n[pi4]\ndtparam=pciex1_gen=3\n',
        }),
        'pcie', 'link', WARNING, 'PCIe 2.0 x1, 500 MB/s; Gen 3 would carry 984 MB/s',
        "add 'dtparam=pciex1_gen=3' to /boot/firmware/config.txt and reboot"),
    'Gen 2, the older place of the file': (
        _both(
            _gone('/boot/firmware/config.txt'),
            _files({f'{DEVICE}/current_link_speed': '5.0 GT/s', '/boot/config.txt': '\n'}),
        ),
        'pcie', 'link', WARNING, '500 MB/s', '/boot/config.txt'),
    'Gen 2 although Gen 3 is set': (
        _files({f'{DEVICE}/current_link_speed': '5.0 GT/s PCIe\n'}),
        'pcie', 'link', WARNING, 'PCIe 2.0 x1', 'reseat'),
    'no driver': (
        _gone('/sys/module', '/lib/modules', '/dev/hailo0'),
        'driver', 'module', ERROR, 'not installed', 'sudo apt install hailo-all'),
    'driver of the former kernel': (
        _both(
            _gone('/sys/module', '/lib/modules', '/dev/hailo0'),
            _files({'/lib/modules/6.6.31/updates/dkms/hailo_pci.ko': ''}),
        ),
        'driver', 'module', ERROR, f'built for kernel 6.6.31, but {KERNEL}', 'dkms autoinstall'),
    'driver not loaded': (
        _gone('/sys/module', '/dev/hailo0'),
        'driver', 'module', ERROR, 'not loaded', 'sudo modprobe hailo_pci'),
    'driver blacklisted': (
        _both(
            _gone('/sys/module', '/dev/hailo0'),
            _files({'/etc/modprobe.d/no.conf': '# x\nblacklist  hailo-pci\n'}),
        ),
        'driver', 'module', ERROR, 'blacklisted in /etc/modprobe.d/no.conf', 'remove the line'),
    'Secure Boot': (
        _both(
            _gone('/sys/module', '/dev/hailo0'),
            _files({'/sys/firmware/efi/efivars/SecureBoot-8be4': b'\6\0\0\0\1'}),
        ),
        'driver', 'module', ERROR, 'Secure Boot', 'mokutil'),
    'no firmware, chip down': (
        _gone('/lib/firmware', '/dev/hailo0'),
        'driver', 'firmware_file', ERROR, '/lib/firmware/hailo/hailo8_fw.bin', 'hailo-all'),
    'no firmware file, chip up': (
        _gone('/lib/firmware'), 'driver', 'firmware_file', WARNING, 'hailo8_fw.bin', 'hailo-all'),
    'firmware cut off': (
        _files({'/lib/firmware/hailo/hailo8_fw.bin': ''}),
        'driver', 'firmware_file', ERROR, 'is empty', '--reinstall'),
    'no udev rule': (
        _gone('/lib/udev'), 'driver', 'udev_rule', WARNING, 'no udev rule', 'MODE="0666"'),
    'chip did not come up': (
        _gone('/dev/hailo0'), 'driver', 'device', ERROR, 'no /dev/hailo0', 'power off'),
    'node closed to this user': (
        _both(_set(forbidden={'/dev/hailo0'}), lambda c: c.modes.update({'/dev/hailo0': 0o600})),
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
        _gone('/sys/class/hailo_chardev'),
        'driver', 'device_class', ERROR, '/sys/class/hailo_chardev', 'modprobe -r'),
    'no library': (
        _gone('/usr/lib/libhailort'), 'hailort', 'library', ERROR, 'not installed', 'hailo-all'),
    'two libraries': (
        _files({'/usr/local/lib/libhailort.so.4.17.0': 'elf'}),
        'hailort', 'library', WARNING, '4.17.0', 'ldconfig'),
    'library for Hailo-10H': (
        _both(_gone('/usr/lib/libhailort'), _files({'/usr/lib/libhailort.so.5.1.1': 'elf'})),
        'hailort', 'library', ERROR, '5.1.1', '4.x'),
    'library too old': (
        _both(_gone('/usr/lib/libhailort'), _files({'/usr/lib/libhailort.so.4.17.0': 'elf'})),
        'hailort', 'library', ERROR, 'older than 4.18.0', 'hailo-all'),
    'no binding': (
        _gone(f'{PACKAGES}/hailo_platform', 'hailo_platform', 'hailort'),
        'hailort', 'binding', ERROR, 'no Python module', 'python3-hailort'),
    'binding outside the venv': (
        _gone('hailo_platform'), 'hailort', 'binding', ERROR, 'for the system',
        '--system-site-packages'),
    'binding for another Python': (
        _set(python_version=(3, 11)), 'hailort', 'binding', ERROR, 'for Python 3.12', 'cp311'),
    'binding damaged': (
        _gone(f'{PACKAGES}/hailo_platform/pyhailort'),
        'hailort', 'binding', WARNING, 'incomplete', 'python3-hailort'),
    'chip silent': (
        _answers(IDENTIFY, Answer(1, '', '[HailoRT] [error] CHECK failed - no answer\n[x] y\n')),
        'hailort', 'chip', ERROR, 'CHECK failed - no answer', 'power off'),
    'chip hangs': (
        _answers(IDENTIFY, Answer(obstacle='no answer in 4 s')),
        'hailort', 'chip', ERROR, 'no answer in 4 s', 'power off'),
    'driver and library differ': (
        _files({'/sys/module/hailo_pci/version': '4.19.0\n'}),
        'hailort', 'versions', ERROR, 'driver 4.19.0, library 4.20.0', 'full-upgrade'),
    'binding and library differ': (
        _files({f'{PACKAGES}/hailo_platform/__init__.py': "__version__ = '4.18.0'\n"}),
        'hailort', 'versions', ERROR, 'Python binding 4.18.0', 'hailo-all'),
    'firmware differs': (
        _answers(IDENTIFY, Answer(0, 'Firmware Version: 4.21.0\nDevice Architecture: HAILO8\n')),
        'hailort', 'versions', WARNING, 'firmware 4.21.0', 'hailo-all'),
    'packages displace each other': (
        _files({'/var/lib/dpkg/status': ''.join(
            f'Package: {name}\nStatus: install ok installed\n\n'
            for name in ('bash', 'hailort', 'h10-hailort')
        )}),
        'hailort', 'packages', ERROR, 'displace', 'apt remove h10-hailort'),
    'numpy 2': (
        lambda computer: computer.versions.update(numpy='2.1.0'),
        'hailort', 'numpy', WARNING, '2.1.0', "'numpy<2'"),
    'log folder closed': (
        _set(forbidden={'/home/ada'}), 'hailort', 'log_folder', WARNING, '/home/ada/.hailo',
        'HAILORT_LOGGER_PATH=NONE'),
    'no onnxruntime': (
        _gone('onnxruntime'), 'parts', 'onnxruntime', WARNING, 'CPU', 'pip install onnxruntime'),
    'no numba, in a Python that Debian manages': (
        _both(_gone('numba'), _files({'/usr/lib/python3.12/EXTERNALLY-MANAGED': ''})),
        'parts', 'numba', WARNING, 'not installed',
        'pip install --break-system-packages numba'),
    'no OpenCV': (
        _gone('cv2', 'opencv-python-headless'), 'parts', 'cv2', ERROR, 'nothing works',
        "pip install 'opencv-python-headless<5'"),
    'no OpenCV, in a Python that Debian manages': (
        _both(
            _gone('cv2', 'opencv-python-headless'),
            _files({'/usr/lib/python3.12/EXTERNALLY-MANAGED': ''}),
        ),
        'parts', 'cv2', ERROR, 'nothing works', 'sudo apt install python3-opencv'),
    'no vision_msgs': (
        _gone('vision_msgs'), 'parts', 'vision_msgs', WARNING, 'detections', 'apt install ros-'),
    'no foxglove_msgs': (
        _set(), 'parts', 'foxglove_msgs', OK, 'no topic annotations', 'ros-$ROS_DISTRO-foxglove'),
    'two OpenCVs': (
        lambda computer: computer.versions.update({'opencv-python': '4.9.0'}),
        'parts', 'opencv_twice', WARNING, 'overwrite', 'pip uninstall'),
    'OpenCV 5': (
        lambda computer: computer.versions.update({'opencv-python-headless': '5.0.0'}),
        'parts', 'opencv_version', WARNING, '5.0.0', "'opencv-python-headless<5'"),
    'numpy over the OpenCV of the system': (
        _both(
            lambda computer: computer.versions.update(numpy='2.1.0'),
            _files({f'{PACKAGES}/numpy-1.26.4.egg-info/PKG-INFO': ''}),
        ),
        'parts', 'numpy_clash', ERROR, 'compiled for numpy 1', "'numpy<2'"),
    'cv_bridge beside numpy 2': (
        lambda computer: (
            computer.versions.update(numpy='2.1.0'), computer.modules.update(cv_bridge='/x')),
        'parts', 'cv_bridge', OK, 'numpy 1', '_ARRAY_API'),
    'the CPU runs it although there is a Hailo': (
        _answers(INFERENCE, Answer(0, json.dumps(
            {'model': 'm', 'backend': 'onnx', 'reason': 'backend onnx runs m (hailort: busy)'}))),
        'inference', 'auto', WARNING, 'hailort: busy', 'hailort'),
    'the device warns': (
        _answers(INFERENCE, Answer(0, json.dumps(
            {'model': 'm', 'backend': 'hailort', 'reason': '.', 'warnings': ['an 8L network']}))),
        'inference', 'auto', WARNING, 'an 8L network', 'change'),
    'nothing runs it': (
        _answers(INFERENCE, Answer(0, '{"model": "m", "error": "no backend can run m"}')),
        'inference', 'auto', ERROR, 'no backend can run m', 'repair'),
    'the models crash Python': (
        _answers(INFERENCE, Answer(-11, '', '')),
        'inference', 'auto', ERROR, 'exit status -11', 'inference_probe'),
    'the models take too long': (
        _answers(INFERENCE, Answer(None, '', '', 'no answer in 7 s', is_late=True)),
        'inference', 'auto', WARNING, 'no answer in 7 s', 'inference_probe'),
    'ROS installed, not sourced': (
        _both(_gone('rclpy'), lambda computer: computer.environment.pop('ROS_DISTRO')),
        'ros', 'distribution', WARNING, 'not sourced', 'source /opt/ros/jazzy/setup.bash'),
    'ROS sourced for another Python': (
        _gone('rclpy'), 'ros', 'distribution', ERROR, 'finds no rclpy', 'Python'),
    'an old ROS': (
        _shell(ROS_DISTRO='foxy'), 'ros', 'distribution', WARNING, 'foxy', 'jazzy'),
    'rclpy for another Python': (
        _set(python_version=(3, 11)), 'ros', 'rclpy', ERROR, 'compiled for Python 3.12', '3.12'),
    'messages not built': (
        _gone('hailo_perception.msg'), 'ros', 'messages', ERROR, 'not built', 'colcon build'),
    'middleware not installed': (
        _shell(RMW_IMPLEMENTATION='rmw_cyclonedds_cpp'),
        'ros', 'middleware', ERROR, 'rmw_cyclonedds_cpp', 'rmw-cyclonedds-cpp'),
    'Cyclone DDS with small buffers': (
        _both(
            _shell(RMW_IMPLEMENTATION='rmw_cyclonedds_cpp'),
            _files({
                '/opt/ros/jazzy/share/ament_index/resource_index/packages/rmw_cyclonedds_cpp': '',
                '/proc/sys/net/core/rmem_max': '212992\n',
            }),
        ),
        'ros', 'receive_buffer', WARNING, '212992', 'sysctl'),
    'no domain': (
        _shell(ROS_DOMAIN_ID='front'), 'ros', 'domain', ERROR, 'front', '101'),
    'a risky domain': (
        _shell(ROS_DOMAIN_ID='200'), 'ros', 'domain', WARNING, '200', '101'),
    'discovery off': (
        _shell(ROS_AUTOMATIC_DISCOVERY_RANGE='OFF'), 'ros', 'discovery', WARNING, 'OFF', 'unset'),
    'no profile': (
        _NO_PROFILE, 'transport', 'profile', WARNING, '512 KB',
        'export FASTRTPS_DEFAULT_PROFILES_FILE=/'),
    'profile under the name that Jazzy does not read': (
        _both(_NO_PROFILE, _shell(FASTDDS_DEFAULT_PROFILES_FILE='/opt/profiles/images.xml')),
        'transport', 'profile', WARNING, 'reads only FASTRTPS_DEFAULT', 'export FASTRTPS'),
    'profile lost': (
        _shell(FASTRTPS_DEFAULT_PROFILES_FILE='/tmp/none.xml'),
        'transport', 'profile', ERROR, '/tmp/none.xml', 'export'),
    'profile without large segments': (
        _files({'/opt/profiles/images.xml': '<segment_size>524288</segment_size>'}),
        'transport', 'profile', WARNING, '8 MiB', 'export'),
    'shared memory is full': (
        _set(shared_memory=Space(1 << 30, 1 << 20)),
        'transport', 'shared_memory', ERROR, '1 MiB of 1 GiB', 'fastdds shm clean'),
    'shared memory is scarce': (
        _set(shared_memory=Space(1 << 30, 128 << 20)),
        'transport', 'shared_memory', WARNING, '128 MiB', '--ipc=host'),
    'no shared memory': (
        _set(shared_memory=None), 'transport', 'shared_memory', ERROR, 'no /dev/shm', 'mount'),
    'nodes of two users': (
        _both(
            _files({'/dev/shm/fastrtps_port7411': ''}),
            _set(forbidden={'/dev/shm/fastrtps_port7411'}),
        ),
        'transport', 'shared_memory_owner', WARNING, 'fastrtps_port7411', 'one user'),
    'webcam closed': (
        _both(_files({'/dev/video0': ''}), _set(forbidden={'/dev/video0'})),
        'cameras', 'video_devices', WARNING, '/dev/video0', 'usermod -aG video'),
    'no camera': (
        _topics(), 'cameras', 'topics', WARNING, 'domain 7', 'camera_node'),
    'ROS broken': (
        _answers(CAMERAS, Answer(1, '', 'Traceback\nImportError: librcl.so')),
        'cameras', 'topics', ERROR, 'ImportError: librcl.so', 'camera_probe'),
    'ROS takes too long': (
        _answers(CAMERAS, Answer(None, '', '', 'no answer in 7 s', is_late=True)),
        'cameras', 'topics', WARNING, 'no answer in 7 s', 'camera_probe'),
    'not calibrated': (
        _topics(_image('/front/image_raw')),
        'cameras', 'calibration', WARNING, '/front/camera_info', 'cameracalibrator'),
    'two publishers': (
        _topics(_image('/front/image_raw', publishers=2), _INFO),
        'cameras', 'topic', WARNING, '2 publishers', 'stop one'),
    'best effort without the profile': (
        _both(_NO_PROFILE, _topics(_image('/front/image_raw', 'best_effort'), _INFO)),
        'cameras', 'topic', WARNING, 'best effort loses', 'publish reliably'),
    'another name': (
        _topics(_image('/usb/image_raw')),
        'cameras', 'topic', OK, '/usb/image_raw: sensor_msgs/msg/Image from /usb_cam, reliable',
        'camera.front.image_topic:=/usb/image_raw'),
}


@pytest.mark.parametrize(
    ('change', 'group', 'check', 'severity', 'fact', 'remedy'), FAULTS.values(), ids=FAULTS
)
def test_a_fault_is_found(
    change: Callable[[Any], object],
    group: str,
    check: str,
    severity: Severity,
    fact: str,
    remedy: str,
    make_computer: Callable[[str], Any],
    tmp_path: Path,
) -> None:
    computer = make_computer('raspberry_pi_5')
    change(computer)
    found = [f for f in computer.examine(tmp_path)[group] if f.check == check]
    worst = [finding for finding in found if finding.severity is severity]
    assert worst, found
    assert fact in worst[0].fact
    assert remedy in worst[0].remedy
    if severity is not ERROR:
        assert not [finding for finding in found if finding.severity is ERROR]


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
