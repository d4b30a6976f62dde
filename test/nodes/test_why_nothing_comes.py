# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The node says why nothing comes: what the user sees in /diagnostics and in the log."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

pytest.importorskip('rclpy')

from diagnostic_msgs.msg import DiagnosticArray  # noqa: E402
from diagnostic_msgs.msg import DiagnosticStatus  # noqa: E402
from rclpy.qos import DurabilityPolicy  # noqa: E402
from rclpy.qos import QoSProfile  # noqa: E402
from rclpy.qos import ReliabilityPolicy  # noqa: E402
from rosgraph_msgs.msg import Clock  # noqa: E402
from sensor_msgs.msg import CameraInfo  # noqa: E402
from sensor_msgs.msg import CompressedImage  # noqa: E402
from sensor_msgs.msg import Image  # noqa: E402

from hailo_perception.backends.recording import save_recording  # noqa: E402
from hailo_perception.core.camera_model import CameraModel  # noqa: E402
from hailo_perception.core.frame import Header  # noqa: E402
from hailo_perception.core.tensors import TensorInfo  # noqa: E402
from hailo_perception.ros import camera_info  # noqa: E402
from hailo_perception.ros import images  # noqa: E402

SIZE = (96, 64)
CAMERA = CameraModel(*SIZE, 80, 80, 48, 32)
OTHER_SIZE = CameraModel(192, 128, 160, 160, 96, 64)
PICTURE = np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)
DEPTH = TensorInfo('depth', (32, 48, 1), np.dtype(np.float32))
MANIFEST = {
    'manifest_version': 1,
    'name': 'small',
    'files': {'replay': 'small.npz'},
    'input': {'width': SIZE[0], 'height': SIZE[1]},
    'tasks': {
        'depth': {
            'decoder': 'linear',
            'output': DEPTH.name,
            'maximum_m': 100,
            'valid_range_m': [0.5, 100],
        },
    },
}
BEST_EFFORT = QoSProfile(depth=2, reliability=ReliabilityPolicy.BEST_EFFORT)
LATCHED = QoSProfile(
    depth=1,
    reliability=ReliabilityPolicy.RELIABLE,
    durability=DurabilityPolicy.TRANSIENT_LOCAL,
)
OK, WARN, STALE, ERROR = (
    DiagnosticStatus.OK,
    DiagnosticStatus.WARN,
    DiagnosticStatus.STALE,
    DiagnosticStatus.ERROR,
)


@pytest.fixture
def small_model(tmp_path: Path) -> str:
    """Write a model that needs no network: it replays one depth map."""
    save_recording(
        tmp_path / 'small.npz', (DEPTH,), [{DEPTH.name: np.full(DEPTH.shape, 0.2, np.float32)}]
    )
    path = tmp_path / 'small.yaml'
    path.write_text(yaml.safe_dump(MANIFEST))
    return str(path)


STAMPED_BESIDE_S = {'past': -1e8, 'future': 5000.0}
"""What the stamps of these cameras lie beside the node's clock."""


class Cameras:
    """Publishes what each camera of the table below sends, and reads what the node says."""

    def __init__(self, client: Any) -> None:
        self._node = node = client.node
        self._sent = 0
        self._images = {
            name: node.create_publisher(Image, f'/{name}/image_raw', profile)
            for name, profile in {
                'missing_cam': 2,
                'lossy': BEST_EFFORT,
                'sized': 2,
                'unheard': 2,
                'latched': 2,
                'unpaired': 2,
                'stopped': 2,
                'late': 2,
                **dict.fromkeys(STAMPED_BESIDE_S, 2),
                'looping': 2,
                'frameless': 2,
            }.items()
        }
        self._infos = {
            name: node.create_publisher(CameraInfo, f'/{name}/camera_info', 2)
            for name in self._images
            if name not in ('missing_cam', 'lossy', 'latched')
        }
        node.create_publisher(CompressedImage, '/typed/image_raw', 2)
        self._latched = node.create_publisher(CameraInfo, '/latched/camera_info', LATCHED)
        self._latched.publish(camera_info.to_message(CAMERA, Header(1, 'latched')))
        client.subscribe(DiagnosticArray, '/diagnostics')
        client.subscribe(Image, '/perception/unpaired/depth/image')
        client.subscribe(Image, '/perception/looping/depth/image')
        client.subscribe(Image, '/perception/late/depth/image', LATCHED)
        self._told = client.received['/diagnostics']

    def status(self, camera: str) -> tuple[DiagnosticStatus | None, dict[str, str]]:
        """Give a camera's newest status and its values."""
        for array in reversed(self._told):
            for status in array.status:
                if status.name == f'/perception: camera {camera}':
                    return status, {pair.key: pair.value for pair in status.values}
        return None, {}

    def send(self) -> None:
        """Publish an image of each camera that sends, with its calibration."""
        self._sent += 1
        # A bag of three images, over and over.
        beside_s = {**STAMPED_BESIDE_S, 'looping': -float(self._sent % 3)}
        for name in self._images.keys() - {'missing_cam', 'stopped'}:
            self._send(name, beside_s.get(name, 0.0))
        if self.status('stopped')[1].get('received_frames', '0') == '0':
            self._send('stopped')

    def _send(self, name: str, beside_s: float = 0.0) -> None:
        stamp_ns = self._node.get_clock().now().nanoseconds + round(beside_s * 1e9)
        frame_id = '' if name == 'frameless' else name
        if name in self._infos:
            late_ns = 1_000_000 if name == 'unpaired' else 0
            model = OTHER_SIZE if name == 'sized' else CAMERA
            self._infos[name].publish(
                camera_info.to_message(model, Header(stamp_ns + late_ns, frame_id))
            )
        self._images[name].publish(images.to_message(PICTURE, Header(stamp_ns, frame_id)))


CASES = {
    'missing': (
        'no_publisher', WARN, 'waiting_image',
        'nobody publishes /missing/image_raw',
        'set camera.missing.image_topic to /missing_cam/image_raw',
    ),
    'typed': (
        'wrong_type', ERROR, 'rejected',
        'carries sensor_msgs/msg/CompressedImage',
        'set camera.typed.transport to compressed',
    ),
    'lossy': (
        'incompatible_qos', ERROR, 'rejected',
        'offers /lossy/image_raw volatile, best-effort, asked for is volatile, reliable',
        'camera.lossy.reliability',
    ),
    'sized': (
        'camera_info_size', WARN, 'waiting_camera_info',
        'images are 96×64 and /sized/camera_info is for 192×128',
        'calibrate at the size',
    ),
    'unheard': ('no_subscriber', OK, 'active', 'nothing is computed', 'subscribe to one'),
    'unpaired': (
        'all_dropped', ERROR, 'rejected', 'dropped: unpaired', 'camera.unpaired.pairing to latest'
    ),
    'late': (
        'incompatible_subscriber', WARN, 'active',
        '/client subscribes to /perception/late/depth/image as transient-local, reliable, offered '
        'is volatile, reliable',
        'subscribe as volatile, reliable',
    ),
    'past': (
        'foreign_stamps', WARN, 'active',
        "the stamps of /past/image_raw are 100000000 s behind the node's clock",
        'set use_sim_time to true and play it with --clock',
    ),
    'future': (
        'foreign_stamps', WARN, 'active',
        "the stamps of /future/image_raw are 5000 s ahead of the node's clock",
        'one clock for all computers',
    ),
    'looping': (
        'clock_jumped', WARN, 'active',
        'the stamps of /looping/image_raw went back', 'nothing to do where a bag started over',
    ),
    'frameless': (
        'no_transform', WARN, 'active',
        'images of /frameless/image_raw have an empty frame_id', "in the camera's driver",
    ),
    'stopped': ('silent', STALE, 'stale', 'images of /stopped/image_raw stopped', 'cable'),
}  # fmt: skip


def test_each_camera_has_its_reason(
    small_model: str, start_node: Callable[..., Any], client: Any
) -> None:
    """Each camera has its trouble, but one whose calibration was published long ago."""
    cameras = Cameras(client)
    node = start_node(
        'perception_node',
        model=small_model,
        cameras=[*CASES, 'latched'],
        stats_period_s=0.1,
        patience_s=0.5,
        camera__lossy__reliability='reliable',
        camera__unpaired__pairing='exact',
        camera__mising__image_topic='/x',
        detection__score_treshold=0.5,
    )

    def is_told(camera: str) -> bool:
        cause, level, state, fact, remedy = CASES[camera]
        status, values = cameras.status(camera)
        return (
            status is not None
            and fact in values.get(f'reason/{cause}', '')
            and remedy in values[f'remedy/{cause}']
            and str(values[f'reason/{cause}']) in status.message
            and (status.level, values['state']) == (level, state)
        )

    for camera in CASES:
        client.publish_until(
            cameras.send, lambda camera=camera: is_told(camera), f'the reason of camera {camera}'
        )
    client.publish_until(
        cameras.send,
        lambda: set(cameras.status('latched')[1]) >= {'reason/no_subscriber'},
        'the latched calibration',
    )
    _, latched = cameras.status('latched')
    assert {key for key in latched if key.startswith('reason/')} == {'reason/no_subscriber'}
    for camera, (_, _, _, fact, remedy) in CASES.items():
        lines = [line for line in node.log.splitlines() if f' {camera}: ' in line]
        assert any(fact in line and remedy in line for line in lines), camera
    assert 'and not mising; did you mean camera.missing?' in node.log
    assert 'did you mean detection.score_threshold?' in node.log
    assert 'latched: the publisher of /latched/camera_info is transient-local' in node.log


def test_simulated_time(
    small_model: str, start_node: Callable[..., Any], client: Any
) -> None:
    """Diagnostics come although the node's time stands still, and tell when it goes back."""
    client.subscribe(DiagnosticArray, '/diagnostics')
    told = client.received['/diagnostics']
    node = start_node(
        'perception_node',
        model=small_model,
        use_sim_time=True,
        stats_period_s=0.1,
        patience_s=1.0,
    )
    driver = client.node.create_publisher(Image, '/front/image_raw', 2)

    def send() -> None:
        # The camera knows nothing of simulated time.
        header = Header(client.node.get_clock().now().nanoseconds, 'front')
        driver.publish(images.to_message(PICTURE, header))

    client.wait_until(
        lambda: told and 'use_sim_time is set' in told[-1].status[0].message, 'the reason'
    )
    assert 'play the bag with --clock' in told[-1].status[0].message
    client.publish_until(send, lambda: '/front/camera_info' in node.log, 'its images')
    looks = len(told) + 15
    client.publish_until(send, lambda: len(told) > looks, 'more than its patience')
    assert "ahead of the node's clock" not in node.log, 'there is no clock to be ahead of'
    clock = client.node.create_publisher(Clock, '/clock', 2)
    message = Clock()

    def play() -> None:
        clock.publish(message)
        send()

    message.clock.sec = 100
    client.publish_until(play, lambda: 'over: no_clock' in node.log, 'the end of it')
    client.publish_until(
        play, lambda: "ahead of the node's clock" in node.log, 'the stamps of another clock'
    )
    assert "set use_sim_time to true in the camera's driver, too" in node.log
    message.clock.sec = 60
    client.publish_until(
        play,
        lambda: sum('went back by 40.0 s' in each.status[0].message for each in told) > 2,
        'a reason that stands longer than for one look',
    )
