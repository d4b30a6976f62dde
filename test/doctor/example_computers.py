# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Computers to examine: files below a folder, answers of commands, an installed Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
import json
import os
from pathlib import Path

from hailo_perception.doctor import GROUPS
from hailo_perception.doctor.commands import Answer
from hailo_perception.doctor.examination import load_groups
from hailo_perception.doctor.finding import Finding
from hailo_perception.doctor.python import PythonInstallation
from hailo_perception.doctor.system import Space
from hailo_perception.doctor.system import System

PROFILE = '/opt/profiles/images.xml'
PYTHON = '/usr/bin/python3'
INFERENCE = (PYTHON, '-m', 'hailo_perception.doctor.inference_probe')
CAMERAS = (PYTHON, '-m', 'hailo_perception.doctor.camera_probe')
IDENTIFY = ('hailortcli', 'fw-control', 'identify')
PACKAGES = '/usr/lib/python3/dist-packages'
ROS = '/opt/ros/jazzy'
KERNEL = '6.6.51+rpt-rpi-2712'
PORT = '/sys/devices/platform/pcie/pci0001:00/0001:00:00.0'
DEVICE = f'{PORT}/0001:01:00.0'


def image_topic(
    name: str, reliability: str = 'reliable', publishers: int = 1
) -> dict[str, object]:
    publisher = {'node': '/usb_cam', 'reliability': reliability, 'durability': 'volatile'}
    return {
        'name': name,
        'type': 'sensor_msgs/msg/Image',
        'publishers': [publisher] * publishers,
    }


def calibration_topic(name: str) -> dict[str, object]:
    return {**image_topic(name), 'type': 'sensor_msgs/msg/CameraInfo'}


@dataclass
class Computer:
    """What a System shows; tests change it before they examine it."""

    files: dict[str, str | bytes] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    modes: dict[str, int] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    answers: dict[tuple[str, ...], Answer] = field(default_factory=dict)
    modules: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    python_version: tuple[int, int] = (3, 12)
    is_64_bit: bool = True
    prefix: str = '/usr'
    forbidden: set[str] = field(default_factory=set)
    shared_memory: Space | None = Space(4 << 30, 4 << 30)
    groups: Sequence[str] = GROUPS

    def remove(self, *beginnings: str) -> None:
        """Take files, links and modules away whose names begin so."""
        for table in (self.files, self.links, self.modules, self.versions):
            for name in [name for name in table if name.startswith(beginnings)]:
                del table[name]

    def without_command(self, name: str) -> None:
        self.answers = {key: value for key, value in self.answers.items() if key[0] != name}

    def publish(self, *topics: dict[str, object]) -> None:
        self.answers[CAMERAS] = Answer(0, json.dumps({'topics': topics}))

    def system(self, root: Path) -> System:
        for folder in {str(Path(name).parent) for name in (*self.files, *self.links)}:
            os.makedirs(f'{root}{folder}', exist_ok=True)
        for name, content in self.files.items():
            data = content.encode() if isinstance(content, str) else content
            with open(f'{root}{name}', 'wb') as stream:
                stream.write(data)
        for name, target in self.links.items():
            os.symlink(target, f'{root}{name}')
        for name, mode in self.modes.items():
            (root / name.lstrip('/')).chmod(mode)
        return System(
            root,
            self.environment,
            lambda command, timeout_s: self.answers.get(
                tuple(command), Answer(obstacle='not installed')
            ),
            PythonInstallation(
                self.python_version,
                self.is_64_bit,
                PYTHON,
                self.prefix,
                self.versions.get,
                self.modules.get,
            ),
            may=lambda path, mode: (
                path.exists() and f'/{path.relative_to(root)}' not in self.forbidden
            ),
            space_of=self._space,
        )

    def _space(self, path: Path) -> Space:
        if self.shared_memory is None:
            raise FileNotFoundError(path)
        return self.shared_memory

    def examine(self, root: Path) -> dict[str, list[Finding]]:
        """Examine all groups without the guard that turns exceptions into findings."""
        system = self.system(root)
        return {name: list(examine(system)) for name, examine in load_groups(self.groups).items()}


def _python(computer: Computer) -> None:
    for module, distribution, version in (
        ('numpy', 'numpy', '1.26.4'),
        ('cv2', 'opencv-python-headless', '4.11.0.86'),
        ('yaml', 'PyYAML', '6.0.1'),
        ('onnxruntime', 'onnxruntime', '1.20.1'),
        ('numba', 'numba', '0.60.0'),
        ('simplejpeg', 'simplejpeg', '1.8.1'),
        ('mcap', 'mcap', '1.2.1'),
        ('rich', 'rich', '13.9.0'),
        ('rerun', 'rerun-sdk', '0.25.0'),
    ):
        computer.modules[module] = f'{PACKAGES}/{module}'
        computer.versions[distribution] = version


def _linux(computer: Computer) -> None:
    computer.files |= {
        '/etc/os-release': 'NAME="Ubuntu"\nPRETTY_NAME="Ubuntu 24.04.2 LTS"\n',
        '/proc/meminfo': 'MemTotal:        8245500 kB\nMemFree: 1 kB\nMemAvailable: 6245500 kB\n',
        '/proc/self/status': 'Name:\tpython3\nCpus_allowed:\tf\nCpus_allowed_list:\t0-3\n',
        '/proc/1/cgroup': '0::/init.scope\n',
        '/etc/group': 'root:x:0:\nvideo:x:44:\nnobody:x:65534:\n',
    }
    computer.environment |= {'HOME': '/home/ada', 'PATH': '/usr/bin'}
    computer.files['/home/ada/.profile'] = ''
    computer.answers[('getconf', 'PAGE_SIZE')] = Answer(0, '4096\n')


def _ros(computer: Computer) -> None:
    site = f'{ROS}/lib/python3.12/site-packages'
    computer.modules['rclpy'] = f'{site}/rclpy'
    computer.modules['vision_msgs'] = f'{site}/vision_msgs'
    computer.modules['hailo_perception.msg'] = '/ws/hailo_perception/msg'
    tag = '.cpython-312-aarch64-linux-gnu.so'
    computer.files |= {
        f'{site}/rclpy/_rclpy_pybind11{tag}': '',
        f'/ws/hailo_perception/hailo_perception_s__rosidl_typesupport_c{tag}': '',
        f'{ROS}/share/ament_index/resource_index/packages/rmw_fastrtps_cpp': '',
        f'{ROS}/setup.bash': '',
        PROFILE: '<segment_size>67108864</segment_size>',
    }
    computer.environment |= {
        'ROS_DISTRO': 'jazzy',
        'AMENT_PREFIX_PATH': f'/ws/install:{ROS}',
        'ROS_DOMAIN_ID': '7',
        'FASTRTPS_DEFAULT_PROFILES_FILE': PROFILE,
    }
    computer.publish(
        image_topic('/front/image_raw'), calibration_topic('/front/camera_info')
    )


def _cores(computer: Computer, capacities: Sequence[int], governor: str, driver: str) -> None:
    for core, capacity in enumerate(capacities):
        folder = f'/sys/devices/system/cpu/cpu{core}'
        computer.files[f'{folder}/cpu_capacity'] = f'{capacity}\n'
        computer.files[f'{folder}/cpufreq/scaling_governor'] = f'{governor}\n'
        computer.files[f'{folder}/cpufreq/scaling_driver'] = f'{driver}\n'
    computer.files['/sys/devices/system/cpu/online'] = f'0-{len(capacities) - 1}\n'
    computer.files['/proc/self/status'] = f'Cpus_allowed_list:\t0-{len(capacities) - 1}\n'


def _hailo(
    computer: Computer, *, kernel: str, version: str, speed: str, width: int, chip: str = 'HAILO8'
) -> None:
    computer.files |= {
        '/proc/sys/kernel/osrelease': f'{kernel}\n',
        f'{PORT}/max_link_speed': '8.0 GT/s PCIe\n',
        f'{PORT}/max_link_width': f'{width}\n',
        f'{DEVICE}/vendor': '0x1e60\n',
        f'{DEVICE}/device': '0x2864\n',
        f'{DEVICE}/current_link_speed': f'{speed} GT/s PCIe\n',
        f'{DEVICE}/current_link_width': f'{width}\n',
        f'{DEVICE}/max_link_speed': '8.0 GT/s PCIe\n',
        f'{DEVICE}/max_link_width': '4\n',
        '/sys/bus/pci/drivers/hailo/bind': '',
        '/sys/module/hailo_pci/version': f'{version}\n',
        f'/lib/modules/{kernel}/kernel/drivers/media/pci/hailo/hailo_pci.ko.xz': 'xz',
        '/lib/firmware/hailo/hailo8_fw.bin': 'firmware',
        '/lib/udev/rules.d/60-hailofw.rules': 'SUBSYSTEM=="hailo_chardev", MODE="0666"\n',
        '/dev/hailo0': '',
        '/sys/class/hailo_chardev/hailo0/board_location': '0001:01:00.0\n',
        f'/usr/lib/libhailort.so.{version}': 'elf',
        f'{PACKAGES}/hailo_platform/__init__.py': f'import os\n__version__ = "{version}"\n',
        f'{PACKAGES}/hailo_platform/pyhailort/_pyhailort.cpython-312-x-linux-gnu.so': 'elf',
    }
    computer.links |= {
        '/sys/bus/pci/devices/0001:01:00.0': f'../../..{DEVICE.removeprefix("/sys")}',
        f'{DEVICE}/driver': '../../../../../bus/pci/drivers/hailo',
    }
    computer.modes['/dev/hailo0'] = 0o666
    computer.modules['hailo_platform'] = f'{PACKAGES}/hailo_platform'
    computer.versions['hailort'] = version
    computer.answers[IDENTIFY] = Answer(
        0,
        'Executing on device: 0001:01:00.0\nIdentifying board\nControl Protocol Version: 2\n'
        f'Firmware Version: {version} (release,app,extended context switch buffer)\n'
        f'Logger Version: 0\nBoard Name: Hailo-8\nDevice Architecture: {chip}\n',
    )
    computer.answers[INFERENCE] = Answer(
        0,
        json.dumps(
            {'model': 'lightnet', 'backend': 'hailort', 'reason': 'backend hailort runs lightnet'}
        ),
    )


def raspberry_pi_5() -> Computer:
    computer = Computer()
    for add in (_linux, _python, _ros):
        add(computer)
    _cores(computer, [1024] * 4, 'ondemand', 'cpufreq-dt')
    _hailo(computer, kernel=KERNEL, version='4.20.0', speed='8.0', width=1, chip='HAILO8L')
    computer.files |= {
        '/proc/device-tree/model': 'Raspberry Pi 5 Model B Rev 1.0\0',
        '/proc/device-tree/compatible': 'raspberrypi,5-model-b\0brcm,bcm2712\0',
        '/boot/firmware/config.txt': '# boot\ndtparam=audio=on\n[pi4]\narm_boost=1\n[all]\n'
        'dtparam=pciex1\ndtparam=pciex1_gen=3\n',
        '/sys/class/thermal/thermal_zone0/type': 'cpu-thermal\n',
        '/sys/class/thermal/thermal_zone0/temp': '52350\n',
    }
    computer.answers[('getconf', 'PAGE_SIZE')] = Answer(0, '16384\n')
    computer.answers[('vcgencmd', 'get_throttled')] = Answer(0, 'throttled=0x0\n')
    return computer


def rock_5() -> Computer:
    computer = Computer()
    for add in (_linux, _python, _ros):
        add(computer)
    _cores(computer, [530] * 4 + [1024] * 4, 'performance', 'cpufreq-dt')
    _hailo(computer, kernel='5.10.160-38-rk356x', version='4.23.0', speed='8.0', width=4)
    computer.files |= {
        '/proc/device-tree/model': 'Radxa ROCK 5B\0',
        '/proc/device-tree/compatible': 'radxa,rock-5b\0rockchip,rk3588\0',
        '/sys/class/thermal/thermal_zone0/type': 'soc-thermal\n',
        '/sys/class/thermal/thermal_zone0/temp': '41000\n',
    }
    return computer


def x86_with_hailo() -> Computer:
    computer = Computer()
    for add in (_linux, _python, _ros):
        add(computer)
    _cores(computer, [], 'powersave', 'intel_pstate')
    for core in range(4):
        folder = f'/sys/devices/system/cpu/cpu{core}/cpufreq'
        computer.files[f'{folder}/scaling_governor'] = 'powersave\n'
        computer.files[f'{folder}/scaling_driver'] = 'intel_pstate\n'
    computer.files['/sys/devices/system/cpu/online'] = '0-3\n'
    computer.files['/proc/self/status'] = 'Cpus_allowed_list:\t0-3\n'
    _hailo(computer, kernel='6.8.0-51-generic', version='4.20.0', speed='8.0', width=4)
    computer.files |= {
        '/sys/class/dmi/id/sys_vendor': 'ASUSTeK\n',
        '/sys/class/dmi/id/product_name': 'NUC14\n',
    }
    return computer


def x86() -> Computer:
    """Build a plain computer: Linux, Python, and nothing that this package needs."""
    computer = Computer()
    _linux(computer)
    computer.files['/proc/sys/kernel/osrelease'] = '6.8.0-51-generic\n'
    return computer


def container() -> Computer:
    """Build a container on a Raspberry Pi 5, started without any option."""
    computer = raspberry_pi_5()
    computer.files['/.dockerenv'] = ''
    computer.remove('/dev/hailo0', '/lib/modules', '/lib/firmware', '/lib/udev', '/boot')
    computer.modes.clear()
    computer.shared_memory = Space(64 << 20, 63 << 20)
    computer.without_command('hailortcli')
    computer.without_command('vcgencmd')
    return computer


def empty() -> Computer:
    return Computer()


COMPUTERS = {
    make.__name__: make for make in (raspberry_pi_5, rock_5, x86_with_hailo, x86, container, empty)
}
