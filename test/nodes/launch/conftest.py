# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Launch files run as processes of their own, from this checkout."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
import os
from pathlib import Path
import re
import signal
import subprocess
import sys

import pytest

CHECKOUT = Path(__file__).parents[3]
HANG_GUARD_S = 180.0
LAUNCH = """
import sys
from launch import LaunchDescription, LaunchService
from launch.actions import IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource
source = PythonLaunchDescriptionSource(sys.argv[1])
arguments = [argument.split(':=', 1) for argument in sys.argv[2:]]
service = LaunchService(argv=sys.argv[2:])
service.include_launch_description(
    LaunchDescription([IncludeLaunchDescription(source, launch_arguments=arguments)])
)
sys.exit(service.run())
"""
RVIZ_DOUBLE = """
import sys
import rclpy
from rclpy.executors import ExternalShutdownException
from rclpy.utilities import remove_ros_args
from sensor_msgs.msg import Image, PointCloud2
from visualization_msgs.msg import MarkerArray
import yaml

TYPES = {'Image': Image, 'MarkerArray': MarkerArray, 'PointCloud2': PointCloud2}

def subscribe(displays):
    for display in displays:
        if 'Topic' in display:
            kind = TYPES[display['Class'].split('/')[1]]
            node.create_subscription(kind, display['Topic']['Value'], lambda message: None, 2)
        subscribe(display.get('Displays', []))

given = remove_ros_args(sys.argv)[1:]
rclpy.init(args=sys.argv)
node = rclpy.create_node('rviz')
print('rviz was given', *given, file=sys.stderr, flush=True)
with open(given[given.index('-d') + 1]) as file:
    subscribe(yaml.safe_load(file)['Visualization Manager']['Displays'])
try:
    rclpy.spin(node)
except (KeyboardInterrupt, ExternalShutdownException):
    pass
"""


class Launch:
    """A launch file that runs in a process of its own."""

    def __init__(self, log: Path, environment: dict[str, str], path: Path, given: list[str]):
        self._log = log
        with log.open('w') as stream:
            self._process = subprocess.Popen(
                [sys.executable, '-c', LAUNCH, str(path), *given],
                env=environment,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def log(self) -> str:
        return self._log.read_text()

    @property
    def started_processes(self) -> list[int]:
        return [int(pid) for pid in re.findall(r'process started with pid \[(\d+)\]', self.log)]

    def wait(self) -> int:
        return self._process.wait(HANG_GUARD_S)

    def stop(self) -> int:
        """Interrupt launch and its nodes, as Ctrl-C in a terminal does."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGINT)
        return self.wait()

    def kill_left_processes(self) -> bool:
        """End what outlived the launch; tells whether there was anything."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """Install this checkout by links, as ament does."""
    prefix = tmp_path / 'prefix'
    share = prefix / 'share' / 'hailo_perception'
    share.mkdir(parents=True)
    for folder in ('config', 'launch'):
        (share / folder).symlink_to(CHECKOUT / folder)
    for name in ('perception_node', 'anonymizer_node', 'camera_node'):
        source = f'from hailo_perception.nodes.executables import {name}'
        program = f'import sys\n{source}\nsys.exit({name}())\n'
        install_program(prefix, 'hailo_perception', name, program)
    return prefix


def install_program(prefix: Path, package: str, name: str, source: str) -> None:
    """Install a Python program where launch looks for the executables of a package."""
    index = prefix / 'share' / 'ament_index' / 'resource_index' / 'packages'
    index.mkdir(parents=True, exist_ok=True)
    (index / package).touch()
    program = prefix / 'lib' / package / name
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(f'#!{sys.executable}\n{source}')
    program.chmod(0o755)


@pytest.fixture
def run_launch(tmp_path: Path, prefix: Path) -> Iterator[Callable[..., Launch]]:
    """Launch our files, by their names, or others by their paths; none leaves a process."""
    prefixes = [str(prefix), *filter(None, [os.environ.get('AMENT_PREFIX_PATH')])]
    python_path = [str(CHECKOUT), *filter(None, [os.environ.get('PYTHONPATH')])]
    environment = {
        **os.environ,
        'AMENT_PREFIX_PATH': os.pathsep.join(prefixes),
        'PYTHONPATH': os.pathsep.join(python_path),
        'ROS_LOG_DIR': str(tmp_path / 'log'),
    }
    launches: list[Launch] = []

    def run(name: str | Path, **given: str) -> Launch:
        words = [f'{argument}:={value}' for argument, value in given.items()]
        path = CHECKOUT / 'launch' / name
        launches.append(Launch(tmp_path / f'{len(launches)}.log', environment, path, words))
        return launches[-1]

    yield run
    for launch in launches:
        launch.stop()
        print(launch.log)
    assert not [launch.log for launch in launches if launch.kill_left_processes()]


@pytest.fixture
def rviz_double(prefix: Path) -> None:
    """Install a program that subscribes and answers as rviz would; rviz itself needs a screen."""
    install_program(prefix, 'rviz2', 'rviz2', RVIZ_DOUBLE)
