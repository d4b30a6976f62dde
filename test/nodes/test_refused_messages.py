# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The middleware refuses a message: its frame is lost, with its cause, and no other one.

It does so for real: a publisher that keeps all messages until every subscriber has them, and has
room for three, takes no more while one of the subscribers is frozen.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
import signal
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import yaml

rclpy = pytest.importorskip('rclpy')

from sensor_msgs.msg import CameraInfo  # noqa: E402
from sensor_msgs.msg import Image  # noqa: E402

from hailo_perception.backends.recording import save_recording  # noqa: E402
from hailo_perception.core.tensors import TensorInfo  # noqa: E402
from hailo_perception.msg import PipelineStats  # noqa: E402

SIZE = (96, 64)
DEPTH = TensorInfo('depth', (32, 48, 1), np.dtype(np.float32))
MANIFEST = {
    'manifest_version': 1,
    'name': 'small',
    'files': {'replay': 'small.npz'},
    'input': {'width': SIZE[0], 'height': SIZE[1]},
    'tasks': {'depth': {'decoder': 'linear', 'output': DEPTH.name, 'maximum_m': 100}},
}
PROFILE = """<?xml version="1.0" encoding="UTF-8" ?>
<profiles xmlns="http://www.eprosima.com/XMLSchemas/fastRTPS_Profiles">
  <data_writer profile_name="{topic}">
    <topic>
      <historyQos><kind>KEEP_ALL</kind></historyQos>
      <resourceLimitsQos>
        <max_samples>3</max_samples>
        <max_instances>1</max_instances>
        <max_samples_per_instance>3</max_samples_per_instance>
        <allocated_samples>3</allocated_samples>
      </resourceLimitsQos>
    </topic>
  </data_writer>
</profiles>
"""
SUBSCRIBER = """
import sys
import rclpy
from rclpy.node import Node
import sensor_msgs.msg
rclpy.init()
node = Node('frozen')
node.create_subscription(getattr(sensor_msgs.msg, sys.argv[1]), sys.argv[2], print, 1)
rclpy.spin(node)
"""


@pytest.fixture
def room_for_three(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], dict[str, str]]:
    """Limit a topic in processes started from now on; gives a parameter that they need for it."""
    if rclpy.get_rmw_implementation_identifier() != 'rmw_fastrtps_cpp':
        pytest.skip('the profile is for Fast DDS')

    def limit(topic: str) -> dict[str, str]:
        path = tmp_path / 'profile.xml'
        path.write_text(PROFILE.format(topic=topic))
        for variable in ('FASTRTPS_DEFAULT_PROFILES_FILE', 'FASTDDS_DEFAULT_PROFILES_FILE'):
            monkeypatch.setenv(variable, str(path))
        return {f'qos_overrides.{topic}.publisher.history': 'keep_all'}

    return limit


@pytest.fixture
def small_model(tmp_path: Path) -> str:
    """Write a model that needs no network: it replays one depth map."""
    save_recording(
        tmp_path / 'small.npz', (DEPTH,), [{DEPTH.name: np.full(DEPTH.shape, 0.2, np.float32)}]
    )
    path = tmp_path / 'small.yaml'
    path.write_text(yaml.safe_dump(MANIFEST))
    return str(path)


def stamp_ns(message: Any) -> int:
    """Read the stamp of a message."""
    return int(message.header.stamp.sec * 1_000_000_000 + message.header.stamp.nanosec)


class Subscriber:
    """A subscriber in a process of its own, which can be frozen."""

    def __init__(self, message_type: type, topic: str, log: Path) -> None:
        self._log = log
        words = [sys.executable, '-u', '-c', SUBSCRIBER, message_type.__name__, topic]
        with log.open('w') as stream:
            self._process = subprocess.Popen(words, stdout=stream)

    @property
    def has_received(self) -> bool:
        """Whether a message came: publisher and subscriber know each other."""
        return self._log.stat().st_size > 0

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()


@pytest.fixture
def start_subscriber(tmp_path: Path) -> Iterator[Callable[[type, str], Subscriber]]:
    """Start subscribers that end with the test."""
    with ExitStack() as subscribers:

        def start(message_type: type, topic: str) -> Subscriber:
            subscriber = Subscriber(message_type, topic, tmp_path / 'subscriber.log')
            subscribers.callback(subscriber.end)
            return subscriber

        yield start


@pytest.mark.parametrize(
    ('message_type', 'topic'),
    [(Image, '/front/image_raw'), (CameraInfo, '/front/camera_info')],
    ids=['image', 'calibration'],
)
def test_a_camera_goes_on(
    message_type: type,
    topic: str,
    room_for_three: Callable[[str], dict[str, str]],
    start_subscriber: Callable[[type, str], Subscriber],
    start_node: Callable[..., Any],
    client: Any,
) -> None:
    """Each image that is lost is told with its cause, and others come after it."""
    client.subscribe(message_type, topic)
    received = client.received[topic]
    subscriber = start_subscriber(message_type, topic)
    node = start_node('camera_node', width=96, height=64, rate_hz=30.0, **room_for_three(topic))
    client.wait_until(lambda: received and subscriber.has_received, 'messages')
    subscriber.freeze()
    client.wait_until(lambda: f'{topic}: cannot publish' in node.log, 'a refusal')
    frozen_until = client.node.get_clock().now().nanoseconds
    subscriber.thaw()
    client.wait_until(lambda: stamp_ns(received[-1]) > frozen_until, 'messages again')
    assert node.stop() == 0
    assert 'Traceback' not in node.log


def test_an_output_that_is_refused_costs_its_frame(
    small_model: str,
    room_for_three: Callable[[str], dict[str, str]],
    start_subscriber: Callable[[type, str], Subscriber],
    start_node: Callable[..., Any],
    client: Any,
) -> None:
    """A perception node counts it as lost while publishing."""
    topic = '/perception/front/depth/image'
    camera = start_node('camera_node', width=SIZE[0], height=SIZE[1], rate_hz=30.0)
    client.subscribe(Image, topic)
    client.subscribe(PipelineStats, '/perception/stats')
    received, told = client.received[topic], client.received['/perception/stats']
    subscriber = start_subscriber(Image, topic)
    node = start_node(
        'perception_node', model=small_model, stats_period_s=0.1, **room_for_three(topic)
    )

    def lost_while_publishing() -> int:
        (stats,) = told[-1].cameras
        return dict(zip(stats.drop_causes, stats.drop_counts, strict=True)).get('publish', 0)

    client.wait_until(lambda: told and received and subscriber.has_received, 'depth')
    assert lost_while_publishing() == 0
    subscriber.freeze()
    client.wait_until(lost_while_publishing, 'a loss')
    frozen_until = client.node.get_clock().now().nanoseconds
    subscriber.thaw()
    client.wait_until(lambda: stamp_ns(received[-1]) > frozen_until, 'depth again')
    assert camera.is_alive
    assert node.stop() == 0
    assert f'{topic}: cannot publish' in node.log
    assert 'Traceback' not in node.log
