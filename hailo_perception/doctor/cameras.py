# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Cameras: the topics that are published now, and the video devices of this computer."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping
import re
from typing import Any

from hailo_perception.doctor.finding import Finding
from hailo_perception.doctor.finding import ok
from hailo_perception.doctor.finding import warning
from hailo_perception.doctor.probe import probe_failure
from hailo_perception.doctor.probe import read_facts
from hailo_perception.doctor.ros import FAST_DDS_NAMES
from hailo_perception.doctor.ros import has_ros
from hailo_perception.doctor.ros import middleware
from hailo_perception.doctor.system import System
from hailo_perception.doctor.transport import export_command
from hailo_perception.doctor.transport import profile_is_active

PROBE = 'hailo_perception.doctor.camera_probe'
TIMEOUT_S = 7.0
_IMAGE = 'sensor_msgs/msg/Image'
_COMPRESSED = 'sensor_msgs/msg/CompressedImage'
_CAMERA_INFO = 'sensor_msgs/msg/CameraInfo'
_DEFAULT_TOPICS = ('/front/image_raw', '/front/image_raw/compressed')
_VIDEO = re.compile(r'video[0-9]{1,3}\Z')


def examine(system: System) -> Iterator[Finding]:
    """Look at the video devices, then listen to the ROS graph for a moment."""
    yield from _video_devices(system)
    if has_ros(system):
        yield from _topics(system)


def _video_devices(system: System) -> Iterator[Finding]:
    devices = [f'/dev/{name}' for name in system.entries('/dev') if _VIDEO.match(name)]
    closed = [name for name in devices if not system.readable_and_writable(name)]
    if closed:
        yield warning(
            'video_devices',
            f'{", ".join(closed)} may not be opened by this user',
            'sudo usermod -aG video $USER, then log in again',
        )
    elif devices:
        yield ok('video_devices', f'{len(devices)} may be opened, the first is {devices[0]}')


def _topics(system: System) -> Iterator[Finding]:
    answer = system.run((system.python.executable, '-m', PROBE), TIMEOUT_S)
    facts = next(filter(None, map(read_facts, answer.output.splitlines())), None)
    if facts is None:
        yield probe_failure('topics', 'ROS could not be asked', answer, system, PROBE)
        return
    topics = [_Topic(topic) for topic in _list(facts.get('topics')) if isinstance(topic, dict)]
    images = [topic for topic in topics if topic.type in (_IMAGE, _COMPRESSED)]
    calibrations = {topic.name for topic in topics if topic.type == _CAMERA_INFO}
    if not images:
        yield warning(
            'topics',
            f'nobody publishes images in ROS domain {_domain(system)} now',
            'start the camera driver, or try: ros2 run hailo_perception camera_node; is '
            'ROS_DOMAIN_ID the same in both shells?',
        )
        return
    is_default_there = any(topic.name in _DEFAULT_TOPICS for topic in images)
    for topic in images:
        yield _judge(system, topic, is_default_there=is_default_there)
    for namespace in sorted({topic.namespace for topic in images}):
        if f'{namespace}/camera_info' not in calibrations:
            yield warning(
                'calibration',
                f'nobody publishes {namespace}/camera_info: no depth, points and positions',
                'calibrate the camera (ros2 run camera_calibration cameracalibrator), or set '
                'camera.<name>.camera_info_topic',
            )


def _domain(system: System) -> str:
    return system.environment.get('ROS_DOMAIN_ID', '') or '0'


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


class _Topic:
    """One row of the probe's answer."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.name = str(facts.get('name', '?'))
        self.type = str(facts.get('type', '?'))
        self.publishers = [row for row in _list(facts.get('publishers')) if isinstance(row, dict)]
        image = self.name.removesuffix('/compressed') if self.type == _COMPRESSED else self.name
        self.namespace = image.rpartition('/')[0]

    def values(self, key: str) -> list[str]:
        """List what the publishers say of one property, without repetition."""
        return sorted({str(row.get(key, '?')) for row in self.publishers})


def _judge(system: System, topic: _Topic, *, is_default_there: bool) -> Finding:
    reliability = topic.values('reliability')
    fact = (
        f'{topic.name}: {topic.type} from {", ".join(topic.values("node"))}, '
        f'{" and ".join(reliability)}, {" and ".join(topic.values("durability"))}'
    )
    if len(topic.publishers) > 1:
        return warning(
            'topic', f'{fact}: {len(topic.publishers)} publishers mix their images', 'stop one'
        )
    is_fast_dds = middleware(system) in FAST_DDS_NAMES
    is_lossy = 'best_effort' in reliability and topic.type == _IMAGE
    if is_lossy and is_fast_dds and not profile_is_active(system):
        return warning(
            'topic',
            f'{fact}: best effort loses images over 512 KB',
            f'publish reliably, or before starting the driver: {export_command(system)}',
        )
    if is_default_there:
        return ok('topic', fact)
    return ok('topic', fact, f'tell the node: -p camera.front.image_topic:={topic.name}')
