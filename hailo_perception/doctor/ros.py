# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""ROS 2: distribution, rclpy, this package's messages, middleware, domain."""

from __future__ import annotations

from collections.abc import Iterator

from hailo_perception.doctor.finding import error
from hailo_perception.doctor.finding import Finding
from hailo_perception.doctor.finding import ok
from hailo_perception.doctor.finding import warning
from hailo_perception.doctor.python import built_for
from hailo_perception.doctor.python import python_names
from hailo_perception.doctor.remedy import pip_install
from hailo_perception.doctor.system import System
from hailo_perception.doctor.text import version_in
from hailo_perception.doctor.text import whole
from hailo_perception.ros.middleware import domain_of
from hailo_perception.ros.middleware import LAST_DOMAIN
from hailo_perception.ros.middleware import LAST_SAFE_DOMAIN

FAST_DDS = 'rmw_fastrtps_cpp'
FAST_DDS_NAMES = (FAST_DDS, 'rmw_fastrtps_dynamic_cpp')
_CYCLONE_DDS = 'rmw_cyclonedds_cpp'
_SUPPORTED = ('humble', 'jazzy', 'kilted', 'lyrical', 'rolling')
_DISTRO_OF_RCLPY = {3: 'humble', 7: 'jazzy', 9: 'kilted'}
_INSTALLED = '/opt/ros'
_LARGE_RECEIVE_BUFFER_BYTES = 8 << 20
_REBUILD = 'source ROS 2, then build again: colcon build, or pip install --no-build-isolation .'


def distribution(system: System) -> str:
    """Name the ROS distribution that this Python would use; empty where there is none."""
    named = system.environment.get('ROS_DISTRO', '')
    rclpy = version_in(system.python.version_of('ros-rclpy'))
    return named or (_DISTRO_OF_RCLPY.get(rclpy[0], '') if rclpy else '')


def middleware(system: System) -> str:
    """Name the RMW that ROS would load."""
    return system.environment.get('RMW_IMPLEMENTATION', '') or FAST_DDS


def has_ros(system: System) -> bool:
    """Tell whether nodes can be run at all."""
    return system.python.has('rclpy')


def examine(system: System) -> Iterator[Finding]:
    """Look at ROS in the order in which a node would fail."""
    yield _distribution(system)
    if not has_ros(system):
        return
    yield _rclpy(system)
    yield from _messages(system)
    yield from _middleware(system)
    yield _domain(system)
    yield from _discovery(system)


def _distribution(system: System) -> Finding:
    distro = distribution(system)
    on_disk = system.entries(_INSTALLED)
    if not has_ros(system):
        if distro:
            return error(
                'distribution',
                f'{distro} is sourced, but Python {system.python.name} finds no rclpy',
                'use the Python that ROS was built for (no conda, no other venv)',
            )
        if on_disk:
            return warning(
                'distribution',
                f'ROS 2 {", ".join(on_disk)} is installed, but not sourced in this shell',
                f'source {_INSTALLED}/{on_disk[-1]}/setup.bash',
            )
        return warning(
            'distribution',
            'no ROS 2: the nodes cannot run, the Python library and this command can',
            'install ROS 2 Jazzy; on x86_64 its wheels do, in a checkout of this package: '
            f'{pip_install(system, ".[jazzy]")}',
        )
    if not distro:
        return ok('distribution', 'ROS 2, distribution not named')
    if distro not in _SUPPORTED:
        return warning(
            'distribution',
            f'ROS 2 {distro} has ended or is not known here',
            f'use {", ".join(_SUPPORTED)}',
        )
    return ok('distribution', f'ROS 2 {distro}')


def _rclpy(system: System) -> Finding:
    folder = system.python.folder_of('rclpy') or ''
    return _compiled(system, 'rclpy', f'rclpy in {folder}', folder)


def _messages(system: System) -> Iterator[Finding]:
    folder = system.python.folder_of('hailo_perception.msg')
    if folder is None:
        yield error('messages', 'the messages of hailo_perception are not built', _REBUILD)
        return
    package = folder.rpartition('/')[0]
    yield _compiled(system, 'messages', f'messages of hailo_perception in {package}', package)


def _compiled(system: System, check: str, fact: str, folder: str) -> Finding:
    versions = built_for(system.entries(folder))
    if versions and system.python.version not in versions:
        names = python_names(versions)
        return error(
            check,
            f'{fact}, compiled for Python {names}; this is {system.python.name}',
            f'use Python {names}' if check == 'rclpy' else _REBUILD,
        )
    return ok(check, fact)


def _middleware(system: System) -> Iterator[Finding]:
    name = middleware(system)
    prefixes = [*system.environment.get('AMENT_PREFIX_PATH', '').split(':'), system.python.prefix]
    index = 'share/ament_index/resource_index/packages'
    if not any(system.exists(f'{prefix}/{index}/{name}') for prefix in prefixes if prefix):
        yield error(
            'middleware',
            f'{name} is chosen, but not installed',
            f'unset RMW_IMPLEMENTATION, or sudo apt install ros-$ROS_DISTRO-'
            f'{name.replace("_", "-")}',
        )
        return
    yield ok('middleware', name)
    largest = whole(system.line('/proc/sys/net/core/rmem_max'))
    is_small = largest is not None and largest < _LARGE_RECEIVE_BUFFER_BYTES
    if name == _CYCLONE_DDS and is_small:
        yield warning(
            'receive_buffer',
            f'network buffers of at most {largest} bytes lose images with Cyclone DDS',
            'sudo sysctl -w net.core.rmem_max=2147483647',
        )


def _domain(system: System) -> Finding:
    text = system.environment.get('ROS_DOMAIN_ID', '')
    if not text:
        return ok('domain', 'domain 0: every ROS 2 computer in this network is in it')
    domain = domain_of(text)
    if domain is None or domain > LAST_DOMAIN:
        return error(
            'domain',
            f'ROS_DOMAIN_ID={text} is no domain',
            f'export ROS_DOMAIN_ID=N with 0 <= N <= {LAST_SAFE_DOMAIN}, the same everywhere',
        )
    if domain > LAST_SAFE_DOMAIN:
        return warning(
            'domain',
            f'domain {domain} may collide with ports that Linux gives to others',
            f'export ROS_DOMAIN_ID=N with 0 <= N <= {LAST_SAFE_DOMAIN}',
        )
    return ok('domain', f'domain {domain}: cameras must be in the same one')


def _discovery(system: System) -> Iterator[Finding]:
    reach = system.environment.get('ROS_AUTOMATIC_DISCOVERY_RANGE', '').upper()
    if reach == 'OFF':
        yield warning(
            'discovery',
            'ROS_AUTOMATIC_DISCOVERY_RANGE=OFF: no node finds another',
            'unset ROS_AUTOMATIC_DISCOVERY_RANGE',
        )
    elif reach == 'LOCALHOST' or system.environment.get('ROS_LOCALHOST_ONLY') == '1':
        yield ok('discovery', 'only nodes on this computer find each other')
